"""The workers of a deployment and their supervisor: who runs, who died, who is started again, and why."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.core.partition import Partition
from pipeline.core.rules.rules import Rules
from pipeline.settings import Settings
from pipeline.stream.core_protocol import Core
from pipeline.stream.exits import EX_CONFIG, EX_NOPERM, EX_OSERR
from pipeline.stream.partition.batch import OpenPartition
from tests.chaos.simulated.cluster.brokers import Doctor
from tests.chaos.simulated.cluster.group import Group
from tests.chaos.simulated.cluster.network import Network
from tests.chaos.simulated.cluster.producer import epoch_of
from tests.chaos.simulated.scheduler import Process
from tests.chaos.simulated.worker import Worker
from tests.chaos.simulated.workload import CRASHES_ALWAYS, CRASHES_ONCE, START

SPEED: Final = 60.0
"""A second of a run is a minute of business, so that timers come due."""
KEY: Final = b"simulated, no real person here  "
_SKEWED: Final = 0.2
_SKEWS: Final = (
    ("clock an hour ahead", 3_600 / SPEED), ("clock an hour behind", -3_600 / SPEED),
    ("clock a little ahead", 3.0), ("clock a little behind", -3.0),
)  # fmt: skip
_RESTARTED: Final = 0.8
ROLLS_S: Final = 40.0
"""Within so long most workers that start have the other rules."""


class CrashingCore(Partition):
    """The core with a bug: it raises at some records, always or only once in each process."""

    def __init__(self, rules: Rules, partitions: int, crashed: set[str]) -> None:
        super().__init__(rules, KEY, "simulated", partitions)
        self._crashed = crashed

    def step(self, record: InputRecord, turn: Turn) -> Outcome:
        """As the core, or an exception that it never should raise."""
        value = record.value or b""
        if CRASHES_ALWAYS.encode() in value:
            raise RuntimeError("a bug of the core")
        if CRASHES_ONCE.encode() in value and CRASHES_ONCE not in self._crashed:
            self._crashed.add(CRASHES_ONCE)
            raise RuntimeError("a passing bug of the core")
        return super().step(record, turn)


class Fleet:
    """Workers come and go. `wrong` is told in a sentence what no worker may do."""

    def __init__(
        self, seed: int, network: Network, group: Group, settings: Settings, versions: Sequence[Rules], doctor: Doctor | None,
        wrong: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.workers: list[Worker] = []
        self.halted: list[Worker] = []
        self.halted_by: set[str] = set()
        """Workers that have."""
        self.starts = True
        """Whether anybody starts workers."""
        self.may_halt: tuple[str, ...] = ()
        """Codes that workers must stop with at a log that is no longer what it was."""
        self._seed = seed
        self._network = network
        self.group = group
        self.settings = settings
        self._versions = versions
        self._doctor = doctor
        self._wrong = wrong
        self._numbers = 0
        self._rolls = Random(seed * 13 + 3)
        network.crash = self.crash
        network.fencing = self._fencing

    def start_worker(self) -> None:
        """One more process; some have a wrong clock."""
        if not self.starts:
            return
        number = self._numbers
        self._numbers += 1
        worker = Worker(
            self._network, self.group, self.settings, f"w{number}", origin=START, speed=SPEED,
            skew_s=self._skew_s(number), new_core=self._cores(), doctor=self._doctor, stopped=self._stopped,
        )  # fmt: skip
        self.workers.append(worker)
        worker.start()

    def crash(self, process: Process) -> None:
        """Killed from outside, wherever it stands."""
        self._network.scheduler.kill(process)
        self._gone(process)

    def is_rightful(self, partition: int, opened: OpenPartition) -> bool:
        """Whether nobody has fenced it, and it is not in the middle of a batch."""
        epoch = self._network.log.epoch(f"{self.settings.app_id}-{partition}")
        return epoch_of(opened.ledger) == epoch and not opened.ledger.in_transaction

    def any_worker(self) -> Worker | None:
        """Any worker."""
        return self._network.faults.chance.choice(self.workers) if self.workers else None

    def _skew_s(self, number: int) -> float:
        """By how much its clock is ahead of the brokers', in seconds of a run."""
        faults = self._network.faults
        drawn = Random(self._seed * 1_000 + number).random()
        if not faults.active or drawn > _SKEWED:
            return 0.0
        fault, skew_s = _SKEWS[int(drawn / _SKEWED * len(_SKEWS))]
        faults.meet(fault)
        return skew_s

    def _rules_of_next(self) -> Rules:
        """Where the rules are being changed, worker by worker: those before or those after, and at times back again."""
        network = self._network
        first, *others = self._versions
        share = min(0.8, network.scheduler.now / ROLLS_S)
        if not others or not network.faults.active or self._rolls.random() > share:
            return first
        network.faults.meet("worker of other rules")
        if network.broken.names_other_rules:
            return replace(others[0], version=first.version)
        return others[0]

    def _cores(self) -> Callable[[], Core]:
        crashed: set[str] = set()
        rules = self._rules_of_next()
        return lambda: CrashingCore(rules, self.settings.partitions, crashed)

    def _stopped(self, worker: Worker, code: int, line: str) -> None:
        self._network.faults.meet(f"exit {code}")
        why = next((one for one in self.may_halt if one in line), "")
        if code == EX_CONFIG and why:
            self._network.faults.meet(f"stopped: {why}")
            self.halted.append(worker)
            self.halted_by.add(why)
        elif code == EX_OSERR and abs(worker.skew_s) > self.settings.clock_offset_max_s:
            pass  # as it must
        elif code not in (0, EX_NOPERM):
            self._wrong(f"{worker.process.name} stopped with {code}: {line}")
        self._gone(worker.process)

    def _gone(self, process: Process) -> None:
        """The supervisor starts another one, mostly."""
        if all(worker.process is not process for worker in self.workers):
            return  # none of the workers
        chance = self._network.faults.chance
        self.workers = [worker for worker in self.workers if worker.process is not process]
        if not self.workers or chance.random() < _RESTARTED:
            self._network.later(0.3 + 2 * chance.random(), self.start_worker)

    def _fencing(self, process: Process, partition: int) -> None:
        """A worker is about to fence: if it does so to a rightful owner, it was wrong to think itself one."""
        owner, since = self.group.owner.get(partition, (None, 0.0))
        worker = next((one for one in self.workers if one.process is process), None)
        if worker is None or owner is None or owner.process is process or not owner.process.alive:
            return
        said = worker.partitions.said_fresh_at()
        if said > since:
            self._wrong(
                f"{process.name} said at {said:.2f} that partition {partition} is its own, "
                f"which was {owner.process.name}'s since {since:.2f}, and fences it"
            )
