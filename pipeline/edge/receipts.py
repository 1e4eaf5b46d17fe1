"""Who waits for which receipt. One background thread per client reads the receipts of the partitions pushed to.

    push ─► expect(subject) ─► send ─► acknowledged ─┐
                 │                                   ├─► Pending.receipt()
    receipts.v1 ─┴─► thread: key, then subject ──────┘

Receipts of one subject stand in the order of its records, so the first receipt is the first waiter's. A waiter that
gave up keeps its turn, or the next one would get its answer.
"""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, NamedTuple

from pipeline.edge.connection import Connection, LogRecord, Stored
from pipeline.edge.tail import Tail
from schemas import codecs
from schemas.errors import BadMessage, PipelineError, Unavailable
from schemas.outputs import ActionSubject, Receipt, RecordSubject, ReportSubject
from schemas.topics import RECEIPTS

log: Final = logging.getLogger("enforcement.client")

WAITING_MAX: Final = 100_000
"""Pushes of one client that may wait for their receipt at a time."""

GIVEN_UP_S: Final = 3_600.0
"""How long the receipt of a push that nobody waits for any more is still expected."""

STRAYS_MAX: Final = 1_000
POLL_S: Final = 0.1
FOLLOW_S: Final = 15.0
CLOSE_S: Final = 7.0

Subject = ReportSubject | ActionSubject | RecordSubject


class NoReceipt(PipelineError):
    """No receipt came in time. The record may be in the log and be decided later; pushing it again is safe."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__("no_receipt", f"no receipt within {timeout_s:g} s; pushing again is safe")


class Place(NamedTuple):
    """Where an acknowledged record stands; `topic` is the contract's name."""

    topic: str
    partition: int
    offset: int


class Pending:
    """A report or an action under way: sent, then acknowledged by the brokers, then answered by the pipeline."""

    __slots__ = ("_answer", "_since", "given_up", "key", "place", "subject")

    def __init__(self, subject: Subject, key: bytes | None) -> None:
        """Not sent yet."""
        self.subject = subject
        self.key = key
        self.place: Place | None = None
        self.given_up = False
        self._since = time.monotonic()
        self._answer: Future[Receipt] = Future()

    def receipt(self, timeout_s: float = 10.0) -> Receipt:
        """The receipt, as soon as it is there.

        Raises:
            NoReceipt: not within `timeout_s`.
            Unavailable: the brokers have not acknowledged the record.
            BadMessage: the record is too large for them.
        """
        try:
            return self._answer.result(timeout_s)
        except TimeoutError:
            self.given_up = True
            raise NoReceipt(timeout_s) from None

    @property
    def is_answered(self) -> bool:
        """Whether `receipt` returns or raises at once."""
        return self._answer.done()

    def on_answer(self, then: Callable[["Pending"], None]) -> None:
        """Call `then` when there is an answer, from the thread that has it; at once if there is one already."""
        self._answer.add_done_callback(lambda _: then(self))

    def settle(self, answer: Receipt | PipelineError) -> None:
        """What `receipt` is to give; a second answer changes nothing."""
        if self._answer.done():
            return
        if isinstance(answer, PipelineError):
            self._answer.set_exception(answer)
        else:
            self._answer.set_result(answer)

    def is_forgotten(self, now: float) -> bool:
        """Whether nobody waits and nobody will."""
        return self.given_up and now - self._since > GIVEN_UP_S


class ReceiptBook:
    """All pushes of one client that are under way. Any thread may use it."""

    def __init__(self, connection: Connection) -> None:
        """Connects when a first partition is followed."""
        self._connection = connection
        self._changed = threading.Condition()
        self._asked: set[int] = set()
        self._followed: set[int] = set()
        self._waiting: dict[Subject, deque[Pending]] = {}
        self._count = 0
        self._keys: Counter[bytes | None] = Counter()
        self._strays: dict[Subject, Receipt] = {}
        self._failed: PipelineError | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def follow(self, partition: int) -> None:
        """Read the receipts of `partition` from now on; returns when that is certain.

        Raises:
            Unavailable: no broker answers.
        """
        if partition in self._followed and self._failed is None:
            return
        with self._changed:
            self._asked.add(partition)
            if self._thread is None:
                self._failed = None
                self._thread = threading.Thread(target=self._run, name="receipts", daemon=True)
                self._thread.start()
            there = self._changed.wait_for(lambda: partition in self._followed or self._failed, FOLLOW_S)
            if self._failed is not None:
                raise self._failed
            if not there:
                raise Unavailable("broker_unavailable", f"no answer from {self._connection.brokers}")

    def expect(self, subject: Subject) -> Pending:
        """Wait for the next receipt of `subject`. Of a RecordSubject the place is only known to `acknowledged`."""
        pending = Pending(subject, _key_of(subject))
        with self._changed:
            if self._count >= WAITING_MAX:
                self._forget_given_up()
            self._count += 1
            self._keys[pending.key] += 1
            if not isinstance(subject, RecordSubject):
                self._waiting.setdefault(subject, deque()).append(pending)
        return pending

    def acknowledged(self, pending: Pending, topic: str, stored: Stored) -> None:
        """The brokers have the record."""
        pending.place = Place(topic, stored.partition, stored.offset)
        if not isinstance(pending.subject, RecordSubject):
            return
        pending.subject = RecordSubject(topic=topic, partition=stored.partition, offset=stored.offset)
        with self._changed:
            receipt = self._strays.pop(pending.subject, None)
            if receipt is None:
                self._waiting.setdefault(pending.subject, deque()).append(pending)
            else:
                self._done_with(pending)
        if receipt is not None:
            pending.settle(receipt)

    def failed(self, pending: Pending, error: PipelineError) -> None:
        """The brokers do not have the record, as far as is known."""
        with self._changed:
            queue = self._waiting.get(pending.subject)
            if queue and pending in queue:
                queue.remove(pending)
                if not queue:
                    del self._waiting[pending.subject]
            self._done_with(pending)
        pending.settle(error)

    def close(self) -> None:
        """Nothing is read any more; who still waits is told so."""
        with self._changed:
            self._closed = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None and thread is not threading.current_thread():
            thread.join(CLOSE_S)
        self._fail_all(PipelineError("client_closed", "the client was closed before the receipt came"))

    def _run(self) -> None:
        try:
            tail = Tail(self._connection, RECEIPTS)
        except PipelineError as error:
            self._give_up(error)
            return
        try:
            while not self._closed:
                self._follow_asked(tail)
                for record in tail.poll(POLL_S):
                    self._take(record)
        except PipelineError as error:
            self._give_up(error)
        finally:
            tail.close()
            if not self._closed and self._failed is None:  # a fault of ours: nobody may wait for nothing
                self._give_up(
                    PipelineError("reader_broken", "reading receipts has ended; see the error above")
                )

    def _give_up(self, error: PipelineError) -> None:
        with self._changed:
            self._failed = error
            self._thread = None
            self._followed.clear()
            self._changed.notify_all()
        self._fail_all(error)

    def _follow_asked(self, tail: Tail) -> None:
        new = self._asked - self._followed
        if not new:
            return
        try:
            if not self._followed:
                tail.partitions()  # says it if there is no such topic
            tail.add(tail.ends(new))
        except Unavailable as error:
            if not self._followed:
                raise
            log.info("receipts: %s; trying again", error)
            return
        with self._changed:
            self._followed |= new
            self._changed.notify_all()

    def _take(self, record: LogRecord) -> None:
        """Give the receipt to whoever waits. The key tells cheaply whether anybody may."""
        if record.value is None or not self._keys[record.key]:
            return
        try:
            receipt = codecs.RECEIPT.decode(record.value)
        except BadMessage as error:
            log.warning("receipts %s@%s: %s", record.partition, record.offset, error)
            return
        with self._changed:
            queue = self._waiting.get(receipt.of)
            if queue is None:
                if isinstance(receipt.of, RecordSubject):
                    self._keep_stray(receipt)
                return
            pending = queue.popleft()
            if not queue:
                del self._waiting[receipt.of]
            self._done_with(pending)
        pending.settle(receipt)

    def _keep_stray(self, receipt: Receipt) -> None:
        """The receipt of a record by its place may come before the place is known."""
        self._strays[receipt.of] = receipt
        if len(self._strays) > STRAYS_MAX:
            del self._strays[next(iter(self._strays))]

    def _done_with(self, pending: Pending) -> None:
        self._count -= 1
        self._keys[pending.key] -= 1
        if not self._keys[pending.key]:
            del self._keys[pending.key]

    def _forget_given_up(self) -> None:
        now = time.monotonic()
        for subject, queue in list(self._waiting.items()):
            for pending in [one for one in queue if one.is_forgotten(now)]:
                queue.remove(pending)
                self._done_with(pending)
            if not queue:
                del self._waiting[subject]
        if self._count >= WAITING_MAX:
            raise PipelineError(
                "too_many_waiting", f"at most {WAITING_MAX} pushes may wait for their receipts"
            )

    def _fail_all(self, error: PipelineError) -> None:
        with self._changed:
            waiting = [pending for queue in self._waiting.values() for pending in queue]
            self._waiting.clear()
            self._keys.clear()
            self._strays.clear()
            self._count = 0
        for pending in waiting:
            pending.settle(error)


def _key_of(subject: Subject) -> bytes | None:
    match subject:
        case ReportSubject(source=source):
            return source.value.encode()
        case ActionSubject(actor=actor):
            return actor.encode()
    return None
