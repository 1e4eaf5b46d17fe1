"""What laws ask of a penalty procedure, as values: limits, guards with their articles, amounts, powers.

Read from `rules/procedure.yaml`. Nothing is decided here; what a guard looks at is in `guards`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pipeline.core.service import Span
from schemas.terms import EvidenceKind, NoPenaltyGround, PartyKind, PenaltyStep, Source


class Power(StrEnum):
    """Whether a street may fine for a matter by itself (行政处罚法 24)."""

    DEVOLVED = "devolved"
    NEEDS_LIST = "needs_list"
    COORDINATE_ONLY = "coordinate_only"


class LegalLimit(NamedTuple):
    """A limit that a law sets, with its article: it runs from a step on until one of others is reached."""

    name: str
    name_zh: str
    begins: PenaltyStep
    ends: frozenset[PenaltyStep]
    span: Span
    law: str
    article: str

    def runs(self, steps: tuple[PenaltyStep, ...]) -> bool:
        """Whether it runs after these steps."""
        return self.begins in steps and not self.ends.intersection(steps)


class Guard(NamedTuple):
    """What must hold before some steps, from the day it is `effective` on. No article where nobody has read it.

    `edition` is the year of the law's text; `text_zh` and `text_en` are in our own words.
    """

    id: str
    steps: frozenset[PenaltyStep]
    law: str
    article: str | None
    edition: str
    effective: date
    text_zh: str
    text_en: str

    @property
    def code(self) -> str:
        """The code of its refusals."""
        return self.id.lower()

    @property
    def cited(self) -> str:
        """As it is quoted: 《行政处罚法》(2021) 42."""
        return f"《{self.law}》({self.edition}){f' {self.article}' if self.article else ''}"


class Amounts(NamedTuple):
    """Yuan, by who is to be punished. Whoever is not named counts as a citizen, for whom the law is stricter."""

    citizen: int
    legal_person: int

    def of(self, party: PartyKind | None) -> int:
        """The amount for such a party."""
        return self.legal_person if party is PartyKind.LEGAL_PERSON else self.citizen


class QuietTime(NamedTuple):
    """No forced execution: between these minutes of the day, on holidays, and on weekends where `weekends` says so."""

    first: int
    last: int
    holidays: frozenset[date]
    weekends: bool

    def is_night(self, minute: int) -> bool:
        """Whether the minute of the day lies in the night, which may begin before midnight."""
        if self.first <= self.last:
            return self.first <= minute < self.last
        return minute >= self.first or minute < self.last


@dataclass(frozen=True, slots=True)
class Terms:
    """The parameters of the guards.

    `hearing_fine`: from this fine on a hearing is offered; `review_fine`: from this on a decision is reviewed, and always
    after a hearing. `appeal_span` and `appeal_months`: both windows must have lapsed before anything is pulled down.
    """

    officers_min: int
    simple_fine: Amounts
    simple_procedure: str
    on_spot_max_yuan: int
    hearing_fine: Amounts
    hearing_window: Span
    payment_window: Span
    defence_window: Span
    review_fine: int
    quiet: QuietTime
    demolition: frozenset[str]
    appeal_span: Span
    appeal_months: int
    monitors: frozenset[Source]
    record_kinds: frozenset[EvidenceKind]
    corrected: frozenset[NoPenaltyGround]
    educated: frozenset[NoPenaltyGround]


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    """The guards in the order in which they are looked at, their terms, and by street the matters on its own list."""

    guards: tuple[Guard, ...]
    terms: Terms
    powers: Mapping[str, frozenset[str]]
