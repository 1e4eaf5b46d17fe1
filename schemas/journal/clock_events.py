"""What happens to the clocks of a case, and what a team may ask of them; part of `schemas.journal.events`."""

from typing import Annotated, Literal

from pydantic import Field

from schemas import limits
from schemas.inputs.action import EvidenceList
from schemas.state.case import Clock, Request, Suspension, Timer
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import MeasureKind, MeasureStep
from schemas.values.terms import ClockEvent, ExtensionReason, PenaltyStep, RequestKind
from schemas.values.text import CaseId, Code, Identifier, Instant, LimitText, Note
from schemas.wire.contract import contract


@contract
class CaseAsked:
    """A team asks for a suspension or an extension. Nothing stops before it is granted."""

    event: Literal["case_asked.v1"] = "case_asked.v1"
    case_id: CaseId
    request: Request


@contract
class RequestDecided:
    """What a team asked for is granted or not. The extension's or suspension's own event follows where it is."""

    event: Literal["request_decided.v1"] = "request_decided.v1"
    case_id: CaseId
    kind: RequestKind
    by: Identifier
    granted: bool
    note: Note = ""


@contract
class CaseSuspended:
    """挂账: the clocks that the policy lets stand, stand until the case is resumed, at `until` by itself."""

    event: Literal["case_suspended.v1"] = "case_suspended.v1"
    case_id: CaseId
    suspension: Suspension


@contract
class CaseResumed:
    """The case goes on where it rested; by nobody when its suspension ran out."""

    event: Literal["case_resumed.v1"] = "case_resumed.v1"
    case_id: CaseId
    at: Instant
    by: Identifier | None


@contract
class CaseExtended:
    """延期: the deadline of its handling moves, once."""

    event: Literal["case_extended.v1"] = "case_extended.v1"
    case_id: CaseId
    at: Instant
    by: Identifier
    more: LimitText
    reason: ExtensionReason


@contract
class StageReached:
    """A stage of the matter is done, such as the work stopped or the penalty filed."""

    event: Literal["stage_reached.v1"] = "stage_reached.v1"
    case_id: CaseId
    name: Code
    by: Identifier
    evidence: EvidenceList = ()


@contract
class PenaltyMoved:
    """The penalty procedure has come a step further; the case stays where it is."""

    event: Literal["penalty_moved.v1"] = "penalty_moved.v1"
    case_id: CaseId
    at: Instant
    by: Identifier
    step: PenaltyStep
    facts: PenaltyFacts | None = None
    evidence: EvidenceList = ()
    note: Note = ""


@contract
class MeasureMoved:
    """A measure beside the penalty procedure has come a step further; by nobody when the time for testing ran out."""

    event: Literal["measure_moved.v1"] = "measure_moved.v1"
    case_id: CaseId
    at: Instant
    by: Identifier | None
    measure_kind: MeasureKind
    step: MeasureStep
    facts: PenaltyFacts | None = None
    evidence: EvidenceList = ()
    note: Note = ""


@contract
class ClockChange:
    """A clock as it is now, and what became of it."""

    change: ClockEvent
    clock: Clock


@contract
class ClocksChanged:
    """What the moves of this entry, or the rules, did to the clocks of the case."""

    event: Literal["clocks_changed.v1"] = "clocks_changed.v1"
    case_id: CaseId
    changes: Annotated[tuple[ClockChange, ...], Field(min_length=1, max_length=limits.CLOCKS_PER_ENTRY_MAX)]


@contract
class TimerArmed:
    """A timer of the case that belongs to no clock."""

    event: Literal["timer_armed.v1"] = "timer_armed.v1"
    case_id: CaseId
    timer: Timer


@contract
class TimerFired:
    """A timer was due; `late_s` seconds ago by the worker's clock."""

    event: Literal["timer_fired.v1"] = "timer_fired.v1"
    case_id: CaseId
    timer: Timer
    late_s: Annotated[int, Field(ge=0)]
