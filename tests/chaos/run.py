"""A street's day on a real broker while everything fails that can; then everything is counted, and nothing may be missing.

    python -m tests.chaos.run --seed 7 --minutes 2

Ends with 0 if nothing was lost, doubled or torn; with 1 and the findings if something was; with 3 if the faults met so
little that the run shows nothing. The same seed gives the same faults and the same day; what they meet differs.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from datetime import time as time_of_day
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final, NamedTuple, cast

from confluent_kafka import Message

from pipeline.broker import borrowed_broker
from pipeline.rulebook import load_rules
from pipeline.settings import Settings
from pipeline.simulate.demo.deployment import COMMAND
from pipeline.simulate.tally.day_counts import audit_day, count_day
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
from schemas.wire.envelope import CAUSE
from tests.chaos.disturb import Disturber, passing
from tests.chaos.fleet import Fleet
from tests.chaos.load import Place, Sources, Witness
from tests.chaos.plan import Fault, plan
from tests.stream.fleet.deployment import Deployment
from tests.stream.fleet.ports import low_port
from tests.stream.fleet.proxy import Proxy

DATE: Final = date(2026, 11, 24)
BEGINS: Final = time_of_day(7, 0)
HOURS: Final = 13.0
PARTITIONS: Final = 4
WORKERS: Final = 2
SETTLE_S: Final = 150.0
AUDIT_S: Final = 300.0
MUST_MEET: Final = ("given_up", "retired", "assigned", "dead_letters", "repeated", "timers")
MAY_END_WITH: Final = {0, -signal.SIGKILL, -signal.SIGTERM}
"""SIGTERM itself ends only a process that is so young that it listens to nothing yet."""
SEALED: Final = (topics.JOURNAL, topics.ASSIGNMENTS, topics.RECEIPTS)


@dataclass
class Result:
    """What came of a run."""

    seed: int
    minutes: float
    faults: dict[str, int] = field(default_factory=dict)
    met: dict[str, int] = field(default_factory=dict)
    exits: dict[str, int] = field(default_factory=dict)
    inputs: int = 0
    entries: int = 0
    cases: int = 0
    acked: int = 0
    checks: dict[str, int] = field(default_factory=dict)
    pushed_again: dict[str, int] = field(default_factory=dict)
    longest_silence_s: float = 0.0
    settled_s: float = 0.0
    findings: list[str] = field(default_factory=list)

    @property
    def unmet(self) -> list[str]:
        """What the run had to meet and did not."""
        return [name for name in MUST_MEET if not self.met.get(name)]


class Stage(NamedTuple):
    """All that a run needs: the broker, the workers, the people, and who watches."""

    settings: Settings
    clock: VirtualClock
    fleet: Fleet
    sources: Sources
    hears: Witness
    witness: Witness
    disturber: Disturber


def run(seed: int, minutes: float, folder: Path, say: Callable[[str], None] = lambda _: None) -> Result:
    """One run in `folder`. Everything it started has ended when it returns."""
    result = Result(seed, minutes)
    with ExitStack() as stack:
        stage = _set(seed, minutes * 60, folder, stack)
        meanwhile = passing(stage.fleet, stage.sources.poll)
        stage.fleet.start()
        stage.hears.start()
        stage.witness.start()
        meanwhile(max(0.0, stage.clock.started - time.time()))
        stage.sources.start()
        _disturb(seed, minutes * 60, stage.disturber, meanwhile, say)
        say("faults are over; what was sent is decided")
        stage.sources.stop()
        result.settled_s = _settle(stage.settings, stage.sources, meanwhile)
        stage.hears.stop()
        stage.fleet.stop()
        _judge(result, stage.settings, stage.sources, stage.witness, folder)
        audited(result, stage.settings, stage.clock.settings(), stage.sources.acked)
        stage.witness.stop()
        _tell(result, stage)
    return result


def _set(seed: int, seconds: float, folder: Path, stack: ExitStack) -> Stage:
    """Everything is there and stands still; it ends with `stack`."""
    broker = stack.enter_context(borrowed_broker(folder / "broker", port=low_port()))
    clock = VirtualClock(datetime.combine(DATE, BEGINS, LOCAL), time.time() + 6, HOURS * 3600 / seconds)
    settings = _settings(broker.address, f"chaos{seed}.", folder)
    stream_topics.apply(settings, Brokers(settings))
    proxy = Proxy(broker.address)
    stack.callback(proxy.close)
    fleet = Fleet(_environment(settings, clock), folder, WORKERS)
    fleet.members[0].environment["ENFORCEMENT_BROKERS"] = proxy.address
    stack.callback(fleet.stop)
    sources = Sources(settings, generate_day(seed, DATE, _streets(seed)), clock, seed)

    def hear(record: TopicRecord) -> None:
        sources.people.hear(codecs.ASSIGNMENT.decode(record.value))

    hears, witness = Witness(settings, (topics.ASSIGNMENTS,), hear), Witness(settings, SEALED)
    return Stage(
        settings, clock, fleet, sources, hears, witness, Disturber(broker, proxy, fleet, settings, clock)
    )


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
    result.longest_silence_s = round(max(stage.witness.silences, default=0.0), 1)


def _disturb(
    seed: int,
    seconds: float,
    disturber: Disturber,
    meanwhile: Callable[[float], None],
    say: Callable[[str], None],
) -> None:
    began = time.monotonic()
    for step in plan(seed, seconds):
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


def _judge(result: Result, settings: Settings, sources: Sources, witness: Witness, folder: Path) -> None:
    journal = read_entries(settings)
    entries = [entry for partition in sorted(journal) for entry in journal[partition]]
    audit = audit_day(settings, sources.acked)
    at = max((entry.at for entry in entries), default=datetime.now(LOCAL))
    counts = count_day(journal, at, load_rules(settings.rules_dir), audit)
    result.inputs = sources.sent
    result.acked = len(sources.acked)
    result.entries = len(entries)
    result.cases = counts.cases
    result.met |= {
        "dead_letters": counts.dead_letters,
        "repeated": counts.repeated,
        "timers": sum(not isinstance(entry.cause, RecordCause) for entry in entries),
    }
    findings = result.findings
    findings += [f"{counts.lost} lost"] if counts.lost else []
    findings += [f"{counts.doubled} doubled"] if counts.doubled else []
    findings += (
        [f"{sources.sent - len(sources.acked)} pushes never acknowledged"]
        if len(sources.acked) < sources.sent
        else []
    )
    result.pushed_again = dict(sources.failed)
    findings += [f"{audit.unaccounted} reports unaccounted for"] if audit.unaccounted else []
    findings += _order(settings, folder)
    findings += _witnessed(settings, witness)


def audited(
    result: Result, settings: Settings, clock: Mapping[str, str], acked: Iterable[Place] = ()
) -> None:
    """`enforcement audit`, as somebody outside would run it; what it names is found, and what it checked is counted."""
    places = settings.data_dir / "acknowledged.jsonl"
    places.write_text(
        "".join(
            f"{json.dumps(dict(zip(('topic', 'partition', 'offset'), record, strict=True)))}\n"
            for record in acked
        )
    )
    told = subprocess.run(
        [*COMMAND, "audit", "--json", "--acknowledged", str(places)],
        env={**os.environ, **_told(settings), **clock},
        capture_output=True,
        text=True,
        check=False,
        timeout=AUDIT_S,
    )
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    if told.returncode not in (0, 1) or not lines:
        result.findings.append(f"the audit ended with {told.returncode}: {told.stderr.strip()[-300:]}")
        return
    for line in lines[:-1]:
        where = f"{line['topic']}/{line['partition']}@{line['offset']}"
        result.findings.append(f"{line['invariant']} {line['code']} {where} {line['case_id']}: {line['en']}")
    result.checks = {invariant["invariant"]: invariant["checked"] for invariant in lines[-1]["invariants"]}


def _order(settings: Settings, folder: Path) -> Iterator[str]:
    """Each input decided once and in log order, and answered once; the journal without a gap; time never back."""
    deployment = Deployment(settings, folder)
    for partition in range(settings.partitions):
        entries = deployment.entries(partition)
        if [entry.seq for entry in entries] != list(range(1, len(entries) + 1)):
            yield f"partition {partition}: the journal has a gap or a repeat"
        if any(later.at < earlier.at for earlier, later in pairwise(entries)):
            yield f"partition {partition}: time runs back"
        position = deployment.position(partition)
        if (position.seq if position else 0) != len(entries):
            yield f"partition {partition}: the position does not say what the journal says"
        answered = Counter(_cause(message) for message in deployment.messages(topics.RECEIPTS, partition))
        for topic in topics.INPUTS:
            records = [message.offset() for message in deployment.messages(topic, partition)]
            causes = [
                one.cause.offset
                for one in entries
                if isinstance(one.cause, RecordCause) and one.cause.topic == topic
            ]
            if causes != records:
                yield f"{topic}/{partition}: {len(records)} records, {len(causes)} decided, or not in order"
            unlike = [n for n in records if answered[f"{topic}:{partition}:{n}".encode()] != 1]
            if unlike:
                yield f"{topic}/{partition}: not answered once: {unlike[:3]} of {len(unlike)}"


def _cause(receipt: Message) -> bytes:
    headers = cast("list[tuple[str, bytes]]", receipt.headers() or [])
    return next((value for name, value in headers if name == CAUSE), b"")


def _witnessed(settings: Settings, witness: Witness) -> Iterator[str]:
    """Who read along saw what stands there now: no more, no less, nothing else."""
    final = _places(settings)
    deadline = time.monotonic() + 30
    while set(final) - set(witness.seen) and time.monotonic() < deadline:
        time.sleep(0.2)
    if witness.contradictions:
        yield f"{len(witness.contradictions)} places said something else when they were read again"
    ghosts = set(witness.seen) - set(final)
    if ghosts:
        yield f"{len(ghosts)} records were seen that do not stand there: {sorted(ghosts)[:3]}"
    unseen = set(final) - set(witness.seen)
    if unseen:
        yield f"{len(unseen)} records were never seen by a reader beside: {sorted(unseen)[:3]}"


def _places(settings: Settings) -> dict[Place, None]:
    deployment = Deployment(settings, Path())
    return {
        (topic, partition, message.offset() or 0): None
        for topic in SEALED
        for partition in range(settings.partitions)
        for message in deployment.messages(topic, partition)
    }


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
    return _told(settings) | {"ENFORCEMENT_HTTP_PORT": "0"} | clock.settings()


def _told(settings: Settings) -> dict[str, str]:
    """As the environment of a process."""
    asked = settings.model_dump(exclude_unset=True)
    return {f"ENFORCEMENT_{name.upper()}": str(value) for name, value in asked.items()}


def _streets(seed: int) -> list[str]:
    """One street in each partition."""
    found: dict[int, str] = {}
    streets = sorted(load_rules(Settings().rules_dir).streets)
    for street in Random(seed).sample(streets, len(streets)):
        found.setdefault(partition_of(street, PARTITIONS), street)
    return sorted(found.values())


def main() -> int:
    """The command line; its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.run", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--seed", default="7", help="a seed, or several as 1..20")
    parser.add_argument("--minutes", type=float, default=2.0, help="of load under faults, for each seed")
    parser.add_argument(
        "--keep", action="store_true", help="keep the folder: the workers' logs and the broker's data"
    )
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends too
    first, _, last = asked.seed.partition("..")
    worst = 0
    for seed in range(int(first), int(last or first) + 1):
        folder = Path(tempfile.mkdtemp(prefix=f"chaos-{seed}-"))
        result = run(seed, asked.minutes, folder, lambda line: print(line, file=sys.stderr, flush=True))
        print(json.dumps(asdict(result) | {"unmet": result.unmet}), flush=True)
        worst = max(worst, 1 if result.findings else 3 if result.unmet else 0, key=[0, 3, 1].index)
        if result.findings or asked.keep:
            print(f"kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
