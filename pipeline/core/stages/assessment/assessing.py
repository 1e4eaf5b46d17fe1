"""How a report that names no matter, or no place, begins: under assessment (待研判), or answered directly (直接答复)."""

from datetime import datetime

from pipeline.core.rules.rules import Rules
from pipeline.core.stages import feedback
from schemas.journal.assessment_events import CaseAnswered, CaseUnderAssessment
from schemas.journal.events import CaseEvent
from schemas.values.recognised_text import DirectAnswer
from schemas.values.terms import MissingFact


def begun(
    rules: Rules,
    case_id: str,
    missing: tuple[MissingFact, ...],
    answer: DirectAnswer | None,
    self_disposed_by: str | None,
    at: datetime,
) -> tuple[CaseEvent, ...]:
    """It is answered, or the centre is asked for what is missing."""
    if answer is not None:
        return answered(rules, case_id, answer, at)
    return (CaseUnderAssessment(case_id=case_id, at=at, missing=missing, self_disposed_by=self_disposed_by),)


def answered(
    rules: Rules, case_id: str, answer: DirectAnswer, at: datetime, by: str | None = None, note: str = ""
) -> tuple[CaseEvent, ...]:
    """It is nothing to enforce. It is kept as long as a closed case, so that whoever objects is heard."""
    over = CaseAnswered(case_id=case_id, at=at, answer=answer, by=by, note=note)
    return (over, feedback.retire_later(rules, case_id, at))
