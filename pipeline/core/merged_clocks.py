"""The clocks of two cases that become one, and of what is taken apart again: both sides right to the second.

adopted    the host takes over each deadline of the other that is earlier, with all its reasons
restored   the host has its own clocks back, moved by all that moved the others meanwhile
unmerged   the other goes on as if its clocks had never stopped: nobody handled it, and its callers waited
"""

from datetime import datetime

from pipeline.core import clocks
from pipeline.core.rules import Rules
from pipeline.core.service import Measure, Service, span_of
from pipeline.core.sla import armed, clock_of
from schemas import limits
from schemas.case import Case, Clock, Joined
from schemas.clock_events import ClockChange
from schemas.contract import replace
from schemas.terms import ClockEvent, ClockKind, Stage


def adopted(rules: Rules, case: Case, other: Case, at: datetime) -> tuple[ClockChange, ...]:
    """`other` is merged into the case: of each clock that both have, the earlier deadline holds, with all its reasons."""
    service = rules.service_of(case.facts.opened_at)
    changes = []
    for theirs in other.clocks:
        own = clock_of(case, theirs.kind, theirs.name)
        if own is None or not _goes_on(service, theirs.kind) or theirs.stopped_at is not None:
            continue
        rests = case.stage is Stage.SUSPENDED and own.stopped_at is not None
        if theirs.due_at < own.due_at and (own.stopped_at is None or rests):
            clock = replace(theirs, leg=own.leg, stopped_at=at if rests else None)
            changes.append(ClockChange(change=ClockEvent.ADOPTED, clock=armed(rules, case, clock, at)))
    return tuple(changes)


def restored(rules: Rules, case: Case, joined: Joined, at: datetime) -> tuple[ClockChange, ...]:
    """What was merged into the case goes again: its own clocks are back, moved by all that moved the others meanwhile."""
    return tuple(
        ClockChange(change=ClockEvent.RESTORED, clock=armed(rules, case, clock, at))
        for own in joined.clocks
        if (now := clock_of(case, own.kind, own.name))
        for clock in (_own_again(rules, own, now, joined.at),)
    )


def _own_again(rules: Rules, own: Clock, now: Clock, since: datetime) -> Clock:
    later = tuple(move for move in now.moves if move.at >= since)
    stopped_at = now.stopped_at
    if own.stopped_at is not None:  # it stood already when the other came
        if later and later[0].at == since:
            later = (replace(later[0], at=own.stopped_at), *later[1:])
        elif stopped_at is not None:
            stopped_at = own.stopped_at
    moves = (*own.moves, *later)[-limits.CLOCK_MOVES_MAX :]
    again = replace(own, moves=moves, stopped_at=stopped_at, leg=now.leg)
    return clocks.recomputed(rules.hours_of(own.roster), again, span_of(own.limit))


def unmerged(rules: Rules, case: Case, at: datetime) -> tuple[ClockChange, ...]:
    """The case is one of its own again: nobody handled it meanwhile, and those who wait for it waited all the time."""
    service = rules.service_of(case.facts.opened_at)
    merged_at = case.merged.since if case.merged else at
    return tuple(
        ClockChange(change=ClockEvent.RESTORED, clock=armed(rules, case, replace(clock, stopped_at=None), at))
        for clock in case.clocks
        if clock.stopped_at is not None and clock.stopped_at >= merged_at and _goes_on(service, clock.kind)
    )


def _goes_on(service: Service, kind: ClockKind) -> bool:
    """Whether a clock of this kind counts the whole of a case, and not one visit or what a law sets."""
    return kind is not ClockKind.LEGAL and service.clocks[kind].measure is Measure.CUMULATIVE
