"""Bytes to contracts and back. What is wrong with bytes is said as code, field and what is allowed, never by value."""

import re
from collections.abc import Mapping
from typing import Final, Generic, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from schemas import limits
from schemas.errors import BadMessage

T = TypeVar("T")


class Codec(Generic[T]):
    """Reads and writes one contract."""

    def __init__(self, adapter: TypeAdapter[T]) -> None:
        self.adapter: Final = adapter

    def encode(self, value: T) -> bytes:
        """`value` as compact JSON, keys in the contract's order: the same value always gives the same bytes."""
        return orjson.dumps(value, option=orjson.OPT_UTC_Z)

    def decode_strictly(self, data: bytes) -> T:
        """What a sender pushed. Unknown fields are refused.

        Raises:
            BadMessage: the sender's fault; says code, field and what is allowed.
        """
        return self._decode(data, forbid_unknown=True)

    def decode(self, data: bytes) -> T:
        """What this project wrote, perhaps a newer version of it. Unknown fields are passed over.

        Raises:
            BadMessage: the bytes are not of this contract.
        """
        return self._decode(data, forbid_unknown=False)

    def _decode(self, data: bytes, *, forbid_unknown: bool) -> T:
        try:
            return self.adapter.validate_json(data, extra="forbid" if forbid_unknown else "ignore")
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            raise _bad_message(first) from None


_CODES: Final[Mapping[str, str]] = {
    "json_invalid": "broken_json",
    "json_type": "broken_json",
    "missing": "field_missing",
    "unexpected_keyword_argument": "unknown_field",
    "extra_forbidden": "unknown_field",
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
    "time_out_of_range": "time_out_of_range",
    "control_character": "control_character",
    "combining_marks": "combining_marks",
    "string_unicode": "broken_text",
}
_ALLOWED_KEYS: Final = (
    "expected",
    "expected_tags",
    "pattern",
    "max_length",
    "min_length",
    "ge",
    "le",
    "discriminator",
)
_PLAIN: Final = re.compile(r"[^A-Za-z0-9_.\-]")


def _bad_message(error: ErrorDetails) -> BadMessage:
    kind = error["type"]
    code = _CODES.get(kind, "wrong_type")
    if code == "broken_json" and "recursion" in str(error.get("ctx", "")):
        code = "nested_too_deep"
    if error.get("ctx", {}).get("field_type") == "Value":
        # a text whose length is checked after it was cleaned: pydantic no longer knows it as a string
        code = {"too_many": "too_long", "too_few": "too_short"}.get(code, code)
    field = ".".join(_PLAIN.sub("?", str(part))[: limits.IDENTIFIER_MAX] for part in error["loc"])
    context = error.get("ctx", {})
    stated = [f"{key} {context[key]}" for key in _ALLOWED_KEYS if key in context]
    allowed = ", ".join(stated) or ("" if code in ("broken_json", "nested_too_deep") else error["msg"])
    return BadMessage(code, field[: limits.FIELD_MAX], allowed[: limits.ALLOWED_MAX])
