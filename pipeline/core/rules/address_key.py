"""An address as a key: what is written differently and means the same place has one key, and nothing else has it.

Marks between digits are part of the number (17-1 is not 171); those between words are not. What a text without a number, a
junction or a named place says ("解放路") is true of many places, so it has no key: it identifies nothing by itself.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple


@dataclass(frozen=True, eq=False)
class AddressWords:
    """What the rules say of addresses: words in place of one (不详, 路边), words of a named place (小区, 路口), and words that name
    nothing before them (附近). Two are one only if they are one object, so that it is quick to look up by."""

    placeholders: frozenset[str]
    named_places: tuple[str, ...]
    empty_names: tuple[str, ...]
    place_names: frozenset[str] = field(init=False)
    holds_named_place: re.Pattern[str] = field(init=False)
    holds_empty_name: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place_names", frozenset(self.named_places))
        object.__setattr__(self, "holds_named_place", _any_of(self.named_places))
        object.__setattr__(self, "holds_empty_name", _any_of(self.empty_names))


def address_words(
    placeholders: Iterable[str], named_places: Iterable[str], empty_names: Iterable[str]
) -> AddressWords:
    """The words of the rules, in the form in which addresses are compared."""
    longest_first = sorted(map(_plain, empty_names), key=len, reverse=True)
    return AddressWords(
        frozenset(map(_bare, placeholders)), tuple(map(_plain, named_places)), tuple(longest_first)
    )


def is_no_address(address: str, words: AddressWords) -> bool:
    """Whether the text stands where there is no address: a placeholder, or marks alone.

    >>> words = address_words(["不详", "null"], [], [])
    >>> [is_no_address(text, words) for text in ("不详。", "—", "NULL", "解放路")]
    [True, True, True, False]
    """
    return _read(address, words).is_none


def address_key(address: str, words: AddressWords) -> str:
    """The key of the place that the address names; empty where it names none.

    >>> words = address_words(["不详"], ["小区"], ["我们"])
    >>> [address_key(text, words) for text in ("迎泽大街17-1号", "迎泽大街１７—１号", "迎泽大街十七号之一", "迎泽大街171号")]
    ['迎泽大街17-1号', '迎泽大街17-1号', '迎泽大街17-1号', '迎泽大街171号']
    >>> [address_key(text, words) for text in ("不详", "解放路", "208国道", "我们小区", "安居小区")]
    ['', '', '', '', '安居小区']
    """
    return _read(address, words).key


def figures_of(numeral: str) -> str:
    """A Chinese numeral in figures.

    >>> [figures_of(text) for text in ("十七", "一〇二", "两百五十")]
    ['17', '102', '250']
    """
    return str(_value(numeral))


class _Reading(NamedTuple):
    is_none: bool
    key: str


@lru_cache(maxsize=65_536)
def _read(address: str, words: AddressWords) -> _Reading:
    """Both at once: whether it is none is asked before the key is, of the same text."""
    even = _even(address)
    bare = even if even.isalnum() else _MARKS.sub("", even)
    if not bare or bare in words.placeholders:
        return _Reading(is_none=True, key="")
    key = _numbered(even if bare is even else _MARKS.sub(_kept, even))
    return _Reading(is_none=False, key=key if _identifies(key, words) else "")


def _plain(text: str) -> str:
    """One form of width, case and dash; marks only where they part two numbers or letters."""
    return _MARKS.sub(_kept, _even(text))


def _even(text: str) -> str:
    """One form of width, case and dash."""
    even = unicodedata.normalize("NFKC", text.translate(_ROMAN)).casefold()
    if "门牌" in even:
        even = _DOORPLATE.sub("", even)
    if not even.isalnum():
        even = _DASHES.sub("-", even)
    return _BELOW.sub("负", even) if "层" in even else even


def _kept(mark: re.Match[str]) -> str:
    """A mark between two numbers keeps them apart: as a dash where it is one, else as a space. `#` stands for 号."""
    text, begin, end = mark.string, mark.start(), mark.end()
    before, after = text[begin - 1 : begin], text[end : end + 1]
    if "#" in mark.group() and before.isdigit():
        return "号"
    if not _is_number(after) or not (_is_number(before) or before == "号"):
        return ""
    return "-" if "-" in mark.group() else " " if before != "号" else ""


def _is_number(character: str) -> bool:
    """Whether it may be part of a number, as the 3 and the b of 3b may."""
    return character.isascii() and character.isalnum()


def _bare(text: str) -> str:
    """The words alone, to compare with placeholders."""
    return _MARKS.sub("", _even(text))


def with_figures(text: str) -> str:
    """Figures for Chinese numerals before a unit, and 号楼 for 栋 and 幢.

    >>> with_figures("兴华街十七号三栋二单元")
    '兴华街17号3号楼2单元'
    """
    if _HANZI_NUMBER.search(text):
        text = _HANZI_NUMBER.sub(lambda found: str(_value(found.group())), text)
    return _BUILDING.sub("号楼", text) if "栋" in text or "幢" in text else text


def _numbered(text: str) -> str:
    """Numbers written one way, and the same units at the end."""
    text = with_figures(text)
    if "之" in text or "号-" in text:
        text = _BRANCH.sub(r"\1-\2号", text).replace("号-", "号")
    if text[-1:].isdigit():
        text = _ROOM_END.sub(r"\g<0>室", _HOUSE_END.sub(r"\g<0>号", text))
    return text


def _value(numeral: str) -> int:
    """What a Chinese numeral counts: 十七 is 17, 一〇二 is 102.

    >>> [_value(text) for text in ("十七", "二十", "一百零三", "一〇二", "两千")]
    [17, 20, 103, 102, 2000]
    """
    if not set(numeral) & _PLACES.keys():
        return int("".join(str(_DIGITS[digit]) for digit in numeral))
    total, digit = 0, 0
    for character in numeral:
        place = _PLACES.get(character)
        if place is None:
            digit = _DIGITS[character]
        else:
            total, digit = total + max(digit, 1) * place, 0
    return total + digit


def _identifies(key: str, words: AddressWords) -> bool:
    """Whether a number or a word of a named place has a name before it: 安居小区, 解放路17号; not 我们小区, 17号, 208国道."""
    if words.holds_empty_name.search(key):
        for empty in words.empty_names:
            key = key.replace(empty, "")
    number = _NUMBER.search(key)
    if number and _NUMBERED_ROAD.search(key):
        key = _NUMBERED_ROAD.sub("国道", key)
        number = _NUMBER.search(key)
    if number and number.start() >= _NAME_LETTERS and key[: number.start()] not in words.place_names:
        return True
    return words.holds_named_place.search(key, _NAME_LETTERS) is not None and any(
        key.find(word) >= _NAME_LETTERS for word in words.named_places
    )


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words; of none nothing."""
    return re.compile("|".join(map(re.escape, words)) or r"(?!)")


_NAME_LETTERS: Final = 2
_DIGITS: Final = {digit: number for number, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_PLACES: Final = {"十": 10, "百": 100, "千": 1000}
_NUMERALS: Final = "".join((*_DIGITS, *_PLACES))
_DASHES: Final = re.compile("[\u00ad\u2010-\u2015\u2212\ufe58\ufe63~\u301c\u2500]")
_MARKS: Final = re.compile(r"[^\w]+|_+")
_ROMAN: Final = {first + number: str(number + 1) for first in (0x2160, 0x2170) for number in range(12)}
"""Ⅱ and ⅱ are one character, and a number: as letters they would be part of a name."""
_DOORPLATE: Final = re.compile(r"门牌(?:号码?(?=[\s:]*\d)[\s:]*)?")
_BELOW: Final = re.compile(r"(?:(?<![\da-z])-|地下)(?=[\d一二三四五六七八九]层)")
"""A floor below ground: of 17号-1层 the dash is no mark between two numbers."""
_HANZI_NUMBER: Final = re.compile(
    f"[{_NUMERALS}]+(?=[号栋幢座层楼室弄户门米期之]|单元)|(?<=附)[{_NUMERALS}]+|(?<=之)[{_NUMERALS}]+"
)
_BUILDING: Final = re.compile(r"(?<=\d)[栋幢]")
_BRANCH: Final = re.compile(r"(\d+)(?:号[-之]|之)(\d+)(?:号(?![楼院])|(?![\d号座单层楼室]))")
_HOUSE_END: Final = re.compile(r"(?<=[街路道巷弄里附])\d+(?:-\d+)*$")
_ROOM_END: Final = re.compile(r"(?:单元|层|楼)\d{3,4}$")
_NUMBER: Final = re.compile(r"\d+")
_NUMBERED_ROAD: Final = re.compile(r"[a-z]?\d++(?:国道|省道|县道|乡道|公路|高速|环|路|线)")
