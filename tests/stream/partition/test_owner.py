"""A partition's thread: what it does on its own, and when it gives the partition up."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from pipeline.core.case.turn import Change, InputRecord, Outcome, Turn
from pipeline.stream.core_protocol import Core
from pipeline.stream.partition.ledger import Ledger
from pipeline.stream.partition.owner import OwnerState, PartitionOwner
from pipeline.stream.worker_clock import WorkerClock
from schemas import topics
from schemas.journal.entry import RecordCause, TimerCause
from schemas.wire import codecs
from tests.stream.conftest import Deploy
from tests.stream.fleet.counting import CountingCore
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, until, value_of


class Group:
    """Stands where the worker's group membership is: says whether ownership is fresh, and keeps what it is told."""

    def __init__(self) -> None:
        self.fresh = True
        self.given_up: list[bool] = []
        self.stopped: list[tuple[int, str]] = []

    def is_fresh(self, generation: int) -> bool:
        return self.fresh and generation == 1

    def gave_up(self, partition: int, *, fenced: bool) -> None:
        self.given_up.append(fenced)

    def fatal(self, code: int, line: str) -> None:
        self.stopped.append((code, line))


def standing_at(moment: datetime) -> WorkerClock:
    """A clock that hardly moves."""
    return WorkerClock(moment, time.time(), 1e-9)


@contextmanager
def owning(
    deployment: Deployment,
    group: Group,
    core: Callable[[], Core] = CountingCore,
    clock: WorkerClock | None = None,
) -> Iterator[PartitionOwner]:
    """An owner at work, fed from the log as the lane would."""
    owner = PartitionOwner(deployment.parts(core, clock), group, 0, 1)
    done = threading.Event()

    def feed() -> None:
        while not done.wait(0.05):
            opened = owner.opened
            if opened is not None and owner.inbox is not None and len(opened.inbox) == 0:
                deployment.fetch(opened)

    feeder = threading.Thread(target=feed, daemon=True)
    owner.start()
    feeder.start()
    try:
        yield owner
    finally:
        done.set()
        feeder.join(60)
        owner.stop()
        assert owner.join(60)


def test_an_idle_owner_holds_no_transaction(deployment: Deployment) -> None:
    """Condition 6: between batches nothing is open, so readers of committed records are never held up."""
    deployment.put(["a"])
    with owning(deployment, Group()) as owner:
        until(60, "decided", lambda: deployment.decided() == 1)
        until(60, "idle", lambda: owner.opened is not None and len(owner.opened.inbox) == 0)

        def nothing_is_open() -> bool:
            ends = deployment.brokers.ends([topics.JOURNAL, topics.CASES, topics.RECEIPTS], 0)
            return all(end.stable == end.high for end in ends.values())

        until(60, "the marks of its last one", nothing_is_open)
        for _ in range(20):  # over several ticks
            assert nothing_is_open()
            threading.Event().wait(0.02)


def test_a_fenced_owner_gives_up_and_never_reopens(deployment: Deployment) -> None:
    """Condition 3: who is fenced waits for a new assignment; reopening would fence the rightful owner back."""
    group = Group()
    with owning(deployment, group) as owner:
        until(60, "open", lambda: owner.state is OwnerState.OPEN)
        rightful = deployment.open()
        deployment.put(["a"])
        until(60, "given up", lambda: owner.state is OwnerState.GIVEN_UP)
        assert group.given_up == [True]
        deployment.work(rightful)
        assert_each_input_decided_once(deployment)
        assert owner.join(60)


def test_commits_in_doubt_cost_no_reopening(deploy: Deploy) -> None:
    """Each slow success brings a new producer, which goes on with the state as it is: nothing is read, nothing decided twice."""
    deployment = deploy(commit_slow_s=1e-6)
    group = Group()
    deployment.put(["a"])
    with owning(deployment, group) as owner:
        until(60, "first", lambda: deployment.decided() == 1)
        opened = owner.opened
        deployment.put(["b"])
        until(60, "second", lambda: deployment.decided() == 2)
        assert owner.opened is opened
    assert group.given_up == []
    assert {entry.entry_id.split(":")[1] for entry in deployment.entries()} == {"1"}
    assert_each_input_decided_once(deployment)


def test_a_lost_transaction_without_fresh_ownership_gives_the_partition_up(deploy: Deploy) -> None:
    """Condition 3: a worker that cannot be sure of its assignment does not open; a standing owner is not fenced."""
    deployment = deploy(commit_slow_s=1e-6)
    group = Group()
    with owning(deployment, group) as owner:
        until(60, "open", lambda: owner.state is OwnerState.OPEN)
        group.fresh = False
        deployment.put(["a"])
        until(60, "given up", lambda: owner.state is OwnerState.GIVEN_UP)
    assert group.given_up == [False]
    assert deployment.decided() == 1


def test_a_record_that_crashes_the_core_becomes_a_dead_letter_alone(deployment: Deployment) -> None:
    """Its neighbours in the batch are decided as ever, each once."""
    group = Group()
    deployment.put(["a", "b", "raise", "c", "d"])
    with owning(deployment, group):
        until(60, "all decided", lambda: deployment.decided() == 5)
    assert_each_input_decided_once(deployment)
    letters = [
        codecs.DEAD_LETTER.decode(value_of(message)) for message in deployment.messages(topics.DEAD_LETTERS)
    ]
    assert [(letter.offset, letter.code) for letter in letters] == [(2, "internal_error")]
    assert group.stopped == []


class Scribbling(CountingCore):
    """Writes a snapshot that the contract does not allow."""

    def step(self, record: InputRecord, turn: Turn) -> Outcome:
        outcome = super().step(record, turn)
        if record.value == b"scribble":
            facts = replace(outcome.cases[0].facts, matter="no such code")
            outcome.changes = [Change(None, replace(outcome.cases[0], facts=facts))]
        return outcome


def test_a_snapshot_that_no_restore_could_read_is_never_written(deployment: Deployment) -> None:
    """It would close its partition for ever; its record becomes a dead letter instead."""
    deployment.put(["a", "scribble", "b"])
    with owning(deployment, Group(), core=Scribbling):
        until(60, "all decided", lambda: deployment.decided() == 3)
    assert len(deployment.messages(topics.DEAD_LETTERS)) == 1
    assert deployment.open().seq == 3


def test_many_records_that_crash_the_core_stop_the_worker(deployment: Deployment) -> None:
    """A release that cannot decide anything must not bury the day's reports."""
    group = Group()
    deployment.put(["raise"] * 6)
    with owning(deployment, group):
        until(60, "stopped", lambda: group.stopped)
    assert group.stopped[0][0] == 70
    assert deployment.decided() == 3


def test_timers_fire_in_due_order_before_the_next_record(deployment: Deployment) -> None:
    """After downtime all that is due fires first, earliest first; then the records are decided."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    deployment.put(["arm:300", "arm:100", "arm:200"])
    deployment.work(deployment.open(clock=standing_at(start)))
    deployment.put(["next"])
    later = standing_at(start + timedelta(hours=1))
    opened = deployment.open(clock=later)
    deployment.work(opened)
    fired = [entry.cause for entry in deployment.entries()[3:]]
    dues = [int((cause.due_at - start).total_seconds()) for cause in fired if isinstance(cause, TimerCause)]
    assert dues == [100, 200, 300]
    assert isinstance(fired[-1], RecordCause)
    assert_each_input_decided_once(deployment)


def test_an_idle_owner_fires_what_comes_due(deployment: Deployment) -> None:
    """No record is needed: the owner wakes by itself, near the due time."""
    deployment.put(["arm:1"])
    with owning(deployment, Group()):
        until(60, "fired", lambda: deployment.decided() == 2)
    armed, fired = deployment.entries()
    assert isinstance(fired.cause, TimerCause)
    assert timedelta(0) <= fired.at - fired.cause.due_at < timedelta(seconds=1)
    assert armed.at < fired.at


class Reading(CountingCore):
    """Has three pieces of work to do ahead; the second fails."""

    def __init__(self) -> None:
        super().__init__()
        self.read = 0
        self.has_read = threading.Event()

    def read_ahead(self) -> bool:
        self.read += 1
        if self.read == 2:
            self.has_read.set()
            raise LookupError("words that no rule foresaw")
        return True


def test_an_idle_owner_reads_ahead_and_what_fails_there_stops_nothing(deployment: Deployment) -> None:
    """The step that needs it fails for itself, and its record is isolated: a failure ahead of it is nobody's yet."""
    core, group = Reading(), Group()
    with owning(deployment, group, core=lambda: core):
        assert core.has_read.wait(60)
        deployment.put(["a"])
        until(60, "decided", lambda: deployment.decided() == 1)
    assert core.read == 2
    assert group.stopped == []


def test_time_never_runs_back(deployment: Deployment) -> None:
    """A clock that was set back does not show in the log: the last time stands until the clock has caught up."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    deployment.put(["a"])
    deployment.work(deployment.open(clock=standing_at(noon)))
    deployment.put(["b"])
    deployment.work(deployment.open(clock=standing_at(noon - timedelta(hours=1))))
    first, second = deployment.entries()
    assert second.at == first.at


def test_a_parked_owner_goes_on_where_it_was(deployment: Deployment) -> None:
    """A rebalance that leaves the partition here costs no restore: same epoch, nothing decided while parked."""
    deployment.put(["a"])
    with owning(deployment, Group()) as owner:
        until(60, "first", lambda: deployment.decided() == 1)
        owner.park()
        assert owner.is_quiet(5)
        deployment.put(["b"])
        assert owner.inbox is None
        owner.resume()
        until(60, "second", lambda: deployment.decided() == 2)
    assert [entry.epoch for entry in deployment.entries()] == [1, 1]
    assert_each_input_decided_once(deployment)


def test_a_corrupt_log_stops_the_worker(deployment: Deployment) -> None:
    """Exit code 78, with what contradicts what; and nothing was written."""
    deployment.put(["a"])
    deployment.work(deployment.open())
    deployment.write(topics.CASES, [(topics.POSITION_KEY, None)])
    group = Group()
    with owning(deployment, group):
        until(60, "stopped", lambda: group.stopped)
    assert group.stopped[0][0] == 78
    assert "position_missing" in group.stopped[0][1]


def test_an_opening_elsewhere_shows_at_the_next_batch(deployment: Deployment) -> None:
    """Even an owner that was never told writes nothing after another has opened."""
    deployment.put(["a"])
    with owning(deployment, Group()) as owner:
        until(60, "first", lambda: deployment.decided() == 1)
        Ledger(deployment.parts(), 0).open()
        deployment.put(["b"])
        until(60, "given up", lambda: owner.state is OwnerState.GIVEN_UP)
    assert deployment.decided() == 1
