"""What laws ask of a penalty procedure, as values: limits, guards with their articles, amounts, powers.

Read from `rules/procedure.yaml`. Nothing is decided here; what a guard looks at is in `guards`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pipeline.core.rules.penalty_records import decision_of, facts_of, kinds_of, measure_of, state_of
from pipeline.core.worktime.policy import Ladder, Rung, Span
from schemas.state.case import Penalty
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import Disposal, Harm, MeasureKind, MeasureStep, PenaltyKind
from schemas.values.terms import EvidenceKind, NoPenaltyGround, PartyKind, PenaltyStep, Source


class Power(StrEnum):
    """Whether a street may fine for a matter by itself (行政处罚法 24)."""

    DEVOLVED = "devolved"
    NEEDS_LIST = "needs_list"
    COORDINATE_ONLY = "coordinate_only"


class Condition(StrEnum):
    """What must have been said for a limit to run: that there is a fine to pay, that a hearing may be asked for."""

    FINED = "fined"
    HEARING_OFFERED = "hearing_offered"

    def holds(self, penalty: Penalty) -> bool:
        """Whether it was."""
        if self is Condition.FINED:
            return bool(decision_of(penalty).fine_yuan)
        return bool(facts_of(penalty, PenaltyStep.NOTICED).hearing_offered)


class LegalLimit(NamedTuple):
    """A limit that a law sets, with its article, where somebody has read it.

    It runs from a step on until one of others is reached, or as long as a measure lasts: then it stands while things
    are tested, where the law says so (`testing`), and may have as much more time as its `extension`. A window of the
    party's simply ends: that is no breach, and `lapse_tells` names who is told.
    """

    name: str
    name_zh: str
    begins: PenaltyStep | MeasureKind
    ends: frozenset[PenaltyStep]
    span: Span
    law: str
    article: str | None
    where: Condition | None = None
    lapse_tells: tuple[str, ...] | None = None
    extension: Span | None = None
    testing: bool = False

    def runs(self, penalty: Penalty) -> bool:
        """Whether it runs while the procedure stands as it does."""
        if isinstance(self.begins, MeasureKind):
            state = state_of(measure_of(penalty, self.begins))
            return state is not None and not (state is MeasureStep.TESTING and self.testing)
        begun = self.begins in penalty.steps and not self.ends.intersection(penalty.steps)
        return begun and (self.where is None or self.where.holds(penalty))

    @property
    def is_window(self) -> bool:
        """Whether it is the party's time, and nobody's duty."""
        return self.lapse_tells is not None

    @property
    def ladder(self) -> Ladder | None:
        """Of a window its own: one rung, at its end. The others climb the policy's."""
        if self.lapse_tells is None:
            return None
        return Ladder(self.name, (Rung(0, 100, (), self.lapse_tells, frozenset(), None),), ())


class Guard(NamedTuple):
    """What must hold before some steps, from the day it is `effective` on. No article where nobody has read it.

    `edition` is the year of the law's text; `text_zh` and `text_en` are in our own words.
    """

    id: str
    steps: frozenset[PenaltyStep | MeasureStep]
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


class Weight(NamedTuple):
    """What makes a penalty a weighty one: its kind, or an amount, of the fine or of what is confiscated."""

    amounts: Amounts
    kinds: frozenset[PenaltyKind]

    def reached_by(self, facts: PenaltyFacts, party: PartyKind | None) -> bool:
        """Whether what is meant or decided is as weighty."""
        most = max(facts.fine_yuan or 0, facts.confiscated_yuan or 0)
        return most >= self.amounts.of(party) or not self.kinds.isdisjoint(kinds_of(facts))


class TimeBar(NamedTuple):
    """After how many months an act that nobody had found is not punished any more; longer where it did grave harm."""

    months: int
    months_with_harm: int


class Surcharge(NamedTuple):
    """What is added to a fine for each day that it is late, in percent of the fine, and at most."""

    percent_a_day: int
    percent_max: int


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
class GuardParameters:
    """The parameters of the guards.

    `hearing`: for what a hearing is offered; `discussion`: what is decided together. `hearing_notice`: how long before
    it the party is told of the hearing. `lighter`: the kinds that a decision may always come down to. `review_fine`: from
    this on a decision is reviewed, and always after a hearing. `appeal_span` and `appeal_months`: both windows must have
    lapsed before anything is pulled down. `harm_of_ground`: what harm there may be, for whom that matters. `on_decision`:
    what becomes of things only by a decision.
    """

    officers_min: int
    simple_fine: Amounts
    simple_procedure: str
    on_spot_max_yuan: int
    simple_kinds: frozenset[PenaltyKind]
    hearing: Weight
    hearing_notice: Span
    hearing_window: Span
    discussion: Weight
    lighter: frozenset[PenaltyKind]
    time_bar: TimeBar
    surcharge: Surcharge
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
    first_time: frozenset[NoPenaltyGround]
    harm_of_ground: Mapping[NoPenaltyGround, frozenset[Harm]]
    measure_officers_min: int
    on_decision: frozenset[Disposal]


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    """The guards in the order in which they are looked at, their terms, and by street the matters on its own list."""

    guards: tuple[Guard, ...]
    terms: GuardParameters
    powers: Mapping[str, frozenset[str]]
