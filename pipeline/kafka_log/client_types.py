"""What is used of kafka-python, which has no types of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:

    class TopicPartition(NamedTuple):
        """One partition of one topic, by the topic's name on the brokers."""

        topic: str
        partition: int
else:
    from kafka import TopicPartition

__all__ = ["Consumer", "LogRecord", "Producer", "Sending", "StartOf", "Stored", "TopicPartition", "header_of"]


class LogRecord(Protocol):
    """A record as kafka-python hands it over; `timestamp` in milliseconds since 1970, of its sender (type 0) or of the broker (1)."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


def header_of(record: LogRecord, name: str) -> bytes | None:
    """The content of the first header of this name."""
    return next((content for header, content in record.headers if header == name), None)


class StartOf(Protocol):
    """The answer to a search by time."""

    offset: int


class Consumer(Protocol):
    """`KafkaConsumer`."""

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
    """`KafkaProducer`."""

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
