"""One entry of `journal.v1` per input record, per timer and per setting back of the time: its cause, its time, and what happened."""

from typing import Annotated

from pydantic import Field

from schemas import limits
from schemas.journal.events import Event
from schemas.values.bounds import at_most, between
from schemas.values.terms import ClockKind, TimerKind
from schemas.values.text import (
    CaseId,
    Code,
    DeadLetterId,
    EntryId,
    Identifier,
    Instant,
    Note,
    Sha256,
    StreetCode,
)
from schemas.wire.contract import Contract

Offset = Annotated[int, *between(0)]
PartitionNo = Annotated[int, *between(0, 99_999)]
Outputs = Annotated[int, *between(0, 10_000)]


class Origin(Contract, frozen=True, kw_only=True):
    """Where a forwarded record of the same topic stood first; `at` is the time of its entry there."""

    partition: PartitionNo
    offset: Offset
    at: Instant


class RecordCause(Contract, frozen=True, kw_only=True, tag_field="kind", tag="record", omit_defaults=True):
    """An input record; `sha256` is that of its value. `origin` is set where a worker had forwarded it.

    `retry_of`: its sender pushes again what had become this dead letter. `moved_from`: another street moved this case here, with this report.
    """

    topic: Identifier
    partition: PartitionNo
    offset: Offset
    sha256: Sha256
    origin: Origin | None = None
    retry_of: DeadLetterId | None = None
    moved_from: CaseId | None = None


class TimerCause(Contract, frozen=True, kw_only=True, tag_field="kind", tag="timer"):
    """A timer that an earlier entry armed."""

    case_id: CaseId
    timer: TimerKind
    clock: ClockKind | None
    name: Code | None = None
    due_at: Instant


class SetBackCause(Contract, frozen=True, kw_only=True, tag_field="kind", tag="set_back"):
    """A person set the partition's time back, and says why: an entry before was dated ahead of the brokers."""

    by: Identifier
    reason: Note


Cause = RecordCause | TimerCause | SetBackCause


class OutputCounts(Contract, frozen=True, kw_only=True):
    """How many records of each kind stand beside this entry in its transaction."""

    cases: Outputs = 0
    assignments: Outputs = 0
    receipts: Outputs = 0
    notices: Outputs = 0
    callers: Outputs = 0
    dead_letters: Outputs = 0


class JournalEntry(Contract, frozen=True, kw_only=True, omit_defaults=True):
    """`entry_id` is partition:epoch:seq; `seq` rises by one per partition.

    `at` is the time that counts: of a record when it arrived at the broker, of a timer when it was due, but never before the
    `at` of the entry before it. Only an entry of the cause `set_back` is before that: it decides nothing, and those behind it count
    from its `at` on. `decided_at` is when a worker came to it, and so when people could be told at the earliest;
    entries of workers that judged by that time (0.1) have `at` only. `street` is null where the record named none that could be
    read.
    """

    entry_id: EntryId
    partition: PartitionNo
    epoch: Annotated[int, *between(1)]
    seq: Annotated[int, *between(1)]
    at: Instant
    street: StreetCode | None
    cause: Annotated[Cause, Field(discriminator="kind")]
    rules_version: Identifier
    code_version: Identifier
    events: Annotated[tuple[Event, ...], *at_most(limits.EVENTS_PER_ENTRY_MAX, least=1)]
    counts: OutputCounts
    decided_at: Instant | None = None
