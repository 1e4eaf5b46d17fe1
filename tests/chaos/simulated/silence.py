"""One of three brokers falls silent without closing anything, now and then, and how long partitions stand still for it.

Half of the silences begin with a request, just before or just after it was taken; the others at any time. Some end before the controller
misses the broker, some long after, some never; and at times no controller is there to miss it, so that nobody takes over until it goes on.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from schemas import topics
from tests.chaos.simulated.cluster.network import Network
from tests.chaos.simulated.cluster.nodes import NODES, Led
from tests.chaos.simulated.fleet import Fleet
from tests.chaos.simulated.invariants import Witness
from tests.chaos.simulated.trouble import TROUBLE_S
from tests.chaos.simulated.worker import Worker

MISSED_S: Final = (2.0, 2.0, 9.0)
"""The brokers' session: of `enforcement broker up --brokers 3`, and Kafka's default."""
BACK_S: Final = 8.0
"""After others lead no record waits for longer."""
IN_TIME_S: Final = 16.0
"""After it goes on before others lead: it takes what a worker asked of it and gave up, also its fencing, late, and so fences the worker itself,
which waits for a session then and asks the group for another assignment."""
SEEN_S: Final = 32.0
"""The watch looks at least so often, whoever is silent: every 5 s, and it asks twice, 4 s each, about each partition and about the others'."""
_FIRST_S: Final = (6.0, 18.0)
_NEXT_S: Final = (12.0, 25.0)
_LASTS_S: Final = ((0.5, 2.0), (2.0, 9.0), (9.0, 20.0), (20.0, 55.0))
_NOBODY_MISSES: Final = 0.2
_STAYS: Final = 0.5
_JUDGE_S: Final = 0.5
_SHOWN_S: Final = 15.0
_UNSEEN_S: Final = 30.0
"""A leader silent for so long is on the metric: the watch's 15 s, its look of 5 s, and two answers of 4 s."""


class Silence:
    """Of one run. `judges`: nothing else goes wrong, so that what stands still does so for the silence alone."""

    def __init__(
        self, network: Network, fleet: Fleet, witness: Witness, wrong: Callable[[str], None], *, judges: bool
    ) -> None:
        self._network = network
        self._nodes = network.nodes
        self._chance = network.nodes.chance
        self._fleet = fleet
        self._witness = witness
        self._wrong = wrong
        self._judges = judges
        self._missed_s = self._chance.choice(MISSED_S)
        self._nodes.frozen = self._follow
        self._nodes.may_fall_silent = True
        self.longest_s = {True: 0.0, False: 0.0}
        """For how long a record has waited since others lead, and since the broker went on in time."""

    def begin(self) -> None:
        """The first will come."""
        self._come(_FIRST_S)
        if self._judges:
            self._judge()

    def end(self) -> None:
        """No more come; the last may stay silent for ever, if others lead."""
        self._nodes.freeze_with_next(lambda led: False)
        if not self._nodes.is_missed or self._chance.random() > _STAYS:
            self._nodes.thaw()

    def _come(self, within: tuple[float, float]) -> None:
        first, last = within
        self._network.later(first + (last - first) * self._chance.random(), self._strike)

    def _strike(self) -> None:
        if self._network.scheduler.now > TROUBLE_S:
            return
        if self._chance.random() < 0.5:
            wanted = self._chance.choice((str, tuple))
            self._nodes.freeze_with_next(partial(self._is_wanted, wanted))
        else:
            self._nodes.freeze(self._chance.randrange(NODES))

    def _is_wanted(self, kind: type, led: Led) -> bool:
        return isinstance(led, kind)

    def _follow(self) -> None:
        """One has just fallen silent."""
        since, chance = self._nodes.silent_since, self._chance
        first, last = chance.choice(_LASTS_S)
        if chance.random() < _NOBODY_MISSES:
            first, last = chance.choice(_LASTS_S[2:])
            self._network.faults.meet("no controller to miss it")
        else:
            self._network.later(self._missed_s, partial(self._if_the_same, since, self._nodes.miss))
        lasts = first + (last - first) * chance.random()
        self._network.later(lasts, partial(self._if_the_same, since, self._thaw))

    def _if_the_same(self, since: float, what: Callable[[], None]) -> None:
        if self._nodes.silent is not None and self._nodes.silent_since == since:
            what()

    def _thaw(self) -> None:
        self._nodes.thaw()
        self._come(_NEXT_S)

    # how long it takes

    def _judge(self) -> None:
        nodes, now = self._nodes, self._network.scheduler.now
        if not nodes.holds:
            for place, stamp_s in self._oldest():
                waits_s = now - max(stamp_s, nodes.changed_at)
                moved = nodes.is_missed
                self.longest_s[moved] = max(self.longest_s[moved], waits_s)
                if waits_s > (BACK_S if moved else IN_TIME_S):
                    self._wrong(
                        f"a record in {place} has waited for {waits_s:.1f} s, and every partition has its leader"
                    )
        for worker in self._fleet.workers:
            self._judge_watch(worker)
        self._network.later(_JUDGE_S, self._judge)

    def _oldest(self) -> Iterator[tuple[Led, float]]:
        """Of each input that holds an undecided record: the place, and when the record arrived, in seconds."""
        for number, stands in self._witness.standing.items():
            for topic, start in stands.next.items():
                records, _ = self._network.log.partitions[topic, number].visible(start, 1)
                for record in records:
                    yield (topic, number), record.stamp_ms / 1_000

    def _judge_watch(self, worker: Worker) -> None:
        """It looks, whoever is silent; and where the leader of an input is silent for long, its metric shows it."""
        nodes, now = self._nodes, self._network.scheduler.now
        if now - worker.looked_at > SEEN_S:
            self._wrong(
                f"the watch of {worker.process.name} has not looked for {now - worker.looked_at:.0f} s"
            )
        if not nodes.holds or now - nodes.silent_since < _UNSEEN_S:
            return
        for owner in worker.partitions.owners():
            # one that is being opened counts from when it was last worked
            if owner.opened is not None and any(
                nodes.is_silent((topic, owner.partition)) for topic in topics.INPUTS
            ):
                age_s = worker.input_age_s()
                self._network.faults.meet("silence seen by the watch")
                if age_s < _SHOWN_S:
                    self._wrong(f"{worker.process.name} says that its oldest input waits for {age_s:.0f} s")
