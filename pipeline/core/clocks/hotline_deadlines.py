"""The hotline's own deadline (热线时限): theirs is theirs. The case is handled, and over, by the earlier of theirs and the policy's.

    order ─► due_at, or a limit from the call on by the street's calendar ─► kept with the report
    earliest of all reports that the case answers ─► bounds the clocks of handling and of the whole case

Suspension, rules and extensions of our own move the policy's deadline behind that bound, and never the bound: only the hotline does,
by an order that it pushes again or an extension that it grants. Since the bound follows from the reports, merging and splitting set it right.
"""

from datetime import datetime
from typing import Final, NamedTuple

from pipeline.core.case.reporters import answered
from pipeline.core.clocks.running_clocks import armed
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.policy import Span, span_of
from schemas.inputs.report import Report
from schemas.journal.clock_events import ClockChange, TimerArmed
from schemas.state.case import Case, Clock, Timer
from schemas.values.hotline_order import DeadlineOwner, HotlineOrder
from schemas.values.left_out import LeftOut
from schemas.values.terms import ClockEvent, ClockKind, LeftOutReason, Stage, TimerKind

_WHOLE: Final = 100
"""Percent."""
BOUNDED_KINDS: Final = (ClockKind.DISPOSE, ClockKind.WHOLE)
"""What is over by the hotline's deadline: the handling, and the case as a whole."""


class OrderRead(NamedTuple):
    """The order as its case keeps it, and what of it was left out."""

    order: HotlineOrder | None = None
    left_out: tuple[LeftOut, ...] = ()


def order_of(rules: Rules, report: Report) -> OrderRead:
    """What the hotline says of its order, with its deadline; one that cannot be meant is left out, and the rest of the order holds."""
    said = report.order
    if said is None:
        return OrderRead()
    due_at, field = said.due_at, "order.due_at"
    if due_at is None and said.limit is not None:
        due_at, field = _counted(rules, report.reported_at, span_of(said.limit)), "order.limit"
    left_out: tuple[LeftOut, ...] = ()
    if due_at is not None and not _is_plausible(rules, report.reported_at, due_at):
        due_at, left_out = None, (LeftOut(field=field, why=LeftOutReason.IMPLAUSIBLE),)
    order = HotlineOrder(due_at=due_at, limit=said.limit, kind=said.kind, repeat_of=said.repeat_of)
    return OrderRead(order if order != HotlineOrder() else None, left_out)


def deadline_of(case: Case) -> datetime | None:
    """The earliest deadline of a hotline that waits for this case; None where none has one."""
    due: datetime | None = None
    for report in answered(case):
        theirs = report.order.due_at if report.order is not None else None
        if theirs is not None and (due is None or theirs < due):
            due = theirs
    return due


def called_at_rest(rules: Rules, before: Case | None, after: Case, at: datetime) -> tuple[TimerArmed, ...]:
    """Arms who is told of a hotline's deadline that comes while the case rests, as no clock of such a case wakes anybody.

    From when the case rests, or another deadline holds: when so much of the time until then is over as the policy says, in office
    hours if those come before it.
    """
    if after.stage is not Stage.SUSPENDED:
        return ()
    due_at = deadline_of(after)
    if due_at is None or due_at <= at:
        return ()
    if before is not None and before.stage is Stage.SUSPENDED and deadline_of(before) == due_at:
        return ()
    told_at = at + (due_at - at) * rules.policy.rest_warning_percent / _WHOLE
    return (_armed(after, min(rules.calendar.next_work_time(told_at), due_at)),)


def called_out(case: Case, at: datetime) -> tuple[TimerArmed, ...]:
    """Once more at the deadline itself, as it is now."""
    due_at = deadline_of(case)
    return (_armed(case, due_at),) if due_at is not None and due_at > at else ()


def _armed(case: Case, due_at: datetime) -> TimerArmed:
    return TimerArmed(case_id=case.case_id, timer=Timer(kind=TimerKind.HOTLINE_DUE, due_at=due_at))


def bounded(rules: Rules, case: Case) -> tuple[ClockChange, ...]:
    """The clocks of an open case whose bound is not what its reports say now, with the bound that they say."""
    if case.closed_at is not None:
        return ()
    due_at = deadline_of(case)
    return tuple(
        ClockChange(change=ClockEvent.BOUNDED, clock=_bound_anew(rules, case, clock, due_at))
        for clock in case.clocks
        if clock.kind in BOUNDED_KINDS and clock.hotline_due_at != due_at
    )


def owner_of(clock: Clock | None) -> DeadlineOwner | None:
    """Whose the deadline of the clock is; None where no hotline has a say in it."""
    if clock is None or clock.hotline_due_at is None:
        return None
    return DeadlineOwner.HOTLINE if clock.due_at == clock.hotline_due_at else DeadlineOwner.POLICY


def promised(
    due_at: datetime | None, hotline_due_at: datetime | None
) -> tuple[datetime | None, DeadlineOwner | None]:
    """The earlier of the policy's and the hotline's deadline, and whose it is, where the hotline has one."""
    if hotline_due_at is None:
        return due_at, None
    if due_at is None or hotline_due_at <= due_at:
        return hotline_due_at, DeadlineOwner.HOTLINE
    return due_at, DeadlineOwner.POLICY


def _bound_anew(rules: Rules, case: Case, clock: Clock, due_at: datetime | None) -> Clock:
    return armed(rules, case, clock_arithmetic.bound(rules.hours_of(clock.roster), clock, due_at))


def _counted(rules: Rules, since: datetime, limit: Span) -> datetime | None:
    """When the limit is over; None where that is beyond the calendar."""
    try:
        return clock_arithmetic.after(rules.calendar, since, limit).at
    except ValueError:
        return None


def _is_plausible(rules: Rules, reported_at: datetime, due_at: datetime) -> bool:
    """Whether it may be meant: after the call, and not longer after it than any order runs."""
    latest = _counted(rules, reported_at, rules.policy.hotline_limit_max)
    return due_at > reported_at and (latest is None or due_at <= latest)
