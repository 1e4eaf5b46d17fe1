"""What happens to fleet and log that no effect of a worker brings about: now and then one thing, as the seed draws it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

from pipeline.stream.partition.owner import OwnerState
from schemas import topics
from tests.chaos.simulated.cluster.log import Content, Fenced, Place
from tests.chaos.simulated.cluster.network import Network
from tests.chaos.simulated.fleet import Fleet
from tests.chaos.simulated.invariants import Witness

TROUBLE_S: Final = 60.0
_PAUSE_S: Final = (1.0, 10.0)
_WORKERS_MAX: Final = 4
_FREEZE_S_MAX: Final = 20.0
_FOREIGN_S_MAX: Final = 8.0
_RETAINED_S: Final = 50.0
"""Inputs are kept for so long after they were decided: longer than any worker sleeps."""


class Trouble:
    """Of one run; `begin` it, and it goes on until faults stop."""

    def __init__(self, network: Network, fleet: Fleet, witness: Witness, *, retains: bool) -> None:
        self._network = network
        self._log = network.log
        self._faults = network.faults
        self._chance = network.faults.chance
        self._fleet = fleet
        self._witness = witness
        self._foreigners = 0
        self._deeds: Mapping[str, Callable[[], bool]] = {
            "worker stopped": self._stop_one,
            "worker added": self._add_one,
            "rejoin asked": self._rejoin_one,
            "kill anywhere": self._kill_one,
            "freeze anywhere": self._freeze_one,
            "foreign transaction": self._foreign_on_state,
            "compaction": self._compact,
            "retention": self._retain if retains else self._nothing,
            "nothing": self._nothing,
        }

    def begin(self) -> None:
        """The first and all that follow."""
        if self._faults.active:
            what = self._chance.choice((*self._deeds, "foreign transaction"))
            if self._deeds[what]():
                self._faults.meet(what)
        first, last = _PAUSE_S
        self._network.later(first + (last - first) * self._chance.random(), self.begin)

    def pause(self) -> None:
        """Nothing goes wrong for a while, and whoever is frozen wakes."""
        self._faults.active = False
        for worker in self._fleet.workers:
            self._network.scheduler.thaw(worker.process)

    def resume(self) -> None:
        """Until all trouble ends."""
        self._faults.active = self._network.scheduler.now < TROUBLE_S

    def foreign(self, place: Place, content: Content, seconds: float) -> None:
        """Somebody else's transaction, aborted after a while; none where nobody answers."""
        if self._network.nodes.holds:
            return
        self._foreigners += 1
        tid, log = f"foreign-{self._foreigners}", self._log
        epoch = log.init(tid)
        log.join(tid, epoch, place, self._network.scheduler.now)
        log.append(tid, epoch, place, content)

        def end() -> None:
            with suppress(Fenced):  # timed out, where nobody answered for long
                log.end(tid, epoch, commits=False)

        self._network.later(seconds, partial(self._network.append, end))

    def _stop_one(self) -> bool:
        one = self._fleet.any_worker()
        if one is None or len(self._fleet.workers) == 1:
            return False
        one.stop()
        return True

    def _add_one(self) -> bool:
        if len(self._fleet.workers) == _WORKERS_MAX:
            return False
        self._fleet.start_worker()
        return True

    def _rejoin_one(self) -> bool:
        one = self._fleet.any_worker()
        if one is not None:
            one.ask_rejoin()
        return one is not None

    def _kill_one(self) -> bool:
        one = self._fleet.any_worker()
        if one is not None:
            self._fleet.crash(one.process)
        return one is not None

    def _freeze_one(self) -> bool:
        one = self._fleet.any_worker()
        if one is not None:
            self._network.scheduler.freeze(one.process, _FREEZE_S_MAX * self._chance.random())
        return one is not None

    def _foreign_on_state(self) -> bool:
        topic = self._chance.choice((topics.CASES, topics.JOURNAL))
        place = (topic, self._chance.choice(tuple(self._witness.standing)))
        self.foreign(place, (b"foreign", b"uncommitted", ()), _FOREIGN_S_MAX * self._chance.random())
        return True

    def _compact(self) -> bool:
        gone = 0
        for number in self._witness.standing:
            log = self._log.partitions[topics.CASES, number]
            until, kept = self._chance.randrange(log.high + 1), self._chance.random() < 0.5
            gone += log.compact(until, keep_tombstones=kept or self._is_read())
        return gone > 0

    def _is_read(self) -> bool:
        """Whether somebody may be in the middle of the state: for readers brokers keep a tombstone a day (`delete.retention.ms`)."""
        owners = (owner for worker in self._fleet.workers for owner in worker.partitions.owners())
        return any(owner.state is not OwnerState.OPEN for owner in owners)

    def _retain(self) -> bool:
        decided = {
            (topic, number): offset
            for number, stands in self._witness.standing.items()
            for topic, offset in stands.next.items()
        }

        def drop() -> None:
            for place, offset in decided.items():
                self._log.partitions[place].drop_before(offset)

        self._network.later(_RETAINED_S, drop)
        return any(decided.values())

    def _nothing(self) -> bool:
        return False
