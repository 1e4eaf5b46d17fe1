"""The throughput of one worker beside a bare Faust agent and a plain copying loop, in one run on one broker.

    python -m benchmarks.throughput [--reports N] [--json] [--latency] [--recognise]

ours    a worker as in production: each report is decided; journal entry, snapshot, assignment and receipt are written, in
        transactions
faust   a Faust agent that forwards each event of the same input to one topic, without transactions
copy    a confluent-kafka loop that reads the same input and writes as many records as the worker does, without deciding

Each is measured between the timestamps of its first and last output record, so that start-up does not count. The three run one
after the other; figures of different runs are not comparable, the ratios of one run are.
With `--recognise` the reports name no matter, and each is recognised by its text; otherwise each names its matter. The place of each is an
address in words that is looked for among the named places.
With `--latency`: from pushing a report to reading its assignment, at 100 and at 1,000 reports a second.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import psutil
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from schemas.partitioning import partition_of

PARTITIONS = 4
OUTPUTS_PER_REPORT = 4
STREETS = ("140109005", "140109009", "140109008", "140109004")
"""One of the shipped streets for each partition, so that each has the same work."""
MATTERS = ("SR-001", "SR-002", "SR-008", "WJ-004", "HB-004", "SC-001", "WY-003", "JT-001")
TEXTS = (
    "菜市场门口有人占道经营,摊子摆到马路上,影响通行,请尽快处理",
    "这家饭店把桌椅摆到店外人行道上,店外经营,走路都没地方",
    "有人把小广告贴得到处都是,电线杆上墙上都有,请来人清理",
    "工地夜里还在施工,打桩声音特别大,老人孩子都没法睡觉",
)
"""What `--recognise` pushes in place of a matter."""
HERE = Path(__file__)


def reports(many: int, run: str, start: int = 0, *, recognise: bool = False) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of reports that each open a case (an address and no point, so that nothing merges), from `start` on.

    `recognise`: they name no matter.
    """
    now = datetime.now(UTC).isoformat()
    for number in range(start, start + many):
        street = STREETS[number % len(STREETS)]
        report = {
            "source": "12345",
            "source_no": f"{run}-{number}",
            "street": street,
            "matter": MATTERS[number % len(MATTERS)],
            "reported_at": now,
            "place": {"address": f"兴华街{number}号", "grid": f"{street}001001"},
            "text": "门口有人占道经营,影响通行,请尽快处理",
        }
        if recognise:
            del report["matter"]
            report["text"] = TEXTS[number // len(STREETS) % len(TEXTS)]
        yield street.encode(), json.dumps(report, ensure_ascii=False).encode()


def fill(brokers: str, topic: str, many: int, *, recognise: bool = False) -> None:
    """Push the input records."""
    producer = Producer({"bootstrap.servers": brokers, "linger.ms": 50, "compression.type": "lz4"})
    for key, value in reports(many, topic[-8:], recognise=recognise):
        while True:
            try:
                producer.produce(topic, value, key, partition_of(key.decode(), PARTITIONS))
                break
            except BufferError:
                producer.poll(0.1)
    producer.flush(60)


def create(brokers: str, *topics: str) -> None:
    """Plain topics for the rivals."""
    admin = AdminClient({"bootstrap.servers": brokers})
    for future in admin.create_topics([NewTopic(topic, PARTITIONS, 1) for topic in topics]).values():
        future.result(30)


class WatchedRun(NamedTuple):
    """The first and last timestamp of the output, s, and the CPU seconds of the process between them."""

    first: float
    last: float
    cpu_s: float

    def per_s(self, many: int) -> float:
        """The rate between the first and the last."""
        return many / (self.last - self.first)


def watch(brokers: str, topic: str, many: int, process: psutil.Process) -> WatchedRun:
    """Read `topic` until it holds `many` committed records of `process`."""
    consumer = Consumer(
        {"bootstrap.servers": brokers, "group.id": f"watch-{uuid4()}", "isolation.level": "read_committed",
         "enable.auto.commit": False}
    )  # fmt: skip
    consumer.assign([TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)])
    first, last, records_read, started, idle_s = float("inf"), 0.0, 0, time.monotonic(), 0.0
    while records_read < many:
        if not process.is_running() or time.monotonic() - started > 600:
            raise SystemExit(f"{topic}: only {records_read} of {many} records came")
        for record in consumer.consume(5_000, 0.5):
            if record.error() is None:
                records_read += 1
                idle_s = idle_s or cpu_seconds(process)
                stamp = record.timestamp()[1] / 1_000
                first, last = min(first, stamp), max(last, stamp)
    consumer.close()
    return WatchedRun(first, last, cpu_seconds(process) - idle_s)


def cpu_seconds(process: psutil.Process) -> float:
    """CPU seconds used so far."""
    used = process.cpu_times()
    return float(used.user + used.system)


@contextmanager
def process(command: Sequence[str], environment: dict[str, str], log: Path) -> Iterator[psutil.Popen]:
    """A process that is ended on leaving."""
    with log.open("wb") as output:
        child = psutil.Popen(command, env=os.environ | environment, stdout=output, stderr=output)
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(15)
            except psutil.TimeoutExpired:
                child.kill()
                child.wait(5)


def worker_environment(brokers: str, prefix: str, folder: Path) -> dict[str, str]:
    """The environment of a worker that shares nothing with others on the broker."""
    return {
        "ENFORCEMENT_BROKERS": brokers,
        "ENFORCEMENT_TOPIC_PREFIX": prefix,
        "ENFORCEMENT_PARTITIONS": str(PARTITIONS),
        "ENFORCEMENT_APP_ID": f"{prefix}bench",
        "ENFORCEMENT_HTTP_PORT": "0",
        "ENFORCEMENT_DATA_DIR": str(folder / "data"),
    }


def enforcement(*arguments: str) -> list[str]:
    """Our command, as a process."""
    return [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments]


def run_ours(brokers: str, many: int, folder: Path, *, recognise: bool) -> tuple[float, float]:
    """Reports a second and CPU µs a report of one worker."""
    prefix = f"b{uuid4().hex[:8]}."
    environment = worker_environment(brokers, prefix, folder)
    subprocess.run(
        enforcement("topics", "apply"), env=os.environ | environment, check=True, stdout=subprocess.DEVNULL
    )
    fill(brokers, f"{prefix}reports.v1", many, recognise=recognise)
    with process(enforcement("worker"), environment, folder / "worker.log") as worker:
        watched = watch(brokers, f"{prefix}journal.v1", many, worker)
    return watched.per_s(many), watched.cpu_s * 1e6 / many


def run_faust(brokers: str, many: int, folder: Path) -> float:
    """Events a second of a bare agent."""
    name = f"b{uuid4().hex[:8]}"
    create(brokers, f"{name}.in", f"{name}.out")
    fill(brokers, f"{name}.in", many)
    command = [sys.executable, str(HERE), "--agent", name, "--brokers", brokers]
    with process(command, {"FAUST_DATADIR": str(folder)}, folder / "faust.log") as agent:
        return watch(brokers, f"{name}.out", many, agent).per_s(many)


def faust_agent(brokers: str, name: str) -> None:
    """The rival: forwards each event unchanged."""
    import faust

    app = faust.App(name, broker=f"kafka://{brokers}", topic_allow_declare=False, topic_disable_leader=True,
                    web_enabled=False, store="memory://", value_serializer="raw")  # fmt: skip
    source = app.topic(f"{name}.in", key_type=bytes, value_type=bytes, value_serializer="raw")
    target = app.topic(f"{name}.out", key_type=bytes, value_type=bytes, value_serializer="raw")

    @app.agent(source)
    async def forward(stream: faust.StreamT[bytes]) -> None:
        async for event in stream.events():
            await target.send(key=event.key, value=event.value)

    app.conf.datadir = Path(tempfile.mkdtemp())
    faust.Worker(app, loglevel="WARN", loop=asyncio.new_event_loop()).execute_from_commandline()


def run_copy(brokers: str, many: int) -> float:
    """Reports a second of a loop that only copies, writing as many records as the worker does."""
    name = f"b{uuid4().hex[:8]}"
    create(brokers, f"{name}.in", f"{name}.out")
    fill(brokers, f"{name}.in", many)
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": name, "enable.auto.commit": False})
    consumer.assign([TopicPartition(f"{name}.in", partition, 0) for partition in range(PARTITIONS)])
    producer = Producer({"bootstrap.servers": brokers, "acks": "all", "enable.idempotence": True,
                         "compression.type": "lz4"})  # fmt: skip
    records_read, started = 0, 0.0
    while records_read < many:
        batch = consumer.consume(1_000, 1.0)
        started = started or time.monotonic()
        for record in batch:
            for _ in range(OUTPUTS_PER_REPORT):
                produce(producer, f"{name}.out", record.value(), record.key(), record.partition() or 0)
        records_read += len(batch)
    producer.flush(60)
    seconds = time.monotonic() - started
    consumer.close()
    return many / seconds


def produce(producer: Producer, topic: str, value: bytes | None, key: bytes | None, partition: int) -> None:
    """Hand over a record, waiting while the queue is full."""
    while True:
        try:
            producer.produce(topic, value, key, partition)
        except BufferError:
            producer.poll(0.05)
        else:
            producer.poll(0)
            return


def run_latency(brokers: str, per_s: int, seconds: int, folder: Path) -> dict[str, float]:
    """Milliseconds from handing a report to the client library to reading its committed assignment."""
    prefix = f"b{uuid4().hex[:8]}."
    environment = worker_environment(brokers, prefix, folder)
    subprocess.run(
        enforcement("topics", "apply"), env=os.environ | environment, check=True, stdout=subprocess.DEVNULL
    )
    reader = Consumer({"bootstrap.servers": brokers, "group.id": prefix, "isolation.level": "read_committed",
                       "enable.auto.commit": False, "fetch.wait.max.ms": 10})  # fmt: skip
    reader.assign(
        [TopicPartition(f"{prefix}assignments.v1", partition, 0) for partition in range(PARTITIONS)]
    )
    producer = Producer({"bootstrap.servers": brokers, "linger.ms": 1, "acks": "all"})
    sent: list[float] = []
    waits: list[float] = []
    many, warm = per_s * seconds, min(per_s, 200)
    source = reports(many + warm, prefix[:-1])
    with process(enforcement("worker"), environment, folder / "latency.log") as worker:
        for _ in range(warm):
            key, value = next(source)
            produce(producer, f"{prefix}reports.v1", value, key, partition_of(key.decode(), PARTITIONS))
        read_assignments(reader, warm, sent, waits, worker)
        sent, waits = [], []
        started = time.monotonic()
        while len(waits) < many:
            while len(sent) < many and time.monotonic() - started >= len(sent) / per_s:
                key, value = next(source)
                sent.append(time.time())
                produce(producer, f"{prefix}reports.v1", value, key, partition_of(key.decode(), PARTITIONS))
            take(reader, warm, sent, waits, 0.001)
            if time.monotonic() - started > seconds + 60:
                raise SystemExit(f"only {len(waits)} of {many} assignments came")
    reader.close()
    waits.sort()
    return {f"p{rank}_ms": round(waits[int(len(waits) * rank / 100)] * 1_000, 1) for rank in (50, 90, 99)}


def read_assignments(
    reader: Consumer, many: int, sent: list[float], waits: list[float], process: psutil.Process
) -> None:
    """Wait until `many` assignments have come."""
    sent += [time.time()] * many
    deadline = time.monotonic() + 60
    while len(waits) < many:
        if not process.is_running() or time.monotonic() > deadline:
            raise SystemExit("the worker does not answer; see its log")
        take(reader, 0, sent, waits, 0.2)


def take(reader: Consumer, skip: int, sent: Sequence[float], waits: list[float], timeout_s: float) -> None:
    """Note how long each assignment took that has come by now; its address holds the report's number."""
    for record in reader.consume(500, timeout_s):
        if record.error() is None:
            now = time.time()
            number = int(
                json.loads(record.value() or b"")["place"]["address"]
                .removeprefix("兴华街")
                .removesuffix("号")
            )
            if number >= skip:
                waits.append(now - sent[number - skip])


def measure(brokers: str, many: int, folder: Path, *, latency: bool, recognise: bool) -> dict[str, object]:
    """All figures, in one run."""
    ours, cpu_us = run_ours(brokers, many, folder, recognise=recognise)
    faust_rate = run_faust(brokers, max(many // 4, 5_000), folder)
    copied = run_copy(brokers, many)
    result: dict[str, object] = {
        "ours_per_s": round(ours),
        "faust_per_s": round(faust_rate),
        "copy_per_s": round(copied),
        "ratio_to_faust": round(ours / faust_rate, 2),
        "ratio_to_copy": round(ours / copied, 2),
        "cpu_us_per_report": round(cpu_us, 1),
    }
    if latency:
        for per_s in (100, 1_000):
            result[f"latency_at_{per_s}_per_s"] = run_latency(brokers, per_s, 10, folder)
    return result


@contextmanager
def some_broker() -> Iterator[str]:
    """The broker that ENFORCEMENT_BROKERS names, else one of its own."""
    named = os.environ.get("ENFORCEMENT_BROKERS")
    if named:
        yield named
        return
    from pipeline.broker import Broker

    with tempfile.TemporaryDirectory() as folder:
        broker = Broker.start(Path(folder))
        try:
            yield broker.address
        finally:
            broker.stop()


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=60_000, help="how many reports (default 60,000)")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--latency", action="store_true", help="also the latency from report to assignment")
    parser.add_argument(
        "--recognise", action="store_true", help="reports that name no matter, recognised by their text"
    )
    parser.add_argument("--agent", help=argparse.SUPPRESS)
    parser.add_argument("--brokers", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.agent:
        sys.argv[1:] = ["worker", "--without-web"]
        faust_agent(options.brokers, options.agent)
        return
    with some_broker() as brokers, tempfile.TemporaryDirectory() as folder:
        result = measure(
            brokers, options.reports, Path(folder), latency=options.latency, recognise=options.recognise
        )
    if options.json:
        print(json.dumps(result))
        return
    for name, figure in result.items():
        print(f"{name:24} {figure}")


if __name__ == "__main__":
    main()
