"""How it becomes known what a case is about and where, where the report did not say it plainly; part of `schemas.journal.events`."""

from schemas.journal.journal_event import JournalEvent
from schemas.state.assessment import MissingFacts
from schemas.values.place import Place
from schemas.values.recognised_text import DirectAnswer
from schemas.values.terms import Severity
from schemas.values.text import CaseId, Identifier, Instant, MatterCode, Note


class CaseUnderAssessment(JournalEvent, frozen=True, kw_only=True, tag="case_under_assessment.v1"):
    """待研判: nobody is sent before somebody says what is missing. `self_disposed_by`: the patrol that dealt with it on the spot.

    Of a case that was answered directly it says that the answer was wrong: the case is open again.
    """

    case_id: CaseId
    at: Instant
    missing: MissingFacts
    self_disposed_by: Identifier | None = None


class CaseRecognised(JournalEvent, frozen=True, kw_only=True, tag="case_recognised.v1"):
    """研判: somebody says what it is about."""

    case_id: CaseId
    at: Instant
    by: Identifier
    matter: MatterCode
    severity: Severity
    note: Note = ""


class CaseLocated(JournalEvent, frozen=True, kw_only=True, tag="case_located.v1"):
    """定位: somebody says where it is."""

    case_id: CaseId
    at: Instant
    by: Identifier
    place: Place
    note: Note = ""


class CaseAnswered(JournalEvent, frozen=True, kw_only=True, tag="case_answered.v1"):
    """直接答复: nothing to enforce; over, with the answer that its reporter is given. `by`: who says so; None for the rules."""

    case_id: CaseId
    at: Instant
    answer: DirectAnswer
    by: Identifier | None = None
    note: Note = ""


AssessmentEvent = CaseUnderAssessment | CaseRecognised | CaseLocated | CaseAnswered
