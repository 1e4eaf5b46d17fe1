"""One run of one seed: brokers, group, workers, the world outside, faults; first all at once, then, if asked, in peace.

pushes ─► log ─► workers (the real owners, opening, ledger, lane) ─► log ─► people ─► log
           ▲         ▲ group, supervisor                              │
        trouble ─────┘                                                └─► witness: the invariants, at each commit
"""

import gc
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pipeline.core.partition import Partition
from pipeline.core.rules.rules import Rules
from pipeline.rulebook import load_rules
from pipeline.settings import Settings
from pipeline.stream.partition.batch import OpenPartition
from schemas import topics
from schemas.partitioning import partition_of
from schemas.wire import codecs
from tests.chaos.simulated.broken import doctor_of
from tests.chaos.simulated.cluster.group import Group
from tests.chaos.simulated.cluster.log import Log, Place, Transaction
from tests.chaos.simulated.cluster.network import Network
from tests.chaos.simulated.cluster.nodes import Nodes
from tests.chaos.simulated.disasters import DISASTERS, Disaster
from tests.chaos.simulated.faults import SOUND, Broken, Faults
from tests.chaos.simulated.fleet import KEY, Fleet
from tests.chaos.simulated.invariants import Witness, agree
from tests.chaos.simulated.scheduler import Scheduler
from tests.chaos.simulated.silence import Silence
from tests.chaos.simulated.trouble import TROUBLE_S, Trouble
from tests.chaos.simulated.workload import People, Push, Workload

PARTITIONS: Final = 2
REPORTS: Final = 14
PUSHING_S: Final = 42.0
PEACE_S: Final = 100.0
"""After the last fault everything is decided within so long: a session, a rebalance, openings, and people's steps."""
HELD_S: Final = 14.0
"""Readers are never held up for longer: the transaction's timeout, the brokers' sweep, and slow markers."""
STEPS_MAX: Final = 200_000
SETTINGS: Final = Settings(
    brokers="nowhere:1", partitions=PARTITIONS, batch_records_max=16, inbox_records_max=24
)
_SWEEP_S: Final = 1.0
_MARKER_S: Final = 0.03
_AGAIN_S: Final = 0.05
_LONG_S: Final = 40.0
"""Broken on purpose: for an answer."""
_SLOW: Final = 40
_RETAINS_EVERY: Final = 4


@cache
def rules() -> Rules:
    """The rules of the repository, but that a case is kept no longer once it has ended: then reports of it still come."""
    shipped = load_rules(Path(__file__).parents[3] / "rules")
    return replace(shipped, policy=replace(shipped.policy, retire_days=0))


@cache
def versions() -> Mapping[str, Rules]:
    """Those, and others that a rolling change brings: cases are kept for longer, and fewer reports are one case."""
    first = rules()
    policy = replace(first.policy, retire_days=1, duplicate_window_minutes=20)
    window = timedelta(minutes=policy.duplicate_window_minutes)
    duplicates = replace(first.duplicates, window=window, lasting_window=window)
    after = replace(first, version=f"{first.version}-next", policy=policy, duplicates=duplicates)
    return {one.version: one for one in (first, after)}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run. `mode` is `safety` (faults to the end) or `liveness` (then peace, in which all must be decided)."""

    seed: int
    mode: str = "liveness"
    faulty: bool = True
    broken: Broken = SOUND
    steps_max: int = STEPS_MAX
    rolls: bool = False
    """The rules are changed, worker by worker."""
    disaster: str = ""
    """One of `DISASTERS`."""
    freezes: bool = False
    """Brokers fall silent."""
    calm: bool = False
    """No other fault comes, so that silence can be measured."""


@dataclass
class Result:
    """`wrong` is empty where every invariant held. `outcomes` are what a run without faults must have as well."""

    wrong: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, str] = field(default_factory=dict)
    steps: int = 0
    entries: int = 0
    peace_s: float = 0.0
    """How long after the last fault everything was decided."""
    silent_s: Mapping[bool, float] = field(default_factory=dict)
    """See `Silence.longest_s`."""
    fingerprint: str = ""
    """Of everything that was ever in the log and still is: equal for equal seeds."""


class World:
    """Everything of one run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.result = Result()
        self.faults = Faults(plan.seed, active=plan.faulty and not plan.calm, often=plan.broken.often)
        self.scheduler = Scheduler()
        self.log = Log(
            {topic.name: topic.config for topic in topics.TOPICS},
            PARTITIONS,
            self._ending,
            lambda: self.scheduler.now,
        )
        answer_s = _LONG_S if plan.broken.waits_long else SETTINGS.answer_s
        nodes = Nodes(self.scheduler, plan.seed, self.faults.meet, answer_s)
        self.network = Network(self.scheduler, self.log, self.faults, plan.broken, nodes)
        self._is_settling = False
        session_s, rebalance_s = SETTINGS.session_timeout_s, SETTINGS.rebalance_timeout_s
        self.group = Group(self.scheduler, PARTITIONS, session_s, rebalance_s, nodes)
        self.witness = Witness(self.log, PARTITIONS, self._wrong)
        doctor = doctor_of(plan.broken, self.network)
        self._folder = TemporaryDirectory() if plan.disaster else None
        settings = (
            SETTINGS.model_copy(update={"data_dir": Path(self._folder.name)}) if self._folder else SETTINGS
        )
        by = tuple(versions().values())[: 2 if plan.rolls else 1]
        self.fleet = Fleet(plan.seed, self.network, self.group, settings, by, doctor, self._wrong)
        retains = plan.seed % _RETAINS_EVERY == 0  # what retention has taken, no replay at the end can read
        self.trouble = Trouble(self.network, self.fleet, self.witness, retains=retains)
        kind = DISASTERS.get(plan.disaster)
        self.disaster = kind(self.network, self.fleet, self.witness, self.trouble) if kind else None
        memory_is_last_copy = kind is not None and kind.memory_is_last_copy
        self.workload = Workload(
            plan.seed,
            REPORTS,
            PUSHING_S,
            self.faults.meet,
            crashes=not (memory_is_last_copy or plan.calm),
        )
        self.silence = (
            Silence(self.network, self.fleet, self.witness, self._wrong, judges=plan.calm)
            if plan.freezes
            else None
        )
        self.people = People(self.workload, rules(), self.network, PARTITIONS)

    def run(self) -> Result:
        """Until all is decided, or the time is up."""
        for push in self.workload.pushes:
            self.scheduler.call_at(push.at, partial(self._push, push))
        self.fleet.start_worker()
        self._sweep()
        if self.plan.faulty:
            self._suffer()
        else:
            self._recover()
        disaster = self._disaster()
        if not self.result.wrong and not (disaster and disaster.is_final):
            self._settle()
            self._compare()
        return self._end()

    def _suffer(self) -> None:
        self.fleet.start_worker()
        self.trouble.begin()
        if self.disaster is not None:
            self.disaster.begin()
        if self.silence is not None:
            self.silence.begin()
        self.scheduler.run(TROUBLE_S, self.plan.steps_max)
        if self.plan.mode == "liveness" and not self.scheduler.stopped:
            self._recover()

    def _recover(self) -> None:
        """Frozen workers wake and nothing is broken any more: now everything gets done."""
        self.trouble.pause()
        if self.silence is not None:
            self.silence.end()
        self.scheduler.run(TROUBLE_S + PEACE_S, self.plan.steps_max)
        if not self.scheduler.stopped and self.scheduler.steps < self.plan.steps_max:
            self._wrong(f"{PEACE_S:.0f} s after the last fault: {self._left()}")

    # what happens on the log

    def _ending(self, transaction: Transaction) -> None:
        """Its markers are written one by one."""
        slow = _SLOW if self.faults.strikes("markers slow") else 1
        places = list(transaction.parts)
        self.faults.chance.shuffle(places)
        if not transaction.commits:
            self.faults.meet("transaction aborted")
        for place in places:
            seconds = slow * _MARKER_S * self.faults.chance.random()
            self.network.later(seconds, partial(self._mark, transaction, place))

    def _mark(self, transaction: Transaction, place: Place) -> None:
        if self.network.nodes.holds and not self._is_settling:
            self.network.later(_AGAIN_S, partial(self._mark, transaction, place))
        elif transaction.parts[place].committed is None:
            is_over = self.log.write_marker(transaction, place)
            if is_over and transaction.commits and transaction.tid.startswith(SETTINGS.app_id):
                self.witness.committed(transaction)

    def _push(self, push: Push) -> None:
        partition = (partition_of(push.street, PARTITIONS) + push.astray) % PARTITIONS
        log = self.log.partitions[push.topic, partition]
        if push.aborted:
            self.trouble.foreign(log.place, push.content, self.faults.chance.random())
        else:
            self.network.append(partial(log.append, push.content))

    def _sweep(self) -> None:
        """Once a second: transactions that are too old, readers held up, and whether all is done."""
        now = self.scheduler.now
        if not self.network.nodes.holds:
            for _ in self.log.expire(now, SETTINGS.transaction_timeout_ms / 1_000):
                self.faults.meet("transaction timed out")
        since = self.log.open_since()
        if (
            since is not None
            and not self.network.nodes.holds
            and now - max(since, self.network.nodes.changed_at) > HELD_S
        ):
            self._wrong(f"readers of committed records have been held up since {since:.1f}")
        if self._is_done():
            self.scheduler.stopped = True
        self.network.later(_SWEEP_S, self._sweep)

    # how it ends

    def _disaster(self) -> Disaster | None:
        """One that has struck."""
        return self.disaster if self.disaster is not None and self.disaster.has_struck else None

    def _is_done(self) -> bool:
        disaster = self._disaster()
        if disaster is not None and (disaster.is_final or not disaster.is_over()):
            return disaster.is_over()
        is_late = self.scheduler.now > (TROUBLE_S if self.silence else PUSHING_S) and not self.faults.active
        return (
            is_late
            and self.witness.undecided() == 0
            and self.people.are_done()
            and self.log.open_since() is None
        )

    def _left(self) -> str:
        disaster = self._disaster()
        if disaster is not None and not disaster.is_over():
            return disaster.left()
        owners = [
            f"{worker.process.name}:{owner.partition} {owner.state}"
            for worker in self.fleet.workers
            for owner in worker.partitions.owners()
        ]
        return f"not all is decided: {self.witness.undecided()} records undecided, {self.people.waiting()} wait, owners {owners}"

    def _settle(self) -> None:
        """Whatever was about to end has ended."""
        self._is_settling = True
        for transaction in self.log.ending():
            for place in transaction.parts:
                self._mark(transaction, place)

    def _compare(self) -> None:
        """Log, fold, replay and memory say the same."""
        for number, stands in self.witness.standing.items():
            for line in agree(
                self.log,
                stands,
                number,
                lambda version: Partition(versions()[version], KEY, "simulated", PARTITIONS),
            ):
                self._wrong(line)
        for worker in self.fleet.workers:
            for owner in worker.partitions.owners():
                if owner.opened is not None:
                    self._compare_memory(worker.process.name, owner.partition, owner.opened)

    def _compare_memory(self, who: str, partition: int, opened: OpenPartition) -> None:
        """An owner that nobody has fenced and that has decided nothing since the last commit holds what the log holds."""
        stands = self.witness.standing[partition]
        if (
            self.fleet.is_rightful(partition, opened)
            and opened.seq == stands.seq
            and isinstance(opened.core, Partition)
        ):
            self.faults.meet("memory compared")
            held = {case.case_id.encode(): codecs.CASE.encode(case) for case in opened.core.cases()}
            if held != stands.cases or opened.digest.hex() != stands.digest.hex():
                self._wrong(f"{who} holds another state of partition {partition} than the log")

    def _end(self) -> Result:
        result = self.result
        if self.scheduler.steps >= STEPS_MAX:
            self._wrong("something goes round and round: the time does not pass")
        self.faults.meet("rebalance", self.group.rebalances - 1)
        self.faults.meet("report repeated", self.witness.repeats)
        self.faults.meet("report repeated when its case was gone", self.witness.late_repeats)
        result.met = self.faults.met
        result.steps = self.scheduler.steps
        result.peace_s = max(0.0, self.scheduler.now - TROUBLE_S) if self.plan.mode == "liveness" else 0.0
        result.silent_s = self.silence.longest_s if self.silence is not None else {}
        result.entries = sum(len(one.entries) for one in self.witness.standing.values())
        result.outcomes = self.people.outcomes(
            value
            for stands in self.witness.standing.values()
            for value in (*stands.past.values(), *stands.cases.values())
        )
        print_of = blake2b(digest_size=8)
        for place, log in self.log.partitions.items():
            print_of.update(repr((place, [record[:3] for record in log.records])).encode())
        result.fingerprint = print_of.hexdigest()
        if self._folder is not None:
            self._folder.cleanup()
        self.scheduler.reap([worker.process for worker in self.fleet.workers])
        return result

    def _wrong(self, line: str) -> None:
        self.result.wrong.append(f"at {self.scheduler.now:.3f} s, step {self.scheduler.steps}: {line}")
        self.scheduler.stopped = True


def run(plan: Plan, watch: Callable[[World], None] | None = None) -> Result:
    """One run; nothing of it stays in memory. `watch` sees the world before it begins."""
    gc.disable()
    try:
        world = World(plan)
        if watch is not None:
            watch(world)
        return world.run()
    finally:
        gc.enable()
        gc.unfreeze()  # what openings have frozen


def differences(faulty: Result, calm: Result) -> list[str]:
    """What a run with faults ended in otherwise than the same inputs without."""
    keys = sorted(faulty.outcomes.keys() | calm.outcomes.keys())
    return [
        f"{key}: {faulty.outcomes.get(key)!r} with faults, {calm.outcomes.get(key)!r} without"
        for key in keys
        if faulty.outcomes.get(key) != calm.outcomes.get(key)
    ]
