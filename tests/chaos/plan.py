"""Which faults come when: data made of a seed, so that a run can be repeated. Nothing is done here."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """What is done to the pipeline under load."""

    KILL_WORKER = "kill_worker"
    """kill -9; the supervisor starts it anew at once."""
    LOSE_WORKER = "lose_worker"
    """kill -9, and it stays away beyond its session timeout."""
    FREEZE_WORKER = "freeze_worker"
    """SIGSTOP beyond its session timeout, then SIGCONT: a zombie."""
    PAUSE_WORKER = "pause_worker"
    """SIGSTOP for less than its session timeout."""
    STOP_WORKER = "stop_worker"
    """SIGTERM, and started anew."""
    REBALANCE_STORM = "rebalance_storm"
    """A worker more, and less again, three times in a row."""
    SKEW_WORKER = "skew_worker"
    """Killed and started anew with a clock that is an hour ahead or behind."""
    KILL_BROKER = "kill_broker"
    """kill -9 and restart."""
    RESTART_BROKER = "restart_broker"
    """Stopped in order, and started."""
    FREEZE_BROKER = "freeze_broker"
    """SIGSTOP for some seconds."""
    FILL_DISK = "fill_disk"
    """No file of the broker may grow any more, as on a full disk; then there is room again."""
    LOSE_ANSWER = "lose_answer"
    """The answer to the end of a transaction is lost on its way to a worker."""
    SLOW_NETWORK = "slow_network"
    """Every answer to a worker comes a tenth of a second later."""
    SECOND_FLEET = "second_fleet"
    """A second deployment under the same transactional ids, by mistake; then it is gone."""
    HANG_READER = "hang_reader"
    """Readers of our topics that are slow, and that join and never read."""
    FOREIGN_TRANSACTION = "foreign_transaction"
    """Somebody else opens a transaction on an input and sleeps."""


@dataclass(frozen=True, slots=True)
class Step:
    """A fault, so many seconds after the load began; it lasts so long. `draw` chooses whom it hits."""

    at_s: float
    fault: Fault
    lasts_s: float
    draw: int


LASTS: dict[Fault, tuple[float, float]] = {
    Fault.KILL_WORKER: (0.3, 1.5),
    Fault.LOSE_WORKER: (8.0, 11.0),
    Fault.FREEZE_WORKER: (8.0, 12.0),
    Fault.PAUSE_WORKER: (0.5, 3.0),
    Fault.STOP_WORKER: (0.3, 1.5),
    Fault.REBALANCE_STORM: (2.0, 3.0),
    Fault.SKEW_WORKER: (0.3, 1.0),
    Fault.KILL_BROKER: (0.2, 2.0),
    Fault.RESTART_BROKER: (0.2, 1.0),
    Fault.FREEZE_BROKER: (3.0, 12.0),
    Fault.FILL_DISK: (2.0, 5.0),
    Fault.LOSE_ANSWER: (3.0, 5.0),
    Fault.SLOW_NETWORK: (4.0, 8.0),
    Fault.SECOND_FLEET: (14.0, 20.0),
    Fault.HANG_READER: (4.0, 8.0),
    Fault.FOREIGN_TRANSACTION: (3.0, 8.0),
}
"""Seconds, from and to. A worker's session ends after six."""

BEGIN_S = 4.0
GAP_S = (1.0, 4.0)


def plan(seed: int, seconds: float) -> list[Step]:
    """The faults of a run of so many seconds, one after the other; every kind once before any comes again."""
    draw = Random(seed)
    steps: list[Step] = []
    at = BEGIN_S
    kinds: list[Fault] = []
    while True:
        if not kinds:
            kinds = draw.sample(list(Fault), len(Fault))
        fault = kinds.pop()
        lasts = draw.uniform(*LASTS[fault])
        if at + lasts > seconds:
            return steps
        steps.append(Step(round(at, 2), fault, round(lasts, 2), draw.randrange(1_000)))
        at += lasts + draw.uniform(*GAP_S)
