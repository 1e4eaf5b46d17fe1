"""The moves of a case, as a table, and how each event changes the snapshot.

The table is the law: an event that is missing from a stage's row is an illegal move, and `evolve` raises on it,
because deciders refuse before they write. Nothing decides here and nothing here knows a rule.

    reported ─► accepted ─┬─► offered ──claim──┐
                          ├────────────────────┴─► dispatched ─► signed ─► arrived ─┐
                          │       ▲                  │ return     │ return          │ dispose
                          │       └─ dispatch_pending ◄───────────┘                 ▼
                          └─ self-disposed ───────────────────────────► awaiting_verification ◄─ rework
                                                                            │ passed    └─ failed ─┘
                                     reopened ◄── not solved ── awaiting_callback ─► closed
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from pipeline.core.errors import CorruptLog
from schemas import clock_events as ce
from schemas import events as e
from schemas.case import Case, Penalty, Returned, Task, Timer
from schemas.contract import draft, finished, replace
from schemas.terms import Stage, TimerKind
from schemas.text import street_of

BACK: Final = Stage.SUSPENDED
"""A case that is resumed goes back to the stage where it rested."""

MOVES: Final[Mapping[Stage, Mapping[type[e.CaseEvent], Stage]]] = {
    Stage.REPORTED: {e.CaseAccepted: Stage.ACCEPTED},
    Stage.ACCEPTED: {
        e.CaseOffered: Stage.OFFERED,
        e.CaseDispatched: Stage.DISPATCHED,
        e.CaseSelfDisposed: Stage.AWAITING_VERIFICATION,
    },
    Stage.OFFERED: {e.CaseClaimed: Stage.DISPATCHED, e.CaseDispatched: Stage.DISPATCHED},
    Stage.DISPATCH_PENDING: {e.CaseDispatched: Stage.DISPATCHED},
    Stage.DISPATCHED: {
        e.CaseSigned: Stage.SIGNED,
        e.CaseReturned: Stage.DISPATCH_PENDING,
        ce.CaseSuspended: Stage.SUSPENDED,
    },
    Stage.SIGNED: {
        e.CaseArrived: Stage.ARRIVED,
        e.CaseReturned: Stage.DISPATCH_PENDING,
        ce.CaseSuspended: Stage.SUSPENDED,
    },
    Stage.ARRIVED: {e.CaseDisposed: Stage.AWAITING_VERIFICATION, ce.CaseSuspended: Stage.SUSPENDED},
    Stage.SUSPENDED: {ce.CaseResumed: BACK},
    Stage.REWORK: {
        e.CaseArrived: Stage.ARRIVED,
        e.CaseDisposed: Stage.AWAITING_VERIFICATION,
        e.CaseDispatched: Stage.DISPATCHED,
        ce.CaseSuspended: Stage.SUSPENDED,
    },
    Stage.AWAITING_VERIFICATION: {
        e.VerificationPassed: Stage.AWAITING_CALLBACK,
        e.VerificationFailed: Stage.REWORK,
    },
    Stage.AWAITING_CALLBACK: {
        e.CallMissed: Stage.AWAITING_CALLBACK,
        e.CallBackRecorded: Stage.AWAITING_CALLBACK,
        e.CaseReopened: Stage.REOPENED,
        e.CaseClosed: Stage.CLOSED,
    },
    Stage.REOPENED: {e.CaseDispatched: Stage.DISPATCHED},
    Stage.CLOSED: {e.CaseRetired: Stage.CLOSED},
}

STAYING: Final[frozenset[type[e.CaseEvent]]] = frozenset(
    {
        ce.CaseAsked,
        ce.RequestDecided,
        ce.CaseExtended,
        ce.StageReached,
        ce.PenaltyMoved,
        ce.ClocksChanged,
        ce.TimerArmed,
        ce.TimerFired,
        e.ReportMerged,
        e.ActionAccepted,
    }
)
"""Events that change a case and leave it at its stage."""

TOUCHING_NOTHING: Final[frozenset[type[e.CaseEvent]]] = frozenset({e.ReportRepeated, e.ActionRepeated})
"""Answers given again: no new version, no new snapshot."""

TERMINAL: Final = frozenset({Stage.REJECTED, Stage.MERGED, Stage.CLOSED, Stage.VOIDED, Stage.TRANSFERRED_OUT,
                             Stage.TERMINATED})  # fmt: skip


def fold(case: Case | None, events: Iterable[e.CaseEvent], entry_id: str, rules_version: str) -> Case:
    """The snapshot after one journal entry: one version on, however many events it holds.

    Raises:
        CorruptLog: an illegal move, or a case that is opened twice or never.
    """
    version = case.version + 1 if case else 1
    case = draft(case) if case else None
    for event in events:
        if isinstance(event, e.CaseOpened):
            if case is not None:
                raise CorruptLog("opened_twice", event.case_id)
            case = draft(_open(event, rules_version))
        elif case is None:
            raise CorruptLog("never_opened", event.case_id)
        else:
            case = evolve(case, event)
    if case is None:
        raise CorruptLog("no_events", entry_id)
    return finished(replace(case, version=version, entry_id=entry_id, rules_version=rules_version))


def _open(event: e.CaseOpened, rules_version: str) -> Case:
    return Case(
        case_id=event.case_id,
        street=street_of(event.case_id),
        version=1,
        stage=Stage.REPORTED,
        facts=event.facts,
        reports=(event.report,),
        evidence=event.evidence,
        entry_id=event.report.entry_id,
        rules_version=rules_version,
    )


def evolve(case: Case, event: e.CaseEvent) -> Case:
    """The snapshot after `event`, at the same version.

    Raises:
        CorruptLog: the table has no such move.
    """
    kind = type(event)
    change = _CHANGES.get(kind)
    if change is None:
        raise CorruptLog("unknown_event", kind.__name__)
    if kind in STAYING:
        return change(case, event, case.stage)
    stage = MOVES.get(case.stage, _NO_MOVES).get(kind)
    if stage is None:
        raise CorruptLog("illegal_move", f"{kind.__name__} at {case.stage}")
    return change(case, event, stage)


def _stage_only(case: Case, _: e.CaseEvent, stage: Stage) -> Case:
    return replace(case, stage=stage)


def _self_disposed(case: Case, event: e.CaseSelfDisposed, stage: Stage) -> Case:
    done = Task(leg=1, team=None, since=event.at, disposed_at=event.at, handlers=(event.by,))
    return replace(case, stage=stage, task=done)


def _offered(case: Case, event: e.CaseOffered, stage: Stage) -> Case:
    leg, handlers = _next_leg(case.task)
    task = Task(leg=leg, team=None, offered_to=event.teams, since=event.at, handlers=handlers)
    return replace(case, stage=stage, task=task)


def _dispatched(case: Case, event: e.CaseDispatched, stage: Stage) -> Case:
    leg, handlers = _next_leg(case.task)
    task = Task(leg=leg, team=event.team, designated=event.designated, since=event.at, handlers=handlers)
    return replace(case, stage=stage, task=task)


def _claimed(case: Case, event: e.CaseClaimed, stage: Stage) -> Case:
    return replace(
        case, stage=stage, task=replace(_task(case), team=event.team, offered_to=(), since=event.at)
    )


def _signed(case: Case, event: e.CaseSigned, stage: Stage) -> Case:
    task = _task(case)
    return replace(case, stage=stage, task=replace(task, handlers=_with(task.handlers, event.by)))


def _returned(case: Case, event: e.CaseReturned, stage: Stage) -> Case:
    gone = Returned(team=event.team, reason=event.reason, at=event.at)
    return replace(case, stage=stage, returned=(*case.returned, gone), request=None)


def _arrived(case: Case, event: e.CaseArrived, stage: Stage) -> Case:
    task = _task(case)
    there = _with(task.handlers, event.by, *event.officers)
    return replace(
        case, stage=stage, task=replace(task, officers=event.officers, arrived_at=event.at, handlers=there)
    )


def _disposed(case: Case, event: e.CaseDisposed, stage: Stage) -> Case:
    task = _task(case)
    done = replace(task, disposed_at=event.at, handlers=_with(task.handlers, event.by))
    return replace(case, stage=stage, task=done, evidence=case.evidence + event.evidence, request=None)


def _passed(case: Case, event: e.VerificationPassed, stage: Stage) -> Case:
    return replace(case, stage=stage, evidence=case.evidence + event.evidence)


def _failed(case: Case, event: e.VerificationFailed, stage: Stage) -> Case:
    task = _task(case)
    again = replace(task, leg=task.leg + 1, since=event.at, disposed_at=None)
    evidence = case.evidence + event.evidence
    return replace(case, stage=stage, task=again, reworks=case.reworks + 1, evidence=evidence)


def _call_missed(case: Case, _: e.CallMissed, stage: Stage) -> Case:
    return replace(case, stage=stage, failed_calls=case.failed_calls + 1)


def _reopened(case: Case, _: e.CaseReopened, stage: Stage) -> Case:
    return replace(case, stage=stage, reopens=case.reopens + 1)


def _closed(case: Case, event: e.CaseClosed, stage: Stage) -> Case:
    return replace(case, stage=stage, outcome=event.outcome, closed_at=event.at, timers=(), request=None)


def _asked(case: Case, event: ce.CaseAsked, _: Stage) -> Case:
    return replace(case, request=event.request)


def _decided(case: Case, _: ce.RequestDecided, __: Stage) -> Case:
    return replace(case, request=None)


def _suspended(case: Case, event: ce.CaseSuspended, stage: Stage) -> Case:
    ends = Timer(kind=TimerKind.RESUME, due_at=event.suspension.until)
    return replace(
        case,
        stage=stage,
        suspension=event.suspension,
        suspensions=case.suspensions + 1,
        timers=(*case.timers, ends),
    )


def _resumed(case: Case, _: ce.CaseResumed, __: Stage) -> Case:
    if case.suspension is None:
        raise CorruptLog("not_suspended", case.case_id)
    timers = tuple(timer for timer in case.timers if timer.kind is not TimerKind.RESUME)
    return replace(case, stage=case.suspension.stage, suspension=None, timers=timers)


def _extended(case: Case, _: ce.CaseExtended, __: Stage) -> Case:
    return replace(case, extensions=case.extensions + 1)


def _stage_reached(case: Case, event: ce.StageReached, _: Stage) -> Case:
    return replace(
        case,
        stages_done=(*case.stages_done, event.name),
        evidence=case.evidence + event.evidence,
        task=replace(_task(case), handlers=_with(_task(case).handlers, event.by)),
    )


def _penalty_moved(case: Case, event: ce.PenaltyMoved, _: Stage) -> Case:
    steps = case.penalty.steps if case.penalty else ()
    penalty = Penalty(steps=(*steps, event.step), since=event.at)
    return replace(case, penalty=penalty, evidence=case.evidence + event.evidence)


def _clocks_changed(case: Case, event: ce.ClocksChanged, _: Stage) -> Case:
    clocks = {(clock.kind, clock.name): clock for clock in case.clocks}
    for change in event.changes:
        clocks[change.clock.kind, change.clock.name] = change.clock
    return replace(case, clocks=tuple(clocks.values()))


def _timer_armed(case: Case, event: ce.TimerArmed, _: Stage) -> Case:
    return replace(case, timers=(*case.timers, event.timer))


def _timer_fired(case: Case, event: ce.TimerFired, _: Stage) -> Case:
    return replace(case, timers=tuple(timer for timer in case.timers if timer != event.timer))


def _report_merged(case: Case, event: e.ReportMerged, _: Stage) -> Case:
    return replace(case, reports=(*case.reports, event.report))


def _action_accepted(case: Case, event: e.ActionAccepted, _: Stage) -> Case:
    return replace(case, actions=(*case.actions, event.done))


_CHANGES: Final[Mapping[type[e.CaseEvent], Callable[..., Case]]] = {
    e.CaseAccepted: _stage_only,
    e.CaseSelfDisposed: _self_disposed,
    e.CaseOffered: _offered,
    e.CaseDispatched: _dispatched,
    e.CaseClaimed: _claimed,
    e.CaseSigned: _signed,
    e.CaseReturned: _returned,
    e.CaseArrived: _arrived,
    e.CaseDisposed: _disposed,
    e.VerificationPassed: _passed,
    e.VerificationFailed: _failed,
    e.CallMissed: _call_missed,
    e.CallBackRecorded: _stage_only,
    e.CaseReopened: _reopened,
    e.CaseClosed: _closed,
    e.CaseRetired: _stage_only,
    ce.CaseAsked: _asked,
    ce.RequestDecided: _decided,
    ce.CaseSuspended: _suspended,
    ce.CaseResumed: _resumed,
    ce.CaseExtended: _extended,
    ce.StageReached: _stage_reached,
    ce.PenaltyMoved: _penalty_moved,
    ce.ClocksChanged: _clocks_changed,
    ce.TimerArmed: _timer_armed,
    ce.TimerFired: _timer_fired,
    e.ReportMerged: _report_merged,
    e.ActionAccepted: _action_accepted,
}
_NO_MOVES: Final[Mapping[type[e.CaseEvent], Stage]] = {}


def _task(case: Case) -> Task:
    if case.task is None:
        raise CorruptLog("no_task", f"{case.case_id}: nobody holds it at {case.stage}")
    return case.task


def _next_leg(task: Task | None) -> tuple[int, tuple[str, ...]]:
    return (task.leg + 1, task.handlers) if task else (1, ())


def _with(known: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return known + tuple(dict.fromkeys(one for one in more if one not in known))
