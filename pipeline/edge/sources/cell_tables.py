"""Tables of cells, of CSV or of a workbook (xlsx, xls), as records by the names in their header. Titles above the header are passed over.

Rows are numbered as in the file, from the one below the header on; rows without a single value are counted and passed over. CSV is read
line by line; a workbook as a whole.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import python_calamine

from pipeline.edge.sources.json_files import WHOLE_BYTES_MAX, Row
from pipeline.edge.sources.text_encoding import BadFile
from schemas.errors import BadMessage

Cells = Sequence[object]
IsHeader = Callable[[Cells], bool]
HEADER_ROWS_MAX: Final = 40
"""So many rows of titles may stand above the header."""

UNPACKED_BYTES_MAX: Final = 1024 * 1024 * 1024
"""Of a workbook, which is packed: a few kilobytes may be made to unpack to anything."""

CELL_CHARACTERS_MAX: Final = 128 * 1024
RECORD_LINES_MAX: Final = 200
"""Of one row of CSV: a quotation mark that nobody closes would take in the rest of the file."""


class CellTable(NamedTuple):
    """A table with its header found: the names of the columns, the rows below, and where it was (a sheet, a delimiter)."""

    header: Sequence[str]
    rows: Iterator[Row]
    where: str


def csv_table(lines: Iterator[str], is_header: IsHeader) -> CellTable | None:
    """The table in lines of CSV, delimited by comma, tab, semicolon or bar; None where no header is found."""
    above: list[str] = []
    for line in lines:
        above.append(line)
        for delimiter in _DELIMITERS:
            if delimiter in line and (header := _last_row(above, delimiter)) and is_header(header):
                return CellTable(_names(header), _csv_rows(lines, _names(header), delimiter), delimiter)
        if len(above) >= HEADER_ROWS_MAX:
            break
    return None


def workbook_table(content: bytes, is_header: IsHeader) -> CellTable | None:
    """The table in the first sheet of a workbook that has a header; None where none has.

    Raises:
        BadFile: it is none, locked by a password, or too large when unpacked.
    """
    _refuse_bomb(content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for number, cells in enumerate(rows[:HEADER_ROWS_MAX]):
                if is_header(cells):
                    names = _names(cells)
                    return CellTable(names, _numbered(rows[number + 1 :], names), name)
    except BaseException as error:  # its panic in Rust is no Exception
        if not isinstance(error, python_calamine.CalamineError | OSError | ValueError) and (
            type(error).__name__ != "PanicException"
        ):
            raise
        raise BadFile(
            "broken_workbook", "FILE", "a workbook of Excel (xlsx, xls) without a password"
        ) from None
    return None


def first_rows(content: bytes | Iterator[str]) -> Iterator[Cells]:
    """The rows of a table of which the header is not known: for whoever looks at an unknown file."""
    if not isinstance(content, bytes):
        lines = [line for line, _ in zip(content, range(HEADER_ROWS_MAX * 5), strict=False)]
        delimiter = max(_DELIMITERS, key=lambda one: sum(line.count(one) for line in lines))
        yield from csv.reader(lines, delimiter=delimiter)
        return
    found: list[Cells] = []

    def keep(cells: Cells) -> bool:
        found.append(cells)
        return False

    workbook_table(content, keep)
    yield from found


def record_of(names: Sequence[str], cells: Cells) -> object:
    """The cells by the names of their columns, or what is wrong with the row."""
    if any(not _is_empty(cell) for cell in cells[len(names) :]):
        return BadMessage(
            "cells_shifted", "", f"{len(names)} cells; quotes around one that holds the delimiter"
        )
    record: dict[str, object] = {}
    for name, cell in zip(names, cells, strict=False):
        if isinstance(cell, str):
            if len(cell) > CELL_CHARACTERS_MAX:
                return BadMessage("too_large", name, f"at most {CELL_CHARACTERS_MAX} characters a cell")
            if not _is_text(cell):
                return BadMessage("broken_text", name, "UTF-8, UTF-16 or GB18030, and one of them throughout")
        if name and (name not in record or _is_empty(record[name])):
            record[name] = cell
    return record


def _csv_rows(lines: Iterator[str], names: Sequence[str], delimiter: str) -> Iterator[Row]:
    """Each row of cells; a row whose quotes are not closed is refused alone, and the next line is the next row."""
    number, ahead = 0, _Ahead(lines)
    while (line := ahead.next()) is not None:
        if not line.strip():
            continue
        number += 1
        cells = _row_from(ahead, line, delimiter)
        if cells is None or any(_is_whole_row(one, delimiter, len(names)) for one in ahead.taken):
            ahead.give_back()
            allowed = "two quotation marks for one within a cell, and one more that closes it"
            yield Row(number, BadMessage("broken_quotes", "", allowed), [line.rstrip("\r\n")])
        elif not all(map(_is_empty, cells)):
            yield Row(number, record_of(names, cells), cells)


class _Ahead:
    """Lines of which those that a row took may be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: list[str] = []
        self._taken: list[str] = []

    @property
    def taken(self) -> Sequence[str]:
        """Lines beyond its first that the row took."""
        return self._taken

    def next(self) -> str | None:
        """The first line of the next row."""
        self._taken = []
        return self._back.pop(0) if self._back else next(self._lines, None)

    def more(self) -> str | None:
        """One more line of this row; None where there is none, or too many are taken."""
        if len(self._taken) >= RECORD_LINES_MAX:
            return None
        line = self._back.pop(0) if self._back else next(self._lines, None)
        if line is not None:
            self._taken.append(line)
        return line

    def give_back(self) -> None:
        """Those that were taken belong to the next rows."""
        self._back = [*self._taken, *self._back]


def _row_from(ahead: _Ahead, line: str, delimiter: str) -> list[str] | None:
    """The cells of the row that begins with `line`; None where its quotes are not closed."""
    is_open = False

    def feed() -> Iterator[str]:
        nonlocal is_open
        yield line
        while (following := ahead.more()) is not None:
            yield following
        is_open = True

    try:
        cells = next(csv.reader(feed(), delimiter=delimiter), None)
    except csv.Error:
        return None
    return None if is_open or cells is None else cells


def _is_whole_row(line: str, delimiter: str, width: int) -> bool:
    """Whether a line begins a row by itself, which a quotation mark before it, that nobody closed, took in: it has half the cells of
    one or more, and where it goes on with a quotation mark, that opens a cell; within a cell it would close one.
    """
    before, mark, _ = line.partition('"')
    is_open = not mark or not before or before.endswith(delimiter)
    return width > 1 and is_open and len(_last_row([line], delimiter)) * 2 >= max(width, 4)


def _last_row(lines: Sequence[str], delimiter: str) -> list[str]:
    try:
        rows: list[list[str]] = [*csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return []
    return rows[-1] if rows else []


def _numbered(rows: Iterable[Cells], names: Sequence[str]) -> Iterator[Row]:
    for number, cells in enumerate(rows, 1):
        if not all(map(_is_empty, cells)):
            yield Row(number, record_of(names, cells), cells)


def _names(header: Cells) -> list[str]:
    """The names of the columns."""
    return [str(cell).strip() for cell in header]


def _is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_text(cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_bomb(content: bytes) -> None:
    if len(content) > WHOLE_BYTES_MAX:
        raise BadFile("too_large", "FILE", f"at most {WHOLE_BYTES_MAX} bytes; CSV may be more")
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return  # the reader says so
    if size > UNPACKED_BYTES_MAX:
        raise BadFile("too_large", "FILE", f"at most {UNPACKED_BYTES_MAX} bytes when unpacked")


_DELIMITERS: Final = (",", "\t", ";", "|")
csv.field_size_limit(CELL_CHARACTERS_MAX * 4)
"""Longer ones are refused by `record_of`, row by row."""
