"""A street's day on a real broker while everything fails that can; then everything is counted, and nothing may be missing.

    python -m tests.chaos.run --seed 7 --minutes 2 [--brokers 3]

Ends with 0 if nothing was lost, doubled or torn; with 1 and the findings if something was; with 3 if the faults met so
little that the run shows nothing. The same seed gives the same faults and the same day; what they meet differs.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
import time
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import date, datetime
from datetime import time as time_of_day
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from pipeline.broker import borrowed_cluster
from pipeline.broker.cluster import SEVERAL
from pipeline.rulebook import load_rules
from pipeline.settings import Settings
from pipeline.simulate.tally.topic_reader import TopicRecord, read_all, read_entries
from pipeline.simulate.world.day import generate_day
from pipeline.simulate.world.seeded_chance import LOCAL
from pipeline.simulate.world.virtual_clock import VirtualClock
from pipeline.stream import broker_topics as stream_topics
from pipeline.stream.brokers import Brokers
from pipeline.stream.exits import EX_NOPERM
from schemas import topics
from schemas.errors import Unavailable
from schemas.journal.entry import RecordCause
from schemas.partitioning import partition_of
from schemas.wire import codecs
from tests.chaos.disturb import Disturber, passing
from tests.chaos.fleet import Fleet
from tests.chaos.judge import SEALED, Result, audited, environment_of, judge
from tests.chaos.load import Place, Sources, Witness
from tests.chaos.network import Network
from tests.chaos.plan import Fault, Step, faults_of, plan
from tests.stream.fleet.proxy import Proxy

DATE: Final = date(2026, 11, 24)
BEGINS: Final = time_of_day(7, 0)
HOURS: Final = 13.0
HOURS_A_MINUTE: Final[Mapping[int, float]] = {1: 6.5, SEVERAL: 3.25}
"""At most, by the number of brokers: a short run sees less of the day, and several take longer to come back on one machine."""
PARTITIONS: Final = 4
WORKERS: Final = 2
SETTLE_S: Final = 150.0
MAY_END_WITH: Final = {0, -signal.SIGKILL, -signal.SIGTERM}
"""SIGTERM itself ends only a process that is so young that it listens to nothing yet."""


class Stage(NamedTuple):
    """All that a run needs: the brokers, the workers, the people, and who watches."""

    settings: Settings
    clock: VirtualClock
    fleet: Fleet
    sources: Sources
    hears: Witness
    witness: Witness
    disturber: Disturber


def run(
    seed: int,
    minutes: float,
    folder: Path,
    brokers: int = 1,
    faults: Sequence[Fault] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Result:
    """One run in `folder`, of `faults` or all that so many brokers can have. Everything it started has ended when it returns."""
    result = Result(seed, minutes, brokers)
    steps = plan(seed, minutes * 60, faults or faults_of(brokers))
    with ExitStack() as stack:
        stage = _set(seed, minutes * 60, folder, brokers, stack)
        meanwhile = passing(stage.fleet, stage.sources.poll)
        stage.fleet.start()
        stage.hears.start()
        stage.witness.start()
        meanwhile(max(0.0, stage.clock.started - time.time()))
        stage.sources.start()
        _disturb(steps, minutes * 60, stage.disturber, meanwhile, say)
        say("faults are over; what was sent is decided")
        stage.sources.stop()
        result.settled_s = _settle(stage.settings, stage.sources, meanwhile)
        stage.hears.stop()
        stage.fleet.stop()
        judge(result, stage.settings, stage.sources, stage.witness, folder)
        audited(result, stage.settings, stage.clock.settings(), stage.sources.acked)
        stage.witness.stop()
        _tell(result, stage)
    return result


def _set(seed: int, seconds: float, folder: Path, brokers: int, stack: ExitStack) -> Stage:
    """Everything is there and stands still; it ends with `stack`."""
    network = Network(folder / "broker")
    stack.callback(network.close)
    cluster = stack.enter_context(borrowed_cluster(folder / "broker", brokers, seats_of=network.seats_of))
    speed = min(HOURS * 3600 / seconds, HOURS_A_MINUTE[brokers] * 60)
    clock = VirtualClock(datetime.combine(DATE, BEGINS, LOCAL), time.time() + 6, speed)
    settings = _settings(cluster.address, f"chaos{seed}.", folder)
    stream_topics.apply(settings, Brokers(settings))
    proxy = Proxy(cluster.address)
    stack.callback(proxy.close)
    fleet = Fleet(_environment(settings, clock), folder, WORKERS)
    fleet.members[0].environment["ENFORCEMENT_BROKERS"] = proxy.address
    stack.callback(fleet.stop)
    sources = Sources(settings, generate_day(seed, DATE, _streets(seed)), clock, seed)

    def hear(record: TopicRecord) -> None:
        sources.people.hear(codecs.ASSIGNMENT.decode(record.value))

    hears, witness = Witness(settings, (topics.ASSIGNMENTS,), hear), Witness(settings, SEALED)
    disturber = Disturber(cluster, network, proxy, fleet, settings, clock, sources)
    return Stage(settings, clock, fleet, sources, hears, witness, disturber)


def _tell(result: Result, stage: Stage) -> None:
    """What was met, by what the workers and the disturber say."""
    result.faults = {fault.value: times for fault, times in sorted(stage.disturber.done.items()) if times}
    result.met |= stage.fleet.signs()
    exits = Counter(code for member in stage.fleet.members for code in member.exits)
    result.exits = {str(code): many for code, many in sorted(exits.items())}
    expected = MAY_END_WITH | ({EX_NOPERM} if Fault.SECOND_FLEET in stage.disturber.done else set())
    result.findings += [
        f"{many} workers ended with {code}" for code, many in exits.items() if code not in expected
    ]
    result.findings += stage.disturber.findings
    result.longest_silence_s, result.silent_s = _silences(stage)


def _silences(stage: Stage) -> tuple[float, dict[str, float]]:
    """Seconds: the longest of all, and the longest of each fault, whose a silence is in the middle of it."""
    begun = [at for at, _ in stage.disturber.begun]
    longest: dict[str, float] = defaultdict(float)
    for before, after in pairwise(stage.witness.entries_at):
        place = bisect(begun, (before + after) / 2)
        fault = stage.disturber.begun[place - 1][1].value if place else ""
        longest[fault] = max(longest[fault], round(after - before, 1))
    whole = max(longest.values(), default=0.0)
    return whole, {fault: longest[fault] for fault in sorted(longest) if fault}


def _disturb(
    steps: Iterable[Step],
    seconds: float,
    disturber: Disturber,
    meanwhile: Callable[[float], None],
    say: Callable[[str], None],
) -> None:
    began = time.monotonic()
    for step in steps:
        meanwhile(max(0.0, began + step.at_s - time.monotonic()))
        say(f"{time.monotonic() - began:6.1f} s  {step.fault.value} for {step.lasts_s} s")
        disturber.do(step, meanwhile)
    meanwhile(max(0.0, began + seconds - time.monotonic()))


def _settle(settings: Settings, sources: Sources, meanwhile: Callable[[float], None]) -> float:
    """Until everything that was acknowledged is decided; how long it took, or the whole time if it never was."""
    began = time.monotonic()
    while time.monotonic() - began < SETTLE_S:
        meanwhile(1.0)
        try:
            if not _undecided(settings, sources.acked.copy()):
                break
        except Unavailable:
            continue
    return round(time.monotonic() - began, 1)


def _undecided(settings: Settings, acked: Iterable[Place]) -> set[Place]:
    """Records in the topics, or acknowledged as pushed, that have no entry yet."""
    inputs = {(record.topic, record.partition, record.offset) for record in read_all(settings, topics.INPUTS)}
    causes = (entry.cause for entries in read_entries(settings).values() for entry in entries)
    decided = {
        (cause.topic, cause.partition, cause.offset) for cause in causes if isinstance(cause, RecordCause)
    }
    return (inputs | set(acked)) - decided


def _settings(address: str, prefix: str, folder: Path) -> Settings:
    return Settings(
        brokers=address,
        topic_prefix=prefix,
        partitions=PARTITIONS,
        data_dir=folder,
        session_timeout_s=6.0,
        heartbeat_s=1.0,
        tick_s=0.1,
        batch_records_max=50,
    )


def _environment(settings: Settings, clock: VirtualClock) -> dict[str, str]:
    return environment_of(settings) | {"ENFORCEMENT_HTTP_PORT": "0"} | clock.settings()


def _streets(seed: int) -> list[str]:
    """One street in each partition."""
    found: dict[int, str] = {}
    streets = sorted(load_rules(Settings().rules_dir).streets)
    for street in Random(seed).sample(streets, len(streets)):
        found.setdefault(partition_of(street, PARTITIONS), street)
    return sorted(found.values())


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """The command line; its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.run", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--seed", default="7", help="a seed, or several as 1..20")
    parser.add_argument("--minutes", type=float, default=2.0, help="of load under faults, for each seed")
    parser.add_argument(
        "--brokers", type=int, choices=sorted(HOURS_A_MINUTE), default=1, help="several replicate"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the folder: the workers' logs and the broker's data"
    )
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends too
    first, _, last = asked.seed.partition("..")
    worst = 0
    for seed in range(int(first), int(last or first) + 1):
        folder = Path(tempfile.mkdtemp(prefix=f"chaos-{seed}-"))
        result = run(seed, asked.minutes, folder, asked.brokers, say=_say)
        print(json.dumps(asdict(result) | {"unmet": result.unmet}), flush=True)
        worst = max(worst, 1 if result.findings else 3 if result.unmet else 0, key=[0, 3, 1].index)
        if result.findings or asked.keep:
            print(f"kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
