"""What one step takes and what it gives: data only, nothing is done here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from schemas.duty.street_duty import StreetDuty
from schemas.journal.entry import JournalEntry
from schemas.outputs import Assignment, CallerRecord, DeadLetter, Notice, Receipt
from schemas.state.case import Case
from schemas.state.retired import RetiredReports


class InputRecord(NamedTuple):
    """A record of an input topic as it was fetched. `topic` is the contract's name, without a deployment's prefix."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class ForwardedRecord(NamedTuple):
    """An input record once more, for partition `partition` of the same topic."""

    topic: str
    partition: int
    key: bytes
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class Turn:
    """Where a step stands in the log. `at` is in UTC and never earlier than that of the turn before; all is judged by it.

    `decided_at` is when the worker comes to it, not before `at`; None where that is no other time. `entry_id` is the id of the
    entry this turn writes; it stands on everything that is written.
    """

    __slots__ = ("at", "decided_at", "entry_id", "epoch", "partition", "seq")

    def __init__(
        self, partition: int, epoch: int, seq: int, at: datetime, decided_at: datetime | None = None
    ) -> None:
        """The turn that writes entry `seq` of `partition`."""
        self.partition: Final = partition
        self.epoch: Final = epoch
        self.seq: Final = seq
        self.at: Final = at
        self.decided_at: Final = decided_at
        self.entry_id: Final = f"{partition}:{epoch}:{seq}"


class Change(NamedTuple):
    """A case before and after a turn; `before` is None where the turn opens it, `retired` where its snapshot goes."""

    before: Case | None
    after: Case
    retired: bool = False


@dataclass(slots=True)
class Outcome:
    """All that one turn writes: exactly one entry, and what follows from it."""

    entry: JournalEntry
    changes: Sequence[Change] = ()
    assignments: list[Assignment] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    callers: list[CallerRecord] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    forwarded: ForwardedRecord | None = None
    sent: Sequence[ForwardedRecord] = ()
    """The reports of a case that was moved to another street."""
    retired_reports: Sequence[RetiredReports] = ()
    """Of the reports of cases that are kept no longer: the records that these cases changed."""
    duty: StreetDuty | None = None
    """The people and devices of the street, where the turn changed them."""

    @property
    def cases(self) -> list[Case]:
        """The snapshots after the turn."""
        return [change.after for change in self.changes if not change.retired]

    @property
    def retired(self) -> list[str]:
        """The ids of cases whose snapshot is to be deleted."""
        return [change.after.case_id for change in self.changes if change.retired]
