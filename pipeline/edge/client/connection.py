"""How the outside reaches the brokers: addresses, kafka-python's clients as this project must set them, their errors.

Every consumer made here reads committed records only. Nothing here knows what the records say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from kafka import KafkaConsumer, KafkaProducer
from kafka import errors as kafka_errors

from pipeline.settings import Settings
from schemas.errors import BadMessage, PipelineError, Unavailable
from schemas.topics import prefixed

CONNECT_S: Final = 5.0
"""How long a first connection is tried, with growing pauses, before it is `Unavailable`."""

ANSWER_S: Final = 5.0
"""How long a broker may take for one answer."""

ACKNOWLEDGE_S: Final = 30.0
"""How long a record is sent again and again until the brokers acknowledge it; a restarting broker is waited out."""

PUSHED_BYTES_MAX: Final = 4 * 1024 * 1024 - 64 * 1024
RECONNECT_MS_MAX: Final = 1_000
RECORDS_PER_POLL: Final = 2_000


if TYPE_CHECKING:  # kafka-python has no types

    class TopicPartition(NamedTuple):
        """One partition of one topic."""

        topic: str
        partition: int
else:
    from kafka import TopicPartition


class LogRecord(Protocol):
    """A record as kafka-python hands it over; `timestamp` in milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class StartOf(Protocol):
    """The answer to a search by time."""

    offset: int


class Consumer(Protocol):
    """What is used of `KafkaConsumer`."""

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


class Stored(Protocol):
    """Where an acknowledged record stands."""

    partition: int
    offset: int


class Sending(Protocol):
    """A record under way to the brokers."""

    def add_callback(self, done: Callable[[Stored], None]) -> object: ...
    def add_errback(self, failed: Callable[[Exception], None]) -> object: ...


class Producer(Protocol):
    """What is used of `KafkaProducer`."""

    def send(
        self,
        topic: str,
        *,
        value: bytes,
        key: bytes | None,
        headers: list[tuple[str, bytes]],
        partition: int,
    ) -> Sending: ...
    def partitions_for(self, topic: str) -> set[int]: ...
    def close(self, timeout: float) -> None: ...


@dataclass(frozen=True)
class Connection:
    """A deployment as seen from outside. `options` are further settings of kafka-python, for TLS and SASL."""

    brokers: str
    topic_prefix: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    connect_s: float = CONNECT_S

    def topic(self, name: str) -> str:
        """The contract's topic `name` as it is called here."""
        return prefixed(name, self.topic_prefix)

    def consumer(self) -> Consumer:
        """A reader of committed records, without a group, that has no partition yet.

        Raises:
            Unavailable: no broker answers.
        """
        with self.errors():
            made: Consumer = KafkaConsumer(
                **self._common(),
                group_id=None,
                isolation_level="read_committed",
                enable_auto_commit=False,
                auto_offset_reset="none",
                allow_auto_create_topics=False,
                max_poll_records=RECORDS_PER_POLL,
            )
            return made

    def producer(self) -> Producer:
        """A writer whose records are acknowledged by all in-sync replicas, in order, none twice.

        Raises:
            Unavailable: no broker answers.
        """
        with self.errors():
            made: Producer = KafkaProducer(
                **self._common(),
                acks="all",
                enable_idempotence=True,
                allow_auto_create_topics=False,
                max_block_ms=int(ANSWER_S * 1000),
                delivery_timeout_ms=int(ACKNOWLEDGE_S * 1000),
                max_request_size=PUSHED_BYTES_MAX,
            )
            return made

    def partitions(self, consumer: Consumer, name: str) -> list[int]:
        """The partitions of the contract's topic `name`, in order.

        Raises:
            Unavailable: the topic is not there, or no broker answers.
        """
        with self.errors():
            found = consumer.partitions_for_topic(self.topic(name))
        if not found:
            raise topic_missing(self.topic(name))
        return sorted(found)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Kafka's errors as ours."""
        try:
            yield
        except kafka_errors.KafkaError as error:
            raise as_ours(error, self.brokers) from error

    def _common(self) -> dict[str, object]:
        return {
            "reconnect_backoff_max_ms": RECONNECT_MS_MAX,
            "metrics_enabled": False,
            **self.options,
            "bootstrap_servers": self.brokers.split(","),
            "bootstrap_timeout_ms": int(self.connect_s * 1000),
            "request_timeout_ms": int(ANSWER_S * 1000),
        }


def connection_of(
    brokers: str | None, topic_prefix: str | None, options: Mapping[str, object] | None
) -> Connection:
    """The deployment that is meant: as asked, else as ENFORCEMENT_BROKERS says, else the broker of this machine."""
    from pipeline.broker.local_settings import local_settings  # slow to import, and needed only here

    settings = local_settings() if brokers is None else Settings()
    brokers = brokers or settings.brokers
    prefix = settings.topic_prefix if topic_prefix is None else topic_prefix
    return Connection(brokers, prefix, dict(options or {}))


def topic_missing(topic: str) -> Unavailable:
    """The brokers answer but do not have `topic`."""
    return Unavailable(
        "topic_missing", f"the brokers have no topic {topic}; make it: enforcement topics apply"
    )


def as_ours(error: Exception, brokers: str) -> PipelineError:
    """What a client of kafka-python raised, as this project says it."""
    if isinstance(error, kafka_errors.MessageSizeTooLargeError):
        return BadMessage("too_large", "", f"at most {PUSHED_BYTES_MAX} bytes")
    if isinstance(error, kafka_errors.AuthorizationError):
        return Unavailable("not_authorized", f"{brokers} does not allow it: {type(error).__name__}")
    if isinstance(error, kafka_errors.UnknownTopicOrPartitionError):
        return Unavailable("topic_missing", "the brokers lack the topic")
    return Unavailable(
        "broker_unavailable",
        f"no answer from {brokers} ({type(error).__name__})",
    )
