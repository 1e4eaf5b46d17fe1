"""A deployment read with kafka-python, for whoever proves or counts: a library that shares nothing with the worker's.

Slow to import and to read with, so whoever only acts or asks does without it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol, TypeVar

from kafka import KafkaConsumer
from kafka import errors as kafka_errors

from pipeline.kafka_log.connection import RECORDS_PER_POLL, Connection, topic_missing
from pipeline.kafka_log.librdkafka import RECONNECT_MS_MAX
from pipeline.kafka_log.log_record import LogRecord
from schemas.errors import PipelineError, Unavailable

if TYPE_CHECKING:
    from pipeline.kafka_log.log_record import TopicPlace as TopicPartition
else:
    from kafka import TopicPartition

Answer = TypeVar("Answer")
Client = TypeVar("Client")


class StartOf(Protocol):
    """The answer to a search by time."""

    offset: int


class Consumer(Protocol):
    """What is used of `KafkaConsumer`, which has no types of its own."""

    def assign(self, partitions: Sequence[TopicPartition]) -> None: ...
    def seek(self, partition: TopicPartition, offset: int) -> None: ...
    def position(self, partition: TopicPartition) -> int | None: ...
    def poll(self, timeout_ms: int, max_records: int) -> Mapping[TopicPartition, Sequence[LogRecord]]: ...
    def partitions_for_topic(self, topic: str) -> set[int] | None: ...
    def beginning_offsets(
        self, partitions: Sequence[TopicPartition], timeout_ms: int
    ) -> Mapping[TopicPartition, int]: ...
    def end_offsets(
        self, partitions: Sequence[TopicPartition], timeout_ms: int
    ) -> Mapping[TopicPartition, int]: ...
    def offsets_for_times(
        self, timestamps: dict[TopicPartition, int], timeout_ms: int
    ) -> Mapping[TopicPartition, StartOf | None]: ...
    def close(self) -> None: ...


class IndependentClient:
    """Makes consumers of one deployment, and asks them for partitions and offsets."""

    def __init__(self, connection: Connection) -> None:
        """Does not connect yet."""
        self._connection = connection

    def place(self, name: str, partition: int) -> TopicPartition:
        """A partition of the contract's topic `name`."""
        return TopicPartition(self._connection.topic(name), partition)

    def consumer(self, *, committed_only: bool = True) -> Consumer:
        """A reader without a group that has no partition yet.

        Without `committed_only` its ends are the log's, behind open transactions too: for asking, not for reading.

        Raises:
            Unavailable: no broker answers.
        """
        with self.errors():
            made: Consumer = connected(
                self._connection,
                KafkaConsumer,
                metrics_enabled=False,
                group_id=None,
                isolation_level="read_committed" if committed_only else "read_uncommitted",
                enable_auto_commit=False,
                auto_offset_reset="none",
                allow_auto_create_topics=False,
                max_poll_records=RECORDS_PER_POLL,
            )
            return made

    def partitions(self, consumer: Consumer, name: str) -> list[int]:
        """The partitions of the contract's topic `name`, in order.

        Raises:
            Unavailable: the topic is not there, or no broker answers.
        """
        topic = self._connection.topic(name)
        with self.errors():
            partitions = consumer.partitions_for_topic(topic)
        if not partitions:
            raise topic_missing(topic)
        return sorted(partitions)

    def ends(self, consumer: Consumer, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Of each place, the offset after the last record that `consumer` may see.

        Raises:
            Unavailable: no broker answers.
        """
        timeout_ms = int(self._connection.answer_s * 1000)
        with self.errors():
            return _topic_by_topic(places, lambda group: consumer.end_offsets(group, timeout_ms))

    def starts(
        self, consumer: Consumer, places: Iterable[TopicPartition], since_ms: int | None = None
    ) -> dict[TopicPartition, int]:
        """Of each place the first offset, or the first written at or after `since_ms`; the end where there is none.

        Raises:
            Unavailable: no broker answers.
        """
        timeout_ms, places = int(self._connection.answer_s * 1000), list(places)
        with self.errors():
            if since_ms is None:
                return _topic_by_topic(places, lambda group: consumer.beginning_offsets(group, timeout_ms))
            ends = self.ends(consumer, places)
            starts = _topic_by_topic(
                places, lambda group: consumer.offsets_for_times(dict.fromkeys(group, since_ms), timeout_ms)
            )
        return {place: (start.offset if (start := starts.get(place)) else ends[place]) for place in places}

    def errors(self) -> AbstractContextManager[None]:
        """Kafka's errors as ours."""
        return kafka_errors_as_ours(self._connection)


def connected(connection: Connection, make: Callable[..., Client], **options: object) -> Client:
    """A client of kafka-python that has met its brokers.

    It picks one address at random and waits for that alone: one silent broker of three would pass for all of them. So where its
    pick does not answer, the addresses are tried one by one, each for half of `connect_s`.

    Raises:
        KafkaTimeoutError: none answers.
    """
    addresses = connection.brokers.split(",")
    limit_s = connection.connect_s if len(addresses) == 1 else connection.connect_s / 2

    def met(servers: list[str]) -> Client:
        return make(
            bootstrap_servers=servers,
            bootstrap_timeout_ms=int(limit_s * 1000),
            request_timeout_ms=int(connection.answer_s * 1000),
            reconnect_backoff_max_ms=RECONNECT_MS_MAX,
            **options,
        )

    one_by_one = [[address] for address in addresses]
    *others, last = one_by_one if len(addresses) == 1 else [addresses, *one_by_one]
    for servers in others:
        with suppress(kafka_errors.KafkaTimeoutError):
            return met(servers)
    return met(last)


@contextmanager
def kafka_errors_as_ours(connection: Connection) -> Iterator[None]:
    """What kafka-python raises, as this project's errors."""
    try:
        yield
    except kafka_errors.KafkaError as error:
        raise _pipeline_error(error, connection.brokers) from error


def _pipeline_error(error: Exception, brokers: str) -> PipelineError:
    name = type(error).__name__
    if isinstance(error, kafka_errors.AuthorizationError):
        return Unavailable("not_authorized", f"{brokers} does not allow it: {name}")
    if isinstance(error, kafka_errors.UnknownTopicOrPartitionError):
        return Unavailable("topic_missing", "the brokers lack the topic")
    return Unavailable("broker_unavailable", f"no answer from {brokers} ({name})")


def _topic_by_topic(
    places: Iterable[TopicPartition],
    ask: Callable[[list[TopicPartition]], Mapping[TopicPartition, Answer]],
) -> dict[TopicPartition, Answer]:
    """One request a topic: asked for several, kafka-python passes over those that it has not met yet."""
    answers: dict[TopicPartition, Answer] = {}
    for _, group in groupby(sorted(places), key=attrgetter("topic")):
        answers |= ask(list(group))
    return answers
