"""Reads a partition of all topics from outside, committed records only, without a group, up to a cut that is fixed first.

    journal's LSO ──► the cut. Every entry before it is committed, so all that its transaction wrote stands before the
    outputs' HW  ──► high watermarks taken afterwards; that much of each output topic is read, once its LSO is there too.

A topic whose LSO stays behind for longer than a transaction may take is held up by somebody's open transaction.
Nothing here knows what the records say.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from kafka import KafkaConsumer
from kafka import errors as kafka_errors

from pipeline.audit.log.partition_log import AuditRecord, Held
from schemas import topics
from schemas.errors import Unavailable
from schemas.journal.entry import JournalEntry
from schemas.wire import codecs

CONNECT_S: Final = 5.0
ANSWER_S: Final = 10.0
STALL_S: Final = 30.0
"""Records are there and none comes for so long: kafka-python has stopped silently before (its issue 3131)."""

_ANSWER_MS: Final = int(ANSWER_S * 1000)
_POLL_MS: Final = 200
_LOOK_S: Final = 0.05
_AT_ONCE: Final = 2_000
_OUTPUTS: Final = tuple(one.name for one in topics.TOPICS if one.name not in (*topics.INPUTS, topics.JOURNAL))

if TYPE_CHECKING:  # kafka-python has no types

    class TopicPartition(NamedTuple):
        """One partition of one topic."""

        topic: str
        partition: int
else:
    from kafka import TopicPartition


class _Fetched(Protocol):
    """A record as kafka-python hands it over."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class _Found(Protocol):
    offset: int


class _Consumer(Protocol):
    """What is used of `KafkaConsumer`."""

    def assign(self, partitions: Sequence[TopicPartition]) -> None: ...
    def seek(self, partition: TopicPartition, offset: int) -> None: ...
    def position(self, partition: TopicPartition) -> int | None: ...
    def poll(self, timeout_ms: int) -> Mapping[TopicPartition, Sequence[_Fetched]]: ...
    def partitions_for_topic(self, topic: str) -> set[int] | None: ...
    def beginning_offsets(
        self, partitions: Sequence[TopicPartition], timeout_ms: int
    ) -> Mapping[TopicPartition, int]: ...
    def end_offsets(
        self, partitions: Sequence[TopicPartition], timeout_ms: int
    ) -> Mapping[TopicPartition, int]: ...
    def offsets_for_times(
        self, timestamps: Mapping[TopicPartition, int], timeout_ms: int
    ) -> Mapping[TopicPartition, _Found | None]: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Reach:
    """A deployment, and how long its transactions may take. `options` are further settings of kafka-python, for TLS and SASL."""

    brokers: str
    topic_prefix: str
    transaction_s: float
    options: Mapping[str, object] = field(default_factory=dict)

    def place(self, topic: str, partition: int) -> TopicPartition:
        """A partition of the contract's topic, as it is called here."""
        return TopicPartition(topics.prefixed(topic, self.topic_prefix), partition)

    def consumer(self, isolation: str) -> _Consumer:
        """A reader without a group that has no partition yet.

        Raises:
            Unavailable: no broker answers.
        """
        with self.errors():
            made: _Consumer = KafkaConsumer(
                **self.options,
                bootstrap_servers=self.brokers.split(","),
                group_id=None,
                isolation_level=isolation,
                enable_auto_commit=False,
                auto_offset_reset="none",
                allow_auto_create_topics=False,
                max_poll_records=_AT_ONCE,
                metrics_enabled=False,
                bootstrap_timeout_ms=int(CONNECT_S * 1000),
                request_timeout_ms=int(ANSWER_S * 1000),
            )
            return made

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Kafka's errors as ours."""
        try:
            yield
        except kafka_errors.UnknownTopicOrPartitionError as error:
            raise Unavailable("topic_missing", "the brokers lack a topic") from error
        except kafka_errors.KafkaError as error:
            said = f"no answer from {self.brokers} ({type(error).__name__})"
            raise Unavailable("broker_unavailable", said) from error


class Cut(NamedTuple):
    """Where each topic of a partition begins and ends for this audit. `closed` topics may not be read."""

    partition: int
    begins: Mapping[str, int]
    ends: Mapping[str, int]
    held: tuple[Held, ...]
    closed: frozenset[str]

    @property
    def is_hidden(self) -> bool:
        """Whether an open transaction hides what entries of the journal wrote."""
        return any(one.high > one.stable for one in self.held if one.topic in _OUTPUTS)


class Cutter:
    """Fixes the cut of each partition. Belongs to one thread."""

    def __init__(self, reach: Reach) -> None:
        """Connects.

        Raises:
            Unavailable: no broker answers.
        """
        self._reach = reach
        self._committed = reach.consumer("read_committed")
        self._all = reach.consumer("read_uncommitted")

    def partitions(self) -> list[int]:
        """Of the journal, in order.

        Raises:
            Unavailable: a topic is missing, or no broker answers.
        """
        found: set[int] = set()
        for topic in (*topics.INPUTS, *_OUTPUTS, topics.JOURNAL):
            name = topics.prefixed(topic, self._reach.topic_prefix)
            with self._reach.errors():
                found = self._committed.partitions_for_topic(name) or set()
            if not found and topic != topics.CALLERS:
                said = f"the brokers have no topic {name}; make it: enforcement topics apply"
                raise Unavailable("topic_missing", said)
        return sorted(found)

    def cut(self, partition: int, since_ms: int | None = None) -> Cut:
        """Up to now, from the beginning or from what was written at `since_ms`; waits until readers see all of it.

        Raises:
            Unavailable: no broker answers.
        """
        with self._reach.errors():
            stable = self._ends(self._committed, partition, (topics.JOURNAL,))
            closed = self._closed(partition)
            names = [one.name for one in topics.TOPICS if one.name not in closed]
            others = [name for name in names if name != topics.JOURNAL]
            highs = self._ends(self._all, partition, names)
            held = self._wait(partition, highs)
            # what was decided before the cut is below the inputs' end as it is now
            inputs = self._ends(self._committed, partition, topics.INPUTS)
            ends = {name: highs[name] for name in others} | inputs | stable
            for one in held:
                ends[one.topic] = min(ends[one.topic], one.stable)
            begins = self._begins(partition, names, since_ms)
        return Cut(partition, begins, ends, held, closed)

    def journal(self, partition: int) -> Cut:
        """The journal alone, as far as readers see it now.

        Raises:
            Unavailable: no broker answers.
        """
        with self._reach.errors():
            ends = self._ends(self._committed, partition, (topics.JOURNAL,))
            begins = self._begins(partition, (topics.JOURNAL,), None)
        return Cut(partition, begins, ends, (), frozenset())

    def behind(self, cut: Cut) -> int:
        """How far the journal reaches by now, as far as readers see it."""
        with self._reach.errors():
            high = self._ends(self._all, cut.partition, (topics.JOURNAL,))
            self._wait(cut.partition, high)
            return self._ends(self._committed, cut.partition, (topics.JOURNAL,))[topics.JOURNAL]

    def close(self) -> None:
        """Nothing is asked any more."""
        self._committed.close()
        self._all.close()

    def _wait(self, partition: int, highs: Mapping[str, int]) -> tuple[Held, ...]:
        """Until readers see all that is below these ends, or a transaction is open for too long."""
        started = time.monotonic()
        while True:
            stable = self._ends(self._committed, partition, tuple(highs))
            seconds = time.monotonic() - started
            late = [name for name in highs if stable[name] < highs[name]]
            if not late or seconds > self._reach.transaction_s:
                return tuple(
                    Held(name, stable[name], high, seconds) if name in late else Held(name, high, high, 0.0)
                    for name, high in highs.items()
                )
            time.sleep(_LOOK_S)

    def _ends(self, consumer: _Consumer, partition: int, names: Sequence[str]) -> dict[str, int]:
        """One topic after the other: asked for several, kafka-python passes over those that it has not met yet."""
        places = {name: self._reach.place(name, partition) for name in names}
        return {name: consumer.end_offsets([place], _ANSWER_MS)[place] for name, place in places.items()}

    def _begins(self, partition: int, names: Sequence[str], since_ms: int | None) -> dict[str, int]:
        places = {name: self._reach.place(name, partition) for name in names}
        if since_ms is None:
            return {
                name: self._all.beginning_offsets([place], _ANSWER_MS)[place]
                for name, place in places.items()
            }
        ends = self._ends(self._all, partition, names)
        later = {
            name: self._all.offsets_for_times({place: since_ms}, _ANSWER_MS).get(place)
            for name, place in places.items()
        }
        return {name: found.offset if found else ends[name] for name, found in later.items()}

    def _closed(self, partition: int) -> frozenset[str]:
        """Personal data may be kept from the auditor."""
        try:
            self._ends(self._all, partition, (topics.CALLERS,))
        except kafka_errors.AuthorizationError:
            return frozenset({topics.CALLERS})
        return frozenset()


class Consumers:
    """Readers of committed records that are used again and again: each is asked for one partition of one topic at a time.

    (One reader of several that pauses some of them stops silently in kafka-python 3.0.12: what it had put aside for a paused
    partition may never come back.)
    """

    def __init__(self, reach: Reach) -> None:
        """None yet."""
        self._reach = reach
        self._all: list[_Consumer] = []
        self._idle: list[_Consumer] = []

    def read(self, topic: str, partition: int, begin: int, end: int) -> Iterator[AuditRecord]:
        """From `begin` up to `end`, in order, fetched a little ahead.

        Raises:
            Unavailable: no broker answers, or records are there and none can be read.
        """
        if begin >= end:
            return
        place = self._reach.place(topic, partition)
        with self._reach.errors():
            consumer = self._take()
            consumer.assign([place])
            consumer.seek(place, begin)
        limit = time.monotonic() + STALL_S
        while (consumer.position(place) or 0) < end:
            with self._reach.errors():
                batches = consumer.poll(_POLL_MS)
            for one in batches.get(place, ()):
                if one.offset < end:
                    yield AuditRecord(
                        topic, partition, one.offset, one.timestamp, one.key, one.value, tuple(one.headers)
                    )
            if batches:
                limit = time.monotonic() + STALL_S
            elif time.monotonic() > limit:
                said = f"{topic}/{partition}: records are there but none can be read"
                raise Unavailable("reader_stalled", said)
        self._idle.append(consumer)

    def close(self) -> None:
        """Nothing is read any more."""
        for consumer in self._all:
            consumer.close()

    def _take(self) -> _Consumer:
        if self._idle:
            return self._idle.pop()
        self._all.append(self._reach.consumer("read_committed"))
        return self._all[-1]


class KafkaLog:
    """A partition as the checks want it: all topics side by side, each a little ahead, none whole in memory."""

    def __init__(self, consumers: Consumers, cutter: Cutter, cut: Cut, *, twice: bool = True) -> None:
        """With `twice`, everything can be read a second time."""
        self._consumers = consumers
        self._cutter = cutter
        self._cut = cut
        self._twice = twice

    @property
    def partition(self) -> int:
        """Which partition it is of."""
        return self._cut.partition

    def may_read(self, topic: str) -> bool:
        """Whether the brokers let us."""
        return topic not in self._cut.closed

    def begin(self, topic: str) -> int:
        """The first offset that is read."""
        return self._cut.begins.get(topic, 0)

    def records(self, topic: str) -> Iterator[AuditRecord]:
        """Up to the cut."""
        return self._consumers.read(topic, self.partition, self.begin(topic), self._cut.ends.get(topic, 0))

    def again(self, topic: str) -> Iterator[AuditRecord] | None:
        """Fetched anew."""
        return self.records(topic) if self._twice else None

    def held(self) -> Sequence[Held]:
        """As the cut found it."""
        return self._cut.held

    def later(self) -> Iterator[JournalEntry]:
        """What was committed since."""
        begin, end = self._cut.ends[topics.JOURNAL], self._cutter.behind(self._cut)
        for record in self._consumers.read(topics.JOURNAL, self.partition, begin, end):
            yield codecs.JOURNAL_ENTRY.decode_as_published(record.value or b"")
