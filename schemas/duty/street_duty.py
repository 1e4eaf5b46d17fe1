"""What happened to the people and devices of a street since its file in `rules/people` was written (值班台账): one record a street.

    cases.v1   __duty/140109004 ─► absences, swaps, call-outs, loans, certificates, devices, what was done lately

What is over is kept some days more, so that a recording that is handed in late can still be proved, and then drops off.
"""

from typing import Annotated

from schemas import limits
from schemas.duty.certificate import Certificate
from schemas.duty.duty_terms import DeviceState, LeaveReason
from schemas.values.bounds import at_most, between
from schemas.values.text import ContentDigest, Day, EntryId, Identifier, Instant, StreetCode
from schemas.wire.contract import Contract


class Absence(Contract, frozen=True, kw_only=True):
    """不在岗: from `begins` until `ends` (excluded) the officer is not there, whatever is planned."""

    officer: Identifier
    begins: Instant
    ends: Instant
    reason: LeaveReason


class ShiftSwap(Contract, frozen=True, kw_only=True):
    """换班: the shift that `owner` is planned for, begun on that day of Shanghai, is done by `by`."""

    day: Day
    owner: Identifier
    by: Identifier


class CalledOut(Contract, frozen=True, kw_only=True):
    """召回: somebody who is planned to be off is there all the same."""

    officer: Identifier
    begins: Instant
    ends: Instant


class Loan(Contract, frozen=True, kw_only=True):
    """借调: meanwhile the officer works in that team."""

    officer: Identifier
    team: Identifier
    begins: Instant
    ends: Instant


class IssuedCertificate(Contract, frozen=True, kw_only=True):
    """发证: it takes the place of one of the same number, in the file too."""

    officer: Identifier
    certificate: Certificate


class WithdrawnCertificate(Contract, frozen=True, kw_only=True):
    """收回: it counts no longer from `at` on; `until` is the day on which it would have ended."""

    number: Identifier
    at: Instant
    until: Day


class DeviceSpell(Contract, frozen=True, kw_only=True):
    """领用: out with `holder` from `out_at` until `back_at` (excluded); null while it is out."""

    holder: Identifier
    out_at: Instant
    back_at: Instant | None = None


class DeviceDuty(Contract, frozen=True, kw_only=True):
    """How a device is since `since`, and who had it lately, the newest last. One that broke on site is broken and with its holder.

    `calibrated_until`: of a calibration since the file was written.
    """

    device: Identifier
    state: DeviceState
    since: Instant
    calibrated_until: Day | None = None
    spells: Annotated[tuple[DeviceSpell, ...], *at_most(limits.DEVICE_SPELLS_MAX)] = ()

    @property
    def holder(self) -> str | None:
        """Who has it now."""
        return self.spells[-1].holder if self.spells and self.spells[-1].back_at is None else None


class DutyActionRef(Contract, frozen=True, kw_only=True):
    """An action that was done; sent again it gets the same receipt. `content` is the digest of what it said."""

    action_id: Identifier
    entry_id: EntryId
    at: Instant
    content: ContentDigest


class StreetDuty(Contract, frozen=True, kw_only=True):
    """The state of one street, under the key `__duty/STREET` of `cases.v1`. Whoever reads cases passes it over.

    `entry_id` is the last entry that changed it, `version` how often it was.
    """

    street: StreetCode
    version: Annotated[int, *between(1)]
    entry_id: EntryId
    absences: Annotated[tuple[Absence, ...], *at_most(limits.ABSENCES_MAX)] = ()
    swaps: Annotated[tuple[ShiftSwap, ...], *at_most(limits.SWAPS_MAX)] = ()
    call_outs: Annotated[tuple[CalledOut, ...], *at_most(limits.CALL_OUTS_MAX)] = ()
    loans: Annotated[tuple[Loan, ...], *at_most(limits.LOANS_MAX)] = ()
    issued: Annotated[tuple[IssuedCertificate, ...], *at_most(limits.CERTIFICATES_MAX)] = ()
    withdrawn: Annotated[tuple[WithdrawnCertificate, ...], *at_most(limits.CERTIFICATES_MAX)] = ()
    devices: Annotated[tuple[DeviceDuty, ...], *at_most(limits.DEVICES_MAX)] = ()
    actions: Annotated[tuple[DutyActionRef, ...], *at_most(limits.DUTY_ACTIONS_MAX)] = ()
