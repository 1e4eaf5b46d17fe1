"""What each event changes in the auditor's memory of a case. The moves between stages are a table (`audit_tables.MOVES`)."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from pipeline.audit.model.apply_correction import CORRECTION_APPLIERS
from pipeline.audit.model.apply_demerits import DEMERIT_APPLIERS, appeals_of, deny_appeal
from pipeline.audit.model.apply_district import DISTRICT_APPLIERS
from pipeline.audit.model.apply_ending import ENDING_APPLIERS
from pipeline.audit.model.audit_tables import AT_REST, BACK, ENDING, MOVES, SAME, STAYING, name_of
from pipeline.audit.model.case_memory import CaseMemory, RememberedReport
from pipeline.audit.model.procedure.remembered_orders import RememberedStep
from schemas import limits
from schemas.journal import (
    answer_events,
    assessment_events,
    clock_events,
    events,
    joint_events,
    merge_events,
    update_events,
)
from schemas.state.case import Request, Timer
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import CaseOutcome, ClockKind, RequestKind, Severity, TimerKind, Urgency


def apply_event(case: CaseMemory | None, event: events.Event) -> tuple[CaseMemory | None, bool]:
    """The case after `event`, and whether it may happen to a case as it stood."""
    name = name_of(event)
    if isinstance(event, events.CaseOpened):
        own = RememberedReport.of(event.report)
        before = event.came_from.cases if event.came_from else ()
        return CaseMemory(event.case_id, event.facts, True, reports=(own,), moved_from=before), case is None
    if case is None:
        return None, False
    legal = True
    if name in MOVES:
        sources, to = MOVES[name]
        legal = case.stage in sources
        stage = case.stage
        case.stage = _back(case) if to == BACK else stage if to == SAME else to
        if isinstance(event, merge_events.CaseMerged):
            case.stage_before = stage
    elif name not in STAYING:
        legal = False
    deny_appeal(case, event)
    if change := APPLIERS.get(type(event)):
        change(case, event)
    if name in ENDING:
        case.timers, case.requests, case.call_due = _tested(case), appeals_of(case), False
        case.ended_at = getattr(event, "at", None)
    return case, legal


def _back(case: CaseMemory) -> str:
    stage = case.stage_before or case.stage
    case.stage_before = None
    return stage


def _self_disposed(case: CaseMemory, event: events.CaseSelfDisposed) -> None:
    case.leg, case.handlers, case.is_handled = 1, frozenset({event.by}), True


def _offered(case: CaseMemory, event: events.CaseOffered) -> None:
    case.leg, case.team, case.offered_to = case.leg + 1, None, event.teams
    case.members = case.on_site = ()


def _dispatched(case: CaseMemory, event: events.CaseDispatched) -> None:
    case.leg, case.team, case.offered_to = case.leg + 1, event.team, ()
    case.members = case.on_site = ()
    case.requests = _others(case, RequestKind.OBJECTION)


def _claimed(case: CaseMemory, event: events.CaseClaimed) -> None:
    case.team, case.offered_to = event.team, ()


def _signed(case: CaseMemory, event: events.CaseSigned) -> None:
    case.handlers |= {event.by}


def _returned(case: CaseMemory, _: events.CaseReturned) -> None:
    case.returns += 1
    case.requests = tuple(one for one in case.requests if one.into or one.demerit)


def _arrived(case: CaseMemory, event: events.CaseArrived) -> None:
    case.handlers, case.on_site = case.handlers | {event.by, *event.officers}, event.officers


def _disposed(case: CaseMemory, event: events.CaseDisposed) -> None:
    case.handlers |= {event.by}
    case.requests, case.is_handled, case.disposed_at = appeals_of(case), True, event.at


def _passed(case: CaseMemory, _: events.VerificationPassed) -> None:
    case.call_due, case.contradicted = False, frozenset()


def _failed(case: CaseMemory, _: events.VerificationFailed) -> None:
    case.leg, case.reworks, case.is_handled = case.leg + 1, case.reworks + 1, False
    case.contradicted = frozenset()


def _call_missed(case: CaseMemory, event: events.CallMissed) -> None:
    case.call_due = case.call_due and not event.given_up


def _call_due(case: CaseMemory, _: events.CallBackDue) -> None:
    case.call_due = True


def _called(case: CaseMemory, _: events.CallBackRecorded) -> None:
    case.call_due = False


def _reopened(case: CaseMemory, _: events.CaseReopened) -> None:
    case.reopens, case.is_handled, case.timers, case.outcome = case.reopens + 1, False, _tested(case), None
    case.contradicted, case.ended_at = frozenset(), None


def _closed(case: CaseMemory, event: events.CaseClosed) -> None:
    case.outcome, case.contradicted = event.outcome, frozenset()


def _asked(case: CaseMemory, event: clock_events.CaseAsked) -> None:
    case.requests = (*case.requests, event.request)
    case.lapsed_requests -= {event.request.kind}


def _decided(case: CaseMemory, event: clock_events.RequestDecided) -> None:
    asked = case.request_of(event.kind)
    if asked is not None and asked.into is not None and not event.granted:
        case.not_duplicate_of = (*case.not_duplicate_of, asked.into)[-limits.SUSPECTS_PER_CASE_MAX :]
    case.requests = _others(case, event.kind)


def _lapsed(case: CaseMemory, event: clock_events.RequestLapsed) -> None:
    case.requests = _others(case, event.kind)
    case.lapsed_requests |= {event.kind}


def _others(case: CaseMemory, kind: RequestKind) -> tuple[Request, ...]:
    return tuple(request for request in case.requests if request.kind is not kind)


def _suspended(case: CaseMemory, event: clock_events.CaseSuspended) -> None:
    case.stage_before, case.suspended_until = event.suspension.stage.value, event.suspension.until
    case.suspensions += event.suspension.reason != "correction"  # nobody asked for that
    case.timers = (*case.timers, Timer(kind=TimerKind.RESUME, due_at=event.suspension.until))


def _resumed(case: CaseMemory, _: clock_events.CaseResumed) -> None:
    case.suspended_until = None
    case.timers = tuple(timer for timer in case.timers if timer.kind not in AT_REST)


def _extended(case: CaseMemory, event: clock_events.CaseExtended) -> None:
    case.extend(event.hotline_due_at)


def _stage_reached(case: CaseMemory, event: clock_events.StageReached) -> None:
    case.stages_done = (*case.stages_done, event.name)
    case.handlers |= {event.by}


def _progress(case: CaseMemory, event: events.ProgressReported) -> None:
    case.handlers |= {event.by}


def _contacted(case: CaseMemory, event: answer_events.CallerContacted) -> None:
    case.handlers |= {event.by}
    case.is_contacted = case.is_contacted or event.reached or event.given_up


def _answer_written(case: CaseMemory, event: answer_events.AnswerWritten) -> None:
    case.handlers |= {event.answer.by}
    case.answered_leg = event.answer.leg


def _under_assessment(case: CaseMemory, _: assessment_events.CaseUnderAssessment) -> None:
    """One that was answered directly is open again."""
    case.outcome, case.ended_at, case.timers = None, None, ()


def _recognised(case: CaseMemory, event: assessment_events.CaseRecognised) -> None:
    case.facts = replace(case.facts, matter=event.matter, severity=event.severity)


def _located(case: CaseMemory, event: assessment_events.CaseLocated) -> None:
    case.facts = replace(case.facts, place=event.place)


def _merged(case: CaseMemory, event: merge_events.CaseMerged) -> None:
    case.merged_into, case.merged_since, case.requests = event.into, event.at, ()
    case.outcome, case.ended_at = CaseOutcome.MERGED, event.at


def _unmerged(case: CaseMemory, _: merge_events.CaseUnmerged) -> None:
    case.merged_into = case.merged_since = case.outcome = case.ended_at = None
    case.timers = ()


def _joined(case: CaseMemory, event: merge_events.CaseJoined) -> None:
    reports = tuple(map(RememberedReport.of, event.joined.reports))
    case.joined = {**case.joined, event.joined.case_id: reports}
    case.contradicted |= {
        (report.source.value, report.source_no) for report in event.joined.reports if report.against
    }


def _amended(case: CaseMemory, event: merge_events.CaseAmended) -> None:
    """What joined it made it more urgent or better placed; or is gone again, and it is as it was opened."""
    before = case.severity_before or case.facts.severity
    if event.severity is before:
        case.raised_at = None
    else:
        case.raised_at = case.raised_at or event.at
    case.severity_before = before
    geocode = case.facts.geocode if event.place.grid == case.facts.place.grid else None
    case.facts = replace(
        case.facts, severity=event.severity, urgency=event.urgency, place=event.place, geocode=geocode
    )


def _split(case: CaseMemory, event: merge_events.ReportSplit) -> None:
    gone = (event.source.value, event.source_no)
    case.reports = tuple(report for report in case.reports if report.number != gone)
    case.joined = {name: reports for name, reports in case.joined.items() if name != event.to}
    case.contradicted &= {report.number for report in case.answered()}


def _handed_over(case: CaseMemory, event: joint_events.TaskHandedOver) -> None:
    """The successor stands wherever the other stood; a partner's clocks go on under its name, unless it has its own."""
    gone, to = event.gone, event.successor
    case.members = () if case.team == gone else case.members
    case.team = to if case.team == gone else case.team
    case.requests = tuple(
        replace(request, team=to) if request.team == gone else request for request in case.requests
    )
    case.offered_to = tuple(dict.fromkeys(to if team == gone else team for team in case.offered_to))
    if case.joint is None or gone not in case.joint:
        return
    if to not in case.joint:
        names = {gone.replace("-", "_"): to.replace("-", "_")}
        moved = {kind for kind in ClockKind if kind.value.startswith("partner_")}
        keys = {
            key: (key[0], names.get(key[1] or "", key[1])) if key[0] in moved else key for key in case.clocks
        }
        case.clocks = {
            new: replace(case.clocks[old], name=new[1]) if new != old else case.clocks[old]
            for old, new in keys.items()
        }
        case.joint = {to if name == gone else name: status for name, status in case.joint.items()}
    else:
        case.joint = {name: status for name, status in case.joint.items() if name != gone}


def _joint_started(case: CaseMemory, event: joint_events.JointStarted) -> None:
    case.joint = {task.department: task.status for task in event.joint.tasks}


def _joint_moved(case: CaseMemory, event: joint_events.JointTaskMoved) -> None:
    case.joint = {**(case.joint or {}), event.department: event.status}


def _penalty(case: CaseMemory, event: clock_events.PenaltyMoved) -> None:
    case.penalty = case.penalty.after(event.step, event.at, event.by, event.facts)
    case.proceedings = (*case.proceedings, RememberedStep.of(event))


def _measure(case: CaseMemory, event: clock_events.MeasureMoved) -> None:
    """Testing ends at the time announced to the party, unless it ends before (行政强制法 25)."""
    kind = event.measure_kind
    case.measures = {**case.measures, kind: event.step}
    ended = [timer for timer in _tested(case) if timer.name == kind.value]
    case.timers = tuple(timer for timer in case.timers if timer not in ended)
    if event.step is MeasureStep.TESTING and event.facts and event.facts.until:
        over = Timer(kind=TimerKind.TESTING_OVER, due_at=event.facts.until, name=kind.value)
        case.timers = (*case.timers, over)


def _tested(case: CaseMemory) -> tuple[Timer, ...]:
    """The timers that end the time of testing: they outlive the service case."""
    return tuple(timer for timer in case.timers if timer.kind is TimerKind.TESTING_OVER)


def _clocks(case: CaseMemory, event: clock_events.ClocksChanged) -> None:
    case.clocks = {
        **case.clocks,
        **{(change.clock.kind, change.clock.name): change.clock for change in event.changes},
    }


def _timer_armed(case: CaseMemory, event: clock_events.TimerArmed) -> None:
    case.timers = (*case.timers, event.timer)


def _timer_fired(case: CaseMemory, event: clock_events.TimerFired) -> None:
    case.timers = tuple(timer for timer in case.timers if timer != event.timer)


def _report_merged(case: CaseMemory, event: events.ReportMerged) -> None:
    case.reports = (*case.reports, RememberedReport.of(event.report))
    if event.report.against:
        case.contradicted |= {case.reports[-1].number}


def _report_updated(case: CaseMemory, event: update_events.ReportUpdated) -> None:
    """What it said is remembered with the report; the text is the case's where it opened it."""
    is_first = case.reports[0].number == (event.source.value, event.source_no)
    case.reports = tuple(report.updated(event) for report in case.reports)
    case.joined = {
        name: tuple(report.updated(event) for report in reports) for name, reports in case.joined.items()
    }
    if is_first and event.text is not None:
        case.facts = replace(case.facts, text=event.text)
    urgency = event.update.urgency
    if is_first and urgency is not None and case.stage == "under_assessment":
        severity = Severity.P1 if urgency is Urgency.CRITICAL else case.facts.severity
        case.facts = replace(case.facts, urgency=urgency, severity=severity)


def _changed(case: CaseMemory, event: update_events.CaseChanged) -> None:
    """As if it had been opened so."""
    case.severity_before = case.raised_at = None
    case.facts = replace(
        case.facts, matter=event.matter, severity=event.severity, place=event.place, geocode=None
    )


def _accepted(case: CaseMemory, _: events.ActionAccepted) -> None:
    case.actions += 1


APPLIERS: Final[Mapping[type, Callable[..., None]]] = {
    events.CaseSelfDisposed: _self_disposed,
    events.CaseOffered: _offered,
    events.CaseDispatched: _dispatched,
    events.CaseClaimed: _claimed,
    events.CaseSigned: _signed,
    events.CaseReturned: _returned,
    events.CaseArrived: _arrived,
    events.CaseDisposed: _disposed,
    events.VerificationPassed: _passed,
    events.VerificationFailed: _failed,
    events.CallMissed: _call_missed,
    events.CallBackDue: _call_due,
    events.CallBackRecorded: _called,
    events.CaseReopened: _reopened,
    events.CaseClosed: _closed,
    events.ProgressReported: _progress,
    answer_events.CallerContacted: _contacted,
    answer_events.AnswerWritten: _answer_written,
    events.ReportMerged: _report_merged,
    update_events.ReportUpdated: _report_updated,
    update_events.CaseChanged: _changed,
    events.ActionAccepted: _accepted,
    clock_events.CaseAsked: _asked,
    clock_events.RequestDecided: _decided,
    clock_events.RequestLapsed: _lapsed,
    clock_events.CaseSuspended: _suspended,
    clock_events.CaseResumed: _resumed,
    clock_events.CaseExtended: _extended,
    clock_events.StageReached: _stage_reached,
    clock_events.PenaltyMoved: _penalty,
    clock_events.MeasureMoved: _measure,
    clock_events.ClocksChanged: _clocks,
    clock_events.TimerArmed: _timer_armed,
    clock_events.TimerFired: _timer_fired,
    assessment_events.CaseUnderAssessment: _under_assessment,
    assessment_events.CaseRecognised: _recognised,
    assessment_events.CaseLocated: _located,
    **ENDING_APPLIERS,
    **DISTRICT_APPLIERS,
    **DEMERIT_APPLIERS,
    **CORRECTION_APPLIERS,
    joint_events.JointStarted: _joint_started,
    joint_events.JointTaskMoved: _joint_moved,
    joint_events.TaskHandedOver: _handed_over,
    merge_events.CaseMerged: _merged,
    merge_events.CaseUnmerged: _unmerged,
    merge_events.CaseJoined: _joined,
    merge_events.ReportSplit: _split,
    merge_events.CaseAmended: _amended,
}
