"""Devices go out and come back (装备领用与归还), and how they are is noted. What breaks on site stays with who has it until it is back."""

from pipeline.core.duty.duty_context import DutyContext, DutyDecided, officer_of
from pipeline.core.duty.people import Officer
from pipeline.core.duty.who_is_there import CarriedDevice, day_of
from pipeline.core.rules.refusals import Refusal
from schemas.duty import duty_actions as actions
from schemas.duty import duty_events as events
from schemas.duty.duty_terms import DeviceMark, DeviceState
from schemas.inputs.action_base import Actor
from schemas.values.terms import Role


def hand_out(context: DutyContext, action: actions.HandOut) -> DutyDecided:
    """领用: of a device that is there, whole and calibrated, to an officer on duty; a team's leader hands out to its own people."""
    officer = officer_of(context, action.officer)
    if isinstance(officer, Refusal):
        return officer
    found = _device_of(context, action.device)
    if isinstance(found, Refusal):
        return found
    refusal = _not_free(context, found) or _not_of_team(context, action.actor, officer)
    if refusal is None and context.view.presence(officer.id) is None:
        there = ", ".join(one.id for one in context.view.on_duty(officer.team))[:200]
        refusal = Refusal("not_on_duty", "officer", there or "somebody on duty, or call them out")
    return refusal or events.DeviceHandedOut(
        street=context.street.code, device=found.device.id, officer=officer.id, at=context.at
    )


def _not_free(context: DutyContext, found: CarriedDevice) -> Refusal | None:
    if found.state is DeviceState.BROKEN:
        return Refusal("device_broken", "device", "one that is not broken")
    if found.holder is not None:
        return Refusal("device_out", "device", f"it is out with {found.holder}")
    if not found.is_calibrated(day_of(context.at)):
        return Refusal("device_uncalibrated", "device", f"it was calibrated until {found.calibrated_until}")
    return None


def hand_back(context: DutyContext, action: actions.HandBack) -> DutyDecided:
    """归还: of what is out, broken or not."""
    found = _device_of(context, action.device)
    if isinstance(found, Refusal):
        return found
    if found.holder is None:
        return Refusal("device_not_out", "device", "one that is out")
    holder = context.view.officer(found.holder)
    refusal = _not_of_team(context, action.actor, holder) if holder is not None else None
    return refusal or events.DeviceHandedBack(
        street=context.street.code,
        device=found.device.id,
        officer=found.holder,
        at=context.at,
        state=action.state,
        note=action.note,
    )


def mark_device(context: DutyContext, action: actions.MarkDevice) -> DutyDecided:
    """设备状态登记: what it was already is not said again."""
    found = _device_of(context, action.device)
    if isinstance(found, Refusal):
        return found
    is_broken = found.state is DeviceState.BROKEN
    if action.mark is DeviceMark.BROKEN and is_broken:
        return Refusal("device_broken", "device", "one that is not broken")
    if action.mark is DeviceMark.REPAIRED and not is_broken:
        return Refusal("device_not_broken", "device", "one that is broken")
    if action.mark is DeviceMark.CALIBRATED and (action.until is None or action.until < day_of(context.at)):
        return Refusal("calibration_end", "until", f"{day_of(context.at)} or later")
    return events.DeviceMarked(
        street=context.street.code,
        device=found.device.id,
        mark=action.mark,
        at=context.at,
        until=action.until if action.mark is DeviceMark.CALIBRATED else None,
        note=action.note,
    )


def _device_of(context: DutyContext, device: str) -> CarriedDevice | Refusal:
    found = context.view.device(device)
    return found or Refusal("unknown_device", "device", "the id of a device of the street")


def _not_of_team(context: DutyContext, actor: Actor, officer: Officer) -> Refusal | None:
    """Why a team's leader has nothing to say of this officer's devices; the duty chief has."""
    if actor.role is not Role.TEAM or actor.team in context.view.teams_of(officer.id):
        return None
    return Refusal("not_your_task", "actor.team", officer.team, officer.team)
