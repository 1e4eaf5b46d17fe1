"""Faults of what is kept of people and devices (I4, I15, I17, I20). Each spoils a good log in one way."""

from msgspec.structs import replace

from schemas import topics
from schemas.duty.street_duty import StreetDuty
from schemas.values.terms import Role
from schemas.wire import codecs
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import at, edit_event, entries, without_event


def _states(log: MemoryLog) -> list[int]:
    """Where the states of a street stand."""
    there = log.topics[topics.CASES]
    return [n for n, one in enumerate(there) if (one.key or b"").startswith(topics.DUTY_KEY)]


def _state(log: MemoryLog, index: int) -> StreetDuty:
    return codecs.STREET_DUTY.decode(log.topics[topics.CASES][index].value or b"")


def _keep(log: MemoryLog, index: int, state: StreetDuty) -> None:
    there = log.topics[topics.CASES]
    there[index] = there[index]._replace(value=codecs.STREET_DUTY.encode(state))


@planted("I20", "a camera is handed out to a second person while the first has it")
def camera_with_two(log: MemoryLog):
    edit_event(log, list(entries(log, "device_handed_out"))[1], "device_handed_out", device="CAM-01")


@planted("I20", "a camera comes back from somebody who did not have it")
def camera_back_from_other(log: MemoryLog):
    edit_event(log, at(log, "device_handed_back"), "device_handed_back", officer="XH-002")


@planted("I15", "what is kept says that another officer has the camera")
def other_holder_kept(log: MemoryLog):
    index = _states(log)[0]
    state = _state(log, index)
    device = state.devices[0]
    spell = replace(device.spells[-1], holder="XH-007")
    _keep(log, index, replace(state, devices=(replace(device, spells=(spell,)), *state.devices[1:])))


@planted("I15", "leave that was taken is not kept")
def leave_not_kept(log: MemoryLog):
    index = next(n for n in _states(log) if _state(log, n).absences)
    _keep(log, index, replace(_state(log, index), absences=()))


@planted("I15", "an officer's certificate is kept as withdrawn, and the journal knows nothing of it")
def withdrawn_unsaid(log: MemoryLog):
    index = at(log, "certificate_withdrawn")
    without_event(log, index, "certificate_withdrawn")


@planted("I15", "the last state of a street's people and devices is gone")
def duty_gone(log: MemoryLog):
    del log.topics[topics.CASES][_states(log)[-1]]


@planted("I4", "leave is accepted from somebody who may not give it")
def leave_by_officer(log: MemoryLog):
    edit_event(log, at(log, "leave_taken"), "duty_action_accepted", role=Role.OFFICER)


@planted("I17", "a hand-out that was refused is told as accepted in the journal")
def refused_as_other(log: MemoryLog):
    edit_event(log, at(log, "duty_action_refused"), "duty_action_refused", code="device_broken")
