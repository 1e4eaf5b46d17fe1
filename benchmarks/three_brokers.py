"""How long partitions are silent while one of three brokers fails, and whether anything was lost or doubled by it.

    python -m benchmarks.three_brokers [--only SCENE] [--times N] [--json]

coordinator_frozen  the broker that coordinates the workers' group is frozen (SIGSTOP, a host without power) for 55 s
leader_frozen       one that leads partitions, and coordinates nothing, is frozen for 15 s
leader_killed       that one is killed (SIGKILL), and started again 5 s later
rolling_restart     each is stopped in order and started again, one after the other
two_away            two are killed, and started again 5 s later; one alone acknowledges nothing

Two workers share four partitions under a steady load of 20 reports a second in each. For each partition: the longest time without a
journal entry (`silent_s`), and beside it the longest without a report (`sources_wait_s`), both by the brokers' stamps: what the sources
themselves must wait for is the brokers' share. `exits` are workers that ended; `opened` counts openings; `audit` is what `enforcement audit`
found once all was decided.

Settings are the defaults; `--set NAME=VALUE` changes one.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Final

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from benchmarks.failover import Bench
from benchmarks.throughput import PARTITIONS, STREETS
from pipeline.broker import Broker, Cluster, borrowed_cluster
from pipeline.settings import Settings
from pipeline.simulate.demo.deployment import COMMAND
from schemas import topics

PER_S: Final = 20 * PARTITIONS
STEADY_S: Final = 5.0
AFTER_S: Final = 12.0
AWAY_S: Final = 5.0
ANSWER_S: Final = 30.0
DECIDED_S: Final = 300.0


class Scenery:
    """A deployment on three brokers. A scene leaves all of them running."""

    def __init__(self, bench: Bench, cluster: Cluster) -> None:
        self.bench = bench
        self._folder = cluster.folder

    @property
    def brokers(self) -> Sequence[Broker]:
        """As they run now."""
        found = Cluster.find(self._folder)
        return found.brokers if found else ()

    def coordinator(self) -> Broker:
        """The one that coordinates the workers' group."""
        return self.brokers[coordinator(self.bench.settings) - 1]

    def leader(self) -> Broker:
        """The one that leads most inputs, of those that do not coordinate the group."""
        return self.brokers[leader(self.bench.settings) - 1]


@contextmanager
def frozen(broker: Broker) -> Iterator[None]:
    """It answers nothing and closes nothing, as a host without power."""
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(broker.pid, signal.SIGCONT)


def coordinator(settings: Settings, answer_s: float = ANSWER_S) -> int:
    """The number of the broker that coordinates the workers' group."""
    group = f"{settings.topic_prefix}{settings.app_id}"
    client = _admin(settings)  # a client that is forgotten answers nothing
    answers = client.describe_consumer_groups([group], request_timeout=answer_s)
    return int(answers[group].result(answer_s).coordinator.id)


def leader(settings: Settings, answer_s: float = ANSWER_S) -> int:
    """The number of the broker that leads most inputs; of several, one that does not coordinate the group."""
    known = _admin(settings).list_topics(timeout=answer_s)
    leads = Counter(
        part.leader
        for name in topics.INPUTS
        for part in known.topics[settings.topic(name)].partitions.values()
    )
    others = set(known.brokers) - {coordinator(settings, answer_s)} or set(known.brokers)
    return max(others, key=lambda number: leads[number])


def _admin(settings: Settings) -> AdminClient:
    return AdminClient({"bootstrap.servers": settings.brokers, "log_level": 0})


def coordinator_frozen(scenery: Scenery) -> None:
    """For 55 s."""
    with frozen(scenery.coordinator()):
        time.sleep(55)


def leader_frozen(scenery: Scenery) -> None:
    """For 15 s."""
    with frozen(scenery.leader()):
        time.sleep(15)


def leader_killed(scenery: Scenery) -> None:
    """And back."""
    broker = scenery.leader()
    broker.kill()
    time.sleep(AWAY_S)
    broker.restart()


def rolling_restart(scenery: Scenery) -> None:
    """As for an upgrade."""
    for broker in scenery.brokers:
        broker.restart()
        time.sleep(AWAY_S)


def two_away(scenery: Scenery) -> None:
    """And back."""
    away = scenery.brokers[1:]
    for broker in away:
        broker.kill()
    time.sleep(AWAY_S)
    for broker in away:
        broker.restart()


SCENES: Final[Mapping[str, Callable[[Scenery], None]]] = {
    scene.__name__: scene
    for scene in (coordinator_frozen, leader_frozen, leader_killed, rolling_restart, two_away)
}


def played(scene: Callable[[Scenery], None], bench: Bench, cluster: Cluster) -> dict[str, object]:
    """The scene under load; what stood still and for how long, and what the audit finds."""
    workers = {name: bench.worker(name) for name in ("one", "other")}
    try:
        bench.under_load_until(
            "both work", lambda: bench.is_ready(*workers) and len(bench.newest) == PARTITIONS
        )
        with loaded(bench):
            time.sleep(STEADY_S)
            began = time.time()
            scene(Scenery(bench, cluster))
            time.sleep(AFTER_S)
            ended = time.time()
        _wait_until_decided(bench)
        exits = [worker.returncode for worker in workers.values() if worker.poll() is not None]
    finally:
        for worker in workers.values():
            worker.kill()
            worker.wait()
    longest = {
        name: dict(gaps(cluster.address, bench.settings.topic(name), began - 1, ended))
        for name in (topics.JOURNAL, topics.REPORTS)
    }
    return {
        "silent_s": longest[topics.JOURNAL],
        "sources_wait_s": longest[topics.REPORTS],
        "opened": sum(bench.log(name).count(" open: epoch ") for name in workers),
        "exits": exits,
        "reports": bench.pushed,
        "audit": _audited(bench),
    }


@contextmanager
def loaded(bench: Bench) -> Iterator[None]:
    """Reports at a steady rate, from a thread of their own."""
    done = threading.Event()

    def push() -> None:
        began, pushed = time.monotonic(), 0
        while not done.wait(0.02):
            due = int((time.monotonic() - began) * PER_S) // len(STREETS) * len(STREETS)
            if due > pushed:
                bench.push(due - pushed)
                pushed = due

    thread = threading.Thread(target=push, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _wait_until_decided(bench: Bench) -> None:
    ends = time.monotonic() + DECIDED_S
    while bench.decided < bench.pushed:
        if time.monotonic() > ends:
            raise SystemExit(f"only {bench.decided} of {bench.pushed} are decided after {DECIDED_S:.0f} s")
        bench.look()


def _audited(bench: Bench) -> str:
    """The audit's last line."""
    told = subprocess.run(
        [*COMMAND, "audit"],
        env={**os.environ, **bench.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return f"exit {told.returncode}: {told.stdout.strip().splitlines()[-1] if told.stdout.strip() else told.stderr.strip()}"


def gaps(address: str, topic: str, began: float, ended: float) -> Iterator[tuple[int, float]]:
    """Each partition with the longest time between two of its records, seconds, by the brokers' stamps (`began` and `ended` are Unix times)."""
    reader = Consumer(
        {"bootstrap.servers": address, "group.id": "gaps", "isolation.level": "read_committed", "enable.auto.commit": False}
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
    parser.add_argument("--only", choices=SCENES)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where workers' and brokers' logs stay")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a signal also ends what was started
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        with borrowed_cluster(folder / "brokers") as cluster:
            for name in SCENES if options.only is None else [options.only]:
                for number in range(options.times):
                    place = folder / f"{name}-{number}"
                    place.mkdir()
                    bench = Bench(cluster.address, place, dict(each.split("=", 1) for each in options.set))
                    result = played(SCENES[name], bench, cluster)
                    lines = [name, *(f"  {key}: {value}" for key, value in result.items())]
                    print(json.dumps({name: result}) if options.json else "\n".join(lines), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
