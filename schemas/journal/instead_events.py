"""What is done in somebody's stead (代处置, 代履行), and what becomes of its costs; part of `schemas.journal.events`."""

from schemas.inputs.action_base import EvidenceList
from schemas.journal.journal_event import JournalEvent
from schemas.state.instead import DoneInstead
from schemas.values.penalty_terms import CostState
from schemas.values.text import CaseId, Identifier, Instant, Note


class ActedInstead(JournalEvent, frozen=True, kw_only=True, tag="acted_instead.v1"):
    """代处置 or 代履行: it is done, and somebody else bears the costs."""

    case_id: CaseId
    done: DoneInstead
    evidence: EvidenceList = ()


class CostsMoved(JournalEvent, frozen=True, kw_only=True, tag="costs_moved.v1"):
    """The costs of what was done first in somebody's stead, and are not settled, are claimed, recovered or given up."""

    case_id: CaseId
    at: Instant
    by: Identifier
    costs: CostState
    note: Note = ""


InsteadEvent = ActedInstead | CostsMoved
