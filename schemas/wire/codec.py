"""Bytes to contracts and back. What is wrong with bytes is said as code, field and what is allowed, never by value."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final, Generic, Literal, TypeVar, cast

import msgspec
from pydantic import TypeAdapter, ValidationError
from pydantic_core import CoreSchema, ErrorDetails

from schemas import limits
from schemas.errors import BadMessage
from schemas.wire.contract import STRICT

T = TypeVar("T")
_ENCODER: Final = msgspec.json.Encoder()


class Door(Generic[T]):
    """Reads and writes one contract that others push. Its readers are made when they are first used: a command needs few."""

    def __init__(self, contract: object) -> None:
        """`contract` is a class, or a union of classes with tags."""
        self._contract: Final = contract

    @cached_property
    def adapter(self) -> TypeAdapter[T]:
        """The contract as pydantic reads it."""
        return TypeAdapter(cast(type[T], self._contract), config=STRICT)

    @cached_property
    def _tags(self) -> frozenset[str]:
        return _tags(self.adapter.core_schema)

    def ready(self) -> None:
        """Make the readers now, so that the first message need not wait for them."""
        _ = self._tags

    def encode(self, value: T) -> bytes:
        """`value` as compact JSON, keys in the contract's order: the same value always gives the same bytes."""
        return _ENCODER.encode(value)

    def decode_strictly(self, data: bytes) -> T:
        """What a sender pushed. Unknown fields are refused; of a key given twice the last one counts.

        Raises:
            BadMessage: the sender's fault; says code, field and what is allowed.
        """
        return self._validated(data, extra="forbid")

    def _validated(self, data: bytes, *, extra: Literal["forbid", "ignore"]) -> T:
        try:
            return self.adapter.validate_json(data, extra=extra)
        except ValidationError as error:
            if error.error_count() > limits.FAULTS_MAX:  # listing thousands would take longer than deciding
                raise BadMessage("too_many_faults", "", f"at most {limits.FAULTS_MAX} faults") from None
            found = error.errors(include_input=False, include_url=False)
            faults = [_bad_message(one, self._tags) for one in found]
            raise first_of(faults) from None


class Codec(Door[T]):
    """Reads and writes one contract that this project writes."""

    @cached_property
    def _decoder(self) -> "msgspec.json.Decoder[T]":
        return msgspec.json.Decoder(self._contract)

    def ready(self) -> None:
        """As for `Door`."""
        super().ready()
        _ = self._decoder

    def decode(self, data: bytes) -> T:
        """What this project wrote, perhaps a newer version of it. Unknown fields are passed over.

        msgspec reads what `encode` wrote, within the limits of the contract; only instants it takes as they stand, of any year
        and offset. Whatever it does not read goes through the door, which takes a little more, or names what is wrong.

        Raises:
            BadMessage: the bytes are not of this contract; `not_allowed` where a newer writer knows more values.
        """
        try:
            data.decode()  # msgspec passes over an unknown field without looking whether it is UTF-8
            return self._decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self.decode_as_published(data)

    def decode_as_published(self, data: bytes) -> T:
        """As `decode`, and instants too must be as the contract says: for whoever doubts that this project wrote it.

        Raises:
            BadMessage: as `decode`.
        """
        return self._validated(data, extra="ignore")


def first_of(faults: Sequence[BadMessage]) -> BadMessage:
    """The first fault, with the next ones that are others; there must be one."""
    first, *rest = faults
    others = {(fault.code, fault.field): fault for fault in rest}
    others.pop((first.code, first.field), None)
    also = [*others.values()][: limits.FAULTS_TOLD_MAX - 1]
    return BadMessage(first.code, first.field, first.allowed, also)


CODES: Final[Mapping[str, str]] = {
    "json_invalid": "broken_json",
    "missing": "field_missing",
    "unexpected_keyword_argument": "unknown_field",
    "enum": "not_allowed",
    "literal_error": "not_allowed",
    "union_tag_invalid": "not_allowed",
    "union_tag_not_found": "field_missing",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_many",
    "too_short": "too_few",
    "string_pattern_mismatch": "wrong_format",
    "finite_number": "not_a_number",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "timezone_aware": "naive_time",
    "datetime_from_date_parsing": "wrong_time",
    "datetime_parsing": "wrong_time",
    "wrong_time": "wrong_time",
    "time_out_of_range": "time_out_of_range",
    "control_character": "control_character",
    "combining_marks": "combining_marks",
    "order_number": "wrong_format",
    "number_rounded": "number_rounded",
    "placeholder": "placeholder",
}
"""Our code for each of pydantic's; whatever is not listed is `wrong_type`. `schemas.codes` says what they mean."""

_ALLOWED_KEYS: Final = ("expected", "expected_tags", "pattern", "max_length", "min_length", "ge", "le")
_TIME: Final = "a time with its offset as in RFC 3339, such as 2026-11-24T09:00:00+08:00"
_FIXED: Final[Mapping[str, str]] = {
    "unknown_field": "the fields of the contract",
    "wrong_time": _TIME,
    "naive_time": _TIME,
    "broken_json": "",
    "nested_too_deep": "",
}
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_\-]|[0-9]{4,}")


def _bad_message(error: ErrorDetails, tags: frozenset[str]) -> BadMessage:
    context = error.get("ctx", {})
    code = CODES.get(error["type"], "wrong_type")
    if code == "broken_json" and "recursion" in str(context):
        code = "nested_too_deep"
    if context.get("field_type") == "Value":
        # a text whose length is checked after it was cleaned: pydantic no longer knows it as a string
        code = {"too_many": "too_long", "too_few": "too_short"}.get(code, code)
    stated = ", ".join(f"{key} {context[key]}" for key in _ALLOWED_KEYS if key in context)
    allowed = _FIXED.get(code, stated or error["msg"])
    return BadMessage(code, _path(error, code, tags)[: limits.FIELD_MAX], allowed[: limits.ALLOWED_MAX])


def _path(error: ErrorDetails, code: str, tags: frozenset[str]) -> str:
    """Where it is wrong, as the sender wrote it. Only the name of an unknown field is not ours, so it is made safe."""
    parts = [str(part) for part in error["loc"]]
    if parts and parts[0] in tags:  # pydantic puts the union's arm in front
        del parts[0]
    if "discriminator" in error.get("ctx", {}):
        parts.append(str(error["ctx"]["discriminator"]).strip("'"))
    if code == "unknown_field":
        parts[-1] = _UNSAFE.sub("?", parts[-1])[: limits.IDENTIFIER_MAX]
    return ".".join(parts)


def _tags(schema: CoreSchema) -> frozenset[str]:
    """The arms of a message that is a union; none of any other."""
    if schema["type"] == "definitions":
        schema = schema["schema"]
    return frozenset(map(str, schema["choices"])) if schema["type"] == "tagged-union" else frozenset()
