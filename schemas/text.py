"""The kinds of string and of instant that a contract may hold.

Free text is cleaned once, here: NFC, no control characters but newline and tab, no invisible or bidirectional
marks, no piles of combining marks. Identifiers are plain ASCII, so that they are safe in a key, a path and a log.
"""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, StringConstraints
from pydantic_core import PydanticCustomError

from schemas import limits

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARKS = re.compile(f"{_MARK}{{{limits.COMBINING_MARKS_MAX + 1},}}")
_LINE_ENDS = re.compile("\r\n?")
_SUSPECT = re.compile(f"{_FORBIDDEN.pattern}|{_INVISIBLE.pattern}|{_MARK}")


def clean_text(text: str) -> str:
    """`text` in NFC without invisible marks; refuses control characters and piles of combining marks."""
    if not _SUSPECT.search(text) and unicodedata.is_normalized("NFC", text):
        return text.strip()
    text = _LINE_ENDS.sub("\n", text)
    if _FORBIDDEN.search(text):
        raise PydanticCustomError(
            "control_character", "text without control characters, newline and tab excepted"
        )
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if _MARKS.search(text):
        raise PydanticCustomError("combining_marks", "at most two combining marks in a row")
    return text.strip()


def _as_utc(moment: datetime) -> datetime:
    if not limits.YEAR_MIN <= moment.year <= limits.YEAR_MAX:
        raise PydanticCustomError("time_out_of_range", "a year from 2000 to 2100")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_as_utc)]
"""A moment with its offset, kept in UTC."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:\-]{1,64}$")]
StreetCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
GridCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{15}$")]
MatterCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[0-9]{3}$")]
CaseId = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}-[0-9A-HJKMNP-TV-Z]{13}$")]
EntryId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,5}:[0-9]{1,9}:[0-9]{1,15}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
CallerToken = Annotated[str, StringConstraints(pattern=r"^[cd]-[0-9a-f]{32}$")]
"""Stands for a caller (`c-`) or for the sealed original of a dead letter (`d-`)."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Name = Annotated[str, AfterValidator(clean_text), StringConstraints(min_length=1, max_length=limits.NAME_MAX)]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+() \-\uff10-\uff19]{3,24}$")]
Address = Annotated[str, AfterValidator(clean_text), StringConstraints(max_length=limits.ADDRESS_MAX)]
Text = Annotated[str, AfterValidator(clean_text), StringConstraints(max_length=limits.TEXT_MAX)]
Note = Annotated[str, AfterValidator(clean_text), StringConstraints(max_length=limits.NOTE_MAX)]
Uri = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9+.\-]{1,15}:[^\s]{1,480}$")]
