"""How long a partition is without an owner after kill -9, and how a minute of five times the load is got over.

    python benchmarks/failover.py [--times N] [--json]

other     two workers share the partitions under a steady load; one is killed and does not come back: until the other has
          written its first entry in each partition that was the dead one's
restarted one worker, started anew at once after the kill (a supervisor's restart, with ENFORCEMENT_INSTANCE_ID so that no
          partition moves): until each partition has an entry of the new process
overload  the input of so many seconds (`--seconds`) at five times of what one worker decides, pushed as fast as it goes:
          until everything is decided, and the largest memory of the worker meanwhile

With the default settings; `--set NAME=VALUE` changes one, such as --set session_timeout_s=6.
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
from pathlib import Path
from uuid import uuid4

import psutil
from confluent_kafka import Consumer, Producer, TopicPartition

from benchmarks.throughput import PARTITIONS, STREETS, reports
from pipeline.broker import borrowed_broker
from pipeline.settings import Settings
from pipeline.simulate.surroundings import COMMAND
from pipeline.stream import topics as stream_topics
from pipeline.stream.brokers import Brokers
from schemas import topics
from schemas.partitioning import partition_of

STEADY_PER_S = 200
OVERLOAD = 5
LIMIT_S = 120.0
DRAIN_S = 900.0


class Bench:
    """Topics of one prefix, the workers on them, and what comes out of them."""

    def __init__(self, address: str, folder: Path, asked: dict[str, str]) -> None:
        self.settings = Settings(brokers=address, topic_prefix=f"f{uuid4().hex[:6]}.", data_dir=folder)
        self._folder = folder
        stream_topics.apply(self.settings, Brokers(self.settings))
        self._asked = {f"ENFORCEMENT_{name.upper()}": value for name, value in asked.items()} | {
            "ENFORCEMENT_BROKERS": address,
            "ENFORCEMENT_TOPIC_PREFIX": self.settings.topic_prefix,
            "ENFORCEMENT_DATA_DIR": str(folder),
            "ENFORCEMENT_HTTP_PORT": "0",
        }
        self._producer = Producer(
            {"bootstrap.servers": address, "linger.ms": 5, "queue.buffering.max.messages": 1_000_000}
        )
        self._consumer = Consumer(
            {"bootstrap.servers": address, "group.id": f"bench-{uuid4()}", "isolation.level": "read_committed",
             "enable.auto.commit": False, "fetch.wait.max.ms": 10}
        )  # fmt: skip
        places = [TopicPartition(self.settings.topic(topics.JOURNAL), n, 0) for n in range(PARTITIONS)]
        self._consumer.assign(places)
        self._number = 0
        self.pushed = 0
        self.decided = 0
        self.newest: dict[int, tuple[float, int]] = {}
        """By partition: when its newest entry came, and its owner's epoch."""

    def worker(self, name: str, **asked: str) -> subprocess.Popen[bytes]:
        """A worker process."""
        log = (self._folder / f"{name}.log").open("ab")
        status = {"ENFORCEMENT_STATUS_FILE": str(self._folder / f"{name}.json")}
        return subprocess.Popen(
            [*COMMAND, "worker"], env={**os.environ, **self._asked, **status, **asked}, stdout=log, stderr=log
        )

    def push(self, many: int) -> None:
        """So many reports, evenly over the partitions."""
        for key, value in reports(many, f"{self._number}"):
            self._producer.produce(
                self.settings.topic(topics.REPORTS), value, key, partition_of(key.decode(), PARTITIONS)
            )
        self._number += 1
        self.pushed += many
        self._producer.poll(0)

    def look(self) -> None:
        """What has come since."""
        for record in self._consumer.consume(5_000, 0.005):
            if record.error() is None:
                entry = json.loads(record.value() or b"{}")
                self.decided += entry["cause"]["kind"] == "record"
                self.newest[record.partition() or 0] = (time.monotonic(), int(entry["epoch"]))

    def under_load_until(self, what: str, done: Callable[[], bool]) -> float:
        """Seconds of steady load until it is so."""
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
    one, other = bench.worker("one"), bench.worker("other")
    try:
        bench.under_load_until(
            "both work", lambda: _are_ready(bench, "one", "other") and len(bench.newest) == PARTITIONS
        )
        settled = time.monotonic()
        bench.under_load_until("steady", lambda: time.monotonic() - settled > 3)
        before = bench.epochs()
        one.kill()
        killed = time.monotonic()
        gone: set[int] = set()

        def moved() -> bool:
            gone.update(n for n, epoch in bench.epochs().items() if epoch > before[n])
            quiet = [n for n, (at, _) in bench.newest.items() if time.monotonic() - at > 1.0]
            return bool(gone) and not quiet and time.monotonic() - killed > 2

        bench.under_load_until("taken over", moved)
        return max(bench.newest[n][0] for n in gone) - killed if gone else 0.0
    finally:
        _end(one, other)


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
    """Five times the load for so long: pushed, then drained."""
    worker = bench.worker("one")
    process = psutil.Process(worker.pid)
    try:
        bench.under_load_until("it works", lambda: len(bench.newest) == PARTITIONS)
        _drained(bench, process)
        began = time.monotonic()
        bench.push(20_000)
        _drained(bench, process)
        capacity = 20_000 / (time.monotonic() - began)
        many = int(capacity * OVERLOAD * seconds) // len(STREETS) * len(STREETS)
        idle_mb, before = process.memory_info().rss / 1e6, bench.decided
        began, left = time.monotonic(), many
        while left:
            bench.push(min(20_000, left))
            left -= min(20_000, left)
            bench.look()
        largest = _drained(bench, process)
        return {
            "capacity_per_s": round(capacity),
            "pushed": many,
            "decided": bench.decided - before,
            "drained_s": round(time.monotonic() - began, 1),
            "memory_before_mb": round(idle_mb),
            "memory_largest_mb": round(largest),
        }
    finally:
        _end(worker)


def _drained(bench: Bench, process: psutil.Process) -> float:
    """Wait until everything pushed is decided; the largest memory of the worker meanwhile, MB."""
    ends, largest = time.monotonic() + DRAIN_S, 0.0
    while bench.decided < bench.pushed:
        if time.monotonic() > ends:
            raise SystemExit(f"only {bench.decided} of {bench.pushed} are decided after {DRAIN_S:.0f} s")
        bench.look()
        largest = max(largest, process.memory_info().rss / 1e6)
    return largest


def _are_ready(bench: Bench, *names: str) -> bool:
    return all((bench.settings.data_dir / f"{name}.json").exists() for name in names)


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
        "--seconds", type=float, default=12.0, help="of overload; draining takes five times as long"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    asked = dict(one.split("=", 1) for one in options.set)
    found: dict[str, object] = {"settings": asked}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends too
    with (
        tempfile.TemporaryDirectory() as folder,
        borrowed_broker(Path(folder) / "broker") as broker,
    ):

        def bench(name: str) -> Bench:
            place = Path(folder) / name
            place.mkdir()
            return Bench(broker.address, place, asked)

        for name, measure in (("other", taken_over), ("restarted", restarted)):
            if options.only in (None, name):
                took = [round(measure(bench(f"{name}-{number}")), 2) for number in range(options.times)]
                found[f"{name}_s"] = {"median": statistics.median(took), "largest": max(took), "all": took}
        if options.only in (None, "overload"):
            found["overload"] = overloaded(bench("overload"), options.seconds)
    sys.stdout.write(json.dumps(found) + "\n" if options.json else _table(found))
    return 0


def _table(found: dict[str, object]) -> str:
    return "".join(f"{name:12} {value}\n" for name, value in found.items())


if __name__ == "__main__":
    raise SystemExit(main())
