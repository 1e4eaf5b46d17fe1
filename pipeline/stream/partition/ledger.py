"""Writes one partition, and what is forwarded from it: one transaction a batch, fenced by the partition's transactional id. Decides nothing.

Any doubt about how a transaction ended retires the producer: a new one, after `init_transactions`, has a higher epoch,
so a late request of the old one can no longer end anything. (KIP-890, transactions v2, would make this needless; no Python
client speaks it.)
"""

from typing import Final

from confluent_kafka import KafkaError, KafkaException

from pipeline import metrics
from pipeline.stream.brokers import ClientLog
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.partition.outgoing_records import Outgoing
from schemas.errors import PipelineError

INIT_S: Final = 15.0
_FULL_QUEUE_WAIT_S: Final = 0.05
_FENCED: Final = frozenset(
    {KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH}
)


class Fenced(PipelineError):
    """Another owner has opened this partition. What is not committed never will be."""


class Lost(PipelineError):
    """The transaction was aborted, or its end is unknown. Only the log tells: open the partition anew."""


class Ledger:
    """The transactional producer of one partition. After `Fenced` or `Lost` it is worthless: `close` it."""

    def __init__(self, parts: WorkerParts, partition: int) -> None:
        self._settings = parts.settings
        self._machine = parts.machine
        self._partition = partition
        self._log = ClientLog(f"ledger-{partition}")
        self._producer = parts.brokers.producer(partition, self._log)
        self._failures_before = 0
        self._topics: dict[str, str] = {}
        self.in_transaction = False

    def open(self) -> None:
        """Fence every older owner and end what it left open.

        Raises:
            Lost: the brokers did not answer in time.
        """
        try:
            self._producer.init_transactions(INIT_S)
        except KafkaException as error:
            raise self._lost(error, "open") from error

    def begin(self) -> None:
        """Begin a transaction. Called only when there is a batch: an open one holds readers of committed records up."""
        self._producer.poll(0)
        self._failures_before = self._log.failures
        try:
            self._producer.begin_transaction()
        except KafkaException as error:
            raise self._lost(error, "begin") from error
        self.in_transaction = True

    def write(self, record: Outgoing) -> None:
        """Add one record to the transaction; it is sent in the background.

        Raises:
            Lost, Fenced: the transaction is over.
        """
        topic = self._topics.get(record.topic)
        if topic is None:
            topic = self._topics[record.topic] = self._settings.topic(record.topic)
        partition = self._partition if record.partition is None else record.partition
        deadline = 0.0
        while True:
            try:
                self._producer.produce(topic, record.value, record.key, partition, headers=[*record.headers])
            except BufferError:
                now = self._machine.monotonic()
                deadline = deadline or now + self._settings.transaction_timeout_ms / 2_000
                if now > deadline:
                    raise Lost("queue_full", "the brokers take nothing") from None
                self._producer.poll(_FULL_QUEUE_WAIT_S)
            except KafkaException as error:
                raise self._lost(error, "write") from error
            else:
                return

    def commit(self) -> None:
        """All records of the transaction become visible in the log at once.

        Raises:
            Fenced: nothing of it is committed, nor will be.
            Lost: it may be committed or not. Also raised after a success that was slow or met a broken connection: then a
                repeated EndTxn may still be under way, and would end the next transaction of this producer.
        """
        started = self._machine.monotonic()
        try:
            self._producer.commit_transaction(self._settings.transaction_timeout_ms / 1_000)
        except KafkaException as error:
            raise self._lost(error, "commit") from error
        self.in_transaction = False
        seconds = self._machine.monotonic() - started
        metrics.COMMIT_SECONDS.observe(seconds)
        self._producer.poll(0)
        if self._log.failures != self._failures_before:
            raise Lost("broken_connection", "committed, but a connection broke meanwhile")
        if seconds > self._settings.commit_slow_s:
            raise Lost("slow_commit", f"committed, but only after {seconds:.1f} s")

    def abort(self) -> None:
        """Drop the transaction, if there is one and the brokers let us; the next owner's opening does so anyway."""
        if not self.in_transaction:
            return
        self.in_transaction = False
        try:
            self._producer.abort_transaction(ABORT_S)
        except KafkaException:
            metrics.TRANSACTIONS.labels("abort_failed").inc()
        else:
            metrics.TRANSACTIONS.labels("aborted").inc()

    def close(self) -> None:
        """Drop the producer and all that it has not sent."""
        try:
            self._producer.purge(in_queue=True, in_flight=True, blocking=False)
            self._producer.poll(0)
        except KafkaException:
            metrics.RETIRED.labels("purge_failed").inc()
        del self._producer

    def _lost(self, error: KafkaException, step: str) -> PipelineError:
        kafka_error = error.args[0]
        if kafka_error.code() in _FENCED:
            return Fenced("fenced", f"partition {self._partition}: another owner (at {step})")
        return Lost(
            kafka_error.name().lower().strip("_"),
            f"partition {self._partition}: {kafka_error.str()} (at {step})",
        )


ABORT_S: Final = 5.0
