"""The consumer group's coordinator: members, sessions, generations, assignments. It keeps a partition where it was if it can."""

from typing import Final

from tests.chaos.simulated.cluster.nodes import GROUP, Nodes
from tests.chaos.simulated.scheduler import Flag, Process, Scheduler

_SWEEP_S: Final = 0.5
_SETTLE_S: Final = 0.3
"""How long a rebalance waits for more members after it has begun."""


class Member:
    """A process in the group. `joined` is set when the rebalance it asked for is done; then the assignment holds."""

    def __init__(self, number: int, process: Process, flag: Flag) -> None:
        self.number = number
        self.process = process
        self.heard = 0.0
        self.joined = flag
        self.waits = False
        self.generation = -1
        self.partitions: frozenset[int] = frozenset()


class Group:
    """One consumer group."""

    def __init__(
        self,
        scheduler: Scheduler,
        partitions: int,
        session_s: float,
        rebalance_s: float,
        nodes: Nodes | None = None,
    ) -> None:
        self.generation = 0
        self.rebalances = 0
        self.owner: dict[int, tuple[Member, float]] = {}
        """Of each partition: to whom it is assigned, and since when."""
        self._scheduler = scheduler
        self._partitions = partitions
        self._session_s = session_s
        self._rebalance_s = rebalance_s
        self._members: dict[int, Member] = {}
        self._numbers = 0
        self._began: float | None = None
        self._nodes = nodes
        if nodes is not None:
            nodes.coordinator_moved = self._move
        self._sweep()

    def join(self, process: Process, before: Member | None) -> Member:
        """JoinGroup and SyncGroup: wait for `joined`. A member that the group no longer knows comes as a new one."""
        member = before
        if member is None or member.number not in self._members:
            self._numbers += 1
            member = self._members[self._numbers] = Member(self._numbers, process, Flag(self._scheduler))
        member.joined.clear()
        member.waits = True
        member.heard = self._scheduler.now
        self._begin()
        return member

    def heartbeat(self, member: Member, generation: int) -> str:
        """`ok`, `rebalance` or `unknown`."""
        if member.number not in self._members or generation != member.generation:
            return "unknown"
        member.heard = self._scheduler.now
        return "ok" if self._began is None else "rebalance"

    def leave(self, member: Member) -> None:
        """At once, without waiting for the session to end; unless nobody hears it."""
        if not self.is_silent and self._members.pop(member.number, None) is not None:
            self._begin()

    @property
    def size(self) -> int:
        """How many members there are, with those whose session has yet to end."""
        return len(self._members)

    @property
    def is_rebalancing(self) -> bool:
        """Whether assignments are about to change."""
        return self._began is not None

    @property
    def is_silent(self) -> bool:
        """Whether the coordinator says nothing."""
        return self._nodes is not None and self._nodes.is_silent(GROUP)

    def note(self) -> None:
        """Look whether a session has ended or a rebalance is done."""
        if self.is_silent:
            return
        now = self._scheduler.now
        for member in list(self._members.values()):
            if now - member.heard > self._session_s and not member.waits:
                self.leave(member)
        if self._began is None or now - self._began < _SETTLE_S:
            return
        if now - self._began > self._rebalance_s:
            self._members = {number: one for number, one in self._members.items() if one.waits}
        holds = self._nodes is not None and self._nodes.holds  # an assignment is written before it holds
        if not holds and all(one.waits for one in self._members.values()):
            self._assign(now)

    def _sweep(self) -> None:
        self.note()
        self._scheduler.call_at(self._scheduler.now + _SWEEP_S, self._sweep)

    def _move(self) -> None:
        """Another coordinates: it knows the members of the last assignment, each as if heard now, and of no rebalance."""
        self._began = None
        self._members = {
            number: one for number, one in self._members.items() if one.generation == self.generation
        }
        for member in self._members.values():
            member.waits, member.heard = False, self._scheduler.now

    def _begin(self) -> None:
        if self._began is None:
            self._began = self._scheduler.now

    def _assign(self, now: float) -> None:
        self._began = None
        self.generation += 1
        self.rebalances += 1
        alive = [one for one in self._members.values() if one.process.alive]
        for dead in set(self._members.values()) - set(alive):
            del self._members[dead.number]
        shares = self._shares(alive)
        for member in alive:
            member.partitions = frozenset(shares[member.number])
            member.generation = self.generation
            member.heard = now
            member.waits = False
            for partition in shares[member.number]:
                self.owner[partition] = (member, now)
            member.joined.set()

    def _shares(self, members: list[Member]) -> dict[int, list[int]]:
        shares: dict[int, list[int]] = {member.number: [] for member in members}
        if not members:
            return shares
        most = -(-self._partitions // len(members))
        rest = []
        for partition in range(self._partitions):
            keepers = [m for m in members if partition in m.partitions and len(shares[m.number]) < most]
            if keepers:
                shares[keepers[0].number].append(partition)
            else:
                rest.append(partition)
        for partition in rest:
            shares[min(members, key=lambda one: (len(shares[one.number]), one.number)).number].append(
                partition
            )
        return shares
