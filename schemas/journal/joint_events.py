"""How a case comes to be filed, leaves the street, or is worked with partners; part of `schemas.journal.events`."""

from typing import Annotated

from schemas.duty.proposal import OfficerProposal
from schemas.inputs.action_base import EvidenceList, Officers
from schemas.journal.journal_event import JournalEvent
from schemas.state.case import Joint
from schemas.values.bounds import between
from schemas.values.order_number import OrderNumber
from schemas.values.place import Place
from schemas.values.request_terms import DeclineReason, RejectReason
from schemas.values.terms import JointStatus, VoidReason
from schemas.values.text import CaseId, Identifier, Instant, Name, Note, StreetCode


class TaskHandedOver(JournalEvent, frozen=True, kw_only=True, tag="task_handed_over.v1"):
    """承接: the roster ends the team or department `gone`, and `successor` has whatever it had of the case; every clock goes on."""

    case_id: CaseId
    at: Instant
    gone: Identifier
    successor: Identifier


class TaskAssigned(JournalEvent, frozen=True, kw_only=True, tag="task_assigned.v1"):
    """二级派遣: within the team that has the task these do it; its clocks are the team's, and go on."""

    case_id: CaseId
    at: Instant
    by: Identifier
    members: Officers
    note: Note = ""


class OfficersProposed(JournalEvent, frozen=True, kw_only=True, tag="officers_proposed.v1"):
    """派员建议: the team that has the task now could send these; where too few qualify, its leader and the centre are told."""

    case_id: CaseId
    at: Instant
    team: Identifier
    proposal: OfficerProposal


class CaseUnderCheck(JournalEvent, frozen=True, kw_only=True, tag="case_under_check.v1"):
    """立案核实: somebody is to look before it is filed. `by`: who of the centre doubts an order that was filed and dispatched already."""

    case_id: CaseId
    by: Identifier | None = None
    note: Note = ""


class CaseChecked(JournalEvent, frozen=True, kw_only=True, tag="case_checked.v1"):
    """Somebody looked; the acceptance or the rejection follows."""

    case_id: CaseId
    by: Identifier
    valid: bool
    note: Note = ""
    evidence: EvidenceList = ()


class CaseRejected(JournalEvent, frozen=True, kw_only=True, tag="case_rejected.v1"):
    """不予立案: over, with a reason that its reporter is told."""

    case_id: CaseId
    at: Instant
    reason: RejectReason


class CaseVoided(JournalEvent, frozen=True, kw_only=True, tag="case_voided.v1"):
    """作废: it should never have been a case; two persons say so."""

    case_id: CaseId
    at: Instant
    by: Identifier
    reason: VoidReason


class CaseTransferred(JournalEvent, frozen=True, kw_only=True, tag="case_transferred.v1"):
    """移送: another organ has it and has given its receipt."""

    case_id: CaseId
    at: Instant
    by: Identifier
    to: Name
    receipt: OrderNumber
    note: Note


class CaseMoved(JournalEvent, frozen=True, kw_only=True, tag="case_moved.v1"):
    """跨街道移交: it is another street's, and goes on there as `to_case`, with all its reports and its clocks; nobody is answered here.

    The same transaction wrote them to that street, `reports` records. `place` is where it is there.
    """

    case_id: CaseId
    at: Instant
    by: Identifier
    to: StreetCode
    to_case: CaseId
    reports: Annotated[int, *between(1, 10_000)]
    place: Place
    note: Note


class CaseTerminated(JournalEvent, frozen=True, kw_only=True, tag="case_terminated.v1"):
    """终止办理: over without having been solved, by a written request that was reviewed; whoever reported it is told."""

    case_id: CaseId
    at: Instant
    by: Identifier
    paper: OrderNumber


class CaseDeclined(JournalEvent, frozen=True, kw_only=True, tag="case_declined.v1"):
    """不予受理: over before anybody was there, for a reason that two persons agree on; whoever reported it is told `answer`."""

    case_id: CaseId
    at: Instant
    by: Identifier
    reason: DeclineReason
    answer: Note


class CaseSentBack(JournalEvent, frozen=True, kw_only=True, tag="case_sent_back.v1"):
    """退回: the hotline takes its order back, since the street is not who handles it."""

    case_id: CaseId
    at: Instant
    by: Identifier
    reason: DeclineReason
    answer: Note


Leaving = (
    CaseRejected | CaseVoided | CaseTransferred | CaseMoved | CaseTerminated | CaseDeclined | CaseSentBack
)
"""They end a case other than by its being handled and closed."""


class JointStarted(JournalEvent, frozen=True, kw_only=True, tag="joint_started.v1"):
    """联合执法 begins: each partner has a task of its own."""

    case_id: CaseId
    joint: Joint


class JointTaskMoved(JournalEvent, frozen=True, kw_only=True, tag="joint_task_moved.v1"):
    """A partner's task stands otherwise than before."""

    case_id: CaseId
    at: Instant
    by: Identifier
    department: Identifier
    status: JointStatus
    note: Note = ""
    evidence: EvidenceList = ()
