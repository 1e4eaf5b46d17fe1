"""What each event changes in what the auditor remembers of a case. The moves between stages are a table (`tables.MOVES`)."""

from collections.abc import Callable, Mapping
from typing import Final

from pipeline.audit.model.audit_tables import ANSWERING, BACK, MOVES, SAME, STAYING, name_of
from pipeline.audit.model.case_memory import CaseMemory, RememberedReport, with_said
from schemas.journal import clock_events as ce
from schemas.journal import events as e
from schemas.journal import joint_events as je
from schemas.journal import merge_events as me
from schemas.state.case import Timer
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import CaseOutcome, RequestKind, TimerKind


def happen(known: CaseMemory | None, event: e.Event) -> tuple[CaseMemory | None, bool]:
    """The case after `event`, and whether it may happen to a case as it stood."""
    name = name_of(event)
    if isinstance(event, e.CaseOpened):
        told = (RememberedReport.of(event.report),)
        opened = CaseMemory(event.case_id, event.facts, True, reports=told)
        return opened, known is None
    if known is None:
        return None, False
    legal = True
    if name in MOVES:
        sources, to = MOVES[name]
        legal = known.stage in sources
        stage = known.stage
        known.stage = _back(known) if to == BACK else stage if to == SAME else to
        if isinstance(event, me.CaseMerged):
            known.rested = stage
    elif name not in STAYING:
        legal = False
    change = HAPPENS.get(type(event))
    if change:
        change(known, event)
    if name in ANSWERING:
        known.timers, known.request, known.call_due = _tested(known), None, False
    return known, legal


def _back(known: CaseMemory) -> str:
    stage = known.rested or known.stage
    known.rested = None
    return stage


# what each event changes beside the stage


def _self_disposed(case: CaseMemory, event: e.CaseSelfDisposed) -> None:
    case.leg, case.handlers, case.is_handled = 1, frozenset({event.by}), True


def _offered(case: CaseMemory, event: e.CaseOffered) -> None:
    case.leg, case.team, case.pool = case.leg + 1, None, event.teams


def _dispatched(case: CaseMemory, event: e.CaseDispatched) -> None:
    case.leg, case.team, case.pool = case.leg + 1, event.team, ()
    if case.request is not None and case.request.kind is RequestKind.OBJECTION:
        case.request = None


def _claimed(case: CaseMemory, event: e.CaseClaimed) -> None:
    case.team, case.pool = event.team, ()


def _signed(case: CaseMemory, event: e.CaseSigned) -> None:
    case.handlers |= {event.by}


def _returned(case: CaseMemory, _: e.CaseReturned) -> None:
    case.returns, case.request = case.returns + 1, None


def _arrived(case: CaseMemory, event: e.CaseArrived) -> None:
    case.handlers |= {event.by, *event.officers}


def _disposed(case: CaseMemory, event: e.CaseDisposed) -> None:
    case.handlers |= {event.by}
    case.request, case.is_handled = None, True


def _passed(case: CaseMemory, _: e.VerificationPassed) -> None:
    case.call_due = False


def _failed(case: CaseMemory, _: e.VerificationFailed) -> None:
    case.leg, case.reworks, case.is_handled = case.leg + 1, case.reworks + 1, False


def _call_missed(case: CaseMemory, event: e.CallMissed) -> None:
    case.call_due = case.call_due and not event.given_up


def _call_due(case: CaseMemory, _: e.CallBackDue) -> None:
    case.call_due = True


def _called(case: CaseMemory, _: e.CallBackRecorded) -> None:
    case.call_due = False


def _reopened(case: CaseMemory, _: e.CaseReopened) -> None:
    case.reopens, case.is_handled, case.timers, case.outcome = case.reopens + 1, False, _tested(case), None


def _closed(case: CaseMemory, event: e.CaseClosed) -> None:
    case.outcome = event.outcome


def _asked(case: CaseMemory, event: ce.CaseAsked) -> None:
    case.request = event.request


def _decided(case: CaseMemory, _: ce.RequestDecided) -> None:
    case.request = None


def _suspended(case: CaseMemory, event: ce.CaseSuspended) -> None:
    case.rested, case.until = event.suspension.stage.value, event.suspension.until
    case.suspensions += 1
    case.timers = (*case.timers, Timer(kind=TimerKind.RESUME, due_at=event.suspension.until))


def _resumed(case: CaseMemory, _: ce.CaseResumed) -> None:
    case.until = None
    case.timers = tuple(one for one in case.timers if one.kind is not TimerKind.RESUME)


def _extended(case: CaseMemory, _: ce.CaseExtended) -> None:
    case.extensions += 1


def _stage_reached(case: CaseMemory, event: ce.StageReached) -> None:
    case.stages_done = (*case.stages_done, event.name)
    case.handlers |= {event.by}


def _progress(case: CaseMemory, event: e.ProgressReported) -> None:
    case.handlers |= {event.by}


def _rejected(case: CaseMemory, _: je.CaseRejected) -> None:
    case.outcome = CaseOutcome.REJECTED


def _voided(case: CaseMemory, _: je.CaseVoided) -> None:
    case.outcome = CaseOutcome.VOIDED


def _transferred(case: CaseMemory, _: je.CaseTransferred) -> None:
    case.outcome = CaseOutcome.TRANSFERRED


def _terminated(case: CaseMemory, _: je.CaseTerminated) -> None:
    case.outcome = CaseOutcome.TERMINATED


def _merged(case: CaseMemory, event: me.CaseMerged) -> None:
    case.merged_into, case.merged_since, case.request = event.into, event.at, None
    case.outcome = CaseOutcome.MERGED


def _unmerged(case: CaseMemory, _: me.CaseUnmerged) -> None:
    case.merged_into = case.merged_since = case.outcome = None
    case.timers = ()


def _joined(case: CaseMemory, event: me.CaseJoined) -> None:
    told = tuple(map(RememberedReport.of, event.joined.reports))
    case.joined = {**case.joined, event.joined.case_id: told}


def _split(case: CaseMemory, event: me.ReportSplit) -> None:
    gone = (event.source.value, event.source_no)
    case.reports = tuple(one for one in case.reports if one.number != gone)
    case.joined = {name: told for name, told in case.joined.items() if name != event.to}


def _joint_started(case: CaseMemory, event: je.JointStarted) -> None:
    case.joint = {task.department: task.status for task in event.joint.tasks}


def _joint_moved(case: CaseMemory, event: je.JointTaskMoved) -> None:
    case.joint = {**(case.joint or {}), event.department: event.status}


def _penalty(case: CaseMemory, event: ce.PenaltyMoved) -> None:
    case.steps = (*case.steps, event.step)
    case.said = with_said(case.said, event.step, event.facts)


def _measure(case: CaseMemory, event: ce.MeasureMoved) -> None:
    """Testing ends at the time that the party was told, unless it ends before."""
    kind = event.measure_kind
    case.measures = {**case.measures, kind: event.step}
    ended = [one for one in _tested(case) if one.name == kind.value]
    case.timers = tuple(one for one in case.timers if one not in ended)
    if event.step is MeasureStep.TESTING and event.facts and event.facts.until:
        over = Timer(kind=TimerKind.TESTING_OVER, due_at=event.facts.until, name=kind.value)
        case.timers = (*case.timers, over)


def _tested(case: CaseMemory) -> tuple[Timer, ...]:
    """The timers that end the time of testing: they outlive the service case."""
    return tuple(one for one in case.timers if one.kind is TimerKind.TESTING_OVER)


def _clocks(case: CaseMemory, event: ce.ClocksChanged) -> None:
    case.clocks = {
        **case.clocks,
        **{(one.clock.kind, one.clock.name): one.clock for one in event.changes},
    }


def _timer_armed(case: CaseMemory, event: ce.TimerArmed) -> None:
    case.timers = (*case.timers, event.timer)


def _timer_fired(case: CaseMemory, event: ce.TimerFired) -> None:
    case.timers = tuple(one for one in case.timers if one != event.timer)


def _report_merged(case: CaseMemory, event: e.ReportMerged) -> None:
    case.reports = (*case.reports, RememberedReport.of(event.report))


def _accepted(case: CaseMemory, _: e.ActionAccepted) -> None:
    case.actions += 1


HAPPENS: Final[Mapping[type, Callable[..., None]]] = {
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
    e.CallBackDue: _call_due,
    e.CallBackRecorded: _called,
    e.CaseReopened: _reopened,
    e.CaseClosed: _closed,
    e.ProgressReported: _progress,
    e.ReportMerged: _report_merged,
    e.ActionAccepted: _accepted,
    ce.CaseAsked: _asked,
    ce.RequestDecided: _decided,
    ce.CaseSuspended: _suspended,
    ce.CaseResumed: _resumed,
    ce.CaseExtended: _extended,
    ce.StageReached: _stage_reached,
    ce.PenaltyMoved: _penalty,
    ce.MeasureMoved: _measure,
    ce.ClocksChanged: _clocks,
    ce.TimerArmed: _timer_armed,
    ce.TimerFired: _timer_fired,
    je.CaseRejected: _rejected,
    je.CaseVoided: _voided,
    je.CaseTransferred: _transferred,
    je.CaseTerminated: _terminated,
    je.JointStarted: _joint_started,
    je.JointTaskMoved: _joint_moved,
    me.CaseMerged: _merged,
    me.CaseUnmerged: _unmerged,
    me.CaseJoined: _joined,
    me.ReportSplit: _split,
}
