"""One entry of `journal.v1` per input record and per timer: its cause, its time, and what happened."""

from typing import Annotated, Literal

from pydantic import Field

from schemas import limits
from schemas.journal.events import Event
from schemas.values.terms import ClockKind, TimerKind
from schemas.values.text import CaseId, Code, EntryId, Identifier, Instant, Sha256, StreetCode
from schemas.wire.contract import contract

Offset = Annotated[int, Field(ge=0)]
PartitionNo = Annotated[int, Field(ge=0, le=99_999)]
Outputs = Annotated[int, Field(ge=0, le=10_000)]


@contract
class RecordCause:
    """An input record; `sha256` is that of its value."""

    kind: Literal["record"] = "record"
    topic: Identifier
    partition: PartitionNo
    offset: Offset
    sha256: Sha256


@contract
class TimerCause:
    """A timer that an earlier entry armed."""

    kind: Literal["timer"] = "timer"
    case_id: CaseId
    timer: TimerKind
    clock: ClockKind | None
    name: Code | None = None
    due_at: Instant


@contract
class OutputCounts:
    """How many records of each kind stand beside this entry in its transaction."""

    cases: Outputs = 0
    assignments: Outputs = 0
    receipts: Outputs = 0
    notices: Outputs = 0
    callers: Outputs = 0
    dead_letters: Outputs = 0


@contract
class JournalEntry:
    """`entry_id` is partition:epoch:seq; `seq` rises by one per partition. `at` never runs back in a partition.

    `street` is null where the record named none that could be read.
    """

    entry_id: EntryId
    partition: PartitionNo
    epoch: Annotated[int, Field(ge=1)]
    seq: Annotated[int, Field(ge=1)]
    at: Instant
    street: StreetCode | None
    cause: Annotated[RecordCause | TimerCause, Field(discriminator="kind")]
    rules_version: Identifier
    code_version: Identifier
    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=limits.EVENTS_PER_ENTRY_MAX)]
    counts: OutputCounts
