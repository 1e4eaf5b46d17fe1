"""How wide a table's columns and how high a table must be, so that Grafana neither cuts a heading nor hides a row.

Grafana gives every column at least 150 pixels and scrolls to the side; here each says the least that it needs. Pixels are those of
Grafana's small table: letters of 14, rows of 36.
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Final
from unicodedata import east_asian_width

_HAN: Final = 14.2
"""A Chinese letter, with the space that Grafana sets between letters."""
_NARROW: Final = 8.5
"""A Latin letter or a digit, with what it needs at most in Grafana's font."""
_PADDING: Final = 17
LINK: Final = 16
"""What a cell that is a link takes besides."""
_SORTED: Final = 16
"""The arrow of the column by which the rows are sorted."""
_ROW: Final = 36
_AROUND: Final = 50
"""A panel's title, border and padding."""
_BAR: Final = 38
"""The least that a bar takes, with the gap below it."""
_GRID: Final = 38
_GAP: Final = 8
_SAMPLES: Final[Mapping[str, str]] = {
    "none": "99999",
    "percentunit": "100.0%",
    "s": "59.99 hours",
    "string": "",
    "time:MM-DD HH:mm": "11-26 17:30",
}
"""A value as long as it gets, by unit."""
KEY_MAX: Final = 220
"""A longer name is wrapped."""


def text_width(text: str) -> float:
    """Pixels that a text of 14 takes."""
    return sum(_HAN if east_asian_width(letter) in "WF" else _NARROW for letter in text)


def column_width(
    head: str, unit: str, words: Iterable[str] = (), *, is_sorted: bool = False, most: float = KEY_MAX
) -> int:
    """The least width of a column: its heading, a value of its unit, and the longest of its words, up to `most`."""
    inside = max((text_width(text) for text in (_SAMPLES[unit], *words)), default=0)
    return ceil(max(text_width(head) + _SORTED * is_sorted, min(inside, most)) + _PADDING)


def is_long(word: str) -> bool:
    """Whether a name is so long that its column wraps it."""
    return text_width(word) > KEY_MAX


def height_of(rows: int) -> int:
    """The height on the board's grid at which so many rows are seen at once."""
    return ceil((_ROW * (rows + 1) + _AROUND + _GAP) / _GRID)


def height_of_bars(bars: int) -> int:
    """The height on the board's grid at which so many bars are seen at once."""
    return ceil((_BAR * bars + _AROUND) / _GRID)
