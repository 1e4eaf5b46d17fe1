"""What the report's page is made of, as values. How each looks is in `templates/`, one macro per `kind`; all text is escaped there."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.monthly.page.plots import Plot
from pipeline.monthly.page.row_names import Name


class Column(NamedTuple):
    """A column's head. `is_number`: set to the right, in figures of one width."""

    zh: str
    en: str
    is_number: bool = False


class Strong(NamedTuple):
    """A cell in bold type."""

    text: str
    kind: str = "strong"


class FormulaText(NamedTuple):
    """An indicator's formula in words, the English below the Chinese."""

    zh: str
    en: str
    kind: str = "formula"


class Bar(NamedTuple):
    """A share of 1, drawn and written."""

    share: float
    kind: str = "bar"


class Code(NamedTuple):
    """A cell of which every character counts."""

    text: str
    kind: str = "code"


Cell = str | int | Name | Strong | FormulaText | Bar | Code | None


class Heading(NamedTuple):
    """A heading within a section."""

    zh: str
    en: str
    kind: str = "heading"


class Note(NamedTuple):
    """A remark."""

    zh: str
    en: str
    kind: str = "note"


class RowTable(NamedTuple):
    """A table; without rows the page says that there is nothing."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    kind: str = "table"


class SideBySide(NamedTuple):
    """Parts that stand beside each other where the paper is wide enough."""

    parts: Sequence[Sequence[Heading | Note | RowTable]]
    kind: str = "beside"


Block = Heading | Note | RowTable | SideBySide | Plot


class ReportSection(NamedTuple):
    """A part of the report with its heading."""

    anchor: str
    zh: str
    en: str
    blocks: Sequence[Block]


class Tile(NamedTuple):
    """An indicator at the head of the page, and what its value is compared with."""

    value: str
    name: Name
    compared: str


class Warned(NamedTuple):
    """A caution that is to be read before the numbers."""

    zh: str
    en: str
