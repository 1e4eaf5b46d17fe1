"""A sheet measured in pixels from the top left: frames, texts cut to a width, and axes to plot in."""

from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from deploy.render.theme import EDGE, FAINT, GROUND, PANEL, TEXT, cut, families, without_han

_DPI = 100
_POINTS = 72 / _DPI


class Rect(NamedTuple):
    """A rectangle in pixels: left, top, width, height."""

    left: float
    top: float
    width: float
    height: float

    def inner(self, by: float) -> "Rect":
        """The same rectangle without a margin on every side."""
        return Rect(self.left + by, self.top + by, self.width - 2 * by, self.height - 2 * by)


class Canvas:
    """The sheet."""

    def __init__(self, width: float, height: float, chinese: str | None) -> None:
        """Start empty. Without a Chinese font texts lose their Chinese."""
        self.chinese = chinese
        self.width, self.height = width, height
        self._figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=GROUND)
        self._canvas = FigureCanvasAgg(self._figure)
        self._sheet = self._figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._sheet.set_xlim(0, width)
        self._sheet.set_ylim(height, 0)
        self._sheet.axis("off")

    def frame(self, rect: Rect, colour: str = PANEL, edge: str = EDGE) -> None:
        """A panel's background."""
        self._sheet.add_patch(
            FancyBboxPatch(
                (rect.left, rect.top), rect.width, rect.height,
                boxstyle="round,pad=0,rounding_size=3", facecolor=colour, edgecolor=edge, linewidth=1,
            )
        )  # fmt: skip

    def bar(self, rect: Rect, colour: str) -> None:
        """A plain rectangle."""
        self._sheet.add_patch(
            Rectangle((rect.left, rect.top), rect.width, rect.height, color=colour, linewidth=0)
        )

    def text(
        self,
        left: float,
        middle: float,
        content: str,
        *,
        size: float = 13,
        colour: str = TEXT,
        width_max: float = 10_000,
        align: str = "left",
        bold: bool = False,
    ) -> None:
        """One line of text centred on the height `middle`, cut to `width_max`."""
        self._sheet.text(
            left, middle, cut(self.drawable(content), size, width_max),
            fontsize=size * _POINTS, color=colour, ha=align, va="center_baseline", family=families(self.chinese),
            weight="bold" if bold else "normal", parse_math=False,
        )  # fmt: skip

    def drawable(self, content: str) -> str:
        """The part of a text that the fonts can draw."""
        return content if self.chinese else without_han(content) or content.encode("ascii", "ignore").decode()

    def plot(self, rect: Rect) -> Axes:
        """Axes in a part of the sheet, in the theme's colours."""
        axes = self._figure.add_axes(
            (
                rect.left / self.width,
                1 - (rect.top + rect.height) / self.height,
                rect.width / self.width,
                rect.height / self.height,
            )
        )
        axes.set_facecolor("none")
        for side in axes.spines.values():
            side.set_visible(False)
        axes.tick_params(colors=FAINT, labelsize=11 * _POINTS, length=0)
        axes.tick_params(axis="x", pad=8)
        axes.grid(color=EDGE, linewidth=0.8)
        axes.set_axisbelow(True)
        return axes

    def save(self, path: Path) -> None:
        """As PNG."""
        self._canvas.print_png(str(path))
