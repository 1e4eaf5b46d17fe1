"""Assignments (任务): the difference between the open tasks of a case before and after a turn.

They follow from the snapshots alone, so that a team's list is always what the case requires of it.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Final, NamedTuple, assert_never

from pipeline.core.case.changes.claims import lease_of
from pipeline.core.case.open_requests import requests_of
from pipeline.core.case.reporters import answered, answers_to_read, awaits_contact, is_secret, urges_of
from pipeline.core.case.stage_table import STAGE_TABLE, Addressee
from pipeline.core.case.turn import Turn
from pipeline.core.clocks import decision_clocks, hotline_deadlines, partner_clocks, running_clocks
from pipeline.core.correction_orders import unsettled
from pipeline.core.outputs.task_reasons import REASONS
from pipeline.core.rules.law_in_time import bases
from pipeline.core.rules.rules import Policy, Rules
from pipeline.core.stages import joint
from schemas.duty.proposal import OfficerProposal
from schemas.journal.assessment_events import CaseAnswered, CaseLocated, CaseRecognised
from schemas.journal.clock_events import RequestDecided
from schemas.journal.events import (
    Answer,
    CallBackRecorded,
    CaseClaimed,
    CaseDispatched,
    CaseEvent,
    VerificationFailed,
    VerificationPassed,
)
from schemas.journal.joint_events import CaseChecked
from schemas.outputs import Assignment
from schemas.state.answer import WrittenAnswer
from schemas.state.case import Case, Clock, JointTask, Request
from schemas.state.correction import CorrectionOrder
from schemas.state.later_report import LaterReport
from schemas.state.task import Task
from schemas.values.place import Place
from schemas.values.terms import (
    AssignmentKind,
    AssignmentStatus,
    ClockKind,
    JointStatus,
    MissingFact,
    RequestKind,
    Severity,
    Stage,
)


class OpenTask(NamedTuple):
    """What a team or a post is to do now, and what it is to know of the case for it.

    `callers` are those to call, `reported_again` the reports to answer, `request` what is to be decided,
    `missing` what is to be said of the case; `answers` what its callers are told; `grade`, `place` and `about` (matter, text, how often it was asked for again) are the
    case's own.
    """

    team: str
    kind: AssignmentKind
    leg: int
    clock: Clock | None = None
    callers: tuple[str, ...] = ()
    reported_again: tuple[LaterReport, ...] = ()
    grade: Severity | None = None
    place: Place | None = None
    request: Request | None = None
    missing: tuple[MissingFact, ...] = ()
    about: tuple[str, str, int] | None = None
    answers: tuple[WrittenAnswer, ...] = ()
    supervised: bool = False
    members: tuple[str, ...] = ()
    proposed: OfficerProposal | None = None
    correction: CorrectionOrder | None = None

    @property
    def due_at(self) -> datetime | None:
        """The deadline of the task."""
        return self.clock.due_at if self.clock else None

    def is_same(self, other: "OpenTask") -> bool:
        """Whether both are the same task; their deadlines may differ."""
        return self[:3] == other[:3] and _kind_of(self.request) is _kind_of(other.request)

    def says_the_same(self, other: "OpenTask") -> bool:
        """Whether whoever has one of them need not be given the other."""
        return self.is_same(other) and self.due_at == other.due_at and self[4:] == other[4:]


def _kind_of(request: Request | None) -> RequestKind | None:
    return request.kind if request else None


_CLOCK_OF = {
    AssignmentKind.CHECK: ClockKind.ACCEPT,
    AssignmentKind.ASSESS: ClockKind.ACCEPT,
    AssignmentKind.DISPATCH: ClockKind.DISPATCH,
    AssignmentKind.OFFER: ClockKind.CLAIM,
    AssignmentKind.HANDLE: ClockKind.DISPOSE,
    AssignmentKind.VERIFY: ClockKind.VERIFY,
    AssignmentKind.CALL_BACK: ClockKind.CALLBACK,
}


def open_tasks(case: Case | None, rules: Rules) -> tuple[OpenTask, ...]:
    """Every task of the case as it is, in a fixed order; once it is closed only to decide what is appealed against."""
    if case is None:
        return ()
    leg = case.task.leg if case.task else 0
    if case.closed_at is not None:
        return tuple(_approval(rules, case, request, leg) for request in requests_of(case))
    tasks = [_open_task(case, team, kind, leg) for team, kind in _by_stage(case, rules)]
    tasks += [_approval(rules, case, request, leg) for request in requests_of(case)]
    if case.call_due and case.stage is not Stage.AWAITING_CALLBACK:
        tasks.append(_open_task(case, rules.policy.callback_post, AssignmentKind.CALL_BACK, leg))
    if case.joint is not None and case.stage is Stage.JOINT_IN_PROGRESS:
        tasks += [_partner(case, task) for task in case.joint.tasks if task.status in joint.OPEN]
    return tuple(tasks)


def _open_task(case: Case, team: str, kind: AssignmentKind, leg: int) -> OpenTask:
    facts, calls = case.facts, kind is AssignmentKind.CALL_BACK
    return OpenTask(
        team,
        kind,
        leg,
        running_clocks.clock_of(case, _CLOCK_OF[kind]),
        callers_of(case) if calls else (),
        case.contradicted_by if calls or kind is AssignmentKind.VERIFY else (),
        facts.severity,
        facts.place,
        missing=case.assessment.missing if case.assessment and kind is AssignmentKind.ASSESS else (),
        about=_about(case),
        answers=answers_to_read(case, kind),
        supervised=case.supervision is not None,
        members=case.task.members if case.task and kind is AssignmentKind.HANDLE else (),
        proposed=case.task.proposed if case.task and kind is AssignmentKind.HANDLE else None,
        correction=unsettled(case) if kind is AssignmentKind.HANDLE else None,
    )


def _about(case: Case) -> tuple[str, str, int]:
    return case.facts.matter, case.facts.text, urges_of(case)


def _approval(rules: Rules, case: Case, request: Request, leg: int) -> OpenTask:
    """To decide a request, until its own clock is over."""
    return OpenTask(
        decision_clocks.decider(rules, request.kind),
        AssignmentKind.APPROVE,
        leg,
        decision_clocks.clock_of(case, request.kind),
        grade=case.facts.severity,
        place=case.facts.place,
        request=request,
        about=_about(case),
        answers=answers_to_read(case, AssignmentKind.APPROVE),
    )


def callers_of(case: Case) -> tuple[str, ...]:
    """Whoever waits for a call, in the order in which they reported."""
    return tuple(report.caller for report in answered(case) if report.call_back and report.caller)


def _by_stage(case: Case, rules: Rules) -> tuple[tuple[str, AssignmentKind], ...]:
    """Whom the stage asks, each with what it is asked for."""
    wanted = STAGE_TABLE[case.stage].task
    if wanted is None:
        return ()
    return tuple((team, wanted.kind) for team in _teams(wanted.addressee, case.task, rules.policy))


def _teams(addressee: Addressee, task: Task | None, policy: Policy) -> tuple[str, ...]:
    match addressee:
        case Addressee.CENTRE:
            return (policy.centre_team,)
        case Addressee.VERIFICATION_POST:
            return (policy.verification_post,)
        case Addressee.CALLBACK_POST:
            return (policy.callback_post,)
        case Addressee.OFFERED_TEAMS:
            return task.offered_to if task else ()
        case Addressee.HOLDER:
            return (task.team,) if task and task.team else ()
    assert_never(addressee)


def _partner(case: Case, task: JointTask) -> OpenTask:
    clock = running_clocks.clock_of(
        case, ClockKind.PARTNER_FINISH, partner_clocks.clock_name(task.department)
    )
    leg, facts = case.task.leg if case.task else 0, case.facts
    return OpenTask(
        task.department,
        AssignmentKind.JOINT,
        leg,
        clock,
        grade=facts.severity,
        place=facts.place,
        about=_about(case),
    )


def of_change(
    rules: Rules,
    turn: Turn,
    before: Case | None,
    after: Case,
    events: Sequence[CaseEvent | Answer],
    begin: int = 0,
) -> list[Assignment]:
    """The ended tasks first, then those that are new or have another deadline, numbered from `begin` on."""
    earlier, current = open_tasks(before, rules), open_tasks(after, rules)
    if earlier == current:
        return []
    ended = [task for task in earlier if not any(task.is_same(other) for other in current)]
    new = [task for task in current if not any(task.says_the_same(other) for other in earlier)]
    if not ended and not new:
        return []
    why, claimed_by = "", None
    for event in events:
        reason = REASONS.get(type(event))
        if reason is not None:
            why = reason(event) or why
        if isinstance(event, CaseClaimed):
            claimed_by = event.team
    changes = [(task, _status_of_ended(task, after, claimed_by, events)) for task in ended]
    changes += [(task, AssignmentStatus.OPEN) for task in new]
    return [
        _assignment(rules, turn, after, task, status, why, number)
        for number, (task, status) in enumerate(changes, begin)
    ]


def as_they_stand(rules: Rules, case: Case) -> list[Assignment]:
    """The open tasks of a case as assignments made of its snapshot alone: for whoever no longer has those that were given.

    `at` is since when the task's clock runs; why it came to the team is not in the snapshot.
    """
    begun = case.task.since if case.task else case.facts.opened_at
    return [
        _filled(
            rules,
            case,
            task,
            name=f"task:{number}",
            at=task.clock.started_at if task.clock else begun,
        )
        for number, task in enumerate(open_tasks(case, rules))
    ]


_DONE_BY: Final[Mapping[AssignmentKind, Set[type]]] = {
    AssignmentKind.CHECK: {CaseChecked},
    AssignmentKind.ASSESS: {CaseRecognised, CaseLocated, CaseAnswered},
    AssignmentKind.DISPATCH: {CaseDispatched},
    AssignmentKind.VERIFY: {VerificationPassed, VerificationFailed},
    AssignmentKind.CALL_BACK: {CallBackRecorded},
}
"""What does the task of a post; whatever else ends it withdraws it."""


def _status_of_ended(
    task: OpenTask, after: Case, claimed_by: str | None, events: Sequence[CaseEvent | Answer]
) -> AssignmentStatus:
    if task.kind is AssignmentKind.OFFER:
        return AssignmentStatus.DONE if task.team == claimed_by else AssignmentStatus.WITHDRAWN
    if task.kind is AssignmentKind.HANDLE:
        done = after.task is not None and after.task.disposed_at is not None
        return AssignmentStatus.DONE if done else AssignmentStatus.WITHDRAWN
    own = (event for event in events if getattr(event, "case_id", "") == after.case_id)
    if task.kind is AssignmentKind.JOINT:
        partner = joint.task_of(after, task.team)
        done = partner is not None and partner.status is JointStatus.DONE
    elif task.kind is AssignmentKind.APPROVE:
        kind = _kind_of(task.request)
        done = any(isinstance(event, RequestDecided) and event.kind is kind for event in own)
    else:
        done = any(type(event) in _DONE_BY[task.kind] for event in own)
    return AssignmentStatus.DONE if done else AssignmentStatus.WITHDRAWN


_Standing = tuple[AssignmentStatus, str]
_STANDS: Final[_Standing] = (AssignmentStatus.OPEN, "")


def _assignment(
    rules: Rules, turn: Turn, case: Case, task: OpenTask, status: AssignmentStatus, why: str, number: int
) -> Assignment:
    return _filled(rules, case, task, name=f"assignment:{number}", at=turn.at, standing=(status, why))


def _filled(
    rules: Rules, case: Case, task: OpenTask, *, name: str, at: datetime, standing: _Standing = _STANDS
) -> Assignment:
    facts, matter, clock = case.facts, rules.matter_of(case.facts.matter), task.clock
    lease = lease_of(case) if task.kind is AssignmentKind.HANDLE else None
    return Assignment(
        assignment_id=f"{case.entry_id}:{name}",
        entry_id=case.entry_id,
        at=at,
        case_id=case.case_id,
        case_version=case.version,
        street=case.street,
        team=task.team,
        kind=task.kind,
        status=standing[0],
        stage=case.stage,
        leg=task.leg,
        matter=facts.matter,
        matter_zh=matter.name_zh,
        matter_en=matter.name_en,
        severity=facts.severity,
        source=facts.source,
        place=facts.place,
        text=facts.text,
        due_at=clock.due_at if clock else None,
        provisional=clock.provisional if clock else False,
        evidence_required=matter.evidence_kinds,
        evidence_named=matter.evidence_named,
        legal_basis=bases(matter.legal_basis, case, at),
        why=standing[1],
        callers=task.callers,
        reported_again=task.reported_again,
        left_out=case.reports[0].left_out,
        request=task.request,
        missing=task.missing,
        recognised=case.reports[0].recognised if task.kind is AssignmentKind.ASSESS else None,
        secret=is_secret(case),
        urges=urges_of(case),
        order=case.reports[0].order,
        due_by=hotline_deadlines.owner_of(clock),
        answers=task.answers,
        supervised=case.supervision is not None,
        members=task.members,
        proposed=task.proposed,
        correction=task.correction,
        to_contact=task.kind is AssignmentKind.HANDLE and awaits_contact(case),
        claim_until=lease.due_at if lease else None,
    )
