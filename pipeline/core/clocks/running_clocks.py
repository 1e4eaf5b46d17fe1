"""Which clocks of a case run, and who is notified along the way. All limits and ladders come from the rules.

Deciders move the case and say nothing of clocks: which of them run follows from where the case stands (`STAGE_TABLE`), so
`follow` compares before and after. Editing a case therefore never restarts a clock, and no step can forget to stop one.

    stage before ─┐
                  ├─ follow ─► stopped · started · went on ─► each armed with the next rung of its ladder
    stage after ──┘
"""

from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Final

from msgspec.structs import replace

from pipeline.core.clocks import decision_clocks, legal_limits, partner_clocks, unit_limits
from pipeline.core.clocks.halts import clocks_of_stage, is_suspended
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.clock_arithmetic import BREACH_PERCENT
from pipeline.core.worktime.office_hours import Due, WorkCalendar
from pipeline.core.worktime.policy import ClockMode, Ladder, Rung, Service, Span
from schemas.journal.clock_events import ClockChange
from schemas.state.case import Case, Clock, Facts, Timer
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import ClockEvent, ClockKind, Severity, Stage, TimerKind

Key = tuple[ClockKind, str | None]
"""Tells the clocks of a case apart: the kind, and of a matter's stages the name."""

_UNCLEAR: Final = frozenset({Stage.UNDER_ASSESSMENT, Stage.ANSWERED})
"""Where nobody knows what a case is about, or where."""
_STOOD_FOR: Final = {ClockKind.LEGAL: MeasureStep.TESTING.value}
"""Why a clock of this kind stood, where it was not the stage of the case."""


def promise(rules: Rules, facts: Facts) -> Due:
    """By when a case that opens now is to be handled: the promise on its reporter's receipt."""
    service = rules.service_of(facts.opened_at)
    span = service.limit(facts.matter, facts.severity, ClockKind.DISPOSE)
    return _promised(rules.calendar, facts.opened_at, span or ())


@lru_cache(maxsize=1_024)
def _promised(calendar: WorkCalendar, at: datetime, span: Span) -> Due:
    return clock_arithmetic.after(calendar, at, span)


def follow(rules: Rules, before: Case | None, after: Case, at: datetime) -> tuple[ClockChange, ...]:
    """What the move of a case means for its clocks."""
    if before is not None and _stands(before) == _stands(after) and not decision_clocks.unclocked(after):
        return ()
    service = rules.service_of(after.facts.opened_at)
    if before is None and after.penalty is None:
        facts, leg = after.facts, _leg(after)
        kinds, duty = _by_stage(service, after), _duty_roster(rules, after, None, None)
        opened_at = min(facts.opened_at, at)
        opened = _opened(rules, service, facts.matter, facts.severity, kinds, leg, duty, at, opened_at)
        asked = [_running(rules, service, before, after, key, at) for key in decision_clocks.running(after)]
        return (*opened, *chain.from_iterable(asked)) if asked else opened
    wanted = (
        *_wanted(service, after.facts.matter, _standing(service, after), after.stages_done),
        *partner_clocks.running(after),
        *decision_clocks.running(after),
        *((ClockKind.LEGAL, name) for name in legal_limits.running(rules, after)),
    )
    changes = [
        ClockChange(change=ClockEvent.STOPPED, clock=clock_arithmetic.halt(clock, at))
        for clock in after.clocks
        if clock.stopped_at is None and (clock.kind, clock.name) not in wanted
    ]
    for key in wanted:
        changes += _running(rules, service, before, after, key, at)
    return tuple(changes)


def extended(
    rules: Rules,
    case: Case,
    more: Span,
    reason: str,
    at: datetime,
    kinds: tuple[ClockKind, ...] = (ClockKind.DISPOSE, ClockKind.STAGE, ClockKind.WHOLE),
    name: str | None = None,
) -> tuple[ClockChange, ...]:
    """The running clocks of these kinds, and of this name where one is given, have `more` time; what is late stays late."""
    changes = []
    for clock in case.clocks:
        if clock.kind in kinds and clock.stopped_at is None and name in (None, clock.name):
            moved = clock_arithmetic.extend(rules.hours_of(clock.roster), clock, more, at, reason)
            changes.append(ClockChange(change=ClockEvent.EXTENDED, clock=armed(rules, case, moved)))
    return tuple(changes)


def recomputed(rules: Rules, case: Case) -> tuple[ClockChange, ...]:
    """Which clocks of a case are due, or wake somebody, at another time by these rules than by those it was decided by."""
    return () if case.rules_version == rules.version else relimited(rules, case)


def relimited(rules: Rules, case: Case) -> tuple[ClockChange, ...]:
    """Which clocks of a case have another limit than they run by: the rules are others, or the case is about something else now."""
    service = rules.service_of(case.facts.opened_at)
    changes = []
    for clock in case.clocks:
        is_single = service.clocks[clock.kind].measure is ClockMode.SINGLE
        over = case.closed_at is not None or (is_single and not is_suspended(rules, case, clock))
        span = _span(
            rules, service, case, (clock.kind, clock.name), clock.started_at, severity_of(case, clock)
        )
        if span is None or (over and clock.stopped_at is not None):
            continue
        limit = legal_limits.limit_of(rules, clock.kind, clock.name)
        by_roster = replace(clock, roster=limit.roster) if limit else clock
        now = clock_arithmetic.recomputed(rules.hours_of(by_roster.roster), by_roster, span)
        if clock.stopped_at is None and clock.rung < len(_ladder(rules, case, clock.kind, clock.name).rungs):
            now = armed(rules, case, now)
        if now != clock:
            changes.append(ClockChange(change=ClockEvent.RECOMPUTED, clock=now))
    return tuple(changes)


def severity_of(case: Case, clock: Clock) -> Severity:
    """By which severity the clock is limited: one that ran when the case was raised, by that with which the case was opened."""
    amended = case.amended
    if amended is None or amended.raised_at is None or clock.started_at >= amended.raised_at:
        return case.facts.severity
    return amended.facts.severity


def wake(case: Case) -> datetime | None:
    """When something of the case is next due."""
    times = [clock.wake_at for clock in case.clocks if clock.wake_at is not None]
    times += [timer.due_at for timer in case.timers]
    if case.request is not None and (lapse := decision_clocks.next_lapse(case)):
        times.append(lapse.due_at)
    return min(times) if times else None


def next_timer(rules: Rules, case: Case) -> Timer:
    """What is due first; ties go by kind, clock and name.

    Raises:
        LookupError: nothing is armed.
    """
    timers: list[Timer] = [
        *case.timers,
        *(_timer(rules, case, clock, clock.wake_at) for clock in case.clocks if clock.wake_at),
        *((lapse,) if (lapse := decision_clocks.next_lapse(case)) else ()),
    ]
    if not timers:
        raise LookupError(f"{case.case_id}: no timer is armed")
    return min(timers, key=_order)


def climb(rules: Rules, case: Case, clock: Clock, due_at: datetime, at: datetime) -> ClockChange:
    """The rung that was due at `due_at` is climbed at `at`; the clock is armed with the next one."""
    climbed = _climbed(rules, _ladder(rules, case, clock.kind, clock.name), clock, due_at)
    woken = armed(rules, case, replace(clock, rung=climbed + 1), at)
    return ClockChange(change=ClockEvent.FIRED, clock=woken)


def notify_again(rules: Rules, case: Case, clock: Clock, at: datetime) -> ClockChange:
    """Above the last rung its people are notified again; the clock is armed to do so after the ladder's `every`."""
    return ClockChange(change=ClockEvent.FIRED, clock=replace(clock, wake_at=_again(rules, case, clock, at)))


def close_window(clock: Clock) -> ClockChange:
    """A window that the law sets is over at its deadline, even if the timer fires late."""
    return ClockChange(change=ClockEvent.STOPPED, clock=clock_arithmetic.halt(clock, clock.due_at))


def rung_of(rules: Rules, case: Case, timer: Timer) -> Rung | None:
    """The rung that the timer of a clock climbs; the last one where its people are notified again."""
    if timer.clock is None:
        return None
    rungs = _ladder(rules, case, timer.clock, timer.name).rungs
    if timer.level is None:
        return rungs[-1] if rungs else None
    return next((rung for rung in rungs if rung.level == timer.level), None)


def clock_of(case: Case, kind: ClockKind, name: str | None = None) -> Clock | None:
    """The clock of this kind and name, running or not."""
    for clock in case.clocks:
        if clock.kind is kind and clock.name == name:
            return clock
    return None


@lru_cache(maxsize=4_096)
def _opened(
    rules: Rules,
    service: Service,
    matter: str,
    severity: Severity,
    kinds: tuple[ClockKind, ...],
    leg: int,
    duty: str | None,
    at: datetime,
    opened_at: datetime,
) -> tuple[ClockChange, ...]:
    """Of a case that opens; cases of a batch that are alike share them. One that is split off counts from when it was reported."""
    begun = (
        _begun(rules, service, kind, name, leg, _since(service, kind, at, opened_at), span, duty, severity)
        for kind, name in _wanted(service, matter, kinds, ())
        if (span := service.limit(matter, severity, kind, name))
    )
    return tuple(ClockChange(change=ClockEvent.STARTED, clock=clock) for clock in begun)


def _since(service: Service, kind: ClockKind, at: datetime, opened_at: datetime) -> datetime:
    return opened_at if service.clocks[kind].measure is ClockMode.CUMULATIVE else at


def _standing(service: Service, case: Case) -> tuple[ClockKind, ...]:
    """The kinds that run for the case: those of its stage, and the call-back that is due beside it."""
    if case.call_due and case.closed_at is None and case.stage is not Stage.AWAITING_CALLBACK:
        return (*_by_stage(service, case), ClockKind.CALLBACK)
    return _by_stage(service, case)


def _by_stage(service: Service, case: Case) -> tuple[ClockKind, ...]:
    if case.stage is Stage.SUSPENDED and case.suspension is not None:
        return tuple(kind for kind in clocks_of_stage(case) if not service.clocks[kind].pausable)
    return clocks_of_stage(case)


def _wanted(
    service: Service, matter: str, kinds: tuple[ClockKind, ...], done: tuple[str, ...]
) -> tuple[Key, ...]:
    """The clocks of these kinds; with the handling those of the matter's stages that are not done."""
    keys: tuple[Key, ...] = tuple((kind, None) for kind in kinds)
    stages = service.stages.get(matter)
    if not stages or ClockKind.DISPOSE not in kinds:
        return keys
    return (
        *keys,
        *((ClockKind.STAGE, stage.name) for stage in stages if stage.limit and stage.name not in done),
    )


def _span(
    rules: Rules, service: Service, case: Case, key: Key, start: datetime, severity: Severity | None = None
) -> Span | None:
    kind, name = key
    if kind is ClockKind.LEGAL:
        limit = legal_limits.limit_of(rules, kind, name)
        return legal_limits.span_from(rules, limit, start) if limit else None
    return unit_limits.limit_of(rules, service, case, kind, name, severity or case.facts.severity)


def _running(
    rules: Rules, service: Service, before: Case | None, after: Case, key: Key, at: datetime
) -> list[ClockChange]:
    """What makes a wanted clock run: nothing where it runs, going on, or a new clock in the place of an older visit's."""
    kind, name = key
    clock, rule, leg = clock_of(after, kind, name), service.clocks[kind], _leg(after)
    goes_on = rule.measure is ClockMode.CUMULATIVE or (clock is not None and clock.leg == leg)
    if (
        kind is ClockKind.DECIDE
    ):  # of whoever holds the case: it goes on, and that of a later request begins anew
        goes_on = clock is not None and clock.stopped_at is None
    if clock is not None and goes_on and not legal_limits.is_anew(rules, after, clock):
        if clock.stopped_at is None:
            return []
        why = _STOOD_FOR.get(kind) or (before or after).stage.value
        again = clock_arithmetic.go_on(rules.hours_of(clock.roster), clock, at, why)
        return [ClockChange(change=ClockEvent.WENT_ON, clock=armed(rules, after, again, at))]
    span = _span(rules, service, after, key, at)
    if span is None:
        return []
    duty = _duty_roster(rules, after, kind, name)
    if before is not None and before.stage in _UNCLEAR:  # whoever reported it does not wait longer for that
        at = _since(service, kind, at, min(after.facts.opened_at, at))
    begun = _begun(rules, service, kind, name, leg, at, span, duty, after.facts.severity)
    started = ClockChange(change=ClockEvent.STARTED, clock=begun)
    if clock is None or clock.stopped_at is not None:
        return [started]
    return [ClockChange(change=ClockEvent.STOPPED, clock=clock_arithmetic.halt(clock, at)), started]


def _begun(
    rules: Rules,
    service: Service,
    kind: ClockKind,
    name: str | None,
    leg: int,
    at: datetime,
    span: Span,
    duty: str | None,
    severity: Severity,
) -> Clock:
    rule = service.clocks[kind]
    limit = legal_limits.limit_of(rules, kind, name)
    roster = limit.roster if limit else duty if rule.own_hours else None
    clock = clock_arithmetic.begin(rules.hours_of(roster), kind, at, span, leg=leg, name=name, roster=roster)
    return _climbing(rules, legal_limits.ladder_of(rules, service, kind, name), clock, severity, duty)


def armed(rules: Rules, case: Case, clock: Clock, at: datetime | None = None) -> Clock:
    """The clock with its next rung armed; unarmed while it stands. `at`: since when people are notified again above the ladder."""
    if clock.stopped_at is not None:
        return replace(clock, wake_at=None)
    ladder = _ladder(rules, case, clock.kind, clock.name)
    if clock.rung >= len(ladder.rungs):
        again = clock.wake_at if at is None else _again(rules, case, clock, at)
        return replace(clock, wake_at=again or _again(rules, case, clock, clock.due_at))
    duty = _duty_roster(rules, case, clock.kind, clock.name)
    return _climbing(rules, ladder, clock, case.facts.severity, duty)


def _climbing(rules: Rules, ladder: Ladder, clock: Clock, severity: Severity, duty: str | None) -> Clock:
    """Armed with the rung that comes first. Of rungs due at one instant that is the highest.

    A rung that waits for duty time may be overtaken by a later one that does not wait (`at_once`). It is behind only when it
    or a higher one was climbed: a deadline that moves may bring an overtaken rung back.
    """
    hours, first = rules.hours_of(duty), None
    for rung in ladder.rungs[clock.rung :]:
        due_at = _rung_due(rules, clock, rung)
        if first is not None and due_at > first:
            break
        if severity not in rung.at_once:
            due_at = hours.next_work_time(due_at)
        if first is None or due_at < first:
            first = due_at
    return replace(clock, wake_at=first)


def _climbed(rules: Rules, ladder: Ladder, clock: Clock, at: datetime) -> int:
    """Which rung is climbed when the clock wakes somebody `at`: the highest whose time has come."""
    number = clock.rung
    while number + 1 < len(ladder.rungs) and _rung_due(rules, clock, ladder.rungs[number + 1]) <= at:
        number += 1
    return number


def _rung_due(rules: Rules, clock: Clock, rung: Rung) -> datetime:
    calendar = rules.hours_of(clock.roster)
    if rung.percent < BREACH_PERCENT:
        return clock_arithmetic.mark(calendar, clock, rung.percent)
    return clock_arithmetic.after_deadline(calendar, clock, rung.after)


def _again(rules: Rules, case: Case, clock: Clock, at: datetime) -> datetime:
    every = _ladder(rules, case, clock.kind, clock.name).every
    due_at = clock_arithmetic.after(rules.hours_of(clock.roster), at, every).at
    return rules.hours_of(_duty_roster(rules, case, clock.kind, clock.name)).next_work_time(due_at)


def _timer(rules: Rules, case: Case, clock: Clock, due_at: datetime) -> Timer:
    ladder = _ladder(rules, case, clock.kind, clock.name)
    limit = legal_limits.limit_of(rules, clock.kind, clock.name)
    if clock.kind is ClockKind.CLAIM:
        return Timer(kind=TimerKind.CLAIM_LAPSED, due_at=due_at, clock=clock.kind)
    if limit is not None and limit.is_window:
        return Timer(kind=TimerKind.WINDOW_LAPSED, due_at=due_at, clock=clock.kind, name=clock.name)
    if clock.rung >= len(ladder.rungs):
        return Timer(kind=TimerKind.OVERDUE, due_at=due_at, clock=clock.kind, name=clock.name)
    rung = ladder.rungs[_climbed(rules, ladder, clock, due_at)]
    kind = TimerKind.WARNING
    if rung.percent >= BREACH_PERCENT:
        kind = TimerKind.ESCALATION if rung.after else TimerKind.BREACH
    return Timer(
        kind=kind, due_at=due_at, clock=clock.kind, name=clock.name, level=rung.level, percent=rung.percent
    )


def _ladder(rules: Rules, case: Case, kind: ClockKind, name: str | None) -> Ladder:
    return legal_limits.ladder_of(rules, rules.service_of(case.facts.opened_at), kind, name)


def _duty_roster(rules: Rules, case: Case, kind: ClockKind | None, name: str | None) -> str | None:
    """The hours of whoever the clock is on."""
    team = decision_clocks.on_whom(rules, case, kind, name)
    street = rules.streets[case.street]
    return street.teams[team].roster if team in street.teams else None


def _stands(case: Case) -> tuple[object, ...]:
    """All of a case that decides which of its clocks run: while it stays the same, no clock changes."""
    step = (case.stage, _leg(case), case.stages_done, case.penalty, case.joint, case.call_due)
    return (
        *step,
        case.facts.matter,
        case.request,
        case.further_requests,
        ClockKind.CONTACT in clocks_of_stage(case),
    )


def _leg(case: Case) -> int:
    return case.task.leg if case.task else 0


def _order(timer: Timer) -> tuple[datetime, str, str, str]:
    return timer.due_at, timer.kind.value, timer.clock.value if timer.clock else "", timer.name or ""
