"""Faults of what follows from the journal (I13 to I15), of what joins a case (I7, I12), of what proves it (I19), of what is taken over
from a report (I3, I17), and of what is asked for and decided (I8, I12). Each spoils a good log in one way.
"""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from schemas import topics
from schemas.journal.clock_events import ClocksChanged
from schemas.values.left_out import LeftOut
from schemas.values.terms import ClockEvent, ClockKind, LeftOutReason, Severity
from schemas.wire import codecs
from tests.audit.faults_of_the_log import OTHER_CASE
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import (
    at,
    count,
    drop,
    edit,
    edit_entry,
    edit_event,
    entries,
    entry,
    event_of,
    invent,
    outputs,
    read,
    without_event,
)


@planted("I13", "an assignment that no entry wrote")
def output_orphan(log: MemoryLog):
    invent(log, topics.ASSIGNMENTS, 0, entry_id="0:9:99999", assignment_id="0:9:99999:assignment:0")


@planted("I13", "a notice says something else than what follows from its entry")
def output_edited(log: MemoryLog):
    edit(log, topics.NOTICES, 1, late_s=12345)


@planted("I13", "an assignment is announced in its header to another team")
def other_header(log: MemoryLog):
    record = log.topics[topics.ASSIGNMENTS][0]
    headers = tuple((name, b"planning" if name == "team" else told) for name, told in record.headers)
    log.topics[topics.ASSIGNMENTS][0] = record._replace(headers=headers)


@planted("I13", "an output under the key of another case")
def other_key(log: MemoryLog):
    record = log.topics[topics.ASSIGNMENTS][0]
    log.topics[topics.ASSIGNMENTS][0] = record._replace(key=OTHER_CASE.encode())


@planted("I13", "an entry of two cases does not name the second")
def other_case_unnamed(log: MemoryLog):
    index = at(log, "case_merged")
    record = log.topics[topics.JOURNAL][index]
    headers = tuple(header for header in record.headers if header[0] != "also")
    log.topics[topics.JOURNAL][index] = record._replace(headers=headers)


@planted(
    "I7",
    "the assignment of an open task has expired, and the last snapshot of its case does not show the task",
)
def task_unfindable(log: MemoryLog):
    last = log.topics[topics.ASSIGNMENTS][-1]
    log.begins[topics.ASSIGNMENTS] = last.offset + 1
    for index, record in enumerate(log.topics[topics.CASES]):
        if record.value and topics.is_case_key(record.key) and read(log, topics.CASES, index).task:
            edit(log, topics.CASES, index, task=None)


@planted("I14", "an entry gives another reason than the core would")
def entry_edited(log: MemoryLog):
    edit_event(log, 0, "case_dispatched", why="because")


@planted("I14", "a decision that the core would not take")
def other_decision(log: MemoryLog):
    index = at(log, "report_refused")
    edit_event(log, index, "report_refused", code="place_missing")


@planted("I14", "a timer fires where the core has none")
def not_replayable(log: MemoryLog):
    edit_entry(log, 0, cause=entry(log, at(log, "timer_fired")).cause)


@planted("I15", "a snapshot is edited where the auditor's own fold looks")
def snapshot_edited(log: MemoryLog):
    edit(log, topics.CASES, _last_snapshot(log), reworks=3)


@planted("I15", "a snapshot is edited where only the replay looks")
def snapshot_edited_deep(log: MemoryLog):
    facts = read(log, topics.CASES, 0).facts
    task = read(log, topics.CASES, 0).task
    assert facts.severity is not Severity.P1
    edit(log, topics.CASES, 0, task=replace(task, designated=True))


@planted("I15", "the last snapshot of a case is not there")
def snapshot_missing(log: MemoryLog):
    drop(log, topics.CASES, _last_snapshot(log))


@planted("I15", "a case that is not kept any more still stands")
def tombstone_missing(log: MemoryLog):
    there = log.topics[topics.CASES]
    log.topics[topics.CASES] = [one for one in there if one.value is not None]


@planted("I15", "a snapshot is deleted that is still needed")
def tombstone_invented(log: MemoryLog):
    there = log.topics[topics.CASES]
    record = there[_last_snapshot(log)]
    there.append(record._replace(offset=there[-1].offset + 1, value=None))


@planted("I15", "the position's digest is not that of the snapshots")
def digest_wrong(log: MemoryLog):
    _edit_last_position(log, digest="0" * 32)


@planted("I15", "the position runs back")
def position_back(log: MemoryLog):
    _edit_last_position(log, seq=1)


@planted("I15", "the position names another epoch than the journal")
def position_epoch(log: MemoryLog):
    _edit_last_position(log, epoch=2)


@planted("I15", "an entry wrote the snapshot of a case that it does not touch")
def snapshot_untouched(log: MemoryLog):
    _write_snapshot(log, 0, like=_last_snapshot(log), of=entry(log, 0).entry_id)


@planted("I15", "a case that is not kept any more is written instead of deleted")
def written_for_deleted(log: MemoryLog):
    there = log.topics[topics.CASES]
    gone = next(n for n, one in enumerate(there) if one.value is None)
    like = max(n for n in range(gone) if there[n].key == there[gone].key)
    _write_snapshot(log, gone, like=like, of=entry(log, at(log, "case_retired")).entry_id)


def _edit_last_position(log: MemoryLog, **changes: object) -> None:
    record = log.topics[topics.CASES][-1]
    edited = replace(codecs.POSITION.decode(record.value or b""), **changes)
    log.topics[topics.CASES][-1] = record._replace(value=codecs.POSITION.encode(edited))


def _write_snapshot(log: MemoryLog, place: int, like: int, of: str) -> None:
    """In the place of a record a snapshot like another, as if this entry had written it."""
    there = log.topics[topics.CASES]
    value = codecs.CASE.encode(replace(read(log, topics.CASES, like), entry_id=of))
    there[place] = there[like]._replace(offset=there[place].offset, value=value)


def _last_snapshot(log: MemoryLog) -> int:
    """Where the last snapshot of any case stands."""
    there = log.topics[topics.CASES]
    return max(n for n, one in enumerate(there) if one.value and topics.is_case_key(one.key))


def _speaks_against(log: MemoryLog) -> int:
    """The entry of the first report that came after a disposal."""
    return next(n for n in entries(log, "report_merged") if event_of(log, n, "report_merged").report.against)


@planted("I12", "a report that came after the disposal is not taken for one")
def contradiction_missed(log: MemoryLog):
    index = _speaks_against(log)
    report = event_of(log, index, "report_merged").report
    edit_event(log, index, "report_merged", report=replace(report, against=False))


@planted("I12", "what was reported again after the disposal is told to nobody")
def contradiction_untold(log: MemoryLog):
    index = _speaks_against(log)
    for n in reversed(outputs(log, topics.NOTICES, index)):
        drop(log, topics.NOTICES, n)
    count(log, index, notices=0)


@planted("I12", "a verification passes over what was reported again after the disposal")
def contradiction_unanswered(log: MemoryLog):
    index = next(
        n for n in entries(log, "verification_passed") if event_of(log, n, "verification_passed").answer
    )
    edit_event(log, index, "verification_passed", answer="")


@planted("I12", "an urgent report joins a case that stays as it was")
def urgency_lost(log: MemoryLog):
    without_event(log, at(log, "case_amended", "report_merged"), "case_amended")


@planted("I12", "an urgent report raises a case and its holder is not told")
def rise_untold(log: MemoryLog):
    index = next(n for n in entries(log, "case_amended") if event_of(log, n, "case_amended").raised)
    for n in reversed(outputs(log, topics.NOTICES, index)):
        drop(log, topics.NOTICES, n)
    count(log, index, notices=0)


@planted("I7", "the clerk is not given a caller who is to be called too")
def caller_missing(log: MemoryLog):
    for n, _ in enumerate(log.topics[topics.ASSIGNMENTS]):
        task = read(log, topics.ASSIGNMENTS, n)
        if len(task.callers) > 1:
            edit(log, topics.ASSIGNMENTS, n, callers=task.callers[:1])


# what proves a case


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


# what is taken over from a report


def _half_empty(log: MemoryLog) -> int:
    """The entry of the report full of placeholders."""
    return next(n for n in entries(log, "case_opened") if event_of(log, n, "case_opened").report.left_out)


def _edit_report(log: MemoryLog, index: int, **changes: Any) -> None:
    report = event_of(log, index, "case_opened").report
    edit_event(log, index, "case_opened", report=replace(report, **changes))


@planted("I3", "a number in another writing of its brackets opens a second case")
def other_writing(log: MemoryLog):
    index = _half_empty(log)
    later = next(n for n in entries(log, "case_opened") if n > index)
    _edit_report(log, later, source_no="晋城管【２０２６】 12号")


@planted("I17", "a point without a fix is left out, and nobody is told")
def left_out_untold(log: MemoryLog):
    index = _half_empty(log)
    told = event_of(log, index, "case_opened").report.left_out
    _edit_report(log, index, left_out=tuple(one for one in told if one.field != "place.point"))


@planted("I17", "a field is said to be left out that the case has")
def left_out_kept(log: MemoryLog):
    index = _half_empty(log)
    told = event_of(log, index, "case_opened").report.left_out
    more = LeftOut(field="place.address", why=LeftOutReason.PLACEHOLDER)
    _edit_report(log, index, left_out=(*told, more))


@planted("I17", "a caller's name that is a word is left out as a placeholder")
def left_out_real(log: MemoryLog):
    index = _half_empty(log)
    told = event_of(log, index, "case_opened").report.left_out
    more = LeftOut(field="caller.name", why=LeftOutReason.PLACEHOLDER)
    _edit_report(log, index, left_out=(*told, more))


@planted("I17", "the receipt does not say what was left out")
def left_out_differs(log: MemoryLog):
    [receipt] = outputs(log, topics.RECEIPTS, _half_empty(log))[:1]
    edit(log, topics.RECEIPTS, receipt, left_out=())


# what is asked for, and decided by somebody else


def _without_decision_clock(event: object, change: ClockEvent) -> object:
    if not isinstance(event, ClocksChanged):
        return event
    left = tuple(one for one in event.changes if (one.clock.kind, one.change) != (ClockKind.DECIDE, change))
    return replace(event, changes=left) if left else None


@planted("I8", "something is asked for, and no clock for its decision runs")
def request_unclocked(log: MemoryLog):
    index = at(log, "case_asked")
    events = (_without_decision_clock(event, ClockEvent.STARTED) for event in entry(log, index).events)
    edit_entry(log, index, events=tuple(filter(None, events)))


@planted("I8", "it is decided, and the clock for its decision runs on")
def decision_clock_left(log: MemoryLog):
    index = at(log, "request_decided")
    events = (_without_decision_clock(event, ClockEvent.STOPPED) for event in entry(log, index).events)
    edit_entry(log, index, events=tuple(filter(None, events)))


@planted("I12", "officers have arrived, and the objection to the dispatch still waits to be decided")
def dead_request(log: MemoryLog):
    without_event(log, at(log, "case_arrived", "request_lapsed"), "request_lapsed")


@planted("I12", "what was asked for is gone, and nobody decided it")
def request_vanished(log: MemoryLog):
    without_event(log, at(log, "case_returned", "request_lapsed"), "request_lapsed")


@planted("I12", "a suspension lapses although its end is ahead")
def lapsed_alive(log: MemoryLog):
    index = at(log, "timer_fired", "request_lapsed")
    edit_event(log, index, "request_lapsed", asked_at=entry(log, index).at - timedelta(days=9))


@planted("I12", "what somebody said to be no duplicate is suspected of the same again")
def suspected_again(log: MemoryLog):
    asked, suspicion, decided = next(_denied(log))
    later = next(
        i for i in entries(log, "case_asked") if i > decided and entry(log, i).events[0].case_id == asked
    )
    edit_event(log, later, "case_asked", request=suspicion)


@planted("I12", "two cases are said to be one, and the one is merged into another")
def merged_elsewhere(log: MemoryLog):
    index = at(log, "request_decided", "case_merged")
    edit_event(log, index, "case_merged", into=OTHER_CASE)


def _denied(log: MemoryLog):
    """Each likely duplicate that somebody says to be none: its case, what was asked, and where that is said."""
    for index in entries(log, "case_asked"):
        asked = next(one for one in entry(log, index).events if one.event.startswith("case_asked"))
        for decided in entries(log, "request_decided") if asked.request.into else ():
            event = entry(log, decided).events[0]
            if index < decided and event.case_id == asked.case_id and not event.granted:
                yield asked.case_id, asked.request, decided


@planted("I12", "what was asked for lapses, and whoever asked is not told")
def lapse_untold(log: MemoryLog):
    index = at(log, "timer_fired", "request_lapsed")
    told = outputs(log, topics.NOTICES, index)
    drop(log, topics.NOTICES, told[0])
    count(log, index, notices=len(told) - 1)
