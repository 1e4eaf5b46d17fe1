"""Panels of plain numbers: figures, bars, tables, and text."""

from collections.abc import Sequence
from typing import Any, Final

from deploy.render.answers import Answered, Cell
from deploy.render.canvas import Canvas, Room
from deploy.render.dashboard import Panel
from deploy.render.fields import Field, field_of
from deploy.render.theme import EDGE, FAINT, LINK, TEXT, wide

_ROW: Final = 27
_BAR: Final = 26


def draw_figures(canvas: Canvas, panel: Panel, room: Room, answers: Sequence[Answered]) -> None:
    """One below the other: alone in the middle, several with their names on the left. Behind a single one its course."""
    if len(answers) == 1:
        [one] = answers
        field = field_of(panel.said, one.name, one.ref)
        if panel.options.get("graphMode") == "area" and len(one.points) > 1:
            _spark(canvas, room, one, field)
        canvas.text(
            room.left + room.width / 2, room.top + room.height * 0.45, field.text(one.last),
            size=30, colour=field.colour(one.last), align="center", bold=True,
        )  # fmt: skip
        return
    each = room.height / max(len(answers), 1)
    for number, one in enumerate(answers):
        field = field_of(panel.said, one.name, one.ref)
        middle = room.top + each * (number + 0.5)
        name = field.name if canvas.chinese else panel.glossary.get(field.name, field.name)
        size = min(22, each * 0.6)
        text = canvas.spoken(field.text(one.last))
        left = room.width - 20 - wide(name, 12) - 8
        size = min(size, size * left / max(wide(text, size), 1))
        canvas.text(room.left + 10, middle, name, size=12, colour=FAINT)
        canvas.text(
            room.left + room.width - 10, middle, text,
            size=size, colour=field.colour(one.last), align="right", bold=True,
        )  # fmt: skip


def draw_bars(canvas: Canvas, panel: Panel, room: Room, answers: Sequence[Answered]) -> None:
    """Names on the left, a bar, its number at its end. The longest bar is the greatest number."""
    if not answers:
        canvas.text(
            room.left + room.width / 2, room.top + room.height / 2, "No data", colour=FAINT, align="center"
        )
        return
    fields = [field_of(panel.said, one.name, one.ref) for one in answers]
    names = [
        field.name if canvas.chinese else panel.glossary.get(field.name, one.name)
        for field, one in zip(fields, answers, strict=True)
    ]
    label = min(max(wide(name, 12) for name in names) + 18, room.width * 0.45)
    most = max((one.last or 0.0 for one in answers), default=0.0) or 1.0
    each = min(room.height / len(answers), _BAR + 14)
    for number, (one, field, name) in enumerate(zip(answers, fields, names, strict=True)):
        top = room.top + each * number
        middle = top + each / 2
        length = (room.width - label - 90) * max(one.last or 0.0, 0.0) / most
        canvas.text(room.left + label - 8, middle, name, size=12, room=label - 12, align="right")
        canvas.bar(
            Room(room.left + label, top + each * 0.15, max(length, 1), each * 0.7), field.colour(one.last)
        )
        canvas.text(room.left + label + length + 8, middle, field.text(one.last), size=13, colour=TEXT)


def draw_table(
    canvas: Canvas, panel: Panel, room: Room, columns: Sequence[str], rows: Sequence[dict[str, Cell]]
) -> None:
    """Headings, and as many rows as there is room for; how many more there are is said."""
    fields = [field_of(panel.said, name) for name in columns]
    texts = [[_cell(canvas, field, row.get(field.name)) for field in fields] for row in rows]
    heads = [name if canvas.chinese else panel.glossary.get(name, name) for name in columns]
    widths = [
        max([wide(heads[n], 12), *(wide(line[n][0], 13) for line in texts)]) + 18 for n in range(len(columns))
    ]
    spare = room.width - 12 - sum(widths)
    widths = [
        one + spare / len(widths) if spare > 0 else one * (room.width - 12) / sum(widths) for one in widths
    ]
    _line(canvas, room.left + 6, room.top + _ROW / 2, widths, [(head, FAINT) for head in heads], 12)
    fit = int((room.height - _ROW) // _ROW)
    shown = texts if len(texts) <= fit else texts[: fit - 1]
    for number, line in enumerate(shown, 1):
        top = room.top + number * _ROW
        canvas.bar(Room(room.left + 6, top, room.width - 12, 1), EDGE)
        _line(canvas, room.left + 6, top + _ROW / 2, widths, line, 13)
    if len(shown) < len(texts):
        more = f"… {len(texts) - len(shown)} 行 more (scroll)"
        canvas.text(room.left + 12, room.top + (len(shown) + 1.5) * _ROW, more, size=12, colour=FAINT)
    if not rows:
        canvas.text(
            room.left + room.width / 2, room.top + room.height / 2, "No data", colour=FAINT, align="center"
        )


def draw_text(canvas: Canvas, room: Room, content: str) -> None:
    """Markdown, line by line, as it is written."""
    top = room.top + 12
    for line in content.replace("```\n", "").replace("**", "").splitlines():
        canvas.text(room.left + 12, top, line, size=12, room=room.width - 24)
        top += 20


def _cell(canvas: Canvas, field: Field, value: Cell) -> tuple[str, str]:
    if isinstance(value, str):
        word = canvas.spoken(field.word(value))
        return word or value, LINK if field.has_links else TEXT
    if value is None:
        return "", TEXT
    return canvas.spoken(field.text(value)), field.colour(value)


def _line(
    canvas: Canvas,
    left: float,
    middle: float,
    widths: Sequence[float],
    cells: Sequence[tuple[str, str]],
    size: float,
) -> None:
    for number, (width, (text, colour)) in enumerate(zip(widths, cells, strict=True)):
        if number == 0:
            canvas.text(left + 6, middle, text, size=size, colour=colour, room=width - 8)
        else:
            canvas.text(
                left + width - 6, middle, text, size=size, colour=colour, room=width - 8, align="right"
            )
        left += width


def _spark(canvas: Canvas, room: Room, one: Answered, field: Field) -> None:
    axes = canvas.plot(Room(room.left + 2, room.top + room.height * 0.6, room.width - 4, room.height * 0.38))
    axes.axis("off")
    when, values = [at for at, _ in one.points], [value for _, value in one.points]
    colour: Any = field.colour(one.last)
    axes.fill_between(when, values, min(0.0, *values), color=colour, alpha=0.25, linewidth=0)
    axes.plot(when, values, color=colour, linewidth=1.2)
    axes.set_xlim(when[0], when[-1])
