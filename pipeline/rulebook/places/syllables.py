"""How characters sound: of each the syllable without tone, by pypinyin; what speech recognition takes for each other is one."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

_ALIKE: Final = (
    (re.compile("^([zcs])h"), r"\1"),
    (re.compile("(?<=[ie])ng$"), "n"),
)
"""zhi and zi, jing and jin, feng and fen: told apart by few speakers and by no microphone."""


@cache
def syllables() -> Mapping[str, Sequence[str]]:
    """By character its syllables, the most usual first."""
    from pypinyin.constants import PINYIN_DICT  # slow to load, and only whoever locates an address needs it

    return {
        chr(number): tuple(dict.fromkeys(map(_alike, PINYIN_DICT[number].split(","))))
        for number in range(*_COMMON)
        if number in PINYIN_DICT
    }


def _alike(syllable: str) -> str:
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", syllable) if not unicodedata.combining(letter)
    )
    for pattern, instead in _ALIKE:
        plain = pattern.sub(instead, plain)
    return plain


_COMMON: Final = (0x4E00, 0x9FA6)
"""The characters that names of places are written with."""
