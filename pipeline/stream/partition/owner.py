"""One partition and its thread: opens it, works it batch by batch, and decides what a failure means for ownership.

opening ─► open ─► parked (a rebalance) ─► open, if the next assignment has it again
   ▲        │
   └────────┤ lost, crashed: the state is dropped; opened anew only while ownership is fresh
            └ fenced, or no longer fresh: given up until it is assigned again
"""

import logging
from enum import StrEnum
from typing import Final, Protocol

from pipeline import metrics
from pipeline.stream.broker_time import ClockWrong
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.exits import EX_CONFIG, EX_OSERR, EX_SOFTWARE
from pipeline.stream.fetching.inbox import Inbox
from pipeline.stream.partition.batch import Crashed, OpenPartition
from pipeline.stream.partition.failure_policy import FailurePolicy
from pipeline.stream.partition.ledger import Fenced, Lost
from pipeline.stream.partition.opening import NotOurs, Permit, open_partition, renew
from schemas.errors import CorruptLog, Unavailable

log: Final = logging.getLogger("enforcement.owner")
_PAUSE_FIRST_S: Final = 0.1
_PAUSE_MAX_S: Final = 5.0
_LOOK_S: Final = 0.02


class OwnerState(StrEnum):
    """The state of an owner."""

    OPENING = "opening"
    OPEN = "open"
    PARKED = "parked"
    GIVEN_UP = "given_up"
    STOPPED = "stopped"


class Overseer(Protocol):
    """What an owner needs of the worker."""

    def is_fresh(self, generation: int) -> bool:
        """Whether the group's assignment of `generation` certainly still holds."""

    def gave_up(self, partition: int, *, fenced: bool) -> None:
        """The partition is not worked any more until it is assigned anew."""

    def fatal(self, code: int, line: str) -> None:
        """The worker must stop with this exit code."""


class PartitionOwner:
    """Owns one partition from its assignment on. `assign`, `park` and `stop` are called from other threads."""

    def __init__(self, parts: WorkerParts, overseer: Overseer, partition: int, generation: int) -> None:
        self.partition: Final = partition
        self.generation = generation
        self.state = OwnerState.OPENING
        self.opened: OpenPartition | None = None
        self._parts = parts
        self._machine = parts.machine
        self.progressed_at_s = self._machine.monotonic()
        self._overseer = overseer
        self._failure_policy = FailurePolicy(parts.settings.batch_records_max, parts.machine)
        self._permit = Permit(lambda: overseer.is_fresh(self.generation), parts.machine)
        self._stopping = self._permit.stopping
        self._may_work = self._machine.flag()
        self._may_work.set()
        self._is_parked = self._machine.flag()
        self._pause_s = _PAUSE_FIRST_S
        self._thread = self._machine.thread(self._run, f"partition-{partition}")

    def start(self) -> None:
        """Open and work, in a thread of its own."""
        self._thread.start()

    @property
    def inbox(self) -> Inbox | None:
        """Where fetched records go; None while nothing may be fetched."""
        opened = self.opened
        return opened.inbox if opened is not None and self.state is OwnerState.OPEN else None

    def park(self) -> None:
        """Finish the batch under way and take no more, until `resume` or `stop`."""
        self._may_work.clear()
        if self._stopping.is_set():  # stop() ran meanwhile: do not block
            self._may_work.set()
        opened = self.opened
        if opened is not None:
            opened.inbox.wake()

    def is_quiet(self, seconds: float) -> bool:
        """Wait up to `seconds` until the parked owner neither writes nor fences; whether that is so."""
        deadline = self._machine.monotonic() + seconds
        while self._is_busy() and self._machine.monotonic() < deadline:
            self._is_parked.wait(_LOOK_S)
        return not self._is_busy()

    def _is_busy(self) -> bool:
        return self.state is OwnerState.OPEN or self._permit.fencing.is_set()

    def resume(self) -> None:
        """Go on: the very next assignment has the partition again, so nobody else had it in between."""
        self._may_work.set()

    def stop(self) -> None:
        """Finish the batch under way and end."""
        self._stopping.set()
        self._may_work.set()
        opened = self.opened
        if opened is not None:
            opened.inbox.close()

    def join(self, seconds: float) -> bool:
        """Whether the thread has ended, at the latest after so long."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set() and self._survive():
                self._stopping.wait(self._pause_s)
                self._pause_s = min(self._pause_s * 2, _PAUSE_MAX_S)
        except ClockWrong as error:
            self._overseer.fatal(EX_OSERR, f"partition {self.partition} is not worked: {error}")
        except CorruptLog as error:
            self._overseer.fatal(EX_CONFIG, f"partition {self.partition} is not worked: {error}")
        except BaseException as error:  # a thread's last resort: a silent death would be the worst end
            log.exception("partition %d", self.partition)
            self._overseer.fatal(EX_SOFTWARE, f"partition {self.partition}: {type(error).__name__}")
        if self.state is not OwnerState.GIVEN_UP:
            self.state = OwnerState.STOPPED

    def _survive(self) -> bool:
        """Open and work until told to stop or something fails; whether to open once more."""
        try:
            self._open_and_work()
        except Fenced as error:
            log.warning("%s", error)
            metrics.FENCINGS.inc()
            return self._give_up(fenced=True)
        except Crashed as error:
            return self._crashed(error) and self._is_still_ours()
        except NotOurs as error:
            log.warning("%s", error)
            return self._give_up(fenced=False)
        except Lost as error:
            log.warning("producer retired: %s", error)
            metrics.RETIRED.labels(_reason(error.code)).inc()
            self._failure_policy.lost()
            return self._is_still_ours()
        except Unavailable as error:
            log.warning("partition %d: %s", self.partition, error)
            return self._is_still_ours()
        return False

    def _is_still_ours(self) -> bool:
        return self._overseer.is_fresh(self.generation) or self._give_up(fenced=False)

    def _give_up(self, *, fenced: bool) -> bool:
        if not self._stopping.is_set():
            self.state = OwnerState.GIVEN_UP
            self._overseer.gave_up(self.partition, fenced=fenced)
        return False

    def _crashed(self, crash: Crashed) -> bool:
        log.error("partition %d: %s", self.partition, crash, exc_info=crash.__cause__)
        metrics.TRANSACTIONS.labels("crashed").inc()
        reason = self._failure_policy.crashed(crash.at, buried=crash.buried)
        if reason:
            self._overseer.fatal(EX_SOFTWARE, f"partition {self.partition}: {reason}")
        return not reason

    def _open_and_work(self) -> None:
        self.state = OwnerState.OPENING
        opened = open_partition(self._parts, self.partition, self._permit)
        try:
            self.opened = opened
            self._progressed(opened)
            self.state = OwnerState.OPEN
            while not self._stopping.is_set():
                if not self._may_work.is_set():
                    self._wait_parked(opened)
                else:
                    self._renew(opened)
                    opened.wait()
                    self._work(opened)
        except Crashed:
            opened.ledger.abort()
            raise
        finally:
            if not self._stopping.is_set():
                self.state = OwnerState.OPENING
            self.progressed_at_s = self._machine.monotonic()
            self.opened = None
            opened.inbox.close()
            opened.ledger.close()

    def _renew(self, opened: OpenPartition) -> None:
        """After a commit that succeeded in doubt a new producer goes on, with the state as it is."""
        doubt = opened.ledger.doubt
        if doubt is None:
            return
        metrics.RETIRED.labels(_reason(doubt.code)).inc()
        renew(self._parts, opened.ledger, self.partition, self._permit)
        log.warning("partition %d: a new producer goes on (%s)", self.partition, doubt.reason)

    def _work(self, opened: OpenPartition) -> None:
        if self._may_work.is_set() and opened.work(
            self._failure_policy.entries_max, self._failure_policy.bury
        ):
            self._failure_policy.committed(opened.has_passed)
            self._pause_s = _PAUSE_FIRST_S
            self._progressed(opened)

    def _wait_parked(self, opened: OpenPartition) -> None:
        self.state = OwnerState.PARKED
        self._is_parked.set()
        self._may_work.wait()
        self._is_parked.clear()
        if not self._stopping.is_set():
            opened.renew_inbox()
            self._progressed(opened)
            self.state = OwnerState.OPEN

    def _progressed(self, opened: OpenPartition) -> None:
        self.progressed_at_s = self._machine.monotonic()
        metrics.SNAPSHOTS.labels(self.partition).set(opened.cases)


def _reason(code: str) -> str:
    return code if code in metrics.RETIRED_FOR else "other"
