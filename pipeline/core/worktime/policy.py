"""The service policy as values: which clocks there are, how long each may run, and who is told when.

Read from `rules/sla/`; an edition holds for the cases opened from its day on, until the next one's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from schemas.values.terms import ClockKind, Paper, Severity, SuspensionReason


class LimitUnit(StrEnum):
    """What a limit counts: minutes of office hours, whole workdays, minutes day and night, calendar days, or months.

    Calendar days and months are counted as laws do: every day counts, and a last day that is off moves to the next workday. Which days
    of a law are workdays instead: 行政处罚法 85, 行政强制法 69.
    """

    WORK_MINUTES = "work_minutes"
    WORKDAYS = "workdays"
    NATURAL_MINUTES = "natural_minutes"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


class Limit(NamedTuple):
    """How long something may take."""

    value: int
    unit: LimitUnit


Span = tuple[Limit, ...]
"""Limits one after the other: 4 natural hours, and from then on 3 workdays."""

UNITS: Final[Mapping[str, tuple[int, LimitUnit]]] = {
    "work_minutes": (1, LimitUnit.WORK_MINUTES),
    "work_hours": (60, LimitUnit.WORK_MINUTES),
    "workdays": (1, LimitUnit.WORKDAYS),
    "natural_minutes": (1, LimitUnit.NATURAL_MINUTES),
    "natural_hours": (60, LimitUnit.NATURAL_MINUTES),
    "natural_days": (24 * 60, LimitUnit.NATURAL_MINUTES),
    "calendar_days": (1, LimitUnit.CALENDAR_DAYS),
    "months": (1, LimitUnit.MONTHS),
}
"""How a limit is written, and how much of what it is."""


_NOTHING: Final[Mapping[ClockKind, Span]] = {}
"""The own limits of a matter that has none: of a case whose matter nobody knows yet."""
LONGEST: Final[Mapping[LimitUnit, int]] = {
    LimitUnit.WORK_MINUTES: 250 * 8 * 60,
    LimitUnit.WORKDAYS: 250,
    LimitUnit.NATURAL_MINUTES: 366 * 24 * 60,
    LimitUnit.CALENDAR_DAYS: 366,
    LimitUnit.MONTHS: 12,
}
"""No limit is longer than a year: the calendar must reach its end."""


@lru_cache(maxsize=4_096)
def span_of(text: str) -> Span:
    """What a checked text means.

    >>> span_of("4 natural_hours + 3 workdays")
    (Limit(value=240, unit=<LimitUnit.NATURAL_MINUTES: 'natural_minutes'>), Limit(value=3, unit=<LimitUnit.WORKDAYS: 'workdays'>))
    """
    return tuple(_limit_of(part) for part in text.split(" + "))


@lru_cache(maxsize=4_096)
def text_of(span: Span) -> str:
    """The text that means `span`, in the unit that is counted.

    >>> text_of(span_of("2 work_hours"))
    '120 work_minutes'
    """
    return " + ".join(f"{limit.value} {limit.unit.value}" for limit in span)


def _limit_of(text: str) -> Limit:
    number, unit = text.split()
    factor, counted = UNITS[unit]
    return Limit(int(number) * factor, counted)


class ClockMode(StrEnum):
    """What happens when a case comes back to a step: the clock begins anew (单次), or goes on (累计)."""

    SINGLE = "single"
    CUMULATIVE = "cumulative"


class Rung(NamedTuple):
    """A level of an escalation ladder: climbed at `percent` of the limit, or `after` the deadline.

    `tell` names the roles that are notified, or `handler` for whoever holds the case. A rung waits for duty time, except for
    the severities of `at_once`.
    """

    level: int
    percent: int
    after: Span
    tell: tuple[str, ...]
    at_once: frozenset[Severity]
    paper: Paper | None


class Ladder(NamedTuple):
    """Rungs in rising order; above the last one its people are notified again, each time after `every`."""

    name: str
    rungs: tuple[Rung, ...]
    every: Span


class ClockRule(NamedTuple):
    """How a kind of clock is measured. `pausable`: a suspension halts it; `own_hours`: by the roster of who holds it."""

    measure: ClockMode
    pausable: bool
    own_hours: bool
    ladder: Ladder


class MatterStage(NamedTuple):
    """A deadline within a matter, counted from acceptance; without a limit it has no clock."""

    name: str
    name_zh: str
    limit: Span | None


class Caps(NamedTuple):
    """How often and how long a case may be suspended, by reason, and how often and how far its deadline may move.

    Orders to correct (责令限期改正): how long one may run by severity, where that is less, and all of a case together.
    """

    suspensions: int
    longest: Mapping[SuspensionReason, Span]
    extensions: int
    extension: Span
    orders: Mapping[Severity, Span]
    orders_in_all: Span | None


class UnitLimit(NamedTuple):
    """权属单位时限: so many percent of a matter's limit a unit has for it, in cases that open from `since` until `until`, both days included.

    `matters`: of these alone; of all that it handles where none is named.
    """

    unit: str
    percent: int
    matters: frozenset[str]
    since: date
    until: date | None

    def holds(self, unit: str | None, matter: str, opened_on: date) -> bool:
        """Whether it is the limit of this unit for a case of this matter."""
        is_meant = unit == self.unit and (not self.matters or matter in self.matters)
        return is_meant and self.since <= opened_on and (self.until is None or opened_on <= self.until)


SCALED_KINDS: Final = (ClockKind.DISPOSE, ClockKind.WHOLE)
"""What a unit's own limit is of: the handling, and the whole case, which is as much longer or shorter."""


def scaled(span: Span, percent: int) -> Span:
    """So many percent of it, each part rounded up.

    >>> text_of(scaled(span_of("4 natural_hours + 3 workdays"), 150))
    '360 natural_minutes + 5 workdays'
    """
    return tuple(Limit(-(-limit.value * percent // 100), limit.unit) for limit in span)


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """One edition, in force `since` the midnight of its day. `steps` are the limits by severity, `matters` those of a matter, which come before them."""

    effective: date
    since: datetime
    clocks: Mapping[ClockKind, ClockRule]
    steps: Mapping[Severity, Mapping[ClockKind, Span]]
    matters: Mapping[str, Mapping[ClockKind, Span]]
    stages: Mapping[str, tuple[MatterStage, ...]]
    caps: Caps

    def limit(self, matter: str, severity: Severity, kind: ClockKind, name: str | None = None) -> Span | None:
        """How long a clock of such a case may run; None where there is no such clock."""
        if kind is ClockKind.STAGE:
            return next((stage.limit for stage in self.stages.get(matter, ()) if stage.name == name), None)
        return self.matters.get(matter, _NOTHING).get(kind) or self.steps[severity].get(kind)

    def limit_of_unit(
        self, matter: str, severity: Severity, kind: ClockKind, name: str | None, percent: int
    ) -> Span | None:
        """How long such a clock may run where a unit has so many percent of the handling: what the whole has beyond that stays as it is."""
        span, handling = (
            self.limit(matter, severity, kind, name),
            self.limit(matter, severity, ClockKind.DISPOSE),
        )
        if span is None or handling is None or kind not in SCALED_KINDS:
            return span
        return scaled(handling, percent) + span[len(handling) :]
