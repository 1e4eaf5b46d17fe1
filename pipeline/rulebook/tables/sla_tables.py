"""The shape of `rules/sla/<day>.yaml`: an edition of the service policy."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from pipeline.core.worktime.policy import ClockMode
from pipeline.rulebook.tables.rule_tables import LimitText, Recipient, Table, Word
from schemas.values.terms import ClockKind, Paper, Severity, SuspensionReason
from schemas.values.text import MatterCode, Name

BEYOND_DISPOSE = "beyond_dispose"
Times = Annotated[int, Field(ge=0, le=10)]


class StepLimits(Table):
    """The limits of a severity."""

    accept: LimitText
    dispatch: LimitText
    claim: LimitText
    sign: LimitText
    arrive: LimitText
    verify: LimitText
    callback: LimitText
    contact: LimitText
    partner_respond: LimitText
    partner_arrive: LimitText
    partner_finish: LimitText
    decide: LimitText
    beyond_dispose: LimitText


class ClockEntry(Table):
    """The rule of a kind of clock."""

    measure: ClockMode
    pausable: bool
    hours: Literal["office", "own"]
    ladder: Word


class RungEntry(Table):
    """A rung of a ladder."""

    level: Annotated[int, Field(ge=0, le=9)]
    percent: Annotated[int, Field(ge=1, le=100)]
    after: LimitText | None = None
    tell: Annotated[tuple[Recipient, ...], Field(min_length=1, max_length=10)]
    at_once: frozenset[Severity] = frozenset()
    paper: Paper | None = None


class LadderEntry(Table):
    """A ladder."""

    rungs: Annotated[tuple[RungEntry, ...], Field(min_length=1, max_length=10)]
    every: LimitText


class SuspensionEntry(Table):
    """How often and how long a case may be suspended."""

    times: Times
    longest: Annotated[dict[SuspensionReason, LimitText], Field(min_length=1)]


class OrdersEntry(Table):
    """How long orders to correct (责令限期改正) may run: of a case by its severity, and all of a case together; as `suspension` says where nothing is."""

    longest: dict[Severity, LimitText] = Field(default_factory=dict)
    in_all: LimitText | None = None


class ExtensionEntry(Table):
    """How often and how far a deadline may move."""

    times: Times
    longest: LimitText


class StageLimit(Table):
    """A deadline within a matter; without a limit it waits until the time for appeal has lapsed."""

    name: Word
    name_zh: Name
    limit: LimitText | None = None


class MatterLimits(Table):
    """The limits of a matter."""

    dispose: LimitText
    joint: LimitText | None = None
    arrive: LimitText | None = None
    verify: LimitText | None = None
    stages: Annotated[tuple[StageLimit, ...], Field(max_length=10)] = ()


class SlaTable(Table):
    """sla/<day>.yaml"""

    effective: date
    limits: dict[Severity, StepLimits]
    clocks: dict[ClockKind, ClockEntry]
    ladders: Annotated[dict[Word, LadderEntry], Field(min_length=1)]
    suspension: SuspensionEntry
    orders: OrdersEntry = OrdersEntry()
    extension: ExtensionEntry
    matters: dict[MatterCode, MatterLimits]
