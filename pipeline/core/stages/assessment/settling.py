"""研判, 定位: a person says what is missing. When nothing is missing any more, the case goes on as one that came complete.

under assessment ─┬─ recognise: a matter ─┐
                  ├─ locate ──────────────┴─► nothing missing ─► joins an open case of the same · is checked · is verified · is dispatched
                  └─ recognise: a kind that is no enforcement ─► answered directly
answered directly ─── recognise: a matter after all ─► as above
"""

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.transitions import evolve
from pipeline.core.locate.locating import Located
from pipeline.core.locate.secret_place import coarse_place
from pipeline.core.rules.address_key import is_no_address
from pipeline.core.rules.grid import is_no_point, to_wgs84
from pipeline.core.rules.redaction import without_personal_data
from pipeline.core.rules.refusals import Refusal
from pipeline.core.stages import filing_and_closing, merging
from pipeline.core.stages.assessment import assessing
from pipeline.core.stages.assessment.recognition import answer_of, severity_of
from pipeline.core.stages.requested import request_filing
from schemas.inputs.action import Locate, Recognise
from schemas.inputs.move_actions import Move
from schemas.journal.assessment_events import CaseLocated, CaseRecognised, CaseUnderAssessment
from schemas.journal.events import CaseEvent
from schemas.state.case import Case
from schemas.values.place import Place
from schemas.values.terms import MissingFact, Stage


def decide_recognise(context: DecisionContext, action: Recognise) -> Decided:
    """It is about this matter; or about nothing to enforce, and is answered directly."""
    if (action.matter is None) is (action.kind is None):
        return Refusal("matter_or_kind", "matter", "either a matter, or a kind that is no enforcement")
    if action.kind is not None:
        return _turned_away(context, action, action.kind)
    rules, _, _, case, at, _ = context
    matter = rules.matters.get(action.matter or "")
    if matter is None:
        return Refusal(
            "unknown_matter", "matter", f"one of {len(rules.matters)} matters, see rules/matters.yaml"
        )
    again = _opened_again(context)
    if not again and MissingFact.MATTER not in missing_of(case):
        return Refusal("nothing_missing", "matter", "a case of which nobody knows the matter")
    known = CaseRecognised(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        matter=matter.code,
        severity=severity_of(rules, matter, case.facts.urgency),
        note=action.note,
    )
    return settled(context, (*again, known), action.actor.id)


def decide_locate(context: DecisionContext, action: Locate) -> Decided:
    """It is there."""
    case = context.case
    if MissingFact.PLACE not in missing_of(case):
        return Refusal("nothing_missing", "place", "a case of which nobody knows the place")
    place = place_of(context, action)
    if isinstance(place, Refusal):
        return place
    known = CaseLocated(
        case_id=case.case_id, at=context.at, by=action.actor.id, place=place, note=action.note
    )
    return settled(context, (known,), action.actor.id)


def missing_of(case: Case) -> tuple[MissingFact, ...]:
    """What somebody is still to say."""
    return case.assessment.missing if case.assessment else ()


def _turned_away(context: DecisionContext, action: Recognise, kind: str) -> Decided:
    rules, case = context.rules, context.case
    kinds = rules.recognition.kinds if rules.recognition else {}
    if rules.recognition is None or kind not in kinds:
        return Refusal("unknown_kind", "kind", ", ".join(kinds))
    if case.stage is Stage.ANSWERED:
        return Refusal("nothing_missing", "kind", "a matter, if it is one after all")
    answer = answer_of(rules.recognition, kind)
    return assessing.answered(rules, case.case_id, answer, context.at, action.actor.id, action.note)


def _opened_again(context: DecisionContext) -> tuple[CaseEvent, ...]:
    """Of a case that was answered directly: that was wrong, and what is missing of it is asked for again."""
    case = context.case
    if case.stage is not Stage.ANSWERED:
        return ()
    place = case.facts.place
    missing = (MissingFact.MATTER,) if place.address or place.grid or place.point else tuple(MissingFact)
    by = case.assessment.self_disposed_by if case.assessment else None
    return (CaseUnderAssessment(case_id=case.case_id, at=context.at, missing=missing, self_disposed_by=by),)


def settled(context: DecisionContext, known: tuple[CaseEvent, ...], by: str) -> tuple[CaseEvent, ...]:
    """What is known now, and where that leads."""
    rules, street, cases, case, at, _ = context
    for event in known:
        case = evolve(case, event)
    if missing_of(case):
        return known
    self_disposed_by = case.assessment.self_disposed_by if case.assessment else None
    found = cases.same_as(case, at)
    if found.same is not None:
        host = cases[found.same.case_id]
        return (*known, *merging.merged_into(context._replace(case=case), host, by, ""))
    taken_up = filing_and_closing.taken_up(rules, street, case.case_id, case.facts, self_disposed_by, at)
    suspect = None if self_disposed_by else found.suspect
    return (*known, *taken_up.events, *request_filing.suspected(case.case_id, suspect, at))


def place_of(context: DecisionContext, action: Locate | Move) -> Place | Refusal:
    """The place in the street of the context, with its grid, free of personal data."""
    street, grid, point = context.street, action.grid, action.point
    address = action.address or ""
    if address and is_no_address(address, context.rules.policy.address):
        return Refusal("place_missing", "address", "an address, a grid or a point")
    if grid is not None and not street.grids.contains(grid):
        return Refusal("grid_not_in_street", "grid", f"a grid of street {street.code}")
    if point is not None:
        grid_there = (
            None
            if is_no_point(point.lon, point.lat)
            else street.grids.grid_at(*to_wgs84(point.lon, point.lat, point.crs))
        )
        if grid_there is None:
            return Refusal("place_outside_street", "point", f"a point in street {street.code}")
        grid = grid or grid_there
    if grid is None and address:
        found = context.rules.locator.locate(address, street.code)
        grid = found.place.grid if isinstance(found, Located) else None
    place = Place(address=address or context.case.facts.place.address, grid=grid, point=point)
    if grid is None and not address:
        return Refusal("place_missing", "place", "an address, a grid or a point")
    place = without_personal_data(place)
    return coarse_place(place) if context.case.facts.secret else place
