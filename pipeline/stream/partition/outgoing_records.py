"""An outcome as the records it is written as: topic, key, value and CloudEvents headers. No Kafka client here."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from pipeline.core.case.turn import InputRecord, Outcome
from schemas import topics
from schemas.duty.street_duty import StreetDuty
from schemas.journal.entry import Cause, JournalEntry, RecordCause, TimerCause
from schemas.outputs import ActionSubject, Position, Receipt, ReportSubject
from schemas.state.case import Case
from schemas.state.retired import RetiredReports
from schemas.wire import codecs, envelope
from schemas.wire.retried_letter import RETRY_OF


class Outgoing(NamedTuple):
    """A record to be written to the partition of its input, or to `partition` where it is forwarded.

    A `value` of None deletes the key of a compacted topic.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    partition: int | None = None


def rfc3339(at: datetime) -> str:
    """`at` as CloudEvents wants it."""
    return at.isoformat().replace("+00:00", "Z")


def outgoing(outcome: Outcome, record: InputRecord | None, at: str) -> Iterator[Outgoing]:
    """All records of one turn, the journal entry first. `record` is None for a timer; `at` is RFC 3339."""
    entry = outcome.entry
    key, headers = entry_key(entry), envelope.headers(envelope.JOURNAL_ENTRY, entry.entry_id, at)
    cases = outcome.cases
    if len(cases) > 1:
        also = (case.case_id.encode() for case in cases if case.case_id.encode() != key)
        headers.append((envelope.ALSO, b",".join(also)))
    yield Outgoing(topics.JOURNAL, key, codecs.JOURNAL_ENTRY.encode(entry), headers)
    for case in cases:
        yield case_record(case, at)
    for case_id in outcome.retired:
        yield Outgoing(
            topics.CASES, case_id.encode(), None, envelope.headers(envelope.CASE, f"{case_id}@retired", at)
        )
    for retired in outcome.retired_reports:
        yield retired_record(retired, at)
    if outcome.duty is not None:
        yield duty_record(outcome.duty, at)
    yield from _messages(outcome, at)
    for caller in outcome.callers:
        headers = envelope.headers(envelope.CALLER, caller.token, at)
        yield Outgoing(topics.CALLERS, caller.token.encode(), codecs.CALLER.encode(caller), headers)
    for letter in outcome.dead_letters:
        key = record.key if record else None
        headers = envelope.headers(envelope.DEAD_LETTER, letter.dead_letter_id, at)
        if isinstance(entry.cause, RecordCause) and entry.cause.retry_of is not None:
            headers.append((RETRY_OF, entry.cause.retry_of.encode()))
        yield Outgoing(topics.DEAD_LETTERS, key, codecs.DEAD_LETTER.encode(letter), headers)
    others = outcome.sent if outcome.forwarded is None else (outcome.forwarded,)
    for topic, partition, street, value, as_received in others:
        yield Outgoing(topic, street, value, as_received, partition)


def _messages(outcome: Outcome, at: str) -> Iterator[Outgoing]:
    for assignment in outcome.assignments:
        headers = envelope.headers(envelope.ASSIGNMENT, assignment.assignment_id, at)
        headers.append(("team", assignment.team.encode()))
        yield Outgoing(
            topics.ASSIGNMENTS, assignment.case_id.encode(), codecs.ASSIGNMENT.encode(assignment), headers
        )
    for receipt in outcome.receipts:
        headers = envelope.headers(envelope.RECEIPT, receipt.receipt_id, at)
        headers.append((envelope.CAUSE, _place(outcome.entry.cause)))
        yield Outgoing(topics.RECEIPTS, receipt_key(receipt), codecs.RECEIPT.encode(receipt), headers)
    for notice in outcome.notices:
        headers = envelope.headers(envelope.NOTICE, notice.notice_id, at)
        yield Outgoing(topics.NOTICES, notice.to.encode(), codecs.NOTICE.encode(notice), headers)


def _place(cause: Cause) -> bytes:
    """The record that a receipt answers: a number pushed again gets the same receipt, but is another record."""
    return (
        f"{cause.topic}:{cause.partition}:{cause.offset}".encode() if isinstance(cause, RecordCause) else b""
    )


def case_record(case: Case, at: str) -> Outgoing:
    """The snapshot of a case."""
    headers = envelope.headers(envelope.CASE, f"{case.case_id}@{case.version}", at)
    return Outgoing(topics.CASES, case.case_id.encode(), codecs.CASE.encode(case), headers)


def retired_record(record: RetiredReports, at: str) -> Outgoing:
    """Reports of cases that are kept no longer."""
    name = f"{record.street}/{record.low}"
    headers = envelope.headers(envelope.RETIRED, f"{name}@{record.entry_id}", at)
    return Outgoing(topics.CASES, topics.RETIRED_KEY + name.encode(), codecs.RETIRED.encode(record), headers)


def duty_record(duty: StreetDuty, at: str) -> Outgoing:
    """The people and devices of a street."""
    headers = envelope.headers(envelope.STREET_DUTY, f"{duty.street}@{duty.version}", at)
    return Outgoing(
        topics.CASES, topics.DUTY_KEY + duty.street.encode(), codecs.STREET_DUTY.encode(duty), headers
    )


def position_record(position: Position, at: str) -> Outgoing:
    """The position: how far the partition is decided. The last record of each transaction."""
    headers = envelope.headers(envelope.POSITION, f"{position.partition}:{position.epoch}:{position.seq}", at)
    return Outgoing(topics.CASES, topics.POSITION_KEY, codecs.POSITION.encode(position), headers)


def entry_key(entry: JournalEntry) -> bytes | None:
    """The case that the entry is about; None where it is about none."""
    if isinstance(entry.cause, TimerCause):
        return entry.cause.case_id.encode()
    for event in entry.events:
        case_id: str | None = getattr(event, "case_id", None)
        if case_id is not None:
            return case_id.encode()
    return None


def receipt_key(receipt: Receipt) -> bytes | None:
    """The source of the report or the actor of the action; None for a record that could not be read."""
    match receipt.of:
        case ReportSubject(source=source):
            return source.value.encode()
        case ActionSubject(actor=actor):
            return actor.encode()
    return None
