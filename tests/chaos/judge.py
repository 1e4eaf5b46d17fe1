"""What came of a run: everything is counted once it is over, and `enforcement audit` reads all of it."""

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeVar, cast

from confluent_kafka import Message

from pipeline.rulebook import load_rules
from pipeline.settings import Settings
from pipeline.simulate.demo.deployment import COMMAND
from pipeline.simulate.tally.day_counts import audit_day, count_day
from pipeline.simulate.tally.topic_reader import read_entries
from pipeline.simulate.world.seeded_chance import LOCAL
from pipeline.stream.exits import EX_UNAVAILABLE
from schemas import topics
from schemas.errors import Unavailable
from schemas.journal.entry import RecordCause
from schemas.wire.envelope import CAUSE
from tests.chaos.load import Place, Sources, Witness
from tests.stream.fleet.deployment import Deployment

AUDIT_S: Final = 300.0
ANSWERED_S: Final = 120.0
MUST_MEET: Final = (
    ("given_up",),
    ("retired", "renewed"),
    ("assigned",),
    ("dead_letters",),
    ("repeated",),
    ("timers",),
)
"""Of each, one at least."""
T = TypeVar("T")
SEALED: Final = (topics.JOURNAL, topics.ASSIGNMENTS, topics.RECEIPTS)


@dataclass
class Result:
    """What came of a run."""

    seed: int
    minutes: float
    brokers: int
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
    silent_s: dict[str, float] = field(default_factory=dict)
    """By fault: the longest time without a journal entry while it lasted and until the next one."""
    settled_s: float = 0.0
    findings: list[str] = field(default_factory=list)

    @property
    def unmet(self) -> list[str]:
        """What the run had to meet and did not."""
        return [" or ".join(names) for names in MUST_MEET if not any(map(self.met.get, names))]


def judge(result: Result, settings: Settings, sources: Sources, witness: Witness, folder: Path) -> None:
    """Everything is counted: what was lost, doubled, out of order, or seen and gone is found."""
    journal = _answered(lambda: read_entries(settings))
    entries = [entry for partition in sorted(journal) for entry in journal[partition]]
    audit = _answered(lambda: audit_day(settings, sources.acked))
    at = max((entry.at for entry in entries), default=datetime.now(LOCAL))
    counts = count_day(journal, at, load_rules(settings.rules_dir), audit)
    result.inputs = sources.sent
    result.acked = len(sources.acked) + sources.unplaced
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
    unheard = sources.sent - result.acked
    findings += [f"{unheard} pushes never acknowledged"] if unheard else []
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

    def ask() -> subprocess.CompletedProcess[str]:
        told = subprocess.run(
            [*COMMAND, "audit", "--json", "--acknowledged", str(places)],
            env={**os.environ, **environment_of(settings), **clock},
            capture_output=True,
            text=True,
            check=False,
            timeout=AUDIT_S,
        )
        if told.returncode == EX_UNAVAILABLE:
            raise Unavailable("no_answer", told.stderr.strip()[-300:])
        return told

    told = _answered(ask)
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    if told.returncode not in (0, 1) or not lines:
        result.findings.append(f"the audit ended with {told.returncode}: {told.stderr.strip()[-300:]}")
        return
    for line in lines[:-1]:
        where = f"{line['topic']}/{line['partition']}@{line['offset']}"
        result.findings.append(f"{line['invariant']} {line['code']} {where} {line['case_id']}: {line['en']}")
    result.checks = {invariant["invariant"]: invariant["checked"] for invariant in lines[-1]["invariants"]}


def _answered(ask: Callable[[], T]) -> T:
    """What is asked of brokers that have just come through all this, on a busy machine; again until they answer."""
    ends = time.monotonic() + ANSWERED_S
    while True:
        try:
            return ask()
        except Unavailable:
            if time.monotonic() > ends:
                raise


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
    deadline = time.monotonic() + 120
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


def environment_of(settings: Settings) -> dict[str, str]:
    """As the environment of a process."""
    asked = settings.model_dump(exclude_unset=True)
    return {f"ENFORCEMENT_{name.upper()}": str(value) for name, value in asked.items()}
