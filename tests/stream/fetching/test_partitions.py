"""All partitions of a worker: what an assignment of the group changes, and when ownership is sure."""

import pytest

from pipeline.settings import Settings
from pipeline.stream.brokers import Brokers
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.fetching.partitions import Partitions
from pipeline.stream.machine import Machine
from pipeline.stream.partition.owner import OwnerState
from pipeline.stream.worker_clock import clock_of
from tests.stream.conftest import Deploy
from tests.stream.fleet.counting import CountingCore
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, until


def partitions_of(deployment: Deployment, stopped: list[tuple[int, str]] | None = None) -> Partitions:
    told = [] if stopped is None else stopped
    return Partitions(deployment.parts(), lambda code, line: told.append((code, line)))


def feed(deployment: Deployment, partitions: Partitions) -> None:
    """As the lane does, once."""
    for owner in partitions.owners():
        if owner.opened is not None and owner.inbox is not None and len(owner.inbox) == 0:
            deployment.fetch(owner.opened, owner.partition)


def test_a_partition_that_stays_through_a_rebalance_is_not_restored(deploy: Deploy) -> None:
    """It parks, decides nothing meanwhile, and goes on in the same epoch; one that leaves ends."""
    deployment = deploy(partitions=2)
    partitions = partitions_of(deployment)
    partitions.assign({0, 1}, 5)
    until(60, "open", partitions.is_ready)
    leaving = next(owner for owner in partitions.owners() if owner.partition == 1)
    deployment.put(["a"])
    feed(deployment, partitions)
    until(60, "first", lambda: deployment.decided() == 1)
    partitions.park()
    assert {owner.state for owner in partitions.owners()} == {OwnerState.PARKED}
    assert partitions.inboxes() == {}
    partitions.assign({0}, 6)
    until(60, "open", partitions.is_ready)
    assert leaving.join(60)
    deployment.put(["b"])
    feed(deployment, partitions)
    until(60, "second", lambda: deployment.decided() == 2)
    assert [entry.epoch for entry in deployment.entries()] == [1, 1]
    assert partitions.stop(10)


def test_after_a_missed_generation_everything_is_opened_anew(deployment: Deployment) -> None:
    """Somebody else may have had the partition in between: what is in memory is not trusted."""
    partitions = partitions_of(deployment)
    partitions.assign({0}, 5)
    until(60, "open", partitions.is_ready)
    deployment.put(["a"])
    feed(deployment, partitions)
    until(60, "first", lambda: deployment.decided() == 1)
    partitions.park()
    partitions.assign({0}, 7)
    until(60, "open", partitions.is_ready)
    deployment.put(["b"])
    feed(deployment, partitions)
    until(60, "second", lambda: deployment.decided() == 2)
    assert [entry.epoch for entry in deployment.entries()] == [1, 2]
    assert_each_input_decided_once(deployment)
    assert partitions.stop(10)


def test_nothing_is_ready_before_an_assignment(deployment: Deployment) -> None:
    """A worker without partitions is a ready standby once the group has said so, and not before."""
    partitions = partitions_of(deployment)
    assert not partitions.is_ready()
    partitions.assign(set(), 1)
    assert partitions.is_ready()


def test_a_stopped_worker_takes_nothing_up_again(deployment: Deployment) -> None:
    """An assignment that comes while the worker ends would leave a transaction open behind it."""
    partitions = partitions_of(deployment)
    assert partitions.stop(1)
    partitions.assign({0}, 1)
    assert partitions.owners() == []


def test_a_fourth_fencing_in_a_minute_stops_the_worker(deployment: Deployment) -> None:
    """Two deployments under one application id fence each other for ever: exit 77 tells the supervisor."""
    stopped: list[tuple[int, str]] = []
    partitions = partitions_of(deployment, stopped)
    for _ in range(3):
        partitions.gave_up(0, fenced=True)
    assert stopped == []
    partitions.gave_up(0, fenced=True)
    assert stopped[0][0] == 77


def test_a_fenced_partition_asks_for_a_new_assignment_after_a_session(deploy: Deploy) -> None:
    """The group usually gives one by itself; if not, the partition must not stay unworked."""
    asked: list[bool] = []
    partitions = partitions_of(deploy(session_timeout_s=1.0))
    partitions.request_rejoin = lambda: asked.append(True)
    partitions.gave_up(0, fenced=True)
    partitions.review()
    assert asked == []

    def review() -> bool:
        partitions.review()
        return bool(asked)

    until(60, "asked", review)


def test_ownership_is_fresh_only_while_heartbeats_are_answered(deploy: Deploy) -> None:
    """Condition 3: the same generation, a heartbeat younger than half a session, no rebalance under way."""
    partitions = partitions_of(deploy(session_timeout_s=1.0))
    assert not partitions.is_fresh(1)
    partitions.assign(set(), 1)
    assert partitions.is_fresh(1)
    assert not partitions.is_fresh(0)
    until(60, "stale", lambda: not partitions.is_fresh(1))
    partitions.park()
    partitions.assign(set(), 2)
    assert partitions.is_fresh(2)
    partitions.park()
    assert not partitions.is_fresh(2)


class Standing(Machine):
    """A machine whose time stands until it is moved."""

    now = 100.0

    def boot_seconds(self) -> float:
        """What it was moved to."""
        return self.now


@pytest.mark.parametrize("noticed", [True, False])
@pytest.mark.parametrize("asleep_s", [0.0, 6.0, 20.0])
def test_an_assignment_that_lay_waiting_while_the_worker_slept_is_not_trusted(
    asleep_s: float, noticed: bool
) -> None:
    """Condition 3: by then the group may have given the partition to another; the next assignment is trusted again."""
    machine = Standing()
    settings = Settings(session_timeout_s=10.0)
    parts = WorkerParts(settings, Brokers(settings), clock_of(settings), CountingCore, machine)
    partitions = Partitions(parts, lambda code, line: None)
    partitions.park()
    machine.now += asleep_s
    if noticed:
        partitions.tick()
    partitions.assign(set(), 1)
    assert partitions.is_fresh(1) == (asleep_s == 0.0)
    partitions.tick()
    assert partitions.is_fresh(1) == (asleep_s == 0.0)
    partitions.park()
    partitions.assign(set(), 2)
    assert partitions.is_fresh(2)
