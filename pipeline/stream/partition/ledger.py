"""Writes one partition, and what is forwarded from it: one transaction a batch, fenced by the partition's transactional id. Decides nothing.

Any doubt about how a transaction ended retires the producer: a new one, after `init_transactions`, has a higher epoch,
so a late request of the old one can no longer end anything. (KIP-890, transactions v2, would make this needless; no Python
client speaks it.) There are two doubts:

- how it ended is unknown (`Lost`): only the log tells, the partition is opened anew;
- it ended as it should, and a repeated request may still be under way (`doubt`): the state is that of the log, a new producer goes on
  with it. After an abort too: repeated amid the next transaction it would leave half of that, and the rest could be committed.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, KafkaError, KafkaException, Message

from pipeline import metrics
from pipeline.stream.broker_time import ClockWrong, TwoClocks
from pipeline.stream.brokers import ClientLog
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.partition.outgoing_records import Outgoing
from schemas import topics
from schemas.errors import CorruptLog, PipelineError

INIT_S: Final = 15.0
_SLOW_TIMES: Final = 4.0
"""A commit that takes so many times what is usual is slow, however slow the brokers are at present."""
_LEARNS: Final = 0.2
"""The share of the last commit in what is usual."""
UNKNOWN_END: Final = -1
"""Of a partition whose last record the brokers had already when it was sent again: nothing ends there, it is opened anew."""
_COMMIT_MARK: Final = 1
"""How many offsets the end of a transaction takes in each of its partitions."""
_FULL_QUEUE_WAIT_S: Final = 0.05
_FENCED: Final = frozenset(
    {KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH}
)


Delivered = Callable[[KafkaError | None, Message], None]


class Fenced(PipelineError):
    """Another owner has opened this partition. What is not committed never will be."""


class Lost(PipelineError):
    """The transaction was aborted, or its end is unknown. Only the log tells: open the partition anew."""


class Doubt(NamedTuple):
    """Why a producer whose last transaction ended as it should may not begin another."""

    code: str
    reason: str


class Ledger:
    """The transactional producer of one partition. After `Fenced` or `Lost` it is worthless: `close` it.

    `doubt` is of the last transaction, which ended as it should: until the producer is renewed nothing can be begun. `end` is where
    `cases.v1` ends if nobody has written there since the opening or the last commit. The first transaction must begin there: a broker
    that was cut off answers readers by what it knew, and takes no record; whoever does take it says where the log really ends.
    """

    def __init__(self, parts: WorkerParts, partition: int) -> None:
        self._settings = parts.settings
        self._brokers = parts.brokers
        self._machine = parts.machine
        self._partition = partition
        self._broker_time = parts.broker_time
        self._unstamped = False
        self._log = ClientLog(f"ledger-{partition}")
        self._producer = parts.brokers.producer(partition, self._log)
        self._failures_before = 0
        self._topics: dict[str, str] = {}
        self._sent: TwoClocks | None = None
        self._stamp: tuple[int, TwoClocks] | None = None
        self._usual_s: float | None = None
        self.in_transaction = False
        self.doubt: Doubt | None = None
        self.end = UNKNOWN_END
        self._expected_end = UNKNOWN_END
        self._is_end_proven = False
        self._state_sent = False
        self._stored_at: dict[str, int | None] = {}
        """Of the transaction's first record in `cases.v1` and its first entry: where they stand."""

    def open(self) -> None:
        """Fence every older owner and end what it left open.

        Raises:
            Lost: the brokers did not answer in time.
        """
        try:
            self._producer.init_transactions(INIT_S)
        except KafkaException as error:
            raise self._lost(error, "open") from error

    def renew(self) -> None:
        """Another producer in place of one in doubt; `open` it, and see that nobody has written behind `end`."""
        self.close()
        self._producer = self._brokers.producer(self._partition, self._log)
        self.doubt = None
        self._is_end_proven = False

    def begin(self) -> None:
        """Begin a transaction. Called only when there is a batch: an open one holds readers of committed records up.

        Raises:
            Lost: a repeated request of the last transaction might end this one.
        """
        if self.doubt is not None:
            raise Lost(*self.doubt)
        self._poll(0, "begin")
        self._failures_before = self._log.failures
        try:
            self._producer.begin_transaction()
        except KafkaException as error:
            raise self._lost(error, "begin") from error
        self._sent = self._stamp = None
        self._expected_end, self._state_sent = self.end, False
        self._stored_at.clear()
        self.in_transaction = True

    def ends_by_writing(self) -> dict[str, int | None]:
        """Where `cases.v1` and `journal.v1` end, by records that are never committed: as only who really leads can say. None where
        the brokers do not tell.

        Raises:
            Lost, Fenced: it came to nothing.
        """
        self._send_uncommitted(_PROBE, _STATE_PROBE)
        self.abort()
        return {name: self._stored_at.get(name) for name in (topics.CASES, topics.JOURNAL)}

    def compare_clocks(self) -> None:
        """Have the broker stamp a record of the journal that is never committed, so that nobody ever reads it.

        Raises:
            ClockWrong: this worker's clock is too far from the broker's.
            CorruptLog: the broker does not stamp the journal.
            Lost, Fenced: it came to nothing.
        """
        self._send_uncommitted(_PROBE)
        stamp = self._stamp
        self.in_transaction = False
        started = self._machine.monotonic()
        try:
            self._producer.abort_transaction(ABORT_S)
        except KafkaException as error:
            raise self._lost(error, "compare clocks") from error
        self._doubt_end("aborted", self._machine.monotonic() - started)
        if stamp is None:
            raise Lost("no_stamp", f"partition {self._partition}: the broker has stamped nothing in time")
        self._broker_time.stamped(stamp[0], self._sent or stamp[1], stamp[1])

    def _send_uncommitted(self, *probes: Outgoing) -> None:
        """The brokers have them, in a transaction that is still to be aborted."""
        self.begin()
        for probe in probes:
            self.write(probe)
        self._flush()

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
        is_first_entry = self._sent is None and record.topic == topics.JOURNAL
        delivered: Delivered | None = self._entry_delivered if is_first_entry else None  # called from `poll`
        if record.topic == topics.CASES:
            delivered = self._of_state(
                is_first=not self._state_sent, is_last=record.key == topics.POSITION_KEY
            )
            self._state_sent = True
        while True:
            sent = self._broker_time.both() if is_first_entry else self._sent
            try:
                self._producer.produce(
                    topic,
                    record.value,
                    record.key,
                    partition,
                    headers=[*record.headers],
                    on_delivery=delivered,
                )
            except BufferError:
                now = self._machine.monotonic()
                deadline = deadline or now + self._settings.transaction_timeout_ms / 2_000
                if now > deadline:
                    raise Lost("queue_full", "the brokers take nothing") from None
                self._poll(_FULL_QUEUE_WAIT_S, "write")
            except KafkaException as error:
                raise self._lost(error, "write") from error
            else:
                self._sent = sent
                return

    def _of_state(self, *, is_first: bool, is_last: bool) -> Delivered | None:
        """What is to be called when a record in `cases.v1` is stored: of most nothing."""
        if is_first and is_last:
            return self._only_delivered
        if is_first:
            return self._first_delivered
        return self._position_delivered if is_last else None

    def _only_delivered(self, error: KafkaError | None, message: Message) -> None:
        self._first_delivered(error, message)
        self._position_delivered(error, message)

    def _first_delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is None:
            self._stored_at[topics.CASES] = message.offset()

    def _position_delivered(self, error: KafkaError | None, message: Message) -> None:
        """It is the last record of its transaction in `cases.v1`."""
        if error is None:
            offset = message.offset()
            self.end = UNKNOWN_END if offset is None else offset + 1 + _COMMIT_MARK

    def _entry_delivered(self, error: KafkaError | None, message: Message) -> None:
        """Of the transaction's first entry, called from `poll`: the broker's time is on it."""
        if error is None:
            self._stored_at[topics.JOURNAL] = message.offset()
        if error is not None or message.offset() is None:
            return  # stored when it was sent first, and that answer was lost: of the second time nobody says place and stamp
        kind, stamp_ms = message.timestamp()
        if kind == TIMESTAMP_LOG_APPEND_TIME:
            self._stamp = (stamp_ms, self._broker_time.both())
        else:
            self._unstamped = True

    def _flush(self) -> None:
        """Wait until the brokers have all of the transaction; they have stamped it then."""
        try:
            self._producer.flush(self._settings.transaction_timeout_ms / 1_000)
        except KafkaException as error:
            raise self._lost(error, "write") from error
        except (
            SystemError
        ) as error:  # the client raises a fatal error amid the callbacks of what was delivered
            if not isinstance(error.__cause__, KafkaException):
                raise
            raise self._lost(error.__cause__, "write") from error
        if self._unstamped:
            self.abort()
            line = f"{self._topics[topics.JOURNAL]} is not stamped by the brokers: enforcement topics apply"
            raise CorruptLog("journal_unstamped", line)

    def commit(self) -> None:
        """All records of the transaction become visible in the log at once.

        Raises:
            ClockWrong: this worker's clock is too far from the broker's; nothing is committed.
            CorruptLog: the broker does not stamp the journal any more; nothing is committed.
            Fenced: nothing of it is committed, nor will be.
            Lost: it may be committed or not.

        A success that was slow or met a broken connection leaves a `doubt`: a repeated EndTxn may still be under way, and would
        end the next transaction of this producer.
        """
        started = self._machine.monotonic()
        self._flush()
        self._prove_end()
        if self._stamp is not None:
            stamp_ms, heard = self._stamp
            try:
                self._broker_time.stamped(stamp_ms, self._sent or heard, heard)
            except ClockWrong:
                self.abort()
                raise
        try:
            self._producer.commit_transaction(self._settings.transaction_timeout_ms / 1_000)
        except KafkaException as error:
            raise self._lost(error, "commit") from error
        self.in_transaction = False
        seconds = self._machine.monotonic() - started
        metrics.COMMIT_SECONDS.observe(seconds)
        self._doubt_end("committed", seconds)
        if self.doubt is not None and self.doubt.code == "broken_connection":
            return
        usual_s = seconds if self._usual_s is None else self._usual_s
        self._usual_s = usual_s + _LEARNS * (seconds - usual_s)

    def _prove_end(self) -> None:
        """The state in memory is the log's only if nothing stands between where that was read to and where the first of ours stands.

        Raises:
            Lost: something does, or the brokers do not tell; nothing is committed.
        """
        if self._is_end_proven or not self._state_sent or self._expected_end == UNKNOWN_END:
            return
        begun_at = self._stored_at.get(topics.CASES)
        if begun_at != self._expected_end:
            self.abort()
            line = f"partition {self._partition}: {topics.CASES} goes on at {begun_at}, not at {self._expected_end} as read"
            raise Lost("overtaken", line)
        self._is_end_proven = True

    def _doubt_end(self, ended: str, seconds: float) -> None:
        """Doubt the producer if it may have asked twice for the end of the transaction."""
        self._poll(0, "commit")
        if self._log.failures != self._failures_before:
            self.doubt = Doubt("broken_connection", f"{ended}, but a connection broke meanwhile")
        elif seconds > self._slow_s():
            self.doubt = Doubt("slow_commit", f"{ended}, but only after {seconds:.1f} s")

    def _slow_s(self) -> float:
        """What is slow for a commit: the setting, or several times what is usual at present where that is more.

        Where brokers are slow for good, time says nothing about a repeated request; a broken connection still does.
        """
        return max(self._settings.commit_slow_s, _SLOW_TIMES * (self._usual_s or 0.0))

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

    def _fatal_error(self) -> KafkaError | None:
        """Why the client has ended: writing is told only that it has, any other step what ended it."""
        try:
            self._producer.begin_transaction()
        except KafkaException as error:
            why: KafkaError = error.args[0]
            return why
        return None

    def _poll(self, seconds: float, step: str) -> None:
        """Let the client hand over what it has: log lines, deliveries, or the error that ends it."""
        try:
            self._producer.poll(seconds)
        except KafkaException as error:
            raise self._lost(error, step) from error

    def _lost(self, error: KafkaException, step: str) -> PipelineError:
        kafka_error = error.args[0]
        if kafka_error.code() == KafkaError._FATAL:
            kafka_error = self._fatal_error() or kafka_error
        if kafka_error.code() in _FENCED:
            return Fenced("fenced", f"partition {self._partition}: another owner (at {step})")
        return Lost(
            kafka_error.name().lower().strip("_"),
            f"partition {self._partition}: {kafka_error.str()} (at {step})",
        )


ABORT_S: Final = 5.0
_PROBE: Final = Outgoing(topics.JOURNAL, b"__clock", None, [])
_STATE_PROBE: Final = Outgoing(topics.CASES, b"__end", None, [])
