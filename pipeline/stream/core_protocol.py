"""The core as the worker drives it: the real one, or in tests one that only counts."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.core.rules.rules import Rules
from pipeline.settings import Settings
from pipeline.stream.broker_time import BrokerTime
from pipeline.stream.brokers import Brokers
from pipeline.stream.machine import MACHINE, Machine
from pipeline.stream.partition.known_log import KnownLog
from pipeline.stream.worker_clock import WorkerClock
from schemas.duty.street_duty import StreetDuty
from schemas.state.case import Case
from schemas.state.retired import RetiredReports


class Core(Protocol):
    """All state of one partition; `pipeline.core.partition.Partition` says what each method does."""

    @property
    def provisional(self) -> int: ...

    def restore(
        self,
        cases: Iterable[Case],
        retired: Iterable[RetiredReports] = (),
        duties: Iterable[StreetDuty] = (),
    ) -> None: ...

    def held(self) -> tuple[Iterable[Case], Iterable[RetiredReports], Iterable[StreetDuty]]: ...

    def next_due(self) -> datetime | None: ...

    def fire(self, turn: Turn) -> Outcome: ...

    def step(self, record: InputRecord, turn: Turn) -> Outcome: ...

    def bury(self, record: InputRecord, turn: Turn) -> Outcome: ...

    def read_ahead(self) -> bool: ...


NewCore = Callable[[], Core]
"""Makes an empty core; called once per opening of a partition, from its thread."""


class CoreSetup(NamedTuple):
    """How to make a core, and the rules that it decides by."""

    new_core: NewCore
    rules: Rules | None = None
    key_mark: str | None = None
    """Of the key of the callers' tokens; None for a core without one."""


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What every partition of a worker shares."""

    settings: Settings
    brokers: Brokers
    clock: WorkerClock
    new_core: NewCore
    machine: Machine = MACHINE
    rules: Rules | None = None
    """The rules that the metrics count by; None for a core without rules."""
    key_mark: str | None = None
    """See `CoreSetup`."""
    known_log: KnownLog = field(default_factory=KnownLog)
    decide_lock: AbstractContextManager[object] = field(init=False)
    """One partition decides at a time, while others commit: deciding is Python alone, and the interpreter lock lets one thread run it."""

    broker_time: BrokerTime = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "decide_lock", self.machine.lock())
        limit_s = self.settings.clock_offset_max_s
        object.__setattr__(self, "broker_time", BrokerTime(self.machine, self.clock.real, limit_s))
