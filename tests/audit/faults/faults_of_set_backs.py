"""Faults of an entry that sets the time back (I11). Each spoils a good log in one way."""

from datetime import datetime, timedelta

from schemas import topics
from schemas.journal.entry import OutputCounts, SetBackCause
from schemas.journal.events import Event
from schemas.journal.partition_events import TimeSetBack
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import entry, event_of, invent

HOUR = timedelta(hours=1)


def _set_back(log: MemoryLog, before: datetime, *more: Event) -> None:
    """One more entry: from `before` to an hour before the last entry, when the log takes it."""
    journal = log.topics[topics.JOURNAL]
    last = entry(log, -1)
    seq = last.seq + 1
    invent(
        log, topics.JOURNAL, -1, entry_id=f"0:1:{seq}", seq=seq, at=last.at - HOUR, street=None,
        cause=SetBackCause(by="W9", reason="a wrong clock"), events=(TimeSetBack(before=before), *more), counts=OutputCounts(),
    )  # fmt: skip
    journal[-1] = journal[-1]._replace(key=None, timestamp_ms=journal[-1].timestamp_ms - 3_600_000)


@planted("I11", "the time is set back from one that no entry has")
def set_back_from_elsewhere(log: MemoryLog):
    _set_back(log, entry(log, -1).at + HOUR)


@planted("I11", "an entry that sets the time back changes a case, too")
def set_back_and_more(log: MemoryLog):
    _set_back(log, entry(log, -1).at, event_of(log, -1, "case_signed"))


@planted("I11", "the time is set back though it was not ahead")
def set_back_for_nothing(log: MemoryLog):
    _set_back(log, entry(log, -1).at)
    record = log.topics[topics.JOURNAL][-1]
    log.topics[topics.JOURNAL][-1] = record._replace(timestamp_ms=record.timestamp_ms + 3_700_000)
