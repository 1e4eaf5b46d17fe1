"""Service clocks: when something is due, and the timers along the way. All limits come from the rules."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import assert_never

from pipeline.core.rules import Limit, Rules, Unit
from pipeline.core.worktime import Due
from schemas.case import Case, Clock, Timer
from schemas.contract import replace
from schemas.events import CaseEvent, ClockStarted, ClockStopped, TimerArmed
from schemas.terms import ClockKind, TimerKind

BREACH_PERCENT = 100


def due(rules: Rules, start: datetime, limit: Limit) -> Due:
    """When `limit`, begun at `start`, is used up."""
    match limit.unit:
        case Unit.WORK_MINUTES:
            return rules.calendar.due_work_minutes(start, limit.value)
        case Unit.WORKDAYS:
            return rules.calendar.due_workdays(start, limit.value)
        case Unit.NATURAL_MINUTES:
            return rules.calendar.due_natural_minutes(start, limit.value)
    assert_never(limit.unit)


def start(rules: Rules, case_id: str, kind: ClockKind, begun: datetime, limit: Limit) -> ClockStarted:
    """A clock that begins at `begun`, with its first mark armed; each mark arms the next."""
    clock, timer = _begun(rules, kind, begun, limit)
    return ClockStarted(case_id=case_id, clock=clock, timer=timer)


@lru_cache(maxsize=1_024)
def _begun(rules: Rules, kind: ClockKind, begun: datetime, limit: Limit) -> tuple[Clock, Timer]:
    # all cases of a batch begin at the same instant, so most of a batch's clocks are one and the same value
    end = due(rules, begun, limit)
    clock = Clock(kind=kind, started_at=begun, due_at=end.at, provisional=end.provisional)
    return clock, next_timer(rules, clock, limit)


def resume(rules: Rules, case: Case, kind: ClockKind, limit: Limit, at: datetime) -> list[CaseEvent]:
    """The clock of this kind runs on, its deadline as it was: rework does not give new time.

    Timers that have fired stay fired; past the breach the reminders go on. Nothing where the case has no such clock.
    """
    for clock in case.clocks:
        if clock.kind is kind:
            running = replace(clock, stopped_at=None)
            broken = BREACH_PERCENT in clock.fired
            timer = reminder(rules, kind, at) if broken else next_timer(rules, running, limit)
            return [ClockStarted(case_id=case.case_id, clock=running, timer=timer)]
    return []


def reminder(rules: Rules, kind: ClockKind, at: datetime) -> Timer:
    """After a breach somebody is told again and again: an open case always has something due."""
    return Timer(kind=TimerKind.OVERDUE, due_at=due(rules, at, rules.policy.overdue_every).at, clock=kind)


def stop(case: Case, kind: ClockKind, at: datetime) -> list[CaseEvent]:
    """The event that stops the clock of this kind, or none where it does not run."""
    runs = any(clock.kind is kind and clock.stopped_at is None for clock in case.clocks)
    return [ClockStopped(case_id=case.case_id, at=at, clock=kind)] if runs else []


def due_of(case: Case, kind: ClockKind) -> Clock | None:
    """The clock of this kind, running or not."""
    for clock in case.clocks:
        if clock.kind is kind:
            return clock
    return None


def next_timer(rules: Rules, clock: Clock, limit: Limit) -> Timer:
    """The first mark along the clock that has not fired: a warning, the breach, or the end of a claim window."""
    if clock.kind is ClockKind.CLAIM:
        return Timer(kind=TimerKind.CLAIM_LAPSED, due_at=clock.due_at, clock=clock.kind)
    marks = rules.policy.warn_percents if clock.kind is ClockKind.DISPOSE else ()
    percent = next((mark for mark in marks if mark not in clock.fired), BREACH_PERCENT)
    return Timer(
        kind=TimerKind.BREACH if percent >= BREACH_PERCENT else TimerKind.WARNING,
        due_at=_at_percent(rules, clock, limit, percent),
        clock=clock.kind,
        percent=percent,
    )


def limit_of(rules: Rules, case: Case, kind: ClockKind) -> Limit:
    """How long the rules give a clock of this kind in this case."""
    policy, matter = rules.policy, rules.matters[case.facts.matter]
    return {
        ClockKind.CLAIM: policy.claim,
        ClockKind.SIGN: policy.sign,
        ClockKind.ARRIVE: matter.arrive,
        ClockKind.DISPOSE: matter.dispose,
        ClockKind.VERIFY: policy.verify,
        ClockKind.CALLBACK: policy.call_back,
    }[kind]


def after_firing(rules: Rules, case: Case, timer: Timer, at: datetime) -> list[CaseEvent]:
    """What is armed when `timer` of `case` has fired: the clock's next mark, or after the breach the next reminder."""
    clock = due_of(case, timer.clock) if timer.clock else None
    if clock is None or timer.kind is TimerKind.CLAIM_LAPSED:
        return []
    if timer.kind is TimerKind.WARNING and timer.percent is not None:
        passed = replace(clock, fired=(*clock.fired, timer.percent))
        armed = next_timer(rules, passed, limit_of(rules, case, clock.kind))
    else:
        armed = reminder(rules, clock.kind, at)
    return [TimerArmed(case_id=case.case_id, timer=armed)]


def _at_percent(rules: Rules, clock: Clock, limit: Limit, percent: int) -> datetime:
    if percent >= BREACH_PERCENT:
        return clock.due_at
    if limit.unit is Unit.NATURAL_MINUTES:
        whole_s = int((clock.due_at - clock.started_at).total_seconds())
        return clock.started_at + timedelta(seconds=whole_s * percent // BREACH_PERCENT)
    if limit.unit is Unit.WORK_MINUTES:
        minutes = limit.value
    else:
        minutes = rules.calendar.elapsed_work_minutes(clock.started_at, clock.due_at)
    return rules.calendar.due_work_minutes(clock.started_at, minutes * percent // BREACH_PERCENT).at
