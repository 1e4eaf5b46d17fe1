"""Removes personal data from free text before it is written anywhere but to the callers topic.

A report is scrubbed where it is read (`stages.discovery`), with its caller's name; an action at its one door (`actions`),
all its free texts alike: which fields those are follows from the types of its contract.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from types import UnionType
from typing import Final, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from schemas import limits
from schemas.values.text import Address, Name, Note, Text

T = TypeVar("T", bound=Struct)

_PHONE: Final = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])")
_LANDLINE: Final = re.compile(r"(?<![0-9])0[0-9]{2,3}[ -][0-9]{7,8}(?![0-9])")
_CITIZEN_ID: Final = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9Xx])")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"
_LONG_NUMBER: Final = re.compile(r"[0-9\uff10-\uff19][0-9\uff10-\uff19 -]{9}")
_FULL_WIDTH: Final = {0xFF10 + digit: str(digit) for digit in range(10)}

PHONE_MASK: Final = "[电话]"
ID_MASK: Final = "[证件号]"
NAME_MASK: Final = "[来电人]"
CUT_MARK: Final = "…"


def scrub(text: str, length_max: int, names: Iterable[str] = ()) -> str:
    """`text` with phone numbers, citizen ids and the given names replaced by masks that name what was removed.

    A mask may be longer than what it replaces, so text over `length_max` is cut, and the cut is marked.

    >>> scrub("张先生 13812345678 反映占道", 200, ["张先生"])
    '[来电人] [电话] 反映占道'
    >>> scrub("占道经营", 3)
    '占道…'
    """
    text = _masked(text, names)
    return text if len(text) <= length_max else text[: length_max - 1] + CUT_MARK


class _FreeTexts(NamedTuple):
    """The fields of a contract that hold free text, with the longest each may be, and those whose contracts hold some."""

    own: tuple[tuple[str, int], ...]
    within: tuple[str, ...]


_FREE_TEXTS: Final[tuple[tuple[object, int], ...]] = (
    (Note, limits.NOTE_MAX),
    (Name, limits.NAME_MAX),
    (Text, limits.TEXT_MAX),
    (Address, limits.ADDRESS_MAX),
)
"""The types of free text, each with its longest; identifiers, codes and addresses of content hold none."""


def without_personal_data(value: T) -> T:
    """`value`, of a contract, with each of its free texts scrubbed; itself where there is nothing to scrub."""
    contract: type = type(value)
    texts = _free_texts(contract)
    changes: dict[str, object] = {}
    for name, length_max in texts.own:
        text = getattr(value, name)
        if text and (clean := scrub(text, length_max)) != text:
            changes[name] = clean
    for name in texts.within:
        part = getattr(value, name)
        if part is not None and (clean := without_personal_data(part)) is not part:
            changes[name] = clean
    return replace(value, **changes) if changes else value


@lru_cache(maxsize=256)
def _free_texts(contract: type) -> _FreeTexts:
    own: list[tuple[str, int]] = []
    within: list[str] = []
    for name, hint in get_type_hints(contract, include_extras=True).items():
        for arm in get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,):
            own += [(name, length_max) for text, length_max in _FREE_TEXTS if arm == text]
            if isinstance(arm, type) and any(_free_texts(arm)):
                within.append(name)
    return _FreeTexts(tuple(own), tuple(within))


def _masked(text: str, names: Iterable[str]) -> str:
    for name in names:
        if len(name) > 1:
            text = text.replace(name, NAME_MASK)
    if not _LONG_NUMBER.search(text):
        return text
    text = text.translate(_FULL_WIDTH)
    text = _CITIZEN_ID.sub(lambda match: ID_MASK if _is_citizen_id(match.group()) else match.group(), text)
    return _LANDLINE.sub(PHONE_MASK, _PHONE.sub(PHONE_MASK, text))


def _is_citizen_id(digits: str) -> bool:  # GB 11643: the last digit checks the others
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == digits[17].upper()
