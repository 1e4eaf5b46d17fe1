"""What happened, as the journal keeps it. A released event is never edited: a new version gets a new `event` name.

Events that carry a `case_id` move that case (`pipeline.core.case.transitions`); the others move none; a street's people and devices
are moved by `DutyEvent`.
"""

from typing import Annotated

from pydantic import Field

from schemas.duty.duty_events import DutyEvent
from schemas.inputs.action_base import EvidenceList, Officers
from schemas.journal.answer_events import AnswerWritten, CallerContacted
from schemas.journal.assessment_events import AssessmentEvent
from schemas.journal.clock_events import (
    CaseAsked,
    CaseExtended,
    CaseResumed,
    CaseSuspended,
    ClocksChanged,
    MeasureMoved,
    PenaltyMoved,
    RequestDecided,
    RequestLapsed,
    StageReached,
    TimerArmed,
    TimerFired,
)
from schemas.journal.correction_events import CorrectionEvent
from schemas.journal.instead_events import InsteadEvent
from schemas.journal.joint_events import (
    CaseChecked,
    CaseDeclined,
    CaseMoved,
    CaseRejected,
    CaseSentBack,
    CaseTerminated,
    CaseTransferred,
    CaseUnderCheck,
    CaseVoided,
    JointStarted,
    JointTaskMoved,
    OfficersProposed,
    TaskAssigned,
    TaskHandedOver,
)
from schemas.journal.journal_event import JournalEvent
from schemas.journal.merge_events import CaseAmended, CaseJoined, CaseMerged, CaseUnmerged, ReportSplit
from schemas.journal.partition_events import LetterDiscarded, TimeSetBack
from schemas.journal.supervision_events import SupervisionEvent
from schemas.journal.update_events import CaseChanged, ReportUpdated
from schemas.state.came_from import CameFrom
from schemas.state.case import ActionRef, Facts, ReportRef
from schemas.state.retired import Ended
from schemas.state.task import Teams
from schemas.values.answer_terms import UnsolvedCause
from schemas.values.bounds import between
from schemas.values.order_number import OrderNumber
from schemas.values.place import Point
from schemas.values.terms import CaseOutcome, ReturnReason, Role, Source
from schemas.values.text import CaseId, Code, EntryId, Identifier, Instant, Note


class CaseOpened(JournalEvent, frozen=True, kw_only=True, tag="case_opened.v1"):
    """A report became a case. The case stands at `reported`. `came_from`: it was another street's before, and its clocks go on."""

    case_id: CaseId
    facts: Facts
    report: ReportRef
    evidence: EvidenceList = ()
    came_from: CameFrom | None = None


class CaseAccepted(JournalEvent, frozen=True, kw_only=True, tag="case_accepted.v1"):
    """受理: the report is within what the street handles; its dispose clock runs."""

    case_id: CaseId


class CaseSelfDisposed(JournalEvent, frozen=True, kw_only=True, tag="case_self_disposed.v1"):
    """自处置: the patrol dealt with it on the spot; only the verification is left."""

    case_id: CaseId
    by: Identifier
    at: Instant


class CaseOffered(JournalEvent, frozen=True, kw_only=True, tag="case_offered.v1"):
    """The case lies in the claim pool of `teams` until the claim clock is due. `why` is the routing trace."""

    case_id: CaseId
    at: Instant
    teams: Teams
    why: Note


class CaseDispatched(JournalEvent, frozen=True, kw_only=True, tag="case_dispatched.v1"):
    """派单: `team` holds the task. `why` is the routing trace."""

    case_id: CaseId
    at: Instant
    team: Identifier
    designated: bool = False
    why: Note


class CaseClaimed(JournalEvent, frozen=True, kw_only=True, tag="case_claimed.v1"):
    """领单: `team` took it first. `until`: by then it is on site, or somebody else has the task."""

    case_id: CaseId
    at: Instant
    team: Identifier
    by: Identifier
    until: Instant | None = None


class CaseSigned(JournalEvent, frozen=True, kw_only=True, tag="case_signed.v1"):
    """签收."""

    case_id: CaseId
    by: Identifier


class CaseReturned(JournalEvent, frozen=True, kw_only=True, tag="case_returned.v1"):
    """退单: the case waits for another dispatch."""

    case_id: CaseId
    at: Instant
    team: Identifier
    by: Identifier
    reason: ReturnReason
    note: Note = ""


class CaseArrived(JournalEvent, frozen=True, kw_only=True, tag="case_arrived.v1"):
    """到场. `acted_at` is when, as the officers say; `at` when the pipeline heard of it."""

    case_id: CaseId
    at: Instant
    by: Identifier
    officers: Officers
    point: Point | None = None
    acted_at: Instant | None = None


class CaseDisposed(JournalEvent, frozen=True, kw_only=True, tag="case_disposed.v1"):
    """处置完毕: awaits verification."""

    case_id: CaseId
    at: Instant
    by: Identifier
    evidence: EvidenceList
    note: Note = ""


class VerificationPassed(JournalEvent, frozen=True, kw_only=True, tag="verification_passed.v1"):
    """核查通过. `call_back`: a hotline's caller is still to be asked. `answer` is to the reports that came after the disposal."""

    case_id: CaseId
    by: Identifier
    call_back: bool
    note: Note = ""
    evidence: EvidenceList = ()
    answer: Note = ""


class VerificationFailed(JournalEvent, frozen=True, kw_only=True, tag="verification_failed.v1"):
    """核查不通过: back to the same team as rework (返工)."""

    case_id: CaseId
    at: Instant
    by: Identifier
    note: Note
    evidence: EvidenceList = ()


class CallMissed(JournalEvent, frozen=True, kw_only=True, tag="call_missed.v1"):
    """回访未接通: nobody was reached; the call is still due, unless it was tried often enough (`given_up`)."""

    case_id: CaseId
    by: Identifier
    at: Instant | None = None
    given_up: bool = False
    answer: Note = ""


class CallBackRecorded(JournalEvent, frozen=True, kw_only=True, tag="call_back_recorded.v1"):
    """回访: what the caller said. `cause`: why it is not solved, or not to the caller's content, where that was said."""

    case_id: CaseId
    by: Identifier
    solved: bool
    satisfied: bool
    note: Note = ""
    answer: Note = ""
    cause: UnsolvedCause | None = None


class CaseReopened(JournalEvent, frozen=True, kw_only=True, tag="case_reopened.v1"):
    """Not solved, says the caller, or afterwards somebody else: it waits for another dispatch, its clocks going on."""

    case_id: CaseId
    by: Identifier | None = None
    note: Note = ""


class CaseClosed(JournalEvent, frozen=True, kw_only=True, tag="case_closed.v1"):
    """结案."""

    case_id: CaseId
    at: Instant
    outcome: CaseOutcome


class CallBackDue(JournalEvent, frozen=True, kw_only=True, tag="call_back_due.v1"):
    """到期回访: the deadline has passed and nothing is done; the caller is asked all the same."""

    case_id: CaseId


class ProgressReported(JournalEvent, frozen=True, kw_only=True, tag="progress_reported.v1"):
    """阶段答复: what is being done and by when it will be; the case stays as it is."""

    case_id: CaseId
    by: Identifier
    measure: Note
    expected_at: Instant


class CaseRetired(JournalEvent, frozen=True, kw_only=True, tag="case_retired.v1"):
    """The case was closed long enough ago: its snapshot is deleted, its journal stays."""

    case_id: CaseId


class ReportMerged(JournalEvent, frozen=True, kw_only=True, tag="report_merged.v1"):
    """The report tells of a case that is open already; its caller is answered too."""

    case_id: CaseId
    report: ReportRef
    why: Note


class ReportRepeated(JournalEvent, frozen=True, kw_only=True, tag="report_repeated.v1", omit_defaults=True):
    """The same report again; the first receipt is given again. `differs`: other content under the same number.

    `ended` where the case is not kept any more: then nobody knows the first receipt, and another says what became of the case.
    `of`: the entry of the update whose receipt is given again, where it is not the first one's.
    """

    case_id: CaseId
    source: Source
    source_no: OrderNumber
    differs: bool
    ended: Ended | None = None
    of: EntryId | None = None


class ReportRefused(JournalEvent, frozen=True, kw_only=True, tag="report_refused.v1"):
    """The report was understood and is not accepted."""

    source: Source
    source_no: OrderNumber
    code: Code
    field: Note = ""


class ActionAccepted(JournalEvent, frozen=True, kw_only=True, tag="action_accepted.v1"):
    """An action was taken; the last event of its entry, so that `done` says where the case stands after it."""

    case_id: CaseId
    action: Code
    actor: Identifier
    role: Role
    team: Identifier | None
    acted_at: Instant
    done: ActionRef


class ActionRepeated(JournalEvent, frozen=True, kw_only=True, tag="action_repeated.v1"):
    """The same action again; the first receipt is given again."""

    case_id: CaseId
    action_id: Identifier


class ActionRefused(JournalEvent, frozen=True, kw_only=True, tag="action_refused.v1"):
    """The action was understood and may not be done now, or not by this actor; nothing changed."""

    case_id: CaseId
    action_id: Identifier
    action: Code
    actor: Identifier
    code: Code
    field: Note = ""


class MessageDead(JournalEvent, frozen=True, kw_only=True, tag="message_dead.v1"):
    """The bytes could not be understood, or deciding them failed; they are kept under a dead letter."""

    code: Code
    field: Note = ""


class RecordForwarded(JournalEvent, frozen=True, kw_only=True, tag="record_forwarded.v1"):
    """The record stood in another partition than its street's (`wrong_partition`), or had no key (`wrong_key`).

    Nothing was decided: the same transaction wrote it to partition `to` of its topic, under its street's code, and there
    it is decided. Of a report the source's number is given, of an action its id.
    """

    to: Annotated[int, *between(0, 99_999)]
    code: Code
    source: Source | None = None
    source_no: OrderNumber | None = None
    action_id: Identifier | None = None


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
    | AssessmentEvent
    | CaseUnderCheck
    | CaseChecked
    | CaseRejected
    | CaseVoided
    | CaseTransferred
    | CaseMoved
    | JointStarted
    | JointTaskMoved
    | ClocksChanged
    | TimerArmed
    | TimerFired
    | CaseRetired
    | CallBackDue
    | ProgressReported
    | CallerContacted
    | AnswerWritten
    | CaseTerminated
    | CaseDeclined
    | CaseSentBack
    | SupervisionEvent
    | CorrectionEvent
    | InsteadEvent
    | TaskHandedOver
    | TaskAssigned
    | OfficersProposed
    | CaseMerged
    | CaseJoined
    | CaseUnmerged
    | ReportSplit
    | CaseAmended
    | RequestLapsed
    | ReportMerged
    | ReportUpdated
    | CaseChanged
    | ReportRepeated
    | ActionAccepted
    | ActionRepeated
)
Answer = (
    ReportRefused | ActionRefused | MessageDead | RecordForwarded | LetterDiscarded | TimeSetBack | DutyEvent
)
"""What moves no case."""
Event = Annotated[CaseEvent | Answer, Field(discriminator="event")]
