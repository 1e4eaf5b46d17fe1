"""What one step takes and what it gives: data only, nothing is done here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from schemas.case import Case
from schemas.journal import JournalEntry
from schemas.outputs import Assignment, CallerRecord, DeadLetter, Notice, Receipt


class InputRecord(NamedTuple):
    """A record of an input topic as it was fetched. `topic` is the contract's name, without a deployment's prefix."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class Turn:
    """Where a step stands in the log. `at` is in UTC and never earlier than that of the turn before.

    `entry_id` is the id of the entry this turn writes; it stands on everything that is written.
    """

    __slots__ = ("at", "entry_id", "epoch", "partition", "seq")

    def __init__(self, partition: int, epoch: int, seq: int, at: datetime) -> None:
        """The turn that writes entry `seq` of `partition`."""
        self.partition: Final = partition
        self.epoch: Final = epoch
        self.seq: Final = seq
        self.at: Final = at
        self.entry_id: Final = f"{partition}:{epoch}:{seq}"


@dataclass(slots=True)
class Outcome:
    """All that one turn writes: exactly one entry, and what follows from it.

    `cases` hold the snapshots after the turn; `retired` are the ids of cases whose snapshot is to be deleted.
    """

    entry: JournalEntry
    cases: list[Case] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    callers: list[CallerRecord] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
