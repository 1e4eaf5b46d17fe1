"""The people and devices of a street as the journal tells of them, folded a second time: from the description, not from the core's code.

Everything is kept by what names it: an absence by officer and beginning, a swap by day and owner, a device by its id. What is over
drops off when an action is accepted, before its `kept_since`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from schemas import limits
from schemas.duty import duty_events as told
from schemas.duty.certificate import Certificate
from schemas.duty.street_duty import DutyActionRef, StreetDuty

_SHANGHAI: Final = timedelta(hours=8)
_SWAPPED_FOR: Final = timedelta(days=2)
Span = tuple[datetime, datetime]


@dataclass(slots=True)
class DeviceMemory:
    """How a device is, since when, and the spells in which somebody had it: whom, from when, until when."""

    state: str = "in"
    since: datetime | None = None
    calibrated_until: date | None = None
    spells: list[tuple[str, datetime, datetime | None]] = field(default_factory=list)

    @property
    def holder(self) -> str | None:
        """Who has it."""
        return next((who for who, _, back in self.spells if back is None), None)


@dataclass(slots=True)
class DutyMemory:
    """One street."""

    version: int = 0
    entry_id: str = ""
    absences: dict[tuple[str, datetime], tuple[datetime, str]] = field(default_factory=dict)
    swaps: dict[tuple[date, str], str] = field(default_factory=dict)
    call_outs: list[tuple[str, Span]] = field(default_factory=list)
    loans: dict[tuple[str, datetime], tuple[datetime, str]] = field(default_factory=dict)
    issued: dict[str, tuple[str, Certificate]] = field(default_factory=dict)
    withdrawn: dict[str, tuple[datetime, date]] = field(default_factory=dict)
    devices: dict[str, DeviceMemory] = field(default_factory=dict)
    actions: list[DutyActionRef] = field(default_factory=list)

    def note(self, event: told.DutyEvent) -> None:
        """It happened."""
        applier = _APPLIERS.get(type(event))
        if applier is not None:
            applier(self, event)

    def device(self, device: str) -> DeviceMemory:
        """That device; one of which nothing was told is in."""
        return self.devices.setdefault(device, DeviceMemory())


def _leave(memory: DutyMemory, event: told.LeaveTaken) -> None:
    one = event.absence
    memory.absences[one.officer, one.begins] = (one.ends, one.reason.value)


def _back_from_leave(memory: DutyMemory, event: told.LeaveEnded) -> None:
    _, reason = memory.absences.pop((event.officer, event.begins), (event.at, ""))
    if event.at > event.begins:
        memory.absences[event.officer, event.begins] = (event.at, reason)


def _swap(memory: DutyMemory, event: told.ShiftsSwapped) -> None:
    for swap in event.swaps:
        memory.swaps.pop((swap.day, swap.owner), None)
        if swap.by != swap.owner:
            memory.swaps[swap.day, swap.owner] = swap.by


def _called(memory: DutyMemory, event: told.OfficerCalledOut) -> None:
    memory.call_outs.append((event.call.officer, (event.call.begins, event.call.ends)))


def _loan(memory: DutyMemory, event: told.OfficerLent) -> None:
    memory.loans[event.loan.officer, event.loan.begins] = (event.loan.ends, event.loan.team)


def _loan_over(memory: DutyMemory, event: told.LoanEnded) -> None:
    _, team = memory.loans.pop((event.officer, event.begins), (event.at, event.team))
    if event.at > event.begins:
        memory.loans[event.officer, event.begins] = (event.at, team)


def _certificate(memory: DutyMemory, event: told.CertificateIssued) -> None:
    number = event.issued.certificate.number
    memory.withdrawn.pop(number, None)
    memory.issued[number] = (event.issued.officer, event.issued.certificate)


def _certificate_gone(memory: DutyMemory, event: told.CertificateWithdrawn) -> None:
    memory.withdrawn[event.withdrawn.number] = (event.withdrawn.at, event.withdrawn.until)


def _out(memory: DutyMemory, event: told.DeviceHandedOut) -> None:
    device = memory.device(event.device)
    device.spells.append((event.officer, event.at, None))
    device.state, device.since = "out", event.at


def _in_again(memory: DutyMemory, event: told.DeviceHandedBack) -> None:
    device = memory.device(event.device)
    device.spells = [(who, out, event.at if back is None else back) for who, out, back in device.spells]
    device.state, device.since = event.state.value, event.at


def _mark(memory: DutyMemory, event: told.DeviceMarked) -> None:
    device = memory.device(event.device)
    if event.mark.value == "calibrated":
        device.calibrated_until = event.until
        device.since = device.since or event.at
        return
    whole = "out" if device.holder else "in"
    device.state = "broken" if event.mark.value == "broken" else whole
    device.since = event.at


def _accept(memory: DutyMemory, event: told.DutyActionAccepted) -> None:
    since = event.kept_since
    day = (since + _SHANGHAI).date()
    memory.version += 1
    memory.entry_id = event.done.entry_id
    memory.absences = {key: one for key, one in memory.absences.items() if one[0] >= since}
    memory.swaps = {key: by for key, by in memory.swaps.items() if key[0] + _SWAPPED_FOR >= day}
    memory.call_outs = [call for call in memory.call_outs if call[1][1] >= since]
    memory.loans = {key: one for key, one in memory.loans.items() if one[0] >= since}
    memory.issued = {number: one for number, one in memory.issued.items() if one[1].until >= day}
    memory.withdrawn = {number: one for number, one in memory.withdrawn.items() if one[1] >= day}
    for name, device in [*memory.devices.items()]:
        device.spells = [spell for spell in device.spells if spell[2] is None or spell[2] >= since]
        if not device.spells and device.state == "in" and device.calibrated_until is None:
            del memory.devices[name]
    remembered = [done for done in memory.actions if done.at >= since]
    memory.actions = [*remembered, event.done][-limits.DUTY_ACTIONS_MAX :]


_APPLIERS: Final[Mapping[type, Callable[..., None]]] = {
    told.LeaveTaken: _leave,
    told.LeaveEnded: _back_from_leave,
    told.ShiftsSwapped: _swap,
    told.OfficerCalledOut: _called,
    told.OfficerLent: _loan,
    told.LoanEnded: _loan_over,
    told.CertificateIssued: _certificate,
    told.CertificateWithdrawn: _certificate_gone,
    told.DeviceHandedOut: _out,
    told.DeviceHandedBack: _in_again,
    told.DeviceMarked: _mark,
    told.DutyActionAccepted: _accept,
}


def duty_sides(state: StreetDuty, memory: DutyMemory) -> Iterator[tuple[str, object, object]]:
    """Each part of a street's state: its name, as it is kept, as the journal has it."""
    yield "version", state.version, memory.version
    yield "entry_id", state.entry_id, memory.entry_id
    absences = {(one.officer, one.begins): (one.ends, one.reason.value) for one in state.absences}
    yield "absences", (len(state.absences), absences), (len(memory.absences), memory.absences)
    swaps = {(one.day, one.owner): one.by for one in state.swaps}
    yield "swaps", (len(state.swaps), swaps), (len(memory.swaps), memory.swaps)
    yield "call_outs", [(one.officer, (one.begins, one.ends)) for one in state.call_outs], memory.call_outs
    loans = {(one.officer, one.begins): (one.ends, one.team) for one in state.loans}
    yield "loans", (len(state.loans), loans), (len(memory.loans), memory.loans)
    issued = {one.certificate.number: (one.officer, one.certificate) for one in state.issued}
    yield "issued", (len(state.issued), issued), (len(memory.issued), memory.issued)
    withdrawn = {one.number: (one.at, one.until) for one in state.withdrawn}
    yield "withdrawn", (len(state.withdrawn), withdrawn), (len(memory.withdrawn), memory.withdrawn)
    devices = {
        one.device: DeviceMemory(
            one.state.value,
            one.since,
            one.calibrated_until,
            [(spell.holder, spell.out_at, spell.back_at) for spell in one.spells],
        )
        for one in state.devices
    }
    yield "devices", (len(state.devices), devices), (len(memory.devices), memory.devices)
    yield "actions", list(state.actions), memory.actions
