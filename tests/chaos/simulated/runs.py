"""Seeds run one after the other: in which mode each, what all of them met, and how one that went wrong is run again."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.chaos.simulated.disasters import DISASTERS
from tests.chaos.simulated.faults import FAULTS, SOUND, Broken
from tests.chaos.simulated.world import STEPS_MAX, Plan, Result, World, differences, run

KEPT: Final = Path(__file__).parents[1].joinpath("seeds.txt")
MODES: Final = ("safety", "liveness", "control", *DISASTERS, "frozen", "silence")
"""Faults to the end; faults, then peace in which all must be decided; that, and the same inputs without faults must end
alike; faults, and a disaster that workers must stop at; faults, and brokers that fall silent; nothing but those."""
SHARES: Final = (
    "safety", "liveness", "safety", "control", "safety", "liveness", "liveness", "loss", "safety", "liveness", "older",
    "deleted", "added", "frozen", "silence",
)  # fmt: skip
MUST: Final = (
    *FAULTS, "fenced", "transaction aborted", "transaction timed out", "rebalance", "report repeated", "late EndTxn",
    "report repeated when its case was gone",
    "memory compared", "acknowledged records lost", "stopped: seq_differs", "older copy of the log", "stopped: log_went_back",
    "state deleted", "stopped: state_deleted", "stopped: topics_differ", "state brought back",
    "partitions added", "stopped: partitions_differ",
    "broker frozen", "leadership moved", "broker went on in time", "broker went on after the others took over",
    "taken, and no answer", "late request taken", "late request refused", "silence seen by the watch",
)  # fmt: skip
"""What the runs of one go must have met, each at least once: else they prove nothing about it."""
_ROLLING: Final = (1, 3)
"""Of five seeds those whose rules are changed amid the run; of the mode control none, which is compared with a run that has one version."""
_COLLECT_EVERY: Final = 200


def mode_of(seed: int) -> str:
    """Of a seed whose mode is not said."""
    return SHARES[seed % len(SHARES)]


def simulate(
    seed: int,
    mode: str = "",
    *,
    steps_max: int = STEPS_MAX,
    broken: Broken = SOUND,
    watch: Callable[[World], None] | None = None,
) -> Result:
    """One seed in one mode; what went wrong is in the result, last a line that runs it again."""
    mode = mode or mode_of(seed)
    plan = Plan(
        seed,
        "safety" if mode == "safety" else "liveness",
        steps_max=steps_max,
        broken=broken,
        rolls=mode != "control" and seed % 5 in _ROLLING,
        disaster=mode if mode in DISASTERS else "",
        freezes=mode in ("frozen", "silence"),
        calm=mode == "silence",
    )
    result = run(plan, watch)
    if mode == "control" and not result.wrong and steps_max == STEPS_MAX:
        calm = run(Plan(seed, faulty=False))
        result.wrong += [f"without faults: {line}" for line in calm.wrong] + differences(result, calm)
    if seed % _COLLECT_EVERY == 0:
        gc.collect()
    if result.wrong:
        result.wrong.append(again(seed, mode, result.steps))
    return result


def again(seed: int, mode: str, steps: int) -> str:
    """The command that runs a seed again, up to where it went wrong."""
    upto = "" if mode == "control" else f" --steps {steps}"
    return f"python -m tests.chaos.simulate --seed {seed} --mode {mode}{upto} --trace"


def kept() -> Iterator[tuple[int, str]]:
    """Seeds that once went wrong, with their mode: they are run for ever."""
    for line in KEPT.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            seed, mode, *_ = line.split()
            yield int(seed), mode


class Tally:
    """What many runs met."""

    def __init__(self) -> None:
        self.runs: Counter[str] = Counter()
        self.times: Counter[str] = Counter()
        self.in_runs: Counter[str] = Counter()
        self.entries = 0
        self.peace_s_max = 0.0
        self.silent_s = {True: 0.0, False: 0.0}
        """See `Silence.longest_s`: the longest of all runs."""
        self.wrong: list[tuple[int, list[str]]] = []

    def add(self, seed: int, mode: str, result: Result) -> None:
        """One run more."""
        self.runs[mode] += 1
        self.times += result.met
        self.in_runs.update(name for name, times in result.met.items() if times > 0)
        self.entries += result.entries
        self.peace_s_max = max(self.peace_s_max, result.peace_s)
        for moved, seconds in result.silent_s.items():
            self.silent_s[moved] = max(self.silent_s[moved], seconds)
        if result.wrong:
            self.wrong.append((seed, result.wrong))

    def vacuous(self) -> list[str]:
        """What none of the runs met."""
        return [name for name in MUST if not self.times[name]]

    def lines(self) -> Iterator[str]:
        """The table."""
        yield f"{'fault or event':34} {'times':>10} {'in runs':>9}"
        for name in sorted(self.times.keys() | set(MUST), key=lambda one: (one not in FAULTS, one)):
            yield f"{name:34} {self.times[name]:>10,} {self.in_runs[name]:>9,}"
