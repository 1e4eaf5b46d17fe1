"""One deployment as seen from outside: its brokers, kafka-python's clients as this project sets them, their errors as ours.

Nothing here knows what the records say.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Final, TypeVar

from kafka import KafkaConsumer, KafkaProducer
from kafka import errors as kafka_errors

from pipeline.kafka_log.client_types import Consumer, Producer, TopicPartition
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

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Connection:
    """A deployment as seen from outside. `options` are further settings of kafka-python, for TLS and SASL."""

    brokers: str
    topic_prefix: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    connect_s: float = CONNECT_S
    answer_s: float = ANSWER_S

    def topic(self, name: str) -> str:
        """The name on the brokers of the contract's topic `name`."""
        return prefixed(name, self.topic_prefix)

    def place(self, name: str, partition: int) -> TopicPartition:
        """A partition of the contract's topic `name`."""
        return TopicPartition(self.topic(name), partition)

    def consumer(self, *, committed_only: bool = True) -> Consumer:
        """A reader without a group that has no partition yet.

        Without `committed_only` its ends are the log's, behind open transactions too: for asking, not for reading.

        Raises:
            Unavailable: no broker answers.
        """
        with self.errors():
            made: Consumer = KafkaConsumer(
                **self._common(),
                group_id=None,
                isolation_level="read_committed" if committed_only else "read_uncommitted",
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
            partitions = consumer.partitions_for_topic(self.topic(name))
        if not partitions:
            raise topic_missing(self.topic(name))
        return sorted(partitions)

    def partition_count(self, producer: Producer, name: str) -> int:
        """How many partitions the contract's topic `name` has, as a producer learns it. Raises as `partitions` does."""
        with self.errors():
            try:
                return len(producer.partitions_for(self.topic(name)))
            except kafka_errors.KafkaTimeoutError as error:
                raise topic_missing(self.topic(name)) from error

    def ends(self, consumer: Consumer, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Of each place, the offset after the last record that `consumer` may see.

        Raises:
            Unavailable: no broker answers.
        """
        with self.errors():
            return _topic_by_topic(
                places, lambda group: consumer.end_offsets(group, int(self.answer_s * 1000))
            )

    def starts(
        self, consumer: Consumer, places: Iterable[TopicPartition], since_ms: int | None = None
    ) -> dict[TopicPartition, int]:
        """Of each place the first offset, or the first written at or after `since_ms`; the end where there is none.

        Raises:
            Unavailable: no broker answers.
        """
        timeout_ms, places = int(self.answer_s * 1000), list(places)
        with self.errors():
            if since_ms is None:
                return _topic_by_topic(places, lambda group: consumer.beginning_offsets(group, timeout_ms))
            ends = self.ends(consumer, places)
            starts = _topic_by_topic(
                places, lambda group: consumer.offsets_for_times(dict.fromkeys(group, since_ms), timeout_ms)
            )
        return {place: (start.offset if (start := starts.get(place)) else ends[place]) for place in places}

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Kafka's errors as ours."""
        try:
            yield
        except kafka_errors.KafkaError as error:
            raise pipeline_error(error, self.brokers) from error

    def _common(self) -> dict[str, object]:
        return {
            "reconnect_backoff_max_ms": RECONNECT_MS_MAX,
            "metrics_enabled": False,
            **self.options,
            "bootstrap_servers": self.brokers.split(","),
            "bootstrap_timeout_ms": int(self.connect_s * 1000),
            "request_timeout_ms": int(self.answer_s * 1000),
        }


def connection_of(
    brokers: str | None, topic_prefix: str | None, options: Mapping[str, object] | None = None
) -> Connection:
    """The deployment of `brokers`, else of ENFORCEMENT_BROKERS, else of this machine's own broker."""
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


def pipeline_error(error: Exception, brokers: str) -> PipelineError:
    """An error of kafka-python as one of this project's."""
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


def _topic_by_topic(
    places: Iterable[TopicPartition],
    ask: Callable[[list[TopicPartition]], Mapping[TopicPartition, Answer]],
) -> dict[TopicPartition, Answer]:
    """One request a topic: asked for several, kafka-python passes over those that it has not met yet."""
    answers: dict[TopicPartition, Answer] = {}
    for _, group in groupby(sorted(places), key=attrgetter("topic")):
        answers |= ask(list(group))
    return answers
