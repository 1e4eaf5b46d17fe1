"""Removes personal data from free text before it is written anywhere but to the callers topic."""

import re
from collections.abc import Iterable
from typing import Final

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
