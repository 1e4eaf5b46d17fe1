"""The auditor on a real Kafka: clean while workers work and are killed; a fault that a raw producer writes is found."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from confluent_kafka import Producer
from msgspec.structs import replace

from pipeline.audit.findings import Invariant
from pipeline.simulate.world.day import generate_day
from schemas import topics
from schemas.journal.entry import RecordCause
from schemas.partitioning import partition_of
from schemas.state.case import Case
from schemas.values.terms import AssignmentKind, AssignmentStatus, Stage
from schemas.wire import codecs
from tests.core.story import RULES
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import ROOT, Deployment, until, value_of

STREETS = ("140109004", "140109005")
PARTITIONS = 2
NEVER_HERE = {"T3", "I20", "I21"}
"""Nothing to check without a list of what was acknowledged, and in streets whose people nobody has listed."""


COMMAND = (sys.executable, "-c", "from pipeline.cli import main; main()")


def environment(deployment: Deployment, **settings: str) -> dict[str, str]:
    """The settings of the deployment, as a command reads them."""
    asked = deployment.settings.model_dump(exclude_unset=True) | settings
    return {**os.environ, **{f"ENFORCEMENT_{name.upper()}": str(value) for name, value in asked.items()}}


def enforcement(deployment: Deployment, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command of the command line, for this deployment."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=environment(deployment, **settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def audit(deployment: Deployment, *arguments: str) -> tuple[int, list[dict[str, Any]], dict[str, Any]]:
    """The exit code, the violations, and the summary."""
    done = enforcement(deployment, "audit", "--json", *arguments)
    assert done.stdout, done.stderr
    *violations, summary = map(json.loads, done.stdout.splitlines())
    return done.returncode, violations, summary


def push_a_day(deployment: Deployment) -> int:
    """Two streets' generated day, good and bad; how many records."""
    day = generate_day(5, date(2026, 11, 24), STREETS, 0.3, RULES)
    for partition in range(PARTITIONS):
        records = [
            (push.street.encode(), push.value)
            for push in day.pushes
            if partition_of(push.street, PARTITIONS) == partition
        ]
        deployment.write(topics.REPORTS, records, partition)
    return len(day.pushes)


def sign_everything(deployment: Deployment) -> int:
    """Every team signs for what it was given; how many records."""
    signed = 0
    for partition in range(PARTITIONS):
        actions: list[dict[str, Any]] = []
        for message in deployment.messages(topics.ASSIGNMENTS, partition):
            task = codecs.ASSIGNMENT.decode(value_of(message))
            if (task.kind, task.status) == (AssignmentKind.HANDLE, AssignmentStatus.OPEN):
                actions.append(
                    {
                        "action": "sign",
                        "action_id": f"S{partition}-{len(actions)}",
                        "case_id": task.case_id,
                        "actor": {"id": "W1", "role": "team", "team": task.team},
                        "acted_at": task.at.isoformat(),
                    }
                )
        records = [(action["case_id"][:9].encode(), json.dumps(action).encode()) for action in actions]
        deployment.write(topics.ACTIONS, records, partition)
        signed += len(records)
    return signed


def decided(deployment: Deployment) -> int:
    """How many input records have an entry."""
    return sum(
        isinstance(entry.cause, RecordCause)
        for partition in range(PARTITIONS)
        for entry in deployment.entries(partition)
    )


@contextmanager
def raw_producer(deployment: Deployment, **settings: object) -> Iterator[Producer]:
    """Anybody who may write."""
    producer = Producer({"bootstrap.servers": deployment.settings.brokers, **settings})
    yield producer
    assert producer.flush(60) == 0


def latest_case(deployment: Deployment, partition: int) -> Case:
    """The snapshot written last."""
    written = [m for m in deployment.messages(topics.CASES, partition) if m.key() != topics.POSITION_KEY]
    return codecs.CASE.decode(value_of(written[-1]))


@pytest.mark.slow
def test_a_day_is_clean_while_it_is_worked_and_a_planted_fault_is_found(deploy: Deploy) -> None:
    """Audited while a worker works, is killed and comes back, and afterwards: nothing; then each raw write is named.

    And any case can be had again as it stood, from the journal alone.
    """
    deployment = deploy(partitions=PARTITIONS, batch_records_max=10, transaction_timeout_ms=3_000)
    pushed = push_a_day(deployment)
    worker = deployment.worker(real=True)
    until(60, "in the middle", lambda: decided(deployment) > 20)
    code, violations, _ = audit(deployment, "--once")
    assert (code, violations) == (0, []), "while it works"
    worker.send(signal.SIGKILL)
    worker.wait(60)
    deployment.worker(real=True)
    until(60, "the day decided", lambda: decided(deployment) == pushed)
    signed = sign_everything(deployment)
    until(60, "signed", lambda: decided(deployment) == pushed + signed)
    code, violations, summary = audit(deployment)
    assert (code, violations) == (0, [])
    unchecked = {invariant["invariant"] for invariant in summary["invariants"] if not invariant["checked"]}
    assert unchecked <= NEVER_HERE | {"I5", "I10", "I12"}, unchecked
    assert summary["waiting"] == {topics.REPORTS: 0, topics.ACTIONS: 0}

    assert enforcement(deployment, "audit", "--partition", "9").returncode == 2

    _case_as_it_stood(deployment)
    _since(deployment)
    _watched(deployment)
    _planted(deployment)
    _hanging(deployment)


def _case_as_it_stood(deployment: Deployment) -> None:
    case = latest_case(deployment, 0)
    now, before = case.actions[-1].at, case.facts.opened_at - timedelta(seconds=1)
    told = enforcement(deployment, "replay", "--as-of", now.isoformat(), "--case", case.case_id)
    assert told.stdout.encode().strip() == codecs.CASE.encode(case)
    early = enforcement(deployment, "replay", "--as-of", before.isoformat(), "--case", case.case_id)
    assert early.returncode == 1
    figures = json.loads(enforcement(deployment, "replay", "--as-of", now.isoformat(), "--json").stdout)
    assert figures["open_by_stage"][Stage.SIGNED.value] > 0
    assert figures["figures"]["opened"]["value"] > 20


def _since(deployment: Deployment) -> None:
    """From the middle on: less is read, nothing is found, and the replay says why it was not made."""
    entries = deployment.entries(1)
    middle = entries[len(entries) // 2]
    at = middle.decided_at or middle.at  # the log's own time: what was pushed at once has arrived at once
    code, violations, summary = audit(deployment, "--since", at.isoformat(), "--partition", "1")
    assert (code, violations) == (0, [])
    assert 0 < summary["entries"] < len(entries)
    replay = next(invariant for invariant in summary["invariants"] if invariant["invariant"] == "I14")
    assert replay["skipped"] == ["the journal is not read from its beginning"]


def _watched(deployment: Deployment) -> None:
    """Again and again, with metrics, until somebody interrupts it."""
    process = subprocess.Popen(
        [*COMMAND, "audit", "--watch", "--once", "--no-replay", "--every", "0.1", "--port", "0", "--json"],
        cwd=ROOT, env=environment(deployment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        address = process.stderr.readline().split()[1]
        runs = [json.loads(process.stdout.readline()) for _ in range(2)]
        with urllib.request.urlopen(address, timeout=5) as page:
            text = page.read().decode()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    finally:
        process.kill()
        process.communicate()
    assert all(run["clean"] for run in runs)
    assert 'enforcement_audit_violations{invariant="I1"} 0.0' in text


def _planted(deployment: Deployment) -> None:
    """A ghost of an assignment, and an entry that nobody decided."""
    message = deployment.messages(topics.ASSIGNMENTS)[0]
    ghost = replace(codecs.ASSIGNMENT.decode(value_of(message)), entry_id="0:99:1", team="planning")
    last = deployment.entries()[-1]
    entry = replace(last, seq=last.seq + 1, entry_id=f"0:{last.epoch}:{last.seq + 1}")
    with raw_producer(deployment) as producer:
        name = deployment.settings.topic(topics.ASSIGNMENTS)
        headers: Any = message.headers()
        producer.produce(name, codecs.ASSIGNMENT.encode(ghost), message.key(), 0, headers=headers)
        key = last.events[0].case_id.encode() if hasattr(last.events[0], "case_id") else None
        producer.produce(
            deployment.settings.topic(topics.JOURNAL), codecs.JOURNAL_ENTRY.encode(entry), key, 0
        )
    code, violations, summary = audit(deployment, "--partition", "0")
    assert code == 1
    found = {(violation["invariant"], violation["code"], violation["topic"]) for violation in violations}
    assert ("I13", "output_invented", topics.ASSIGNMENTS) in found
    assert ("I1", "input_decided_twice", topics.JOURNAL) in found
    assert all(
        violation["en"] and violation["zh"] and violation["partition"] == 0 for violation in violations
    )
    assert not summary["clean"]


def _hanging(deployment: Deployment) -> None:
    """Somebody opens a transaction on a topic and goes away."""
    settings = {
        "transactional.id": f"{deployment.settings.topic_prefix}ghost",
        "transaction.timeout.ms": 30_000,
    }
    producer = Producer({"bootstrap.servers": deployment.settings.brokers, **settings})
    producer.init_transactions(20)
    producer.begin_transaction()
    producer.produce(deployment.settings.topic(topics.NOTICES), b"{}", b"duty", 1)
    producer.flush(60)
    code, violations, summary = audit(deployment, "--partition", "1")
    producer.abort_transaction(20)
    assert code == 1
    assert [(violation["invariant"], violation["topic"]) for violation in violations] == [
        ("T0", topics.NOTICES)
    ]
    hidden = [
        invariant["skipped"] for invariant in summary["invariants"] if invariant["invariant"] != Invariant.T0
    ]
    assert all(hidden)
    assert audit(deployment, "--partition", "1")[0] == 0


def test_without_a_broker_it_says_so(deploy: Deploy) -> None:
    """Exit 69 and one line."""
    done = enforcement(deploy(apply=False), "audit", brokers="127.0.0.1:1")
    assert done.returncode == 69
    assert done.stderr.startswith("error[broker_unavailable]")
    assert done.stderr.count("\n") == 1
