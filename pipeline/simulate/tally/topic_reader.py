"""Reads whole topics, committed records only, for the demo's screen and for what is counted in the end.

A count must not rely on what it counts: this shares no code with the worker or the public client, and uses another Kafka
client than the public one.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from pipeline.settings import Settings
from schemas.errors import Unavailable
from schemas.journal.entry import JournalEntry
from schemas.topics import JOURNAL
from schemas.wire import codecs

POLL_SECONDS: Final = 0.05
BATCH_MAX: Final = 2_000
ANSWER_SECONDS: Final = 10.0


class TopicRecord(NamedTuple):
    """One record of a topic, named as in the contracts."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes


class Reader:
    """Reads whole topics from their beginning and then follows them. Belongs to no group and commits nothing."""

    def __init__(self, settings: Settings, topics: Sequence[str]) -> None:
        """Raises Unavailable when the brokers do not answer or a topic is missing."""
        self._settings = settings
        self._consumer = Consumer(
            {
                "bootstrap.servers": settings.brokers,
                "group.id": "no-group",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 20,
                "enable.partition.eof": True,
                "log_level": 0,  # what goes wrong is raised
            }
        )
        self._places = [
            TopicPartition(settings.topic(topic), partition, 0)
            for topic in topics
            for partition in range(settings.partitions)
        ]
        self._ended: set[tuple[str, int]] = set()
        self._check_topics(topics)
        self._consumer.assign(self._places)

    def poll(self) -> list[TopicRecord]:
        """What has come meanwhile; in log order within a partition. Waits a moment when there is nothing.

        Raises:
            Unavailable: the brokers say so.
        """
        messages = self._consumer.consume(BATCH_MAX, POLL_SECONDS)
        return [self._record(message) for message in messages if not self._is_end(message)]

    def to_end(self) -> Iterator[TopicRecord]:
        """Everything up to where the committed part of the topics ends now; of a reader that has read nothing yet."""
        limit = time.monotonic() + ANSWER_SECONDS
        while len(self._ended) < len(self._places):
            records = self.poll()
            yield from records
            if records:
                limit = time.monotonic() + ANSWER_SECONDS
            if time.monotonic() > limit:
                raise Unavailable(
                    "no_answer", f"the end of {len(self._places) - len(self._ended)} partitions"
                )

    def close(self) -> None:
        """Nothing more is read."""
        self._consumer.close()

    def _check_topics(self, topics: Sequence[str]) -> None:
        """A topic that is missing would be waited for, and counted as empty."""
        try:
            on_brokers = self._consumer.list_topics(timeout=ANSWER_SECONDS).topics
        except KafkaException as error:
            raise Unavailable("no_answer", str(error)) from error
        missing = [name for name in map(self._settings.topic, topics) if name not in on_brokers]
        if missing:
            raise Unavailable("topic_missing", ", ".join(missing))

    def _is_end(self, message: Message) -> bool:
        """Whether this is no record but the news that a partition has nothing more at the moment."""
        error = message.error()
        if error is None or error.code() != KafkaError._PARTITION_EOF:
            return False
        self._ended.add((str(message.topic()), message.partition() or 0))
        return True

    def _record(self, message: Message) -> TopicRecord:
        error = message.error()
        if error is not None:
            raise Unavailable("broker_error", error.str())
        topic, partition, offset = message.topic(), message.partition(), message.offset()
        if topic is None or partition is None or offset is None:
            raise Unavailable("broker_error", "a record without a place")
        key, value = message.key(), message.value()
        return TopicRecord(
            self._settings.contract_name(topic), partition, offset, _bytes(key), _bytes(value) or b""
        )


def _bytes(content: str | bytes | None) -> bytes | None:
    return content.encode() if isinstance(content, str) else content


def read_all(settings: Settings, topics: Sequence[str]) -> Iterable[TopicRecord]:
    """Every committed record of these topics."""
    reader = Reader(settings, topics)
    try:
        yield from reader.to_end()
    finally:
        reader.close()


def read_entries(settings: Settings) -> dict[int, list[JournalEntry]]:
    """The whole journal by partition, each in log order.

    Raises:
        Unavailable: the brokers do not answer.
        BadMessage: a record is not of the contract.
    """
    entries: dict[int, list[JournalEntry]] = {}
    for record in read_all(settings, (JOURNAL,)):
        entries.setdefault(record.partition, []).append(codecs.JOURNAL_ENTRY.decode(record.value))
    return entries
