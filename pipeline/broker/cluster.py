"""The brokers of this machine: one, or several that replicate, each in a folder of its own below the cluster's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.broker.broker_errors import BrokerError
from pipeline.broker.folder_lock import exclusive, plain_disk_errors
from pipeline.broker.guard import guarded_children
from pipeline.broker.ports import NodePorts, port_plans
from pipeline.broker.process import (
    HEAP_MB_DEFAULT,
    Broker,
    launched,
    port_taken,
    remembered,
)
from pipeline.broker.profile import Seat
from pipeline.broker.progress import OnProgress, ignore_progress
from pipeline.broker.running_address import node_folders

SEVERAL: Final = 3
"""The least that may lose one and go on: two of three are a majority."""
HEAP_MB_OF_SEVERAL: Final = 256
"""Of each: a laptop has room for three."""
SeatsOf = Callable[[Sequence[NodePorts]], Sequence[Seat]]


def direct_seats(plan: Sequence[NodePorts]) -> list[Seat]:
    """The nodes of several reach one another where they listen."""
    controllers = tuple(ports.controllers for ports in plan)
    return [Seat(number, controllers) for number in range(1, len(plan) + 1)]


@dataclass(frozen=True)
class Cluster:
    """The brokers of a folder that were found running, the first node's first."""

    folder: Path
    brokers: tuple[Broker, ...]

    @classmethod
    def start(
        cls,
        folder: Path,
        size: int | None = None,
        *,
        port: int | None = None,
        heap_mb: int | None = None,
        metrics_port: int | None = None,
        seats_of: SeatsOf = direct_seats,
        on_progress: OnProgress = ignore_progress,
    ) -> Cluster:
        """`size` brokers of `folder`, serving: those that run already, and new ones on the records kept there.

        Args:
            size: 1 or `SEVERAL`; None: as many as the folder has records of, else 1.
            port: as for `Broker.start`, of the first; the others' follow.
            heap_mb: of each; None takes `HEAP_MB_DEFAULT` for one, `HEAP_MB_OF_SEVERAL` for several.
            metrics_port: of the first; the others' follow. One that is brought back to the others has that of before.
            seats_of: how several reach one another, once it is known where each will listen.

        Raises:
            BrokerError: see `broker_errors.CODES`.
        """
        folder = folder.expanduser().resolve()
        held = held_size(folder)
        if size and held and size != held:
            raise BrokerError(
                "other_size",
                f"{folder} holds the records of {held}, not of {size}; remove them (enforcement broker down --wipe), or name "
                "another folder in ENFORCEMENT_HOME",
            )
        size = size or held or 1
        heap_mb = heap_mb or (HEAP_MB_DEFAULT if size == 1 else HEAP_MB_OF_SEVERAL)
        if size == 1:
            broker = Broker.start(
                folder, port=port, heap_mb=heap_mb, metrics_port=metrics_port, on_progress=on_progress
            )
            return cls(folder, (broker,))
        nodes = [folder / f"node-{number}" for number in range(1, size + 1)]
        if cls.find(folder):  # where the others are, those that run know already; so does Prometheus
            brokers = [
                Broker.start(
                    node, heap_mb=heap_mb, metrics_port=_last_metrics_port(node), on_progress=on_progress
                )
                for node in nodes
            ]
        else:
            brokers = _started(nodes, port, heap_mb, metrics_port, seats_of, on_progress)
        return cls(folder, tuple(brokers))

    @classmethod
    def find(cls, folder: Path) -> Cluster | None:
        """Those of `folder` that run, or None."""
        running = tuple(broker for node in node_folders(folder) if (broker := Broker.find(node)))
        return cls(folder.expanduser().resolve(), running) if running else None

    @property
    def size(self) -> int:
        """How many there are, running or not."""
        return len(node_folders(self.folder))

    @property
    def is_whole(self) -> bool:
        """Whether all of them run."""
        return len(self.brokers) == self.size

    @property
    def address(self) -> str:
        """What clients call bootstrap servers."""
        return ",".join(broker.address for broker in self.brokers)

    def stop(self) -> bool:
        """Ends them in order, all at once; False where one had to be killed."""
        with ThreadPoolExecutor(len(self.brokers)) as threads:
            return all(list(threads.map(Broker.stop, self.brokers)))


@contextmanager
def borrowed_cluster(
    folder: Path, size: int = SEVERAL, *, seats_of: SeatsOf = direct_seats
) -> Iterator[Cluster]:
    """As `borrowed_broker`, of several: what runs in `folder` when the block ends is ended, and killed when this process dies."""
    with guarded_children():
        try:
            yield Cluster.start(folder, size, port=0, seats_of=seats_of)
        finally:
            if running := Cluster.find(folder):
                running.stop()


def held_size(folder: Path) -> int:
    """Of how many brokers `folder` holds records; 0 where it holds none."""
    nodes = node_folders(folder)
    return len(nodes) if any((node / "data").is_dir() for node in nodes) else 0


def _last_metrics_port(node: Path) -> int | None:
    last = remembered(node)
    return last.metrics_port if last else None


def _started(
    nodes: Sequence[Path],
    port: int | None,
    heap_mb: int,
    metrics_port: int | None,
    seats_of: SeatsOf,
    on_progress: OnProgress,
) -> list[Broker]:
    with ExitStack() as stack:
        for node in nodes:
            stack.enter_context(exclusive(node / "lock", on_progress))
            stack.enter_context(plain_disk_errors(node))
        last = [remembered(node) for node in nodes]
        plans = port_plans([NodePorts(one.port, one.controller_port) if one else None for one in last], port)
        brokers = launched(
            nodes, plans, seats_of, heap_mb=heap_mb, metrics_port=metrics_port, on_progress=on_progress
        )
    if not brokers:
        raise port_taken(port)
    return brokers
