"""Fixes first, from outside, how far a partition of all topics is read, and then reads that: committed records only.

    journal's LSO ──► the cut. Every entry before it is committed, so all that its transaction wrote stands before the
    outputs' HW  ──► high watermarks taken afterwards; that much of each output topic is read, once its LSO is there too.

A topic whose LSO stays behind for longer than a transaction may take is held up by an open transaction.
Nothing here knows what the records say.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.audit.log.checkpoint import Checkpoint
from pipeline.audit.log.partition_log import AuditRecord, Held
from pipeline.kafka_log.bounded_reader import BoundedReader
from pipeline.kafka_log.connection import Connection
from pipeline.kafka_log.independent_client import Consumer, IndependentClient
from schemas import topics
from schemas.errors import Unavailable
from schemas.journal.entry import JournalEntry
from schemas.wire import codecs

_LOOK_S: Final = 0.05
_BY_BROKER: Final = 1
"""The type of a timestamp that the broker has set (LogAppendTime)."""
_NAMES: Final = tuple(topic.name for topic in topics.TOPICS)
_OUTPUTS: Final = tuple(name for name in _NAMES if name not in (*topics.INPUTS, topics.JOURNAL))


class Cut(NamedTuple):
    """Where each topic of a partition begins and ends for this audit. `closed` topics may not be read.

    `oldest` is where each begins on the brokers, which is earlier than what is audited where that is only of late.
    """

    partition: int
    begins: Mapping[str, int]
    ends: Mapping[str, int]
    held: tuple[Held, ...]
    closed: frozenset[str]
    oldest: Mapping[str, int]

    @property
    def is_hidden(self) -> bool:
        """Whether an open transaction hides what entries of the journal wrote."""
        return any(held.high > held.stable for held in self.held if held.topic in _OUTPUTS)


class Cutter:
    """Fixes the cut of each partition. Belongs to one thread."""

    def __init__(self, connection: Connection, transaction_s: float) -> None:
        """Connects. `transaction_s` is how long a transaction of the deployment may take.

        Raises:
            Unavailable: no broker answers.
        """
        self._client = IndependentClient(connection)
        self._transaction_s = transaction_s
        self._committed = self._client.consumer()
        self._all = self._client.consumer(committed_only=False)

    def partitions(self) -> list[int]:
        """Of the journal, in order.

        Raises:
            Unavailable: a topic is missing, or no broker answers. `callers.v1` may be missing: it may be kept from us.
        """
        for topic in (*topics.INPUTS, *_OUTPUTS):
            if topic != topics.CALLERS:
                self._client.partitions(self._committed, topic)
        return self._client.partitions(self._committed, topics.JOURNAL)

    def cut(self, partition: int, since_ms: int | None = None, after: Checkpoint | None = None) -> Cut:
        """Up to now, from the beginning, from what was written at `since_ms`, or from the last entry `after` which nothing was seen;
        waits until readers see all of it.

        Raises:
            Unavailable: no broker answers.
        """
        stable = self._ends(self._committed, partition, (topics.JOURNAL,))
        closed = self._closed(partition)
        names = [name for name in _NAMES if name not in closed]
        highs = self._ends(self._all, partition, names)
        held = self._wait(partition, highs)
        # what was decided before the cut is below the inputs' end as it is now
        inputs = self._ends(self._committed, partition, topics.INPUTS)
        ends = {**highs, **inputs, **stable}
        for late in held:
            ends[late.topic] = min(ends[late.topic], late.stable)
        oldest = self._begins(partition, names, None)
        begins = oldest if since_ms is None else self._begins(partition, names, since_ms)
        if after is not None and after.offset > oldest[topics.JOURNAL]:
            known = {topics.JOURNAL: after.offset, **after.inputs}
            # its outputs were perhaps stamped before it, in the same transaction; `Join` leaves out those of earlier entries
            begins = self._begins(partition, names, after.stamped_ms - int(self._transaction_s * 1_000))
            begins |= {name: max(offset, oldest[name]) for name, offset in known.items()}
        return Cut(partition, begins, ends, held, closed, oldest)

    def behind(self, cut: Cut) -> int:
        """How far the journal reaches by now, as far as readers see it.

        Raises:
            Unavailable: no broker answers.
        """
        return self.end_now(topics.JOURNAL, cut.partition)

    def end_now(self, topic: str, partition: int) -> int:
        """How far a topic reaches by now, as far as readers see it, once nothing holds them up.

        Raises:
            Unavailable: no broker answers.
        """
        self._wait(partition, self._ends(self._all, partition, (topic,)))
        return self._ends(self._committed, partition, (topic,))[topic]

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
            if not late or seconds > self._transaction_s:
                return tuple(
                    Held(name, stable[name], high, seconds) if name in late else Held(name, high, high, 0.0)
                    for name, high in highs.items()
                )
            time.sleep(_LOOK_S)

    def _ends(self, consumer: Consumer, partition: int, names: Sequence[str]) -> dict[str, int]:
        places = {name: self._client.place(name, partition) for name in names}
        ends = self._client.ends(consumer, places.values())
        return {name: ends[place] for name, place in places.items()}

    def _begins(self, partition: int, names: Sequence[str], since_ms: int | None) -> dict[str, int]:
        places = {name: self._client.place(name, partition) for name in names}
        starts = self._client.starts(self._all, places.values(), since_ms)
        return {name: starts[place] for name, place in places.items()}

    def _closed(self, partition: int) -> frozenset[str]:
        """Personal data may be kept from the auditor."""
        try:
            self._ends(self._all, partition, (topics.CALLERS,))
        except Unavailable as error:
            if error.code != "not_authorized":
                raise
            return frozenset({topics.CALLERS})
        return frozenset()


class KafkaLog:
    """A partition as the checks want it: all topics side by side, each a little ahead, none whole in memory."""

    def __init__(self, reader: BoundedReader, cutter: Cutter, cut: Cut, *, twice: bool = True) -> None:
        """With `twice`, everything can be read a second time."""
        self._reader = reader
        self._cutter = cutter
        self._cut = cut
        self._twice = twice

    @property
    def partition(self) -> int:
        """The number of the partition."""
        return self._cut.partition

    def may_read(self, topic: str) -> bool:
        """Whether the brokers let us."""
        return topic not in self._cut.closed

    def begin(self, topic: str) -> int:
        """The first offset that is read."""
        return self._cut.begins.get(topic, 0)

    def oldest(self, topic: str) -> int:
        """As it was at the cut."""
        return self._cut.oldest.get(topic, 0)

    def end(self, topic: str) -> int:
        """As it was at the cut."""
        return self._cut.ends.get(topic, 0)

    def records(self, topic: str) -> Iterator[AuditRecord]:
        """Up to the cut."""
        return self.between(topic, self.begin(topic), self.end(topic))

    def again(self, topic: str) -> Iterator[AuditRecord] | None:
        """Fetched anew."""
        return self.records(topic) if self._twice else None

    def held(self) -> Sequence[Held]:
        """As the cut found it."""
        return self._cut.held

    def later(self) -> Iterator[JournalEntry]:
        """What was committed since."""
        begin, end = self._cut.ends[topics.JOURNAL], self._cutter.behind(self._cut)
        for record in self.between(topics.JOURNAL, begin, end):
            yield codecs.JOURNAL_ENTRY.decode_as_published(record.value or b"")

    def between(self, topic: str, begin: int, end: int) -> Iterator[AuditRecord]:
        """The committed records from `begin` up to `end`."""
        for record in self._reader.read(topic, self.partition, begin, end):
            place = (topic, self.partition, record.offset)
            yield AuditRecord(
                *place,
                record.timestamp,
                record.key,
                record.value,
                tuple(record.headers),
                record.timestamp_type == _BY_BROKER,
            )
