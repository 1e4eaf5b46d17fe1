"""How a case comes to be filed or not, and how it leaves the street other than by being closed; and how it comes back."""

from datetime import datetime
from typing import NamedTuple

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.clocks import running_clocks
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules, Street
from pipeline.core.stages import correcting, dispatch, feedback
from pipeline.core.stages.requested import request_filing
from schemas.inputs.action import Check, OrderCheck, Reopen, Terminate, Transfer, Void
from schemas.journal.events import CaseAccepted, CaseEvent, CaseReopened, CaseSelfDisposed
from schemas.journal.joint_events import (
    CaseChecked,
    CaseRejected,
    CaseTerminated,
    CaseTransferred,
    CaseUnderCheck,
    CaseVoided,
)
from schemas.state.case import Case, Facts, Request
from schemas.values.terms import RequestKind, VoidReason


def decide_check(context: DecisionContext, action: Check) -> Decided:
    """What was reported is there: filed and dispatched. It is not: rejected, with a reason from the closed list."""
    rules, street, _, case, at, _ = context
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


def decide_order_check(context: DecisionContext, action: OrderCheck) -> Decided:
    """The order is doubtful: no team goes before somebody has looked. Once for a case, while nobody has signed for it."""
    rules, case = context.rules, context.case
    if not any(report.source in rules.declines.sources for report in case.reports):
        return Refusal("no_order", "action", "void it, or transfer it: no hotline has ordered it")
    if case.check_ordered:
        return Refusal("checked_already", "action", "handle it, or void it")
    return (CaseUnderCheck(case_id=case.case_id, by=action.actor.id, note=action.note),)


class TakenUp(NamedTuple):
    """The events by which a case goes on; by when it is to be handled, and by whom, where somebody is sent."""

    events: tuple[CaseEvent, ...]
    due_at: datetime | None = None
    team: str | None = None


def taken_up(
    rules: Rules,
    street: Street,
    case_id: str,
    facts: Facts,
    self_disposed_by: str | None,
    at: datetime,
    *,
    is_filed: bool = False,
) -> TakenUp:
    """Where a case leads of which nothing is missing: it is disposed of already, or looked at first, or somebody is sent.

    `is_filed`: another street had filed it.
    """
    accepted = CaseAccepted(case_id=case_id)
    if self_disposed_by is not None:
        return TakenUp((accepted, CaseSelfDisposed(case_id=case_id, by=self_disposed_by, at=at)))
    if facts.source in rules.policy.check_sources and not is_filed:
        return TakenUp((CaseUnderCheck(case_id=case_id),))
    events, team = dispatch.first(rules, street, case_id, facts, at)
    return TakenUp((accepted, *events), running_clocks.promise(rules, facts).at, team)


def filed(rules: Rules, street: Street, case: Case, at: datetime) -> tuple[CaseEvent, ...]:
    """受理 and the first dispatch of a case that was under check or assessment."""
    events, _ = dispatch.first(rules, street, case.case_id, case.facts, at)
    return (CaseAccepted(case_id=case.case_id), *events)


def decide_void(context: DecisionContext, action: Void) -> Decided:
    """Requested by one person, decided by another."""
    return request_filing.file_once(context, action, RequestKind.VOID, action.reason.value)


def voided(context: DecisionContext, request: Request, by: str) -> Decided:
    """The second person agrees; meanwhile nobody has arrived."""
    rules, _, _, case, at, _ = context
    if not STAGE_TABLE[case.stage].may_be_voided:
        return Refusal("void_after_arrival", "action", "handle it, or transfer it")
    void = CaseVoided(case_id=case.case_id, at=at, by=by, reason=VoidReason(request.reason))
    return (void, feedback.retire_later(rules, case.case_id, at))


def decide_transfer(context: DecisionContext, action: Transfer) -> Decided:
    """Another organ has taken it and says so by its receipt; without one the case stays here."""
    rules, _, _, case, at, _ = context
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
    return correcting.refuse_unsettled(context.case) or request_filing.file_once(
        context, action, RequestKind.TERMINATION, "termination", paper=action.paper
    )


def terminated(context: DecisionContext, request: Request, by: str) -> Decided:
    """The hotline agrees: the case is over, and its reporters get the final answer."""
    rules, _, _, case, at, _ = context
    over = CaseTerminated(case_id=case.case_id, at=at, by=by, paper=request.paper or request.by)
    return (over, feedback.retire_later(rules, case.case_id, at))


def decide_reopen(context: DecisionContext, action: Reopen) -> Decided:
    """A closed case is handled again, as often as the policy allows and while its snapshot is kept."""
    rules, _, _, case, at, _ = context
    if case.reopens >= rules.policy.reopens_max:
        return Refusal("reopen_limit", "action", "report anew: the new case is linked as a relapse")
    again = CaseReopened(case_id=case.case_id, by=action.actor.id, note=action.note)
    return (again, *dispatch.reopened(rules, case, at))
