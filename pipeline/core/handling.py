"""处置: arriving on site and proving what was done."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pipeline.core import joint
from pipeline.core.grid import distance_m, to_wgs84
from pipeline.core.privacy import scrub
from pipeline.core.refusals import Refusal
from pipeline.core.rules import Matter, Rules
from schemas import limits
from schemas.action import Arrive, Dispose
from schemas.case import Case
from schemas.events import CaseArrived, CaseDisposed, CaseEvent
from schemas.evidence import Evidence
from schemas.terms import EvidenceKind, Stage


def decide_arrive(rules: Rules, case: Case, action: Arrive, at: datetime) -> tuple[CaseEvent, ...] | Refusal:
    """At least two officers are on site."""
    officers = tuple(dict.fromkeys(action.officers))
    if len(officers) < rules.policy.officers_min:
        return Refusal("too_few_officers", "officers", f"at least {rules.policy.officers_min}")
    refusal = _too_far(rules, case, action)
    if refusal:
        return refusal
    arrived = CaseArrived(
        case_id=case.case_id, at=at, by=action.actor.id, officers=officers, point=action.point
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
    matter = rules.matters[case.facts.matter]
    refusal = (
        (joint.barrier(case) if case.stage is Stage.JOINT_IN_PROGRESS else None)
        or examine_evidence(rules, case, action.evidence, at)
        or _missing(matter, case, action.evidence)
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


def examine_evidence(rules: Rules, case: Case, items: tuple[Evidence, ...], at: datetime) -> Refusal | None:
    """Refuse items older than the case or from the future, and an after photo that is not later than the before photo."""
    latest = at + timedelta(seconds=rules.policy.future_skew_s)
    earliest = min(case.facts.reported_at, case.facts.occurred_at or case.facts.reported_at)
    for number, item in enumerate(items):
        if max(item.taken_at, item.ended_at or item.taken_at) > latest:
            return Refusal("evidence_in_future", f"evidence.{number}.taken_at", "not after now")
        if item.taken_at < earliest and item.kind is not EvidenceKind.DOCUMENT:
            return Refusal(
                "evidence_predates_case", f"evidence.{number}.taken_at", f"from {earliest:%Y-%m-%dT%H:%MZ} on"
            )
    befores = _times((*case.evidence, *items), EvidenceKind.PHOTO_BEFORE)
    afters = _times(items, EvidenceKind.PHOTO_AFTER)
    if befores and afters and max(afters) <= min(befores):
        return Refusal("after_photo_not_later", "evidence", "an after photo later than the before photo")
    return None


def _missing(matter: Matter, case: Case, items: tuple[Evidence, ...]) -> Refusal | None:
    there = {item.kind for item in (*case.evidence, *items)}
    # each leg is proved anew: an after photo from before a rework proves nothing
    if case.reworks or case.reopens:
        there = {item.kind for item in items} | (there - {EvidenceKind.PHOTO_AFTER})
    missing = [kind.value for kind in matter.evidence_required if kind not in there]
    return Refusal("evidence_missing", "evidence", ", ".join(missing)) if missing else None


def _times(items: Iterable[Evidence], kind: EvidenceKind) -> list[datetime]:
    return [item.taken_at for item in items if item.kind is kind]
