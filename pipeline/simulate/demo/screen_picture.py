"""The demonstration as a picture: its screen at one moment and the table at its end, as an SVG that loads nothing."""

import re
from collections.abc import Callable
from html import escape, unescape
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.cells import cell_len
from rich.console import Console, RenderableType

from pipeline.simulate.demo.screen import View, screen_of

SHARE_SHOWN: Final = 0.62
"""The share of the day at which the screen is kept: in the afternoon most stages have cases."""
COLUMNS: Final = 132
ROWS: Final = 36
_FONT_FROM_OUTSIDE: Final = re.compile(r"\s*@font-face \{\{.*?\}\}", re.DOTALL)
_FORMAT: Final = _FONT_FROM_OUTSIDE.sub("", CONSOLE_SVG_FORMAT)
"""rich's own, without the fonts that it would fetch from a host: any monospace font of the reader's does."""

_TEXT: Final = re.compile(
    r'<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)" ([^>]*)>([^<]+)</text>'
)


class Picture:
    """What a terminal of `COLUMNS` shows, collected while the demonstration runs."""

    def __init__(self) -> None:
        """Empty: nothing is shown yet."""
        self._console = Console(
            record=True, width=COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor"
        )
        self._has_screen = False

    def beside(self, show: Callable[[View], None]) -> Callable[[View], None]:
        """Shows as `show` does, and keeps the first screen after `SHARE_SHOWN` of the day."""

        def show_and_keep(view: View) -> None:
            show(view)
            if view.share >= SHARE_SHOWN and not self._has_screen:
                self._has_screen = True
                self._console.print(screen_of(view, ROWS))

        return show_and_keep

    def write(self, path: Path, table: RenderableType) -> None:
        """The screen that was kept, and `table` below it, as an SVG file."""
        self._console.print(table)
        drawn = self._console.export_svg(title="make demo", code_format=_FORMAT, unique_id="demo")
        path.write_text(_TEXT.sub(_on_its_cells, drawn), "utf-8")


def _on_its_cells(text: re.Match[str]) -> str:
    """rich gives each character the width of one cell. A Chinese one takes two: each run of one width stands by itself, at
    the cells that a terminal gives it, whatever font the reader's machine has."""
    style, x, y, length, rest, content = text.groups()
    plain = unescape(content)
    cell, left = float(length) / len(plain), float(x)
    drawn = []
    for _, run in groupby(plain, cell_len):
        characters = "".join(run)
        width = cell * cell_len(characters)
        if characters.strip():
            shown = escape(characters).replace("\u00a0", "&#160;")
            place = f'x="{left:g}" y="{y}" textLength="{width:g}"'
            drawn.append(f'<text class="{style}" {place} {rest}>{shown}</text>')
        left += width
    return "".join(drawn)
