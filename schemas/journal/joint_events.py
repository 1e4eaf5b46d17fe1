"""How a case comes to be filed, leaves the street, or is worked with partners; part of `schemas.journal.events`."""

from typing import Literal

from schemas.inputs.action import EvidenceList
from schemas.state.case import Joint
from schemas.values.terms import JointStatus, RejectReason, VoidReason
from schemas.values.text import CaseId, Identifier, Instant, Name, Note
from schemas.wire.contract import contract


@contract
class CaseUnderCheck:
    """立案核实: somebody is to look before it is filed."""

    event: Literal["case_under_check.v1"] = "case_under_check.v1"
    case_id: CaseId


@contract
class CaseChecked:
    """Somebody looked; the acceptance or the rejection follows."""

    event: Literal["case_checked.v1"] = "case_checked.v1"
    case_id: CaseId
    by: Identifier
    valid: bool
    note: Note = ""
    evidence: EvidenceList = ()


@contract
class CaseRejected:
    """不予立案: over, with a reason that its reporter is told."""

    event: Literal["case_rejected.v1"] = "case_rejected.v1"
    case_id: CaseId
    at: Instant
    reason: RejectReason


@contract
class CaseVoided:
    """作废: it should never have been a case; two persons say so."""

    event: Literal["case_voided.v1"] = "case_voided.v1"
    case_id: CaseId
    at: Instant
    by: Identifier
    reason: VoidReason


@contract
class CaseTransferred:
    """移送: another organ has it and has given its receipt."""

    event: Literal["case_transferred.v1"] = "case_transferred.v1"
    case_id: CaseId
    at: Instant
    by: Identifier
    to: Name
    receipt: Identifier
    note: Note


@contract
class CaseTerminated:
    """终止办理: over without having been solved, by a written request that was reviewed; whoever reported it is told."""

    event: Literal["case_terminated.v1"] = "case_terminated.v1"
    case_id: CaseId
    at: Instant
    by: Identifier
    paper: Identifier


@contract
class JointStarted:
    """联合执法 begins: each partner has a task of its own."""

    event: Literal["joint_started.v1"] = "joint_started.v1"
    case_id: CaseId
    joint: Joint


@contract
class JointTaskMoved:
    """A partner's task stands otherwise than before."""

    event: Literal["joint_task_moved.v1"] = "joint_task_moved.v1"
    case_id: CaseId
    at: Instant
    by: Identifier
    department: Identifier
    status: JointStatus
    note: Note = ""
    evidence: EvidenceList = ()
