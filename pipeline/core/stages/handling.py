"""处置: arriving on site and proving what was done."""

from datetime import datetime

from pipeline.core.case.evidence_checks import examine_evidence, examine_proof
from pipeline.core.rules.grid import distance_m, to_wgs84
from pipeline.core.rules.redaction import scrub
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules
from pipeline.core.stages import joint
from schemas import limits
from schemas.inputs.action import Arrive, Dispose
from schemas.journal.events import CaseArrived, CaseDisposed, CaseEvent
from schemas.state.case import Case
from schemas.values.terms import Stage


def decide_arrive(rules: Rules, case: Case, action: Arrive, at: datetime) -> tuple[CaseEvent, ...] | Refusal:
    """At least two officers are on site."""
    officers = tuple(dict.fromkeys(action.officers))
    if len(officers) < rules.policy.officers_min:
        return Refusal("too_few_officers", "officers", f"at least {rules.policy.officers_min}")
    refusal = _too_far(rules, case, action)
    if refusal:
        return refusal
    arrived = CaseArrived(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        officers=officers,
        point=action.point,
        acted_at=action.acted_at,
    )
    return (arrived,)


def _too_far(rules: Rules, case: Case, action: Arrive) -> Refusal | None:
    """Where both say where they are, the officers are near the place of the case."""
    there, here = case.facts.place.point, action.point
    if there is None or here is None:
        return None
    apart = distance_m(to_wgs84(there.lon, there.lat, there.crs), to_wgs84(here.lon, here.lat, here.crs))
    if apart <= rules.policy.arrive_distance_m:
        return None
    return Refusal(
        "not_on_site", "point", f"within {rules.policy.arrive_distance_m} m; it is {apart:.0f} m away"
    )


def decide_dispose(
    rules: Rules, case: Case, action: Dispose, at: datetime
) -> tuple[CaseEvent, ...] | Refusal:
    """Everything the matter asks for is there, and its times make sense; then somebody else is to verify."""
    refusal = (
        (joint.barrier(case) if case.stage is Stage.JOINT_IN_PROGRESS else None)
        or examine_evidence(rules, case, action.evidence, at)
        or examine_proof(rules, case, action.evidence)
    )
    if refusal:
        return refusal
    disposed = CaseDisposed(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        evidence=action.evidence,
        note=scrub(action.note, limits.NOTE_MAX),
    )
    return (disposed,)
