"""When two writings of a report's number are one number: the auditor's own reading of the rule.

Width, spaces, the kind of brackets and of dashes do not count, nor the `.0` behind a whole number of at most 15 digits; all else does.
"""

import unicodedata
from typing import Final

_EXACT_DIGITS: Final = 15


def number_form(number: str) -> str:
    """The one form of all writings of a number.

    >>> number_form("晋城管〔2026〕 12 号"), number_form("GD—7"), number_form("20261124.0"), number_form("007")
    ('晋城管(2026)12号', 'GD-7', '20261124', '007')
    """
    wide = unicodedata.normalize("NFKC", number)
    text = "".join(map(_mark, wide))
    whole, point, rest = text.partition(".")
    is_whole = point and rest and not rest.strip("0") and whole.isascii() and whole.isdecimal()
    return whole if is_whole and len(whole) <= _EXACT_DIGITS else text


def _mark(character: str) -> str:
    """A character as it counts: nothing for a space, one bracket and one dash for all."""
    if character.isspace():
        return ""
    kind = unicodedata.category(character)
    if character == "\\":
        return "/"
    return {"Ps": "(", "Pe": ")", "Pd": "-"}.get(kind, "-" if character == "\u2212" else character)
