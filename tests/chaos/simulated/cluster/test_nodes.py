"""One of three simulated brokers falls silent: who answers, who waits, and what becomes of requests that were sent to it."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from confluent_kafka import KafkaException

from schemas import topics
from tests.chaos.simulated.cluster.group import Group, Member
from tests.chaos.simulated.cluster.log import Log
from tests.chaos.simulated.cluster.network import Network
from tests.chaos.simulated.cluster.nodes import GROUP, Nodes
from tests.chaos.simulated.faults import SOUND, Faults
from tests.chaos.simulated.scheduler import Process, Scheduler

LED = "worker-0"
"""A transactional id."""
ANSWER_S = 2.0


class Cluster:
    """Three brokers, and one client that asks what `LED` is led by to take something."""

    def __init__(self) -> None:
        self.scheduler = Scheduler()
        self.faults = Faults(0, active=False)
        log = Log({topics.CASES: {}}, 1, lambda transaction: None)
        self.nodes = Nodes(self.scheduler, 0, self.faults.meet, ANSWER_S)
        self.network = Network(self.scheduler, log, self.faults, SOUND, self.nodes)
        self.group = Group(self.scheduler, 1, 6.0, 30.0, self.nodes)
        self.process = Process("client")
        self.taken: list[float] = []
        """When it was taken, each time."""
        self.said: Counter[str] = Counter()

    def at(self, moment: float, what: Callable[[], None]) -> None:
        self.scheduler.call_at(moment, what)

    def ask(self, seconds: float) -> None:
        """In the client's thread."""

        def run() -> None:
            try:
                self.network.ask(
                    self.process, LED, self._take, seconds, lambda: self.said.update(["gave up"])
                )
                self.said["answered"] += 1
            except KafkaException:
                self.said["timed out"] += 1

        self.scheduler.spawn(self.process, run)

    def _take(self) -> None:
        self.taken.append(self.scheduler.now)

    def run(self, seconds: float) -> None:
        self.scheduler.run(seconds, 10_000)


def test_what_was_asked_of_a_silent_broker_is_taken_late_if_it_still_leads() -> None:
    """Nobody missed it: the client has long given up, and its request is carried out all the same."""
    cluster = Cluster()
    cluster.nodes.freeze(cluster.nodes.leader(LED))
    cluster.ask(seconds=3.0)
    cluster.at(8.0, cluster.nodes.thaw)
    cluster.run(20.0)
    assert cluster.said == {"gave up": 2, "timed out": 1}
    assert len(cluster.taken) == 2
    assert min(cluster.taken) >= 8.0


def test_what_was_asked_of_a_silent_broker_is_refused_once_others_lead() -> None:
    """The client finds who leads by now, only after it has waited for an answer in vain; when the silent one goes on it may do nothing."""
    cluster = Cluster()
    cluster.nodes.freeze(cluster.nodes.leader(LED))
    cluster.ask(seconds=10.0)
    cluster.at(1.0, cluster.nodes.miss)
    cluster.at(8.0, cluster.nodes.thaw)
    cluster.run(20.0)
    assert cluster.said == {"gave up": 1, "answered": 1}
    assert cluster.taken == [pytest.approx(ANSWER_S, abs=0.1)]
    assert cluster.faults.met["late request refused"] == 1


def test_whoever_leads_waits_for_a_silent_replica_until_it_is_missed() -> None:
    """A record stands on all three brokers before it is acknowledged; what another broker leads can be read meanwhile."""
    cluster = Cluster()
    cluster.nodes.freeze((cluster.nodes.leader(LED) + 1) % 3)
    cluster.ask(seconds=10.0)
    cluster.at(1.0, cluster.nodes.miss)
    assert cluster.nodes.is_reached(LED)
    cluster.run(20.0)
    assert cluster.said == {"answered": 1}
    assert cluster.taken == [pytest.approx(1.0, abs=0.1)]


def test_another_coordinator_knows_the_members_but_of_no_rebalance() -> None:
    """A member that has its assignment keeps it, and its session begins anew; one that was waiting for the first must ask again."""
    cluster = Cluster()
    members: list[Member] = []
    cluster.scheduler.spawn(
        cluster.process, lambda: members.append(cluster.group.join(cluster.process, None))
    )
    cluster.run(2.0)
    (first,) = members
    late = cluster.group.join(Process("late"), None)
    cluster.nodes.freeze(cluster.nodes.leader(GROUP))
    cluster.at(12.0, cluster.nodes.miss)
    cluster.run(12.5)
    assert cluster.group.heartbeat(first, first.generation) == "ok"
    assert cluster.group.heartbeat(late, late.generation) == "unknown"


def test_sources_push_once_somebody_acknowledges_and_in_their_order() -> None:
    """What is written while nobody answers stands there afterwards, the first first."""
    cluster = Cluster()
    order: list[int] = []
    cluster.nodes.freeze(0)
    for number in range(3):
        cluster.network.append(partial(order.append, number))
    assert order == []
    cluster.at(1.0, cluster.nodes.miss)
    cluster.run(2.0)
    assert order == [0, 1, 2]
