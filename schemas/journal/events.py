"""What happened, as the journal keeps it. A released event is never edited: a new version gets a new `event` name.

Events that carry a `case_id` move that case (`pipeline.core.case.transitions`); the others are answers that move nothing.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.inputs.action import EvidenceList, Officers
from schemas.journal.clock_events import (
    CaseAsked,
    CaseExtended,
    CaseResumed,
    CaseSuspended,
    ClocksChanged,
    MeasureMoved,
    PenaltyMoved,
    RequestDecided,
    StageReached,
    TimerArmed,
    TimerFired,
)
from schemas.journal.joint_events import (
    CaseChecked,
    CaseRejected,
    CaseTerminated,
    CaseTransferred,
    CaseUnderCheck,
    CaseVoided,
    JointStarted,
    JointTaskMoved,
)
from schemas.journal.merge_events import CaseJoined, CaseMerged, CaseUnmerged, ReportSplit
from schemas.state.case import ActionRef, Facts, ReportRef, Teams
from schemas.values.place import Point
from schemas.values.terms import CaseOutcome, ReturnReason, Role, Source
from schemas.values.text import CaseId, Code, Identifier, Instant, Note
from schemas.wire.contract import contract


@contract
class CaseOpened:
    """A report became a case. The case stands at `reported`."""

    event: Literal["case_opened.v1"] = "case_opened.v1"
    case_id: CaseId
    facts: Facts
    report: ReportRef
    evidence: EvidenceList = ()


@contract
class CaseAccepted:
    """受理: the report is within what the street handles; its dispose clock runs."""

    event: Literal["case_accepted.v1"] = "case_accepted.v1"
    case_id: CaseId


@contract
class CaseSelfDisposed:
    """自处置: the patrol dealt with it on the spot; only the verification is left."""

    event: Literal["case_self_disposed.v1"] = "case_self_disposed.v1"
    case_id: CaseId
    by: Identifier
    at: Instant


@contract
class CaseOffered:
    """The case lies in the claim pool of `teams` until the claim clock is due. `why` is the routing trace."""

    event: Literal["case_offered.v1"] = "case_offered.v1"
    case_id: CaseId
    at: Instant
    teams: Teams
    why: Note


@contract
class CaseDispatched:
    """派单: `team` holds the task. `why` is the routing trace."""

    event: Literal["case_dispatched.v1"] = "case_dispatched.v1"
    case_id: CaseId
    at: Instant
    team: Identifier
    designated: bool = False
    why: Note


@contract
class CaseClaimed:
    """领单: `team` took it first."""

    event: Literal["case_claimed.v1"] = "case_claimed.v1"
    case_id: CaseId
    at: Instant
    team: Identifier
    by: Identifier


@contract
class CaseSigned:
    """签收."""

    event: Literal["case_signed.v1"] = "case_signed.v1"
    case_id: CaseId
    by: Identifier


@contract
class CaseReturned:
    """退单: the case waits for another dispatch."""

    event: Literal["case_returned.v1"] = "case_returned.v1"
    case_id: CaseId
    at: Instant
    team: Identifier
    by: Identifier
    reason: ReturnReason
    note: Note = ""


@contract
class CaseArrived:
    """到场. `acted_at` is when, as the officers say; `at` when the pipeline heard of it."""

    event: Literal["case_arrived.v1"] = "case_arrived.v1"
    case_id: CaseId
    at: Instant
    by: Identifier
    officers: Officers
    point: Point | None = None
    acted_at: Instant | None = None


@contract
class CaseDisposed:
    """处置完毕: awaits verification."""

    event: Literal["case_disposed.v1"] = "case_disposed.v1"
    case_id: CaseId
    at: Instant
    by: Identifier
    evidence: EvidenceList
    note: Note = ""


@contract
class VerificationPassed:
    """核查通过. `call_back`: a hotline's caller is still to be asked."""

    event: Literal["verification_passed.v1"] = "verification_passed.v1"
    case_id: CaseId
    by: Identifier
    call_back: bool
    note: Note = ""
    evidence: EvidenceList = ()


@contract
class VerificationFailed:
    """核查不通过: back to the same team as rework (返工)."""

    event: Literal["verification_failed.v1"] = "verification_failed.v1"
    case_id: CaseId
    at: Instant
    by: Identifier
    note: Note
    evidence: EvidenceList = ()


@contract
class CallMissed:
    """回访未接通: nobody was reached; the call is still due, unless it was tried often enough (`given_up`)."""

    event: Literal["call_missed.v1"] = "call_missed.v1"
    case_id: CaseId
    by: Identifier
    at: Instant | None = None
    given_up: bool = False


@contract
class CallBackRecorded:
    """回访: what the caller said."""

    event: Literal["call_back_recorded.v1"] = "call_back_recorded.v1"
    case_id: CaseId
    by: Identifier
    solved: bool
    satisfied: bool
    note: Note = ""


@contract
class CaseReopened:
    """Not solved, says the caller, or afterwards somebody else: it waits for another dispatch, its clocks going on."""

    event: Literal["case_reopened.v1"] = "case_reopened.v1"
    case_id: CaseId
    by: Identifier | None = None
    note: Note = ""


@contract
class CaseClosed:
    """结案."""

    event: Literal["case_closed.v1"] = "case_closed.v1"
    case_id: CaseId
    at: Instant
    outcome: CaseOutcome


@contract
class CallBackDue:
    """到期回访: the deadline has passed and nothing is done; the caller is asked all the same."""

    event: Literal["call_back_due.v1"] = "call_back_due.v1"
    case_id: CaseId


@contract
class ProgressReported:
    """阶段答复: what is being done and by when it will be; the case stays as it is."""

    event: Literal["progress_reported.v1"] = "progress_reported.v1"
    case_id: CaseId
    by: Identifier
    measure: Note
    expected_at: Instant


@contract
class CaseRetired:
    """The case was closed long enough ago: its snapshot is deleted, its journal stays."""

    event: Literal["case_retired.v1"] = "case_retired.v1"
    case_id: CaseId


@contract
class ReportMerged:
    """The report tells of a case that is open already; its caller is answered too."""

    event: Literal["report_merged.v1"] = "report_merged.v1"
    case_id: CaseId
    report: ReportRef
    why: Note


@contract
class ReportRepeated:
    """The same report again; the first receipt is given again. `differs`: other content under the same number."""

    event: Literal["report_repeated.v1"] = "report_repeated.v1"
    case_id: CaseId
    source: Source
    source_no: Identifier
    differs: bool


@contract
class ReportRefused:
    """The report was understood and is not accepted."""

    event: Literal["report_refused.v1"] = "report_refused.v1"
    source: Source
    source_no: Identifier
    code: Code
    field: Note = ""


@contract
class ActionAccepted:
    """An action was taken; the last event of its entry, so that `done` says where the case stands after it."""

    event: Literal["action_accepted.v1"] = "action_accepted.v1"
    case_id: CaseId
    action: Code
    actor: Identifier
    role: Role
    team: Identifier | None
    acted_at: Instant
    done: ActionRef


@contract
class ActionRepeated:
    """The same action again; the first receipt is given again."""

    event: Literal["action_repeated.v1"] = "action_repeated.v1"
    case_id: CaseId
    action_id: Identifier


@contract
class ActionRefused:
    """The action was understood and may not be done now, or not by this actor; nothing changed."""

    event: Literal["action_refused.v1"] = "action_refused.v1"
    case_id: CaseId
    action_id: Identifier
    action: Code
    actor: Identifier
    code: Code
    field: Note = ""


@contract
class MessageDead:
    """The bytes could not be understood, or deciding them failed; they are kept under a dead letter."""

    event: Literal["message_dead.v1"] = "message_dead.v1"
    code: Code
    field: Note = ""


CaseEvent = (
    CaseOpened
    | CaseAccepted
    | CaseSelfDisposed
    | CaseOffered
    | CaseDispatched
    | CaseClaimed
    | CaseSigned
    | CaseReturned
    | CaseArrived
    | CaseDisposed
    | VerificationPassed
    | VerificationFailed
    | CallMissed
    | CallBackRecorded
    | CaseReopened
    | CaseClosed
    | CaseAsked
    | RequestDecided
    | CaseSuspended
    | CaseResumed
    | CaseExtended
    | StageReached
    | PenaltyMoved
    | MeasureMoved
    | CaseUnderCheck
    | CaseChecked
    | CaseRejected
    | CaseVoided
    | CaseTransferred
    | JointStarted
    | JointTaskMoved
    | ClocksChanged
    | TimerArmed
    | TimerFired
    | CaseRetired
    | CallBackDue
    | ProgressReported
    | CaseTerminated
    | CaseMerged
    | CaseJoined
    | CaseUnmerged
    | ReportSplit
    | ReportMerged
    | ReportRepeated
    | ActionAccepted
    | ActionRepeated
)
Answer = ReportRefused | ActionRefused | MessageDead
Event = Annotated[CaseEvent | Answer, Field(discriminator="event")]
