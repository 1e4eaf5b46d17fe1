"""What every check needs: the rules it measures by, the cases so far, and where it puts its findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.fold import Fold, Touched
from pipeline.audit.model.rules_reader import AuditRules

OTHER_RULES: Final = "the entry was decided by other rules than those at hand"


@dataclass(frozen=True, slots=True)
class AuditSetup:
    """What an audit measures by.

    `skew_s` is how far an entry's time may be ahead of the time at which the log took it, None where the worker's clock is
    virtual; `offset_s` the same for entries that say when they were decided: their worker's clock was held against the broker's. `transaction_s` is how long a transaction may stay open. `canaries` are planted texts that may stand nowhere.
    `acknowledged` are the offsets, by topic and partition, that pushers were given. Without `caller_key`, and for entries
    of another `code_version`, nothing is replayed.
    """

    audit_rules: AuditRules
    partitions: int
    code_version: str
    caller_key: bytes | None = None
    skew_s: int | None = 300
    offset_s: float = 5.0
    transaction_s: float = 10.0
    canaries: tuple[str, ...] = ()
    acknowledged: Mapping[tuple[str, int], frozenset[int]] = field(default_factory=dict)


@dataclass(slots=True)
class CheckContext:
    """Shared by the checks of one partition. `is_whole`: the journal is read from its very beginning."""

    partition: int
    is_whole: bool
    setup: AuditSetup
    findings: Findings = field(default_factory=Findings)
    fold: Fold = field(default_factory=Fold)

    @property
    def audit_rules(self) -> AuditRules:
        """The rules at hand."""
        return self.setup.audit_rules

    def measures(self, joined: JoinedEntry, *invariants: Invariant) -> bool:
        """Whether the entry was decided by the rules at hand; if not, that is noted."""
        if joined.entry.rules_version == self.setup.audit_rules.version:
            return True
        self.findings.skip(invariants, OTHER_RULES)
        return False


class InvariantCheck(Protocol):
    """Some invariants of one partition, checked entry by entry in the order of the log."""

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry, and the cases that it touches."""

    def end(self, join: Join) -> None:
        """The log has been read to its end."""
