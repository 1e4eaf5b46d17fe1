"""Faults of cases that go to another street: lost on the way, taken over twice, pretended, begun anew, told to nobody."""

from datetime import timedelta

from msgspec.structs import replace

from schemas import topics
from schemas.journal.events import ReportRefused
from schemas.state.came_from import CameFrom
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import (
    at,
    edit,
    edit_clock,
    edit_entry,
    edit_event,
    entries,
    entry,
    event_of,
    invent,
    outputs,
    read,
)

ELSEWHERE = "140109002-0000000000000"


def taken_over(log: MemoryLog, name: str = "case_opened") -> int:
    """The first entry that takes over a report of another street so."""
    return next(n for n in entries(log, name) if getattr(entry(log, n).cause, "moved_from", None))


@planted("I1", "a case was moved to another street, and its report never arrived there")
def move_lost(log: MemoryLog):
    came = taken_over(log)
    edit_event(log, came, "case_opened", came_from=None)
    edit_entry(log, came, cause=replace(entry(log, came).cause, moved_from=None))


@planted("I1", "the other street refuses a report that came with its case")
def move_refused(log: MemoryLog):
    came = taken_over(log, "report_merged")
    report = event_of(log, came, "report_merged").report
    refused = ReportRefused(source=report.source, source_no=report.source_no, code="place_missing")
    edit_entry(log, came, events=(refused,))


@planted("I1", "a report that was moved once is taken over twice")
def move_twice(log: MemoryLog):
    came, last = taken_over(log), entry(log, -1)
    invent(
        log, topics.JOURNAL, came, entry_id=f"0:1:{last.seq + 1}", seq=last.seq + 1, at=last.at,
        cause=replace(entry(log, came).cause, offset=10**6),
    )  # fmt: skip


@planted("I1", "a case that two have reported goes to another street with one report")
def move_incomplete(log: MemoryLog):
    edit_event(log, at(log, "case_moved"), "case_moved", reports=1)


@planted("I2", "a street takes over a case that no street has moved")
def move_invented(log: MemoryLog):
    came = taken_over(log)
    came_from = event_of(log, came, "case_opened").came_from
    edit_event(log, came, "case_opened", came_from=replace(came_from, cases=(ELSEWHERE,)))
    edit_entry(log, came, cause=replace(entry(log, came).cause, moved_from=ELSEWHERE))


@planted("I2", "a case that was pushed as any other is said to be another street's")
def move_pretended(log: MemoryLog):
    opened = at(log, "case_opened")
    came_from = CameFrom(cases=(ELSEWHERE,), at=entry(log, opened).at)
    edit_event(log, opened, "case_opened", came_from=came_from)


@planted("I2", "an entry says of a report that it came with a moved case, and the record does not")
def move_unsaid(log: MemoryLog):
    offset, there = entry(log, taken_over(log)).cause.offset, log.topics[topics.REPORTS]
    index = next(n for n, record in enumerate(there) if record.offset == offset)
    there[index] = there[index]._replace(headers=())


@planted("I2", "the first street says that the case is another one in the other street")
def move_astray(log: MemoryLog):
    edit_event(log, at(log, "case_moved"), "case_moved", to_case="140109001-0000000000000")


@planted("I4", "a case is moved to its own street")
def move_to_itself(log: MemoryLog):
    edit_event(log, at(log, "case_moved"), "case_moved", to="140109004")


@planted("I4", "what came from another street is moved on")
def moved_on(log: MemoryLog):
    moved = event_of(log, at(log, "case_moved"), "case_moved").case_id
    opened = next(n for n in entries(log, "case_opened") if event_of(log, n, "case_opened").case_id == moved)
    came_from = CameFrom(cases=(ELSEWHERE,), at=entry(log, opened).at)
    edit_event(log, opened, "case_opened", came_from=came_from)


@planted("I9", "the deadline of a moved case counts from when the other street heard of it")
def clock_begun_anew(log: MemoryLog):
    came = taken_over(log)
    began = entry(log, came).at
    edit_event(
        log, came, "case_opened", came_from=replace(event_of(log, came, "case_opened").came_from, clocks=())
    )
    edit_clock(log, came, "started", lambda clock: replace(clock, started_at=began, moves=()), "dispose")


@planted("I9", "the citizen of a moved case waits since a later time than before")
def waiting_begun_anew(log: MemoryLog):
    came = taken_over(log)
    facts = event_of(log, came, "case_opened").facts
    later = facts.opened_at + timedelta(minutes=5)
    edit_event(log, came, "case_opened", facts=replace(facts, opened_at=later))


@planted("I12", "a case is another street's, and its source is not told which case it is there")
def move_untold(log: MemoryLog):
    n, *_ = outputs(log, topics.NOTICES, at(log, "case_moved"))
    edit(log, topics.NOTICES, n, into=None)


@planted("I15", "the snapshot of a moved case does not say where it is")
def moved_nowhere(log: MemoryLog):
    n, *_ = outputs(log, topics.CASES, at(log, "case_moved"))
    assert read(log, topics.CASES, n).moved_to
    edit(log, topics.CASES, n, moved_to=None)
