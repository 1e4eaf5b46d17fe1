"""What people and systems write where there is no value: 无, 不详, "null", "-", 0, 1970-01-01. It is never taken for one.

Which texts of free writing (an address, a description) mean nothing is not said here: 无 may be all that somebody wrote.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

WORDS_FOR_NOTHING: Final = (
    "null", "nil", "none", "nan", "n/a", "n.a.", "undefined", "unknown", "-1",
    "无", "空", "暂无", "没有", "不详", "不祥", "不明", "未知", "不知道", "未提供", "未填", "未填写", "未留", "匿名", "保密",
)  # fmt: skip
_WORDS: Final = frozenset(WORDS_FOR_NOTHING)
_MARKS_AROUND: Final = re.compile(r"\A[\W_]+|[\W_]+\Z")
_LONGEST: Final = max(map(len, _WORDS))
_DIGITS_OF_A_PHONE: Final = 3
_NOBODYS_PHONE: Final = re.compile(
    r"(?:86)?(?:0+|1+|(\d)\1{8,}|1[3-9]\d0{8}|12345678(?:9(?:0\d?)?)?)"
)  # one digit all along (but 8888888 is a hotel's), 138 0000 0000, or the digits in a row
_DATES: Final = (
    "0000-00-00", "0001-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "1980-01-06", "2000-01-01",
    "2099-12-31", "9999-12-31",
)  # fmt: skip
_NO_TIME: Final = re.compile(f"(?:{'|'.join(_DATES)})(?:[Tt ].*)?", re.DOTALL)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEAR_EPOCH: Final = timedelta(seconds=1)
NO_CONTENT: Final = frozenset(("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "0" * 64))
"""The SHA-256 of an empty file, and of none."""


@dataclass(frozen=True)
class NoValue:
    """Stands beside the limits of a number in its contract: this value of it says that none was measured."""

    value: float


def is_no_text(text: str) -> bool:
    """Whether a name, a number or a code stands where there is none: a word for nothing, marks alone, or zeros alone.

    >>> [is_no_text(text) for text in ("（无）", "NULL", "#N／A", "--", "/", "000", "和平", "GD-0")]
    [True, True, True, True, True, True, False, False]
    """
    if len(text) > _LONGEST and text[0].isalnum():
        return text[0] == "0" and not text.strip("0")
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain in _WORDS:
        return True
    bare = _MARKS_AROUND.sub("", plain)
    return bool(plain) and (not bare.strip("0") or bare in _WORDS)


def says_nothing(text: str) -> bool:
    """Whether a reason or an answer that is asked for is not there, or only in form.

    >>> [says_nothing(text) for text in ("", "无", "。", "没有再摆")]
    [True, True, True, False]
    """
    return not text or is_no_text(text)


def is_no_phone(text: str) -> bool:
    """Whether nobody can be called by it: fewer than three digits (不愿提供, 0, -), or digits that are nobody's.

    >>> [is_no_phone(text) for text in ("无", "0", "00000000", "138 0000 0000", "12345678", "12345", "0351-1234567")]
    [True, True, True, True, True, False, False]
    """
    if is_no_text(text):
        return True
    digits = "".join(filter(str.isdigit, unicodedata.normalize("NFKC", text)))
    if len(digits) < _DIGITS_OF_A_PHONE:
        return not any(map(str.isdigit, text)) or not digits.strip("0")
    return _NOBODYS_PHONE.fullmatch(digits) is not None


def is_no_time(text: str) -> bool:
    """Whether a time stands where there is none: the first or last one that a system can write, or the zero of its clock.

    >>> [is_no_time(text) for text in ("1970-01-01T08:00:00+08:00", "9999-12-31 23:59:59", "无", "2026-01-01T00:00:00Z")]
    [True, True, True, False]
    """
    if is_no_text(text) or _NO_TIME.fullmatch(text.strip()):
        return True
    try:
        return abs(datetime.fromisoformat(text) - _EPOCH) <= _NEAR_EPOCH
    except (ValueError, TypeError, OverflowError):
        return False


def is_no_hash(text: str) -> bool:
    """Whether it is the hash of no content, or none."""
    return text in NO_CONTENT or is_no_text(text)
