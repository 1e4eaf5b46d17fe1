"""Which faults there are, how often each comes in one run, and how often each has been met. Chance is a seed's.

Every run leaves some faults out and turns others up (a swarm): faults that always come together hide one another.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

EFFECTS: Final = (
    "kill before produce", "kill before commit", "kill after commit", "kill before fencing", "kill while opening",
    "kill anywhere",
    "freeze before produce", "freeze before commit", "freeze after commit", "freeze before fencing", "freeze while opening",
    "freeze anywhere",
)  # fmt: skip
"""What strikes a worker between two effects on the log."""
COMMITS: Final = (
    "commit request lost", "commit applied, answer lost", "commit applied, no answer", "commit request late",
    "commit slow",
)  # fmt: skip
BROKERS: Final = (
    "abort request lost", "fencing answer lost", "brokers silent", "markers slow", "produce refused",
    "heartbeat lost", "fetch cancelled", "foreign transaction", "compaction", "retention",
)  # fmt: skip
FLEET: Final = ("worker stopped", "worker added", "rejoin asked", "clock an hour ahead", "clock an hour behind",
    "clock a little ahead", "clock a little behind", "worker of other rules",
)  # fmt: skip
INPUTS: Final = (
    "report pushed again", "report pushed changed", "report late by hours", "sources reordered", "poison",
    "aborted push", "core crashes once", "core crashes always", "wild action", "action pushed again",
    "record astray", "record without key", "action astray", "record forwarded",
)  # fmt: skip
FAULTS: Final = (*EFFECTS, *COMMITS, *BROKERS, *FLEET, *INPUTS)

_RATES: Final = {
    "before produce": 0.01, "before commit": 0.05, "after commit": 0.03, "before fencing": 0.02, "while opening": 0.02, "anywhere": 0.0005,
    "commit request lost": 0.04, "commit applied, answer lost": 0.1, "commit applied, no answer": 0.03,
    "commit request late": 0.05, "commit slow": 0.03, "abort request lost": 0.3,
    "fencing answer lost": 0.04, "brokers silent": 0.01, "markers slow": 0.1, "produce refused": 0.01,
    "heartbeat lost": 0.1, "fetch cancelled": 0.05,
}  # fmt: skip
"""Per occasion, in a run of middling temper."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Conditions that are broken on purpose, for the simulation to find. Nothing is broken by default."""

    resumes_at_group_offsets: bool = False
    fences_late: bool = False
    waits_for_nobody: bool = False
    is_always_fresh: bool = False
    sees_no_gap: bool = False
    believes_every_commit: bool = False
    overlooks_others: bool = False
    trusts_ends: bool = False
    holds_transactions: bool = False
    forgets_log: bool = False
    overlooks_deletion: bool = False
    keeps_no_state: bool = False
    overlooks_partitions: bool = False
    names_other_rules: bool = False
    waits_long: bool = False
    looks_where_it_waits: bool = False
    takes_silence_for_success: bool = False
    mode: str = "liveness"
    """In which it shows."""
    often: tuple[tuple[str, float], ...] = ()
    """Faults that come at these rates, where the condition matters only in a rare instant."""


SOUND: Final = Broken()


class Faults:
    """Of one run. While not `active`, nothing happens but what is under way."""

    def __init__(self, seed: int, *, active: bool = True, often: Sequence[tuple[str, float]] = ()) -> None:
        """`often`: faults with a rate of their own, per occasion, whatever the seed's temper."""
        self.chance = Random(seed)
        self.met: Counter[str] = Counter()
        self.active = active
        self.heard: Callable[[str], None] = lambda what: None
        """Told of each, for a trace."""
        temper = self.chance.choice((0.3, 1.0, 1.0, 2.0))
        self._rates = {
            name: self.chance.choice((0.0, 0.5, 1.0, 3.0))
            * temper
            * _RATES.get(name, _RATES.get(_where(name), 0))
            for name in (*EFFECTS, *COMMITS, *BROKERS)
        } | dict(often)

    def strikes(self, name: str) -> bool:
        """Whether the fault comes at this occasion; then it is counted."""
        if not self.active or self.chance.random() >= self._rates[name]:
            return False
        self.meet(name)
        return True

    def first(self, *names: str) -> str:
        """Of faults that exclude one another the one that comes; empty for none."""
        for name in names:
            if self.strikes(name):
                return name
        return ""

    def meet(self, what: str, times: int = 1) -> None:
        """It was met, whoever brought it about."""
        self.met[what] += times
        self.heard(what)


def _where(name: str) -> str:
    return name.removeprefix("kill ").removeprefix("freeze ")
