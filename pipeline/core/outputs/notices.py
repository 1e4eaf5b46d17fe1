"""Notices (通知): to leaders, to whoever decides a request, and to every source by the number of its own report."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from pipeline.core.case.reporters import answered, current_answer, urges_of
from pipeline.core.case.task_rights import holder
from pipeline.core.case.turn import Turn
from pipeline.core.clocks import decision_clocks, hotline_deadlines, partner_clocks, running_clocks
from pipeline.core.correction_orders import unsettled
from pipeline.core.outputs.notice_making import NOBODY, addressed, notice_of, to_source
from pipeline.core.rules.rules import Rules
from pipeline.core.timers import TIMER_TABLE
from pipeline.core.worktime.office_hours import spoken_date
from schemas import limits
from schemas.journal.assessment_events import CaseAnswered, CaseLocated, CaseRecognised
from schemas.journal.clock_events import CaseAsked, CaseExtended, RequestDecided, RequestLapsed, TimerFired
from schemas.journal.events import (
    Answer,
    CaseClosed,
    CaseEvent,
    CaseOpened,
    CaseReturned,
    ProgressReported,
    ReportMerged,
    VerificationFailed,
    VerificationPassed,
)
from schemas.journal.joint_events import (
    CaseDeclined,
    CaseMoved,
    CaseRejected,
    CaseSentBack,
    CaseTerminated,
    CaseTransferred,
    CaseVoided,
    JointTaskMoved,
    OfficersProposed,
    TaskHandedOver,
)
from schemas.journal.merge_events import CaseAmended, CaseJoined, CaseUnmerged
from schemas.journal.update_events import ReportUpdated
from schemas.outputs import Notice
from schemas.state.case import Case, Timer
from schemas.values.answer_terms import AnswerFinding
from schemas.values.terms import (
    CaseOutcome,
    ClockKind,
    JointStatus,
    NoticeKind,
    RequestKind,
    Stage,
    TimerKind,
)
from schemas.values.update_terms import UpdateCode


def of_events(
    rules: Rules, turn: Turn, after: Case, events: Iterable[CaseEvent | Answer], begin: int = 0
) -> list[Notice]:
    """The notices of all events, in the order of the events, numbered from `begin` on."""
    numbered: list[Notice] = []
    for event in events:
        for maker in _NOTICES.get(type(event), ()):
            for notice in maker(rules, turn, after, event):
                notice_id = f"{turn.entry_id}:notice:{begin + len(numbered)}"
                numbered.append(replace(notice, notice_id=notice_id))
    return numbered


def _of_return(rules: Rules, turn: Turn, case: Case, event: CaseReturned) -> list[Notice]:
    return [notice_of(turn, case, NoticeKind.RETURNED, rules.policy.centre_team, event.team)]


def _of_request(rules: Rules, turn: Turn, case: Case, event: CaseAsked) -> list[Notice]:
    asked, decider = event.request, decision_clocks.decider(rules, event.request.kind)
    clock = decision_clocks.clock_of(case, asked.kind)
    notice = notice_of(turn, case, NoticeKind.REQUEST, decider, asked.team)
    due_at = clock.due_at if clock else None
    why = asked.note if asked.into else ""
    return [replace(notice, request=asked.kind, due_at=due_at, into=asked.into, why=why)]


def _of_decision(rules: Rules, turn: Turn, case: Case, event: RequestDecided) -> list[Notice]:
    kind = NoticeKind.GRANTED if event.granted else NoticeKind.DENIED
    team = event.team or _holder(rules, case)
    notice = replace(notice_of(turn, case, kind, team, team), request=event.kind)
    return [notice, *_to_asker(notice, event)]


def _of_handover(rules: Rules, turn: Turn, case: Case, event: TaskHandedOver) -> list[Notice]:
    return [notice_of(turn, case, NoticeKind.HANDED_OVER, event.successor, event.gone)]


def _of_proposal(rules: Rules, turn: Turn, case: Case, event: OfficersProposed) -> list[Notice]:
    """Too few are there: the team's leader and the centre are told, and from when on there are enough."""
    proposal = event.proposal
    if proposal.is_enough:
        return []
    notice = notice_of(turn, case, NoticeKind.NOBODY_ON_DUTY, event.team, event.team)
    told = replace(notice, due_at=proposal.enough_from, why=proposal.why)
    return [told, replace(told, to=rules.policy.centre_team)]


def _of_partner(rules: Rules, turn: Turn, case: Case, event: JointTaskMoved) -> list[Notice]:
    if event.status is not JointStatus.REFUSED:
        return []
    return [notice_of(turn, case, NoticeKind.JOINT_REFUSED, rules.policy.centre_team, event.department)]


def _of_rework(rules: Rules, turn: Turn, case: Case, event: VerificationFailed) -> list[Notice]:
    if case.reworks < rules.policy.reworks_max:
        return []
    team = case.task.team if case.task else None
    return [notice_of(turn, case, NoticeKind.REWORK_LIMIT, rules.policy.centre_team, team)]


def _of_lapse(rules: Rules, turn: Turn, case: Case, event: RequestLapsed) -> list[Notice]:
    """Both sides are told: who asked (the centre, where no team did), and who was to decide."""
    sides = (event.team or rules.policy.centre_team, decision_clocks.decider(rules, event.kind))
    notices = [
        replace(notice_of(turn, case, NoticeKind.REQUEST_LAPSED, side, event.team), request=event.kind)
        for side in dict.fromkeys(sides)
    ]
    return [*notices, *_to_asker(notices[0], event)]


def _to_asker(notice: Notice, event: RequestDecided | RequestLapsed) -> list[Notice]:
    """The source by whose report it was asked for is told under the number of that report."""
    if event.source is None:
        return []
    told = replace(notice, to=event.source.value, source=event.source, source_no=event.source_no)
    return [replace(told, text_zh=event.note) if isinstance(event, RequestDecided) else told]


def _of_update(rules: Rules, turn: Turn, case: Case, event: ReportUpdated) -> list[Notice]:
    """Whoever has the case hears what came under a report's number; the centre, where a person may have to do something about it."""
    kind = _OF_UPDATE.get(event.update.code)
    if kind is None or event.host is not None:
        return []
    centre, text = rules.policy.centre_team, event.said[: limits.NOTE_MAX]
    on_turn = {
        Stage.AWAITING_VERIFICATION: rules.policy.verification_post,
        Stage.AWAITING_CALLBACK: rules.policy.callback_post,
    }.get(case.stage) or _holder(rules, case)
    sides: tuple[str, ...] = (centre,) if case.closed_at is not None else (on_turn,)
    if event.update.code in _FOR_THE_CENTRE:
        sides = (*sides, centre)
    notice = replace(
        notice_of(turn, case, kind, on_turn, case.task.team if case.task else None),
        source=event.source,
        source_no=event.source_no,
        text_zh=text,
        urges=urges_of(case),
    )
    return [replace(notice, to=side) for side in dict.fromkeys(sides)]


def _of_joiner(
    rules: Rules, turn: Turn, case: Case, event: ReportMerged | CaseJoined | CaseAmended
) -> list[Notice]:
    """The holder is told that the case is more urgent now, the verifier or the clerk that it was reported again after the disposal."""
    if isinstance(event, CaseAmended):
        if event.source is None or not event.raised:
            return []
        raised = notice_of(
            turn, case, NoticeKind.RAISED, _holder(rules, case), case.task.team if case.task else None
        )
        clock = running_clocks.clock_of(case, ClockKind.DISPOSE)
        return [
            replace(
                raised, source=event.source, source_no=event.source_no, due_at=clock.due_at if clock else None
            )
        ]
    post = rules.policy.verification_post
    if case.stage is Stage.AWAITING_CALLBACK:
        post = rules.policy.callback_post
    reports = (event.report,) if isinstance(event, ReportMerged) else event.joined.reports
    return [
        replace(
            notice_of(turn, case, NoticeKind.REPORTED_AGAIN, post, case.task.team if case.task else None),
            source=report.source,
            source_no=report.source_no,
            text_zh=report.facts.text[: limits.NOTE_MAX] if report.facts else "",
        )
        for report in reports
        if report.against
    ]


def _answers(rules: Rules, turn: Turn, case: Case, event: CaseEvent) -> list[Notice]:
    """The final answer to whoever reported the case, each by the number of its own report."""
    text, found = _told(rules, case, event)
    notices = (to_source(turn, case, NoticeKind.FINAL_ANSWER, report) for report in answered(case))
    return [replace(notice, text_zh=text, found=found) for notice in notices]


def _told(rules: Rules, case: Case, event: CaseEvent) -> tuple[str, AnswerFinding | None]:
    """What somebody wrote of the case that is closed, or agreed to of an order that is not for us; else the rules' words of its outcome."""
    if isinstance(event, CaseDeclined | CaseSentBack):
        return event.answer, None
    if isinstance(event, CaseClosed) and case.answers:
        return case.answers[-1].text, case.answers[-1].found
    matter, to = rules.matter_of(case.facts.matter), getattr(event, "to", "")
    place, outcome = case.facts.place.address, case.outcome or CaseOutcome.RESOLVED
    text = rules.answers.ending(outcome, matter_zh=matter.name_zh, place=place, to=to)
    return text[: limits.NOTE_MAX], None


def _of_move(rules: Rules, turn: Turn, case: Case, event: CaseMoved) -> list[Notice]:
    """Whoever reported it hears who goes on with it, as which case, and by when: as before."""
    matter, to = rules.matter_of(case.facts.matter), rules.streets[event.to].name_zh
    text = rules.answers.ending(
        CaseOutcome.MOVED, matter_zh=matter.name_zh, place=case.facts.place.address, to=to
    )
    notices = (to_source(turn, case, NoticeKind.MOVED, report) for report in answered(case))
    return [replace(notice, text_zh=text[: limits.NOTE_MAX], into=event.to_case) for notice in notices]


def _of_answer(rules: Rules, turn: Turn, case: Case, event: VerificationPassed) -> list[Notice]:
    """The answer is verified: each hotline has its text before the caller is called back."""
    answer = current_answer(case)
    if not event.call_back or answer is None:
        return []
    told = replace(
        notice_of(turn, case, NoticeKind.ANSWER, NOBODY),
        text_zh=answer.text,
        found=answer.found,
        due_at=answer.next_at,
    )
    return [addressed(told, report) for report in answered(case)]


def _of_direct_answer(rules: Rules, turn: Turn, case: Case, event: CaseAnswered) -> list[Notice]:
    """The words for the callers; of danger to life the centre is told, too, unless it said so itself."""
    notices = [
        replace(notice, text_zh=event.answer.reply_zh) for notice in _answers(rules, turn, case, event)
    ]
    if event.answer.emergency and event.by is None:
        alarm = notice_of(turn, case, NoticeKind.EMERGENCY, rules.policy.centre_team)
        first = case.reports[0]
        text = case.facts.text[: limits.NOTE_MAX]
        notices.insert(0, replace(alarm, source=first.source, source_no=first.source_no, text_zh=text))
    return notices


def _of_settling(rules: Rules, turn: Turn, case: Case, event: CaseRecognised | CaseLocated) -> list[Notice]:
    """Whoever was told that somebody would look at it hears that it goes on; of a merged case the merging says so."""
    if case.stage in (Stage.UNDER_ASSESSMENT, Stage.MERGED):
        return []
    return [to_source(turn, case, NoticeKind.TAKEN_UP, report) for report in answered(case)]


def _interim_answers(rules: Rules, turn: Turn, case: Case, event: ProgressReported) -> list[Notice]:
    interim = replace(
        notice_of(turn, case, NoticeKind.INTERIM_ANSWER, NOBODY),
        text_zh=event.measure,
        due_at=event.expected_at,
    )
    return [addressed(interim, report) for report in answered(case)]


def _of_extension(rules: Rules, turn: Turn, case: Case, event: CaseExtended) -> list[Notice]:
    """延期答复: past the hotline's own deadline whoever reported it hears until when, and why; within it nobody need."""
    due_at = event.hotline_due_at
    if due_at is None:
        return []
    answer = rules.policy.extension_answers.get(event.reason, "").format(date=spoken_date(due_at))
    told = replace(notice_of(turn, case, NoticeKind.EXTENDED, NOBODY), text_zh=answer, due_at=due_at)
    return [addressed(told, report) for report in answered(case)]


def _of_merging(rules: Rules, turn: Turn, case: Case, event: CaseJoined) -> list[Notice]:
    return [to_source(turn, case, NoticeKind.MERGED, report) for report in event.joined.reports]


def _of_splitting(rules: Rules, turn: Turn, case: Case, event: CaseUnmerged) -> list[Notice]:
    return [to_source(turn, case, NoticeKind.SPLIT, report) for report in case.reports]


def _of_split_report(rules: Rules, turn: Turn, case: Case, event: CaseOpened) -> list[Notice]:
    return [to_source(turn, case, NoticeKind.SPLIT, event.report)] if event.report.told_case else []


def _timer_notices(rules: Rules, turn: Turn, case: Case, event: TimerFired) -> list[Notice]:
    """One for each recipient of the rung; `handler` is the team that holds the case, the centre while none does."""
    timer = event.timer
    kind = TIMER_TABLE[timer.kind].notice
    if kind is None:
        return []
    rung = running_clocks.rung_of(rules, case, timer)
    handler = _partner_of(rules, case, timer) or decision_clocks.on_whom(rules, case, timer.clock, timer.name)
    recipients = rung.tell if rung else (rules.policy.centre_team,)
    if timer.kind is TimerKind.HOTLINE_DUE or (
        timer.kind is TimerKind.RESUME and unsettled(case) is not None
    ):
        recipients = (HANDLER, *recipients)  # whoever holds it goes on, or inspects again
    team = case.task.team if case.task else None
    if timer.kind is TimerKind.LEASE_LAPSED:  # whoever has lost it
        team = case.lapsed_claims[-1].team
        recipients = (team, *recipients)
    if timer.kind is TimerKind.HOTLINE_DUE:
        timer = replace(timer, due_at=hotline_deadlines.deadline_of(case) or timer.due_at)
    clock = running_clocks.clock_of(case, timer.clock, timer.name) if timer.clock else None
    return [
        replace(
            notice_of(turn, case, kind, recipient, team),
            clock=timer.clock,
            clock_name=timer.name,
            request=RequestKind(timer.name or "") if timer.clock is ClockKind.DECIDE else None,
            level=timer.level,
            percent=timer.percent,
            paper=rung.paper if rung and timer.level is not None else None,
            due_at=clock.due_at if clock else timer.due_at,
            late_s=event.late_s,
        )
        for recipient in dict.fromkeys(handler if name == HANDLER else name for name in recipients)
    ]


def _partner_of(rules: Rules, case: Case, timer: Timer) -> str | None:
    """The department of the joint task whose clock the timer belongs to; of one that refused the centre, which is to settle it."""
    for task in case.joint.tasks if case.joint else ():
        if partner_clocks.clock_name(task.department) == timer.name:
            return rules.policy.centre_team if task.status is JointStatus.REFUSED else task.department
    return None


def _holder(rules: Rules, case: Case) -> str:
    return holder(case) or rules.policy.centre_team


HANDLER: Final = "handler"
"""The recipient of a rung that stands for the team that holds the case."""

_OF_UPDATE: Final[Mapping[UpdateCode, NoticeKind]] = {
    UpdateCode.UPDATED: NoticeKind.UPDATED,
    UpdateCode.URGED: NoticeKind.URGED,
    UpdateCode.CHANGE_OFFERED: NoticeKind.UPDATED,
    UpdateCode.CHANGE_NOTED: NoticeKind.UPDATED,
    UpdateCode.WITHDRAWAL_FILED: NoticeKind.WITHDRAWN,
    UpdateCode.WITHDRAWAL_NOTED: NoticeKind.WITHDRAWN,
    UpdateCode.UPDATED_AFTER_END: NoticeKind.UPDATED,
}
"""What is told of an update; of one that brings nothing new nobody is."""
_FOR_THE_CENTRE: Final = frozenset(
    {UpdateCode.CHANGE_NOTED, UpdateCode.WITHDRAWAL_NOTED, UpdateCode.UPDATED_AFTER_END}
)

_NOTICES: Final[Mapping[type, tuple[Callable[..., list[Notice]], ...]]] = {
    TimerFired: (_timer_notices,),
    CaseReturned: (_of_return,),
    CaseAsked: (_of_request,),
    RequestDecided: (_of_decision,),
    RequestLapsed: (_of_lapse,),
    TaskHandedOver: (_of_handover,),
    OfficersProposed: (_of_proposal,),
    JointTaskMoved: (_of_partner,),
    VerificationFailed: (_of_rework,),
    VerificationPassed: (_of_answer,),
    ReportMerged: (_of_joiner,),
    ReportUpdated: (_of_update,),
    CaseJoined: (_of_joiner, _of_merging),
    CaseAmended: (_of_joiner,),
    **dict.fromkeys((CaseClosed, CaseRejected, CaseVoided, CaseTransferred), (_answers,)),
    **dict.fromkeys((CaseTerminated, CaseDeclined, CaseSentBack), (_answers,)),
    CaseExtended: (_of_extension,),
    CaseMoved: (_of_move,),
    ProgressReported: (_interim_answers,),
    CaseUnmerged: (_of_splitting,),
    CaseOpened: (_of_split_report,),
    CaseAnswered: (_of_direct_answer,),
    CaseRecognised: (_of_settling,),
    CaseLocated: (_of_settling,),
}
"""Who is notified of an event, by its type; of most nobody is."""
