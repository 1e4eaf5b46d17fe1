"""The number that somebody else gave a report or a paper (工单号、文号), as people write it: 晋城管〔2026〕12号.

It is kept as it was written. Two writings of one number are compared by `comparable`: width, spaces, and the kind of bracket and
dash do not count, everything else does. Case ids are made of it, so what it gives never changes.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final

from msgspec import Meta
from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from schemas import limits
from schemas.values.bounds import to_the_end
from schemas.values.placeholders import WORDS_FOR_NOTHING, is_no_text
from schemas.values.text import clean_text

_VISIBLE: Final = (
    r"A-Za-z0-9._:\-/\\#()\[\]{}+,@&=*~|"
    "\u00b7\u2010-\u2015\u2116\u2160-\u217f\u2212\u3007-\u3011\u3014-\u301b\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e"
)
PATTERN: Final = f"^[{_VISIBLE}]([{_VISIBLE} \u3000]{{0,{limits.IDENTIFIER_MAX - 2}}}[{_VISIBLE}])?$"
_IS_NUMBER: Final = re.compile(PATTERN)
_IS_PLAIN: Final = re.compile(r"[A-Za-z0-9._:\-]*")
_LENGTHS: Final = f"{{{max(map(len, WORDS_FOR_NOTHING))},{limits.IDENTIFIER_MAX - 1}}}"
_IS_USUAL: Final = re.compile(rf"[A-Za-z][A-Za-z0-9._:\-]{_LENGTHS}|[1-9][A-DF-Za-df-z0-9_:\-]{_LENGTHS}")
"""Most numbers, at one look: too long for a word for nothing, and none that a spreadsheet has rounded."""
_ROUNDED: Final = re.compile(r"[0-9]\.[0-9]+[Ee]\+?[0-9]+|[0-9][Ee]\+[0-9]+|[0-9]{16,}\.0+")
_MARKS: Final = r"[^A-Za-z0-9\u3007-\u4dbf\u4e00-\u9fff]*"
_NO_NUMBER: Final = (
    rf"^({_MARKS}({'|'.join(map(re.escape, WORDS_FOR_NOTHING))}|0*){_MARKS}|{_ROUNDED.pattern})$"
)
"""As far as a pattern says it: what the door refuses although it is written like a number."""
_WHOLE: Final = re.compile(r"([0-9]{1,15})\.0+")
"""A whole number of so many digits is exact however a spreadsheet keeps it."""
_OPENING, _CLOSING = (
    "([{\u3008\u300a\u300c\u300e\u3010\u3014\u3016\u3018\u301a",
    ")]}\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u3019\u301b",
)
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_ALIKE: Final = str.maketrans(
    dict.fromkeys(_OPENING, "[") | dict.fromkeys(_CLOSING, "]") | dict.fromkeys(_DASHES, "-") | {"\\": "/"}
)
_ALLOWED: Final = (
    "letters, digits, Chinese characters, spaces, brackets and any of . _ : - / # + , @ & = * ~ |"
)


@lru_cache(maxsize=1_024)  # of one report it is asked some times
def comparable(number: str) -> str:
    """The form in which two writings of one number are equal. Plain letters, digits and . _ : - are their own form, but for the
    `.0` that a spreadsheet puts behind a whole number. Zeros in front count: 007 and 7 may be two numbers.

    >>> comparable("晋城管〔2026〕 12 号") == comparable("晋城管(2026)12号")
    True
    >>> comparable("GD-2026/7"), comparable("gd-20267")
    ('GD-2026/7', 'gd-20267')
    >>> comparable("12345.0"), comparable("00123"), comparable("１２３")
    ('12345', '00123', '123')
    """
    if not _IS_PLAIN.fullmatch(number):
        number = "".join(unicodedata.normalize("NFKC", number).translate(_ALIKE).split())
    whole = _WHOLE.fullmatch(number) if number.endswith(".0") else None
    return whole[1] if whole else number


def _checked(number: str) -> str:
    number = clean_text(number)
    if not _IS_NUMBER.fullmatch(number):
        if len(number) > limits.IDENTIFIER_MAX:
            raise PydanticCustomError(
                "string_too_long", "max_length {max_length}", {"max_length": limits.IDENTIFIER_MAX}
            )
        if not number:
            raise PydanticCustomError("string_too_short", "min_length {min_length}", {"min_length": 1})
        raise PydanticCustomError("order_number", _ALLOWED)
    return number


def _checked_pushed(number: str) -> str:
    """Also refuses what names nothing: two reports with the number 无 would be one."""
    if _IS_USUAL.fullmatch(number):
        return number
    number = _checked(number)
    plain = unicodedata.normalize("NFKC", number)
    if _ROUNDED.fullmatch(plain):
        raise _rounded()
    if is_no_text(plain):
        raise PydanticCustomError("placeholder", "a number that nothing else has")
    return number


def pushed_number(number: object) -> str | None:
    """What a sender wrote as a number, as it is kept; None where it is none."""
    try:
        text = _as_text(number)
        return _checked_pushed(text) if isinstance(text, str) else None
    except PydanticCustomError:
        return None


def _rounded() -> PydanticCustomError:
    return PydanticCustomError("number_rounded", "the number as text, in quotes, with all its digits")


def _as_text(number: object) -> object:
    """A whole number as its digits; what a spreadsheet made a decimal of has perhaps lost some."""
    if isinstance(number, float):
        raise _rounded()
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 10**limits.IDENTIFIER_MAX:
        return str(number)
    return number


@dataclass(frozen=True)
class _Written:
    """What a sender may write: text, or (`digits`) a whole number that stands for its digits."""

    digits: bool

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        return core_schema.no_info_before_validator_function(_as_text, schema) if self.digits else schema

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        text: JsonSchemaValue = {"type": "string", "pattern": PATTERN}
        if not self.digits:
            return text
        return {"anyOf": [text | {"not": {"pattern": _NO_NUMBER}}, {"type": "integer", "minimum": 1}]}


_LIMITS: Final = Meta(min_length=1, max_length=limits.IDENTIFIER_MAX, pattern=to_the_end(PATTERN))
OrderNumber = Annotated[str, AfterValidator(_checked), _Written(digits=False), _LIMITS]
"""As this project writes it."""

PushedNumber = Annotated[str, AfterValidator(_checked_pushed), _Written(digits=True), _LIMITS]
"""As a sender writes it: a whole number is taken as its digits, and a placeholder for none."""
