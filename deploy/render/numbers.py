"""Panels of numbers: figures, bars, tables, and text."""

from collections.abc import Sequence
from typing import Any, Final

from deploy.render.answers import Answered, Cell
from deploy.render.canvas import Canvas, Rect
from deploy.render.dashboard import Panel
from deploy.render.fields import Field, field_of
from deploy.render.theme import EDGE, FAINT, LINK, TEXT, wide

_ROW: Final = 27
_BAR: Final = 26


def draw_figures(canvas: Canvas, panel: Panel, rect: Rect, answers: Sequence[Answered]) -> None:
    """Figures one below the other with their names on the left; a single one stands in the middle, before its course."""
    if len(answers) == 1:
        [answer] = answers
        field = field_of(panel.settings, answer.name, answer.ref)
        if panel.options.get("graphMode") == "area" and len(answer.points) > 1:
            _spark(canvas, rect, answer, field)
        canvas.text(
            rect.left + rect.width / 2, rect.top + rect.height * 0.45, field.text(answer.last),
            size=30, colour=field.colour(answer.last), align="center", bold=True,
        )  # fmt: skip
        return
    each = rect.height / max(len(answers), 1)
    for number, answer in enumerate(answers):
        field = field_of(panel.settings, answer.name, answer.ref)
        middle = rect.top + each * (number + 0.5)
        name = field.name if canvas.chinese else panel.glossary.get(field.name, field.name)
        size = min(22, each * 0.6)
        text = canvas.drawable(field.text(answer.last))
        left = rect.width - 20 - wide(name, 12) - 8
        size = min(size, size * left / max(wide(text, size), 1))
        canvas.text(rect.left + 10, middle, name, size=12, colour=FAINT)
        canvas.text(
            rect.left + rect.width - 10, middle, text,
            size=size, colour=field.colour(answer.last), align="right", bold=True,
        )  # fmt: skip


def draw_bars(canvas: Canvas, panel: Panel, rect: Rect, answers: Sequence[Answered]) -> None:
    """Name, bar and number of each series; the greatest number has the longest bar."""
    if not answers:
        canvas.text(
            rect.left + rect.width / 2, rect.top + rect.height / 2, "No data", colour=FAINT, align="center"
        )
        return
    fields = [field_of(panel.settings, answer.name, answer.ref) for answer in answers]
    names = [
        field.name if canvas.chinese else panel.glossary.get(field.name, answer.name)
        for field, answer in zip(fields, answers, strict=True)
    ]
    label = min(max(wide(name, 12) for name in names) + 18, rect.width * 0.45)
    most = max((answer.last or 0.0 for answer in answers), default=0.0) or 1.0
    each = min(rect.height / len(answers), _BAR + 14)
    for number, (answer, field, name) in enumerate(zip(answers, fields, names, strict=True)):
        top = rect.top + each * number
        middle = top + each / 2
        length = (rect.width - label - 90) * max(answer.last or 0.0, 0.0) / most
        canvas.text(rect.left + label - 8, middle, name, size=12, width_max=label - 12, align="right")
        canvas.bar(
            Rect(rect.left + label, top + each * 0.15, max(length, 1), each * 0.7), field.colour(answer.last)
        )
        canvas.text(rect.left + label + length + 8, middle, field.text(answer.last), size=13, colour=TEXT)


def draw_table(
    canvas: Canvas, panel: Panel, rect: Rect, columns: Sequence[str], rows: Sequence[dict[str, Cell]]
) -> None:
    """Headings and as many rows as fit; a last line counts the others."""
    fields = [field_of(panel.settings, name) for name in columns]
    texts = [[_cell(canvas, field, row.get(field.name)) for field in fields] for row in rows]
    heads = [name if canvas.chinese else panel.glossary.get(name, name) for name in columns]
    widths = [
        max([wide(heads[n], 12), *(wide(line[n][0], 13) for line in texts)]) + 18 for n in range(len(columns))
    ]
    spare = rect.width - 12 - sum(widths)
    widths = [
        width + spare / len(widths) if spare > 0 else width * (rect.width - 12) / sum(widths)
        for width in widths
    ]
    _line(canvas, rect.left + 6, rect.top + _ROW / 2, widths, [(head, FAINT) for head in heads], 12)
    fit = int((rect.height - _ROW) // _ROW)
    shown = texts if len(texts) <= fit else texts[: fit - 1]
    for number, line in enumerate(shown, 1):
        top = rect.top + number * _ROW
        canvas.bar(Rect(rect.left + 6, top, rect.width - 12, 1), EDGE)
        _line(canvas, rect.left + 6, top + _ROW / 2, widths, line, 13)
    if len(shown) < len(texts):
        more = f"… {len(texts) - len(shown)} 行 more (scroll)"
        canvas.text(rect.left + 12, rect.top + (len(shown) + 1.5) * _ROW, more, size=12, colour=FAINT)
    if not rows:
        canvas.text(
            rect.left + rect.width / 2, rect.top + rect.height / 2, "No data", colour=FAINT, align="center"
        )


def draw_text(canvas: Canvas, rect: Rect, content: str) -> None:
    """Markdown, line by line, without its markup."""
    top = rect.top + 12
    for line in content.replace("```\n", "").replace("**", "").splitlines():
        canvas.text(rect.left + 12, top, line, size=12, width_max=rect.width - 24)
        top += 20


def _cell(canvas: Canvas, field: Field, value: Cell) -> tuple[str, str]:
    if isinstance(value, str):
        word = canvas.drawable(field.word(value))
        return word or value, LINK if field.has_links else TEXT
    if value is None:
        return "", TEXT
    return canvas.drawable(field.text(value)), field.colour(value)


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
            canvas.text(left + 6, middle, text, size=size, colour=colour, width_max=width - 8)
        else:
            canvas.text(
                left + width - 6, middle, text, size=size, colour=colour, width_max=width - 8, align="right"
            )
        left += width


def _spark(canvas: Canvas, rect: Rect, answer: Answered, field: Field) -> None:
    axes = canvas.plot(Rect(rect.left + 2, rect.top + rect.height * 0.6, rect.width - 4, rect.height * 0.38))
    axes.axis("off")
    when, values = [at for at, _ in answer.points], [value for _, value in answer.points]
    colour: Any = field.colour(answer.last)
    axes.fill_between(when, values, min(0.0, *values), color=colour, alpha=0.25, linewidth=0)
    axes.plot(when, values, color=colour, linewidth=1.2)
    axes.set_xlim(when[0], when[-1])
