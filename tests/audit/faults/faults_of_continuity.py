"""Faults that only somebody sees who saw the log before: T7."""

from schemas import topics
from tests.audit.good_story.good import seen_before
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import drop, edit_entry, entry


@planted("T7", "the brokers have an older copy of their data")
def older_copy(log: MemoryLog):
    until = log.topics[topics.JOURNAL][5].timestamp_ms
    log.topics = {name: [r for r in there if r.timestamp_ms <= until] for name, there in log.topics.items()}
    return {"checkpoints": seen_before()}


@planted("T7", "an older copy of their data, on which workers worked on")
def written_anew(log: MemoryLog):
    edit_entry(log, seen_before()[0].offset, decided_at=entry(log, -1).at)
    return {"checkpoints": seen_before()}


@planted("T7", "an entry that was audited says something else now")
def audited_and_changed(log: MemoryLog):
    edit_entry(log, 5, decided_at=entry(log, -1).at)
    return {"checkpoints": seen_before()}


@planted("T7", "the last entry that was audited is not there")
def audited_and_gone(log: MemoryLog):
    drop(log, topics.JOURNAL, seen_before()[0].offset)
    return {"checkpoints": seen_before()}
