"""A partition whose last entry is dated ahead of the brokers: the opening names the command that heals it, and the command heals."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.stream.partition.batch import OpenPartition
from pipeline.stream.partition.ledger import Fenced
from pipeline.stream.worker_clock import WorkerClock
from schemas import topics
from schemas.journal.entry import JournalEntry, SetBackCause
from schemas.journal.partition_events import TimeSetBack
from tests.audit.on_a_broker.test_day import audit, enforcement, environment
from tests.stream.fleet.counting import STREET
from tests.stream.fleet.deployment import ROOT, Deployment, until

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
A_DAY_AHEAD = WorkerClock(EPOCH + DAY, 0.0, 1.0)
"""As workers of 0.1 had it: what their machine showed was written on entries."""
WHO_AND_WHY = ("--actor", "W0931", "--reason", "clock of worker 2 a day ahead")
DYING = """
import os, signal
from pipeline.stream.partition.ledger import Ledger
commit = Ledger.commit
def dying(self):
    {before}
    os.kill(os.getpid(), signal.SIGKILL)
Ledger.commit = dying
from pipeline.cli import main
main()
"""


def set_back(deployment: Deployment, *more: str, partition: int = 0) -> subprocess.CompletedProcess[str]:
    """The command, for a partition of the deployment."""
    options = ("--partition", str(partition), *WHO_AND_WHY, *(more or ("--yes",)))
    return enforcement(deployment, "topics", "set-back", *options)


def report(number: int) -> bytes:
    """A case of its own."""
    content = {
        "source": "12345",
        "source_no": f"S{number}",
        "street": STREET,
        "matter": "SR-001",
        "reported_at": datetime.now(UTC).isoformat(),
        "place": {"address": f"兴华街{number}号"},
        "text": "占道经营",
    }
    return json.dumps(content, ensure_ascii=False).encode()


def push(deployment: Deployment, *numbers: int) -> None:
    deployment.write(topics.REPORTS, [(STREET.encode(), report(number)) for number in numbers])


def dated_ahead(deployment: Deployment) -> None:
    """A worker whose clock is a day ahead has decided two records."""
    deployment.put(["a", "b"])
    opened = deployment.open(clock=A_DAY_AHEAD)
    deployment.work(opened)
    opened.ledger.close()


def is_of_now(entry: JournalEntry) -> bool:
    return abs(datetime.now(UTC) - entry.at) < timedelta(minutes=5)


def reopened(deployment: Deployment) -> OpenPartition:
    """The partition, once what its last owner left is settled."""
    return deployment.open()


def test_the_opening_says_that_a_partition_is_ahead_with_the_command_that_heals_it(
    deployment: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    """One line; its command runs as it stands, and from then on all counts as of when it comes."""
    dated_ahead(deployment)
    reopened(deployment).ledger.close()
    (line,) = [record.getMessage() for record in caplog.records if "dated" in record.getMessage()]
    assert "\n" not in line
    command = re.search(r"enforcement (topics set-back --partition 0) --actor ID --reason TEXT", line)
    assert command is not None, line
    healed = enforcement(deployment, *command[1].split(), *WHO_AND_WHY, "--yes")
    assert healed.returncode == 0, healed.stderr
    assert "entries dated ahead: 2; cases touched by them: 2" in healed.stdout

    caplog.clear()
    deployment.put(["c"])
    opened = reopened(deployment)
    deployment.work(opened)
    assert not [record for record in caplog.records if "dated" in record.getMessage()]
    *_, bad, healing, new = deployment.entries()
    assert healing.cause == SetBackCause(by="W0931", reason="clock of worker 2 a day ahead")
    assert healing.events == (TimeSetBack(before=bad.at),)
    assert healing.at <= new.at < bad.at
    assert is_of_now(new)
    assert [entry.seq for entry in deployment.entries()] == [1, 2, 3, 4]


def test_what_waited_while_the_partition_was_ahead_counts_from_when_it_came(deployment: Deployment) -> None:
    """The time goes back to the oldest record that waits: whoever was in time is not late for the wrong clock."""
    dated_ahead(deployment)
    deployment.put(["waits"])
    arrived = deployment.messages(topics.REPORTS)[-1].timestamp()[1] / 1_000
    until(60, "some time passes", lambda: time.time() > arrived + 2)
    assert set_back(deployment).returncode == 0
    deployment.work(reopened(deployment))
    *_, healing, waited = deployment.entries()
    assert healing.at == waited.at == EPOCH + timedelta(seconds=arrived)


def test_it_names_what_fired_before_it_was_due(deployment: Deployment) -> None:
    """A case of today, whose deadline in an hour a worker of tomorrow took for over: people are to look at it."""
    deployment.put(["arm:3600"])
    today = deployment.open()
    deployment.work(today)
    today.ledger.close()
    deployment.put(["b"])
    deployment.work(deployment.open(clock=A_DAY_AHEAD))
    shown, done = map(json.loads, set_back(deployment, "--yes", "--json").stdout.splitlines())
    assert [(case["opened"], len(case["fired"])) for case in shown["cases"]] == [(False, 1), (False, 0)]
    assert shown["cases"][0]["fired"][0]["due_at"] < shown["at"]
    assert done["before"] == shown["at"]


def test_what_was_set_back_before_is_not_named_again(deployment: Deployment) -> None:
    """It still is dated ahead, and people have looked at it."""
    deployment.put(["a"])
    opened = deployment.open(clock=WorkerClock(EPOCH + 9 * DAY, 0.0, 1.0))
    deployment.work(opened)
    opened.ledger.close()
    assert set_back(deployment).returncode == 0
    dated_ahead(deployment)
    shown = json.loads(set_back(deployment, "--yes", "--json").stdout.splitlines()[0])
    assert (shown["entries"], len(shown["cases"])) == (2, 2)


def test_a_partition_that_is_not_ahead_is_refused_and_nothing_is_written(deployment: Deployment) -> None:
    """One never worked, a healthy one, and one that was set back already: each with the same code."""
    never = set_back(deployment)
    dated_ahead(deployment)
    first, second = set_back(deployment), set_back(deployment)
    assert (never.returncode, first.returncode, second.returncode) == (1, 0, 1)
    assert "error[not_ahead]" in never.stderr
    assert "error[not_ahead]" in second.stderr
    assert len(deployment.entries()) == 3
    assert reopened(deployment).seq == 3


def test_whoever_says_no_has_changed_nothing(deployment: Deployment) -> None:
    """It asks before it writes or fences; a script that does not answer is no yes; wrong input never gets so far."""
    dated_ahead(deployment)
    position = deployment.position()
    asked = set_back(deployment, "--lang", "zh")
    assert asked.returncode == 130
    assert "拨回" in asked.stderr
    elsewhere = set_back(deployment, partition=7)
    assert elsewhere.returncode == 2
    assert "error[out_of_range]" in elsewhere.stderr
    unsaid = enforcement(
        deployment, "topics", "set-back", "--partition", "0", "--actor", "W 1", "--reason", "", "--yes"
    )
    assert unsaid.returncode == 2
    assert deployment.position() == position


@pytest.mark.parametrize(("before", "entries"), [("self._flush()", 2), ("commit(self)", 3)])
def test_a_kill_in_the_middle_leaves_nothing_of_it_or_all(
    deployment: Deployment, before: str, entries: int
) -> None:
    """Killed when all is sent and nothing committed, and just after the commit; then it is done once more, or is done."""
    dated_ahead(deployment)
    killed = subprocess.run(
        [sys.executable, "-c", DYING.format(before=before), "topics", "set-back", "--partition", "0", *WHO_AND_WHY, "--yes"],
        cwd=ROOT,
        env=environment(deployment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    opened = reopened(deployment)
    opened.ledger.close()
    assert opened.seq == len(deployment.entries()) == entries
    assert set_back(deployment).returncode == (0 if entries == 2 else 1)
    assert len(deployment.entries()) == 3


def test_an_owner_that_was_fenced_by_it_writes_nothing_more(deployment: Deployment) -> None:
    """It has the old time in memory; its next transaction fails, and what it would have decided is decided by the next one."""
    dated_ahead(deployment)
    owner = reopened(deployment)
    assert set_back(deployment).returncode == 0
    deployment.put(["c"])
    with pytest.raises(Fenced):
        deployment.work(owner)
    deployment.work(reopened(deployment))
    assert is_of_now(deployment.entries()[-1])


@pytest.mark.slow
def test_a_worker_at_work_goes_on_by_itself_and_the_auditor_finds_only_what_was_dated_ahead(
    deploy: Callable[..., Deployment],
) -> None:
    """The real worker, fenced in the middle of its work, decides what comes next as of now; nobody starts it anew."""
    deployment = deploy()
    push(deployment, 1, 2)
    early = deployment.worker(
        real=True, clock_origin=(EPOCH + DAY).isoformat(), clock_started="0", clock_speed="1"
    ).wait_ready(60)
    until(60, "two are decided", lambda: deployment.decided() == 2)
    early.send(signal.SIGTERM)
    early.wait(60)

    worker = deployment.worker(real=True).wait_ready(60)
    push(deployment, 3)
    until(60, "the third is decided", lambda: deployment.decided() == 3)
    assert deployment.entries()[2].at == deployment.entries()[1].at, "it counts as of tomorrow"
    assert "enforcement topics set-back --partition 0" in worker.log()

    shown = json.loads(set_back(deployment, "--yes", "--json").stdout.splitlines()[0])
    assert (shown["entries"], len(shown["cases"])) == (3, 3)
    assert all(case["opened"] and case["clocks"] for case in shown["cases"])
    healed = deployment.position()
    assert healed is not None
    assert healed.caller_key is not None, "the mark of the callers' key is lost"
    push(deployment, 4)
    until(60, "the worker goes on", lambda: deployment.decided() == 5)
    assert is_of_now(deployment.entries()[-1])
    assert not worker.has_ended()

    code, violations, _ = audit(deployment)
    assert code == 1
    assert {found["code"] for found in violations} <= {"time_ahead", "decided_ahead", "time_not_arrival"}
    assert {found["offset"] for found in violations} <= set(offsets(deployment)[:3])
    worker.send(signal.SIGTERM)
    assert worker.wait(60) == 0


def offsets(deployment: Deployment) -> list[int]:
    """Where the entries stand in the journal."""
    return [message.offset() or 0 for message in deployment.messages(topics.JOURNAL)]
