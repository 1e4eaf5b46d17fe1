"""What somebody does to a case, pushed to `actions.v1`. The street is the first nine digits of the case id."""

from typing import Annotated, Literal

from msgspec import structs
from pydantic import Field

from schemas import limits
from schemas.inputs.action_base import ActionBase, EvidenceList, Officers
from schemas.inputs.correction_actions import CorrectionAction
from schemas.inputs.instead_actions import InsteadAction
from schemas.inputs.move_actions import Move
from schemas.inputs.supervision_actions import SupervisionAction
from schemas.state.penalty import PenaltyFacts
from schemas.values.answer_terms import AnswerFinding, ContactWay, UnsolvedCause
from schemas.values.bounds import at_most
from schemas.values.order_number import OrderNumber, PushedNumber
from schemas.values.penalty_terms import MeasureKind, MeasureStep
from schemas.values.place import Point
from schemas.values.request_terms import DeclineReason, RejectReason
from schemas.values.terms import (
    ExtensionReason,
    JointStatus,
    PenaltyStep,
    RequestKind,
    ReturnReason,
    Source,
    SuspensionReason,
    VoidReason,
)
from schemas.values.text import (
    Address,
    CaseId,
    Code,
    GridCode,
    Identifier,
    Instant,
    LimitText,
    MatterCode,
    Name,
    Note,
)
from schemas.wire.contract import Contract


def action_name(kind: type[Contract]) -> str:
    """What this kind of action is called in its field `action`."""
    return next(str(field.default) for field in structs.fields(kind) if field.name == "action")


class Claim(ActionBase, frozen=True, kw_only=True):
    """领单: a team takes an offered case; the first one wins."""

    action: Literal["claim"] = "claim"


class Dispatch(ActionBase, frozen=True, kw_only=True):
    """派单 by hand: the dispatcher names the team. `designated`: the team may not return it (指定)."""

    action: Literal["dispatch"] = "dispatch"
    team: Identifier
    designated: bool = False


class Sign(ActionBase, frozen=True, kw_only=True):
    """签收: the team confirms that it has the task."""

    action: Literal["sign"] = "sign"


class Return(ActionBase, frozen=True, kw_only=True):
    """退单: not ours, with a reason from the closed list."""

    action: Literal["return"] = "return"
    reason: ReturnReason
    note: Note = ""


class Arrive(ActionBase, frozen=True, kw_only=True):
    """到场: officers (certificate numbers) are on site."""

    action: Literal["arrive"] = "arrive"
    officers: Officers
    point: Point | None = None


class Dispose(ActionBase, frozen=True, kw_only=True):
    """处置: the problem is dealt with, and here is the proof."""

    action: Literal["dispose"] = "dispose"
    evidence: EvidenceList = ()
    note: Note = ""


class Verify(ActionBase, frozen=True, kw_only=True):
    """核查: somebody other than the handler looked.

    `answer`: what was found of the reports that came after the disposal and speak against it; it does not pass without.
    """

    action: Literal["verify"] = "verify"
    passed: bool
    note: Note = ""
    evidence: EvidenceList = ()
    answer: Note = ""


class CallBack(ActionBase, frozen=True, kw_only=True):
    """回访: the hotline asked the caller. `solved` and `satisfied` are null when nobody was reached.

    `answer`: what was found of the reports that came after the disposal; the case does not close without. `cause`: why the caller is not
    content; without one what is not solved is the unit's fault. An unreasonable demand needs evidence and a note, and the hotline's consent.
    """

    action: Literal["call_back"] = "call_back"
    reached: bool
    solved: bool | None = None
    satisfied: bool | None = None
    note: Note = ""
    answer: Note = ""
    cause: UnsolvedCause | None = None
    evidence: EvidenceList = ()


class Suspend(ActionBase, frozen=True, kw_only=True):
    """申请挂账: the case cannot be worked on until then. The clocks run on until it is granted."""

    action: Literal["suspend"] = "suspend"
    reason: SuspensionReason
    until: Instant
    note: Note = ""


class Extend(ActionBase, frozen=True, kw_only=True):
    """申请延期: more time, such as "2 workdays", asked for before the deadline."""

    action: Literal["extend"] = "extend"
    reason: ExtensionReason
    more: LimitText
    note: Note = ""


class Decide(ActionBase, frozen=True, kw_only=True):
    """审批: what was asked for is granted or not, by somebody else.

    An objection that is granted names the `team` that gets the case instead; `designated`: it may not return it. `request` says
    which request, where the case has several.
    """

    action: Literal["decide"] = "decide"
    granted: bool
    request: RequestKind | None = None
    team: Identifier | None = None
    designated: bool = False
    note: Note = ""


class Resume(ActionBase, frozen=True, kw_only=True):
    """A suspended case goes on before its time."""

    action: Literal["resume"] = "resume"
    note: Note = ""


class ReachStage(ActionBase, frozen=True, kw_only=True):
    """A stage of the matter is done; `stage` is its name in the SLA policy."""

    action: Literal["reach_stage"] = "reach_stage"
    stage: Code
    evidence: EvidenceList = ()
    note: Note = ""


class Check(ActionBase, frozen=True, kw_only=True):
    """立案核实: whether what was reported is there, before it is filed. A rejection says why."""

    action: Literal["check"] = "check"
    valid: bool
    reason: RejectReason | None = None
    note: Note = ""
    evidence: EvidenceList = ()


class OrderCheck(ActionBase, frozen=True, kw_only=True):
    """派员核实: the centre doubts an order, and has somebody look before it is handled."""

    action: Literal["order_check"] = "order_check"
    note: Note


class Recognise(ActionBase, frozen=True, kw_only=True):
    """研判: what the case is about; or the `kind` of what is no enforcement, by which it is answered directly and leaves.

    Of a case that was answered directly: it is a matter after all.
    """

    action: Literal["recognise"] = "recognise"
    matter: MatterCode | None = None
    kind: Code | None = None
    note: Note = ""


class Locate(ActionBase, frozen=True, kw_only=True):
    """定位: where it is, by a grid, a point or an address."""

    action: Literal["locate"] = "locate"
    grid: GridCode | None = None
    point: Point | None = None
    address: Address = ""
    note: Note = ""


class Void(ActionBase, frozen=True, kw_only=True):
    """申请作废: the case should never have been one; a second person decides."""

    action: Literal["void"] = "void"
    reason: VoidReason
    note: Note = ""


class Decline(ActionBase, frozen=True, kw_only=True):
    """申请不予受理, or 申请退回 to the hotline, by the reason; a second person, or the hotline, decides.

    `answer` is what the citizen is told, where the words of the rules do not fit; `earlier` the number of the order that this one
    repeats without anything new.
    """

    action: Literal["decline"] = "decline"
    reason: DeclineReason
    note: Note = ""
    answer: Note = ""
    earlier: PushedNumber | None = None


class Transfer(ActionBase, frozen=True, kw_only=True):
    """移送: beyond the street's powers; `receipt` is the receiver's own number for it."""

    action: Literal["transfer"] = "transfer"
    to: Name
    receipt: PushedNumber
    note: Note


class Reopen(ActionBase, frozen=True, kw_only=True):
    """重办: a closed case is not solved after all."""

    action: Literal["reopen"] = "reopen"
    note: Note


class Object(ActionBase, frozen=True, kw_only=True):
    """派单异议: the task is not ours, says the team; somebody else decides, and the decision binds."""

    action: Literal["object"] = "object"
    reason: ReturnReason
    note: Note


class Terminate(ActionBase, frozen=True, kw_only=True):
    """申请终止办理: it cannot be gone on with; `paper` is the number of the written request, which the hotline reviews."""

    action: Literal["terminate"] = "terminate"
    paper: PushedNumber
    note: Note


class Progress(ActionBase, frozen=True, kw_only=True):
    """阶段答复: not done yet; what is being done about it, and by when it will be. Whoever reported it is told."""

    action: Literal["progress"] = "progress"
    measure: Note
    expected_at: Instant


class Contact(ActionBase, frozen=True, kw_only=True):
    """联系来电人: whoever handles the case turned to the caller, who was reached or not."""

    action: Literal["contact"] = "contact"
    way: ContactWay
    reached: bool
    note: Note = ""


class WriteAnswer(ActionBase, frozen=True, kw_only=True):
    """答复: what was found and done, and by which law or for which reason; without a `text` that of the template is taken."""

    action: Literal["answer"] = "answer"
    found: AnswerFinding
    done: Note
    basis: Note = ""
    text: Note = ""
    next_at: Instant | None = None


class Merge(ActionBase, frozen=True, kw_only=True):
    """并案: the case tells of the same as the case `into`, which is handled and answers for both."""

    action: Literal["merge"] = "merge"
    into: CaseId
    note: Note = ""


class Split(ActionBase, frozen=True, kw_only=True):
    """拆案: a report was merged into the case wrongly; it becomes the case that it would have been."""

    action: Literal["split"] = "split"
    source: Source
    source_no: OrderNumber
    note: Note = ""


class Whistle(ActionBase, frozen=True, kw_only=True):
    """吹哨: partner departments are asked to come; the centre decides. `optional` ones may be waived."""

    action: Literal["whistle"] = "whistle"
    departments: Annotated[tuple[Identifier, ...], *at_most(limits.PARTNERS_MAX)]
    optional: Annotated[tuple[Identifier, ...], *at_most(limits.PARTNERS_MAX)] = ()
    note: Note = ""


class JointStep(ActionBase, frozen=True, kw_only=True):
    """报到: a partner department says how far it has come with its task, or that it will not come."""

    action: Literal["joint_step"] = "joint_step"
    status: JointStatus
    note: Note = ""
    evidence: EvidenceList = ()


class Settle(ActionBase, frozen=True, kw_only=True):
    """协调: a partner that refused must come, or is waived. The lead may waive optional ones, the centre any."""

    action: Literal["settle"] = "settle"
    department: Identifier
    waive: bool
    note: Note


class Penalise(ActionBase, frozen=True, kw_only=True):
    """行政处罚: the next step of the penalty procedure, and what it rests on; it goes on after the case is closed."""

    action: Literal["penalise"] = "penalise"
    step: PenaltyStep
    facts: PenaltyFacts | None = None
    evidence: EvidenceList = ()
    note: Note = ""


class TakeMeasure(ActionBase, frozen=True, kw_only=True):
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
    | OrderCheck
    | Void
    | Transfer
    | Move
    | Reopen
    | Object
    | Terminate
    | Decline
    | Progress
    | Contact
    | WriteAnswer
    | Merge
    | Split
    | Whistle
    | JointStep
    | Settle
    | Penalise
    | TakeMeasure
    | Recognise
    | Locate
    | SupervisionAction
    | CorrectionAction
    | InsteadAction,
    Field(discriminator="action"),
]
