"""What somebody does to a case, pushed to `actions.v1`. The street is the first nine digits of the case id."""

from typing import Annotated, Literal

from pydantic import Field

from schemas import limits
from schemas.state.penalty import PenaltyFacts
from schemas.values.evidence import Evidence
from schemas.values.penalty_terms import MeasureKind, MeasureStep
from schemas.values.place import Point
from schemas.values.terms import (
    ExtensionReason,
    JointStatus,
    PenaltyStep,
    RejectReason,
    ReturnReason,
    Role,
    Source,
    SuspensionReason,
    VoidReason,
)
from schemas.values.text import CaseId, Code, Identifier, Instant, LimitText, Name, Note
from schemas.wire.contract import contract

EvidenceList = Annotated[tuple[Evidence, ...], Field(max_length=limits.EVIDENCE_MAX, fail_fast=True)]
Officers = Annotated[tuple[Identifier, ...], Field(max_length=limits.OFFICERS_MAX, fail_fast=True)]


@contract
class Actor:
    """Who acts, and as what. `team` is the team or post acted for."""

    id: Identifier
    role: Role
    team: Identifier | None = None


@contract
class ActionBase:
    """What every action says. `expected_version`: refuse with `stale_version` if the case has moved on."""

    action_id: Identifier
    case_id: CaseId
    actor: Actor
    acted_at: Instant
    expected_version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


@contract
class Claim(ActionBase):
    """领单: a team takes an offered case; the first one wins."""

    action: Literal["claim"] = "claim"


@contract
class Dispatch(ActionBase):
    """派单 by hand: the dispatcher names the team. `designated`: the team may not return it (指定)."""

    action: Literal["dispatch"] = "dispatch"
    team: Identifier
    designated: bool = False


@contract
class Sign(ActionBase):
    """签收: the team confirms that it has the task."""

    action: Literal["sign"] = "sign"


@contract
class Return(ActionBase):
    """退单: not ours, with a reason from the closed list."""

    action: Literal["return"] = "return"
    reason: ReturnReason
    note: Note = ""


@contract
class Arrive(ActionBase):
    """到场: officers (certificate numbers) are on site."""

    action: Literal["arrive"] = "arrive"
    officers: Officers
    point: Point | None = None


@contract
class Dispose(ActionBase):
    """处置: the problem is dealt with, and here is the proof."""

    action: Literal["dispose"] = "dispose"
    evidence: EvidenceList = ()
    note: Note = ""


@contract
class Verify(ActionBase):
    """核查: somebody other than the handler looked."""

    action: Literal["verify"] = "verify"
    passed: bool
    note: Note = ""
    evidence: EvidenceList = ()


@contract
class CallBack(ActionBase):
    """回访: the hotline asked the caller. `solved` and `satisfied` are null when nobody was reached."""

    action: Literal["call_back"] = "call_back"
    reached: bool
    solved: bool | None = None
    satisfied: bool | None = None
    note: Note = ""


@contract
class Suspend(ActionBase):
    """申请挂账: the case cannot be worked on until then. The clocks run on until it is granted."""

    action: Literal["suspend"] = "suspend"
    reason: SuspensionReason
    until: Instant
    note: Note = ""


@contract
class Extend(ActionBase):
    """申请延期: more time, such as "2 workdays", asked for before the deadline."""

    action: Literal["extend"] = "extend"
    reason: ExtensionReason
    more: LimitText
    note: Note = ""


@contract
class Decide(ActionBase):
    """审批: what was asked for is granted or not, by somebody else.

    An objection that is granted names the `team` that gets the case instead; `designated`: it may not return it.
    """

    action: Literal["decide"] = "decide"
    granted: bool
    team: Identifier | None = None
    designated: bool = False
    note: Note = ""


@contract
class Resume(ActionBase):
    """A suspended case goes on before its time."""

    action: Literal["resume"] = "resume"
    note: Note = ""


@contract
class ReachStage(ActionBase):
    """A stage of the matter is done; `stage` is its name in the SLA policy."""

    action: Literal["reach_stage"] = "reach_stage"
    stage: Code
    evidence: EvidenceList = ()
    note: Note = ""


@contract
class Check(ActionBase):
    """立案核实: whether what was reported is there, before it is filed. A rejection says why."""

    action: Literal["check"] = "check"
    valid: bool
    reason: RejectReason | None = None
    note: Note = ""
    evidence: EvidenceList = ()


@contract
class Void(ActionBase):
    """申请作废: the case should never have been one; a second person decides."""

    action: Literal["void"] = "void"
    reason: VoidReason
    note: Note = ""


@contract
class Transfer(ActionBase):
    """移送: beyond the street's powers; `receipt` is the receiver's own number for it."""

    action: Literal["transfer"] = "transfer"
    to: Name
    receipt: Identifier
    note: Note


@contract
class Reopen(ActionBase):
    """重办: a closed case is not solved after all."""

    action: Literal["reopen"] = "reopen"
    note: Note


@contract
class Object(ActionBase):
    """派单异议: the task is not ours, says the team; somebody else decides, and the decision binds."""

    action: Literal["object"] = "object"
    reason: ReturnReason
    note: Note


@contract
class Terminate(ActionBase):
    """申请终止办理: it cannot be gone on with; `paper` is the number of the written request, which the hotline reviews."""

    action: Literal["terminate"] = "terminate"
    paper: Identifier
    note: Note


@contract
class Progress(ActionBase):
    """阶段答复: not done yet; what is being done about it, and by when it will be. Whoever reported it is told."""

    action: Literal["progress"] = "progress"
    measure: Note
    expected_at: Instant


@contract
class Merge(ActionBase):
    """并案: the case tells of the same as the case `into`, which is handled and answers for both."""

    action: Literal["merge"] = "merge"
    into: CaseId
    note: Note = ""


@contract
class Split(ActionBase):
    """拆案: a report was merged into the case wrongly; it becomes the case that it would have been."""

    action: Literal["split"] = "split"
    source: Source
    source_no: Identifier
    note: Note = ""


@contract
class Whistle(ActionBase):
    """吹哨: partner departments are asked to come; the centre decides. `optional` ones may be waived."""

    action: Literal["whistle"] = "whistle"
    departments: Annotated[tuple[Identifier, ...], Field(max_length=limits.PARTNERS_MAX)]
    optional: Annotated[tuple[Identifier, ...], Field(max_length=limits.PARTNERS_MAX)] = ()
    note: Note = ""


@contract
class JointStep(ActionBase):
    """报到: a partner department says how far it has come with its task, or that it will not come."""

    action: Literal["joint_step"] = "joint_step"
    status: JointStatus
    note: Note = ""
    evidence: EvidenceList = ()


@contract
class Settle(ActionBase):
    """协调: a partner that refused must come, or is waived. The lead may waive optional ones, the centre any."""

    action: Literal["settle"] = "settle"
    department: Identifier
    waive: bool
    note: Note


@contract
class Penalise(ActionBase):
    """行政处罚: the next step of the penalty procedure, and what it rests on; it goes on after the case is closed."""

    action: Literal["penalise"] = "penalise"
    step: PenaltyStep
    facts: PenaltyFacts | None = None
    evidence: EvidenceList = ()
    note: Note = ""


@contract
class TakeMeasure(ActionBase):
    """查封、扣押、先行登记保存: a measure beside the steps of the penalty procedure begins, is extended, stands still while things
    are tested, or ends with a decision on the things."""

    action: Literal["measure"] = "measure"
    measure_kind: MeasureKind
    step: MeasureStep
    facts: PenaltyFacts | None = None
    evidence: EvidenceList = ()
    note: Note = ""


Action = Annotated[
    Claim
    | Dispatch
    | Sign
    | Return
    | Arrive
    | Dispose
    | Verify
    | CallBack
    | Suspend
    | Extend
    | Decide
    | Resume
    | ReachStage
    | Check
    | Void
    | Transfer
    | Reopen
    | Object
    | Terminate
    | Progress
    | Merge
    | Split
    | Whistle
    | JointStep
    | Settle
    | Penalise
    | TakeMeasure,
    Field(discriminator="action"),
]
