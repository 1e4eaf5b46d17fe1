"""不合理诉求: the call-back post holds that what a caller demands is unreasonable, with evidence; the hotline consents or not.

called, not content ─► asked of the hotline ─┬─ consents ─► closed as unreasonable: no call counts, neither solved nor satisfied
                                             └─ does not ─► the call counts as it was, and the unit goes again
"""

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.stages import feedback
from schemas.journal.events import CallBackRecorded
from schemas.state.case import Request
from schemas.values.answer_terms import UnsolvedCause
from schemas.values.terms import CaseOutcome, RequestKind


def consented(context: DecisionContext, request: Request, by: str) -> Decided:
    """The case is over, and is counted apart; what was reported again meanwhile speaks for the caller, and is looked at first."""
    refusal = feedback.refuse_contradicted(context.case, request.answer)
    return refusal or feedback.close(context.rules, context.case, CaseOutcome.UNREASONABLE, context.at)


def not_consented(context: DecisionContext, request: Request, note: str) -> Decided:
    """The call counts, by whoever made it, as the unit's fault. Of another request nothing follows."""
    if request.kind is not RequestKind.UNREASONABLE:
        return ()
    answer = CallBackRecorded(
        case_id=context.case.case_id,
        by=request.by,
        solved=request.solved is True,
        satisfied=request.satisfied is True,
        note=request.note,
        answer=note,
        cause=UnsolvedCause.UNIT,
    )
    return feedback.after_call(context, answer)
