"""Single values as senders write them: times, phones, yes and no, numbers, words of a table. Nothing is guessed silently.

Each reader gives the value in our form, with a note's code where it had to be understood; or raises BadMessage without a field, to which
the caller gives the sender's name. A placeholder (无, null, -) goes on as it is: the pipeline leaves it out, and notes that on the case.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from schemas.errors import BadMessage
from schemas.values.placeholders import is_no_text, is_no_time

RFC_3339_OR_LOCAL: Final = "a time such as 2026-11-24 09:00:00, or with its offset 2026-11-24T09:00:00+08:00"
YES: Final = frozenset(("是", "1", "y", "yes", "true", "t", "有", "√", "对"))
NO: Final = frozenset(("否", "0", "n", "no", "false", "f", "×", "x"))
LIMIT_TEXT: Final = re.compile(r"(?P<number>[0-9]{1,3})个?(?P<unit>工作日|自然日|工作小时|小时|天|日)?")
"""How long an order gives: a number, and the unit if it stands with it."""


class Understood(NamedTuple):
    """A value in our form; `note` is the code of what had to be understood, empty where it was written so."""

    value: object
    note: str = ""


def plain(value: object) -> object:
    """Full-width digits and letters as plain ones, without the marks by which spreadsheets keep a number a text."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFKC", value).strip()
    if kept := _KEPT_AS_TEXT.fullmatch(text):
        return (kept[1] if kept[1] is not None else kept[2]).strip()
    return text


def is_nothing(value: object) -> bool:
    """Whether the sender left it empty."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def is_placeholder(value: object, more: Collection[str] = ()) -> bool:
    """Whether the sender wrote something for no value, or a formula that failed; `more` are words of the sender's own."""
    if not isinstance(value, str):
        return False
    return is_no_text(value) or _FORMULA_ERROR.fullmatch(value.strip()) is not None or (
        bool(more) and "".join(unicodedata.normalize("NFKC", value).casefold().split()) in more
    )  # fmt: skip


def number_text(value: object) -> object:
    """A number's digits, as its sender saw them: of a spreadsheet's 13800000000.0 the whole number. What it rounded stays a decimal."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_BELOW:
        return str(int(value))
    return plain(value)


def moment(value: object, zone: tzinfo | None, epoch: str | None) -> Understood:
    """A time as RFC 3339; one without offset stays so where the mapping names no zone, and is refused by the contract.

    Raises:
        BadMessage: no time can be read from it.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        raise BadMessage("wrong_time", "", RFC_3339_OR_LOCAL)
    if isinstance(value, datetime):
        return Understood(_in_zone(value, zone), "")
    if isinstance(value, date):
        return Understood(_in_zone(datetime(value.year, value.month, value.day), zone), "day_only")  # noqa: DTZ001
    text = str(plain(value))
    if isinstance(value, str) and is_no_time(text):
        return Understood(text)
    if _NUMBER.fullmatch(text):
        return _from_number(text, zone, epoch)
    return _from_text(text, zone)


def day_in(number: str) -> date | None:
    """The calendar day that an order's number begins with, after letters if there are, as most systems number them.

    >>> day_in("GD20261124001"), day_in("1350061"), day_in("20269924")
    (datetime.date(2026, 11, 24), None, None)
    """
    found = _DAY_IN_NUMBER.search(number)
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def _from_number(text: str, zone: tzinfo | None, epoch: str | None) -> Understood:
    """Digits: of a calendar day and time, since 1970, or the days of a spreadsheet. Their ranges have nothing in common."""
    if len(text) in _DIGITS and (found := _DIGIT_TIME.fullmatch(text)) and text[:2] in ("19", "20"):
        return _from_parts([int(part or 0) for part in found.groups()], zone, "" if text[8:] else "day_only")
    number = float(text)
    if number in (0.0, -1.0):
        return Understood("1970-01-01T00:00:00+00:00")
    for unit, per_second in _EPOCH_UNITS.items():
        seconds = number / per_second
        if _FIRST_S <= seconds < _LAST_S:
            since_1970 = datetime.fromtimestamp(seconds, UTC)
            return Understood(since_1970.isoformat(), "" if unit == epoch else "epoch_unit")
    if _EXCEL_FIRST <= number < _EXCEL_LAST:
        rounded = timedelta(seconds=round(number * 86_400))
        return Understood(_in_zone(_EXCEL_ZERO + rounded, zone), "excel_serial")
    raise BadMessage(
        "wrong_time", "", "milliseconds or seconds since 1970, or a time such as 2026-11-24 09:00:00"
    )


def _from_text(text: str, zone: tzinfo | None) -> Understood:
    found = _TIME.fullmatch(text)
    if found is None:
        raise BadMessage("wrong_time", "", RFC_3339_OR_LOCAL)
    numbers = [int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")]
    half = _HALVES.get((found["half"] or found["half_after"] or "").casefold())
    if half is not None:
        if not 1 <= numbers[3] <= 12:
            half = None if numbers[3] > 12 else half
        numbers[3] = numbers[3] % 12 + half if half is not None else numbers[3]
    if found["offset"]:
        read = _from_parts(numbers, None, "")
        return Understood(f"{read.value}{found['offset'].upper()}")
    return _from_parts(numbers, zone, "" if found["hour"] else "day_only")


def _from_parts(numbers: list[int], zone: tzinfo | None, note: str) -> Understood:
    """Year to second, where 24:00 is the midnight that follows."""
    is_midnight = numbers[3:] == [24, 0, 0]
    try:
        read = datetime(*numbers[:3], *([0, 0, 0] if is_midnight else numbers[3:]))  # type: ignore[arg-type]  # year to second # noqa: DTZ001
        read += timedelta(days=is_midnight)
    except (ValueError, OverflowError):
        raise BadMessage("wrong_time", "", RFC_3339_OR_LOCAL) from None
    return Understood(_in_zone(read, zone), note)


def _in_zone(local: datetime, zone: tzinfo | None) -> str:
    return (local if local.tzinfo or zone is None else local.replace(tzinfo=zone)).isoformat()


def phone(value: object) -> Understood:
    """A phone as text with all its digits. Of several the first counts.

    Raises:
        BadMessage: a spreadsheet has rounded it.
    """
    text = number_text(value)
    if not isinstance(text, str):
        return Understood(str(text) if isinstance(text, int) and not isinstance(text, bool) else text)
    if _DECIMAL.fullmatch(text):
        return Understood(_whole(text))
    if len(parts := [part.strip() for part in _BETWEEN_PHONES.split(text) if part.strip()]) > 1:
        first = next((part for part in parts if _PHONE.fullmatch(part)), None)
        return Understood(first, "several_phones") if first else Understood(text)
    return Understood(text)


def _whole(text: str) -> str:
    """The digits of a whole number that a spreadsheet wrote as a decimal, if it wrote them all."""
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent of a mile
        number = Decimal("0.5")
    digits = len(number.as_tuple().digits)
    if (
        number != number.to_integral_value()
        or number.adjusted() > _PHONE_DIGITS
        or ("e" in text.casefold() and digits < number.adjusted())
    ):
        raise BadMessage("number_rounded", "", "the phone as text, with all its digits")
    return str(int(number))


def yes_or_no(value: object, yes: Collection[str] = (), no: Collection[str] = ()) -> bool | None:
    """What a word for yes or no says; None where it is neither."""
    if isinstance(value, bool):
        return value
    word = str(number_text(value)).casefold()
    if word in NO or word in no:
        return False
    return True if word in YES or word in yes else None


def number(value: object) -> object:
    """A number out of a text (a spreadsheet's, or one with %); anything else as it is."""
    text = plain(value)
    if not isinstance(text, str) or not _FIGURE.fullmatch(text):
        return value
    figure = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    return int(figure) if figure.is_integer() and not text.endswith("%") else figure


def word_in(value: object, table: Mapping[str, str], split: str | None) -> str | None:
    """What `table` (by plain words) makes of a word; of a text with `split` of the whole, else of its last part that the table knows."""
    text = "".join(str(number_text(value)).casefold().split())
    if text in table or split is None:
        return table.get(text)
    known = (table.get(part) for part in reversed(text.split(split)))
    return next(filter(None, known), None)


_KEPT_AS_TEXT: Final = re.compile(r"=\"(.*)\"|'([0-9].*)", re.DOTALL)
_FORMULA_ERROR: Final = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|GETTING_DATA|SPILL!|CALC!)")
_EXACT_BELOW: Final = 2.0**53
_NUMBER: Final = re.compile(r"-?[0-9]{1,19}(?:\.[0-9]{1,12})?")
_DIGITS: Final = (8, 12, 14)
_DAY_IN_NUMBER: Final = re.compile(r"(?:^|\D)(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_DIGIT_TIME: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")
_EPOCH_UNITS: Final = {"s": 1.0, "ms": 1e3, "us": 1e6}
_FIRST_S, _LAST_S = 946_684_800, 4_102_444_800  # 2000 to 2100
_EXCEL_FIRST, _EXCEL_LAST = 36_526, 73_051  # the same years, in days
_EXCEL_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001  local time, as the sheet's
_TIME: Final = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s,]*(?P<half>上午|下午|中午|凌晨|晚上|AM|PM)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})"
    r"(?:\s*[:分]\s*(?P<second>\d{1,2})(?:[.,]\d{1,9})?\s*秒?)?\s*分?)?"
    r"\s*(?P<half_after>AM|PM)?\s*(?P<offset>Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE | re.ASCII,
)
_HALVES: Final = {"上午": 0, "凌晨": 0, "am": 0, "下午": 12, "中午": 12, "晚上": 12, "pm": 12}
_DECIMAL: Final = re.compile(r"[0-9]+\.0+|[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,2}")
_BETWEEN_PHONES: Final = re.compile(r"[,;/、|\n]|\s{2,}")
_PHONE: Final = re.compile(r"[+() \-]*(?:[0-9][+() \-]*){7,24}")
_PHONE_DIGITS: Final = 24
_FIGURE: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?%?")
