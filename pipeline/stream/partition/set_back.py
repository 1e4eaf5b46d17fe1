"""Sets the time of a partition back whose last entry is dated ahead of the brokers: all that comes would count as of then.

look      reads what is committed, and changes nothing: who works the partition does not notice
set back  as an owner does: fence, wait, restore, check, compare clocks; then one transaction, so that there is nothing of it or all

    journal.v1   entry seq + 1: cause `set_back` (who, why), `at` = the brokers' time, event `time_set_back` (from when)
    cases.v1     the position behind it, with the next epoch

The worker that was fenced opens the partition anew by itself. No case is changed: what was dated ahead stays so, and is named.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Final, NamedTuple

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, TopicPartition
from msgspec.structs import replace

from pipeline.core.case.turn import Outcome
from pipeline.stream.brokers import Ends
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.partition.ledger import Ledger
from pipeline.stream.partition.opening import Permit, ahead_of, take_over
from pipeline.stream.partition.outgoing_records import outgoing, position_record, rfc3339
from pipeline.stream.partition.restore import read_from, restore
from schemas import topics
from schemas.errors import BadMessage, CorruptLog, PipelineError
from schemas.journal.clock_events import TimerFired
from schemas.journal.entry import JournalEntry, OutputCounts, SetBackCause
from schemas.journal.events import Answer
from schemas.journal.partition_events import TimeSetBack
from schemas.outputs import Position
from schemas.state.case import Case, Timer
from schemas.values.terms import ClockKind, Stage, TimerKind
from schemas.wire import codecs

_ENTRIES_AT_ONCE: Final = 1_000
_TELLING: Final = frozenset(TimerKind) - {TimerKind.RULES_CHANGED}
"""Timers whose time is somebody's deadline or end; new rules are due at any time."""


class NotAhead(PipelineError):
    """The partition's last entry is not dated ahead: there is nothing to set back."""


class CaseAhead(NamedTuple):
    """A case that was touched by an entry dated ahead. `stage` is None where it is kept no longer.

    `opened`: its opening is dated ahead. `clocks` hold such a time: they began, stood or went on then. `fired`: timers that are not
    due yet.
    """

    case_id: str
    stage: Stage | None
    opened: bool
    clocks: tuple[ClockKind, ...]
    fired: tuple[Timer, ...]


class DatedAhead(NamedTuple):
    """A partition whose last entry, of `at`, is ahead of `now`; with all its entries that are, and the cases they touched."""

    at: datetime
    now: datetime
    entries: int
    cases: tuple[CaseAhead, ...]


def look(parts: WorkerParts, partition: int) -> DatedAhead:
    """What would be set back, by this machine's clock: the brokers' shows only when something is written.

    Raises:
        NotAhead: nothing.
        CorruptLog, Unavailable: it cannot be read.
    """
    ends = parts.brokers.ends((topics.CASES, topics.JOURNAL), partition)
    restored = restore(parts, partition, ends, parts.machine.flag())
    now, last = parts.clock(), restored.position
    at = _at_ahead(parts, last, now, "this machine's")
    entries = _entries_behind(parts, partition, ends[topics.JOURNAL], now)
    return DatedAhead(at, now, len(entries), tuple(_touched(entries, restored.snapshots, now)))


def set_back(parts: WorkerParts, partition: int, cause: SetBackCause) -> tuple[datetime, datetime]:
    """The time that the partition stood at, and the one from which all counts now. `cause` is who and why, and within its contract.

    Raises:
        NotAhead: by the brokers' time there is nothing to set back; nothing was written.
        ClockWrong: this machine's clock is wrong; nothing was written.
        Fenced: a worker has opened the partition meanwhile; nothing was written.
        Lost, Unavailable: the brokers do not answer; `look` tells whether it was written.
        CorruptLog: the log contradicts itself.
    """
    ledger = Ledger(parts, partition)
    try:
        _, digest, last, ends = take_over(parts, ledger, partition, Permit(lambda: True, parts.machine))
        now = parts.clock.at(parts.broker_time.now_s())
        before = _at_ahead(parts, last, now, "the brokers'")
        at = min((now, *_waiting_since(parts, last, ends)))
        entry = _entry(last, cause, before, at, now)
        position = replace(last, seq=entry.seq, at=at, digest=digest.hex(), code_version=entry.code_version)
        ledger.begin()
        for record in outgoing(Outcome(entry), None, rfc3339(at)):
            ledger.write(record)
        ledger.write(position_record(position, rfc3339(at)))
        ledger.commit()
    finally:
        ledger.close()
    return before, at


def _at_ahead(parts: WorkerParts, last: Position | None, now: datetime, whose: str) -> datetime:
    if last is None or last.at is None:
        raise NotAhead("not_ahead", "nothing was ever decided in this partition")
    if ahead_of(parts, last, now) is None:
        raise NotAhead(
            "not_ahead",
            f"the last entry is dated {rfc3339(last.at)}, which is not ahead of {whose} clock, {rfc3339(now)}",
        )
    return last.at


def _waiting_since(parts: WorkerParts, last: Position, ends: Mapping[str, Ends]) -> Iterator[datetime]:
    """When the first record arrived that waits in each input: what was pushed in time is not late for being decided later."""
    for place in last.inputs:
        if ends[place.topic].stable <= place.next_offset:
            continue
        topic = parts.settings.topic(place.topic)
        waiting = read_from(parts.brokers, TopicPartition(topic, last.partition, place.next_offset))
        first = next(waiting, None)
        if first is not None and first.timestamp()[0] == TIMESTAMP_LOG_APPEND_TIME:
            yield parts.clock.at(first.timestamp()[1] / 1_000)


def _entry(
    last: Position, cause: SetBackCause, before: datetime, at: datetime, now: datetime
) -> JournalEntry:
    seq = last.seq + 1
    return JournalEntry(
        entry_id=f"{last.partition}:{last.epoch}:{seq}",
        partition=last.partition,
        epoch=last.epoch,
        seq=seq,
        at=at,
        street=None,
        cause=cause,
        rules_version=last.rules_version,
        code_version=version("enforcement"),
        events=(TimeSetBack(before=before),),
        counts=OutputCounts(),
        decided_at=now,
    )


def _entries_behind(parts: WorkerParts, partition: int, ends: Ends, now: datetime) -> list[JournalEntry]:
    """All entries dated ahead of `now` since the time was last set back: the tail of the journal, since `at` rises."""
    back = _ENTRIES_AT_ONCE
    while True:
        start = max(ends.begin, ends.stable - back)
        place = TopicPartition(parts.settings.topic(topics.JOURNAL), partition, start)
        entries: list[JournalEntry] = []
        is_reached = start == ends.begin
        for message in read_from(parts.brokers, place):
            entry = _decoded(message.value(), message.offset())
            if isinstance(entry.cause, SetBackCause):
                entries, is_reached = [], True
            elif entry.at > now + timedelta(seconds=parts.settings.clock_offset_max_s):
                entries.append(entry)
            else:
                is_reached = True
        if is_reached:
            return entries
        back *= 8


def _decoded(value: object, offset: int | None) -> JournalEntry:
    try:
        return codecs.JOURNAL_ENTRY.decode(value if isinstance(value, bytes) else b"")
    except BadMessage as error:
        raise CorruptLog("entry_unreadable", f"journal.v1 offset {offset}: {error}") from None


def _touched(
    entries: list[JournalEntry], snapshots: Mapping[bytes, bytes], now: datetime
) -> Iterator[CaseAhead]:
    """The cases of these entries, in the order in which they come up."""
    fired: dict[str, list[Timer]] = {}
    for entry in entries:
        for event in entry.events:
            if isinstance(event, Answer):
                continue
            timers = fired.setdefault(event.case_id, [])
            if isinstance(event, TimerFired) and event.timer.due_at > now and event.timer.kind in _TELLING:
                timers.append(event.timer)
    for case_id, timers in fired.items():
        snapshot = snapshots.get(case_id.encode())
        case = codecs.CASE.decode(snapshot) if snapshot is not None else None
        yield CaseAhead(
            case_id,
            case.stage if case else None,
            case is not None and case.facts.opened_at > now,
            _clocks_ahead(case, now) if case else (),
            tuple(timers),
        )


def _clocks_ahead(case: Case, now: datetime) -> tuple[ClockKind, ...]:
    """The clocks that began, stood, or went on at a time that no clock has shown yet."""

    def is_ahead(at: datetime | None) -> bool:
        return at is not None and at > now

    return tuple(
        clock.kind
        for clock in case.clocks
        if any(map(is_ahead, (clock.started_at, clock.stopped_at, *(move.at for move in clock.moves))))
    )
