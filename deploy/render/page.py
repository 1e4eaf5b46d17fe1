"""A whole dashboard on one sheet, panel by panel, at the places that its JSON gives them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from deploy.render.answers import series_of, table_of
from deploy.render.canvas import Canvas, Room
from deploy.render.dashboard import Dashboard, Panel, Span
from deploy.render.lines import draw_course, draw_warmth
from deploy.render.numbers import draw_bars, draw_figures, draw_table, draw_text
from deploy.render.prometheus_api import NotAnswered, Prometheus
from deploy.render.theme import COLUMN, FAINT, GAP, ROW

_HEAD: Final = 64
_TITLE: Final = 30
_ZONE: Final = ZoneInfo("Asia/Shanghai")


class CannotDraw(ValueError):
    """A panel of a kind that this does not draw."""


def draw(board: Dashboard, span: Span, prometheus: Prometheus, chinese: str | None, path: Path) -> None:
    """Ask all queries and write the PNG.

    Raises:
        NotAnswered: Prometheus refused a query; the panel is named.
        CannotDraw: a panel is of an unknown kind.
    """
    bottom = max(panel.y + panel.height for panel in board.panels)
    canvas = Canvas(24 * COLUMN + GAP, _HEAD + bottom * (ROW + GAP) + GAP, chinese)
    _heading(canvas, board, span)
    for panel in board.panels:
        room = Room(
            GAP + panel.x * COLUMN,
            _HEAD + panel.y * (ROW + GAP),
            panel.width * COLUMN - GAP,
            panel.height * (ROW + GAP) - GAP,
        )
        try:
            _draw(canvas, board, panel, room, span, prometheus)
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
    canvas: Canvas, board: Dashboard, panel: Panel, room: Room, span: Span, prometheus: Prometheus
) -> None:
    title = panel.title if canvas.chinese else panel.english
    if panel.kind == "row":
        canvas.text(
            room.left + 4, room.top + room.height / 2, f"▾ {canvas.spoken(title)}", size=15, bold=True
        )
        return
    canvas.box(room)
    canvas.text(room.left + 10, room.top + _TITLE / 2 + 1, title, size=14, room=room.width - 20, bold=True)
    inside = Room(room.left, room.top + _TITLE, room.width, room.height - _TITLE - 6)
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
            draw_course(canvas, panel, inside, series_of(panel, board, span, prometheus), span)
        case "heatmap":
            draw_warmth(canvas, panel, inside, series_of(panel, board, span, prometheus), span)
        case other:
            raise CannotDraw(f"{panel.title}: {other}")
