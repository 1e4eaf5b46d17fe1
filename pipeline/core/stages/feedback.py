"""反馈: verifying what was done, calling back who reported it, and closing the case."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.reporters import wants_call_back
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.rules.rules import Rules
from pipeline.core.stages import dispatch
from pipeline.core.stages.answers.answering import refuse_unanswered
from pipeline.core.stages.requested import request_filing
from pipeline.core.worktime.office_hours import day_of
from schemas.inputs.action import CallBack, Verify
from schemas.journal.clock_events import TimerArmed
from schemas.journal.events import (
    CallBackDue,
    CallBackRecorded,
    CallMissed,
    CaseClosed,
    CaseEvent,
    CaseReopened,
    VerificationFailed,
    VerificationPassed,
)
from schemas.state.case import Case, Timer
from schemas.values.answer_terms import UnsolvedCause
from schemas.values.placeholders import says_nothing
from schemas.values.terms import CaseOutcome, ClockKind, RequestKind, Stage, TimerKind


def decide_verify(context: DecisionContext, action: Verify) -> Decided:
    """Somebody who did not handle the case looked. Failed: rework. Passed: call back the hotline's callers, or close."""
    rules, _, _, case, at, _ = context
    by, note = action.actor.id, action.note
    if not action.passed:
        if says_nothing(note):
            return Refusal("rework_reason_missing", "note", "what is wrong")
        failed = VerificationFailed(case_id=case.case_id, at=at, by=by, note=note, evidence=action.evidence)
        return (failed, *_rework(rules, case, at))
    refusal = all_of((refuse_unanswered(case), refuse_contradicted(case, action.answer)))
    if refusal:
        return refusal
    calls = wants_call_back(case)
    passed = VerificationPassed(
        case_id=case.case_id,
        by=by,
        call_back=calls,
        note=note,
        evidence=action.evidence,
        answer=action.answer,
    )
    if calls:
        return (passed,)
    outcome = CaseOutcome.SELF_DISPOSED if _is_self_disposed(case) else CaseOutcome.RESOLVED
    return (passed, *close(rules, case, outcome, at))


def _rework(rules: Rules, case: Case, at: datetime) -> tuple[CaseEvent, ...]:
    """The team goes again. A self-disposed find has none: the lead team is sent."""
    if not _is_self_disposed(case):
        return ()
    why = "self-disposal failed verification: the lead team goes"
    return dispatch.to_team(rules, case.case_id, rules.matters[case.facts.matter].lead_team, at, why)


def decide_call_back(context: DecisionContext, action: CallBack) -> Decided:
    """The caller was asked. Not solved for the unit's fault: the case is reopened. Demanded what nobody can give: the hotline decides.
    Nobody reached: try again.

    At the deadline of a case that is still being handled, what the caller says is kept, and the case goes on.
    """
    rules, _, _, case, at, _ = context
    by = action.actor.id
    is_last = case.stage is Stage.AWAITING_CALLBACK
    if not action.reached:
        given_up = _was_tried_enough(rules, case, at)
        refusal = request_filing.refuse_second(case, RequestKind.UNREASONABLE) or (
            refuse_contradicted(case, action.answer) if given_up and is_last else None
        )
        if refusal:
            return refusal
        missed = CallMissed(case_id=case.case_id, by=by, at=at, given_up=given_up, answer=action.answer)
        closed = close(rules, case, CaseOutcome.UNREACHED, at) if given_up and is_last else ()
        return (missed, *closed)
    if action.solved is None or action.satisfied is None:
        return Refusal("answer_missing", "solved" if action.solved is None else "satisfied", "true or false")
    is_content = action.solved and action.satisfied
    if action.cause is UnsolvedCause.UNREASONABLE and not is_content:
        return _claim_unreasonable(context, action)
    cause = None if is_content else action.cause
    answer = CallBackRecorded(
        case_id=case.case_id,
        by=by,
        solved=action.solved,
        satisfied=action.satisfied,
        note=action.note,
        answer=action.answer,
        cause=cause if action.solved else UnsolvedCause.UNIT,
    )
    return (answer,) if not is_last else after_call(context, answer)


def after_call(context: DecisionContext, answer: CallBackRecorded) -> Decided:
    """What the unit is to blame for is done again, as often as the policy allows, and its next holder sees why; else the case is closed."""
    rules, _, _, case, at, _ = context
    if answer.cause is UnsolvedCause.UNIT and case.reopens < rules.policy.reopens_max:
        return (answer, CaseReopened(case_id=case.case_id), *dispatch.reopened(rules, case, at))
    refusal = refuse_contradicted(case, answer.answer)
    if refusal:
        return refusal
    satisfied = answer.solved and answer.satisfied
    return (answer, *close(rules, case, CaseOutcome.RESOLVED if satisfied else CaseOutcome.UNSATISFIED, at))


def _claim_unreasonable(context: DecisionContext, action: CallBack) -> Decided:
    """Nobody's fault, with evidence and a reason: the hotline decides (`requested.demands`), and until then no call counts."""
    case, kind = context.case, RequestKind.UNREASONABLE
    if case.stage is not Stage.AWAITING_CALLBACK:
        return Refusal("not_at_this_stage", "cause", "once what was done is verified")
    proven = bool(action.evidence) and not says_nothing(action.note)
    refusal = (
        request_filing.refuse_second(case, kind)
        or refuse_contradicted(case, "")
        or (None if proven else Refusal("demand_unproven", "evidence", "evidence, and a note that says why"))
    )
    if refusal:
        return refusal
    (asked,) = request_filing.file(
        context, action, kind, kind.value, solved=action.solved, satisfied=action.satisfied
    )
    return (replace(asked, evidence=action.evidence),)


def refuse_contradicted(case: Case, answer: str) -> Refusal | None:
    """What was reported again after the disposal speaks against it: nobody passes that over in silence."""
    if not case.contradicted_by or not says_nothing(answer):
        return None
    newest = ", ".join(f"{report.source.value}/{report.source_no}" for report in case.contradicted_by[-3:])
    return Refusal(
        "later_report_unanswered", "answer", f"what was found of {newest}; or not passed, not solved"
    )


def _was_tried_enough(rules: Rules, case: Case, at: datetime) -> bool:
    """Whether, with this call, nobody was reached as often and on as many days as the policy asks for."""
    day_is_new = case.missed_at is None or day_of(case.missed_at) != day_of(at)
    policy = rules.policy
    return (
        case.failed_calls + 1 >= policy.failed_calls_max
        and case.failed_days + day_is_new >= policy.failed_calls_days
    )


def call_due(case: Case, breached: ClockKind | None) -> tuple[CaseEvent, ...]:
    """The promised time is over and the case is not done: its callers are called back now, not only after disposal."""
    if breached not in _PROMISED or case.call_due or case.stage is Stage.AWAITING_CALLBACK:
        return ()
    if not wants_call_back(case):
        return ()
    return (CallBackDue(case_id=case.case_id),)


_PROMISED: Final = (ClockKind.DISPOSE, ClockKind.JOINT)


def close(rules: Rules, case: Case, outcome: CaseOutcome, at: datetime) -> tuple[CaseEvent, ...]:
    """The case is closed, and its snapshot goes after the days the policy keeps it."""
    closed = CaseClosed(case_id=case.case_id, at=at, outcome=outcome)
    return (closed, retire_later(rules, case.case_id, at))


def retire_later(rules: Rules, case_id: str, at: datetime) -> TimerArmed:
    """The snapshot stays as many days more as the policy keeps a closed case."""
    due_at = at + timedelta(days=rules.policy.retire_days)
    return TimerArmed(case_id=case_id, timer=Timer(kind=TimerKind.RETIRE, due_at=due_at))


def _is_self_disposed(case: Case) -> bool:
    return case.task is not None and case.task.team is None
