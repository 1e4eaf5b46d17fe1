"""The clocks of a case that comes from another street (跨街道移交): they go on where they were, with all that moved them."""

from collections.abc import Iterable

from msgspec.structs import replace

from pipeline.core.clocks.running_clocks import armed
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.policy import span_of
from schemas.journal.clock_events import ClockChange
from schemas.journal.events import CaseEvent, CaseOpened
from schemas.state.case import Case, Clock


def kept(
    rules: Rules, case: Case, events: Iterable[CaseEvent], changes: tuple[ClockChange, ...]
) -> tuple[ClockChange, ...]:
    """The clocks with which a case opens, those that it brings along as they were."""
    came_from = next((event.came_from for event in events if isinstance(event, CaseOpened)), None)
    if came_from is None or not came_from.clocks:
        return changes
    brought = {(clock.kind, clock.name): clock for clock in came_from.clocks}
    return tuple(
        replace(
            change, clock=_going_on(rules, case, change.clock, brought[change.clock.kind, change.clock.name])
        )
        if (change.clock.kind, change.clock.name) in brought
        else change
        for change in changes
    )


def _going_on(rules: Rules, case: Case, clock: Clock, before: Clock) -> Clock:
    """By this street's limit, counted from when it began there."""
    goes_on = replace(clock, started_at=before.started_at, moves=before.moves, rung=before.rung)
    counted = clock_arithmetic.recomputed(rules.hours_of(clock.roster), goes_on, span_of(clock.limit))
    return armed(rules, case, replace(counted, wake_at=before.wake_at))
