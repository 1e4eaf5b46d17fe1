"""Writes records that are acknowledged by all in-sync replicas, in order; says of each where it stands or why not."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from confluent_kafka import KafkaError, Message, Producer

from pipeline.kafka_log.connection import ANSWER_S, Connection
from pipeline.kafka_log.librdkafka import (
    PUSHED_BYTES_MAX,
    QuietLog,
    common_config,
    errors,
    partitions_of,
    pipeline_error,
)
from schemas.errors import PipelineError, Unavailable

ACKNOWLEDGE_S: Final = 30.0
"""How long a record is sent again and again until the brokers acknowledge it; a restarting broker is waited out."""

_POLL_S: Final = 0.1


class RecordWriter:
    """One producer, and a thread that hears the brokers' answers while records are under way. Any thread may use it."""

    def __init__(self, connection: Connection) -> None:
        """Does not wait for a broker."""
        self._connection = connection
        with errors(connection):
            self._producer = Producer(
                {
                    "acks": "all",
                    # librdkafka's own numbering of records costs half a second at the start; one request at a time keeps
                    # the order, and a copy after a lost acknowledgement has the same id: it is decided once
                    "max.in.flight": 1,
                    "linger.ms": 0,
                    "delivery.timeout.ms": int(ACKNOWLEDGE_S * 1000),
                    "message.max.bytes": PUSHED_BYTES_MAX,
                    **common_config(connection),
                },
                logger=QuietLog(),
            )
        self._changed = threading.Condition()
        self._under_way = 0
        self._closed = False
        self._thread: threading.Thread | None = None

    def partition_count(self, name: str) -> int:
        """How many partitions the contract's topic `name` has.

        Raises:
            Unavailable: the topic is not there, or no broker answers.
        """
        return len(partitions_of(self._producer, self._connection, name))

    def send(
        self,
        topic: str,
        *,
        value: bytes | None,
        key: bytes | None,
        partition: int,
        stored: Callable[[int, int], None],
        failed: Callable[[PipelineError], None],
        headers: Sequence[tuple[str, str | bytes | None]] = (),
    ) -> None:
        """Send a record, without a `value` one that deletes its key; `stored` is then called with partition and offset, or `failed` with
        the reason, from another thread.

        Raises:
            BadMessage: the record is too large.
            Unavailable: too much is under way already, and nothing is acknowledged.
        """

        def answered(error: KafkaError | None, message: Message) -> None:
            with self._changed:
                self._under_way -= 1
            offset = message.offset()
            if error is not None:
                failed(pipeline_error(error, self._connection.brokers))
            elif offset is None:  # its receipt could not be told from another's
                failed(
                    Unavailable("not_acknowledged", "stored, but nobody says where; pushing again is safe")
                )
            else:
                stored(partition, offset)

        with self._changed:
            self._under_way += 1
        try:
            self._produce(topic, value, key, partition, list(headers), answered)
        except BaseException:
            with self._changed:
                self._under_way -= 1
            raise
        self._listen()

    def close(self, timeout_s: float) -> None:
        """Waits until what was sent is acknowledged, at most so long."""
        self._producer.flush(timeout_s)
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _produce(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        partition: int,
        headers: list[tuple[str, str | bytes | None]],
        answered: Callable[[KafkaError | None, Message], None],
    ) -> None:
        until = time.monotonic() + ANSWER_S
        while True:
            try:
                with errors(self._connection):
                    self._producer.produce(
                        topic, value, key, partition, on_delivery=answered, headers=headers
                    )
            except BufferError:  # so many are under way that no more fit: room comes with the answers
                if time.monotonic() > until:
                    what = f"no acknowledgement from {self._connection.brokers}"
                    raise Unavailable("broker_unavailable", what) from None
                self._producer.poll(_POLL_S)
            else:
                return

    def _listen(self) -> None:
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="acknowledgements", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._under_way or self._closed)
                if self._closed:
                    return
            self._producer.poll(_POLL_S)
