"""How long a partition is without an owner after kill -9, and how the worker gets over a minute of five times its load.

    python -m benchmarks.failover [--times N] [--json]

other     two workers share the partitions under a steady load, and one is killed for good: seconds until the other has written its
          first entry in each partition of the killed one
restarted one worker is restarted at once after the kill (as by a supervisor, with ENFORCEMENT_INSTANCE_ID so that no partition
          moves): seconds until each partition has an entry of the new process
overload  a minute (`--seconds`) of five times what one worker decides in that time, pushed evenly; then until everything is
          decided. The worker's clock runs 30 times as fast, and nobody acts, so that every case's first deadlines pass while
          records wait: how late timers fired, whether in the order of their deadlines, and the largest memory of the worker
          and of this process

Settings are the defaults; `--set NAME=VALUE` changes one, such as --set session_timeout_s=6.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import psutil
from confluent_kafka import Consumer, Producer, TopicPartition

from benchmarks.throughput import PARTITIONS, STREETS, reports
from pipeline.broker import borrowed_broker
from pipeline.settings import Settings
from pipeline.simulate.demo.deployment import COMMAND
from pipeline.stream import broker_topics as stream_topics
from pipeline.stream.brokers import Brokers
from schemas import topics
from schemas.partitioning import partition_of

STEADY_PER_S = 200
OVERLOAD = 5
PORTION = 2_000
CLOCK = {"ENFORCEMENT_CLOCK_ORIGIN": "2027-03-02T09:00:00+08:00", "ENFORCEMENT_CLOCK_SPEED": "30"}
"""A future Tuesday morning: reports of today are late then, and none lies in the future."""
LIMIT_S = 120.0
DRAIN_S = 1_800.0


class Bench:
    """Topics of one prefix, the workers on them, and the entries they write."""

    def __init__(self, address: str, folder: Path, settings: dict[str, str]) -> None:
        self.settings = Settings(brokers=address, topic_prefix=f"f{uuid4().hex[:6]}.", data_dir=folder)
        self._folder = folder
        stream_topics.apply(self.settings, Brokers(self.settings))
        self.environment = {f"ENFORCEMENT_{name.upper()}": value for name, value in settings.items()} | {
            "ENFORCEMENT_BROKERS": address,
            "ENFORCEMENT_TOPIC_PREFIX": self.settings.topic_prefix,
            "ENFORCEMENT_DATA_DIR": str(folder),
            "ENFORCEMENT_HTTP_PORT": "0",
        }
        self._producer = Producer(
            {
                "bootstrap.servers": address,
                "linger.ms": 5,
                "enable.idempotence": True,
                "queue.buffering.max.messages": 100_000,
                "socket.timeout.ms": 2_000,
                "log_level": 3,
            }
        )
        self._consumer = Consumer(
            {"bootstrap.servers": address, "group.id": f"bench-{uuid4()}", "isolation.level": "read_committed",
             "enable.auto.commit": False, "fetch.wait.max.ms": 10}
        )  # fmt: skip
        places = [TopicPartition(self.settings.topic(topics.JOURNAL), n, 0) for n in range(PARTITIONS)]
        self._consumer.assign(places)
        self.pushed = 0
        self.decided = 0
        self.newest: dict[int, tuple[float, int]] = {}
        """By partition: the monotonic time of its newest entry, and that entry's epoch."""
        self.timers = TimerCounts()

    def worker(self, name: str, **environment: str) -> subprocess.Popen[bytes]:
        """A worker process."""
        log = (self._folder / f"{name}.log").open("ab")
        status = {"ENFORCEMENT_STATUS_FILE": str(self._folder / f"{name}.json")}
        return subprocess.Popen(
            [*COMMAND, "worker"],
            env={**os.environ, **self.environment, **status, **environment},
            stdout=log,
            stderr=log,
        )

    def is_ready(self, *names: str) -> bool:
        """Whether the workers of these names serve."""
        return all((self.settings.data_dir / f"{name}.json").exists() for name in names)

    def log(self, name: str) -> str:
        """What that worker has logged."""
        return (self._folder / f"{name}.log").read_text("utf-8", errors="replace")

    def push(self, many: int) -> None:
        """Push `many` reports, evenly over the partitions."""
        for key, value in reports(many, "f", self.pushed):
            place = partition_of(key.decode(), PARTITIONS)
            while True:
                try:
                    self._producer.produce(self.settings.topic(topics.REPORTS), value, key, place)
                    break
                except BufferError:
                    self._producer.poll(0.05)
        self.pushed += many
        self._producer.poll(0)

    def look(self) -> None:
        """Take up the entries written since the last call."""
        for record in self._consumer.consume(5_000, 0.005):
            if record.error() is None:
                entry = json.loads(record.value() or b"{}")
                cause = entry["cause"]
                if cause["kind"] == "record":
                    self.decided += 1
                else:
                    self.timers.note(record.partition() or 0, cause["due_at"], entry["at"])
                self.newest[record.partition() or 0] = (time.monotonic(), int(entry["epoch"]))

    def under_load_until(self, what: str, done: Callable[[], bool]) -> float:
        """Push a steady load until `done`; the seconds it took."""
        began = time.monotonic()
        pushed = 0
        while not done():
            waited = time.monotonic() - began
            if waited > LIMIT_S:
                raise SystemExit(f"not within {LIMIT_S} s: {what}")
            due = int(waited * STEADY_PER_S) // len(STREETS) * len(STREETS)
            if due > pushed:
                self.push(due - pushed)
                pushed = due
            self.look()
        return time.monotonic() - began

    def epochs(self) -> dict[int, int]:
        """The owner's epoch in each partition."""
        return {partition: epoch for partition, (_, epoch) in self.newest.items()}


def taken_over(bench: Bench) -> float:
    """Seconds until the other worker has written in every partition of the killed one."""
    first, other = bench.worker("one"), bench.worker("other")
    try:
        bench.under_load_until(
            "both work", lambda: bench.is_ready("one", "other") and len(bench.newest) == PARTITIONS
        )
        settled = time.monotonic()
        bench.under_load_until("steady", lambda: time.monotonic() - settled > 3)
        before = bench.epochs()
        first.kill()
        killed = time.monotonic()
        gone: set[int] = set()

        def moved() -> bool:
            gone.update(n for n, epoch in bench.epochs().items() if epoch > before[n])
            quiet = [n for n, (at, _) in bench.newest.items() if time.monotonic() - at > 1.0]
            return bool(gone) and not quiet and time.monotonic() - killed > 2

        bench.under_load_until("taken over", moved)
        return max(bench.newest[n][0] for n in gone) - killed if gone else 0.0
    finally:
        _end(first, other)


def restarted(bench: Bench) -> float:
    """Seconds until the same worker, started anew, has written in every partition."""
    name = {"ENFORCEMENT_INSTANCE_ID": "the-one"}
    worker = bench.worker("one", **name)
    try:
        bench.under_load_until("it works", lambda: len(bench.newest) == PARTITIONS)
        before = bench.epochs()
        worker.kill()
        worker.wait()
        killed = time.monotonic()
        worker = bench.worker("one", **name)
        bench.under_load_until(
            "it works again", lambda: all(bench.epochs()[n] > e for n, e in before.items())
        )
        return time.monotonic() - killed
    finally:
        _end(worker)


def overloaded(bench: Bench, seconds: float) -> dict[str, float]:
    """Push five times the capacity for `seconds`, then drain."""
    worker = bench.worker("one", ENFORCEMENT_CLOCK_STARTED=str(time.time()), **CLOCK)
    sizes = Sizes(worker.pid)
    try:
        bench.under_load_until("it works", lambda: len(bench.newest) == PARTITIONS)
        _drained(bench, sizes)
        began = time.monotonic()
        bench.push(20_000)
        _drained(bench, sizes)
        capacity = 20_000 / (time.monotonic() - began)
        many = int(capacity * OVERLOAD * seconds) // len(STREETS) * len(STREETS)
        idle_mb, before = sizes.worker_mb, bench.decided
        began = time.monotonic()
        _paced(bench, many, seconds, sizes)
        pushed_s, waiting = time.monotonic() - began, many - (bench.decided - before)
        _drained(bench, sizes)
        return {
            "capacity_per_s": round(capacity),
            "pushed": many,
            "pushed_s": round(pushed_s, 1),
            "waiting_then": waiting,
            "decided": bench.decided - before,
            "drained_s": round(time.monotonic() - began - pushed_s, 1),
            "timers": bench.timers.fired,
            "timers_before_an_older": bench.timers.out_of_order,
            "timer_late_max_s": round(bench.timers.late_max_s, 1),
            "memory_before_mb": round(idle_mb),
            "memory_largest_mb": round(sizes.worker_mb),
            "generator_largest_mb": round(sizes.own_mb),
        }
    finally:
        _end(worker)


def _paced(bench: Bench, many: int, seconds: float, sizes: "Sizes") -> None:
    """Push `many` reports evenly over `seconds`, or longer if this machine is too slow."""
    began, pushed = time.monotonic(), 0
    while pushed < many:
        due = min(many, int(many * (time.monotonic() - began) / seconds)) // len(STREETS) * len(STREETS)
        if due > pushed:
            portion = min(due - pushed, PORTION)
            bench.push(portion)
            pushed += portion
        bench.look()
        sizes.measure()


class TimerCounts:
    """Timers in the journal: whether each partition's fired in the order of their deadlines, and how late."""

    def __init__(self) -> None:
        self.fired = self.out_of_order = 0
        self.late_max_s = 0.0
        """In real seconds."""
        self._last: dict[int, datetime] = {}

    def note(self, partition: int, due_at: str, fired_at: str) -> None:
        """Take up a timer's entry; called in the order of the log."""
        due, at = datetime.fromisoformat(due_at), datetime.fromisoformat(fired_at)
        self.fired += 1
        self.out_of_order += due < self._last.get(partition, due)
        self._last[partition] = due
        late_s = (at - due).total_seconds() / float(CLOCK["ENFORCEMENT_CLOCK_SPEED"])
        self.late_max_s = max(self.late_max_s, late_s)


class Sizes:
    """The largest memory so far, MB."""

    def __init__(self, pid: int) -> None:
        self._worker, self._own = psutil.Process(pid), psutil.Process()
        self.worker_mb = self.own_mb = 0.0

    def measure(self) -> None:
        """Measure now."""
        if self._worker.status() == psutil.STATUS_ZOMBIE:
            raise SystemExit("the worker ended by itself")
        self.worker_mb = max(self.worker_mb, self._worker.memory_info().rss / 1e6)
        self.own_mb = max(self.own_mb, self._own.memory_info().rss / 1e6)


def _drained(bench: Bench, sizes: Sizes) -> None:
    """Wait until everything pushed is decided."""
    ends = time.monotonic() + DRAIN_S
    while bench.decided < bench.pushed:
        if time.monotonic() > ends:
            raise SystemExit(f"only {bench.decided} of {bench.pushed} are decided after {DRAIN_S:.0f} s")
        bench.look()
        sizes.measure()


def _end(*workers: subprocess.Popen[bytes]) -> None:
    for worker in workers:
        worker.kill()
        worker.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--only", choices=("other", "restarted", "overload"))
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="of overload; draining takes five times as long"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    settings = dict(setting.split("=", 1) for setting in options.set)
    result: dict[str, object] = {"settings": settings}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a signal also ends what was started
    with (
        tempfile.TemporaryDirectory() as folder,
        borrowed_broker(Path(folder) / "broker") as broker,
    ):

        def bench(name: str) -> Bench:
            place = Path(folder) / name
            place.mkdir()
            return Bench(broker.address, place, settings)

        for name, measure in (("other", taken_over), ("restarted", restarted)):
            if options.only in (None, name):
                took = [round(measure(bench(f"{name}-{number}")), 2) for number in range(options.times)]
                result[f"{name}_s"] = {"median": statistics.median(took), "largest": max(took), "all": took}
        if options.only in (None, "overload"):
            result["overload"] = overloaded(bench("overload"), options.seconds)
    sys.stdout.write(json.dumps(result) + "\n" if options.json else _table(result))
    return 0


def _table(result: dict[str, object]) -> str:
    return "".join(f"{name:12} {value}\n" for name, value in result.items())


if __name__ == "__main__":
    raise SystemExit(main())
