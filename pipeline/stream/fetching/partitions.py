"""All partitions of this worker: their owners, whether the assignment is still certain, and when the worker must stop."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

from pipeline import metrics
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.exits import EX_CONFIG, EX_NOPERM
from pipeline.stream.fetching.inbox import Inbox
from pipeline.stream.partition.batch import OpenPartition
from pipeline.stream.partition.owner import OwnerState, PartitionOwner
from schemas import topics
from schemas.errors import CorruptLog, Unavailable

log: Final = logging.getLogger("enforcement.partitions")
FENCINGS_PER_MINUTE_MAX: Final = 3
PARK_S: Final = 5.0
_ALIVE: Final = frozenset({OwnerState.OPENING, OwnerState.OPEN, OwnerState.PARKED})


class Partitions:
    """Made once per worker. The group's listener calls `park` and `assign`; the fetching thread asks for `inboxes`."""

    def __init__(self, parts: WorkerParts, stop_worker: Callable[[int, str], None]) -> None:
        """`stop_worker` ends the process with an exit code and a line; it may be called from any thread."""
        self.parts: Final = parts
        self._machine: Final = parts.machine
        self.request_rejoin: Callable[[], object] = lambda: None
        self._stop_worker = stop_worker
        self._lock = threading.Lock()
        self._owners: dict[int, PartitionOwner] = {}
        self._generation = -1
        self._assigned = False
        self._rebalancing = False
        self._stopped = False
        self._heartbeat_at_s = 0.0
        self._ticked_at_s = self._machine.boot_seconds()
        self._nap_s = 0.0
        """The longest sleep of this worker since it last asked the group for an assignment."""
        self._was_frozen = False
        self._fencings: deque[float] = deque()
        self._rejoin_at_s: float | None = None
        self._ever_held: set[int] = set()
        """Every partition that this worker has ever owned."""
        metrics.TOPIC_PARTITIONS.set(parts.settings.partitions)

    # --- called on behalf of the group

    def park(self) -> None:
        """A rebalance begins: every owner finishes its transaction and waits. Blocks, but not for long."""
        self._rebalancing = True
        self._ticked_at_s = self._machine.boot_seconds()
        # a new assignment is being asked for: sleep before this moment cannot age it
        self._nap_s, self._was_frozen = 0.0, False
        owners = self.owners()
        for owner in owners:
            owner.park()
        deadline = self._machine.monotonic() + PARK_S
        for owner in owners:
            if not owner.is_quiet(max(0.0, deadline - self._machine.monotonic())):
                log.warning("partition %d is still busy; a later owner will fence it", owner.partition)

    def assign(self, partitions: set[int], generation: int) -> None:
        """The group's new assignment. Partitions that stayed go on; new ones are opened in the background.

        It is taken to be as old as the longest sleep since it was asked for: it may have waited for a frozen worker to wake.
        """
        metrics.REBALANCES.inc()
        self.tick()
        with self._lock:
            if self._stopped:
                return
            consecutive = generation == self._generation + 1
            self._generation = generation
            self._assigned = True
            self._heartbeat_at_s = self._ticked_at_s - self._nap_s
            self._rebalancing = False
            self._rejoin_at_s = None
            before, self._owners = self._owners, {}
            fresh: list[PartitionOwner] = []
            for partition in sorted(partitions):
                owner = before.get(partition)
                if owner is None or not consecutive or owner.state not in _ALIVE:
                    new = self._owners[partition] = PartitionOwner(self.parts, self, partition, generation)
                    fresh.append(new)
                else:
                    owner.generation = generation
                    self._owners[partition] = before.pop(partition)
        for owner in before.values():
            owner.stop()
        for owner in self.owners():
            owner.resume()
        for owner in fresh:
            owner.start()
        stayed = len(partitions) - len(fresh)
        log.info("generation %d: partitions %s, %d of them stayed", generation, sorted(partitions), stayed)

    def heartbeat(self, sent: float) -> None:
        """The group's coordinator has accepted a heartbeat sent at `sent` (`Machine.boot_seconds`)."""
        self._heartbeat_at_s = max(self._heartbeat_at_s, sent)

    def tick(self) -> None:
        """Called at least once a second while the worker is awake."""
        now = self._machine.boot_seconds()
        self._nap_s = max(self._nap_s, now - self._ticked_at_s)
        if now - self._ticked_at_s > self.parts.settings.session_timeout_s:
            self._was_frozen = True
            log.warning("this worker was frozen for %.0f s", now - self._ticked_at_s)
        self._ticked_at_s = now

    def out_of_range(self, places: str) -> None:
        """The inputs do not hold the next record: the worker stops, and says whether it was deleted or the log went back."""
        line = f"the inputs no longer hold what was not yet decided: {places}"
        for owner in self.owners():
            known = self.parts.known_log.of(owner.partition)
            try:
                known.compare_ends(self.parts.brokers.ends(topics.INPUTS, owner.partition))
            except CorruptLog as error:
                line = str(error)
            except Unavailable as error:
                log.warning("%s", error)
        self.fatal(EX_CONFIG, line)

    # --- called by owners

    def is_fresh(self, generation: int) -> bool:
        """Whether the assignment of `generation` certainly still holds; only then is a partition opened.

        A worker woken from sleep would otherwise fence the rightful owner.
        """
        now = self._machine.boot_seconds()
        session = self.parts.settings.session_timeout_s
        return (
            generation == self._generation
            and not self._rebalancing
            and not self._was_frozen
            and now - self._heartbeat_at_s < session / 2
            and now - self._ticked_at_s < session
        )

    def gave_up(self, partition: int, *, fenced: bool) -> None:
        """The partition waits for another assignment, which is requested unless a rebalance is under way.

        After a fencing the request waits for a session timeout: the rebalance behind the fencing mostly comes by itself.
        """
        now = self._machine.monotonic()
        wait = self.parts.settings.session_timeout_s if fenced else 0.0
        with self._lock:
            if not self._rebalancing:
                self._rejoin_at_s = min(now + wait, self._rejoin_at_s or now + wait)
            if fenced:
                self._fencings.append(now)
                while now - self._fencings[0] > 60:
                    self._fencings.popleft()
            too_many = len(self._fencings) > FENCINGS_PER_MINUTE_MAX
        log.warning(
            "partition %d given up (%s)", partition, "fenced" if fenced else "ownership no longer sure"
        )
        if too_many:
            self.fatal(
                EX_NOPERM, "another owner works these partitions: is a second deployment using this app id?"
            )

    def fatal(self, code: int, line: str) -> None:
        """The worker stops."""
        self._stop_worker(code, line)

    # --- called by the worker

    def owners(self) -> list[PartitionOwner]:
        """Of every assigned partition."""
        with self._lock:
            return list(self._owners.values())

    def inboxes(self) -> dict[int, Inbox]:
        """Of the partitions for which records may be fetched."""
        return {owner.partition: inbox for owner in self.owners() if (inbox := owner.inbox) is not None}

    def is_ready(self) -> bool:
        """Whether there was an assignment and every partition of it is open. An assignment may be empty."""
        return self._assigned and all(owner.state is OwnerState.OPEN for owner in self.owners())

    def review(self) -> None:
        """Called about once a second: asks for a rejoin when one is due, and counts."""
        with self._lock:
            due = self._rejoin_at_s is not None and self._machine.monotonic() >= self._rejoin_at_s
            if due:
                self._rejoin_at_s = None
        if due:
            log.warning("asking the group for a new assignment")
            self.request_rejoin()
        self._count()

    def _count(self) -> None:
        """Metrics cover the partitions held now, snapshots the open ones; one that moved away is counted by its next owner."""
        owners = self.owners()
        states = Counter(owner.state for owner in owners)
        for state in OwnerState:
            metrics.PARTITIONS.labels(state.value).set(states[state])
        held = {owner.partition for owner in owners}
        self._ever_held |= held
        # every time, since a thread that is ending may set them once more
        for partition in self._ever_held - {owner.partition for owner in owners if owner.opened is not None}:
            metrics.SNAPSHOTS.remove(partition)
        for partition in self._ever_held - held:
            metrics.BLOCKED.remove(partition)
            for topic in topics.INPUTS:
                metrics.LAG.remove(topic, partition)

    def stand_still(self) -> list[OpenPartition]:
        """Decide nothing any more, whatever is assigned. Returns the open partitions: each is as of its last commit."""
        with self._lock:
            self._stopped = True
        self.park()
        parked = (owner.opened for owner in self.owners() if owner.state is OwnerState.PARKED)
        return [opened for opened in parked if opened is not None]

    def stop(self, seconds: float) -> bool:
        """End every owner; whether all ended in time."""
        with self._lock:
            self._stopped = True
        owners = self.owners()
        for owner in owners:
            owner.stop()
        deadline = self._machine.monotonic() + seconds
        return all(owner.join(max(0.0, deadline - self._machine.monotonic())) for owner in owners)
