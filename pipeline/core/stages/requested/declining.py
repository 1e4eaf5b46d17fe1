"""不予受理 and 退回: an order that is not for the street to handle. One person asks for it, with a reason of the rules; another decides.

before anybody has arrived ─► decline ─► asked ─┬─ by the centre's head ─► declined    the citizen is told why, and where to turn
                                                └─ by the hotline ───────► sent back   it has its order again
"""

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.rules.declines import DeclineGround
from pipeline.core.rules.refusals import Refusal
from pipeline.core.stages import feedback
from pipeline.core.stages.requested import request_filing
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import local_text
from schemas.inputs.action import Decline
from schemas.journal.joint_events import CaseDeclined, CaseSentBack
from schemas.state.case import Request
from schemas.values.request_terms import DeclineReason
from schemas.values.terms import RequestKind


def decide_decline(context: DecisionContext, action: Decline) -> Decided:
    """Asked for with a ground of the rules; the words for the citizen are those of the rules, unless others are given."""
    ground = context.rules.declines.grounds.get(action.reason)
    if ground is None:
        allowed = ", ".join(context.rules.declines.grounds)
        return Refusal("reason_not_allowed", "reason", allowed)
    kind = RequestKind.SENDING_BACK if ground.goes_back else RequestKind.DECLINE
    return (
        request_filing.refuse_second(context.case, kind)
        or _refuse(context, ground, has_earlier=action.earlier is not None)
        or request_filing.file(
            context,
            action,
            kind,
            action.reason.value,
            answer=action.answer or ground.answer_zh,
            earlier=action.earlier,
        )
    )


def declined(context: DecisionContext, request: Request, by: str) -> Decided:
    """The second person agrees: the case is over, and its reporters get the words."""
    return _left(context, CaseDeclined, request, by)


def sent_back(context: DecisionContext, request: Request, by: str) -> Decided:
    """The hotline agrees, and has its order again."""
    return _left(context, CaseSentBack, request, by)


def _left(
    context: DecisionContext, event: type[CaseDeclined | CaseSentBack], request: Request, by: str
) -> Decided:
    rules, _, _, case, at, _ = context
    reason = DeclineReason(request.reason)
    over = event(case_id=case.case_id, at=at, by=by, reason=reason, answer=request.answer)
    return (over, feedback.retire_later(rules, case.case_id, at))


def _refuse(context: DecisionContext, ground: DeclineGround, *, has_earlier: bool) -> Refusal | None:
    rules, case = context.rules, context.case
    orders = [report for report in case.reports if report.source in rules.declines.sources]
    if not orders:
        return Refusal("no_order", "action", "void it, or transfer it: no hotline has ordered it")
    if ground.needs_earlier and not has_earlier:
        return Refusal("earlier_missing", "earlier", "the number of the order that it repeats")
    if ground.goes_back:
        latest = clock_arithmetic.after(rules.calendar, orders[0].at, rules.declines.send_back_within).at
        if context.at > latest:
            return Refusal(
                "send_back_too_late", "action", f"until {local_text(latest)}; terminate it instead"
            )
    return None
