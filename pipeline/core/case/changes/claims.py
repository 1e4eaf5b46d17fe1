"""What a claim (领单) changes in a case: until when it holds, and what becomes of it.

It holds until the team arrives. To sign for a claim says nothing that the claim itself has not said; whoever is on site has come for it,
and may not give it back any more. What rests, is asked about or is given to another meanwhile is the centre's doing, which ends it, too.
"""

from typing import Final

from msgspec.structs import replace

from schemas.errors import CorruptLog
from schemas.journal import clock_events, events
from schemas.state.case import Case, Timer
from schemas.state.claim import LapsedClaim
from schemas.values.terms import Stage, TimerKind

_HELD_AT: Final = frozenset({Stage.DISPATCHED, Stage.SIGNED})
_WORKED_ON: Final = _HELD_AT | {Stage.ARRIVED, Stage.JOINT_IN_PROGRESS, Stage.REWORK}


def claimed(case: Case, event: events.CaseClaimed, stage: Stage) -> Case:
    """The team has it, for a while."""
    if case.task is None:
        raise CorruptLog("no_task", f"{case.case_id}: nobody holds it at {case.stage}")
    is_leased = (
        event.until is not None
    )  # what was claimed before there were leases holds for good, and is not counted
    task = replace(case.task, team=event.team, offered_to=(), since=event.at, claimed=is_leased)
    if event.until is None:
        return replace(case, stage=stage, task=task)
    lease = Timer(kind=TimerKind.LEASE_LAPSED, due_at=event.until)
    return replace(case, stage=stage, task=task, timers=(*case.timers, lease))


def still_leased(before: Case, after: Case) -> Case:
    """The case after a move: the claim is over once somebody has come, it rests, or it is somebody else's."""
    lease = lease_of(after)
    if lease is None or (after.stage in _HELD_AT and _leg(before) == _leg(after)):
        return after
    return replace(after, timers=tuple(timer for timer in after.timers if timer is not lease))


def timer_fired(case: Case, event: clock_events.TimerFired, _: Stage) -> Case:
    """It is armed no more; of a claim that is over it stays known who had it."""
    case = replace(case, timers=tuple(timer for timer in case.timers if timer != event.timer))
    task = case.task
    if event.timer.kind is not TimerKind.LEASE_LAPSED or task is None or task.team is None:
        return case
    gone = LapsedClaim(team=task.team, since=task.since, until=event.timer.due_at)
    return replace(case, lapsed_claims=(*case.lapsed_claims, gone))


def lease_of(case: Case) -> Timer | None:
    """Until when the claim holds; None where nobody claimed it, or somebody has come."""
    return next((timer for timer in case.timers if timer.kind is TimerKind.LEASE_LAPSED), None)


def unfinished_claim(case: Case | None) -> str | None:
    """The team that claimed the case and is still to deal with it; nobody is to while it rests."""
    if case is None or case.task is None or not case.task.claimed or case.stage not in _WORKED_ON:
        return None
    return case.task.team


def _leg(case: Case) -> int:
    return case.task.leg if case.task else 0
