"""Faults of who acts, and of who is proposed to go (I21). Each spoils a good log in one way."""

from msgspec.structs import replace

from schemas import topics
from tests.audit.faults_of_the_log import action_at
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import (
    edit,
    edit_event,
    entries,
    entry,
    event_of,
    without_event,
)
from tests.core.story import NEIGHBOUR


def _next_door(log: MemoryLog, name: str, which: int = -1) -> int:
    """Where it happened in the street whose people are known; the last, unless another is meant."""
    return [n for n in entries(log, name) if entry(log, n).street == NEIGHBOUR][which]


def _by_others(log: MemoryLog, *officers: str) -> None:
    index, _ = action_at(log, _next_door(log, "case_arrived"))
    edit(log, topics.ACTIONS, index, officers=officers)


@planted("I21", "somebody of another team arrives")
def arrived_of_other_team(log: MemoryLog):
    _by_others(log, "XH-005", "XH-006", "XH-001")


@planted("I21", "somebody whom nobody knows arrives")
def arrived_unknown(log: MemoryLog):
    _by_others(log, "XH-005", "XH-006", "XH-099")


@planted("I21", "of two who arrive one is not certified")
def arrived_without_certificate(log: MemoryLog):
    without_event(log, _next_door(log, "certificate_issued"), "certificate_issued")


@planted("I21", "an officer is on leave and arrives")
def arrived_on_leave(log: MemoryLog):
    taken = event_of(log, index := _next_door(log, "leave_taken", 0), "leave_taken")
    until = entry(log, _next_door(log, "case_disposed")).at
    edit_event(log, index, "leave_taken", absence=replace(taken.absence, ends=until))


@planted("I21", "a clip is accepted from a camera that lay in store")
def recorded_in_store(log: MemoryLog):
    without_event(log, _next_door(log, "device_handed_out"), "device_handed_out")


@planted("I21", "a clip is accepted from a camera whose calibration had ended")
def recorded_uncalibrated(log: MemoryLog):
    without_event(log, _next_door(log, "device_marked"), "device_marked")


@planted("I21", "a clip is accepted without the camera it is of")
def recorded_by_none(log: MemoryLog):
    index, disposal = action_at(log, _next_door(log, "case_disposed"))
    items = tuple(replace(item, device=None) for item in disposal.evidence)
    edit(log, topics.ACTIONS, index, evidence=items)


@planted("I21", "a team is given a case, and nobody is proposed")
def nobody_proposed(log: MemoryLog):
    without_event(log, _next_door(log, "officers_proposed"), "officers_proposed")


def _propose(log: MemoryLog, which: int, **changes: object) -> None:
    index = _next_door(log, "officers_proposed", which)
    proposal = event_of(log, index, "officers_proposed").proposal
    edit_event(log, index, "officers_proposed", proposal=replace(proposal, **changes))


@planted("I21", "somebody of another team is proposed")
def proposed_of_other_team(log: MemoryLog):
    _propose(log, -2, officers=("XH-005", "XH-001"))


@planted("I21", "nobody of the team is there, and it is told that enough are")
def proposed_as_enough(log: MemoryLog):
    _propose(log, -1, is_enough=True, enough_from=None)


@planted("I21", "a camera that another has is proposed")
def proposed_camera_of_other(log: MemoryLog):
    _propose(log, -2, camera="CAM-01")
