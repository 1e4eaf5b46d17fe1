"""A record that stands in the wrong partition, or without its key, is forwarded to its street's: one hop, never a second.

    partition 3: reports.v1 @120 ─► RecordForwarded, a receipt that warns ─┐ one transaction
    partition 0: reports.v1 @77   ◄────────────────────────────────────────┘ with the header `forwarded`
    partition 0: decided, as any other; its entry's cause names 3 @120

The header ends in a hash under the key of the callers' tokens, over all that it says and the record's own hash, so that no
sender can pretend a hop. What else a sender writes under that name is passed over.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Final

from pipeline.core.case.decision import Decision, ForwardedReply
from pipeline.core.case.turn import ForwardedRecord, InputRecord
from schemas.duty.duty_actions import DutyAction
from schemas.errors import BadMessage
from schemas.inputs.action import Action
from schemas.inputs.report import Report
from schemas.journal.entry import Origin, RecordCause
from schemas.journal.events import RecordForwarded
from schemas.partitioning import partition_of
from schemas.wire.hop import FORWARDED, Hop, read_hop

_TOKEN_LENGTH: Final = 32


def without_hop(record: InputRecord) -> InputRecord:
    """The record as its sender pushed it."""
    if not record.headers or not any(name == FORWARDED for name, _ in record.headers):
        return record
    return record._replace(headers=[header for header in record.headers if header[0] != FORWARDED])


def origin_of(key: bytes, record: InputRecord, sha256: str) -> Origin | None:
    """Where a worker forwarded the record from; None where none did."""
    hop = read_hop(record.headers)
    if hop is None or hop.topic != record.topic:
        return None
    token = _token(key, hop, record.partition, sha256)
    if not hmac.compare_digest(hop.token.encode(), token.encode()):
        return None
    return Origin(partition=hop.partition, offset=hop.offset, at=datetime.fromisoformat(hop.at))


def decide(
    key: bytes,
    record: InputRecord,
    cause: RecordCause,
    content: Report | Action | DutyAction,
    street: str,
    partitions: int | None,
    at: datetime,
) -> Decision | None:
    """What becomes of a record that belongs elsewhere; None for one that is where it belongs.

    `partitions`, where unknown, make no partition wrong.

    Raises:
        BadMessage: it was forwarded to here: the number of partitions is another by now.
    """
    to = record.partition if partitions is None else partition_of(street, partitions)
    if record.partition != to:
        fault = BadMessage("wrong_partition", "partition", f"{to}, murmur2 of the key")
    elif not record.key:
        fault = BadMessage("wrong_key", "key", street)
    else:
        return None
    if cause.origin is not None:
        raise fault
    event = RecordForwarded(
        to=to,
        code=fault.code,
        source=content.source if isinstance(content, Report) else None,
        source_no=content.source_no if isinstance(content, Report) else None,
        action_id=None if isinstance(content, Report) else content.action_id,
    )
    again = _forwarded(key, record, cause, to, street, at)
    return Decision((event,), reply=ForwardedReply(content, again, fault))


def _forwarded(
    key: bytes, record: InputRecord, cause: RecordCause, to: int, street: str, at: datetime
) -> ForwardedRecord:
    """The same bytes and headers, its street as key, and where it stood."""
    place = Hop(record.topic, record.partition, record.offset, at.isoformat(), "")
    hop = place._replace(token=_token(key, place, to, cause.sha256))
    headers = ((FORWARDED, hop.encode()), *record.headers)
    return ForwardedRecord(record.topic, to, street.encode(), record.value, headers)


def _token(key: bytes, hop: Hop, to: int, sha256: str) -> str:
    words = "|".join(map(str, (*hop[:-1], to, sha256)))
    return hmac.new(key, f"hop {words}".encode(), hashlib.sha256).hexdigest()[:_TOKEN_LENGTH]
