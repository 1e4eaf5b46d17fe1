"""The clocks of two cases that become one, and of what is taken apart again: both sides right to the second.

adopted    the host takes over each deadline of the other that is earlier, with all its reasons
restored   the host has its own clocks back, moved by all that moved the others meanwhile
unmerged   the other goes on as if its clocks had never stopped: nobody handled it, and its callers waited
"""

from datetime import datetime

from msgspec.structs import replace

from pipeline.core.clocks.running_clocks import armed, clock_of
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.policy import ClockMode, Service, span_of
from schemas.journal.clock_events import ClockChange
from schemas.state.case import Case, Clock, Joined
from schemas.values.terms import ClockEvent, ClockKind


def adopted(rules: Rules, case: Case, other: Case, at: datetime) -> tuple[ClockChange, ...]:
    """`other` is merged into the case: of each clock that both have, the earlier deadline holds, with all its reasons.

    Where the case's own clock stands, the other's stands with it from now on.
    """
    service = rules.service_of(case.facts.opened_at)
    changes = []
    for theirs in other.clocks:
        own = clock_of(case, theirs.kind, theirs.name)
        if own is None or theirs.stopped_at is not None or not _goes_on(service, theirs.kind):
            continue
        stands = own.stopped_at is not None
        if theirs.due_at < (_if_it_went_on(rules, own, at) if stands else own.due_at):
            clock = replace(theirs, leg=own.leg, stopped_at=at if stands else None)
            changes.append(ClockChange(change=ClockEvent.ADOPTED, clock=armed(rules, case, clock, at)))
    return tuple(changes)


def restored(rules: Rules, case: Case, joined: Joined, at: datetime) -> tuple[ClockChange, ...]:
    """What was merged into the case goes again: its own clocks are back, moved by all that moved the others meanwhile."""
    changes = []
    for own in joined.clocks:
        now = clock_of(case, own.kind, own.name)
        if now is not None:
            again = _by_these_rules(rules, case, _own_again(own, now, joined.at))
            changes.append(ClockChange(change=ClockEvent.RESTORED, clock=armed(rules, case, again, at)))
    return tuple(changes)


def unmerged(rules: Rules, case: Case, at: datetime) -> tuple[ClockChange, ...]:
    """The case is one of its own again: nobody handled it meanwhile, and those who wait for it waited all the time."""
    service = rules.service_of(case.facts.opened_at)
    merged_at = case.merged.since if case.merged else at
    changes = []
    for clock in case.clocks:
        if clock.stopped_at is not None and clock.stopped_at >= merged_at and _goes_on(service, clock.kind):
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
    span = service.limit(facts.matter, facts.severity, clock.kind, clock.name) or span_of(clock.limit)
    return clock_arithmetic.recomputed(rules.hours_of(clock.roster), clock, span)


def _if_it_went_on(rules: Rules, clock: Clock, at: datetime) -> datetime:
    return clock_arithmetic.go_on(rules.hours_of(clock.roster), clock, at, "merged").due_at


def _goes_on(service: Service, kind: ClockKind) -> bool:
    """Whether a clock of this kind counts the whole of a case, and not one visit or what a law sets."""
    return kind is not ClockKind.LEGAL and service.clocks[kind].measure is ClockMode.CUMULATIVE
