"""处置: arriving on site and proving what was done."""

from msgspec.structs import replace

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.evidence_checks import examine_evidence, examine_proof
from pipeline.core.rules.grid import distance_m, is_no_point, to_wgs84
from pipeline.core.rules.identity import person
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.rules.rules import Rules
from pipeline.core.stages import correcting, joint
from schemas.inputs.action import Arrive, Dispose
from schemas.journal.events import CaseArrived, CaseDisposed
from schemas.state.case import Case
from schemas.values.terms import Stage


def decide_arrive(context: DecisionContext, action: Arrive) -> Decided:
    """Officers are on site, at least as many as the policy asks for."""
    rules, case = context.rules, context.case
    officers = _each_once(action.officers)
    lacking = None
    # who mends what is its own enforces nothing
    is_owner = case.task is not None and case.task.team in rules.departments
    least = 1 if is_owner else rules.policy.officers_min  # 行政处罚法 42
    if len(officers) < least:
        lacking = Refusal("too_few_officers", "officers", f"at least {least}")
    if action.point is not None and is_no_point(action.point.lon, action.point.lat):
        action = replace(action, point=None)  # their device had no fix: they do not say where they are
    refusal = all_of((lacking, _too_far(rules, case, action)))
    if refusal:
        return refusal
    arrived = CaseArrived(
        case_id=case.case_id,
        at=context.at,
        by=action.actor.id,
        officers=officers,
        point=action.point,
        acted_at=action.acted_at,
    )
    return (arrived,)


def _each_once(officers: tuple[str, ...]) -> tuple[str, ...]:
    """Each person under the first number given, in their order."""
    numbers: dict[str, str] = {}
    for officer in officers:
        numbers.setdefault(person(officer), officer)
    return tuple(numbers.values())


def _too_far(rules: Rules, case: Case, action: Arrive) -> Refusal | None:
    """Where both say where they are, the officers are near the place of the case."""
    place, officers = case.facts.place.point, action.point
    if place is None or officers is None or is_no_point(place.lon, place.lat):
        return None
    apart = distance_m(
        to_wgs84(place.lon, place.lat, place.crs), to_wgs84(officers.lon, officers.lat, officers.crs)
    )
    if apart <= rules.policy.arrive_distance_m:
        return None
    return Refusal(
        "not_on_site", "point", f"within {rules.policy.arrive_distance_m} m; it is {apart:.0f} m away"
    )


def decide_dispose(context: DecisionContext, action: Dispose) -> Decided:
    """Everything the matter asks for is there, and its times make sense; then somebody else is to verify."""
    case, at = context.case, context.at
    refusal = all_of(
        (
            joint.barrier(case) if case.stage is Stage.JOINT_IN_PROGRESS else None,
            correcting.refuse_unsettled(case),
            examine_evidence(context, action.evidence),
            examine_proof(context, action.evidence),
        )
    )
    if refusal:
        return refusal
    disposed = CaseDisposed(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        evidence=action.evidence,
        note=action.note,
    )
    return (disposed,)
