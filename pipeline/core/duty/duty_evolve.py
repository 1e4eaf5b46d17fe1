"""The state of a street's people and devices after an event: what the events say, and nothing else.

StreetDuty, DutyChange ─► what it changes
StreetDuty, DutyActionAccepted ─► the action is remembered; what was over before `kept_since` drops off
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from pipeline.core.duty.who_is_there import day_of
from schemas import limits
from schemas.duty import duty_events as events
from schemas.duty.duty_terms import DeviceMark, DeviceState
from schemas.duty.street_duty import DeviceDuty, DeviceSpell, StreetDuty

_DAYS_AFTER_SWAP: Final = timedelta(days=2)
"""A shift that begins on a day is over by then."""


def evolved(
    duty: StreetDuty | None, street: str, happened: Iterable[events.DutyEvent], entry_id: str
) -> StreetDuty:
    """The state after the events of one entry, the first that is accepted in the street where `duty` is None."""
    if duty is None:
        duty = StreetDuty(street=street, version=1, entry_id=entry_id)
    else:
        duty = replace(duty, version=duty.version + 1, entry_id=entry_id)
    for event in happened:
        duty = _MOVES[type(event)](duty, event)
    return duty


def _leave_taken(duty: StreetDuty, event: events.LeaveTaken) -> StreetDuty:
    return replace(duty, absences=(*duty.absences, event.absence))


def _leave_ended(duty: StreetDuty, event: events.LeaveEnded) -> StreetDuty:
    absences = []
    for absence in duty.absences:
        if (absence.officer, absence.begins) != (event.officer, event.begins):
            absences.append(absence)
        elif event.at > absence.begins:
            absences.append(replace(absence, ends=event.at))
    return replace(duty, absences=tuple(absences))


def _swapped(duty: StreetDuty, event: events.ShiftsSwapped) -> StreetDuty:
    swaps = {(swap.day, swap.owner): swap for swap in (*duty.swaps, *event.swaps)}
    return replace(duty, swaps=tuple(swap for swap in swaps.values() if swap.by != swap.owner))


def _called_out(duty: StreetDuty, event: events.OfficerCalledOut) -> StreetDuty:
    return replace(duty, call_outs=(*duty.call_outs, event.call))


def _lent(duty: StreetDuty, event: events.OfficerLent) -> StreetDuty:
    return replace(duty, loans=(*duty.loans, event.loan))


def _loan_ended(duty: StreetDuty, event: events.LoanEnded) -> StreetDuty:
    loans = []
    for loan in duty.loans:
        if (loan.officer, loan.begins) != (event.officer, event.begins):
            loans.append(loan)
        elif event.at > loan.begins:
            loans.append(replace(loan, ends=event.at))
    return replace(duty, loans=tuple(loans))


def _issued(duty: StreetDuty, event: events.CertificateIssued) -> StreetDuty:
    number = event.issued.certificate.number
    others = (one for one in duty.issued if one.certificate.number != number)
    withdrawn = tuple(one for one in duty.withdrawn if one.number != number)
    return replace(duty, issued=(*others, event.issued), withdrawn=withdrawn)


def _withdrawn(duty: StreetDuty, event: events.CertificateWithdrawn) -> StreetDuty:
    return replace(duty, withdrawn=(*duty.withdrawn, event.withdrawn))


def _handed_out(duty: StreetDuty, event: events.DeviceHandedOut) -> StreetDuty:
    def out(device: DeviceDuty) -> DeviceDuty:
        spell = DeviceSpell(holder=event.officer, out_at=event.at)
        return replace(device, state=DeviceState.OUT, since=event.at, spells=(*device.spells, spell))

    return _with_device(duty, event.device, event.at, out)


def _handed_back(duty: StreetDuty, event: events.DeviceHandedBack) -> StreetDuty:
    def back(device: DeviceDuty) -> DeviceDuty:
        *before, last = device.spells
        spells = (*before, replace(last, back_at=event.at))
        return replace(device, state=DeviceState(event.state.value), since=event.at, spells=spells)

    return _with_device(duty, event.device, event.at, back)


def _marked(duty: StreetDuty, event: events.DeviceMarked) -> StreetDuty:
    def marked(device: DeviceDuty) -> DeviceDuty:
        match event.mark:
            case DeviceMark.BROKEN:
                return replace(device, state=DeviceState.BROKEN, since=event.at)
            case DeviceMark.REPAIRED:
                state = DeviceState.OUT if device.holder is not None else DeviceState.IN
                return replace(device, state=state, since=event.at)
            case DeviceMark.CALIBRATED:
                return replace(device, calibrated_until=event.until)

    return _with_device(duty, event.device, event.at, marked)


def _with_device(
    duty: StreetDuty, device: str, at: datetime, change: Callable[[DeviceDuty], DeviceDuty]
) -> StreetDuty:
    """The state with that device changed, in its place; one of which nothing was known so far comes last."""
    if any(one.device == device for one in duty.devices):
        devices = tuple(change(one) if one.device == device else one for one in duty.devices)
    else:
        new = DeviceDuty(device=device, state=DeviceState.IN, since=at)
        devices = (*duty.devices, change(new))
    return replace(duty, devices=devices)


def _accepted(duty: StreetDuty, event: events.DutyActionAccepted) -> StreetDuty:
    since, day = event.kept_since, day_of(event.kept_since)
    return replace(
        duty,
        absences=tuple(one for one in duty.absences if one.ends >= since),
        swaps=tuple(one for one in duty.swaps if one.day + _DAYS_AFTER_SWAP >= day),
        call_outs=tuple(one for one in duty.call_outs if one.ends >= since),
        loans=tuple(one for one in duty.loans if one.ends >= since),
        issued=tuple(one for one in duty.issued if one.certificate.until >= day),
        withdrawn=tuple(one for one in duty.withdrawn if one.until >= day),
        devices=tuple(_remembered(duty.devices, since)),
        actions=(*(one for one in duty.actions if one.at >= since), event.done)[-limits.DUTY_ACTIONS_MAX :],
    )


def _remembered(devices: Iterable[DeviceDuty], since: datetime) -> Iterable[DeviceDuty]:
    """The devices without what was over before; those that are in again, and of which nothing else is known, drop off."""
    for device in devices:
        spells = tuple(one for one in device.spells if one.back_at is None or one.back_at >= since)
        calibrated = device.calibrated_until
        if spells or calibrated is not None or device.state is not DeviceState.IN:
            yield device if len(spells) == len(device.spells) else replace(device, spells=spells)


def _unmoved(duty: StreetDuty, event: events.DutyEvent) -> StreetDuty:
    return duty


_MOVES: Final[Mapping[type, Callable[..., StreetDuty]]] = {
    events.LeaveTaken: _leave_taken,
    events.LeaveEnded: _leave_ended,
    events.ShiftsSwapped: _swapped,
    events.OfficerCalledOut: _called_out,
    events.OfficerLent: _lent,
    events.LoanEnded: _loan_ended,
    events.CertificateIssued: _issued,
    events.CertificateWithdrawn: _withdrawn,
    events.DeviceHandedOut: _handed_out,
    events.DeviceHandedBack: _handed_back,
    events.DeviceMarked: _marked,
    events.DutyActionAccepted: _accepted,
    events.DutyActionRepeated: _unmoved,
    events.DutyActionRefused: _unmoved,
}


def is_within_limits(duty: StreetDuty) -> bool:
    """Whether each list of the state can be read back: one over its limit can be written, but not read."""
    return (
        len(duty.absences) <= limits.ABSENCES_MAX
        and len(duty.swaps) <= limits.SWAPS_MAX
        and len(duty.call_outs) <= limits.CALL_OUTS_MAX
        and len(duty.loans) <= limits.LOANS_MAX
        and max(len(duty.issued), len(duty.withdrawn)) <= limits.CERTIFICATES_MAX
        and len(duty.devices) <= limits.DEVICES_MAX
        and all(len(device.spells) <= limits.DEVICE_SPELLS_MAX for device in duty.devices)
    )
