"""Faults of what proves a case: I19. Each spoils a good log in one way."""

from msgspec.structs import replace

from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import at, edit_event, entries, event_of


def _with_marks(log: MemoryLog) -> int:
    """The opening of a case of whose evidence something was set aside."""
    return next(
        index for index in entries(log, "case_opened") if event_of(log, index, "case_opened").report.set_aside
    )


@planted("I19", "one photo proves two cases")
def proves_two(log: MemoryLog):
    other = event_of(log, at(log, "case_disposed"), "case_disposed")
    photo = other.evidence[0]
    second, mine = next(
        (index, event)
        for index in entries(log, "case_disposed")
        if (event := event_of(log, index, "case_disposed")).case_id != other.case_id
    )
    same = replace(mine.evidence[0], sha256=photo.sha256)
    edit_event(log, second, "case_disposed", evidence=(same, *mine.evidence[1:]))


@planted("I19", "a patrol's find is dealt with by the photo of a case")
def found_twice(log: MemoryLog):
    photo = event_of(log, at(log, "case_disposed"), "case_disposed").evidence[0]
    index = at(log, "case_self_disposed")
    (mine,) = event_of(log, index, "case_opened").evidence
    edit_event(log, index, "case_opened", evidence=(replace(mine, sha256=photo.sha256),))


@planted("I19", "a caller's photo that another case has counts as evidence")
def unmarked(log: MemoryLog):
    index = _with_marks(log)
    report = event_of(log, index, "case_opened").report
    others = tuple(mark for mark in report.set_aside if mark.case_id is None)
    edit_event(log, index, "case_opened", report=replace(report, set_aside=others))


@planted("I19", "a caller's photo of tomorrow counts as evidence")
def untimed(log: MemoryLog):
    index = _with_marks(log)
    report = event_of(log, index, "case_opened").report
    timed = tuple(mark for mark in report.set_aside if mark.case_id is not None)
    edit_event(log, index, "case_opened", report=replace(report, set_aside=timed))


@planted("I19", "a caller's photo is set aside for a case that does not have it")
def of_nobody(log: MemoryLog):
    index = _with_marks(log)
    report = event_of(log, index, "case_opened").report
    other = event_of(log, 0, "case_opened").case_id
    wrong = tuple(replace(mark, case_id=other) for mark in report.set_aside)
    edit_event(log, index, "case_opened", report=replace(report, set_aside=wrong))
