"""Reads one partition up to an end that was fixed before, and stops with an error at anything unexpected.

Apart from `following_reader`: that one goes on after an outage and skips offsets that are gone; who proves or counts may not.
"""

import time
from collections.abc import Callable, Iterator
from typing import Final

from pipeline.kafka_log.connection import RECORDS_PER_POLL, Connection
from pipeline.kafka_log.independent_client import Consumer, IndependentClient
from pipeline.kafka_log.log_record import LogRecord
from schemas.errors import Unavailable

STALL_S: Final = 30.0
"""Records are there and none comes for so long: kafka-python has stopped silently before (its issue 3131)."""

_POLL_MS: Final = 200


class BoundedReader:
    """Reads committed records, one partition of one topic at a time; readings may run side by side. Of one thread only.

    Its consumers are used again and again, each for one partition at a time: one consumer of several partitions that pauses
    some of them stops silently in kafka-python 3.0.12 (what it had put aside for a paused partition may never come back).
    """

    def __init__(
        self,
        connection: Connection,
        *,
        stall_s: float = STALL_S,
        make: Callable[[Connection], IndependentClient] = IndependentClient,
    ) -> None:
        """Does not connect yet. `make` makes the client underneath."""
        self._client = make(connection)
        self._stall_s = stall_s
        self._consumers: list[Consumer] = []
        self._idle: list[Consumer] = []

    def partitions(self, name: str) -> list[int]:
        """The partitions of the contract's topic `name`, in order.

        Raises:
            Unavailable: the topic is not there, or no broker answers.
        """
        consumer = self._take()
        partitions = self._client.partitions(consumer, name)
        self._idle.append(consumer)
        return partitions

    def read_all(self, name: str, partition: int) -> Iterator[LogRecord]:
        """Every record of the partition up to where its committed part ends now. Raises as `read` does."""
        place, consumer = self._client.place(name, partition), self._take()
        end = self._client.ends(consumer, [place])[place]
        begin = self._client.starts(consumer, [place])[place]
        self._idle.append(consumer)
        return self.read(name, partition, begin, end)

    def read(self, name: str, partition: int, begin: int, end: int) -> Iterator[LogRecord]:
        """The records from `begin` up to `end`, in order, fetched a little ahead.

        Raises:
            Unavailable: no broker answers, or records are there and none can be read.
        """
        if begin >= end:
            return
        place = self._client.place(name, partition)
        with self._client.errors():
            consumer = self._take()
            consumer.assign([place])
            consumer.seek(place, begin)
        limit = time.monotonic() + self._stall_s
        while (consumer.position(place) or 0) < end:
            with self._client.errors():
                batches = consumer.poll(_POLL_MS, RECORDS_PER_POLL)
            for record in batches.get(place, ()):
                if record.offset < end:
                    yield record
            if batches:
                limit = time.monotonic() + self._stall_s
            elif time.monotonic() > limit:
                raise Unavailable(
                    "reader_stalled", f"{name}/{partition}: records are there but none can be read"
                )
        self._idle.append(consumer)

    def close(self) -> None:
        """Nothing is read any more."""
        for consumer in self._consumers:
            consumer.close()

    def _take(self) -> Consumer:
        if self._idle:
            return self._idle.pop()
        self._consumers.append(self._client.consumer())
        return self._consumers[-1]
