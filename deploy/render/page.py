"""A whole dashboard on one sheet, each panel at its place in the JSON."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from deploy.render.answers import series_of, table_of
from deploy.render.canvas import Canvas, Rect
from deploy.render.dashboard import Dashboard, Panel, Span
from deploy.render.lines import draw_heat_map, draw_lines
from deploy.render.numbers import draw_bars, draw_figures, draw_table, draw_text
from deploy.render.prometheus_api import NotAnswered, Prometheus
from deploy.render.theme import COLUMN, FAINT, GAP, ROW

_HEAD: Final = 64
_TITLE: Final = 30
_ZONE: Final = ZoneInfo("Asia/Shanghai")


class CannotDraw(ValueError):
    """A panel's kind is unknown here."""


def draw(board: Dashboard, span: Span, prometheus: Prometheus, chinese: str | None, path: Path) -> None:
    """Write the PNG with the answers to all queries.

    Raises:
        NotAnswered: Prometheus refused a query; the panel is named.
        CannotDraw: a panel is of an unknown kind.
    """
    bottom = max(panel.y + panel.height for panel in board.panels)
    canvas = Canvas(24 * COLUMN + GAP, _HEAD + bottom * (ROW + GAP) + GAP, chinese)
    _heading(canvas, board, span)
    for panel in board.panels:
        rect = Rect(
            GAP + panel.x * COLUMN,
            _HEAD + panel.y * (ROW + GAP),
            panel.width * COLUMN - GAP,
            panel.height * (ROW + GAP) - GAP,
        )
        try:
            _draw(canvas, board, panel, rect, span, prometheus)
        except NotAnswered as error:
            raise NotAnswered(f"{panel.title}: {error}") from error
    canvas.save(path)


def _heading(canvas: Canvas, board: Dashboard, span: Span) -> None:
    title = board.title if canvas.chinese else board.english
    canvas.text(GAP + 4, 20, title, size=20, bold=True)
    chosen = "   ".join(_chosen(board))
    when = f"{_local(span.start)} – {_local(span.end)} (UTC+8)"
    canvas.text(24 * COLUMN - 4, 20, when, size=14, align="right")
    canvas.text(GAP + 4, 48, chosen, size=13, colour=FAINT)


def _chosen(board: Dashboard) -> Iterator[str]:
    for name, value in board.variables.items():
        yield f"{name}: {'All' if value == '.*' else value}"


def _local(at: datetime) -> str:
    return f"{at.astimezone(_ZONE):%Y-%m-%d %H:%M}"


def _draw(
    canvas: Canvas, board: Dashboard, panel: Panel, rect: Rect, span: Span, prometheus: Prometheus
) -> None:
    title = panel.title if canvas.chinese else panel.english
    if panel.kind == "row":
        canvas.text(
            rect.left + 4, rect.top + rect.height / 2, f"▾ {canvas.drawable(title)}", size=15, bold=True
        )
        return
    canvas.frame(rect)
    canvas.text(
        rect.left + 10, rect.top + _TITLE / 2 + 1, title, size=14, width_max=rect.width - 20, bold=True
    )
    inside = Rect(rect.left, rect.top + _TITLE, rect.width, rect.height - _TITLE - 6)
    match panel.kind:
        case "text":
            draw_text(canvas, inside, board.fill(panel.options["content"], span))
        case "table":
            draw_table(canvas, panel, inside, *table_of(panel, board, span, prometheus))
        case "stat":
            draw_figures(canvas, panel, inside, series_of(panel, board, span, prometheus))
        case "bargauge":
            draw_bars(canvas, panel, inside, series_of(panel, board, span, prometheus))
        case "timeseries":
            draw_lines(canvas, panel, inside, series_of(panel, board, span, prometheus), span)
        case "heatmap":
            draw_heat_map(canvas, panel, inside, series_of(panel, board, span, prometheus), span)
        case other:
            raise CannotDraw(f"{panel.title}: {other}")
