"""How a case comes to be filed or not, and how it leaves the street other than by being closed; and how it comes back."""

from datetime import datetime

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules, Street
from pipeline.core.stages import dispatch, feedback, request_filing
from schemas.inputs.action import Check, Reopen, Terminate, Transfer, Void
from schemas.journal.events import CaseAccepted, CaseEvent, CaseReopened
from schemas.journal.joint_events import (
    CaseChecked,
    CaseRejected,
    CaseTerminated,
    CaseTransferred,
    CaseVoided,
)
from schemas.state.case import Case, Request
from schemas.values.terms import RequestKind, VoidReason


def decide_check(context: DecisionContext, action: Check) -> Decided:
    """What was reported is there: filed and dispatched. It is not: rejected, with a reason from the closed list."""
    rules, street, _, case, at = context
    checked = CaseChecked(
        case_id=case.case_id,
        by=action.actor.id,
        valid=action.valid,
        note=action.note,
        evidence=action.evidence,
    )
    if action.valid:
        return (checked, *filed(rules, street, case, at))
    if action.reason is None:
        return Refusal("rejection_reason_missing", "reason", "a reason from the list")
    rejected = CaseRejected(case_id=case.case_id, at=at, reason=action.reason)
    return (checked, rejected, feedback.retire_later(rules, case.case_id, at))


def filed(rules: Rules, street: Street, case: Case, at: datetime) -> tuple[CaseEvent, ...]:
    """受理 and the first dispatch of a case that was under check or assessment."""
    events, _ = dispatch.first(rules, street, case.case_id, case.facts, at)
    return (CaseAccepted(case_id=case.case_id), *events)


def decide_void(context: DecisionContext, action: Void) -> Decided:
    """Requested by one person, decided by another."""
    return request_filing.refuse_second(context.case, RequestKind.VOID) or request_filing.file(
        context, action, RequestKind.VOID, action.reason.value
    )


def voided(context: DecisionContext, request: Request, by: str) -> Decided:
    """The second person agrees; meanwhile nobody has arrived."""
    rules, _, _, case, at = context
    if not STAGE_TABLE[case.stage].may_be_voided:
        return Refusal("void_after_arrival", "action", "handle it, or transfer it")
    void = CaseVoided(case_id=case.case_id, at=at, by=by, reason=VoidReason(request.reason))
    return (void, feedback.retire_later(rules, case.case_id, at))


def decide_transfer(context: DecisionContext, action: Transfer) -> Decided:
    """Another organ has taken it and says so by its receipt; without one the case stays here."""
    rules, _, _, case, at = context
    gone = CaseTransferred(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        to=action.to,
        receipt=action.receipt,
        note=action.note,
    )
    return (gone, feedback.retire_later(rules, case.case_id, at))


def decide_terminate(context: DecisionContext, action: Terminate) -> Decided:
    """Requested in writing; the hotline reviews it, and until then the case is handled."""
    return request_filing.refuse_second(context.case, RequestKind.TERMINATION) or request_filing.file(
        context, action, RequestKind.TERMINATION, "termination", paper=action.paper
    )


def terminated(context: DecisionContext, request: Request, by: str) -> Decided:
    """The hotline agrees: the case is over, and its reporters get the final answer."""
    rules, _, _, case, at = context
    over = CaseTerminated(case_id=case.case_id, at=at, by=by, paper=request.paper or request.by)
    return (over, feedback.retire_later(rules, case.case_id, at))


def decide_reopen(context: DecisionContext, action: Reopen) -> Decided:
    """A closed case is handled again, as often as the policy allows and while its snapshot is kept."""
    rules, _, _, case, at = context
    if case.reopens >= rules.policy.reopens_max:
        return Refusal("reopen_limit", "action", "report anew: the new case is linked as a relapse")
    again = CaseReopened(case_id=case.case_id, by=action.actor.id, note=action.note)
    return (again, *dispatch.reopened(rules, case, at))
