"""How it becomes known what a case is about and where, in its snapshot; part of `case.evolve`."""

from msgspec.structs import replace

from schemas.journal import assessment_events
from schemas.state.assessment import Assessment
from schemas.state.case import Case
from schemas.values.terms import CaseOutcome, MissingFact, Stage


def under_assessment(case: Case, event: assessment_events.CaseUnderAssessment, stage: Stage) -> Case:
    """Somebody is to say what is missing; one that was answered is open again."""
    asked = Assessment(missing=event.missing, self_disposed_by=event.self_disposed_by)
    return replace(case, stage=stage, assessment=asked, outcome=None, closed_at=None, timers=())


def recognised(case: Case, event: assessment_events.CaseRecognised, _: Stage) -> Case:
    """Its matter is known, and with it how severe it is."""
    facts = replace(case.facts, matter=event.matter, severity=event.severity)
    return replace(case, facts=facts, assessment=_without(case, MissingFact.MATTER))


def located(case: Case, event: assessment_events.CaseLocated, _: Stage) -> Case:
    """Its place is known."""
    facts = replace(case.facts, place=event.place)
    return replace(case, facts=facts, assessment=_without(case, MissingFact.PLACE))


def answered(case: Case, event: assessment_events.CaseAnswered, stage: Stage) -> Case:
    """It is nothing to enforce, and over."""
    by = case.assessment.self_disposed_by if case.assessment else None
    return replace(
        case,
        stage=stage,
        assessment=Assessment(answer=event.answer, self_disposed_by=by),
        outcome=CaseOutcome.ANSWERED,
        closed_at=event.at,
        timers=(),
        request=None,
        further_requests=(),
    )


def _without(case: Case, known: MissingFact) -> Assessment | None:
    asked = case.assessment
    if asked is None:
        return None
    left = tuple(missing for missing in asked.missing if missing is not known)
    return replace(asked, missing=left) if left or asked.self_disposed_by else None
