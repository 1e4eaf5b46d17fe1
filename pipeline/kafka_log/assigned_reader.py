"""Reads committed records of given partitions from given offsets on, without a group. Knows nothing of outages: it tells of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, cast

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaError, Message, TopicPartition

from pipeline.kafka_log.connection import RECORDS_PER_POLL, Connection
from pipeline.kafka_log.librdkafka import QuietLog, common_config, errors, partitions_of, pipeline_error
from pipeline.kafka_log.log_record import LogRecord, TopicPlace

LOOK_MS: Final = 10
FOLLOW_MS: Final = 100
_QUEUED_KB_MAX: Final = 16 * 1024
_PASSED_OVER: Final = (KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._TIMED_OUT)
"""It connects again by itself; who reads looks whether the brokers are there when nothing comes."""


class Misplaced(Exception):
    """The log does not have the offset that was to be read: retention took it, or the topic was made anew."""


class FetchedRecord(NamedTuple):
    """A record as it was fetched."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


class AssignedReader:
    """A consumer that belongs to no group: it begins at the offset that it is given. Of one thread only.

    The end of a partition shows only by a fetch that finds nothing, so whoever reads up to an end lets the broker wait for
    LOOK_MS, and whoever goes on from there for FOLLOW_MS; a record that comes ends the wait at once.
    """

    def __init__(self, connection: Connection, *, follows: bool) -> None:
        """Does not wait for a broker."""
        self._connection = connection
        self._position: dict[TopicPlace, int] = {}
        with errors(connection):
            self._consumer = Consumer(
                {
                    # asked for by the client, never joined: partitions are assigned, and nothing is committed
                    "group.id": f"{connection.topic_prefix}enforcement-reader",
                    "isolation.level": "read_committed",
                    "enable.auto.commit": False,
                    "enable.partition.eof": True,
                    "auto.offset.reset": "error",
                    "fetch.wait.max.ms": FOLLOW_MS if follows else LOOK_MS,
                    "queued.max.messages.kbytes": _QUEUED_KB_MAX,
                    **common_config(connection),
                },
                logger=QuietLog(),
            )

    def partitions(self, name: str) -> list[int]:
        """The partitions of the contract's topic `name`, in order.

        Raises:
            Unavailable: the topic is not there, or no broker answers.
        """
        return partitions_of(self._consumer, self._connection, name)

    def ends(self, places: Iterable[TopicPlace]) -> dict[TopicPlace, int]:
        """Of each place the offset after its last committed record.

        Raises:
            Unavailable: no broker answers.
        """
        return self._offsets(places, OFFSET_END)

    def starts(self, places: Iterable[TopicPlace], since_ms: int | None = None) -> dict[TopicPlace, int]:
        """Of each place the first offset, or the first written at or after `since_ms`; the end where there is none.

        Raises:
            Unavailable: no broker answers.
        """
        if since_ms is None:
            return self._offsets(places, OFFSET_BEGINNING)
        places = list(places)
        ends = self.ends(places)
        found = self._offsets(places, since_ms)
        return {place: offset if offset >= 0 else ends[place] for place, offset in found.items()}

    def read_from(self, offsets: Mapping[TopicPlace, int]) -> None:
        """Read these partitions, and no others, from these offsets on.

        Raises:
            Unavailable: the client cannot go on.
        """
        self._position = dict(offsets)
        with errors(self._connection):
            self._consumer.assign([TopicPartition(*place, offset) for place, offset in offsets.items()])

    def position(self, place: TopicPlace) -> int:
        """The offset before which everything was handed over."""
        return self._position[place]

    def poll(self, wait_s: float) -> list[LogRecord]:
        """Records that came within `wait_s`, in order within each partition; perhaps none, and then perhaps sooner.

        Raises:
            Misplaced: the log does not have the offset that is next.
            Unavailable: a broker refuses.
        """
        with errors(self._connection):
            first = self._consumer.poll(wait_s)
            if first is None:
                return []
            messages = [first, *self._consumer.consume(RECORDS_PER_POLL - 1, 0)]
        return list(self._records(messages))

    def close(self) -> None:
        """Nothing is read any more."""
        self._consumer.close()

    def _records(self, messages: Iterable[Message]) -> Iterator[LogRecord]:
        for message in messages:
            error = message.error()
            if error is not None:
                self._heed(message, error)
                continue
            record = _fetched(message)
            self._position[TopicPlace(record.topic, record.partition)] = record.offset + 1
            yield record

    def _heed(self, message: Message, error: KafkaError) -> None:
        code = error.code()
        if code == KafkaError._PARTITION_EOF:  # behind the last record may stand marks of transactions
            place = TopicPlace(message.topic() or "", message.partition() or 0)
            self._position[place] = max(self._position.get(place, 0), message.offset() or 0)
        elif code in (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE):
            raise Misplaced(error.str())
        elif code not in _PASSED_OVER:
            raise pipeline_error(error, self._connection.brokers)

    def _offsets(self, places: Iterable[TopicPlace], time: int) -> dict[TopicPlace, int]:
        wanted = [TopicPartition(*place, time) for place in places]
        with errors(self._connection):
            answers = self._consumer.offsets_for_times(wanted, timeout=self._connection.answer_s)
        for answer in answers:
            if answer.error is not None:
                raise pipeline_error(answer.error, self._connection.brokers)
        return {TopicPlace(answer.topic, answer.partition): answer.offset for answer in answers}


def _fetched(message: Message) -> FetchedRecord:
    timestamp_type, timestamp = message.timestamp()  # librdkafka counts the types from 1
    return FetchedRecord(
        message.topic() or "",
        message.partition() or 0,
        message.offset() or 0,
        timestamp,
        timestamp_type - 1,
        message.key(),
        message.value(),
        tuple(cast("list[tuple[str, bytes | None]]", message.headers() or ())),
    )
