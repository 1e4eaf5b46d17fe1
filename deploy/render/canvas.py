"""A sheet measured in pixels from the top left: boxes, texts that are cut to their room, and axes to plot in."""

from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from deploy.render.theme import EDGE, FAINT, GROUND, PANEL, TEXT, cut, families, without_han

_DPI = 100
_POINTS = 72 / _DPI


class Room(NamedTuple):
    """A rectangle in pixels: left, top, width, height."""

    left: float
    top: float
    width: float
    height: float

    def inner(self, by: float) -> "Room":
        """The same, less a margin on every side."""
        return Room(self.left + by, self.top + by, self.width - 2 * by, self.height - 2 * by)


class Canvas:
    """The sheet."""

    def __init__(self, width: float, height: float, chinese: str | None) -> None:
        """Empty. Without a Chinese font texts lose what cannot be drawn."""
        self.chinese = chinese
        self.width, self.height = width, height
        self._figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=GROUND)
        self._canvas = FigureCanvasAgg(self._figure)
        self._sheet = self._figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._sheet.set_xlim(0, width)
        self._sheet.set_ylim(height, 0)
        self._sheet.axis("off")

    def box(self, room: Room, colour: str = PANEL, edge: str = EDGE) -> None:
        """A panel's ground."""
        self._sheet.add_patch(
            FancyBboxPatch(
                (room.left, room.top), room.width, room.height,
                boxstyle="round,pad=0,rounding_size=3", facecolor=colour, edgecolor=edge, linewidth=1,
            )
        )  # fmt: skip

    def bar(self, room: Room, colour: str) -> None:
        """A plain rectangle."""
        self._sheet.add_patch(
            Rectangle((room.left, room.top), room.width, room.height, color=colour, linewidth=0)
        )

    def text(
        self,
        left: float,
        middle: float,
        said: str,
        *,
        size: float = 13,
        colour: str = TEXT,
        room: float = 10_000,
        align: str = "left",
        bold: bool = False,
    ) -> None:
        """One line, its middle at that height; what does not fit is cut."""
        self._sheet.text(
            left, middle, cut(self.spoken(said), size, room),
            fontsize=size * _POINTS, color=colour, ha=align, va="center_baseline", family=families(self.chinese),
            weight="bold" if bold else "normal", parse_math=False,
        )  # fmt: skip

    def spoken(self, said: str) -> str:
        """What of a text can be drawn."""
        return said if self.chinese else without_han(said) or said.encode("ascii", "ignore").decode()

    def plot(self, room: Room) -> Axes:
        """Axes in a part of the sheet, in the theme's colours."""
        made = self._figure.add_axes(
            (
                room.left / self.width,
                1 - (room.top + room.height) / self.height,
                room.width / self.width,
                room.height / self.height,
            )
        )
        made.set_facecolor("none")
        for side in made.spines.values():
            side.set_visible(False)
        made.tick_params(colors=FAINT, labelsize=11 * _POINTS, length=0)
        made.tick_params(axis="x", pad=8)
        made.grid(color=EDGE, linewidth=0.8)
        made.set_axisbelow(True)
        return made

    def save(self, path: Path) -> None:
        """As PNG."""
        self._canvas.print_png(str(path))
