"""Faults of what is kept of cases that are gone (I3, I15). Each spoils a good log in one way."""

from datetime import timedelta

from msgspec.structs import replace

from schemas import topics
from schemas.state.retired import RetiredReports, packed, unpacked
from schemas.wire import codecs
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import at, edit, edit_event, entries, entry, event_of

LATER = timedelta(days=1)


def _pushed_again(log: MemoryLog) -> int:
    """The entry of the first report that was pushed again when its case was gone."""
    return next(n for n in entries(log, "report_repeated") if event_of(log, n, "report_repeated").ended)


def _receipt_of(log: MemoryLog, index: int) -> int:
    cause = entry(log, index).cause
    place = f"{cause.topic}:{cause.partition}:{cause.offset}".encode()
    return next(n for n, record in enumerate(log.topics[topics.RECEIPTS]) if record.header("cause") == place)


def _refused(log: MemoryLog, code: str) -> int:
    return next(n for n in entries(log, "action_refused") if event_of(log, n, "action_refused").code == code)


def _last_kept(log: MemoryLog) -> tuple[int, RetiredReports]:
    """The last record of reports whose cases are gone, and where it stands."""
    there = log.topics[topics.CASES]
    index = max(n for n, one in enumerate(there) if (one.key or b"").startswith(topics.RETIRED_KEY))
    return index, codecs.RETIRED.decode(there[index].value or b"")


def _keep(log: MemoryLog, index: int, record: RetiredReports) -> None:
    there = log.topics[topics.CASES]
    there[index] = there[index]._replace(value=codecs.RETIRED.encode(record))


@planted("I3", "a report opens a second case when its first is closed long ago and gone")
def second_case_after_years(log: MemoryLog):
    first = event_of(log, _pushed_again(log), "report_repeated")
    last = max(entries(log, "case_opened"))
    report = event_of(log, last, "case_opened").report
    edit_event(
        log, last, "case_opened", report=replace(report, source=first.source, source_no=first.source_no)
    )


@planted("I3", "a report is told that its case is gone, and it was of another")
def other_past_case(log: MemoryLog):
    index = _pushed_again(log)
    gone = event_of(log, _refused(log, "case_retired"), "action_refused").case_id
    assert event_of(log, index, "report_repeated").case_id != gone
    edit_event(log, index, "report_repeated", case_id=gone)


@planted("I3", "the journal tells of another end of a past case")
def other_end_in_journal(log: MemoryLog):
    index = _pushed_again(log)
    ended = event_of(log, index, "report_repeated").ended
    edit_event(log, index, "report_repeated", ended=replace(ended, at=ended.at + LATER))


@planted("I3", "the receipt tells of another end of a past case")
def other_end_in_receipt(log: MemoryLog):
    edit(log, topics.RECEIPTS, _receipt_of(log, _pushed_again(log)), ended=None)


@planted("I3", "a report with other content, pushed again when its case is gone, is taken for the same")
def past_copy_that_differs(log: MemoryLog):
    index = _pushed_again(log)
    event = event_of(log, index, "report_repeated")
    edit_event(log, index, "report_repeated", differs=not event.differs)


@planted("I3", "an action on a case that is gone is told that there never was one")
def past_case_unknown(log: MemoryLog):
    edit_event(log, _refused(log, "case_retired"), "action_refused", code="unknown_case")


@planted("I3", "an action on a case that is kept is told that it is gone")
def kept_case_gone(log: MemoryLog):
    edit_event(log, at(log, "action_refused"), "action_refused", code="case_retired", field="case_id")


@planted("I15", "the reports of cases that are gone are not kept")
def past_reports_not_kept(log: MemoryLog):
    there = log.topics[topics.CASES]
    log.topics[topics.CASES] = [one for one in there if not (one.key or b"").startswith(topics.RETIRED_KEY)]


@planted("I15", "of a case that is gone another end is kept")
def past_end_edited(log: MemoryLog):
    index, record = _last_kept(log)
    columns = unpacked(record.rows)
    columns[-1] ^= 1 << 20
    _keep(log, index, replace(record, rows=packed(columns)))


@planted("I15", "a report of a case that is gone is dropped from what is kept")
def past_report_dropped(log: MemoryLog):
    index, record = _last_kept(log)
    columns = unpacked(record.rows)
    count = len(columns) // 3
    for column in (2, 1, 0):
        del columns[column * count]
    _keep(log, index, replace(record, rows=packed(columns)))
