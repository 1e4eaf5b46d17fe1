"""What happens to the clocks of a case, and what a team may ask of them; part of `schemas.journal.events`."""

from typing import Annotated

from schemas import limits
from schemas.inputs.action_base import EvidenceList
from schemas.journal.journal_event import JournalEvent
from schemas.state.case import Clock, Request, Suspension, Timer
from schemas.state.penalty import PenaltyFacts
from schemas.values.bounds import at_most, between
from schemas.values.order_number import OrderNumber
from schemas.values.penalty_terms import MeasureKind, MeasureStep
from schemas.values.terms import ClockEvent, ExtensionReason, LapseReason, PenaltyStep, RequestKind, Source
from schemas.values.text import CaseId, Code, Identifier, Instant, LimitText, Note
from schemas.wire.contract import Contract


class CaseAsked(JournalEvent, frozen=True, kw_only=True, tag="case_asked.v1"):
    """Somebody asks for what somebody else decides. Nothing stops before it is granted; the clock of its decision runs.

    `evidence`: what shows that it is so, of an unreasonable demand.
    """

    case_id: CaseId
    request: Request
    evidence: EvidenceList = ()


class RequestDecided(JournalEvent, frozen=True, kw_only=True, tag="request_decided.v1"):
    """What was asked for is granted or not. The event of what was granted follows where it is. `source_no`: the report that asked.

    `team`: the unit that appealed, which may not be the one that has the case.
    """

    case_id: CaseId
    kind: RequestKind
    by: Identifier
    granted: bool
    note: Note = ""
    source: Source | None = None
    source_no: OrderNumber | None = None
    team: Identifier | None = None


class RequestLapsed(JournalEvent, frozen=True, kw_only=True, tag="request_lapsed.v1"):
    """Nobody decided what was asked for, and nobody can any more. `by` asked for it, for `team`."""

    case_id: CaseId
    kind: RequestKind
    by: Identifier
    team: Identifier | None
    asked_at: Instant
    at: Instant
    why: LapseReason
    source: Source | None = None
    source_no: OrderNumber | None = None


class CaseSuspended(JournalEvent, frozen=True, kw_only=True, tag="case_suspended.v1"):
    """挂账: the clocks that the policy lets stand, stand until the case is resumed, at `until` by itself."""

    case_id: CaseId
    suspension: Suspension


class CaseResumed(JournalEvent, frozen=True, kw_only=True, tag="case_resumed.v1"):
    """The case goes on where it rested; by nobody when its suspension ran out."""

    case_id: CaseId
    at: Instant
    by: Identifier | None


class CaseExtended(JournalEvent, frozen=True, kw_only=True, tag="case_extended.v1"):
    """延期: the deadline of its handling moves, once. `hotline_due_at`: the hotline granted it, and this is its own deadline now."""

    case_id: CaseId
    at: Instant
    by: Identifier
    more: LimitText
    reason: ExtensionReason
    hotline_due_at: Instant | None = None


class StageReached(JournalEvent, frozen=True, kw_only=True, tag="stage_reached.v1"):
    """A stage of the matter is done, such as the work stopped or the penalty filed."""

    case_id: CaseId
    name: Code
    by: Identifier
    evidence: EvidenceList = ()


class PenaltyMoved(JournalEvent, frozen=True, kw_only=True, tag="penalty_moved.v1"):
    """The penalty procedure has come a step further; the case stays where it is."""

    case_id: CaseId
    at: Instant
    by: Identifier
    step: PenaltyStep
    facts: PenaltyFacts | None = None
    evidence: EvidenceList = ()
    note: Note = ""


class MeasureMoved(JournalEvent, frozen=True, kw_only=True, tag="measure_moved.v1"):
    """A measure beside the penalty procedure has come a step further; by nobody when the time for testing ran out."""

    case_id: CaseId
    at: Instant
    by: Identifier | None
    measure_kind: MeasureKind
    step: MeasureStep
    facts: PenaltyFacts | None = None
    evidence: EvidenceList = ()
    note: Note = ""


class ClockChange(Contract, frozen=True, kw_only=True):
    """A clock as it is now, and what became of it."""

    change: ClockEvent
    clock: Clock


class ClocksChanged(JournalEvent, frozen=True, kw_only=True, tag="clocks_changed.v1"):
    """What the moves of this entry, or the rules, did to the clocks of the case."""

    case_id: CaseId
    changes: Annotated[tuple[ClockChange, ...], *at_most(limits.CLOCKS_PER_ENTRY_MAX, least=1)]


class TimerArmed(JournalEvent, frozen=True, kw_only=True, tag="timer_armed.v1"):
    """A timer of the case that belongs to no clock."""

    case_id: CaseId
    timer: Timer


class TimerFired(JournalEvent, frozen=True, kw_only=True, tag="timer_fired.v1"):
    """A timer was due; `late_s` seconds before the worker came to it."""

    case_id: CaseId
    timer: Timer
    late_s: Annotated[int, *between(0)]
