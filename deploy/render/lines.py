"""Panels with an axis of time: lines, stacked areas, and histograms over time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from deploy.render.answers import Answered
from deploy.render.canvas import Canvas, Room
from deploy.render.dashboard import Panel, Span
from deploy.render.fields import Field, field_of, named, nth
from deploy.render.theme import FAINT, TEXT, wide
from deploy.render.units import written

_ZONE: Final = ZoneInfo("Asia/Shanghai")
_TIMES: Final = (86_400, 3_600, 60)
_LEGEND_ROWS_MAX: Final = 3
_LINE: Final = 19


def draw_course(canvas: Canvas, panel: Panel, room: Room, answers: Sequence[Answered], span: Span) -> None:
    """Lines or stacked areas, and below them what each is and its last value."""
    shown = [one for one in answers if one.points]
    if not shown:
        canvas.text(
            room.left + room.width / 2, room.top + room.height / 2, "No data", colour=FAINT, align="center"
        )
        return
    fields = [field_of(panel.said, one.name, one.ref) for one in shown]
    colours = [named(field.fixed) if field.fixed else nth(number) for number, field in enumerate(fields)]
    legend = [
        (canvas.spoken(_called(canvas, panel, field)) or one.name, colour, field.text(one.last))
        for one, field, colour in zip(shown, fields, colours, strict=True)
    ]
    rows = _legend_rows(legend, room.width)
    below = min(len(rows), _LEGEND_ROWS_MAX) * _LINE
    axes = canvas.plot(Room(room.left + 62, room.top + 4, room.width - 72, room.height - below - 30))
    custom: Mapping[str, Any] = panel.said["fieldConfig"]["defaults"].get("custom", {})
    if custom.get("stacking", {}).get("mode") == "normal":
        _areas(axes, shown, colours)
    else:
        for one, colour in zip(shown, colours, strict=True):
            axes.plot(_times(one), [value for _, value in one.points], color=colour, linewidth=1.6)
    _scale(axes, fields[0], span)
    if custom.get("thresholdsStyle", {}).get("mode", "off") != "off":
        for step in fields[0].steps:
            if step["value"] is not None:
                axes.axhline(step["value"], color=named(step["color"]), linewidth=1, linestyle="--")
    _write_legend(canvas, rows, room, below)


def draw_warmth(canvas: Canvas, panel: Panel, room: Room, answers: Sequence[Answered], span: Span) -> None:
    """Buckets over time, more being lighter; each bucket without those below it."""
    ordered = sorted((one for one in answers if one.points), key=lambda one: float(one.labels["le"]))
    if not ordered:
        canvas.text(
            room.left + room.width / 2, room.top + room.height / 2, "No data", colour=FAINT, align="center"
        )
        return
    when = sorted({at for one in ordered for at, _ in one.points})
    grid = np.array([[dict(one.points).get(at, 0.0) for at in when] for one in ordered])
    own = np.diff(np.nan_to_num(grid), axis=0, prepend=0)
    axes = canvas.plot(Room(room.left + 62, room.top + 4, room.width - 72, room.height - 34))
    axes.grid(visible=False)
    edges = mdates.date2num([datetime.fromtimestamp(at, UTC) for at in when])
    axes.pcolormesh(
        edges, range(len(ordered)), np.where(own > 0, own**0.5, np.nan), cmap="viridis", shading="nearest"
    )
    unit = panel.options.get("yAxis", {}).get("unit", "")
    names = [
        "+Inf" if one.labels["le"] == "+Inf" else written(float(one.labels["le"]), unit, None)
        for one in ordered
    ]
    axes.set_yticks(range(len(ordered)), names)
    _time_axis(axes, span)


def _areas(axes: Axes, shown: Sequence[Answered], colours: Sequence[str]) -> None:
    when = sorted({at for one in shown for at, _ in one.points})
    heights = [[dict(one.points).get(at, 0.0) for at in when] for one in shown]
    axes.stackplot(
        mdates.date2num([datetime.fromtimestamp(at, UTC) for at in when]),
        np.nan_to_num(np.array(heights)),
        colors=list(colours),
        alpha=0.75,
        linewidth=0,
    )


def _times(one: Answered) -> list[float]:
    return [float(mdates.date2num(datetime.fromtimestamp(at, UTC))) for at, _ in one.points]


def _scale(axes: Axes, field: Field, span: Span) -> None:
    low, high = axes.get_ylim()
    axes.set_ylim(low if field.low is None else field.low, high if field.high is None else field.high * 1.02)
    axes.yaxis.set_major_locator(FixedLocator(_ticks(*axes.get_ylim(), field.unit)))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: written(value, field.unit, _decimals(axes, field)))
    )
    _time_axis(axes, span)


def _ticks(low: float, high: float, unit: str) -> list[float]:
    """Round numbers; of a time in the unit that it is written in."""
    size = next((one for one in _TIMES if unit == "s" and high - low >= 2 * one), 1)
    return [
        size * one for one in MaxNLocator(5).tick_values(low / size, high / size) if low <= size * one <= high
    ]


def _decimals(axes: Axes, field: Field) -> int | None:
    """None where ticks lie closer than the decimals can tell."""
    low, high = axes.get_ylim()
    if field.decimals is None or field.unit == "percentunit":
        return 0 if field.unit == "percentunit" and high - low > 0.05 else field.decimals
    return field.decimals if high - low >= 4 * 10**-field.decimals else field.decimals + 1


def _time_axis(axes: Axes, span: Span) -> None:
    axes.set_xlim(mdates.date2num(span.start), mdates.date2num(span.end))
    locator = mdates.AutoDateLocator(tz=_ZONE, maxticks=7)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        mdates.DateFormatter("%m-%d" if span.seconds > 3 * 86_400 else "%H:%M", tz=_ZONE)
    )


def _called(canvas: Canvas, panel: Panel, field: Field) -> str:
    return field.name if canvas.chinese else panel.glossary.get(field.name, field.name)


def _legend_rows(legend: Sequence[tuple[str, str, str]], width: float) -> list[list[tuple[str, str, str]]]:
    rows: list[list[tuple[str, str, str]]] = [[]]
    left = 0.0
    for one in legend:
        room = _room(one)
        if left + room > width - 20 and rows[-1]:
            rows.append([])
            left = 0.0
        rows[-1].append(one)
        left += room
    return rows


def _room(one: tuple[str, str, str]) -> float:
    return 22 + wide(f"{one[0]} {one[2]}", 12) + 16


def _write_legend(
    canvas: Canvas, rows: Sequence[Sequence[tuple[str, str, str]]], room: Room, below: float
) -> None:
    top = room.top + room.height - below + _LINE / 2 - 2
    for number, row in enumerate(rows[:_LEGEND_ROWS_MAX]):
        left = room.left + 10
        for one in row:
            name, colour, last = one
            canvas.bar(Room(left, top - 2, 14, 4), colour)
            canvas.text(left + 19, top, f"{name} {last}", size=12, colour=TEXT)
            left += _room(one)
        if number == _LEGEND_ROWS_MAX - 1 and len(rows) > _LEGEND_ROWS_MAX:
            canvas.text(room.left + room.width - 8, top, "…", size=12, colour=FAINT, align="right")
        top += _LINE
