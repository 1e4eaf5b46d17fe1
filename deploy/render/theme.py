"""Colours, sizes and fonts: Grafana's dark theme, and a font of this machine with Chinese letters."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from matplotlib import font_manager

GROUND: Final = "#111217"
PANEL: Final = "#181b1f"
EDGE: Final = "#2c3038"
TEXT: Final = "#ccccdc"
FAINT: Final = "#8e8e9a"
LINK: Final = "#6e9fff"
SERIES: Final = ("#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#705da0")
"""Grafana's classic palette."""
COLOURS: Final[Mapping[str, str]] = {"text": TEXT, "transparent": PANEL, "green": "#73bf69", "red": "#f2495c"}
COLUMN: Final = 76
ROW: Final = 30
GAP: Final = 8
"""Pixels: the width of a column of 24, the height of a row, the gap between panels. A row and a gap are Grafana's 30 and 8."""
CHINESE: Final = (
    "Noto Sans CJK SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Source Han Sans SC",
    "Noto Sans CJK JP",
    "SimHei",
)
_LATIN: Final = "DejaVu Sans"
_HAN: Final = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")


def chinese_font() -> str | None:
    """The first of the known fonts with Chinese letters that is installed."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE if name in installed), None)


def families(chinese: str | None) -> list[str]:
    """The fonts to draw with; the second has the letters that the first lacks."""
    return [chinese, _LATIN] if chinese else [_LATIN]


def without_han(text: str) -> str:
    """A text without its Chinese."""
    return " ".join(_HAN.sub(" ", text).split())


def wide(text: str, size: float) -> float:
    """The width of a text in pixels, roughly."""
    return sum(size if unicodedata.east_asian_width(letter) in "WF" else size * 0.56 for letter in text)


def cut(text: str, size: float, width_max: float) -> str:
    """As much of a text as fits, with an ellipsis if it is cut."""
    if wide(text, size) <= width_max:
        return text
    while text and wide(f"{text}…", size) > width_max:
        text = text[:-1]
    return f"{text}…"
