"""Gives each push its receipt. One background thread per client reads the receipts of the partitions pushed to.

    push ─► expect ─► send ─► acknowledged: its place in the log ─┐
                                                                  ├─► Pending.receipt()
    receipts.v1 ─► thread: the place in the header `cause` ───────┘

A receipt names in its header the record that it answers, so a push never gets the answer to another push of the same number.
Receipts of others are skipped undecoded.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, wait
from contextlib import suppress
from typing import Final, NamedTuple

from pipeline.edge.client.decoding import Unreadable, decoded
from pipeline.kafka_log.connection import Connection
from pipeline.kafka_log.following_reader import FollowingReader
from pipeline.kafka_log.log_record import LogRecord, header_of
from schemas.errors import PipelineError, Unavailable
from schemas.outputs import Receipt
from schemas.topics import RECEIPTS
from schemas.wire import codecs
from schemas.wire.envelope import CAUSE

log: Final = logging.getLogger("enforcement.client")

WAITING_MAX: Final = 100_000
"""Of one client, at a time: pushes that wait for their receipt."""

STRAYS_MAX: Final = 20_000
"""Receipts kept because they came before the brokers acknowledged the record that they answer."""

POLL_S: Final = 0.1
FOLLOW_S: Final = 15.0
CLOSE_S: Final = 7.0


class NoReceipt(PipelineError):
    """No receipt came in time. The record may be in the log and be decided later; pushing it again is safe."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__(
            "no_receipt", f"sent, not answered yet within {timeout_s:g} s; pushing again is safe"
        )


class RecordPlace(NamedTuple):
    """Where an acknowledged record stands; `topic` is the contract's name."""

    topic: str
    partition: int
    offset: int


class PendingReceipt:
    """A report or an action under way: sent, then acknowledged by the brokers, then answered by the pipeline."""

    __slots__ = ("_answer", "given_up", "place")

    def __init__(self) -> None:
        """Not sent yet."""
        self.place: RecordPlace | None = None
        self.given_up = False
        self._answer: Future[Receipt] = Future()

    def receipt(self, timeout_s: float = 10.0) -> Receipt:
        """The receipt, as soon as it is there. May be called again after it raised NoReceipt.

        Raises:
            NoReceipt: not within `timeout_s`.
            Unavailable: the brokers have not acknowledged the record within `timeout_s`, or gave it up.
            BadMessage: the record is too large for them.
        """
        try:
            return self._answer.result(timeout_s)
        except TimeoutError:
            raise self.give_up(timeout_s) from None

    def wait(self, seconds: float) -> None:
        """Until there is an answer, but no longer than so."""
        wait((self._answer,), seconds)

    def outcome(self) -> Receipt | PipelineError:
        """What `receipt` returns or raises, of one that is answered."""
        try:
            return self._answer.result(0)
        except PipelineError as error:
            return error

    def give_up(self, waited_s: float) -> PipelineError:
        """Nobody waits any longer: NoReceipt, or Unavailable where not even the brokers have answered."""
        self.given_up = True
        if self.place is None:
            what = f"no acknowledgement within {waited_s:g} s; pushing again is safe"
            return Unavailable("not_acknowledged", what)
        return NoReceipt(waited_s)

    @property
    def is_answered(self) -> bool:
        """Whether `receipt` returns or raises at once."""
        return self._answer.done()

    def on_answer(self, then: Callable[["PendingReceipt"], None]) -> None:
        """Call `then` when there is an answer, from the thread that has it; at once if there is one already."""
        self._answer.add_done_callback(lambda _: then(self))

    def settle(self, answer: Receipt | PipelineError) -> None:
        """Set what `receipt` returns or raises; a second answer changes nothing."""
        with suppress(InvalidStateError):
            if isinstance(answer, PipelineError):
                self._answer.set_exception(answer)
            else:
                self._answer.set_result(answer)


class ReceiptBook:
    """The pushes of one client that are under way. Any thread may use it."""

    def __init__(self, connection: Connection) -> None:
        """Connects when a first partition is followed."""
        self._connection = connection
        self._changed = threading.Condition()
        self._asked: set[int] = set()
        self._followed: set[int] = set()
        self._unplaced: set[PendingReceipt] = set()
        self._waiting: dict[RecordPlace, PendingReceipt] = {}
        self._strays: dict[RecordPlace, LogRecord] = {}
        self._failed: PipelineError | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def follow(self, partition: int) -> None:
        """Read the receipts of `partition` from now on; returns once the reader follows it.

        Raises:
            Unavailable: no broker answers.
        """
        if partition in self._followed and self._failed is None:
            return
        with self._changed:
            self._asked.add(partition)
            self._changed.notify_all()
            if self._thread is None:
                self._failed = None
                self._thread = threading.Thread(target=self._run, name="receipts", daemon=True)
                self._thread.start()
            there = self._changed.wait_for(lambda: partition in self._followed or self._failed, FOLLOW_S)
            if self._failed is not None:
                raise self._failed
            if not there:
                raise Unavailable("broker_unavailable", f"no answer from {self._connection.brokers}")

    def expect(self) -> PendingReceipt:
        """A push that is about to be sent.

        Raises:
            PipelineError: WAITING_MAX wait already.
        """
        pending = PendingReceipt()
        with self._changed:
            if len(self._waiting) >= WAITING_MAX:
                self._waiting = {
                    place: waiting for place, waiting in self._waiting.items() if not waiting.given_up
                }
            if len(self._waiting) + len(self._unplaced) >= WAITING_MAX:
                raise PipelineError("too_many_waiting", f"at most {WAITING_MAX} pushes may wait at a time")
            self._unplaced.add(pending)
            self._changed.notify_all()
        return pending

    def acknowledged(self, pending: PendingReceipt, place: RecordPlace) -> None:
        """The brokers stored the record at `place`."""
        pending.place = place
        with self._changed:
            self._unplaced.discard(pending)
            answer = self._strays.pop(place, None)
            if answer is None:
                self._waiting[place] = pending
            if not self._unplaced:
                self._strays.clear()
        if answer is not None:
            _settle(pending, answer)

    def failed(self, pending: PendingReceipt, error: PipelineError) -> None:
        """The brokers did not acknowledge the record."""
        with self._changed:
            self._unplaced.discard(pending)
        pending.settle(error)

    def close(self) -> None:
        """Stops reading; pushes that still wait fail with client_closed."""
        with self._changed:
            self._closed = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None and thread is not threading.current_thread():
            thread.join(CLOSE_S)
        self._fail_all(PipelineError("client_closed", "the client was closed before the receipt came"))

    def _run(self) -> None:
        try:
            reader = FollowingReader(self._connection, RECEIPTS)
        except PipelineError as error:
            self._give_up(error)
            return
        try:
            while not self._closed:
                self._follow_asked(reader)
                self._rest()
                for record in reader.poll(POLL_S if self._is_awaited() else 0):
                    self._take(record)
        except PipelineError as error:
            self._give_up(error)
        finally:
            reader.close()
            if not self._closed and self._failed is None:  # a fault of ours: every waiting push fails at once
                self._give_up(
                    PipelineError("reader_broken", "reading receipts has ended; see the error above")
                )

    def _rest(self) -> None:
        """While nobody waits for a receipt, until somebody does or the book is closed; then the log is read a little on."""
        with self._changed:
            if not (self._is_awaited() or self._closed or self._asked - self._followed):
                self._changed.wait(POLL_S)

    def _is_awaited(self) -> bool:
        return bool(self._waiting or self._unplaced)

    def _give_up(self, error: PipelineError) -> None:
        with self._changed:
            self._failed = error
            self._thread = None
            self._followed.clear()
            self._changed.notify_all()
        self._fail_all(error)

    def _follow_asked(self, reader: FollowingReader) -> None:
        new = self._asked - self._followed
        if not new:
            return
        try:
            if not self._followed:
                reader.partitions()  # raises if there is no such topic
            reader.add(reader.ends(new))
        except Unavailable as error:
            if not self._followed:
                raise
            log.info("receipts: %s; trying again", error)
            return
        with self._changed:
            self._followed |= new
            self._changed.notify_all()

    def _take(self, record: LogRecord) -> None:
        """Deliver the receipt, or keep it while the offset of a pushed record is unknown."""
        place = _cause_of(record)
        if place is None or record.value is None:
            return
        with self._changed:
            pending = self._waiting.pop(place, None)
            if pending is None and self._unplaced:
                self._strays[place] = record
                if len(self._strays) > STRAYS_MAX:
                    del self._strays[next(iter(self._strays))]
        if pending is not None:
            _settle(pending, record)

    def _fail_all(self, error: PipelineError) -> None:
        with self._changed:
            waiting = [*self._waiting.values(), *self._unplaced]
            self._waiting.clear()
            self._unplaced.clear()
            self._strays.clear()
        for pending in waiting:
            pending.settle(error)


def _settle(pending: PendingReceipt, record: LogRecord) -> None:
    try:
        pending.settle(decoded(codecs.RECEIPT, record))
    except Unreadable as error:
        pending.settle(error)


def _cause_of(record: LogRecord) -> RecordPlace | None:
    """The place of the record that the receipt answers."""
    header = header_of(record, CAUSE)
    try:
        topic, partition, offset = (header or b"").decode().rsplit(":", 2)
        return RecordPlace(topic, int(partition), int(offset))
    except ValueError:
        return None
