"""What no healthy cluster does and no operator should, once in a run: the log is no longer what it was.

Workers must stop at it with 78 and the code that says what it is, and nobody may decide anything over it.
"""

from collections.abc import Callable, Iterable
from typing import Final

from schemas import topics
from schemas.errors import PARTITIONS_DIFFER
from tests.chaos.simulated.cluster.network import Network
from tests.chaos.simulated.fleet import Fleet
from tests.chaos.simulated.invariants import Witness
from tests.chaos.simulated.operator import Operator
from tests.chaos.simulated.trouble import Trouble
from tests.chaos.simulated.worker import TOPICS_WRONG, Worker

_STRIKES_S: Final = 30.0
_COPIED_S: Final = (12.0, 27.0)
_CLEANED_S: Final = 20.0
_LOOK_S: Final = 0.25


class Disaster:
    """Strikes as soon as the run is so that it means something; from then on the supervisor starts nobody."""

    codes: tuple[str, ...] = ()
    """One of them a worker names that stops at it."""
    is_final = True
    """Whether nobody may go on."""
    memory_is_last_copy = False
    """Whether nothing but what workers remember can bring the log back."""

    def __init__(self, network: Network, fleet: Fleet, witness: Witness, trouble: Trouble) -> None:
        self.network = network
        self.log = network.log
        self.faults = network.faults
        self.fleet = fleet
        self.witness = witness
        self.trouble = trouble
        self.has_struck = False

    def begin(self) -> None:
        """It will come."""
        self.network.later(_STRIKES_S, self._attempt)

    def is_over(self) -> bool:
        """Whether nobody is left who could go on."""
        return self.has_struck and not self.fleet.workers

    def left(self) -> str:
        """Who goes on, in words."""
        return f"{[worker.process.name for worker in self.fleet.workers]} have not stopped"

    def strike(self) -> Iterable[int] | None:
        """The partitions that nobody may work any more; None where nothing was done."""
        raise NotImplementedError

    def _attempt(self) -> None:
        closed = self.strike()
        if closed is None:
            self.network.later(_LOOK_S, self._attempt)
            return
        self.has_struck = True
        self.witness.closed.update(closed)
        self.fleet.may_halt = self.codes


class Loss(Disaster):
    """The end of a journal is gone, as after an unclean election; every worker has to open anew, and the first stops at it."""

    codes = ("seq_differs", "journal_gap")

    def is_over(self) -> bool:
        return bool(self.fleet.halted)

    def strike(self) -> Iterable[int] | None:
        for number in self.witness.standing:
            log = self.log.partitions[topics.JOURNAL, number]
            entries, _ = log.visible(0, 100_000)
            if len(entries) > 3 and self.log.open_since() is None:
                self.faults.meet("acknowledged records lost")
                log.lose_from(entries[-2].offset)
                for worker in list(self.fleet.workers):
                    self.fleet.crash(worker.process)
                return [number]
        return None


class OlderCopy(Disaster):
    """The brokers are given an older copy of their data while workers run; who has seen more must not go on."""

    codes = ("log_went_back", "the inputs no longer hold what was not yet decided")

    _go_back: Callable[[], None] | None = None

    def begin(self) -> None:
        first, last = _COPIED_S
        self.network.later(first + (last - first) * self.faults.chance.random(), self._copy)
        super().begin()

    def _copy(self) -> None:
        if not self._is_quiet():
            self.network.later(_LOOK_S, self._copy)
            return
        self._go_back = self.log.copied()
        self._entries = {number: stands.seq for number, stands in self.witness.standing.items()}
        self._ends = {
            (topics.CASES, number): self.log.partitions[topics.CASES, number].high for number in self._entries
        }

    def strike(self) -> Iterable[int] | None:
        if self._go_back is None or not self._is_quiet():
            return None
        lost = [number for number, seq in self._entries.items() if self.witness.standing[number].seq > seq]
        knowing = [
            worker
            for worker in self.fleet.workers
            if all(worker.has_seen(place, self._ends[place]) for place in self._ends if place[1] in lost)
        ]
        if not lost or not knowing:
            return None
        self.fleet.starts = False
        for worker in set(self.fleet.workers) - set(knowing):
            self.fleet.crash(worker.process)
        self.faults.meet("older copy of the log")
        self._go_back()
        return lost

    def _is_quiet(self) -> bool:
        """No transaction is under way, and nothing has come that is not decided."""
        return self.log.open_since() is None and self.witness.undecided() == 0


class AddedPartitions(Disaster):
    """Somebody adds a partition to a topic while workers run: what comes there nobody would work."""

    codes = (PARTITIONS_DIFFER, TOPICS_WRONG)

    def strike(self) -> Iterable[int] | None:
        if not any(worker.partitions.is_ready() for worker in self.fleet.workers):
            return None
        self.faults.meet("partitions added")
        self.fleet.starts = False
        self.log.add_partition(self.faults.chance.choice((*topics.INPUTS, topics.JOURNAL)))
        return ()


class Deletion(Disaster):
    """The topic of the state is cleaned by age instead of by key. Workers keep what they hold in files; an operator sets the topic
    right and brings the state back, while workers come and go; then all goes on.
    """

    codes = ("state_deleted", "topics_differ", "digest_differs", "position_missing", TOPICS_WRONG)
    is_final = False
    memory_is_last_copy = True

    _operator: Operator | None = None

    def is_over(self) -> bool:
        return self._operator is not None and self._operator.is_done()

    def left(self) -> str:
        return super().left() if self._operator is None else f"not brought back: {self._operator.todo}"

    def strike(self) -> Iterable[int] | None:
        """Once nobody but the workers that are there holds what the log will lack: none of them is about to forget it."""
        holders = {self._holder(number) for number in self.witness.standing}
        if None in holders or self.log.open_since() is not None:
            return None
        self.log.configs[topics.CASES]["cleanup.policy"] = "delete"
        self.fleet.starts = False
        for worker in set(self.fleet.workers) - holders:
            self.fleet.crash(worker.process)
        self.trouble.pause()
        self.network.later(_CLEANED_S * self.faults.chance.random(), self._clean)
        self.network.later(_LOOK_S, self._call_operator)
        return ()

    def _clean(self) -> None:
        if self._operator is not None:
            return  # it has been set right in time
        if self.fleet.group.size > len(self.fleet.workers) or not all(
            map(self._holder, self.witness.standing)
        ):
            self.network.later(_LOOK_S, self._clean)  # partitions are about to move, and memory with them
            return
        self.faults.meet("state deleted")
        for number in self.witness.standing:
            log = self.log.partitions[topics.CASES, number]
            log.drop_before(log.begin + self.faults.chance.randrange(1, log.high - log.begin + 1))

    def _holder(self, number: int) -> Worker | None:
        """Who has that partition open, by right, as the log has it."""
        owner, _ = self.fleet.group.owner.get(number, (None, 0.0))
        for worker in self.fleet.workers:
            opened = next((one.opened for one in worker.partitions.owners() if one.partition == number), None)
            if owner is not None and owner.process is worker.process and opened is not None:
                is_rightful = self.fleet.is_rightful(number, opened) and not self.fleet.group.is_rebalancing
                return worker if is_rightful and 0 < opened.seq == self.witness.standing[number].seq else None
        return None

    def _call_operator(self) -> None:
        """Once everybody has stopped; workers are started again without waiting for it."""
        if self.fleet.workers:
            self.network.later(_LOOK_S, self._call_operator)
            return
        self.trouble.resume()
        self.fleet.starts = True
        self.fleet.start_worker()
        self.fleet.start_worker()
        self._operator = Operator(self.network, self.fleet.settings)
        gone = {
            number for number, stands in self.witness.standing.items() if stands.seq
        } - self._operator.todo.keys()
        if gone and {"digest_differs", "position_missing"} & self.fleet.halted_by:
            # its owner opened anew between the deletion and the look: no copy is left, and nobody may go on without one
            self.faults.meet("state gone for good")
            self.is_final = True
            self.witness.closed.update(gone)
        self._operator.work()


DISASTERS: Final[dict[str, type[Disaster]]] = {
    "loss": Loss, "older": OlderCopy, "deleted": Deletion, "added": AddedPartitions,
}  # fmt: skip
