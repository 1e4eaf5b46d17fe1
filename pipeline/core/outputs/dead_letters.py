"""Dead letters (死信): a record that cannot be worked, its bytes sealed on the callers topic, and whom its receipt answers."""

import base64
import re
from collections.abc import Mapping
from typing import Final

from pipeline.core.case.decision import DeadRecord
from pipeline.core.case.turn import InputRecord, Turn
from schemas import limits
from schemas.outputs import ActionSubject, DeadLetter, Fault, RecordSubject, ReportSubject, SealedOriginal
from schemas.topics import REPORTS
from schemas.values.order_number import pushed_number
from schemas.values.terms import Source
from schemas.wire.envelope import fields_in

SEALED_BYTES_MAX: Final = 1024 * 1024
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9._:\-]{1,64}")


def letter(dead: DeadRecord, turn: Turn) -> DeadLetter:
    """The place of the record in the log and why it is dead; never its content."""
    record, fault = dead.record, dead.fault
    return DeadLetter(
        dead_letter_id=f"{turn.entry_id}:deadletter:0",
        entry_id=turn.entry_id,
        at=turn.at,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        sha256=dead.sha256,
        size_bytes=len(record.value or b""),
        code=fault.code,
        field=fault.field,
        allowed=fault.allowed,
        original=dead.token,
        faults=tuple(
            Fault(code=one.code, field=one.field, allowed=one.allowed) for one in (fault, *fault.also)
        ),
    )


def sealed(dead: DeadRecord, turn: Turn) -> SealedOriginal:
    """The bytes of the record under their token, cut at `SEALED_BYTES_MAX`."""
    value = dead.record.value or b""
    kept = value[:SEALED_BYTES_MAX]
    return SealedOriginal(
        token=dead.token,
        at=turn.at,
        value_base64=base64.b64encode(kept).decode(),
        truncated=len(kept) < len(value),
    )


def subject_of(record: InputRecord) -> ReportSubject | ActionSubject | RecordSubject:
    """Whom the receipt answers: the number in the record if it can be read, else the place of the record in the log."""
    content = _content(record.value or b"")
    if record.topic == REPORTS:
        source, number = content.get("source"), content.get("source_no")
        number = pushed_number(number)
        if isinstance(source, str) and source in set(Source) and number is not None:
            return ReportSubject(source=Source(source), source_no=number)
    else:
        actor, number = content.get("actor"), content.get("action_id")
        actor_id = actor.get("id") if isinstance(actor, dict) else None
        if _is_identifier(number) and _is_identifier(actor_id):
            return ActionSubject(action_id=str(number), actor=str(actor_id))
    return RecordSubject(topic=record.topic, partition=record.partition, offset=record.offset)


def _content(value: bytes) -> Mapping[str, object]:
    return (fields_in(value) if len(value) <= limits.VALUE_BYTES_MAX else None) or {}


def _is_identifier(value: object) -> bool:
    return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None
