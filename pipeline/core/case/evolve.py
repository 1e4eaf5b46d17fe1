"""How each event changes the snapshot of a case. `transitions` says whether it may, and where the case then stands.

Each function gets the case, the event and the stage after it, and returns a changed copy.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from pipeline.core.case import joined_reports, open_requests, reporters
from pipeline.core.case.changes import assessed, claims, demerits
from pipeline.core.case.changes.takeover import handed_over
from pipeline.core.case.joined_reports import NO_CALLS
from pipeline.core.instead_costs import ORDER_CHANGES
from pipeline.core.worktime.office_hours import day_of
from schemas.errors import CorruptLog
from schemas.journal import (
    answer_events,
    assessment_events,
    clock_events,
    events,
    joint_events,
    merge_events,
    supervision_events,
    update_events,
)
from schemas.state import chain
from schemas.state.case import Case, Penalty, Timer
from schemas.state.penalty import Measure, MeasureRecord, PenaltyRecord
from schemas.state.task import Returned, Task
from schemas.values.evidence import Evidence
from schemas.values.penalty_terms import MeasureKind, MeasureStep
from schemas.values.terms import CaseOutcome, RequestKind, Stage, SuspensionReason, TimerKind
from schemas.values.text import street_of


def opened(event: events.CaseOpened, rules_version: str) -> Case:
    """The first snapshot of a case."""
    case = Case(
        case_id=event.case_id,
        street=street_of(event.case_id),
        version=1,
        stage=Stage.REPORTED,
        facts=event.facts,
        reports=(event.report,),
        moved_from=event.came_from.cases if event.came_from else (),
        entry_id=event.report.entry_id,
        rules_version=rules_version,
    )
    return _with_evidence(case, event.evidence)


def _stage_only(case: Case, _: events.CaseEvent, stage: Stage) -> Case:
    return replace(case, stage=stage)


def _self_disposed(case: Case, event: events.CaseSelfDisposed, stage: Stage) -> Case:
    task = Task(leg=1, team=None, since=event.at, disposed_at=event.at, handlers=(event.by,))
    return replace(case, stage=stage, task=task)


def _offered(case: Case, event: events.CaseOffered, stage: Stage) -> Case:
    leg, handlers = _next_leg(case.task)
    task = Task(leg=leg, team=None, offered_to=event.teams, since=event.at, handlers=handlers)
    return replace(case, stage=stage, task=task)


def _dispatched(case: Case, event: events.CaseDispatched, stage: Stage) -> Case:
    leg, handlers = _next_leg(case.task)
    task = Task(leg=leg, team=event.team, designated=event.designated, since=event.at, handlers=handlers)
    case = open_requests.without(
        case, RequestKind.OBJECTION
    )  # somebody else has it now: there is nothing to object to
    return replace(case, stage=stage, task=task)


def _signed(case: Case, event: events.CaseSigned, stage: Stage) -> Case:
    return replace(
        case, stage=stage, task=replace(_task(case), handlers=_with(_task(case).handlers, event.by))
    )


def _returned(case: Case, event: events.CaseReturned, stage: Stage) -> Case:
    gone = Returned(team=event.team, reason=event.reason, at=event.at)
    # what the team asked for is over; whether it is one with another, or what is counted may be appealed, is not
    case = open_requests.only(case, RequestKind.DUPLICATE, RequestKind.APPEAL)
    return replace(case, stage=stage, returned=(*case.returned, gone))


def _arrived(case: Case, event: events.CaseArrived, stage: Stage) -> Case:
    task = _task(case)
    handlers = _with(task.handlers, event.by, *event.officers)
    on_site = max(min(event.acted_at or event.at, event.at), task.since)
    there = replace(task, officers=event.officers, arrived_at=event.at, on_site_at=on_site, handlers=handlers)
    return replace(case, stage=stage, task=there)


def _disposed(case: Case, event: events.CaseDisposed, stage: Stage) -> Case:
    task = _task(case)
    done = replace(task, disposed_at=event.at, handlers=_with(task.handlers, event.by))
    case = open_requests.only(_with_evidence(case, event.evidence), RequestKind.APPEAL)
    return replace(case, stage=stage, task=done)


def _passed(case: Case, event: events.VerificationPassed, stage: Stage) -> Case:
    seen = _with_evidence(case, event.evidence)
    return replace(seen, stage=stage, call_due=False, contradicted_by=(), **NO_CALLS)


def _failed(case: Case, event: events.VerificationFailed, stage: Stage) -> Case:
    task = _task(case)
    again = replace(task, leg=task.leg + 1, since=event.at, disposed_at=None)
    seen = _with_evidence(case, event.evidence)
    return replace(seen, stage=stage, task=again, reworks=case.reworks + 1, contradicted_by=())


def _call_due(case: Case, _: events.CallBackDue, __: Stage) -> Case:
    return replace(case, call_due=True, **NO_CALLS)


def _call_missed(case: Case, event: events.CallMissed, stage: Stage) -> Case:
    day_is_new = case.missed_at is None or event.at is None or day_of(event.at) != day_of(case.missed_at)
    return replace(
        case,
        failed_calls=case.failed_calls + 1,
        failed_days=case.failed_days + day_is_new,
        missed_at=event.at,
        call_due=case.call_due and not event.given_up,
    )


def _called(case: Case, event: events.CallBackRecorded, __: Stage) -> Case:
    return replace(reporters.answer_judged(case, event), call_due=False, **NO_CALLS)


def _reopened(case: Case, _: events.CaseReopened, stage: Stage) -> Case:
    reopens, timers = case.reopens + 1, _of_measures(case.timers)
    return replace(
        case,
        stage=stage,
        reopens=reopens,
        outcome=None,
        closed_at=None,
        timers=timers,
        contradicted_by=(),
        **NO_CALLS,
    )


def _closed(case: Case, event: events.CaseClosed, stage: Stage) -> Case:
    return _over(case, stage, event.outcome, event.at)


def _asked(case: Case, event: clock_events.CaseAsked, stage: Stage) -> Case:
    return open_requests.asked(_with_evidence(case, event.evidence), event, stage)


def _suspended(case: Case, event: clock_events.CaseSuspended, stage: Stage) -> Case:
    return replace(
        case,
        stage=stage,
        suspension=event.suspension,
        suspensions=case.suspensions + (event.suspension.reason is not SuspensionReason.CORRECTION),
        timers=(*case.timers, Timer(kind=TimerKind.RESUME, due_at=event.suspension.until)),
    )


def _resumed(case: Case, _: clock_events.CaseResumed, __: Stage) -> Case:
    if case.suspension is None:
        raise CorruptLog("not_suspended", case.case_id)
    over = (TimerKind.RESUME, TimerKind.HOTLINE_DUE)
    timers = tuple(timer for timer in case.timers if timer.kind not in over)
    return replace(case, stage=case.suspension.stage, suspension=None, timers=timers)


def _stage_reached(case: Case, event: clock_events.StageReached, _: Stage) -> Case:
    return replace(
        _with_evidence(case, event.evidence),
        stages_done=(*case.stages_done, event.name),
        task=replace(_task(case), handlers=_with(_task(case).handlers, event.by)),
    )


def _under_check(case: Case, event: joint_events.CaseUnderCheck, stage: Stage) -> Case:
    return replace(case, stage=stage, check_ordered=case.check_ordered or event.by is not None)


def _assigned(case: Case, event: joint_events.TaskAssigned, _: Stage) -> Case:
    return replace(case, task=replace(_task(case), members=event.members))


def _proposed(case: Case, event: joint_events.OfficersProposed, _: Stage) -> Case:
    return replace(case, task=replace(_task(case), proposed=event.proposal))


def _checked(case: Case, event: joint_events.CaseChecked, _: Stage) -> Case:
    return _with_evidence(case, event.evidence)


def _progress(case: Case, event: events.ProgressReported, _: Stage) -> Case:
    return replace(case, task=replace(_task(case), handlers=_with(_task(case).handlers, event.by)))


def _left(case: Case, event: joint_events.Leaving, stage: Stage) -> Case:
    over = _over(case, stage, _LEFT_AS[type(event)], event.at)
    return replace(over, moved_to=event.to_case) if isinstance(event, joint_events.CaseMoved) else over


def _over(case: Case, stage: Stage, outcome: CaseOutcome, at: datetime) -> Case:
    timers = _of_measures(case.timers)
    return replace(
        open_requests.only(case, RequestKind.APPEAL),
        stage=stage,
        outcome=outcome,
        closed_at=at,
        timers=timers,
        call_due=False,
        contradicted_by=(),
    )


def _joint_started(case: Case, event: joint_events.JointStarted, stage: Stage) -> Case:
    return replace(case, stage=stage, joint=event.joint)


def _joint_task_moved(case: Case, event: joint_events.JointTaskMoved, _: Stage) -> Case:
    if case.joint is None:
        raise CorruptLog("not_joint", case.case_id)
    tasks = tuple(
        replace(task, status=event.status, at=event.at, by=event.by, note=event.note)
        if task.department == event.department
        else task
        for task in case.joint.tasks
    )
    return replace(_with_evidence(case, event.evidence), joint=replace(case.joint, tasks=tasks))


def _penalty_moved(case: Case, event: clock_events.PenaltyMoved, _: Stage) -> Case:
    steps, records = (case.penalty.steps, case.penalty.records) if case.penalty else ((), ())
    done = PenaltyRecord(step=event.step, at=event.at, by=event.by, facts=event.facts)
    measures = case.penalty.measures if case.penalty else ()
    penalty = Penalty(steps=(*steps, event.step), since=event.at, records=(*records, done), measures=measures)
    return replace(_with_evidence(case, event.evidence), penalty=penalty)


def _measure_moved(case: Case, event: clock_events.MeasureMoved, _: Stage) -> Case:
    if case.penalty is None:
        raise CorruptLog("no_procedure", case.case_id)
    done = MeasureRecord(step=event.step, at=event.at, by=event.by, facts=event.facts)
    measures = _with_record(case.penalty.measures, event.measure_kind, done)
    ended = _of_measures(case.timers, event.measure_kind)
    timers = tuple(timer for timer in case.timers if timer not in ended)
    if event.step is MeasureStep.TESTING and event.facts and event.facts.until:
        over = Timer(kind=TimerKind.TESTING_OVER, due_at=event.facts.until, name=event.measure_kind.value)
        timers = (*timers, over)
    penalty = replace(case.penalty, measures=measures)
    return replace(_with_evidence(case, event.evidence), penalty=penalty, timers=timers)


def _with_record(
    measures: tuple[Measure, ...], kind: MeasureKind, done: MeasureRecord
) -> tuple[Measure, ...]:
    """A new measure, or one step more of the newest of this kind."""
    if done.step is MeasureStep.BEGUN:
        return (*measures, Measure(kind=kind, records=(done,)))
    number = max(number for number, measure in enumerate(measures) if measure.kind is kind)
    longer = replace(measures[number], records=(*measures[number].records, done))
    return (*measures[:number], longer, *measures[number + 1 :])


def _of_measures(timers: tuple[Timer, ...], kind: MeasureKind | None = None) -> tuple[Timer, ...]:
    """The timers that end the testing of things under a measure (of this kind): they outlive the service case."""
    return tuple(
        timer
        for timer in timers
        if timer.kind is TimerKind.TESTING_OVER and (kind is None or timer.name == kind.value)
    )


def _clocks_changed(case: Case, event: clock_events.ClocksChanged, _: Stage) -> Case:
    clocks = {(clock.kind, clock.name): clock for clock in case.clocks}
    for change in event.changes:
        clocks[change.clock.kind, change.clock.name] = change.clock
    return replace(case, clocks=tuple(clocks.values()))


def _timer_armed(case: Case, event: clock_events.TimerArmed, _: Stage) -> Case:
    return replace(case, timers=(*case.timers, event.timer))


def _action_accepted(case: Case, event: events.ActionAccepted, _: Stage) -> Case:
    return replace(case, actions=(*case.actions, event.done))


_LEFT_AS: Final[Mapping[type, CaseOutcome]] = {
    joint_events.CaseRejected: CaseOutcome.REJECTED,
    joint_events.CaseVoided: CaseOutcome.VOIDED,
    joint_events.CaseTransferred: CaseOutcome.TRANSFERRED,
    joint_events.CaseMoved: CaseOutcome.MOVED,
    joint_events.CaseTerminated: CaseOutcome.TERMINATED,
    joint_events.CaseDeclined: CaseOutcome.DECLINED,
    joint_events.CaseSentBack: CaseOutcome.SENT_BACK,
}
"""How each event ends a case that was not handled and closed."""

CHANGES: Final[Mapping[type[events.CaseEvent], Callable[..., Case]]] = {
    events.CaseAccepted: _stage_only,
    events.CaseSelfDisposed: _self_disposed,
    events.CaseOffered: _offered,
    events.CaseDispatched: _dispatched,
    events.CaseClaimed: claims.claimed,
    events.CaseSigned: _signed,
    events.CaseReturned: _returned,
    events.CaseArrived: _arrived,
    events.CaseDisposed: _disposed,
    events.VerificationPassed: _passed,
    events.VerificationFailed: _failed,
    events.CallMissed: _call_missed,
    events.CallBackDue: _call_due,
    events.CallBackRecorded: _called,
    events.ProgressReported: _progress,
    answer_events.CallerContacted: reporters.contacted,
    answer_events.AnswerWritten: reporters.answer_written,
    events.CaseReopened: _reopened,
    events.CaseClosed: _closed,
    events.CaseRetired: _stage_only,
    clock_events.CaseAsked: _asked,
    clock_events.RequestDecided: open_requests.decided,
    clock_events.RequestLapsed: open_requests.lapsed,
    clock_events.CaseSuspended: _suspended,
    clock_events.CaseResumed: _resumed,
    clock_events.CaseExtended: joined_reports.extended,
    clock_events.StageReached: _stage_reached,
    clock_events.PenaltyMoved: _penalty_moved,
    clock_events.MeasureMoved: _measure_moved,
    assessment_events.CaseUnderAssessment: assessed.under_assessment,
    assessment_events.CaseRecognised: assessed.recognised,
    assessment_events.CaseLocated: assessed.located,
    assessment_events.CaseAnswered: assessed.answered,
    joint_events.CaseUnderCheck: _under_check,
    joint_events.CaseChecked: _checked,
    joint_events.TaskAssigned: _assigned,
    joint_events.OfficersProposed: _proposed,
    joint_events.TaskHandedOver: handed_over,
    **dict.fromkeys(_LEFT_AS, _left),
    **ORDER_CHANGES,
    supervision_events.CaseSupervised: open_requests.supervised,
    supervision_events.SupervisionEnded: open_requests.supervision_ended,
    supervision_events.CaseFoundHard: open_requests.found_hard,
    supervision_events.DemeritCounted: demerits.counted,
    supervision_events.DemeritLifted: demerits.lifted,
    merge_events.CaseMerged: joined_reports.merged,
    merge_events.CaseUnmerged: joined_reports.unmerged,
    merge_events.CaseJoined: joined_reports.joined,
    merge_events.ReportSplit: joined_reports.report_split,
    merge_events.CaseAmended: joined_reports.amended,
    joint_events.JointStarted: _joint_started,
    joint_events.JointTaskMoved: _joint_task_moved,
    clock_events.ClocksChanged: _clocks_changed,
    clock_events.TimerArmed: _timer_armed,
    clock_events.TimerFired: claims.timer_fired,
    events.ReportMerged: joined_reports.report_merged,
    update_events.ReportUpdated: joined_reports.report_updated,
    update_events.CaseChanged: joined_reports.case_changed,
    events.ActionAccepted: _action_accepted,
}


def _with_evidence(case: Case, items: tuple[Evidence, ...]) -> Case:
    """The new items are linked to those of the case; an item that the case has already is passed over."""
    evidence, head = chain.grown(case.evidence, case.evidence_head, items)
    return case if evidence is case.evidence else replace(case, evidence=evidence, evidence_head=head)


def _task(case: Case) -> Task:
    if case.task is None:
        raise CorruptLog("no_task", f"{case.case_id}: nobody holds it at {case.stage}")
    return case.task


def _next_leg(task: Task | None) -> tuple[int, tuple[str, ...]]:
    return (task.leg + 1, task.handlers) if task else (1, ())


def _with(handlers: tuple[str, ...], *more: str) -> tuple[str, ...]:
    """Each person once, in the order in which they came to the case."""
    return handlers + tuple(dict.fromkeys(person for person in more if person not in handlers))
