"""Pushes reports and actions, and waits for the receipt of each."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeVar

from pipeline.edge.client.flight import IN_FLIGHT_MAX
from pipeline.edge.client.receipt_waiting import PendingReceipt, ReceiptBook, RecordPlace
from pipeline.kafka_log.connection import Connection
from pipeline.kafka_log.record_writer import RecordWriter
from schemas.errors import PARTITIONS_DIFFER, BadMessage, PipelineError, Unavailable
from schemas.inputs.action import Action
from schemas.inputs.action_base import ActionBase
from schemas.inputs.lenient_reading import decode_report
from schemas.inputs.letter_discard import DiscardLetter
from schemas.inputs.report import Report
from schemas.outputs import Receipt
from schemas.partitioning import partition_of
from schemas.topics import ACTIONS, RECEIPTS, REPORTS
from schemas.values.text import street_of
from schemas.wire import codecs
from schemas.wire.envelope import message_in
from schemas.wire.retried_letter import RETRY_OF

Content = Mapping[str, object]
Item = TypeVar("Item")
CLOSE_S: Final = 5.0


class Pusher:
    """One producer and one receipt book, made when the first push comes. Any thread may use it."""

    def __init__(self, connection: Connection) -> None:
        """Does not connect yet."""
        self._connection = connection
        self._book = ReceiptBook(connection)
        self._making = threading.Lock()
        self._closed = False
        self._producer: RecordWriter | None = None
        self._partitions: dict[str, int] = {}

    def report(
        self, report: Report | Content | bytes, street: str | None, retry_of: str | None = None
    ) -> PendingReceipt:
        """Push a report under its street's code, for the dead letter `retry_of` where it is one mended.

        Raises:
            Unavailable: the brokers cannot be reached.
            BadMessage: a typed report that is not what the contract says; content and bytes are judged by the pipeline.
        """
        value = checked_report(report) if isinstance(report, Report) else bytes_of(report)
        key = street or (report.street if isinstance(report, Report) else _text(_content(value), "street"))
        return self._push(REPORTS, key, value, retry_of=retry_of)

    def action(
        self, action: Action | Content | bytes, street: str | None, retry_of: str | None = None
    ) -> PendingReceipt:
        """Push an action under the code of its case's street. Raises as `report` does."""
        value = checked_action(action) if isinstance(action, ActionBase) else bytes_of(action)
        case_id = action.case_id if isinstance(action, ActionBase) else _text(_content(value), "case_id")
        return self._push(ACTIONS, street or street_of(case_id or ""), value, retry_of=retry_of)

    def discard(self, discard: DiscardLetter) -> PendingReceipt:
        """Push a dead letter's discarding to the partition where the letter stands. Raises as `report` does."""
        value = codecs.DISCARD.encode(discard)
        codecs.DISCARD.decode_strictly(value)
        return self._push(ACTIONS, None, value, partition=int(discard.letter.partition(":")[0]))

    def close(self) -> None:
        """Flushes what was sent, within CLOSE_S; waits for no receipt."""
        with self._making:
            self._closed = True
            if self._producer is not None:
                # not flushed in time: closing the book ends the waiting
                self._producer.close(CLOSE_S)
                self._producer = None
        self._book.close()

    def _push(
        self, topic: str, key: str | None, value: bytes, *, retry_of: str | None = None, partition: int = 0
    ) -> PendingReceipt:
        name = self._connection.topic(topic)
        producer = self._open()
        street = key.encode(errors="replace") if key else None
        count = self._count(producer, topic)
        if street:
            partition = partition_of(street.decode(), count)
        self._book.follow(partition)
        pending = self._book.expect()

        def acknowledged(partition: int, offset: int) -> None:
            self._book.acknowledged(pending, RecordPlace(topic, partition, offset))

        def failed(error: PipelineError) -> None:
            self._book.failed(pending, error)

        try:
            producer.send(
                name,
                value=value,
                key=street,
                partition=partition,
                stored=acknowledged,
                failed=failed,
                headers=[(RETRY_OF, retry_of.encode())] if retry_of else [],
            )
        except PipelineError as error:
            self._book.failed(pending, error)
            raise
        return pending

    def _open(self) -> RecordWriter:
        with self._making:
            if self._closed:
                raise PipelineError("client_closed", "the client was closed")
            if self._producer is None:
                self._producer = RecordWriter(self._connection)
            return self._producer

    def _count(self, producer: RecordWriter, name: str) -> int:
        """The number of partitions of the topic. It never changes, so it is looked up once.

        Raises:
            Unavailable: no broker answers; `partitions_differ` where somebody changed it: nobody would answer there.
        """
        if name not in self._partitions:
            count, answering = producer.partition_count(name), producer.partition_count(RECEIPTS)
            if count != answering:
                what = f"{name} has {count} partitions, {RECEIPTS} has {answering}: nothing is pushed where nobody answers"
                raise Unavailable(PARTITIONS_DIFFER, what)
            self._partitions[name] = count
        return self._partitions[name]


def pipelined(
    items: Iterable[Item], submit: Callable[[Item], PendingReceipt], timeout_s: float
) -> Iterator[tuple[int, Receipt | PipelineError]]:
    """Submit all, up to IN_FLIGHT_MAX under way at a time; yields the number, from 0, and the answer of each, in order.

    `timeout_s` is how long nobody may answer anything: then each that waits is yielded as NoReceipt at once.

    Raises:
        Unavailable: no broker answers.
    """
    under_way: deque[tuple[int, PendingReceipt | PipelineError]] = deque()
    heard = _Heard()
    for number, item in enumerate(items):
        sent = submitted(submit, item)
        if isinstance(sent, PendingReceipt):
            if not under_way:
                heard.note()
            sent.on_answer(heard.note)
        under_way.append((number, sent))
        while under_way and (len(under_way) >= IN_FLIGHT_MAX or _is_there(under_way[0][1])):
            yield _answered(*under_way.popleft(), timeout_s, heard)
    while under_way:
        yield _answered(*under_way.popleft(), timeout_s, heard)


class _Heard:
    """When somebody answered last."""

    def __init__(self) -> None:
        self.note()

    def note(self, _: PendingReceipt | None = None) -> None:
        """Just now."""
        self.at_s = time.monotonic()


def submitted(submit: Callable[[Item], PendingReceipt], item: Item) -> PendingReceipt | PipelineError:
    """What is under way, or why it was not sent.

    Raises:
        Unavailable: no broker answers.
    """
    try:
        return submit(item)
    except Unavailable:
        raise
    except PipelineError as error:
        return error


def _is_there(answer: PendingReceipt | PipelineError) -> bool:
    return isinstance(answer, PipelineError) or answer.is_answered


def _answered(
    number: int, answer: PendingReceipt | PipelineError, timeout_s: float, heard: _Heard
) -> tuple[int, Receipt | PipelineError]:
    if isinstance(answer, PipelineError):
        return number, answer
    while not answer.is_answered:
        left_s = heard.at_s + timeout_s - time.monotonic()
        if left_s <= 0:
            return number, answer.give_up(timeout_s)
        answer.wait(left_s)
    return number, answer.outcome()


def checked_report(report: Report) -> bytes:
    """The report as JSON.

    Raises:
        BadMessage: a field is not what the contract says.
    """
    value = codecs.REPORT.encode(report)
    decode_report(value)
    return value


def checked_action(action: Action) -> bytes:
    """The action as JSON.

    Raises:
        BadMessage: a field is not what the contract says.
    """
    door = codecs.action_door(action.action)
    value = door.encode(action)
    door.decode_strictly(value)
    return value


def bytes_of(content: Content | bytes) -> bytes:
    """The content as it is pushed.

    Raises:
        BadMessage: it holds what JSON cannot say.
    """
    if isinstance(content, bytes):
        return content
    try:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise BadMessage("broken_json", "", f"what JSON can say: {error}") from None


def _content(value: bytes) -> Content:
    """The object in JSON bytes, or in the data of a structured CloudEvent; empty if there is none."""
    try:
        content = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    message = message_in(content)
    return message if isinstance(message, dict) else {}


def _text(content: Content, field: str) -> str | None:
    value = content.get(field)
    return value if isinstance(value, str) else None
