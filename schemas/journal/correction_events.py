"""What becomes of an order to correct (责令限期改正): given, extended, inspected, released; part of `schemas.journal.events`."""

from schemas.inputs.action_base import EvidenceList
from schemas.journal.journal_event import JournalEvent
from schemas.state.correction import CorrectionOrder
from schemas.values.penalty_terms import InspectionResult
from schemas.values.text import CaseId, Identifier, Instant, Note


class CorrectionOrdered(JournalEvent, frozen=True, kw_only=True, tag="correction_ordered.v1"):
    """责令限期改正: the party has until then; the case rests as long (`case_suspended`)."""

    case_id: CaseId
    order: CorrectionOrder
    evidence: EvidenceList = ()


class CorrectionExtended(JournalEvent, frozen=True, kw_only=True, tag="correction_extended.v1"):
    """延长改正期限: asked for by the party before it was over, at `at`; the case rests until the new date."""

    case_id: CaseId
    at: Instant
    by: Identifier
    until: Instant
    reason: Note


class CorrectionInspected(JournalEvent, frozen=True, kw_only=True, tag="correction_inspected.v1"):
    """复查: somebody looked again, at `at` by their own record, and it is corrected or not."""

    case_id: CaseId
    at: Instant
    by: Identifier
    result: InspectionResult
    evidence: EvidenceList
    note: Note = ""


class CorrectionReleased(JournalEvent, frozen=True, kw_only=True, tag="correction_released.v1"):
    """A head says why nothing more follows from the order: it is withdrawn, or not obeyed and not pursued."""

    case_id: CaseId
    at: Instant
    by: Identifier
    note: Note


CorrectionEvent = CorrectionOrdered | CorrectionExtended | CorrectionInspected | CorrectionReleased
