"""Which faults come when: data made of a seed, so that a run can be repeated. Nothing is done here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final, NamedTuple


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
    """kill -9 and restart; of several, one that leads."""
    RESTART_BROKER = "restart_broker"
    """Stopped in order, and started; several one after the other, as for an upgrade."""
    FREEZE_BROKER = "freeze_broker"
    """SIGSTOP for some seconds; of several, one that leads or the one that coordinates the group."""
    FILL_DISK = "fill_disk"
    """No file of a broker may grow any more, as on a full disk; then there is room again."""
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
    TWO_AWAY = "two_away"
    """All brokers but one are killed, and started again: nothing is acknowledged meanwhile."""
    CUT_BROKER = "cut_broker"
    """No line between one broker and the others, while clients reach all of them."""


@dataclass(frozen=True, slots=True)
class Step:
    """A fault, so many seconds after the load began; it lasts so long. `draw` chooses whom it hits."""

    at_s: float
    fault: Fault
    lasts_s: float
    draw: int


class Kind(NamedTuple):
    """How long faults of a kind last, in seconds, from and to, and how many brokers it takes at least."""

    lasts_s: tuple[float, float]
    brokers: int = 1


KINDS: Final[Mapping[Fault, Kind]] = {
    Fault.KILL_WORKER: Kind((0.3, 1.5)),
    Fault.LOSE_WORKER: Kind((8.0, 11.0)),
    Fault.FREEZE_WORKER: Kind((8.0, 12.0)),
    Fault.PAUSE_WORKER: Kind((0.5, 3.0)),
    Fault.STOP_WORKER: Kind((0.3, 1.5)),
    Fault.REBALANCE_STORM: Kind((2.0, 3.0)),
    Fault.SKEW_WORKER: Kind((0.3, 1.0)),
    Fault.KILL_BROKER: Kind((0.2, 2.0)),
    Fault.RESTART_BROKER: Kind((0.2, 1.0)),
    Fault.FREEZE_BROKER: Kind((3.0, 12.0)),
    Fault.FILL_DISK: Kind((2.0, 5.0)),
    Fault.LOSE_ANSWER: Kind((3.0, 5.0)),
    Fault.SLOW_NETWORK: Kind((4.0, 8.0)),
    Fault.SECOND_FLEET: Kind((14.0, 20.0)),
    Fault.HANG_READER: Kind((4.0, 8.0)),
    Fault.FOREIGN_TRANSACTION: Kind((3.0, 8.0)),
    Fault.TWO_AWAY: Kind((4.0, 8.0), brokers=3),
    Fault.CUT_BROKER: Kind((5.0, 12.0), brokers=3),
}
"""A worker's session ends after six seconds, a broker's after two."""

BEGIN_S = 4.0
GAP_S = (1.0, 4.0)


def faults_of(brokers: int) -> list[Fault]:
    """What can be done to so many brokers and their workers."""
    return [fault for fault, kind in KINDS.items() if kind.brokers <= brokers]


def plan(seed: int, seconds: float, faults: Sequence[Fault]) -> list[Step]:
    """The faults of a run of so many seconds, one after the other; each of `faults` once before any comes again."""
    draw = Random(seed)
    steps: list[Step] = []
    at = BEGIN_S
    left: list[Fault] = []
    while True:
        left = left or draw.sample(faults, len(faults))
        fault = left.pop()
        lasts = draw.uniform(*KINDS[fault].lasts_s)
        if at + lasts > seconds:
            return steps
        steps.append(Step(round(at, 2), fault, round(lasts, 2), draw.randrange(1_000)))
        at += lasts + draw.uniform(*GAP_S)
