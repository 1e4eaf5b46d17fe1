"""The few pieces of HTML that the report is made of. Everything that is text is escaped here."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final, NamedTuple

from pipeline.monthly.page.row_names import Name


class Html(str):
    """Markup that is right already."""

    __slots__ = ()


class Column(NamedTuple):
    """A column's head. `is_number`: set to the right, in figures of one width."""

    zh: str
    en: str
    is_number: bool = False


Cell = str | int | Name | Html | None

_EMPTY: Final = Html('<td class="none"></td>')


def text(words: str) -> Html:
    """As it is written."""
    return Html(escape(words))


def both(name: Name) -> Html:
    """Chinese, and English beside it."""
    english = f' <small lang="en">{escape(name.en)}</small>' if name.en != name.zh else ""
    return Html(f"{escape(name.zh)}{english}")


def section(anchor: str, zh: str, en: str, *parts: str) -> Html:
    """A part of the report with its heading."""
    heading = f'<h2>{escape(zh)} <small lang="en">{escape(en)}</small></h2>'
    return Html(f'<section id="{anchor}">{heading}{"".join(parts)}</section>')


def heading(zh: str, en: str) -> Html:
    """A heading within a section."""
    return Html(f'<h3>{escape(zh)} <small lang="en">{escape(en)}</small></h3>')


def note(zh: str, en: str) -> Html:
    """A remark."""
    return Html(f'<p class="note">{escape(zh)} <small lang="en">{escape(en)}</small></p>')


def side_by_side(*parts: Html) -> Html:
    """Where there is room."""
    return Html(f'<div class="beside">{"".join(f"<div>{part}</div>" for part in parts)}</div>')


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Html:
    """A table; without rows the words that there is nothing."""
    body = "".join(f"<tr>{_cells(columns, row)}</tr>" for row in rows)
    if not body:
        return note("本期无。", "None in this period.")
    heads = "".join(
        f'<th{_class(one)}>{escape(one.zh)}<small lang="en">{escape(one.en)}</small></th>' for one in columns
    )
    return Html(
        f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cells(columns: Sequence[Column], row: Sequence[Cell]) -> str:
    return "".join(_cell(column, cell) for column, cell in zip(columns, row, strict=True))


def _cell(column: Column, cell: Cell) -> str:
    if cell is None:
        return _EMPTY
    if isinstance(cell, int):
        shown = f"{cell:,}" if cell else '<span class="zero">0</span>'
    elif isinstance(cell, Name):
        shown = both(cell)
    else:
        shown = cell if isinstance(cell, Html) else escape(cell)
    return f"<td{_class(column)}>{shown}</td>"


def _class(column: Column) -> str:
    return ' class="number"' if column.is_number else ""
