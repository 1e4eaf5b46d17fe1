"""What every check stands on: the rules it measures by, the cases so far, and where it puts what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.fold import Fold, Touched
from pipeline.audit.model.rules_reader import AuditRules

OTHER_RULES: Final = "the entry was decided by other rules than those at hand"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an audit is asked to measure by.

    `skew_s` is how far an entry's time may be ahead of the time at which the log took it, None where the worker's clock is
    a virtual one. `transaction_s` is how long a transaction may stay open. `canaries` are texts that were planted and may stand nowhere. `acknowledged` are offsets by topic and
    partition that a pusher was given. Without `caller_key`, or for entries of another `code_version`, nothing is replayed.
    """

    yardstick: AuditRules
    partitions: int
    code_version: str
    caller_key: bytes | None = None
    skew_s: int | None = 300
    transaction_s: float = 10.0
    canaries: tuple[str, ...] = ()
    acknowledged: Mapping[tuple[str, int], frozenset[int]] = field(default_factory=dict)


@dataclass(slots=True)
class CheckContext:
    """Shared by the checks of one partition. `is_whole`: the journal is read from its very beginning."""

    partition: int
    is_whole: bool
    wanted: Wanted
    found: Findings = field(default_factory=Findings)
    fold: Fold = field(default_factory=Fold)

    @property
    def yardstick(self) -> AuditRules:
        """The rules at hand."""
        return self.wanted.yardstick

    def measures(self, turn: JoinedEntry, *invariants: Invariant) -> bool:
        """Whether the entry was decided by the rules at hand; if not, that is noted."""
        if turn.entry.rules_version == self.wanted.yardstick.version:
            return True
        self.found.skip(invariants, OTHER_RULES)
        return False


class InvariantCheck(Protocol):
    """Some invariants of one partition, checked turn by turn in the order of the log."""

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry, and the cases that it touches."""

    def end(self, join: Join) -> None:
        """There are no more."""
