"""Planting one fault in a log: what is edited, dropped, doubled or invented, and nothing else."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from schemas import topics
from schemas.journal.clock_events import ClocksChanged
from schemas.wire import codecs
from tests.audit.logs import MemoryLog

CODECS: dict[str, Any] = {
    topics.JOURNAL: codecs.JOURNAL_ENTRY,
    topics.CASES: codecs.CASE,
    topics.ASSIGNMENTS: codecs.ASSIGNMENT,
    topics.RECEIPTS: codecs.RECEIPT,
    topics.NOTICES: codecs.NOTICE,
    topics.DEAD_LETTERS: codecs.DEAD_LETTER,
    topics.ACTIONS: codecs.ACTION,
}
SECOND = timedelta(seconds=1)


def read(log: MemoryLog, topic: str, index: int) -> Any:
    """What a record says."""
    return CODECS[topic].decode_strictly(log.topics[topic][index].value)


def edit(log: MemoryLog, topic: str, index: int, **changes: object) -> None:
    """The record says something else in these fields."""
    edited = replace(read(log, topic, index), **changes)
    log.topics[topic][index] = log.topics[topic][index]._replace(value=CODECS[topic].encode(edited))


def drop(log: MemoryLog, topic: str, index: int) -> None:
    """The record is not there."""
    del log.topics[topic][index]


def entries(log: MemoryLog, *names: str) -> Iterator[int]:
    """Where the entries stand that have all these events."""
    for index in range(len(log.topics[topics.JOURNAL])):
        there = {event.event.partition(".")[0] for event in entry(log, index).events}
        if there >= set(names):
            yield index


def at(log: MemoryLog, *names: str) -> int:
    """The first entry with these events."""
    return next(entries(log, *names))


def entry(log: MemoryLog, index: int) -> Any:
    """An entry of the journal."""
    return read(log, topics.JOURNAL, index)


def edit_entry(log: MemoryLog, index: int, **changes: object) -> None:
    """The entry says something else."""
    edit(log, topics.JOURNAL, index, **changes)


def edit_event(log: MemoryLog, index: int, name: str, **changes: object) -> None:
    """The event of this name in the entry says something else."""
    events = tuple(
        replace(event, **changes) if event.event.partition(".")[0] == name else event
        for event in entry(log, index).events
    )
    edit_entry(log, index, events=events)


def without_event(log: MemoryLog, index: int, name: str) -> None:
    """The event of this name did not happen."""
    events = entry(log, index).events
    edit_entry(log, index, events=tuple(event for event in events if event.event.partition(".")[0] != name))


def event_of(log: MemoryLog, index: int, name: str) -> Any:
    """The event of this name in the entry."""
    return next(event for event in entry(log, index).events if event.event.partition(".")[0] == name)


def count(log: MemoryLog, index: int, **changes: int) -> None:
    """The entry says that it wrote another number of records."""
    edit_entry(log, index, counts=replace(entry(log, index).counts, **changes))


def outputs(log: MemoryLog, topic: str, index: int) -> list[int]:
    """Where in `topic` stands what the entry wrote."""
    name = entry(log, index).entry_id
    records = log.topics[topic]
    return [n for n, record in enumerate(records) if f'"{name}"'.encode() in (record.value or b"")]


def edit_clock(log: MemoryLog, index: int, change: str, edited: Callable[[Any], Any], kind: str = "") -> None:
    """The first clock that the entry changed so is another; the snapshot beside it says the same."""

    def clocks(event: ClocksChanged) -> ClocksChanged:
        found, changes = False, []
        for one in event.changes:
            fits = not found and one.change.value == change and kind in ("", one.clock.kind.value)
            found = found or fits
            changes.append(replace(one, clock=edited(one.clock)) if fits else one)
        return replace(event, changes=tuple(changes))

    before = entry(log, index).events
    after = tuple(clocks(one) if isinstance(one, ClocksChanged) else one for one in before)
    assert after != before, f"no clock was {change}"
    edit_entry(log, index, events=after)


def with_clock(log: MemoryLog, name: str, change: str, kind: str = "") -> int:
    """The first entry with this event that changed a clock so."""
    return next(
        index
        for index in entries(log, name, "clocks_changed")
        for event in entry(log, index).events
        if isinstance(event, ClocksChanged)
        for one in event.changes
        if one.change.value == change and kind in ("", one.clock.kind.value)
    )


def invent(log: MemoryLog, topic: str, like: int, **changes: object) -> None:
    """A raw producer writes a record like another one to the end of the topic."""
    record = log.topics[topic][like]
    value = CODECS[topic].encode(replace(read(log, topic, like), **changes))
    last = log.topics[topic][-1]
    log.topics[topic].append(
        record._replace(offset=last.offset + 1, value=value, timestamp_ms=last.timestamp_ms)
    )
