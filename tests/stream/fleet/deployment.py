"""A deployment of its own on the tests' broker: topics under a prefix, records in and out, partitions, workers."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Consumer, Message, Producer, TopicPartition

from pipeline.settings import Settings
from pipeline.stream.brokers import Brokers
from pipeline.stream.core_protocol import Core, WorkerParts
from pipeline.stream.fetching.inbox import APPENDED
from pipeline.stream.partition.batch import OpenPartition
from pipeline.stream.partition.opening import Permit, open_partition
from pipeline.stream.partition.restore import read_from
from pipeline.stream.worker_clock import WorkerClock, clock_of
from schemas import topics
from schemas.errors import Unavailable
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.outputs import Position
from schemas.wire import codecs
from tests.stream.fleet.counting import STREET, CountingCore

ROOT = Path(__file__).resolve().parents[3]
_POLL_S = 0.02
REAL_WORKER = ("-c", "from pipeline.cli import main; main()", "worker")
COUNTING_WORKER = ("-m", "tests.stream.fleet.counting_worker")
STUBBORN_WORKER = ("-m", "tests.stream.fleet.stubborn_worker")
SECOND_FLEET = ("-m", "tests.stream.fleet.second_fleet")


def until(seconds: float, what: str, look: Callable[[], object]) -> None:
    """Wait until `look` gives something true; fails after so long."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(_POLL_S)


def value_of(message: Message) -> bytes:
    """A record's value; empty for a tombstone."""
    value = message.value()
    return value if isinstance(value, bytes) else b""


@dataclass
class Deployment:
    """Topics of one prefix."""

    settings: Settings
    folder: Path
    workers: list["Worker"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.brokers = Brokers(self.settings)

    def parts(self, core: Callable[[], Core] = CountingCore, clock: WorkerClock | None = None) -> WorkerParts:
        return WorkerParts(self.settings, self.brokers, clock or clock_of(self.settings), core)

    def put(self, values: Sequence[str], topic: str = topics.REPORTS, partition: int = 0) -> None:
        """Push records; returns when the broker has them."""
        self.write(topic, [(STREET.encode(), value.encode()) for value in values], partition)

    def write(self, topic: str, records: Sequence[tuple[bytes, bytes | None]], partition: int = 0) -> None:
        producer = Producer({"bootstrap.servers": self.settings.brokers, "acks": "all", "linger.ms": 2})
        for key, value in records:
            producer.produce(self.settings.topic(topic), value, key, partition)
        assert producer.flush(60) == 0

    def open(
        self, partition: int = 0, core: Callable[[], Core] = CountingCore, clock: WorkerClock | None = None
    ) -> OpenPartition:
        return open_partition(self.parts(core, clock), partition, Permit(lambda: True))

    def fetch(self, opened: OpenPartition, partition: int = 0) -> None:
        """Hand over all that the inputs hold from the inbox's offsets on, as the lane does."""
        for topic, offset in list(opened.inbox.fetch_from.items()):
            name = self.settings.contract_name(topic)
            stable = self.brokers.ends([name], partition)[name].stable
            fetched = list(read_from(self.brokers, TopicPartition(topic, partition, offset)))
            end = _Handed(fetched[-1]).offset + 1 if fetched else offset
            opened.inbox.put(topic, [_Handed(one) for one in fetched], max(end, stable))

    def work(self, opened: OpenPartition, partition: int = 0) -> None:
        """Fetch and work until nothing is left."""
        self.fetch(opened, partition)
        while opened.work(100):
            pass

    def commit_to_group(self, topic: str, offset: int) -> None:
        """Set what Kafka keeps as the worker group's offset in partition 0; the group must be empty."""
        group = f"{self.settings.topic_prefix}{self.settings.app_id}"
        consumer = Consumer({"bootstrap.servers": self.settings.brokers, "group.id": group})
        consumer.commit(offsets=[TopicPartition(self.settings.topic(topic), 0, offset)], asynchronous=False)
        consumer.close()

    def messages(self, topic: str, partition: int = 0) -> list[Message]:
        """All that readers of committed records see, once each transaction in which something was written has ended.

        A commit is answered before its marks stand in the partitions.
        """
        written = self.brokers.ends([topic], partition)[topic].high
        until(60, "the end of each transaction", lambda: self._readable_to(topic, partition) >= written)
        return self.readable(topic, partition)

    def readable(self, topic: str, partition: int = 0) -> list[Message]:
        """All that readers of committed records see now: nothing from behind a transaction that is open."""
        begin = self.brokers.ends([topic], partition)[topic].begin
        return list(read_from(self.brokers, TopicPartition(self.settings.topic(topic), partition, begin)))

    def _readable_to(self, topic: str, partition: int) -> int:
        return self.brokers.ends([topic], partition)[topic].stable

    def entries(self, partition: int = 0) -> list[JournalEntry]:
        return [
            codecs.JOURNAL_ENTRY.decode(value_of(message))
            for message in self.messages(topics.JOURNAL, partition)
        ]

    def position(self, partition: int = 0) -> Position | None:
        found = [
            message.value()
            for message in self.messages(topics.CASES, partition)
            if message.key() == topics.POSITION_KEY
        ]
        return codecs.POSITION.decode(found[-1]) if found and found[-1] else None

    def decided(self) -> int:
        """How many entries there are in all partitions."""
        return sum(
            len(self.messages(topics.JOURNAL, partition)) for partition in range(self.settings.partitions)
        )

    def worker(
        self, *, real: bool = False, program: Sequence[str] = COUNTING_WORKER, **environment: str
    ) -> "Worker":
        """A worker of the counting core, or of the real one, or another program that is one."""
        worker = Worker(self, len(self.workers), REAL_WORKER if real else program, environment)
        self.workers.append(worker)
        return worker


def decided(deployment: Deployment) -> int:
    """How many entries there are; 0 while the broker does not answer."""
    try:
        return deployment.decided()
    except Unavailable:
        return 0


class _Handed:
    """A record of confluent-kafka in the shape of aiokafka's."""

    def __init__(self, message: Message) -> None:
        self.topic = str(message.topic())
        self.partition = int(message.partition() or 0)
        self.offset = int(message.offset() or 0)
        kind, stamp_ms = message.timestamp()
        self.timestamp = int(stamp_ms)
        self.timestamp_type = APPENDED if kind == TIMESTAMP_LOG_APPEND_TIME else 0
        self.key: bytes | None = message.key()
        self.value: bytes | None = message.value()
        self.headers: list[tuple[str, bytes | None]] = []


def assert_each_input_decided_once(deployment: Deployment) -> None:
    """The promise: every input has one entry, in log order; entries are numbered without gap; outputs are whole."""
    for partition in range(deployment.settings.partitions):
        entries = deployment.entries(partition)
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert all(one.at <= two.at for one, two in pairwise(entries))
        for topic in topics.INPUTS:
            causes = [
                e.cause.offset for e in entries if isinstance(e.cause, RecordCause) and e.cause.topic == topic
            ]
            assert causes == [message.offset() for message in deployment.messages(topic, partition)]
        receipts = Counter(codecs.RECEIPT.decode(value_of(message)).entry_id
                           for message in deployment.messages(topics.RECEIPTS, partition))  # fmt: skip
        assert receipts == {
            entry.entry_id: entry.counts.receipts for entry in entries if entry.counts.receipts
        }
        position = deployment.position(partition)
        assert (position.seq if position else 0) == len(entries)


class Worker:
    """A worker process. `environment` adds settings."""

    def __init__(
        self, deployment: Deployment, number: int, program: Sequence[str], environment: dict[str, str]
    ) -> None:
        settings = deployment.settings
        self.status_file = deployment.folder / f"status-{number}.json"
        self.log_file = deployment.folder / f"worker-{number}.log"
        asked = {name: str(value) for name, value in settings.model_dump(exclude_unset=True).items()}
        asked |= {"http_port": "0", "status_file": str(self.status_file)} | environment
        self._process = subprocess.Popen(
            [sys.executable, *program],
            cwd=ROOT,
            env={**os.environ, **{f"ENFORCEMENT_{name.upper()}": value for name, value in asked.items()}},
            stdout=subprocess.DEVNULL,
            stderr=self.log_file.open("wb"),
        )

    def page(self, path: str) -> tuple[int, str]:
        """Status and text of one of the worker's HTTP pages."""
        port = json.loads(self.status_file.read_text())["http_port"]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            return 0, ""

    def is_serving(self) -> bool:
        return self.status_file.exists() and self.page("/livez")[0] == 200

    def is_ready(self) -> bool:
        return self.status_file.exists() and self.page("/readyz")[0] == 200

    def wait_ready(self, seconds: float = 60) -> "Worker":
        until(seconds, f"worker ready\n{self.log()}", self.is_ready)
        return self

    def metric(self, line_start: str) -> float:
        """The sum of all samples whose line starts so."""
        lines = self.page("/metrics")[1].splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(line_start))

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float) -> int:
        """The exit code."""
        return self._process.wait(seconds)

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def end(self) -> None:
        """Gone, whatever state it is in."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(60)
