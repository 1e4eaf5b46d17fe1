"""Plots of a value per day, as bars or lines: where everything lies. `templates/plot.html` draws it as inline SVG.

Colours can be told apart without seeing red and green; so can dashes.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

WIDTH: Final = 920
HEIGHT: Final = 250
_LEFT: Final = 46
_RIGHT: Final = 12
_TOP: Final = 14
_BOTTOM: Final = 36
_TICKS: Final = 5
_LABELS_MAX: Final = 16


class PlotSeries(NamedTuple):
    """One value per day. `is_bars`: drawn as bars; `dash` as SVG's stroke-dasharray, empty for a whole line."""

    name: str
    colour: str
    values: Sequence[int]
    is_bars: bool = False
    dash: str = ""


class PlotBox(NamedTuple):
    """A rectangle; `title` is shown to a reader who points at it."""

    x: str
    y: str
    width: str
    height: str
    title: str = ""


class PlotTick(NamedTuple):
    """A line across the plot, and the value that it stands for."""

    left: int
    right: int
    y: str
    text_x: int
    text_y: str
    value: int


class DayLabel(NamedTuple):
    """The name of a day below the plot."""

    x: str
    y: int
    text: str


class PlotPoint(NamedTuple):
    """A value of a line."""

    x: str
    y: str
    title: str


class Plot(NamedTuple):
    """A plot; weekends are shaded. `title` is what a screen reader says. Coordinates are written with one decimal."""

    title: str
    days: Sequence[date]
    series: Sequence[PlotSeries]
    kind: str = "plot"

    @property
    def width(self) -> int:
        """Of the whole drawing."""
        return WIDTH

    @property
    def height(self) -> int:
        """Of the whole drawing."""
        return HEIGHT

    def weekends(self) -> Iterator[PlotBox]:
        """Saturdays and Sundays, as high as the plot."""
        frame = self._frame
        for number, day in enumerate(self.days):
            if day.isoweekday() > 5:
                x = frame.x(number) - frame.step / 2
                yield PlotBox(f"{x:.1f}", str(_TOP), f"{frame.step:.1f}", str(HEIGHT - _TOP - _BOTTOM))

    def ticks(self) -> Iterator[PlotTick]:
        """Lines at round values, from 0 up."""
        frame = self._frame
        for value in range(0, frame.top + 1, max(1, frame.top // _TICKS)):
            y = frame.y(value)
            yield PlotTick(_LEFT, WIDTH - _RIGHT, f"{y:.1f}", _LEFT - 6, f"{y + 4:.1f}", value)

    def labels(self) -> Iterator[DayLabel]:
        """Every day's name, or every second or third where there are many."""
        frame = self._frame
        every = max(1, -(-len(self.days) // _LABELS_MAX))
        for number in range(0, len(self.days), every):
            day = self.days[number]
            yield DayLabel(f"{frame.x(number):.1f}", HEIGHT - _BOTTOM + 16, f"{day.month}-{day.day}")

    def bars(self, series: PlotSeries) -> Iterator[PlotBox]:
        """One per day, from the bottom up."""
        frame = self._frame
        width = frame.step * 0.7
        for number, value in enumerate(series.values):
            x, y = frame.x(number) - width / 2, frame.y(value)
            height = frame.y(0) - y
            yield PlotBox(
                f"{x:.1f}", f"{y:.1f}", f"{width:.1f}", f"{height:.1f}", self._title(number, series)
            )

    def points(self, series: PlotSeries) -> Iterator[PlotPoint]:
        """One per day."""
        frame = self._frame
        for number, value in enumerate(series.values):
            yield PlotPoint(f"{frame.x(number):.1f}", f"{frame.y(value):.1f}", self._title(number, series))

    @property
    def _frame(self) -> "_Frame":
        highest = max((max(series.values, default=0) for series in self.series), default=0)
        return _Frame(len(self.days), _round_up(highest))

    def _title(self, number: int, series: PlotSeries) -> str:
        return f"{self.days[number].isoformat()} {series.name} {series.values[number]}"


class _Frame(NamedTuple):
    """Where the values of so many days lie, up to a highest value."""

    days: int
    top: int

    @property
    def step(self) -> float:
        """The width of a day."""
        return (WIDTH - _LEFT - _RIGHT) / max(1, self.days)

    def x(self, number: int) -> float:
        """The middle of a day."""
        return _LEFT + (number + 0.5) * self.step

    def y(self, value: float) -> float:
        """The height of a value."""
        return HEIGHT - _BOTTOM - value / self.top * (HEIGHT - _TOP - _BOTTOM)


def _round_up(highest: int) -> int:
    """A whole number of ticks, each 1, 2 or 5 times a power of ten."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if factor * size * _TICKS >= highest:
                return factor * size * _TICKS
        size *= 10
