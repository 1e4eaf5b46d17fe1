"""The pipeline's side of the topics, played by a test on a real log: real transactions, some of them aborted."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import NamedTuple

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from pipeline.core.case.turn import InputRecord
from pipeline.core.outputs.dead_letters import subject_of
from pipeline.edge.client import Client
from pipeline.edge.client.receipt_waiting import RecordPlace
from pipeline.settings import Settings
from pipeline.stream.partition.outgoing_records import entry_key
from schemas import topics
from schemas.journal.entry import JournalEntry
from schemas.outputs import ActionSubject, Assignment, Receipt, RecordSubject, ReportSubject
from schemas.partitioning import partition_of
from schemas.state.case import Case, Facts, ReportRef
from schemas.values.place import Place as Where
from schemas.values.terms import (
    AssignmentKind,
    AssignmentStatus,
    ReportOutcome,
    Severity,
    Source,
    Stage,
    Urgency,
)
from schemas.wire import codecs

STREET = "140109004"
OTHER_STREET = "140109001"
CASE = f"{STREET}-0000000000001"
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
PARTITIONS = 4
Subject = ReportSubject | ActionSubject | RecordSubject
Headers = list[tuple[str, str | bytes | None]]


class Written(NamedTuple):
    """A record to be written to a street's partition."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = []  # noqa: RUF012  never changed
    street: str = STREET


def receipt(of: Subject, number: int = 0, outcome: ReportOutcome = ReportOutcome.ACCEPTED, **more) -> Receipt:
    """A receipt; `number` tells one from another."""
    said = {"code": outcome.value, "case_id": CASE} | more
    return Receipt(
        receipt_id=f"0:1:{number}:receipt:0",
        entry_id=f"0:1:{number}",
        at=NOON,
        of=of,
        outcome=outcome,
        **said,
    )


def receipt_record(one: Receipt, of: InputRecord | RecordPlace | None = None) -> Written:
    """As the worker writes it: with the place of the record that it answers."""
    at = of or RecordPlace(topics.REPORTS, 0, 10**6)
    headers: Headers = [("cause", f"{at.topic}:{at.partition}:{at.offset}".encode())]
    street = of.key.decode() if isinstance(of, InputRecord) and of.key else STREET
    value = codecs.RECEIPT.encode(one)
    match one.of:
        case ReportSubject(source=source):
            key = source.value.encode()
        case ActionSubject(actor=actor):
            key = actor.encode()
        case _:
            return Written(topics.RECEIPTS, None, value, headers, street)
    return Written(topics.RECEIPTS, key, value, headers, street)


def assignment(
    case_id: str = CASE,
    team: str = "city-appearance",
    kind: AssignmentKind = AssignmentKind.HANDLE,
    status: AssignmentStatus = AssignmentStatus.OPEN,
    due_in: timedelta | None = timedelta(hours=1),
    text: str = "",
) -> Assignment:
    """An assignment about a street vendor."""
    return Assignment(
        assignment_id="0:1:1:assignment:0",
        entry_id="0:1:1",
        at=NOON,
        case_id=case_id,
        case_version=1,
        street=case_id[:9],
        team=team,
        kind=kind,
        status=status,
        stage=Stage.DISPATCHED,
        leg=1,
        matter="SR-001",
        matter_zh="占道经营",
        matter_en="Street vending",
        severity=Severity.P3,
        source=Source.HOTLINE_12345,
        place=Where(address="兴华街18号"),
        text=text,
        due_at=None if due_in is None else NOON + due_in,
    )


def assignment_record(one: Assignment) -> Written:
    """As the worker writes it."""
    value = codecs.ASSIGNMENT.encode(one)
    return Written(topics.ASSIGNMENTS, one.case_id.encode(), value, [("team", one.team.encode())], one.street)


def report_of_case() -> ReportRef:
    """The report that a case was opened for."""
    return ReportRef(
        source=Source.HOTLINE_12345,
        source_no="R1",
        sha256=hashlib.sha256(b"R1").hexdigest(),
        entry_id="0:1:1",
        at=NOON,
        outcome=ReportOutcome.ACCEPTED,
        due_at=NOON,
        team="city-appearance",
    )


def case_snapshot(version: int = 1, stage: Stage = Stage.DISPATCHED, case_id: str = CASE) -> Case:
    """A case with nothing in it but what must be."""
    facts = Facts(
        matter="SR-001",
        severity=Severity.P3,
        urgency=Urgency.NORMAL,
        source=Source.HOTLINE_12345,
        place=Where(address="兴华街18号"),
        text="占道卖水果",
        reported_at=NOON,
        opened_at=NOON,
    )
    return Case(
        case_id=case_id,
        street=case_id[:9],
        version=version,
        stage=stage,
        facts=facts,
        reports=(report_of_case(),),
        entry_id="0:1:1",
        rules_version="test",
    )


def case_record(case: Case) -> Written:
    """As the worker writes it."""
    return Written(topics.CASES, case.case_id.encode(), codecs.CASE.encode(case), street=case.street)


def journal_record(entry: JournalEntry) -> Written:
    """As the worker writes it."""
    return Written(topics.JOURNAL, entry_key(entry), codecs.JOURNAL_ENTRY.encode(entry))


_numbers = count(1)


@dataclass
class Log:
    """The topics of a deployment of its own."""

    settings: Settings
    clients: list[Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._producer = Producer(
            {
                "bootstrap.servers": self.settings.brokers,
                "transactional.id": f"played-{next(_numbers)}",
                "retry.backoff.ms": 2,
                "log_level": 0,
            }
        )
        self._producer.init_transactions(20)

    def client(self) -> Client:
        """A client of this deployment; closed with the test."""
        made = Client(self.settings.brokers, topic_prefix=self.settings.topic_prefix)
        self.clients.append(made)
        return made

    def write(self, records: Iterable[Written], *, commit: bool = True) -> None:
        """One transaction; an aborted one has put its records into the log all the same. Readers of committed records are past it."""
        last = self.open(records)
        if commit:
            self._producer.commit_transaction(20)
        else:
            self._producer.abort_transaction(20)
        self._wait_for_markers(last)

    def open(self, records: Iterable[Written]) -> dict[tuple[str, int], int]:
        """A transaction whose records are in the log, and that nobody has ended yet: the last offset in each topic's partition."""
        last: dict[tuple[str, int], int] = {}

        def delivered(error: object, message: Message) -> None:
            topic, number, offset = message.topic(), message.partition(), message.offset()
            assert error is None, error
            assert topic is not None
            assert number is not None
            assert offset is not None
            last[topic, number] = offset

        self._producer.begin_transaction()
        for record in records:
            self._producer.produce(
                self.settings.topic(record.topic),
                record.value,
                record.key,
                partition_of(record.street, PARTITIONS),
                headers=record.headers,
                on_delivery=delivered,
            )
        assert self._producer.flush(60) == 0
        return last

    def _wait_for_markers(self, last: dict[tuple[str, int], int]) -> None:
        """The brokers answer that a transaction has ended before each partition has the marker that shows it to readers."""
        reader = self.consumer([])
        for (topic, number), offset in last.items():
            until = time.monotonic() + 60
            while reader.get_watermark_offsets(TopicPartition(topic, number), 20)[1] <= offset:
                assert time.monotonic() < until, f"{topic} {number}: no end of the transaction"
        reader.close()

    def read(self, topic: str, *, committed: bool = True) -> list[InputRecord]:
        """All records of a topic, as a reader with this isolation sees them."""
        isolation = "read_committed" if committed else "read_uncommitted"
        consumer = self.consumer([topic], isolation)
        found: list[InputRecord] = []
        ended: set[int] = set()
        while len(ended) < PARTITIONS:
            message = consumer.poll(20)
            assert message is not None, f"{topic} cannot be read to its end"
            if message.error():
                ended.add(message.partition() or 0)
            else:
                found.append(_record(message, topic))
        consumer.close()
        return found

    def consumer(self, names: Sequence[str], isolation: str = "read_committed") -> Consumer:
        """A reader of all partitions from their start."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.settings.brokers,
                "group.id": "played",
                "enable.auto.commit": False,
                "isolation.level": isolation,
                "enable.partition.eof": True,
            }
        )
        consumer.assign(
            [
                TopicPartition(self.settings.topic(name), number, 0)
                for name in names
                for number in range(PARTITIONS)
            ]
        )
        return consumer

    @contextmanager
    def answering(self, judge: Callable[[InputRecord], Iterable[Written]]) -> Iterator[None]:
        """While the block runs, every report and action is answered by what `judge` gives, in a transaction each."""
        stop = threading.Event()
        thread = threading.Thread(target=self._answer, args=(judge, stop), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(60)
            assert not thread.is_alive()

    def _answer(self, judge: Callable[[InputRecord], Iterable[Written]], stop: threading.Event) -> None:
        consumer = self.consumer(topics.INPUTS)
        while not stop.is_set():
            message = consumer.poll(0.05)
            if message is not None and not message.error():
                name = self.settings.contract_name(str(message.topic()))
                self.write(judge(_record(message, name)))
        consumer.close()


def accepting(record: InputRecord) -> list[Written]:
    """Everything that can be read is accepted, the rest is a dead letter; the offset is the receipt's number."""
    subject = subject_of(record)
    dead = isinstance(subject, RecordSubject)
    outcome = ReportOutcome.DEAD_LETTER if dead else ReportOutcome.ACCEPTED
    return [receipt_record(receipt(subject, record.offset, outcome), record)]


def _record(message, topic: str) -> InputRecord:
    return InputRecord(
        topic,
        message.partition(),
        message.offset(),
        message.key(),
        message.value(),
        tuple(message.headers() or ()),
    )


def report(number: str, **more: object) -> dict[str, object]:
    """The content of a report."""
    return {
        "source": "12345",
        "source_no": number,
        "street": STREET,
        "matter": "SR-001",
        "reported_at": "2026-11-24T12:00:00+08:00",
        "place": {"address": "兴华街18号"},
        **more,
    }
