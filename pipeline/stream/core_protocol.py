"""What the worker needs of a core, so that any core of this shape can be driven: the real one, or a counting one."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.core.rules.rules import Rules
from pipeline.settings import Settings
from pipeline.stream.brokers import Brokers
from pipeline.stream.machine import MACHINE, Machine
from pipeline.stream.worker_clock import WorkerClock
from schemas.state.case import Case


class Core(Protocol):
    """All state of one partition; `pipeline.core.partition.Partition` says what each method does."""

    @property
    def provisional(self) -> int: ...

    def restore(self, cases: Iterable[Case]) -> None: ...

    def next_due(self) -> datetime | None: ...

    def fire(self, turn: Turn) -> Outcome: ...

    def step(self, record: InputRecord, turn: Turn) -> Outcome: ...

    def bury(self, record: InputRecord, turn: Turn) -> Outcome: ...


NewCore = Callable[[], Core]
"""Makes an empty core; called once per opening of a partition, from its thread."""


class Deciding(NamedTuple):
    """What a worker decides by: how to make a core, and its rules."""

    new_core: NewCore
    rules: Rules | None = None


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What every partition of a worker shares."""

    settings: Settings
    brokers: Brokers
    clock: WorkerClock
    new_core: NewCore
    machine: Machine = MACHINE
    rules: Rules | None = None
    """By which the work is counted; None for a core that knows none."""
    deciding: AbstractContextManager[object] = field(init=False)
    """One partition decides at a time, while others commit: threads that share one core only slow each other."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "deciding", self.machine.lock())
