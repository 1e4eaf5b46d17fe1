"""The clocks of two cases that become one, and of what is taken apart again: both sides right to the second.

adopted    the host takes over each deadline of the other that is earlier, with all its reasons
brought    what joins the case has its own deadlines counted from then on; where those are earlier, they hold
restored   the host has its own clocks back, moved by all that moved the others meanwhile
unmerged   the other goes on as if its clocks had never stopped: nobody handled it, and its callers waited
"""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from pipeline.core.clocks.halts import is_suspended
from pipeline.core.clocks.running_clocks import armed, clock_of, severity_of
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.policy import ClockMode, Service, span_of, text_of
from schemas.journal.clock_events import ClockChange
from schemas.state.case import Case, Clock
from schemas.values.terms import ClockEvent, ClockKind

_OF_NO_REPORT: Final = frozenset({ClockKind.LEGAL, ClockKind.DECIDE, ClockKind.CONTACT})
"""A law's limit, the time for deciding a request, and for contacting the first caller: what joins a case or leaves it changes neither."""


def adopted(rules: Rules, case: Case, other: Case, at: datetime) -> tuple[ClockChange, ...]:
    """`other` is merged into the case: of each clock that both have, the earlier deadline holds, with all its reasons.

    Where the case's own clock stands, the other's stands with it from now on.
    """
    service = rules.service_of(case.facts.opened_at)
    changes = []
    for theirs in other.clocks:
        own = clock_of(case, theirs.kind, theirs.name)
        if own is None or theirs.stopped_at is not None or not goes_on(service, theirs.kind):
            continue
        stands = own.stopped_at is not None
        theirs = _unbound(rules, theirs)
        if theirs.due_at < _own_due(rules, own, at):
            clock = clock_arithmetic.halt(theirs, at) if stands else theirs
            clock = _bound_as(rules, replace(clock, leg=own.leg), own)
            changes.append(ClockChange(change=ClockEvent.ADOPTED, clock=armed(rules, case, clock, at)))
    return tuple(changes)


def brought(rules: Rules, case: Case, at: datetime) -> tuple[ClockChange, ...]:
    """Each clock of the case as one begun at `at` would be due by the severity that the case has now, where that is earlier.

    What stays is armed anew where that severity wakes people at another time, as by night.
    """
    is_raised_now = case.amended is not None and case.amended.raised_at == at
    changes = []
    for own in case.clocks:
        stands = own.stopped_at is not None
        if own.kind is ClockKind.LEGAL or (stands and not is_suspended(rules, case, own)):
            continue
        clock = _begun_anew(rules, case, own, at)
        if clock is not None and clock.due_at < _own_due(rules, own, at):
            clock = _bound_as(rules, replace(clock, stopped_at=at if stands else None), own)
            clock = armed(rules, case, clock, at)
            changes.append(ClockChange(change=ClockEvent.ADOPTED, clock=clock))
        elif is_raised_now and not stands and (again := armed(rules, case, own)) != own:
            changes.append(ClockChange(change=ClockEvent.RECOMPUTED, clock=again))
    return tuple(changes)


def _begun_anew(rules: Rules, case: Case, own: Clock, at: datetime) -> Clock | None:
    """The clock as one begun at `at`; None where it has no limit, or where the same limit from later on cannot end earlier.

    None too for a step that began after `at`: it has had its limit by what the case was then.
    """
    if own.kind in _OF_NO_REPORT or own.started_at > at:
        return None
    service = rules.service_of(case.facts.opened_at)
    span = service.limit(case.facts.matter, case.facts.severity, own.kind, own.name)
    if span is None or (not own.moves and own.limit == text_of(span)):
        return None
    hours = rules.hours_of(own.roster)
    return clock_arithmetic.begin(hours, own.kind, at, span, leg=own.leg, name=own.name, roster=own.roster)


def restored(
    rules: Rules, case: Case, own_clocks: tuple[Clock, ...], since: datetime, at: datetime
) -> tuple[ClockChange, ...]:
    """What joined the case `since` then goes again: its own clocks are back, moved by all that moved the others meanwhile.

    Of a step that is over, or has begun anew meanwhile, nothing comes back.
    """
    service = rules.service_of(case.facts.opened_at)
    changes = []
    for own in own_clocks:
        now = clock_of(case, own.kind, own.name)
        if now is not None and (goes_on(service, own.kind) or (now.leg, now.started_at) == (own.leg, since)):
            again = _by_these_rules(rules, case, _own_again(own, now, since))
            changes.append(ClockChange(change=ClockEvent.RESTORED, clock=armed(rules, case, again, at)))
    return tuple(changes)


def unmerged(rules: Rules, case: Case, at: datetime) -> tuple[ClockChange, ...]:
    """The case is one of its own again: nobody handled it meanwhile, and those who wait for it waited all the time."""
    service = rules.service_of(case.facts.opened_at)
    merged_at = case.merged.since if case.merged else at
    changes = []
    for clock in case.clocks:
        if clock.stopped_at is not None and clock.stopped_at >= merged_at and goes_on(service, clock.kind):
            again = _by_these_rules(rules, case, replace(clock, stopped_at=None))
            changes.append(ClockChange(change=ClockEvent.RESTORED, clock=armed(rules, case, again, at)))
    return tuple(changes)


def _own_again(own: Clock, now: Clock, since: datetime) -> Clock:
    """The host's own clock with what happened to the one that took its place."""
    later, stopped_at = tuple(move for move in now.moves if move.at >= since), now.stopped_at
    if own.stopped_at is not None:  # it stood already when the other came
        if later and later[0].at == since:
            later = (replace(later[0], at=own.stopped_at), *later[1:])
        elif stopped_at is not None:
            stopped_at = own.stopped_at
    return replace(own, moves=(*own.moves, *later), stopped_at=stopped_at, leg=now.leg)


def _by_these_rules(rules: Rules, case: Case, clock: Clock) -> Clock:
    """Its deadline anew: rules or calendar may have changed while it stood aside."""
    service, facts = rules.service_of(case.facts.opened_at), case.facts
    severity = severity_of(case, clock)
    span = service.limit(facts.matter, severity, clock.kind, clock.name) or span_of(clock.limit)
    return clock_arithmetic.recomputed(rules.hours_of(clock.roster), clock, span)


def _own_due(rules: Rules, clock: Clock, at: datetime) -> datetime:
    """When the clock is due by the policy alone, or would be if it went on now: what the hotline wants is no reason to take over another."""
    clock = _unbound(rules, clock)
    if clock.stopped_at is None:
        return clock.due_at
    return clock_arithmetic.go_on(rules.hours_of(clock.roster), clock, at, "merged").due_at


def _unbound(rules: Rules, clock: Clock) -> Clock:
    return _bound_to(rules, clock, None)


def _bound_as(rules: Rules, clock: Clock, own: Clock) -> Clock:
    return _bound_to(rules, clock, own.hotline_due_at)


def _bound_to(rules: Rules, clock: Clock, hotline_due_at: datetime | None) -> Clock:
    if clock.hotline_due_at == hotline_due_at:
        return clock
    return clock_arithmetic.bound(rules.hours_of(clock.roster), clock, hotline_due_at)


def goes_on(service: Service, kind: ClockKind) -> bool:
    """Whether a clock of this kind counts the whole of a case, and not one visit or what a law or a request sets."""
    return kind not in _OF_NO_REPORT and service.clocks[kind].measure is ClockMode.CUMULATIVE
