"""Faults of what carries the entries: T0 to T6, I1 to I3, I11, I16 to I18. Each spoils a good log in one way."""

from typing import Any

from msgspec.structs import replace

from pipeline.audit.log.partition_log import Held
from schemas import topics
from schemas.journal.events import ReportRefused
from schemas.outputs import Fault, ReportSubject
from schemas.values.terms import ReportOutcome, Source
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import (
    SECOND,
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

OTHER_HASH = "0" * 64
OTHER_CASE = "140109004-0000000000000"
PHONE = "13900139000"


@planted("T0", "a transaction is never ended, readers stand still behind it")
def hanging(log: MemoryLog):
    log.hanging = (Held(topics.NOTICES, 5, 9, 25.0),)


@planted("T1", "an entry whose input record was aborted")
def aborted_visible(log: MemoryLog):
    drop(log, topics.REPORTS, 3)


@planted("T1", "an entry that decides a record of another partition")
def cause_elsewhere(log: MemoryLog):
    edit_entry(log, 0, cause=replace(entry(log, 0).cause, partition=1))


@planted("T2", "another value at an offset when it is read again")
def read_otherwise(log: MemoryLog):
    again = list(log.topics[topics.JOURNAL])
    again[3] = again[3]._replace(value=again[4].value)
    log.second[topics.JOURNAL] = again


@planted("T2", "a record that is not there when it is read again")
def read_missing(log: MemoryLog):
    log.second[topics.NOTICES] = [record for record in log.topics[topics.NOTICES] if record.offset != 5]


@planted("T3", "a push that the broker acknowledged and lost")
def acknowledged_lost(log: MemoryLog):
    return {"acknowledged": {(topics.REPORTS, 0): frozenset({0, 10**6})}}


@planted("T4", "an entry stands twice")
def entry_twice(log: MemoryLog):
    there = log.topics[topics.JOURNAL]
    there.append(there[9]._replace(offset=there[-1].offset + 1))


@planted("T4", "an entry has the id of another")
def entry_misnamed(log: MemoryLog):
    edit_entry(log, 20, entry_id=entry(log, 5).entry_id)


@planted("T5", "two entries are swapped")
def entries_swapped(log: MemoryLog):
    there = log.topics[topics.JOURNAL]
    index = at(log, "report_refused")  # and the next one is, too
    first, second = there[index], there[index + 1]
    there[index], there[index + 1] = (
        second._replace(offset=first.offset),
        first._replace(offset=second.offset),
    )


@planted("T6", "one assignment of a transaction is not there")
def output_torn(log: MemoryLog):
    drop(log, topics.ASSIGNMENTS, 3)


@planted("T6", "an entry and all that it wrote is not there: a gap in the numbers")
def transaction_lost(log: MemoryLog):
    index = at(log, "report_refused")
    for topic in (topics.RECEIPTS,):
        for n in reversed(outputs(log, topic, index)):
            drop(log, topic, n)
    drop(log, topics.JOURNAL, index)


@planted("T6", "a second notice beside the one that the entry counts")
def output_doubled(log: MemoryLog):
    there = log.topics[topics.NOTICES]
    there.append(there[-1]._replace(offset=there[-1].offset + 1))


@planted("T6", "a notice that is cut off")
def output_cut(log: MemoryLog):
    record = log.topics[topics.NOTICES][3]
    log.topics[topics.NOTICES][3] = record._replace(value=(record.value or b"")[:30])


@planted("I1", "an entry that is cut off")
def entry_cut(log: MemoryLog):
    record = log.topics[topics.JOURNAL][3]
    log.topics[topics.JOURNAL][3] = record._replace(value=(record.value or b"")[:30])


@planted("I1", "a record was passed over: its entry is not there")
def entry_dropped(log: MemoryLog):
    drop(log, topics.JOURNAL, at(log, "report_refused"))


@planted("I1", "a record is decided twice, by entries of their own")
def decided_twice(log: MemoryLog):
    last = entry(log, -1)
    invent(
        log, topics.JOURNAL, at(log, "report_refused"),
        entry_id=f"0:1:{last.seq + 1}", seq=last.seq + 1, at=last.at,
    )  # fmt: skip


@planted("I1", "an entry has two outcomes")
def two_outcomes(log: MemoryLog):
    refused = ReportRefused(source=Source.PATROL, source_no="X", code="unknown_matter")
    edit_entry(log, 0, events=(*entry(log, 0).events, refused))


@planted("I1", "an entry without an outcome")
def no_outcome(log: MemoryLog):
    without_event(log, at(log, "case_signed"), "action_accepted")


@planted("I2", "the input record is not the one that was decided")
def cause_differs(log: MemoryLog):
    log.topics[topics.REPORTS][2] = log.topics[topics.REPORTS][2]._replace(value=b"{}")


@planted("I2", "an entry that nothing caused: a timer that was never armed")
def timer_invented(log: MemoryLog):
    like, last = at(log, "timer_fired", "call_back_due"), entry(log, -1)
    old = entry(log, like)
    invent(
        log, topics.JOURNAL, like, cause=replace(old.cause, due_at=old.cause.due_at + SECOND),
        entry_id=f"0:1:{last.seq + 1}", seq=last.seq + 1, at=last.at,
    )  # fmt: skip


@planted("I2", "an entry about a case of another street")
def other_street_decided(log: MemoryLog):
    edit_event(log, at(log, "case_signed"), "case_signed", case_id="140109001-0000000000000")


@planted("I2", "the input record has the key of another street")
def other_key_decided(log: MemoryLog):
    log.topics[topics.REPORTS][2] = log.topics[topics.REPORTS][2]._replace(key=b"140109001")


@planted("I2", "a street is decided in a partition that is not its own")
def other_partition(log: MemoryLog):
    return {"partitions": 2}


@planted("I1", "a forwarded record that never arrived")
def hop_lost(log: MemoryLog):
    came = arrival(log)
    edit_entry(log, came, cause=replace(entry(log, came).cause, origin=None))


@planted("I1", "a record was forwarded once and is decided twice")
def hop_twice(log: MemoryLog):
    came, last = arrival(log), entry(log, -1)
    invent(
        log, topics.JOURNAL, came, entry_id=f"0:1:{last.seq + 1}", seq=last.seq + 1, at=last.at,
        cause=replace(entry(log, came).cause, offset=10**6),
    )  # fmt: skip


@planted("I2", "an entry decides a record as forwarded, and nobody forwarded it")
def hop_invented(log: MemoryLog):
    came = arrival(log)
    origin = replace(entry(log, came).cause.origin, offset=10**6)
    edit_entry(log, came, cause=replace(entry(log, came).cause, origin=origin))


@planted("I2", "an entry says of a record that it was forwarded, and the record does not")
def hop_untold(log: MemoryLog):
    offset, there = entry(log, arrival(log)).cause.offset, log.topics[topics.REPORTS]
    index = next(n for n, record in enumerate(there) if record.offset == offset)
    there[index] = there[index]._replace(headers=())


@planted("I2", "what was forwarded is decided with other bytes")
def hop_differs(log: MemoryLog):
    came = arrival(log)
    edit_entry(log, came, cause=replace(entry(log, came).cause, sha256=OTHER_HASH))


@planted("I2", "a record is forwarded that stood where it belongs")
def hop_needless(log: MemoryLog):
    edit_event(log, at(log, "record_forwarded"), "record_forwarded", to=7)


@planted("I2", "a timer fires for a case that is not there")
def timer_of_nobody(log: MemoryLog):
    index = at(log, "timer_fired", "call_back_due")
    edit_entry(log, index, cause=replace(entry(log, index).cause, case_id=OTHER_CASE))


@planted("I3", "a second case for the same report number")
def two_cases(log: MemoryLog):
    openings = list(entries(log, "case_opened"))
    first = event_of(log, openings[1], "case_opened").report
    second = event_of(log, openings[2], "case_opened").report
    edited = replace(second, source_no=first.source_no)
    edit_event(log, openings[2], "case_opened", report=edited)


@planted("I3", "a copy of a report is answered otherwise than the first")
def other_answer(log: MemoryLog):
    repeated = at(log, "report_repeated")
    cause = entry(log, repeated).cause
    place = f"{cause.topic}:{cause.partition}:{cause.offset}".encode()
    index = next(n for n, record in enumerate(log.topics[topics.RECEIPTS]) if record.header("cause") == place)
    edit(log, topics.RECEIPTS, index, team="utilities")


@planted("I3", "a copy of a report is told of another case")
def repeat_of_other(log: MemoryLog):
    edit_event(log, at(log, "report_repeated"), "report_repeated", case_id=OTHER_CASE)


@planted("I3", "a copy of a report with other content is taken for the same")
def copy_that_differs(log: MemoryLog):
    repeated = at(log, "report_repeated")
    event = event_of(log, repeated, "report_repeated")
    edit_event(log, repeated, "report_repeated", differs=not event.differs)


@planted("I11", "time runs back by a second")
def time_back(log: MemoryLog):
    index = at(log, "case_arrived")
    edit_entry(log, index, at=entry(log, index - 1).at - SECOND)


@planted("I11", "an entry is an hour ahead of the log")
def time_ahead(log: MemoryLog):
    record = log.topics[topics.JOURNAL][-1]
    log.topics[topics.JOURNAL][-1] = record._replace(timestamp_ms=record.timestamp_ms - 3_600_000)


@planted("I11", "an action that was in time counts from when the worker came to it")
def counted_when_decided(log: MemoryLog):
    index = at(log, "case_arrived")
    late = entry(log, index)
    edit_entry(log, index, decided_at=late.at)
    arrived = next(
        n for n, action in enumerate(log.topics[topics.ACTIONS]) if action.offset == late.cause.offset
    )
    record = log.topics[topics.ACTIONS][arrived]
    log.topics[topics.ACTIONS][arrived] = record._replace(timestamp_ms=record.timestamp_ms - 1_000)


@planted("I11", "a timer counts from when the worker came to it")
def timer_counted_when_fired(log: MemoryLog):
    index = next(
        n
        for n in entries(log, "timer_fired")
        if entry(log, n).at > max(entry(log, n).cause.due_at, entry(log, n - 1).at)
    )
    edit_entry(log, index, decided_at=entry(log, index).at)


@planted("I11", "an entry is decided a second before what it decides")
def decided_before(log: MemoryLog):
    index = at(log, "case_arrived")
    edit_entry(log, index, decided_at=entry(log, index).at - SECOND)


@planted("I11", "a worker with a clock an hour ahead decided")
def decided_ahead(log: MemoryLog):
    index = at(log, "case_arrived")
    edit_entry(log, index, decided_at=entry(log, index).at + 3_600 * SECOND)


@planted("I1", "three acknowledged reports were deleted before a worker came to them")
def undecided_gone(log: MemoryLog):
    log.begins[topics.REPORTS] = log.topics[topics.REPORTS][-1].offset + 4


@planted("I16", "a record of reports.v1 vanished without a trace")
def unbalanced_inputs(log: MemoryLog):
    index = at(log, "report_refused")
    offset = entry(log, index).cause.offset
    log.topics[topics.REPORTS] = [record for record in log.topics[topics.REPORTS] if record.offset != offset]


@planted("I16", "an accepted report was told that it was refused")
def unbalanced_answers(log: MemoryLog):
    edit(log, topics.RECEIPTS, 0, outcome=ReportOutcome.REFUSED)


@planted("I16", "the only snapshot of an open case is not there")
def unbalanced_cases(log: MemoryLog):
    key = log.topics[topics.CASES][-4].key
    log.topics[topics.CASES] = [record for record in log.topics[topics.CASES] if record.key != key]


@planted("I17", "a report without a receipt")
def no_receipt(log: MemoryLog):
    drop(log, topics.RECEIPTS, outputs(log, topics.RECEIPTS, 0)[0])
    count(log, 0, receipts=0)


@planted("I17", "a refusal is told with another code")
def other_code(log: MemoryLog):
    (index,) = outputs(log, topics.RECEIPTS, at(log, "action_refused"))
    edit(log, topics.RECEIPTS, index, code="case_closed")


@planted("I17", "an accepted report is told of a fault")
def fault_of_nothing(log: MemoryLog):
    edit(log, topics.RECEIPTS, 0, faults=(Fault(code="wrong_type", field="matter"),))


@planted("I17", "a receipt answers another report")
def other_subject(log: MemoryLog):
    edit(log, topics.RECEIPTS, 0, of=ReportSubject(source=Source.PATROL, source_no="NOBODY"))


@planted("I17", "a dead letter whose bytes were not kept")
def original_missing(log: MemoryLog):
    token = read(log, topics.DEAD_LETTERS, 0).original.encode()
    log.topics[topics.CALLERS] = [record for record in log.topics[topics.CALLERS] if record.key != token]


@planted("I17", "a dead letter tells of another record")
def other_letter(log: MemoryLog):
    edit(log, topics.DEAD_LETTERS, 0, sha256=OTHER_HASH)


@planted("I18", "a phone number in a notice")
def phone_in_notice(log: MemoryLog):
    edit(log, topics.NOTICES, 2, text_zh=f"请回电{PHONE}")


@planted("I18", "a WeChat account in the journal")
def account_in_journal(log: MemoryLog):
    edit_event(log, at(log, "verification_failed"), "verification_failed", note="加微信:wang_1234")


@planted("I18", "a citizen's id number in the journal")
def id_in_journal(log: MemoryLog):
    edit_event(log, at(log, "verification_failed"), "verification_failed", note="身份证11010519491231002X")


@planted("I18", "the caller's name in an assignment")
def name_in_assignment(log: MemoryLog):
    opened = next(n for n in entries(log, "case_opened") if event_of(log, n, "case_opened").report.caller)
    index = outputs(log, topics.ASSIGNMENTS, opened)[0]
    edit(log, topics.ASSIGNMENTS, index, text="王测试说有人占道卖水果")


@planted("I18", "a planted text in a header")
def canary_in_header(log: MemoryLog):
    record = log.topics[topics.RECEIPTS][1]
    log.topics[topics.RECEIPTS][1] = record._replace(
        headers=(*record.headers, ("note", "张三丰测试".encode()))
    )
    return {"canaries": ("张三丰测试",)}


def arrival(log: MemoryLog) -> int:
    """The entry that decides what was forwarded."""
    return next(
        index
        for index in range(len(log.topics[topics.JOURNAL]))
        if getattr(entry(log, index).cause, "origin", None) is not None
    )


def action_at(log: MemoryLog, index: int) -> tuple[int, Any]:
    """Where the action stands that the entry decides, and what it says."""
    cause = entry(log, index).cause
    there = log.topics[topics.ACTIONS]
    number = next(n for n, one in enumerate(there) if one.offset == cause.offset)
    return number, read(log, topics.ACTIONS, number)
