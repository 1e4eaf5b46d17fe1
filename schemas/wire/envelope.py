"""CloudEvents 1.0 on Kafka. What we write is in binary mode; inputs may be plain JSON, binary or structured."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from pydantic_core import from_json, to_json

from schemas import limits
from schemas.errors import BadMessage

Header = tuple[str, bytes]
ALSO: Final = "also"
"""The header of a journal entry that touches more cases than its key says: the ids of the others, with commas."""
CAUSE: Final = "cause"
"""The header of a receipt that says which record it answers: topic:partition:offset."""
MOVED: Final = "moved"
"""The header of a report that another street hands over with its case (`schemas.wire.move_header`)."""
WRITTEN_BACK: Final = "written_back"
"""The header of a record of `cases.v1` that was written once more, because the log had lost it."""
TYPE_PREFIX: Final = "urban.enforcement."
SOURCE: Final = b"urn:urban-enforcement:pipeline"

_STRUCTURED: Final = b"application/cloudevents"
_BATCH: Final = b"application/cloudevents-batch"
_MARK: Final = b'"specversion"'
_SPEC: Final = b"1.0"
_JSON: Final = b"application/json"
_STATIC: Final[list[Header]] = [("ce_specversion", _SPEC), ("content-type", _JSON), ("ce_source", SOURCE)]


class MessageType(NamedTuple):
    """A message's CloudEvents type, ready as a header."""

    name: str
    header: Header


def message_type(name: str) -> MessageType:
    """The type of the first version of message `name` ("report", "receipt" …)."""
    return MessageType(name=name, header=("ce_type", f"{TYPE_PREFIX}{name}.v1".encode()))


REPORT: Final = message_type("report")
ACTION: Final = message_type("action")
DISCARD: Final = message_type("discard_letter")
DUTY_ACTION: Final = message_type("duty_action")
JOURNAL_ENTRY: Final = message_type("journal_entry")
CASE: Final = message_type("case")
RETIRED: Final = message_type("retired_reports")
STREET_DUTY: Final = message_type("street_duty")
POSITION: Final = message_type("position")
ASSIGNMENT: Final = message_type("assignment")
RECEIPT: Final = message_type("receipt")
NOTICE: Final = message_type("notice")
CALLER: Final = message_type("caller")
DEAD_LETTER: Final = message_type("dead_letter")


def headers(of: MessageType, message_id: str, at: str) -> list[Header]:
    """Headers of a message of ours in binary mode; `at` is RFC 3339."""
    return [*_STATIC, of.header, ("ce_id", message_id.encode()), ("ce_time", at.encode())]


def payload(
    expected: MessageType, received: Sequence[tuple[str, bytes | None]] | None, value: bytes
) -> bytes:
    """The contract's JSON out of a record in any of the three modes.

    A structured record is known by its content type or, where that is missing or another, by its `specversion`: no message of
    ours has such a field. The content type of plain JSON and of binary mode says nothing that the bytes do not say.

    Raises:
        BadMessage: not CloudEvents 1.0, another type, a batch, or a structured envelope without data.
    """
    if not received and _MARK not in value:
        return value
    by_name = _headers(received) if received else {}
    media = by_name.get("content-type", b"").partition(b";")[0].strip().lower()
    if media.startswith(_BATCH):
        raise BadMessage("batch", "content-type", "one event a record")
    if media.startswith(_STRUCTURED):
        if media not in (_STRUCTURED, _STRUCTURED + b"+json"):
            raise BadMessage("not_allowed", "content-type", "application/cloudevents+json, application/json")
        return _structured(expected, _parsed(value))
    if "ce_specversion" in by_name:
        _check(expected, by_name["ce_specversion"], by_name.get("ce_type", b""))
    if _MARK in value:
        content = _parsed(value)
        if isinstance(content, dict) and "specversion" in content:
            return _structured(expected, content)
        if isinstance(content, list) and any(
            isinstance(one, dict) and "specversion" in one for one in content
        ):
            raise BadMessage("batch", "", "one event a record")
    return value


def message_in(content: Mapping[object, object]) -> object:
    """The message in a structured envelope, of which nothing else is checked; `content` itself where it is none."""
    if "specversion" not in content:
        return content
    try:
        return from_json(_data(content), allow_inf_nan=False)
    except (BadMessage, ValueError):
        return None


def fields_in(value: bytes | None) -> Mapping[str, object] | None:
    """The message's fields in the bytes of a record, of which nothing is checked; None where it is no JSON object."""
    try:
        content = from_json(value or b"")
    except ValueError:
        return None
    message = message_in(content) if isinstance(content, dict) else None
    return message if isinstance(message, dict) else None


def _headers(received: Sequence[tuple[str, bytes | None]]) -> Mapping[str, bytes]:
    if len(received) > limits.HEADERS_MAX:
        raise BadMessage("too_many_headers", "headers", f"at most {limits.HEADERS_MAX}")
    if any(len(name) + len(content or b"") > _longest(name) for name, content in received):
        raise BadMessage("header_too_long", "headers", f"at most {limits.HEADER_BYTES_MAX} bytes each")
    return {name.lower(): content or b"" for name, content in received}


def _longest(name: str) -> int:
    return limits.MOVE_HEADER_BYTES_MAX if name == MOVED else limits.HEADER_BYTES_MAX


def _parsed(value: bytes) -> object:
    try:
        return from_json(value, allow_inf_nan=False)
    except ValueError as error:
        raise BadMessage("nested_too_deep" if "recursion" in str(error) else "broken_json") from None


def _structured(expected: MessageType, envelope: object) -> bytes:
    if isinstance(envelope, list):
        raise BadMessage("batch", "", "one event a record")
    if not isinstance(envelope, dict):
        raise BadMessage("wrong_type", "", "an object")
    _check(expected, _text(envelope, "specversion"), _text(envelope, "type"))
    return _data(envelope)


def _data(envelope: Mapping[object, object]) -> bytes:
    """The message's bytes: JSON, JSON as a text, or base64 of it."""
    data, packed = envelope.get("data"), envelope.get("data_base64")
    if data is not None and packed is not None:
        raise BadMessage("unknown_field", "data_base64", "data or data_base64, not both")
    if packed is not None:
        if not isinstance(packed, str):
            raise BadMessage("wrong_type", "data_base64", "a text")
        try:
            return b64decode(packed, validate=True)
        except ValueError:
            raise BadMessage("wrong_format", "data_base64", "base64 of the message") from None
    if data is None:
        raise BadMessage("field_missing", "data", "the message")
    return data.encode() if isinstance(data, str) else to_json(data, inf_nan_mode="constants")


def _text(envelope: Mapping[object, object], name: str) -> bytes:
    content = envelope.get(name, "")
    return content.encode(errors="replace") if isinstance(content, str) else b""


def _check(expected: MessageType, version: bytes, kind: bytes) -> None:
    if version != _SPEC:
        raise BadMessage("wrong_specversion", "specversion", "1.0")
    if kind != expected.header[1]:
        raise BadMessage("wrong_type_name", "type", expected.header[1].decode())
