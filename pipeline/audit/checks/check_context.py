"""What every check needs: the rules it measures by, the cases so far, and where it puts its findings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.checkpoint import Checkpoint
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.fold import Fold, Touched
from pipeline.audit.model.rules_reader import AuditRules
from schemas.journal.entry import JournalEntry

OTHER_RULES: Final = "no folder at hand has the rules that decided the entry, or one before it"
OTHER_CODE: Final = (
    "another version of the code decided the entry, or one before it, and this one makes other bytes of it"
)
RulesOf = Callable[[str], AuditRules | None]
"""The rules of a version; None where they are not at hand."""


@dataclass(frozen=True, slots=True)
class AuditSetup:
    """What an audit measures by: each entry by the rules of its own version.

    `skew_s` is how far an entry's time may be ahead of the time at which the log took it, None where the worker's clock is
    virtual; `offset_s` the same for entries that say when they were decided: their worker's clock was held against the broker's. `transaction_s` is how long a transaction may stay open. `canaries` are planted texts that may stand nowhere.
    `acknowledged` are the offsets, by topic and partition, that pushers were given. Without `caller_key` nothing is
    replayed. What differs in the replay of entries of another `code_version` is no finding.
    """

    rules_of: RulesOf
    partitions: int
    code_version: str
    caller_key: bytes | None = None
    skew_s: int | None = 300
    offset_s: float = 5.0
    transaction_s: float = 10.0
    canaries: tuple[str, ...] = ()
    acknowledged: Mapping[tuple[str, int], frozenset[int]] = field(default_factory=dict)
    checkpoints: Mapping[int, Checkpoint] = field(default_factory=dict)
    """By partition, what an earlier audit saw."""


@dataclass(slots=True)
class CheckContext:
    """Shared by the checks of one partition. `is_whole`: the journal is read from its very beginning."""

    partition: int
    is_whole: bool
    setup: AuditSetup
    findings: Findings = field(default_factory=Findings)
    fold: Fold = field(default_factory=Fold)
    _rules: AuditRules | None = None

    @property
    def audit_rules(self) -> AuditRules:
        """Those that decided the entry; only where it `measures`."""
        if self._rules is None:
            raise LookupError("the rules that decided the entry are not at hand")
        return self._rules

    @property
    def has_rules(self) -> bool:
        """Whether the rules that decided the entry are at hand."""
        return self._rules is not None

    def enter(self, entry: JournalEntry) -> None:
        """From now on checks look at this entry."""
        version = entry.rules_version
        if self._rules is None or self._rules.version != version:
            self._rules = self.setup.rules_of(version)
        if self._rules is None:
            self.findings.not_checked[OTHER_RULES] += 1
            self.findings.lacking_rules[version] += 1

    def measures(self, joined: JoinedEntry, *invariants: Invariant) -> bool:
        """Whether the rules that decided the entry are at hand; if not, that is noted."""
        if self.has_rules:
            return True
        self.findings.skip(invariants, OTHER_RULES)
        return False


class InvariantCheck(Protocol):
    """Some invariants of one partition, checked entry by entry in the order of the log."""

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry, and the cases that it touches."""

    def end(self, join: Join) -> None:
        """The log has been read to its end."""
