"""How long partitions are silent while one of three brokers does not answer, with its connections open: a host without power.

    python benchmarks/silence.py [--only coordinator|leader] [--json]

coordinator  the broker that coordinates the workers' group is frozen (SIGSTOP) for 55 s
leader       one that leads partitions, and coordinates nothing, is frozen for 15 s

Two workers share four partitions under a steady load of 20 reports a second in each. For each partition: the longest time without a
journal entry, and beside it the longest without a report, both by the brokers' stamps: what the sources themselves must wait for is the
brokers' share. `open` counts how often a partition was opened anew, `exits` the workers that ended.

Settings are the defaults; `--set NAME=VALUE` changes one.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from benchmarks.failover import Bench
from benchmarks.throughput import PARTITIONS, STREETS
from pipeline.broker import Broker, borrowed_cluster
from pipeline.broker.cluster import Cluster
from schemas import topics

PER_S = 20 * PARTITIONS
STEADY_S = 5.0
AFTER_S = 12.0
ANSWER_S = 30.0
FROZEN_S: Mapping[str, float] = {"coordinator": 55.0, "leader": 15.0}


def coordinator(bench: Bench, cluster: Cluster) -> int:
    """The number of the broker that coordinates the workers' group."""
    admin = AdminClient({"bootstrap.servers": cluster.address})
    group = f"{bench.settings.topic_prefix}{bench.settings.app_id}"
    found = admin.describe_consumer_groups([group], request_timeout=ANSWER_S)[group].result(ANSWER_S)
    return int(found.coordinator.id)


def leader(bench: Bench, cluster: Cluster) -> int:
    """The number of the broker that leads most inputs, of those that do not coordinate the group."""
    known = AdminClient({"bootstrap.servers": cluster.address}).list_topics(timeout=ANSWER_S).topics
    leaders = [
        part.leader
        for name in topics.INPUTS
        for part in known[bench.settings.topic(name)].partitions.values()
    ]
    others = {broker.seat.node_id for broker in cluster.brokers} - {coordinator(bench, cluster)}
    return max(sorted(others), key=leaders.count)


def silences(
    bench: Bench, cluster: Cluster, choose: Callable[[Bench, Cluster], int], frozen_s: float
) -> dict[str, object]:
    """Freeze the broker that is chosen, under load; what stood still, and for how long."""
    workers = {name: bench.worker(name) for name in ("one", "other")}
    try:
        bench.under_load_until(
            "both work", lambda: bench.is_ready(*workers) and len(bench.newest) == PARTITIONS
        )
        load = Load(bench)
        load.pass_s(STEADY_S)
        number = choose(bench, cluster)
        began = time.time()
        with frozen(cluster.brokers[number - 1]):
            load.pass_s(frozen_s)
        load.pass_s(AFTER_S)
        ended = time.time()
        exits = [worker.returncode for worker in workers.values() if worker.poll() is not None]
    finally:
        for worker in workers.values():
            worker.kill()
            worker.wait()
    stamps = {
        name: dict(gaps(cluster.address, bench.settings.topic(name), began - 1, ended))
        for name in (topics.JOURNAL, topics.REPORTS)
    }
    logs = {name: (bench.settings.data_dir / f"{name}.log").read_text(errors="replace") for name in workers}
    return {
        "frozen": f"broker {number} for {frozen_s:.0f} s",
        "silent_s": stamps[topics.JOURNAL],
        "sources_wait_s": stamps[topics.REPORTS],
        "open": sum(log.count(" open: epoch ") for log in logs.values()),
        "exits": exits,
    }


@contextmanager
def frozen(broker: Broker) -> Iterator[None]:
    """It answers nothing and closes nothing."""
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(broker.pid, signal.SIGCONT)


class Load:
    """Reports at a steady rate."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._began = time.monotonic()
        self._pushed = 0

    def pass_s(self, seconds: float) -> None:
        """So much time passes."""
        ends = time.monotonic() + seconds
        while (now := time.monotonic()) < ends:
            due = int((now - self._began) * PER_S) // len(STREETS) * len(STREETS)
            if due > self._pushed:
                self._bench.push(due - self._pushed)
                self._pushed = due
            time.sleep(0.02)


def gaps(address: str, topic: str, began: float, ended: float) -> Iterator[tuple[int, float]]:
    """Each partition with the longest time between two of its records, seconds, by the brokers' stamps (`began` and `ended` are Unix times)."""
    reader = Consumer(
        {"bootstrap.servers": address, "group.id": "silence", "isolation.level": "read_committed", "enable.auto.commit": False}
    )  # fmt: skip
    for partition in range(PARTITIONS):
        _, end = reader.get_watermark_offsets(TopicPartition(topic, partition), ANSWER_S)
        reader.assign([TopicPartition(topic, partition, 0)])
        stamps: list[float] = []
        while reader.position([TopicPartition(topic, partition)])[0].offset < end:
            records = [record for record in reader.consume(1_000, 1.0) if record.error() is None]
            stamps += [record.timestamp()[1] / 1_000 for record in records]
        within = [began, *(stamp for stamp in stamps if began < stamp < ended), ended]
        yield partition, round(max(later - earlier for earlier, later in pairwise(within)), 1)
    reader.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--only", choices=FROZEN_S)
    parser.add_argument("--keep", type=Path, help="where workers' and brokers' logs stay")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a signal also ends what was started
    choices = {"coordinator": coordinator, "leader": leader}
    result = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        with borrowed_cluster(folder / "brokers") as cluster:
            for name, choose in choices.items():
                if options.only in (None, name):
                    place = folder / name
                    place.mkdir()
                    bench = Bench(cluster.address, place, dict(each.split("=", 1) for each in options.set))
                    result[name] = silences(bench, cluster, choose, FROZEN_S[name])
                    if not options.json:
                        print(
                            name,
                            *(f"{key}: {value}" for key, value in result[name].items()),
                            sep="\n  ",
                            flush=True,
                        )
    if options.json:
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
