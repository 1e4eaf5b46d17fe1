"""The shape of `rules/procedure.yaml`: its limits, its measures, and what a street may punish; its guards are in `guard_tables`."""

from datetime import date
from typing import Annotated

from pydantic import Field

from pipeline.core.rules.law import Condition
from pipeline.rulebook.tables.guard_tables import Cited, Guards, Matters
from pipeline.rulebook.tables.rule_tables import (
    LimitText,
    Recipient,
    Sentence,
    Table,
    Word,
)
from schemas.values.penalty_terms import (
    MeasureKind,
)
from schemas.values.terms import PenaltyStep
from schemas.values.text import Identifier, Name, StreetCode

Recipients = Annotated[tuple[Recipient, ...], Field(max_length=10)]


class LegalEntry(Cited):
    """A limit that a law sets. With `where` it runs only if that fact was stated; with `lapse_tells` it is a window of the party's.

    With a `roster` that works every day no day off moves its end: so end the limits of the authority.
    """

    name_zh: Name
    begins: Annotated[PenaltyStep, Field(alias="from")]
    ends: Annotated[frozenset[PenaltyStep], Field(alias="until", min_length=1)]
    where: Condition | None = None
    lapse_tells: Recipients | None = None
    limit: LimitText
    roster: Word | None = None


class MeasureEntry(Cited):
    """The limit of a measure, its extension, and whether the time of testing is left out. `roster`: as of a limit."""

    name_zh: Name
    limit: LimitText
    roster: Word | None = None
    extension: LimitText | None = None
    testing: bool = False


class Measures(Table):
    """All kinds of measure."""

    sealing: MeasureEntry
    seizure: MeasureEntry
    preservation: MeasureEntry

    def by_kind(self) -> dict[MeasureKind, MeasureEntry]:
        """The measures by their kinds."""
        return {MeasureKind(name): measure for name, measure in self if isinstance(measure, MeasureEntry)}


class LatePayment(Cited):
    """The surcharge on a late fine, in percent of the fine: a day, and at most (行政处罚法 72)."""

    percent_a_day: Annotated[int, Field(ge=1, le=100)]
    percent_max: Annotated[int, Field(ge=1, le=1000)]


class LaterLaw(Cited):
    """What is written behind the quotation of a law that came after the breach (行政处罚法 37)."""

    note_zh: Sentence


class PowerEntry(Table):
    """The matters that a street may punish by a published list, besides those devolved to all streets (行政处罚法 24)."""

    street: StreetCode
    matters: Annotated[Matters, Field(min_length=1)]
    basis: Sentence


class DeviceEntry(Table):
    """A monitoring device: when it was examined by lawyers and engineers, and when its place was made public (行政处罚法 41)."""

    device: Identifier
    place: Name
    examined: date
    published: date


class ProcedureTable(Table):
    """procedure.yaml"""

    limits: dict[Word, LegalEntry]
    measures: Measures
    late_payment: LatePayment
    later_law: LaterLaw
    guards: Guards
    powers: Annotated[tuple[PowerEntry, ...], Field(max_length=1000)] = ()
    devices: Annotated[tuple[DeviceEntry, ...], Field(max_length=10_000)] = ()
