"""Reads partitions of one topic on and on, through outages and silent stops. Knows offsets, not contents."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from pipeline.kafka_log.assigned_reader import AssignedReader, Misplaced
from pipeline.kafka_log.connection import Connection
from pipeline.kafka_log.log_record import LogRecord, TopicPlace
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


class FollowingReader:
    """Reads committed records of the contract's topic `name` from given offsets on. Of one thread only.

    Clients have stopped silently before (kafka-python's issue 3131; librdkafka holding on to a former leader), so progress is
    measured against the topic's end, and after an outage the client is made anew.
    """

    def __init__(
        self,
        connection: Connection,
        name: str,
        *,
        follows: bool = True,
        stall_s: float = STALL_S,
        outage_s: float = OUTAGE_S,
        make: Callable[..., AssignedReader] = AssignedReader,
    ) -> None:
        """Has no partition yet. Whoever reads to an end and stops says `follows=False`, and finds the end sooner.

        `make` makes the readers underneath, as `AssignedReader` is made.
        """
        self._connection = connection
        self._name = name
        self._topic = connection.topic(name)
        self._follows = follows
        self._stall_s = stall_s
        self._outage_s = outage_s
        self._make = make
        self._next: dict[TopicPlace, int] = {}
        self._reader: AssignedReader | None = None
        self._progressed_at = self._looked_at = time.monotonic()
        self._gone_since: float | None = None
        self._stalls = 0

    def partitions(self) -> list[int]:
        """The topic's partitions.

        Raises:
            Unavailable: there is no such topic, or no broker answers.
        """
        return self._open().partitions(self._name)

    def ends(self, partitions: Iterable[int]) -> dict[int, int]:
        """Of each partition the offset after its last committed record; what stands behind an open transaction is not.

        Raises:
            Unavailable: no broker answers.
        """
        ends = self._open().ends(self._places(partitions))
        return {place.partition: offset for place, offset in ends.items()}

    def starts(self, partitions: Iterable[int], since_ms: int | None = None) -> dict[int, int]:
        """The first offset of each partition, or the first written at or after `since_ms`; the end where there is none.

        Raises:
            Unavailable: no broker answers.
        """
        starts = self._open().starts(self._places(partitions), since_ms)
        return {place.partition: offset for place, offset in starts.items()}

    def add(self, offsets: Mapping[int, int]) -> None:
        """Read these partitions too, from these offsets on.

        Raises:
            Unavailable: no broker answers.
        """
        self._next |= {TopicPlace(self._topic, number): offset for number, offset in offsets.items()}
        self._open().read_from(self._next)

    def poll(self, wait_s: float) -> Sequence[LogRecord]:
        """Records that came within `wait_s`, in order within each partition; perhaps none.

        Raises:
            Unavailable: the brokers were gone for too long, or reading stopped and does not start again.
        """
        if not self._next:
            time.sleep(min(wait_s, PAUSE_S))
            return ()
        try:
            records = self._placed().poll(wait_s)
        except Misplaced as error:
            self._find_places(error)
            return ()
        except Unavailable as error:
            self._lost(error)
            return ()
        if records:
            self._note(records)
        else:
            self._look()
        return records

    def has_reached(self, ends: Mapping[int, int]) -> bool:
        """Whether everything before these offsets was handed over."""
        places = ((TopicPlace(self._topic, number), end) for number, end in ends.items())
        return all(self._next[place] >= end or self._position(place) >= end for place, end in places)

    def read_to(
        self, ends: Mapping[int, int], stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[LogRecord]:
        """All records before these offsets, and those fetched with them that stand after: `poll` will not give them again."""
        while not stopped() and not self.has_reached(ends):
            yield from self.poll(PAUSE_S)

    def close(self) -> None:
        """Nothing is read any more."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _places(self, partitions: Iterable[int]) -> list[TopicPlace]:
        return [TopicPlace(self._topic, number) for number in partitions]

    def _position(self, place: TopicPlace) -> int:
        return self._next[place] if self._reader is None else self._reader.position(place)

    def _open(self) -> AssignedReader:
        if self._reader is None:
            self._reader = self._make(self._connection, follows=self._follows)
        return self._reader

    def _placed(self) -> AssignedReader:
        """The reader; a new one goes on where the last one stopped."""
        if self._reader is not None:
            return self._reader
        reader = self._open()
        reader.read_from(self._next)
        return reader

    def _note(self, records: Sequence[LogRecord]) -> None:
        for record in records:
            self._next[TopicPlace(record.topic, record.partition)] = record.offset + 1
        self._progressed_at = time.monotonic()
        self._gone_since, self._stalls = None, 0

    def _look(self) -> None:
        """After an empty poll: tell an idle topic from brokers that are gone and from a reader that has fallen silent."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_S or self._reader is None:
            return
        self._looked_at = now
        try:
            ends = self._reader.ends(self._next)
        except Unavailable as error:
            self._lost(error)
            return
        self._gone_since = None
        if not any(self._position(place) < end for place, end in ends.items()):
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

    def _lost(self, error: Unavailable) -> None:
        now = time.monotonic()
        self._gone_since = self._gone_since or now
        if now - self._gone_since > self._outage_s:
            what = f"{self._connection.brokers} did not answer for {self._outage_s:.0f} s ({error.message})"
            raise Unavailable("broker_unavailable", what) from error
        log.info("%s: %s; trying again", self._topic, error)
        self.close()
        time.sleep(PAUSE_S)

    def _find_places(self, error: Misplaced) -> None:
        """Go on from the first offset: retention took the wanted one, or the topic was made anew."""
        log.warning("%s: %s; going on from the first record there is", self._topic, error)
        try:
            reader = self._open()
            begins, ends = reader.starts(self._next), reader.ends(self._next)
            for place, offset in self._next.items():
                if not begins[place] <= offset <= ends[place]:
                    self._next[place] = begins[place]
            reader.read_from(self._next)
        except Unavailable as again:
            self._lost(again)
