"""Panels with a time axis: lines, stacked areas, and histograms over time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from deploy.render.answers import Answered
from deploy.render.canvas import Canvas, Rect
from deploy.render.dashboard import Panel, Span
from deploy.render.fields import Field, field_of, named, nth
from deploy.render.theme import FAINT, TEXT, wide
from deploy.render.units import written

_ZONE: Final = ZoneInfo("Asia/Shanghai")
_TIMES: Final = (86_400, 3_600, 60)
_LEGEND_ROWS_MAX: Final = 3
_LINE: Final = 19


def draw_lines(canvas: Canvas, panel: Panel, rect: Rect, answers: Sequence[Answered], span: Span) -> None:
    """Lines or stacked areas, above a legend with each one's last value."""
    shown = [answer for answer in answers if answer.points]
    if not shown:
        canvas.text(
            rect.left + rect.width / 2, rect.top + rect.height / 2, "No data", colour=FAINT, align="center"
        )
        return
    fields = [field_of(panel.settings, answer.name, answer.ref) for answer in shown]
    colours = [named(field.fixed) if field.fixed else nth(number) for number, field in enumerate(fields)]
    legend = [
        (canvas.drawable(_called(canvas, panel, field)) or answer.name, colour, field.text(answer.last))
        for answer, field, colour in zip(shown, fields, colours, strict=True)
    ]
    rows = _legend_rows(legend, rect.width)
    below = min(len(rows), _LEGEND_ROWS_MAX) * _LINE
    axes = canvas.plot(Rect(rect.left + 62, rect.top + 4, rect.width - 72, rect.height - below - 30))
    custom: Mapping[str, Any] = panel.settings["fieldConfig"]["defaults"].get("custom", {})
    if custom.get("stacking", {}).get("mode") == "normal":
        _areas(axes, shown, colours)
    else:
        for answer, colour in zip(shown, colours, strict=True):
            axes.plot(_times(answer), [value for _, value in answer.points], color=colour, linewidth=1.6)
    _scale(axes, fields[0], span)
    if custom.get("thresholdsStyle", {}).get("mode", "off") != "off":
        for step in fields[0].steps:
            if step["value"] is not None:
                axes.axhline(step["value"], color=named(step["color"]), linewidth=1, linestyle="--")
    _write_legend(canvas, rows, rect, below)


def draw_heat_map(canvas: Canvas, panel: Panel, rect: Rect, answers: Sequence[Answered], span: Span) -> None:
    """Buckets over time, lighter where there is more; each bucket is drawn without those below it."""
    ordered = sorted(
        (answer for answer in answers if answer.points), key=lambda answer: float(answer.labels["le"])
    )
    if not ordered:
        canvas.text(
            rect.left + rect.width / 2, rect.top + rect.height / 2, "No data", colour=FAINT, align="center"
        )
        return
    instants = sorted({at for bucket in ordered for at, _ in bucket.points})
    grid = np.array([[dict(bucket.points).get(at, 0.0) for at in instants] for bucket in ordered])
    own = np.diff(np.nan_to_num(grid), axis=0, prepend=0)
    axes = canvas.plot(Rect(rect.left + 62, rect.top + 4, rect.width - 72, rect.height - 34))
    axes.grid(visible=False)
    edges = mdates.date2num([datetime.fromtimestamp(at, UTC) for at in instants])
    axes.pcolormesh(
        edges, range(len(ordered)), np.where(own > 0, own**0.5, np.nan), cmap="viridis", shading="nearest"
    )
    unit = panel.options.get("yAxis", {}).get("unit", "")
    names = [
        "+Inf" if bucket.labels["le"] == "+Inf" else written(float(bucket.labels["le"]), unit, None)
        for bucket in ordered
    ]
    axes.set_yticks(range(len(ordered)), names)
    _time_axis(axes, span)


def _areas(axes: Axes, shown: Sequence[Answered], colours: Sequence[str]) -> None:
    instants = sorted({at for answer in shown for at, _ in answer.points})
    heights = [[dict(answer.points).get(at, 0.0) for at in instants] for answer in shown]
    axes.stackplot(
        mdates.date2num([datetime.fromtimestamp(at, UTC) for at in instants]),
        np.nan_to_num(np.array(heights)),
        colors=list(colours),
        alpha=0.75,
        linewidth=0,
    )


def _times(answer: Answered) -> list[float]:
    return [float(mdates.date2num(datetime.fromtimestamp(at, UTC))) for at, _ in answer.points]


def _scale(axes: Axes, field: Field, span: Span) -> None:
    low, high = axes.get_ylim()
    axes.set_ylim(low if field.low is None else field.low, high if field.high is None else field.high * 1.02)
    axes.yaxis.set_major_locator(FixedLocator(_ticks(*axes.get_ylim(), field.unit)))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: written(value, field.unit, _decimals(axes, field)))
    )
    _time_axis(axes, span)


def _ticks(low: float, high: float, unit: str) -> list[float]:
    """Round numbers, of seconds in the unit in which they are written."""
    size = next((seconds for seconds in _TIMES if unit == "s" and high - low >= 2 * seconds), 1)
    return [
        size * tick
        for tick in MaxNLocator(5).tick_values(low / size, high / size)
        if low <= size * tick <= high
    ]


def _decimals(axes: Axes, field: Field) -> int | None:
    """Decimals that tell neighbouring ticks apart; None if the unit's default does."""
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
    for entry in legend:
        width_needed = _width_of(entry)
        if left + width_needed > width - 20 and rows[-1]:
            rows.append([])
            left = 0.0
        rows[-1].append(entry)
        left += width_needed
    return rows


def _width_of(entry: tuple[str, str, str]) -> float:
    return 22 + wide(f"{entry[0]} {entry[2]}", 12) + 16


def _write_legend(
    canvas: Canvas, rows: Sequence[Sequence[tuple[str, str, str]]], rect: Rect, below: float
) -> None:
    top = rect.top + rect.height - below + _LINE / 2 - 2
    for number, row in enumerate(rows[:_LEGEND_ROWS_MAX]):
        left = rect.left + 10
        for entry in row:
            name, colour, last = entry
            canvas.bar(Rect(left, top - 2, 14, 4), colour)
            canvas.text(left + 19, top, f"{name} {last}", size=12, colour=TEXT)
            left += _width_of(entry)
        if number == _LEGEND_ROWS_MAX - 1 and len(rows) > _LEGEND_ROWS_MAX:
            canvas.text(rect.left + rect.width - 8, top, "…", size=12, colour=FAINT, align="right")
        top += _LINE
