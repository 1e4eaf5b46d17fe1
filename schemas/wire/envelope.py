"""CloudEvents 1.0 on Kafka. What we write is in binary mode; inputs may be plain JSON, binary or structured."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from pydantic import ConfigDict, TypeAdapter
from pydantic_core import from_json

from schemas import limits
from schemas.errors import BadMessage

Header = tuple[str, bytes]
ALSO: Final = "also"
"""The header of a journal entry that touches more cases than its key says: the ids of the others, with commas."""
CAUSE: Final = "cause"
"""The header of a receipt that says which record it answers: topic:partition:offset."""
TYPE_PREFIX: Final = "urban.enforcement."
SOURCE: Final = b"urn:urban-enforcement:pipeline"

_STRUCTURED: Final = b"application/cloudevents+json"
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
JOURNAL_ENTRY: Final = message_type("journal_entry")
CASE: Final = message_type("case")
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

    Raises:
        BadMessage: not CloudEvents 1.0, another type, or a structured envelope without data.
    """
    if not received:
        return value
    if len(received) > limits.HEADERS_MAX:
        raise BadMessage("too_many_headers", "headers", f"at most {limits.HEADERS_MAX}")
    if any(len(name) + len(content or b"") > limits.HEADER_BYTES_MAX for name, content in received):
        raise BadMessage("header_too_long", "headers", f"at most {limits.HEADER_BYTES_MAX} bytes each")
    by_name = {name.lower(): content or b"" for name, content in received}
    if by_name.get("content-type", b"").lower().startswith(_STRUCTURED):
        return _structured(expected, value)
    if "ce_specversion" in by_name:
        _check(expected, by_name["ce_specversion"], by_name.get("ce_type", b""))
    return value


def _structured(expected: MessageType, value: bytes) -> bytes:
    try:
        envelope = from_json(value, allow_inf_nan=False)
    except ValueError as error:
        raise BadMessage("nested_too_deep" if "recursion" in str(error) else "broken_json") from None
    if not isinstance(envelope, dict):
        raise BadMessage("wrong_type", "", "an object")
    _check(expected, _text(envelope, "specversion"), _text(envelope, "type"))
    if "data" not in envelope:
        raise BadMessage("field_missing", "data", "the message")
    return _ANY.dump_json(envelope["data"])


def _text(envelope: dict[object, object], name: str) -> bytes:
    content = envelope.get(name, "")
    return content.encode(errors="replace") if isinstance(content, str) else b""


def _check(expected: MessageType, version: bytes, kind: bytes) -> None:
    if version != _SPEC:
        raise BadMessage("wrong_specversion", "specversion", "1.0")
    if kind != expected.header[1]:
        raise BadMessage("wrong_type_name", "type", expected.header[1].decode())


_ANY: Final[TypeAdapter[object]] = TypeAdapter(object, config=ConfigDict(ser_json_inf_nan="constants"))
