"""考核申诉: the unit against which something was counted asks that it be counted no longer; the centre decides, mostly when the case is over.

counted against a unit ─► appeal, with reason and evidence, within days ─► asked of the centre ─┬─ granted ─► lifted: 不纳入考核
                                                                                              └─ denied ──► it stands, once for all
"""

from msgspec.structs import replace

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.rules.identity import person, persons
from pipeline.core.rules.refusals import Refusal
from pipeline.core.stages.requested import request_filing
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import local_text
from schemas.inputs.action_base import Actor
from schemas.inputs.supervision_actions import Appeal
from schemas.journal.supervision_events import DemeritLifted
from schemas.state.case import Case, Request
from schemas.state.demerit import Demerit
from schemas.values.placeholders import says_nothing
from schemas.values.terms import RequestKind, Role


def decide_appeal(context: DecisionContext, action: Appeal) -> Decided:
    """Asked for by the unit that it was counted against, once, within the policy's days after the case is over."""
    case = context.case
    if not action.evidence or says_nothing(action.note):
        return Refusal("appeal_unproven", "note" if action.evidence else "evidence", "what shows it, and why")
    demerit = _meant(context, action)
    if isinstance(demerit, Refusal):
        return demerit
    refusal = _refuse_late(context, demerit) or request_filing.refuse_second(case, RequestKind.APPEAL)
    if refusal:
        return refusal
    (asked,) = request_filing.file(context, action, RequestKind.APPEAL, action.reason.value, demerit=demerit)
    return (replace(asked, evidence=action.evidence),)


def lifted(context: DecisionContext, request: Request, by: str) -> Decided:
    """The centre agrees: from now on it is not counted."""
    if request.demerit is None:
        raise LookupError(f"{context.case.case_id}: an appeal against nothing")
    return (DemeritLifted(case_id=context.case.case_id, at=context.at, by=by, demerit=request.demerit),)


def refuse_decider(case: Case, request: Request, actor: Actor) -> Refusal | None:
    """Nobody of the unit decides its appeal, nor who had a part in the case."""
    handlers = persons(case.task.handlers) if case.task else frozenset()
    if request.demerit is None or (actor.team != request.team and person(actor.id) not in handlers):
        return None
    return Refusal("appeal_by_own_unit", "actor.id", "somebody of the centre who had no part in the case")


def _meant(context: DecisionContext, action: Appeal) -> Demerit | Refusal:
    """The newest of the kind that is counted against this unit and was not decided on."""
    case, actor = context.case, action.actor
    is_department = actor.role is Role.DEPARTMENT
    own = [
        demerit
        for demerit in case.demerits
        if demerit.team == actor.team and is_department == (demerit.team in context.rules.departments)
    ]
    team = case.task.team if case.task else None
    if not own and (actor.team != team or is_department != (team in context.rules.departments)):
        return Refusal("not_your_task", "actor.team", team or "nobody holds it", team)
    of_kind = [demerit for demerit in own if demerit.kind is action.demerit]
    if not of_kind:
        kinds = ", ".join(sorted({demerit.kind.value for demerit in own}))
        return Refusal("nothing_counted", "demerit", kinds or "what is counted against this unit")
    undecided = [demerit for demerit in of_kind if demerit.lifted is None]
    return undecided[-1] if undecided else Refusal("appeal_decided", "demerit", "it is decided once")


def _refuse_late(context: DecisionContext, demerit: Demerit) -> Refusal | None:
    closed_at = context.case.closed_at
    if closed_at is None:
        return None
    within = context.rules.policy.appeal_within
    latest = clock_arithmetic.after(context.rules.calendar, max(closed_at, demerit.at), within).at
    return (
        Refusal("appeal_too_late", "action", f"until {local_text(latest)}") if context.at > latest else None
    )
