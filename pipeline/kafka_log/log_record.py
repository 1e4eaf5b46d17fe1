"""A record as it stands in the log, and a place in it: the same whichever Kafka client hands it over."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class LogRecord(Protocol):
    """A record; `timestamp` in milliseconds since 1970, of its sender (type 0) or of the broker (1)."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def timestamp_type(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


class TopicPlace(NamedTuple):
    """One partition of one topic, by the topic's name on the brokers."""

    topic: str
    partition: int


def header_of(record: LogRecord, name: str) -> bytes | None:
    """The content of the first header of this name."""
    return next((content for header, content in record.headers if header == name), None)
