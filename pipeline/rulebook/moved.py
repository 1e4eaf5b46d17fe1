"""The effect of other rules on open cases: the deadlines that move, and the cases that become late.

The core computes it (`running_clocks.recomputed`), as in a worker started with those rules.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from pipeline.core.clocks import running_clocks
from pipeline.core.rules.rules import Rules
from pipeline.core.stages import succession
from schemas.state.case import Case, Clock


class MovedDeadline(NamedTuple):
    """A deadline that moves. If neither flag is set, it stays late or in time at the given moment."""

    case: Case
    was: Clock
    now: Clock
    becomes_late: bool
    no_longer_late: bool


class HandedOver(NamedTuple):
    """A task that goes to whoever takes over from a team or department."""

    case: Case
    gone: str
    successor: str


class Obstacle(NamedTuple):
    """A case, open or closed, that these rules lack something for: a worker started with them would stop at it."""

    case: Case
    why: str


@dataclass(slots=True)
class Survey:
    """All open cases by other rules. `re_limited` counts clocks with another limit or certainty and the same deadline."""

    open_cases: int = 0
    decided_by: Counter[str] = field(default_factory=Counter)
    moved: list[MovedDeadline] = field(default_factory=list)
    re_limited: int = 0
    obstacles: list[Obstacle] = field(default_factory=list)
    handed_over: list[HandedOver] = field(default_factory=list)

    def becoming_late(self) -> set[str]:
        """The ids of cases with a deadline that passes by these rules and has not passed yet."""
        return {deadline.case.case_id for deadline in self.moved if deadline.becomes_late}

    def no_longer_late(self) -> set[str]:
        """The ids of cases with a deadline that has passed and would not have by these rules."""
        return {deadline.case.case_id for deadline in self.moved if deadline.no_longer_late}


def survey(new: Rules, cases: Iterable[Case], at: datetime) -> Survey:
    """The effect of `new` on the open ones of `cases`. A deadline before `at` is late; those becoming late come first."""
    result = Survey()
    for case in cases:
        why = succession.lacking(new, case)
        if is_open(case):
            result.open_cases += 1
            result.decided_by[case.rules_version] += 1
            why = why or _add(result, new, case, at)
        if why is None:
            result.handed_over += [
                HandedOver(case, event.gone, event.successor)
                for event in succession.handed_over(new, case, max(at, succession.due(new, case) or at))
            ]
        if why is not None:
            result.obstacles.append(Obstacle(case, why))
    result.moved.sort(key=_order)
    return result


def is_open(case: Case) -> bool:
    """Whether a clock of the case may still fall due; after the closing a legal limit may still run."""
    return case.closed_at is None or any(clock.stopped_at is None for clock in case.clocks)


def is_late(clock: Clock, at: datetime) -> bool:
    """Whether the clock is over its limit at `at`, or was when it was stopped."""
    return clock.due_at < (at if clock.stopped_at is None else min(at, clock.stopped_at))


def _add(result: Survey, new: Rules, case: Case, at: datetime) -> str | None:
    """Add the deadlines that move; returns the reason where they cannot be computed."""
    try:
        changes = running_clocks.recomputed(new, case)
    except ValueError as why:  # a deadline beyond the years of the calendar
        return str(why)
    for change in changes:
        was, now = running_clocks.clock_of(case, change.clock.kind, change.clock.name), change.clock
        if was is None or was.due_at == now.due_at:
            result.re_limited += 1
            continue
        before, after = is_late(was, at), is_late(now, at)
        result.moved.append(MovedDeadline(case, was, now, after and not before, before and not after))
    return None


def _order(deadline: MovedDeadline) -> tuple[bool, bool, datetime, str]:
    return not deadline.becomes_late, not deadline.no_longer_late, deadline.now.due_at, deadline.case.case_id
