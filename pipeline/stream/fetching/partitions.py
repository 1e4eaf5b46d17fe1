"""All partitions of this worker: who owns what, whether that is surely still so, and when the worker must stop."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

from pipeline import metrics
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.exits import EX_TEMPFAIL
from pipeline.stream.fetching.inbox import Inbox
from pipeline.stream.partition.owner import OwnerState, PartitionOwner
from schemas import topics

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
        self._heartbeat = 0.0
        self._ticked = self._machine.boot_seconds()
        self._nap_s = 0.0
        """The longest that this worker slept since it last asked the group for an assignment."""
        self._slept = False
        self._fencings: deque[float] = deque()
        self._rejoin_at: float | None = None
        self._held: set[int] = set()
        """Every partition that this worker ever had."""
        metrics.TOPIC_PARTITIONS.set(parts.settings.partitions)

    # --- what the group says

    def park(self) -> None:
        """A rebalance begins: every owner finishes its transaction and waits. Blocks, but not for long."""
        self._rebalancing = True
        self._ticked = self._machine.boot_seconds()
        # the group is asked anew from here on: what was slept before is past
        self._nap_s, self._slept = 0.0, False
        owners = self.owners()
        for owner in owners:
            owner.park()
        deadline = self._machine.monotonic() + PARK_S
        for owner in owners:
            if not owner.is_quiet(max(0.0, deadline - self._machine.monotonic())):
                log.warning("partition %d is still busy; a later owner will fence it", owner.partition)

    def assign(self, partitions: set[int], generation: int) -> None:
        """The group's new assignment. Partitions that stayed go on; new ones are opened in the background.

        It may have lain waiting for as long as this worker slept since it asked: so old it is taken to be.
        """
        metrics.REBALANCES.inc()
        self.tick()
        with self._lock:
            if self._stopped:
                return
            consecutive = generation == self._generation + 1
            self._generation = generation
            self._assigned = True
            self._heartbeat = self._ticked - self._nap_s
            self._rebalancing = False
            self._rejoin_at = None
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
        for gone in before.values():
            gone.stop()
        for owner in self.owners():
            owner.resume()
        for owner in fresh:
            owner.start()
        stayed = len(partitions) - len(fresh)
        log.info("generation %d: partitions %s, %d of them stayed", generation, sorted(partitions), stayed)

    def heartbeat(self, sent: float) -> None:
        """The group's coordinator answered well a heartbeat sent at `sent` (`Machine.boot_seconds`)."""
        self._heartbeat = max(self._heartbeat, sent)

    def tick(self) -> None:
        """Called at least once a second while the worker is awake."""
        now = self._machine.boot_seconds()
        self._nap_s = max(self._nap_s, now - self._ticked)
        if now - self._ticked > self.parts.settings.session_timeout_s:
            self._slept = True
            log.warning("this worker was frozen for %.0f s", now - self._ticked)
        self._ticked = now

    # --- what owners ask and tell

    def is_fresh(self, generation: int) -> bool:
        """Whether the assignment of `generation` surely still stands: without that, nothing is opened."""
        now = self._machine.boot_seconds()
        session = self.parts.settings.session_timeout_s
        return (
            generation == self._generation
            and not self._rebalancing
            and not self._slept
            and now - self._heartbeat < session / 2
            and now - self._ticked < session
        )

    def gave_up(self, partition: int, *, fenced: bool) -> None:
        """The partition waits for another assignment; one is asked for, unless the group gives one by itself."""
        now = self._machine.monotonic()
        wait = self.parts.settings.session_timeout_s if fenced else 0.0
        with self._lock:
            if not self._rebalancing:
                self._rejoin_at = min(now + wait, self._rejoin_at or now + wait)
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
                EX_TEMPFAIL, "another owner works these partitions: is a second deployment using this app id?"
            )

    def fatal(self, code: int, line: str) -> None:
        """The worker stops."""
        self._stop_worker(code, line)

    # --- what the worker asks

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
            due = self._rejoin_at is not None and self._machine.monotonic() >= self._rejoin_at
            if due:
                self._rejoin_at = None
        if due:
            log.warning("asking the group for a new assignment")
            self.request_rejoin()
        self._count()

    def _count(self) -> None:
        """What the metrics say is of the partitions that are held now: one that went is its next owner's to count."""
        owners = self.owners()
        states = Counter(owner.state for owner in owners)
        for state in OwnerState:
            metrics.PARTITIONS.labels(state.value).set(states[state])
        held = {owner.partition for owner in owners}
        self._held |= held
        for partition in self._held - held:  # each time: a thread that ends may have counted once more
            for gauge in (metrics.SNAPSHOTS, metrics.PROVISIONAL, metrics.BLOCKED):
                gauge.remove(partition)
            for topic in topics.INPUTS:
                metrics.LAG.remove(topic, partition)

    def stop(self, seconds: float) -> bool:
        """End every owner; whether all ended in time."""
        with self._lock:
            self._stopped = True
        owners = self.owners()
        for owner in owners:
            owner.stop()
        deadline = self._machine.monotonic() + seconds
        return all(owner.join(max(0.0, deadline - self._machine.monotonic())) for owner in owners)
