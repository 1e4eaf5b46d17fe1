"""Faults of what comes under the number of a report that is in a case already (I3, I12, I15, I17, I19). Each spoils a good log in one way."""

from msgspec.structs import replace

from schemas import topics
from schemas.values.update_terms import UpdateCode
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import at, count, drop, edit, edit_event, entries, entry, event_of, outputs, read


def _update(log: MemoryLog, code: UpdateCode = UpdateCode.UPDATED) -> int:
    """The first entry with an update of which this became."""
    return next(
        n for n in entries(log, "report_updated") if event_of(log, n, "report_updated").update.code is code
    )


def _pushed(log: MemoryLog, index: int) -> int:
    """Where the report stands that the entry decided."""
    offset = entry(log, index).cause.offset
    return next(n for n, record in enumerate(log.topics[topics.REPORTS]) if record.offset == offset)


@planted("I3", "an update is taken in by another case than its report's")
def update_elsewhere(log: MemoryLog):
    other = event_of(log, at(log, "case_opened"), "case_opened").case_id
    edit_event(log, _update(log), "report_updated", case_id=other)


@planted("I3", "a copy of an update is taken for another update")
def copy_taken_for_update(log: MemoryLog):
    first, second = _pushed(log, _update(log)), _pushed(log, _update(log, UpdateCode.URGED))
    reports = log.topics[topics.REPORTS]
    reports[second] = reports[second]._replace(value=reports[first].value)


@planted("I3", "an update that is pushed again gets another receipt")
def other_answer_to_update(log: MemoryLog):
    index = next(n for n in entries(log, "report_repeated") if event_of(log, n, "report_repeated").of)
    cause = entry(log, index).cause
    place = f"{cause.topic}:{cause.partition}:{cause.offset}".encode()
    receipt = next(n for n, one in enumerate(log.topics[topics.RECEIPTS]) if one.header("cause") == place)
    edit(log, topics.RECEIPTS, receipt, added=())


@planted("I12", "an order is urged and nobody is told")
def urge_untold(log: MemoryLog):
    index = _update(log, UpdateCode.URGED)
    for n in reversed(outputs(log, topics.NOTICES, index)):
        drop(log, topics.NOTICES, n)
    count(log, index, notices=0)


@planted("I15", "an update is in the journal and not in the snapshot of its case")
def update_not_kept(log: MemoryLog):
    n, *_ = outputs(log, topics.CASES, _update(log))
    case = read(log, topics.CASES, n)
    edit(log, topics.CASES, n, reports=(replace(case.reports[0], updates=()), *case.reports[1:]))


@planted("I17", "the receipt of a withdrawal says that it was only noted")
def withdrawal_told_otherwise(log: MemoryLog):
    index = _update(log, UpdateCode.WITHDRAWAL_FILED)
    (n,) = outputs(log, topics.RECEIPTS, index)
    edit(log, topics.RECEIPTS, n, code=UpdateCode.WITHDRAWAL_NOTED.value)


@planted("I19", "a photo of another case counts for the case of an update")
def update_with_a_photo_of_others(log: MemoryLog):
    index = next(n for n in entries(log, "report_updated") if event_of(log, n, "report_updated").set_aside)
    edit_event(log, index, "report_updated", set_aside=())
