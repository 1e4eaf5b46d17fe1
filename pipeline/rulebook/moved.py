"""What other rules would do to open cases: which deadlines move, and who would be late by it.

The computation is the core's (`sla.recomputed`), the same that a worker started with those rules does.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from pipeline.core.clocks import running_clocks
from pipeline.core.rules.rules import Rules
from schemas.state.case import Case, Clock


class MovedDeadline(NamedTuple):
    """A deadline that moves. It may stay late, or in time, at the moment that is asked about."""

    case: Case
    was: Clock
    now: Clock
    becomes_late: bool
    no_longer_late: bool


class Obstacle(NamedTuple):
    """A case, open or closed, that these rules do not know enough for: a worker started with them would stop at it."""

    case: Case
    why: str


@dataclass(slots=True)
class Survey:
    """All open cases by other rules. `re_limited` clocks have another limit or certainty, and the same deadline."""

    open_cases: int = 0
    decided_by: Counter[str] = field(default_factory=Counter)
    moved: list[MovedDeadline] = field(default_factory=list)
    re_limited: int = 0
    obstacles: list[Obstacle] = field(default_factory=list)

    def becoming_late(self) -> set[str]:
        """The cases with a deadline that would be over by these rules and is not."""
        return {one.case.case_id for one in self.moved if one.becomes_late}

    def no_longer_late(self) -> set[str]:
        """The cases with a deadline that is over and would not be."""
        return {one.case.case_id for one in self.moved if one.no_longer_late}


def survey(new: Rules, cases: Iterable[Case], at: datetime) -> Survey:
    """What `new` means for the open ones of `cases`; late is what is due before `at`. Those becoming late come first."""
    found = Survey()
    for case in cases:
        why = _lacking(new, case)
        if is_open(case):
            found.open_cases += 1
            found.decided_by[case.rules_version] += 1
            why = why or _add(found, new, case, at)
        if why is not None:
            found.obstacles.append(Obstacle(case, why))
    found.moved.sort(key=_order)
    return found


def is_open(case: Case) -> bool:
    """Whether anything of it may still be due: closed, a limit of the law may yet run."""
    return case.closed_at is None or any(clock.stopped_at is None for clock in case.clocks)


def is_late(clock: Clock, at: datetime) -> bool:
    """Whether the clock is over its limit at `at`, or was when it was stopped."""
    return clock.due_at < (at if clock.stopped_at is None else min(at, clock.stopped_at))


def _lacking(new: Rules, case: Case) -> str | None:
    if case.street not in new.streets:
        return f"no street {case.street}"
    if case.facts.matter not in new.matters:
        return f"no matter {case.facts.matter}"
    return None


def _add(found: Survey, new: Rules, case: Case, at: datetime) -> str | None:
    """Adds what moves; the reason where it cannot be computed."""
    try:
        changes = running_clocks.recomputed(new, case)
    except ValueError as why:  # beyond the years that the calendar is compiled for
        return str(why)
    for change in changes:
        was, now = running_clocks.clock_of(case, change.clock.kind, change.clock.name), change.clock
        if was is None or was.due_at == now.due_at:
            found.re_limited += 1
            continue
        before, after = is_late(was, at), is_late(now, at)
        found.moved.append(MovedDeadline(case, was, now, after and not before, before and not after))
    return None


def _order(one: MovedDeadline) -> tuple[bool, bool, datetime, str]:
    return not one.becomes_late, not one.no_longer_late, one.now.due_at, one.case.case_id
