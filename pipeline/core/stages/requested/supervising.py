"""挂牌督办 and 疑难工单: what is asked of the district. A case under supervision is over only when the supervisor agrees.

worked on ─► supervise ──► asked ─► by the district ─► supervised ─► disposed ─► end_supervision ─► verified, closed
          └► raise_hard ─► asked ─► by the district ─► hard: more time, as the policy says
"""

from collections.abc import Iterable
from typing import Final, get_args

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.clocks import running_clocks
from pipeline.core.rules.refusals import Refusal
from pipeline.core.stages.requested import request_filing
from pipeline.core.worktime.policy import span_of
from schemas.inputs.supervision_actions import EndSupervision, RaiseHard, Supervise
from schemas.journal.clock_events import CaseExtended, ClocksChanged
from schemas.journal.events import CaseClosed, CaseEvent, VerificationPassed
from schemas.journal.joint_events import Leaving
from schemas.journal.merge_events import CaseMerged
from schemas.journal.supervision_events import CaseFoundHard, CaseSupervised, SupervisionEnded
from schemas.state.case import Case, Request
from schemas.state.supervision import HardCase, Supervision
from schemas.values.request_terms import HardReason, SupervisionReason
from schemas.values.terms import ClockKind, ExtensionReason, RequestKind

_ENDING: Final = (VerificationPassed, CaseClosed, CaseMerged, *get_args(Leaving))
"""What ends a case, or leads it to where nothing but a call is left."""


def decide_supervise(context: DecisionContext, action: Supervise) -> Decided:
    """Asked of the district; a case is under one supervision at a time."""
    if context.case.supervision is not None:
        return Refusal("supervised_already", "action", "it is under supervision")
    return request_filing.file_once(context, action, RequestKind.SUPERVISION, action.reason.value)


def supervised(context: DecisionContext, request: Request, by: str) -> Decided:
    """The district agrees."""
    reason = SupervisionReason(request.reason)
    supervision = Supervision(reason=reason, since=context.at, by=by)
    return (CaseSupervised(case_id=context.case.case_id, supervision=supervision),)


def decide_end(context: DecisionContext, action: EndSupervision) -> Decided:
    """The supervisor agrees that the case may be over."""
    if context.case.supervision is None:
        return Refusal("not_supervised", "action", "a case under supervision")
    return (
        SupervisionEnded(case_id=context.case.case_id, at=context.at, by=action.actor.id, note=action.note),
    )


def decide_raise(context: DecisionContext, action: RaiseHard) -> Decided:
    """Asked of the district, once for a case; the team holds it meanwhile, and every clock runs."""
    if context.case.hard_case is not None:
        return Refusal("hard_already", "action", "the district has said so already")
    return request_filing.file_once(context, action, RequestKind.HARD_CASE, action.reason.value)


def found_hard(context: DecisionContext, request: Request, by: str) -> Decided:
    """The district agrees: a handling that is not late yet has the policy's time more, but none past the hotline's own deadline."""
    rules, case, at = context.rules, context.case, context.at
    clock = running_clocks.clock_of(case, ClockKind.DISPOSE)
    more = rules.policy.hard_case_more
    if clock is None or clock.stopped_at is not None or at >= clock.due_at:
        more = None
    hard = HardCase(reason=HardReason(request.reason), at=at, by=by, more=more)
    found = CaseFoundHard(case_id=case.case_id, hard_case=hard)
    if more is None:
        return (found,)
    reason = ExtensionReason.COMPLEX
    changes = running_clocks.extended(rules, case, span_of(more), reason.value, at)
    return (
        found,
        CaseExtended(case_id=case.case_id, at=at, by=by, more=more, reason=reason),
        ClocksChanged(case_id=case.case_id, changes=changes),
    )


def refuse_ending(case: Case, events: Iterable[CaseEvent]) -> Refusal | None:
    """Why what was decided is not done: it would end a case under supervision."""
    if case.supervision is None:
        return None
    if not any(isinstance(event, _ENDING) and event.case_id == case.case_id for event in events):
        return None
    return Refusal("under_supervision", "action", "the district ends its supervision first")
