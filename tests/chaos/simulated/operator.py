"""The operator: sets the topics right and brings the state back that workers kept, as `enforcement topics restore` does."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pipeline.settings import Settings
from pipeline.stream import broker_topics
from pipeline.stream.core_protocol import Core, WorkerParts
from pipeline.stream.partition.kept_state import KeptState, Outdated, read, write_back
from pipeline.stream.partition.ledger import Fenced, Lost
from pipeline.stream.worker_clock import WorkerClock
from schemas.errors import Unavailable
from tests.chaos.simulated.cluster.brokers import SimulatedBrokers
from tests.chaos.simulated.cluster.network import Network
from tests.chaos.simulated.scheduler import Process, SimulatedMachine, Task

_AGAIN_S: Final = 1.0


class Operator:
    """Runs the command again until it has done all of it."""

    def __init__(self, network: Network, settings: Settings) -> None:
        self.todo = _newest(settings.data_dir / "state")
        """Of each partition the state to be brought back."""
        self._has_applied = False
        self._network = network
        self._settings = settings
        self._process = Process("op")
        self._task: Task | None = None

    def is_done(self) -> bool:
        """Whether all is back."""
        return self._has_applied and not self.todo

    def work(self) -> None:
        """Until it is done, in a new process where the last one has ended."""
        if self.is_done():
            return
        if not self._process.alive:
            self._network.faults.meet("restore killed")
        if self._task is None or self._task.ended.is_set() or not self._process.alive:
            self._process = Process("op")
            self._task = self._network.scheduler.spawn(self._process, self._restore)
        self._network.later(_AGAIN_S, self.work)

    def _restore(self) -> None:
        scheduler = self._network.scheduler
        brokers = SimulatedBrokers(self._settings, self._network, self._process)
        clock = WorkerClock(datetime.fromtimestamp(0, UTC), 0.0, 1.0, lambda: scheduler.now)
        parts = WorkerParts(
            self._settings, brokers, clock, _no_core, SimulatedMachine(scheduler, self._process)
        )
        try:
            broker_topics.apply(self._settings, brokers)
            self._has_applied = True
            for partition, kept in list(self.todo.items()):
                try:
                    if write_back(parts, kept):
                        self._network.faults.meet("state brought back")
                except Outdated:  # only a worker that has it all can have gone on
                    self._network.faults.meet("worked on already")
                del self.todo[partition]
        except (Lost, Fenced, Unavailable):
            self._network.faults.meet("restore run again")


def _no_core() -> Core:
    raise NotImplementedError


def _newest(folder: Path) -> dict[int, KeptState]:
    """Of the files that workers kept: one of each partition."""
    kept = sorted((read(path) for path in folder.glob("*.jsonl")), key=lambda one: one.position.seq)
    return {one.position.partition: one for one in kept}
