"""Plots as inline SVG: a value per day, as bars or lines. Colours can be told apart without seeing red and green; so can dashes."""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
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


class Frame(NamedTuple):
    """Where the plot's values lie on the page."""

    days: Sequence[date]
    top: int

    @property
    def step(self) -> float:
        """The width of a day."""
        return (WIDTH - _LEFT - _RIGHT) / max(1, len(self.days))

    def x(self, number: int) -> float:
        """The middle of a day."""
        return _LEFT + (number + 0.5) * self.step

    def y(self, value: float) -> float:
        """The height of a value."""
        return HEIGHT - _BOTTOM - value / self.top * (HEIGHT - _TOP - _BOTTOM)


def plot(title: str, days: Sequence[date], series: Sequence[PlotSeries]) -> str:
    """An SVG element; weekends are shaded. `title` is what a screen reader says."""
    frame = Frame(days, _round_up(max((max(one.values, default=0) for one in series), default=0)))
    parts = [*_weekends(frame), *_grid(frame)]
    for one in series:
        parts += _bars(frame, one) if one.is_bars else _line(frame, one)
    inside = "".join(parts)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{inside}</svg>{_legend(series)}"
    )


def _legend(series: Sequence[PlotSeries]) -> str:
    keys = "".join(
        f'<span><svg class="key" viewBox="0 0 26 10">{_sample(one)}</svg>{escape(one.name)}</span>'
        for one in series
    )
    return f'<p class="legend">{keys}</p>'


def _sample(one: PlotSeries) -> str:
    if one.is_bars:
        return f'<rect x="2" y="0" width="22" height="10" fill="{one.colour}"/>'
    return f'<line x1="0" y1="5" x2="26" y2="5" stroke="{one.colour}" stroke-width="2.5"{_dashed(one)}/>'


def _weekends(frame: Frame) -> Iterator[str]:
    for number, day in enumerate(frame.days):
        if day.isoweekday() > 5:
            x = frame.x(number) - frame.step / 2
            yield f'<rect class="weekend" x="{x:.1f}" y="{_TOP}" width="{frame.step:.1f}" height="{HEIGHT - _TOP - _BOTTOM}"/>'


def _grid(frame: Frame) -> Iterator[str]:
    for value in range(0, frame.top + 1, max(1, frame.top // _TICKS)):
        y = frame.y(value)
        yield f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}"/>'
        yield f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value}</text>'
    every = -(-len(frame.days) // _LABELS_MAX)
    for number in range(0, len(frame.days), max(1, every)):
        day, x = frame.days[number], frame.x(number)
        yield f'<text class="tick" x="{x:.1f}" y="{HEIGHT - _BOTTOM + 16}" text-anchor="middle">{day.month}-{day.day}</text>'


def _bars(frame: Frame, one: PlotSeries) -> Iterator[str]:
    width = frame.step * 0.7
    for number, value in enumerate(one.values):
        x, y = frame.x(number) - width / 2, frame.y(value)
        yield (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{frame.y(0) - y:.1f}" fill="{one.colour}">'
            f"{_told(frame, number, one)}</rect>"
        )


def _line(frame: Frame, one: PlotSeries) -> Iterator[str]:
    points = " ".join(
        f"{frame.x(number):.1f},{frame.y(value):.1f}" for number, value in enumerate(one.values)
    )
    yield f'<polyline points="{points}" fill="none" stroke="{one.colour}" stroke-width="2.2"{_dashed(one)}/>'
    for number, value in enumerate(one.values):
        x, y = frame.x(number), frame.y(value)
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{one.colour}">{_told(frame, number, one)}</circle>'


def _told(frame: Frame, number: int, one: PlotSeries) -> str:
    return f"<title>{frame.days[number].isoformat()} {escape(one.name)} {one.values[number]}</title>"


def _dashed(one: PlotSeries) -> str:
    return f' stroke-dasharray="{one.dash}"' if one.dash else ""


def _round_up(highest: int) -> int:
    """A whole number of ticks, each 1, 2 or 5 times a power of ten."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if factor * size * _TICKS >= highest:
                return factor * size * _TICKS
        size *= 10
