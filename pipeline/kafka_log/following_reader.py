"""Reads partitions of one topic on and on, through outages and silent stops. Knows offsets, not contents."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from kafka import errors as kafka_errors

from pipeline.kafka_log.client_types import Consumer, LogRecord, TopicPartition
from pipeline.kafka_log.connection import RECORDS_PER_POLL, Connection
from schemas.errors import Unavailable

log: Final = logging.getLogger("enforcement.client")

LOOK_S: Final = 2.0
"""How often a reader without records compares where it stands with where the topic ends."""

STALL_S: Final = 30.0
"""Records are there and none came for so long: the reader is made anew."""

STALLS_MAX: Final = 3
OUTAGE_S: Final = 300.0
"""How long brokers may be gone before reading is given up."""

PAUSE_S: Final = 0.5
_MISPLACED: Final = (
    kafka_errors.OffsetOutOfRangeError,
    kafka_errors.NoOffsetForPartitionError,
    kafka_errors.LogTruncationError,
)


class FollowingReader:
    """Reads committed records of the contract's topic `name` from given offsets on. Of one thread only.

    kafka-python has stopped silently before (its issue 3131), so progress is measured against the topic's end.
    """

    def __init__(
        self, connection: Connection, name: str, *, stall_s: float = STALL_S, outage_s: float = OUTAGE_S
    ) -> None:
        """Connects; has no partition yet.

        Raises:
            Unavailable: no broker answers.
        """
        self._connection = connection
        self._name = name
        self._topic = connection.topic(name)
        self._stall_s = stall_s
        self._outage_s = outage_s
        self._timeout_ms = int(connection.answer_s * 1000)
        self._next: dict[TopicPartition, int] = {}
        self._consumer: Consumer | None = connection.consumer()
        self._progressed_at = self._looked_at = time.monotonic()
        self._gone_since: float | None = None
        self._stalls = 0

    def partitions(self) -> list[int]:
        """The topic's partitions.

        Raises:
            Unavailable: there is no such topic, or no broker answers.
        """
        return self._connection.partitions(self._open(), self._name)

    def ends(self, partitions: Iterable[int]) -> dict[int, int]:
        """Of each partition the offset after its last committed record; what stands behind an open transaction is not.

        Raises:
            Unavailable: no broker answers.
        """
        ends = self._connection.ends(self._open(), self._places(partitions))
        return {place.partition: offset for place, offset in ends.items()}

    def starts(self, partitions: Iterable[int], since_ms: int | None = None) -> dict[int, int]:
        """The first offset of each partition, or the first written at or after `since_ms`; the end where there is none.

        Raises:
            Unavailable: no broker answers.
        """
        starts = self._connection.starts(self._open(), self._places(partitions), since_ms)
        return {place.partition: offset for place, offset in starts.items()}

    def add(self, offsets: Mapping[int, int]) -> None:
        """Read these partitions too, from these offsets on.

        Raises:
            Unavailable: no broker answers.
        """
        self._next |= {TopicPartition(self._topic, number): offset for number, offset in offsets.items()}
        consumer = self._open()
        with self._connection.errors():
            consumer.assign(list(self._next))
            for number, offset in offsets.items():
                consumer.seek(TopicPartition(self._topic, number), offset)

    def poll(self, wait_s: float) -> Sequence[LogRecord]:
        """Records that came within `wait_s`, in order within each partition; perhaps none.

        Raises:
            Unavailable: the brokers were gone for too long, or reading stopped and does not start again.
        """
        if not self._next:
            time.sleep(min(wait_s, PAUSE_S))
            return ()
        try:
            batches = self._placed().poll(int(wait_s * 1000), RECORDS_PER_POLL)
        except _MISPLACED as error:
            self._find_places(error)
            return ()
        except (kafka_errors.KafkaError, Unavailable) as error:
            self._lost(error)
            return ()
        records = [record for batch in batches.values() for record in batch]
        if records:
            self._note(batches)
        else:
            self._look()
        return records

    def has_reached(self, ends: Mapping[int, int]) -> bool:
        """Whether everything before these offsets was handed over."""
        if self._consumer is None:
            return False
        for number, end in ends.items():
            place = TopicPartition(self._topic, number)
            if self._next[place] < end and (self._consumer.position(place) or 0) < end:
                return False
        return True

    def read_to(
        self, ends: Mapping[int, int], stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[LogRecord]:
        """All records before these offsets, and those fetched with them that stand after: `poll` will not give them again."""
        while not stopped() and not self.has_reached(ends):
            yield from self.poll(PAUSE_S)

    def close(self) -> None:
        """Nothing is read any more."""
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None

    def _places(self, partitions: Iterable[int]) -> list[TopicPartition]:
        return [TopicPartition(self._topic, number) for number in partitions]

    def _open(self) -> Consumer:
        if self._consumer is None:
            self._consumer = self._connection.consumer()
        return self._consumer

    def _placed(self) -> Consumer:
        """The consumer; a new one goes on where the last one stopped."""
        if self._consumer is not None:
            return self._consumer
        consumer = self._open()
        consumer.assign(list(self._next))
        for place, offset in self._next.items():
            consumer.seek(place, offset)
        return consumer

    def _note(self, batches: Mapping[TopicPartition, Sequence[LogRecord]]) -> None:
        for batch in batches.values():
            last = batch[-1]
            self._next[TopicPartition(last.topic, last.partition)] = last.offset + 1
        self._progressed_at = time.monotonic()
        self._gone_since, self._stalls = None, 0

    def _look(self) -> None:
        """After an empty poll: tell an idle topic from brokers that are gone and from a consumer that has fallen silent."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_S or self._consumer is None:
            return
        self._looked_at = now
        try:
            ends = self._consumer.end_offsets(list(self._next), self._timeout_ms)
            behind = any((self._consumer.position(place) or 0) < end for place, end in ends.items())
        except kafka_errors.KafkaError as error:
            self._lost(error)
            return
        self._gone_since = None
        if not behind:
            self._progressed_at, self._stalls = now, 0
        elif now - self._progressed_at > self._stall_s:
            self._restart()

    def _restart(self) -> None:
        self._stalls += 1
        if self._stalls > STALLS_MAX:
            raise Unavailable("reader_stalled", f"{self._topic}: records are there but none can be read")
        log.warning(
            "%s: no record for %.0f s though there are some; reading anew", self._topic, self._stall_s
        )
        self._progressed_at = time.monotonic()
        self.close()

    def _lost(self, error: Exception) -> None:
        now = time.monotonic()
        self._gone_since = self._gone_since or now
        if now - self._gone_since > self._outage_s:
            raise Unavailable(
                "broker_unavailable",
                f"{self._connection.brokers} did not answer for {self._outage_s:.0f} s ({type(error).__name__})",
            ) from error
        log.info("%s: %s; trying again", self._topic, type(error).__name__)
        if not isinstance(error, kafka_errors.RetriableError):
            self.close()
        time.sleep(PAUSE_S)

    def _find_places(self, error: Exception) -> None:
        """Go on from the first offset: retention took the wanted one, or the topic was made anew."""
        log.warning("%s: %s; going on from the first record there is", self._topic, type(error).__name__)
        try:
            consumer = self._placed()
            begins = consumer.beginning_offsets(list(self._next), self._timeout_ms)
            ends = consumer.end_offsets(list(self._next), self._timeout_ms)
            for place, offset in self._next.items():
                if not begins[place] <= offset <= ends[place]:
                    self._next[place] = begins[place]
                consumer.seek(place, self._next[place])
        except kafka_errors.KafkaError as again:
            self._lost(again)
