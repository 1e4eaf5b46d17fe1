"""The timers, a row each: what arms it, what it does when it fires, which notice it gives.

clock ──ladder──► warning · breach · escalation · overdue       an event ─► resume · testing over · hotline due · lease over · retire
      └─its end─► claim lapsed · window lapsed                 other rules ─► rules changed
                                                                 a request ─► request lapsed
"""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Final, NamedTuple, assert_never

from pipeline.core.case.decision_context import DecisionContext
from pipeline.core.case.open_requests import request_of
from pipeline.core.clocks import hotline_deadlines, running_clocks
from pipeline.core.penalty import measures, penalty_procedure
from pipeline.core.stages import dispatch, feedback, succession
from pipeline.core.stages.requested import request_lapse, requests
from schemas.journal.clock_events import ClockChange, ClocksChanged
from schemas.journal.events import CaseEvent, CaseRetired
from schemas.state.case import Clock, Timer
from schemas.values.terms import LapseReason, NoticeKind, RequestKind, TimerKind

Events = tuple[CaseEvent, ...]


class ArmedBy(Enum):
    """What makes a timer due."""

    LADDER = auto()
    """A running clock, with the next rung of its ladder, or with notifying the last rung's people again."""
    CLOCK_END = auto()
    """A running clock, with its own deadline."""
    EVENT = auto()
    """An event of the case, which leaves the timer in its snapshot."""
    REQUEST = auto()
    """An open request, with its own end: it follows from the snapshot, which holds no timer for it."""
    RULES = auto()
    """Rules by which clocks of the case are due at another time than by those it was decided by, or who has a task is gone; or a
    request of an earlier version, for which no clock runs yet."""


class TimerRow(NamedTuple):
    """All about one kind of timer.

    `fire` gives the events beside `TimerFired`, perhaps none. `ends_when_due`: what it ends takes effect at the due time,
    even if the timer fires late.
    """

    armed_by: ArmedBy
    fire: Callable[[DecisionContext, Timer], Events]
    notice: NoticeKind | None = None
    ends_when_due: bool = False


def _row(kind: TimerKind) -> TimerRow:
    match kind:
        case TimerKind.WARNING | TimerKind.ESCALATION:
            return TimerRow(ArmedBy.LADDER, _climb, NoticeKind(kind.value))
        case TimerKind.BREACH:
            return TimerRow(ArmedBy.LADDER, _breach, NoticeKind.BREACH)
        case TimerKind.OVERDUE:
            return TimerRow(ArmedBy.LADDER, _notify_again, NoticeKind.OVERDUE)
        case TimerKind.CLAIM_LAPSED | TimerKind.WINDOW_LAPSED:
            fire = _dispatch_unclaimed if kind is TimerKind.CLAIM_LAPSED else _close_window
            return TimerRow(ArmedBy.CLOCK_END, fire, NoticeKind(kind.value))
        case TimerKind.RESUME | TimerKind.TESTING_OVER:
            is_rest = kind is TimerKind.RESUME
            ends = _resume if is_rest else _end_testing
            told = NoticeKind.RESUMED if is_rest else NoticeKind.TESTING_OVER
            return TimerRow(ArmedBy.EVENT, ends, told, ends_when_due=True)
        case TimerKind.HOTLINE_DUE | TimerKind.LEASE_LAPSED:
            fires = {TimerKind.HOTLINE_DUE: _call_out, TimerKind.LEASE_LAPSED: _take_back}
            return TimerRow(ArmedBy.EVENT, fires[kind], NoticeKind(kind.value))
        case TimerKind.RETIRE:
            return TimerRow(ArmedBy.EVENT, _retire)
        case TimerKind.REQUEST_LAPSED:
            return TimerRow(ArmedBy.REQUEST, _lapse)
        case TimerKind.RULES_CHANGED:
            return TimerRow(ArmedBy.RULES, _recompute)
    assert_never(kind)


def _climb(context: DecisionContext, timer: Timer) -> Events:
    clock = _clock_of(context, timer)
    climbed = running_clocks.climb(context.rules, context.case, clock, timer.due_at, context.at)
    return _changed(context, climbed)


def _breach(context: DecisionContext, timer: Timer) -> Events:
    return (*_climb(context, timer), *feedback.call_due(context.case, timer.clock))


def _notify_again(context: DecisionContext, timer: Timer) -> Events:
    clock = _clock_of(context, timer)
    return _changed(context, running_clocks.notify_again(context.rules, context.case, clock, context.at))


def _close_window(context: DecisionContext, timer: Timer) -> Events:
    return _changed(context, running_clocks.close_window(_clock_of(context, timer)))


def _dispatch_unclaimed(context: DecisionContext, _: Timer) -> Events:
    return dispatch.lapse(context.rules, context.street, context.case, context.at)


def _take_back(context: DecisionContext, timer: Timer) -> Events:
    return dispatch.lease_over(context.rules, context.street, context.case, timer.due_at, context.at)


def _resume(context: DecisionContext, _: Timer) -> Events:
    return requests.run_out(context.case, context.at)


def _call_out(context: DecisionContext, _: Timer) -> Events:
    return hotline_deadlines.called_out(context.case, context.at)


def _end_testing(context: DecisionContext, timer: Timer) -> Events:
    return measures.run_out(context.case, timer)


def _retire(context: DecisionContext, _: Timer) -> Events:
    """The snapshot goes; it stays while a penalty procedure or an appeal is open, or while the case may be split off again."""
    case = context.case
    may_be_split_off = case.merged is not None and case.merged.into in context.cases
    if penalty_procedure.is_open(case) or case.request is not None or may_be_split_off:
        return (feedback.retire_later(context.rules, case.case_id, context.at),)
    return (CaseRetired(case_id=case.case_id),)


def _lapse(context: DecisionContext, timer: Timer) -> Events:
    case = context.case
    request = request_of(case, RequestKind(timer.name or ""))
    if request is None:
        raise LookupError(f"{case.case_id}: nothing of the kind {timer.name} is asked for")
    return (request_lapse.lapsed(case.case_id, request, context.at, LapseReason.END_PASSED),)


def _recompute(context: DecisionContext, _: Timer) -> Events:
    rules, case = context.rules, context.case
    return (
        *_changed(context, *running_clocks.recomputed(rules, case)),
        *succession.handed_over(rules, case, context.at),
    )


def _changed(context: DecisionContext, *changes: ClockChange) -> Events:
    return (ClocksChanged(case_id=context.case.case_id, changes=changes),) if changes else ()


def _clock_of(context: DecisionContext, timer: Timer) -> Clock:
    case = context.case
    clock = running_clocks.clock_of(case, timer.clock, timer.name) if timer.clock else None
    if clock is None or clock.stopped_at is not None:
        raise LookupError(f"{case.case_id}: no clock runs for the timer {timer.kind}")
    return clock


TIMER_TABLE: Final[Mapping[TimerKind, TimerRow]] = {kind: _row(kind) for kind in TimerKind}
