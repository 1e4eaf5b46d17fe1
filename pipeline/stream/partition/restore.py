"""Reads a partition's state from its log and checks it. Nothing is ever repaired here.

The order is the owner's (see `owner`): fence, wait for foreign transactions, read, check, seek.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition
from pydantic_core import from_json

from pipeline.stream.brokers import Brokers, ClientLog, Ends, TopicFacts, unavailable
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.machine import Flag
from schemas import topics
from schemas.errors import BadMessage, CorruptLog, Unavailable
from schemas.outputs import Position
from schemas.wire import codecs

_AT_ONCE: Final = 10_000
_SILENCE_S: Final = 15.0
_TAIL: Final = 64
_Found = TypeVar("_Found")


@dataclass(slots=True)
class Restored:
    """The latest snapshot of each case by key, what is kept of cases that have none and the people and devices of each street, by
    key; the position (None: never
    worked), and the number and epoch of the journal's last entry.
    """

    snapshots: dict[bytes, bytes] = field(default_factory=dict)
    retired: dict[bytes, bytes] = field(default_factory=dict)
    duties: dict[bytes, bytes] = field(default_factory=dict)
    position: Position | None = None
    journal_seq: int | None = None
    journal_epoch: object = None

    def part_of(self, key: bytes) -> dict[bytes, bytes]:
        """Where the record of this key belongs."""
        if key.startswith(topics.RETIRED_KEY):
            return self.retired
        return self.duties if key.startswith(topics.DUTY_KEY) else self.snapshots

    def records(self) -> dict[bytes, bytes]:
        """All of them but the position."""
        return {**self.snapshots, **self.retired, **self.duties}


def restore(parts: WorkerParts, partition: int, ends: Mapping[str, Ends], stopping: Flag) -> Restored:
    """Read `cases.v1` whole and the journal's tail, both up to their end as it is now.

    Raises:
        CorruptLog: a snapshot or entry cannot be read, or the journal's tail has a gap.
        Unavailable: the brokers fell silent, or `stopping` was set.
    """
    restored = Restored()
    cases = TopicPartition(parts.settings.topic(topics.CASES), partition, ends[topics.CASES].begin)
    for message in read_from(parts.brokers, cases, ends[topics.CASES].stable):
        if stopping.is_set():
            raise Unavailable("stopping", f"partition {partition} was not opened")
        key, value = message.key(), message.value()
        if key == topics.POSITION_KEY:
            restored.position = _position(value)
        elif not isinstance(key, bytes):
            raise CorruptLog("key_missing", f"{cases.topic}/{partition} offset {message.offset()}")
        else:
            latest = restored.part_of(key)
            if isinstance(value, bytes):
                latest[key] = value
            else:
                latest.pop(key, None)
    last = _at_end(parts, topics.JOURNAL, partition, ends[topics.JOURNAL], _last_entry)
    if last is not None:
        restored.journal_seq, restored.journal_epoch = last
    return restored


def check(
    restored: Restored, partition: int, facts: Mapping[str, TopicFacts], ends: Mapping[str, Ends], digest: str
) -> None:
    """Raise `CorruptLog` unless position, journal, snapshots and input topics agree with one another."""
    position = restored.position
    if position is None:
        if restored.journal_seq is not None or restored.records():
            raise CorruptLog("position_missing", f"partition {partition} was worked, and says not how far")
        return
    claims = {
        "partition": (position.partition, partition),
        "partition_count": (position.partitions, facts[topics.CASES].partitions),
        "cases_topic_id": (position.cases_topic_id, facts[topics.CASES].topic_id),
        "journal_topic_id": (position.journal_topic_id, facts[topics.JOURNAL].topic_id),
        "inputs": (tuple(input_position.topic for input_position in position.inputs), topics.INPUTS),
        "seq": (position.seq, restored.journal_seq),
        "digest": (position.digest, digest),
    }
    for name, (claimed, expected) in claims.items():
        if claimed != expected:
            line = f"partition {partition}: position says {claimed}, the log {expected}"
            raise CorruptLog(f"{name}_differs", line)
    for input_position in position.inputs:
        place, held = f"{input_position.topic}/{partition}", ends[input_position.topic]
        if input_position.topic_id != facts[input_position.topic].topic_id:
            raise CorruptLog("input_topic_differs", f"{place} is not of the topic that the position knows")
        if not held.begin <= input_position.next_offset <= held.high:
            line = f"{place} holds {held.begin} to {held.high}, next is {input_position.next_offset}"
            raise CorruptLog("input_lost", line)


def read_from(brokers: Brokers, place: TopicPartition, least: int = 0) -> Iterator[Message]:
    """From the offset of `place` to the end of what is committed, which is at `least` there.

    Raises:
        Unavailable: the brokers fell silent, no longer hold that offset, or end too soon: one that was cut off from the others answers
            by what it knew.
    """
    consumer = brokers.reader(ClientLog(f"restore-{place.partition}"))
    try:
        consumer.assign([place])  # a new consumer each time: a second `assign` of one takes a second to begin
        while True:
            first = consumer.poll(_SILENCE_S)
            if first is None:
                raise Unavailable("no_answer", f"nothing comes from {place.topic}/{place.partition}")
            fetched = consumer.consume(_AT_ONCE, 0)  # with a timeout it would wait until the count is full
            for message in (first, *fetched):
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    if (end := message.offset()) is not None and end < least:
                        line = f"{place.topic}/{place.partition} is read to {end}, and it ends at {least}"
                        raise Unavailable("log_moved", line)
                    return
                elif error.code() == KafkaError._AUTO_OFFSET_RESET or not error.retriable():
                    raise Unavailable(error.name().lower().strip("_"), error.str())
    except KafkaException as error:
        raise unavailable(error) from error
    finally:
        consumer.close()


def key_elsewhere(parts: WorkerParts, partition: int, partitions: int) -> str | None:
    """The fingerprint of the callers' key that another partition of this log holds; None where none does."""
    for other in range(partitions):
        if other == partition:
            continue
        ends = parts.brokers.ends((topics.CASES,), other)[topics.CASES]
        position = _at_end(parts, topics.CASES, other, ends, _last_position)
        if position is not None and position.caller_key is not None:
            return position.caller_key
    return None


def _at_end(
    parts: WorkerParts,
    topic: str,
    partition: int,
    ends: Ends,
    find: Callable[[Iterator[Message]], _Found | None],
) -> _Found | None:
    """What `find` finds in the last records, or in more of them: aborted transactions may hide many offsets."""
    back = _TAIL
    while ends.begin < ends.stable:
        start = max(ends.begin, ends.stable - back)
        place = TopicPartition(parts.settings.topic(topic), partition, start)
        found = find(read_from(parts.brokers, place, ends.stable))
        if found is not None or start == ends.begin:
            return found
        back *= 8
    return None


def _last_position(messages: Iterator[Message]) -> Position | None:
    values = [message.value() for message in messages if message.key() == topics.POSITION_KEY]
    return _position(values[-1]) if values else None


def _last_entry(messages: Iterator[Message]) -> tuple[int, object] | None:
    """Number and epoch of the last of these entries of a journal."""
    last: tuple[int, object] | None = None
    for message in messages:
        place = f"{message.topic()}/{message.partition()}"
        entry = _number(message.value(), f"{place} offset {message.offset()}")
        if last is not None and entry[0] != last[0] + 1:
            raise CorruptLog("journal_gap", f"{place}: {entry[0]} after {last[0]}")
        last = entry
    return last


def _number(value: object, place: str) -> tuple[int, object]:
    """Number and epoch of an entry; the rest of it need not be readable."""
    try:
        entry = from_json(value if isinstance(value, bytes) else b"")
    except ValueError:
        entry = None
    seq = entry.get("seq") if isinstance(entry, dict) else None
    if entry is None or not isinstance(seq, int):
        raise CorruptLog("entry_unreadable", place)
    return seq, entry.get("epoch")


def _position(value: object) -> Position | None:
    if not isinstance(value, bytes):
        return None
    try:
        return codecs.POSITION.decode(value)
    except BadMessage as error:
        raise CorruptLog("position_unreadable", str(error)) from None
