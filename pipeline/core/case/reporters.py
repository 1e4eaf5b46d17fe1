"""Whom a case answers: its own reports, those merged into it one by one, and those of cases that were merged into it.

And what became of it: how its callers were contacted, and what they are answered (part of `case.evolve`).
"""

from datetime import datetime

from msgspec.structs import replace

from schemas import limits
from schemas.journal.answer_events import AnswerWritten, CallerContacted
from schemas.journal.events import CallBackRecorded
from schemas.state.answer import CallerContact, WrittenAnswer
from schemas.state.case import Case, ReportRef
from schemas.values.terms import AssignmentKind, Stage
from schemas.values.update_terms import UpdatePart


def answered(case: Case) -> tuple[ReportRef, ...]:
    """Every report that waits for what becomes of this case, its own first; none is there twice."""
    if not case.joined:
        return case.reports
    return (*case.reports, *(report for joined in case.joined for report in joined.reports))


def urges_of(case: Case) -> int:
    """How often it was asked for again (催办), by whichever of its reports."""
    if not case.joined and len(case.reports) == 1 and not case.reports[0].updates:
        return 0
    return sum(
        UpdatePart.URGE in update.added
        for report in answered(case)
        if report.updates
        for update in report.updates
    )


def speaks_against(case: Case, reported_at: datetime, at: datetime) -> bool:
    """Whether a report of then speaks against what was done: it came after the disposal that waits to be verified or called about.

    So does all that joins it at a time before the disposal's: that was dated ahead, and the time was set back since.
    """
    disposed_at = case.task.disposed_at if case.task else None
    is_waiting = case.stage in (Stage.AWAITING_VERIFICATION, Stage.AWAITING_CALLBACK)
    return is_waiting and disposed_at is not None and not reported_at <= disposed_at <= at


def wants_call_back(case: Case) -> bool:
    """Whether a hotline's caller, of any of these reports, waits for a call."""
    return any(report.call_back for report in answered(case))


def is_secret(case: Case) -> bool:
    """Whether somebody who reported it wants to stay secret (保密): nobody but the hotline turns to the callers then."""
    return case.facts.secret or any(one.facts is not None and one.facts.secret for one in answered(case))


def awaits_contact(case: Case) -> bool:
    """Whether the team that has the case is still to turn to its callers."""
    if case.task is None or case.task.team is None or (case.contact is not None and case.contact.is_over):
        return False
    return wants_call_back(case) and not is_secret(case)


def current_answer(case: Case) -> WrittenAnswer | None:
    """What the callers are told of the visit under way; None while nobody has written it."""
    leg = case.task.leg if case.task else 0
    return case.answers[-1] if case.answers and case.answers[-1].leg == leg else None


def answers_to_read(case: Case, kind: AssignmentKind) -> tuple[WrittenAnswer, ...]:
    """Of a task: what is to be verified, and told; whoever handles the case again sees what was told before."""
    if not case.answers:
        return ()
    if kind in (AssignmentKind.VERIFY, AssignmentKind.CALL_BACK) or case.stage is Stage.AWAITING_CALLBACK:
        return case.answers
    if kind is AssignmentKind.HANDLE and case.task is not None:
        return tuple(answer for answer in case.answers if answer.leg < case.task.leg)
    return ()


def contacted(case: Case, event: CallerContacted, _: Stage) -> Case:
    """An attempt more; the first that reached somebody stays."""
    contact = case.contact or CallerContact(attempts=0)
    contact = replace(contact, attempts=contact.attempts + 1, given_up=contact.given_up or event.given_up)
    if event.reached:
        if contact.reached_at is None:
            contact = replace(contact, reached_at=event.contacted_at, way=event.way)
    elif event.counted:
        contact = replace(contact, counted=contact.counted + 1, missed_at=event.contacted_at)
    return _handled(replace(case, contact=contact), event.by)


def answer_written(case: Case, event: AnswerWritten, _: Stage) -> Case:
    """It takes the place of what was written of the same visit; answers of earlier visits stay."""
    earlier = tuple(answer for answer in case.answers if answer.leg != event.answer.leg)
    answers = (*earlier, event.answer)[-limits.ANSWERS_PER_CASE_MAX :]
    return _handled(replace(case, answers=answers), event.answer.by)


def answer_judged(case: Case, event: CallBackRecorded) -> Case:
    """Why a caller is not content with the answer stays beside it, for whoever goes again."""
    answer = current_answer(case)
    if answer is None or event.cause is None:
        return case
    judged = replace(answer, unsolved=event.cause, caller_said=event.note)
    return replace(case, answers=(*case.answers[:-1], judged))


def _handled(case: Case, by: str) -> Case:
    """Whoever did this for the team has handled the case."""
    task = case.task
    if task is None or by in task.handlers:
        return case
    return replace(case, task=replace(task, handlers=(*task.handlers, by)))
