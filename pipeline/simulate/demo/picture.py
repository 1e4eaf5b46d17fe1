"""The demonstration as a picture: its screen at one moment and the table at its end, as an SVG that loads nothing."""

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console, RenderableType

from pipeline.simulate.demo.screen import View, screen_of

SHARE_SHOWN: Final = 0.62
"""The share of the day at which the screen is kept: in the afternoon most stages have cases."""
COLUMNS: Final = 132
ROWS: Final = 36
_FONT_FROM_OUTSIDE: Final = re.compile(r"\s*@font-face \{\{.*?\}\}", re.DOTALL)
_FORMAT: Final = _FONT_FROM_OUTSIDE.sub("", CONSOLE_SVG_FORMAT)
"""rich's own, without the fonts that it would fetch from a host: any monospace font of the reader's does."""


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
        path.write_text(
            self._console.export_svg(title="make demo", code_format=_FORMAT, unique_id="demo"), "utf-8"
        )
