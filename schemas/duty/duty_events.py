"""What happened to the people and devices of a street; part of `schemas.journal.events`. All name their street, and no case."""

from typing import Annotated

from schemas.duty.duty_terms import DeviceMark, ReturnedAs
from schemas.duty.street_duty import (
    Absence,
    CalledOut,
    DutyActionRef,
    IssuedCertificate,
    Loan,
    ShiftSwap,
    WithdrawnCertificate,
)
from schemas.journal.journal_event import JournalEvent
from schemas.values.bounds import at_most
from schemas.values.terms import Role
from schemas.values.text import Code, Day, Identifier, Instant, Note, StreetCode


class LeaveTaken(JournalEvent, frozen=True, kw_only=True, tag="leave_taken.v1"):
    """请假: somebody will not be there."""

    street: StreetCode
    absence: Absence
    note: Note = ""


class LeaveEnded(JournalEvent, frozen=True, kw_only=True, tag="leave_ended.v1"):
    """销假: the leave that was to begin at `begins` ends at `at`; where that is no later, it was not taken."""

    street: StreetCode
    officer: Identifier
    begins: Instant
    at: Instant
    note: Note = ""


class ShiftsSwapped(JournalEvent, frozen=True, kw_only=True, tag="shifts_swapped.v1"):
    """换班: each of these shifts is done by somebody else, or by its owner again."""

    street: StreetCode
    swaps: Annotated[tuple[ShiftSwap, ...], *at_most(2, least=1)]
    note: Note = ""


class OfficerCalledOut(JournalEvent, frozen=True, kw_only=True, tag="officer_called_out.v1"):
    """召回: somebody who was off duty is there."""

    street: StreetCode
    call: CalledOut
    note: Note = ""


class OfficerLent(JournalEvent, frozen=True, kw_only=True, tag="officer_lent.v1"):
    """借调: somebody works in another team."""

    street: StreetCode
    loan: Loan
    note: Note = ""


class LoanEnded(JournalEvent, frozen=True, kw_only=True, tag="loan_ended.v1"):
    """归队: the loan that was to begin at `begins` ends at `at`; where that is no later, nothing came of it."""

    street: StreetCode
    officer: Identifier
    team: Identifier
    begins: Instant
    at: Instant
    note: Note = ""


class CertificateIssued(JournalEvent, frozen=True, kw_only=True, tag="certificate_issued.v1"):
    """发证: whatever was withdrawn under its number counts again."""

    street: StreetCode
    issued: IssuedCertificate


class CertificateWithdrawn(JournalEvent, frozen=True, kw_only=True, tag="certificate_withdrawn.v1"):
    """收回执法证: whose it was, and why."""

    street: StreetCode
    officer: Identifier
    withdrawn: WithdrawnCertificate
    note: Note


class DeviceHandedOut(JournalEvent, frozen=True, kw_only=True, tag="device_handed_out.v1"):
    """领用: the device is with the officer from `at` on."""

    street: StreetCode
    device: Identifier
    officer: Identifier
    at: Instant


class DeviceHandedBack(JournalEvent, frozen=True, kw_only=True, tag="device_handed_back.v1"):
    """归还: the officer had it until `at`."""

    street: StreetCode
    device: Identifier
    officer: Identifier
    at: Instant
    state: ReturnedAs
    note: Note = ""


class DeviceMarked(JournalEvent, frozen=True, kw_only=True, tag="device_marked.v1"):
    """设备状态登记: broken, repaired, or calibrated until that day (included)."""

    street: StreetCode
    device: Identifier
    mark: DeviceMark
    at: Instant
    until: Day | None = None
    note: Note = ""


class DutyActionAccepted(JournalEvent, frozen=True, kw_only=True, tag="duty_action_accepted.v1"):
    """It was done, and by whom. What was over before `kept_since` the state of the street remembers no longer."""

    street: StreetCode
    action: Code
    actor: Identifier
    role: Role
    team: Identifier | None
    acted_at: Instant
    done: DutyActionRef
    kept_since: Instant


class DutyActionRepeated(JournalEvent, frozen=True, kw_only=True, tag="duty_action_repeated.v1"):
    """It was done before; nothing changed."""

    street: StreetCode
    action_id: Identifier


class DutyActionRefused(JournalEvent, frozen=True, kw_only=True, tag="duty_action_refused.v1"):
    """It was understood and may not be done now, or not by this actor; nothing changed."""

    street: StreetCode
    action_id: Identifier
    action: Code
    actor: Identifier
    code: Code
    field: Note = ""


DutyChange = (
    LeaveTaken
    | LeaveEnded
    | ShiftsSwapped
    | OfficerCalledOut
    | OfficerLent
    | LoanEnded
    | CertificateIssued
    | CertificateWithdrawn
    | DeviceHandedOut
    | DeviceHandedBack
    | DeviceMarked
)
"""What an accepted action changes."""
DutyEvent = DutyChange | DutyActionAccepted | DutyActionRepeated | DutyActionRefused
