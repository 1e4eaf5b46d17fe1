"""Faults of the hotline's own deadline (I7, I8, I9, I12, I15). Each spoils a good log in one way."""

from datetime import timedelta

from msgspec.structs import replace

from schemas import topics
from schemas.values.terms import NoticeKind
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import (
    at,
    count,
    drop,
    edit,
    edit_clock,
    edit_event,
    entries,
    event_of,
    outputs,
    read,
    with_clock,
)

HOUR = timedelta(hours=1)


def _granted(log: MemoryLog) -> int:
    """The entry in which the hotline gives more time."""
    extended = entries(log, "case_extended")
    return next(n for n in extended if event_of(log, n, "case_extended").hotline_due_at is not None)


@planted("I8", "a case is due an hour after its hotline wants it")
def later_than_the_hotline(log: MemoryLog):
    index = with_clock(log, "report_merged", "bounded")
    edit_clock(log, index, "bounded", lambda clock: replace(clock, due_at=clock.due_at + HOUR))


@planted("I8", "an order comes with an earlier deadline of its hotline's, and the case keeps the later one")
def earlier_order_passed_over(log: MemoryLog):
    index = with_clock(log, "report_merged", "bounded")
    later = timedelta(days=1)
    edit_clock(
        log,
        index,
        "bounded",
        lambda clock: replace(
            clock, hotline_due_at=clock.hotline_due_at + later, due_at=clock.hotline_due_at + later
        ),
    )


@planted("I9", "the hotline's deadline is moved, and nobody asked the hotline")
def hotline_not_asked(log: MemoryLog):
    index = _granted(log)
    kind = event_of(log, at(log, "case_extended"), "request_decided").kind
    edit_event(log, index, "request_decided", kind=kind)


@planted("I12", "the hotline grants an extension and the citizen is not told")
def extension_untold(log: MemoryLog):
    index = _granted(log)
    told = [
        n
        for n in outputs(log, topics.NOTICES, index)
        if read(log, topics.NOTICES, n).kind is NoticeKind.EXTENDED
    ]
    for n in reversed(told):
        drop(log, topics.NOTICES, n)
    count(log, index, notices=len(outputs(log, topics.NOTICES, index)))


@planted("I15", "a snapshot has forgotten by when the hotline wants it")
def order_forgotten(log: MemoryLog):
    n, *_ = outputs(log, topics.CASES, _granted(log))
    case = read(log, topics.CASES, n)
    first = replace(case.reports[0], order=None)
    edit(log, topics.CASES, n, reports=(first, *case.reports[1:]))
