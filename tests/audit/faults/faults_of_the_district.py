"""Faults of what is the district's to say (I8), supervision and hard cases, and of whom a leader named (I15). Each spoils a good log in one way."""

from msgspec.structs import replace

from schemas import topics
from schemas.values.terms import RequestKind
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import at, edit, edit_event, entries, event_of, outputs, read


@planted("I8", "a case is under supervision, and the district was asked for something else")
def supervised_unasked(log: MemoryLog):
    index = at(log, "request_decided", "case_supervised")
    edit_event(log, index, "request_decided", kind=RequestKind.VOID)


@planted("I8", "a case is hard, though the district did not grant it")
def hard_though_denied(log: MemoryLog):
    index = at(log, "request_decided", "case_found_hard")
    edit_event(log, index, "request_decided", granted=False)


@planted("I8", "the supervision that was ended is another case's, and this one is over all the same")
def over_under_supervision(log: MemoryLog):
    index = at(log, "supervision_ended")
    edit_event(log, index, "supervision_ended", case_id="140109004-0000000000000")


@planted("I15", "the members whom a leader named are others in the snapshot")
def other_members(log: MemoryLog):
    n, *_ = outputs(log, topics.CASES, at(log, "task_assigned"))
    case = read(log, topics.CASES, n)
    edit(log, topics.CASES, n, task=replace(case.task, members=("W9",)))


def _appeal(log: MemoryLog) -> int:
    """The first entry with an appeal."""
    asked = entries(log, "case_asked")
    return next(index for index in asked if event_of(log, index, "case_asked").request.demerit is not None)


@planted("I8", "an appeal shows nothing")
def appeal_without_evidence(log: MemoryLog):
    edit_event(log, _appeal(log), "case_asked", evidence=())


@planted("I8", "an appeal was denied, and is counted no longer all the same")
def lifted_though_denied(log: MemoryLog):
    edit_event(log, at(log, "request_decided", "demerit_lifted"), "request_decided", granted=False)


@planted("I8", "an appeal is granted by an officer of the case")
def appeal_granted_by_handler(log: MemoryLog):
    edit_event(log, at(log, "request_decided", "demerit_lifted"), "request_decided", by="O1")


@planted("I8", "an appeal is granted against what is counted against another unit")
def appeal_of_another_unit(log: MemoryLog):
    index = _appeal(log)
    asked = event_of(log, index, "case_asked")
    edit_event(log, index, "case_asked", request=replace(asked.request, team="planning"))


@planted("I15", "what is counted against a unit is missing in the snapshot")
def demerit_missing(log: MemoryLog):
    n, *_ = outputs(log, topics.CASES, at(log, "request_decided", "demerit_lifted"))
    edit(log, topics.CASES, n, demerits=())
