"""What somebody does about the people and devices of a street (值班操作), pushed to `actions.v1`: about no case, but about a street."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.duty.certificate import Certificate
from schemas.duty.duty_terms import DeviceMark, LeaveReason, ReturnedAs
from schemas.inputs.action_base import Actor
from schemas.values.text import Day, Identifier, Instant, Note, Reason, StreetCode
from schemas.wire.contract import Contract


class DutyActionBase(Contract, frozen=True, kw_only=True):
    """What every such action says. An officer is named by id or by a certificate's number."""

    action_id: Identifier
    street: StreetCode
    actor: Actor
    acted_at: Instant


class TakeLeave(DutyActionBase, frozen=True, kw_only=True):
    """请假: the officer is not there from `begins` until `ends`: leave, illness, training, business elsewhere, or suspended."""

    action: Literal["take_leave"] = "take_leave"
    officer: Identifier
    begins: Instant
    ends: Instant
    reason: LeaveReason
    note: Note = ""


class EndLeave(DutyActionBase, frozen=True, kw_only=True):
    """销假: the officer is back from the leave that runs; where none runs, the next one is not taken."""

    action: Literal["end_leave"] = "end_leave"
    officer: Identifier
    note: Note = ""


class SwapShift(DutyActionBase, frozen=True, kw_only=True):
    """换班: the officer's shift of `day` is done by `other`, and that one's shift of `other_day` by the officer; without it, 替班."""

    action: Literal["swap_shift"] = "swap_shift"
    officer: Identifier
    day: Day
    other: Identifier
    other_day: Day | None = None
    note: Note = ""


class CallOut(DutyActionBase, frozen=True, kw_only=True):
    """召回: somebody who is off duty comes in, from now until then."""

    action: Literal["call_out"] = "call_out"
    officer: Identifier
    until: Instant
    note: Reason


class Lend(DutyActionBase, frozen=True, kw_only=True):
    """借调: the officer works in another team meanwhile."""

    action: Literal["lend"] = "lend"
    officer: Identifier
    team: Identifier
    begins: Instant
    ends: Instant
    note: Note = ""


class EndLoan(DutyActionBase, frozen=True, kw_only=True):
    """归队: the officer is back in the own team, sooner than was said."""

    action: Literal["end_loan"] = "end_loan"
    officer: Identifier
    note: Note = ""


class IssueCertificate(DutyActionBase, frozen=True, kw_only=True):
    """发证: a new certificate, one that was renewed or changed, or one that was withdrawn and is given back."""

    action: Literal["issue_certificate"] = "issue_certificate"
    officer: Identifier
    certificate: Certificate


class WithdrawCertificate(DutyActionBase, frozen=True, kw_only=True):
    """收回执法证: from now on nobody enforces by it."""

    action: Literal["withdraw_certificate"] = "withdraw_certificate"
    number: Identifier
    note: Reason


class HandOut(DutyActionBase, frozen=True, kw_only=True):
    """领用: a body camera or a vehicle goes out with an officer."""

    action: Literal["hand_out"] = "hand_out"
    device: Identifier
    officer: Identifier


class HandBack(DutyActionBase, frozen=True, kw_only=True):
    """归还: it is back, and how: to be used at once, to be charged, or broken."""

    action: Literal["hand_back"] = "hand_back"
    device: Identifier
    state: ReturnedAs = ReturnedAs.IN
    note: Note = ""


class MarkDevice(DutyActionBase, frozen=True, kw_only=True):
    """设备状态登记: it is broken, wherever it is; it was repaired; or it was calibrated, and until when that holds."""

    action: Literal["mark_device"] = "mark_device"
    device: Identifier
    mark: DeviceMark
    until: Day | None = None
    note: Note = ""


DutyAction = Annotated[
    TakeLeave
    | EndLeave
    | SwapShift
    | CallOut
    | Lend
    | EndLoan
    | IssueCertificate
    | WithdrawCertificate
    | HandOut
    | HandBack
    | MarkDevice,
    Field(discriminator="action"),
]
