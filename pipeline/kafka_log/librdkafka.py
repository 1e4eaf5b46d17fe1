"""What the reader and the writer over librdkafka have in common: settings, metadata, and its errors as ours."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

from pipeline.kafka_log.connection import Connection, topic_missing
from schemas.errors import BadMessage, PipelineError, Unavailable

Config = dict[str, str | int | float | bool]
PUSHED_BYTES_MAX: Final = 4 * 1024 * 1024 - 64 * 1024
RECONNECT_MS_MAX: Final = 1_000

log: Final = logging.getLogger("enforcement.client")
_DENIED: Final = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.SASL_AUTHENTICATION_FAILED,
    KafkaError._AUTHENTICATION,
)
_UNKNOWN: Final = (
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._UNKNOWN_TOPIC,
    KafkaError._UNKNOWN_PARTITION,
)


class QuietLog:
    """Takes the client's own lines: it writes one for each attempt, and we say the result."""

    def log(self, _level: int, message: str, *parts: object) -> None:
        """As a `logging.Logger` would; for whoever looks for a fault."""
        log.debug(message, *parts)


def common_config(connection: Connection) -> Config:
    """Of every client. After a first connection librdkafka holds a second one back for half of `reconnect.backoff.ms`."""
    return {
        "reconnect.backoff.ms": 20,
        "reconnect.backoff.max.ms": RECONNECT_MS_MAX,
        "allow.auto.create.topics": False,
        "log_level": 6,
        **connection.options,
        "bootstrap.servers": connection.brokers,
    }


def partitions_of(client: Producer | Consumer, connection: Connection, name: str) -> list[int]:
    """The partitions of the contract's topic `name`, in order.

    Raises:
        Unavailable: the topic is not there, or no broker answers.
    """
    topic = connection.topic(name)
    with errors(connection):
        metadata = client.list_topics(topic, timeout=connection.connect_s).topics.get(topic)
    if metadata is not None and metadata.error is not None and metadata.error.code() in _DENIED:
        raise pipeline_error(metadata.error, connection.brokers)
    if metadata is None or not metadata.partitions:
        raise topic_missing(topic)
    return sorted(metadata.partitions)


@contextmanager
def errors(connection: Connection) -> Iterator[None]:
    """librdkafka's errors as ours."""
    try:
        yield
    except KafkaException as error:
        raise pipeline_error(error.args[0], connection.brokers) from error


def pipeline_error(error: KafkaError, brokers: str) -> PipelineError:
    """An error of librdkafka as one of this project's."""
    if error.code() == KafkaError.MSG_SIZE_TOO_LARGE:
        return BadMessage("too_large", "", f"at most {PUSHED_BYTES_MAX} bytes")
    if error.code() in _DENIED:
        return Unavailable("not_authorized", f"{brokers} does not allow it: {error.name()}")
    if error.code() in _UNKNOWN:
        return Unavailable("topic_missing", "the brokers lack the topic")
    return Unavailable("broker_unavailable", f"no answer from {brokers} ({error.name().strip('_')})")
