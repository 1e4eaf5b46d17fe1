"""The kinds of string and of instant that a contract may hold.

Free text is cleaned once, here: NFC, no control characters but newline and tab, no invisible or bidirectional
marks, no piles of combining marks. Identifiers are plain ASCII, so that they are safe in a key, a path and a log.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Final

from msgspec import Meta
from pydantic import (
    AfterValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from schemas import limits
from schemas.values.bounds import matching, to_the_end

# visible characters that no normal form changes: nearly all text. Other text is cleaned step by step
_PLAIN: Final = (
    "[\n\t -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2460-\u24ff\u25a0-\u26ff"
    "\u3000-\u3029\u3030-\u3096\u30a0-\u312f\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff9f]*"
)
_IS_PLAIN: Final = re.compile(_PLAIN)
_CLEAN: Final = rf"^(?!\s){_PLAIN}(?<!\s)$"
_LINE_ENDS: Final = re.compile("\r\n?|[\u2028\u2029]")
# Unicode's default ignorables: format and bidirectional marks, fillers, variation selectors, tags
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_NONCHARACTERS: Final = "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
_FORBIDDEN: Final = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]"
)  # after line ends are made one


def clean_text(text: str) -> str:
    """`text` in NFC without invisible marks; refuses control characters and piles of combining marks."""
    if _IS_PLAIN.fullmatch(text):
        return text.strip()
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    if _FORBIDDEN.search(text):
        raise PydanticCustomError(
            "control_character", "text without control characters, newline and tab excepted"
        )
    _refuse_piles(text)  # before NFC, which sorts the marks of a pile in quadratic time
    normal = unicodedata.normalize("NFC", text)
    if normal != text:
        _refuse_piles(normal)  # a few letters come apart into marks
    return normal.strip()


def _refuse_piles(text: str) -> None:
    height = 0
    for character in text:
        if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
            height += 1
            if height > limits.COMBINING_MARKS_MAX:
                raise PydanticCustomError("combining_marks", "at most two combining marks in a row")
        else:
            height = 0


def _plain_phone(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _as_utc(moment: datetime) -> datetime:
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:  # the first or the last day that there is
        raise _out_of_range() from None
    if not limits.YEAR_MIN <= moment.year <= limits.YEAR_MAX:
        raise _out_of_range()
    return moment


def _in_our_years(day: date) -> date:
    if not limits.YEAR_MIN <= day.year <= limits.YEAR_MAX:
        raise _out_of_range()
    return day


def _out_of_range() -> PydanticCustomError:
    return PydanticCustomError("time_out_of_range", "a year from 2000 to 2100, in UTC")


@dataclass(frozen=True)
class _Rfc3339:
    """Reads RFC 3339 only, where pydantic alone also takes seconds since 1970 as a string and offsets of a day.

    A missing offset passes here and is refused as `naive_time` afterwards. Offsets reach from -14:59 to +14:59.
    """

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.str_schema(
            pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?"
            r"([Zz]|[+\-](0[0-9]|1[0-4]):?[0-5][0-9])?$"
        )
        checked = core_schema.custom_error_schema(written, "wrong_time", custom_error_message="wrong time")
        parsed = core_schema.datetime_schema(strict=False, tz_constraint="aware")
        return core_schema.chain_schema([checked, parsed])


@dataclass(frozen=True)
class _Cleaned:
    """Text that is cleaned first; its length is measured afterwards."""

    max_length: int
    min_length: int = 0

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        cleaned = core_schema.no_info_after_validator_function(clean_text, core_schema.str_schema())
        measured = core_schema.str_schema(min_length=self.min_length, max_length=self.max_length)
        return core_schema.chain_schema([cleaned, measured])

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema_of_text: JsonSchemaValue = {"type": "string", "maxLength": self.max_length}
        return schema_of_text | ({"minLength": self.min_length} if self.min_length else {})


def _cleaned(most: int, *, least: int = 0) -> tuple[_Cleaned, Meta]:
    """Text of so many characters once it is clean. msgspec takes plain text only, and leaves the rest to the door."""
    return _Cleaned(most, least), Meta(min_length=least, max_length=most, pattern=to_the_end(_CLEAN))


Instant = Annotated[
    datetime,
    _Rfc3339(),
    AfterValidator(_as_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
    Meta(tz=True),
]
"""A moment with its offset, kept in UTC."""

Day = Annotated[date, AfterValidator(_in_our_years)]
"""A day of Shanghai."""

IDENTIFIER_PATTERN: Final = r"^[A-Za-z0-9._:\-]{1,64}$"
Identifier = Annotated[str, *matching(IDENTIFIER_PATTERN)]
StreetCode = Annotated[str, *matching(r"^[0-9]{9}$")]
GridCode = Annotated[str, *matching(r"^[0-9]{15}$")]
MatterCode = Annotated[str, *matching(r"^[A-Z]{2}-[0-9]{3}$")]
UNDETERMINED: Final = "WD-000"
"""Stands where a case's matter would, while nobody knows it (未定): the code of no matter, so that no guess is shown as the truth."""
CASE_ID: Final = r"^[0-9]{9}-[0-9A-HJKMNP-TV-Z]{13}$"
CaseId = Annotated[str, *matching(CASE_ID)]
EntryId = Annotated[str, *matching(r"^[0-9]{1,5}:[0-9]{1,9}:[0-9]{1,15}$")]
DeadLetterId = Annotated[str, *matching(r"^[0-9]{1,5}:[0-9]{1,9}:[0-9]{1,15}:deadletter:0$")]
"""The entry that made the dead letter, and its number among what that entry sent out."""

Sha256 = Annotated[str, *matching(r"^[0-9a-f]{64}$")]
ContentDigest = Annotated[str, *matching(r"^[0-9a-f]{16}$")]
"""64 bits of a hash of what a message says, however it was written: tells a repetition from another message of the same number."""
CallerToken = Annotated[str, *matching(r"^[cd]-[0-9a-f]{32}$")]
"""Stands for a caller (`c-`) or for the sealed original of a dead letter (`d-`)."""

KeyMark = Annotated[str, *matching(r"^k1-[0-9a-f]{16}$")]
"""Tells a secret key from another, and nothing of the key; `k1` says how it is made."""

Code = Annotated[str, *matching(r"^[a-z][a-z0-9_]{0,47}$")]
Name = Annotated[str, *_cleaned(limits.NAME_MAX, least=1)]
_PHONE: Final = r"^[+() \-]*([0-9][+() \-]*){3,24}$"
Phone = Annotated[
    str,
    StringConstraints(max_length=limits.PHONE_MAX),
    AfterValidator(_plain_phone),
    StringConstraints(max_length=limits.PHONE_MAX, pattern=_PHONE),
    Meta(max_length=limits.PHONE_MAX, pattern=to_the_end(_PHONE)),
    WithJsonSchema({"type": "string", "maxLength": limits.PHONE_MAX, "pattern": _PHONE}),
]
"""At least three digits, with the marks people write between them; full-width forms are made plain."""

Address = Annotated[str, *_cleaned(limits.ADDRESS_MAX)]
Text = Annotated[str, *_cleaned(limits.TEXT_MAX)]
LimitText = Annotated[
    str,
    *matching(
        r"^[1-9][0-9]{0,5} (work_minutes|work_hours|workdays|natural_minutes|natural_hours|natural_days|calendar_days)"
        r"( \+ [1-9][0-9]{0,5} (work_minutes|work_hours|workdays|natural_minutes|natural_hours|natural_days|calendar_days)){0,3}$"
    ),
]
"""How long something may take, such as "2 workdays" or "4 natural_hours + 3 workdays": one after the other."""
Category = Annotated[str, *_cleaned(limits.CATEGORY_MAX, least=1)]
Note = Annotated[str, *_cleaned(limits.NOTE_MAX)]
Reason = Annotated[str, *_cleaned(limits.NOTE_MAX, least=1)]
"""Why somebody decides so: a note that may not be empty."""

Uri = Annotated[
    str,
    *matching(
        r"^((https?|sftp|s3|oss|obs|cos|minio|rtsps?)://|urn:)[!#-;=?-\[\]_a-z~]{1,480}$",
    ),
]
"""Where content lies, in plain ASCII without quotes; schemes that a browser would run (`javascript:`) are not in it."""

_STREET_DIGITS: Final = 9
_CATEGORY_LETTERS: Final = 2


def category_of(matter: str) -> str:
    """The category that a matter's code begins with."""
    return matter[:_CATEGORY_LETTERS]


def street_of(code: str) -> str:
    """The street that a case id or a grid code begins with."""
    return code[:_STREET_DIGITS]
