"""The orders that a sender says it sent: from a file of a known format with their content, from any other list by their numbers alone."""

import io
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO, Final, NamedTuple

from pipeline.core.rules.identity import report_digest
from pipeline.edge.sources import cell_tables
from pipeline.edge.sources.files import SourceFile, begin_and_kind, open_source
from pipeline.edge.sources.json_files import WHOLE_BYTES_MAX, Row
from pipeline.edge.sources.json_files import rows as json_rows
from pipeline.edge.sources.mapping import SourceMapping, plain_name
from pipeline.edge.sources.reading import CONTRACT_NUMBER
from pipeline.edge.sources.streets import Streets
from pipeline.edge.sources.text_encoding import BadFile, InUtf8
from pipeline.edge.sources.values import is_nothing, number_text
from schemas.errors import BadMessage
from schemas.values.order_number import comparable
from schemas.values.terms import Source

_DELIMITERS: Final = ",;\t|"


class SentOrder(NamedTuple):
    """One row: the sender's number, and what is known of the order beside it.

    `digest` is of the content as the pipeline would read it; None where the number alone is known, or the row cannot be read: then
    `fault` says why. `is_withdrawn`: its sender took it back.
    """

    row: int
    number: str
    reported_at: datetime | None = None
    digest: str | None = None
    fault: BadMessage | None = None
    is_withdrawn: bool = False

    @property
    def key(self) -> str:
        """The form in which two writings of the number are one."""
        return comparable(self.number)


class SentFile(NamedTuple):
    """The orders of one source; `unnumbered` are the rows in which nobody can find a number."""

    orders: Sequence[SentOrder]
    unnumbered: Sequence[int]


def sent_orders(
    file: BinaryIO, source: Source, mappings: Sequence[SourceMapping], streets: Streets, column: str | None
) -> SentFile:
    """The orders in a file, by the format that is known by its fields; by the numbers in `column`, or in any column that a known format
    calls its number, where none is.

    Raises:
        BadFile: it cannot be read, or has no such column.
    """
    content = file.read(WHOLE_BYTES_MAX + 1)
    if len(content) > WHOLE_BYTES_MAX:
        raise BadFile("too_large", "FILE", f"at most {WHOLE_BYTES_MAX} bytes")
    if column is None:
        try:
            known = open_source(io.BytesIO(content), mappings, source)
            return _collected(_read(known, row, streets, source) for row in known.rows)
        except BadFile as why:
            if why.code != "format_unknown":
                raise
    names = (
        {column} if column else {name for one in mappings for name in one.number_names} | {CONTRACT_NUMBER}
    )
    return _collected(_numbers(io.BytesIO(content), frozenset(map(plain_name, names))))


def _collected(orders: Iterator[SentOrder]) -> SentFile:
    every = [*orders]
    return SentFile(
        [order for order in every if order.number], [order.row for order in every if not order.number]
    )


def _read(file: SourceFile, row: Row, streets: Streets, source: Source) -> SentOrder:
    number = _text(file.number_of(row))
    try:
        reading = file.read(row, streets, source)
    except BadMessage as fault:
        return SentOrder(row.number, number, fault=fault)
    report = reading.report
    return SentOrder(
        row.number,
        report.source_no,
        report.reported_at,
        report_digest(report),
        is_withdrawn=reading.is_withdrawn,
    )


def _numbers(file: BinaryIO, names: Collection[str]) -> Iterator[SentOrder]:
    """The column of the first of `names` that there is; of a text without a header each line is a number."""
    begin, kind = begin_and_kind(file)
    if kind == "xlsx":
        table = cell_tables.workbook_table(
            begin + file.read(), lambda cells: _place(cells, names) is not None
        )
        rows = table.rows if table else None
    elif kind == "csv":
        rows = _rows_of_text(io.BufferedReader(InUtf8(begin, file)).read().decode(errors="replace"), names)
    elif kind == "json":
        rows = json_rows(io.BufferedReader(InUtf8(begin, file)))
    else:
        rows = None
    if rows is None:
        raise BadFile("format_unknown", "FILE", "a column with the numbers of the orders: --number COLUMN")
    is_there = False
    for row in rows:
        record = row.record if isinstance(row.record, dict) else {}
        name = next((name for name in record if plain_name(str(name)) in names), None)
        is_there = is_there or name is not None
        yield SentOrder(row.number, _text(number_text(record.get(name))))
    if not is_there:
        raise BadFile("format_unknown", "FILE", "a field with the numbers of the orders: --number COLUMN")


def _rows_of_text(text: str, names: Collection[str]) -> Iterator[Row] | None:
    """A table by its header; without delimiters a list of numbers, with a header or without."""
    lines = [line for line in text.splitlines() if line.strip()]
    if any(mark in line for line in lines[: cell_tables.HEADER_ROWS_MAX] for mark in _DELIMITERS):
        table = cell_tables.csv_table(
            iter(text.splitlines(keepends=True)), lambda cells: _place(cells, names) is not None
        )
        return table.rows if table else None
    name = min(names)
    body = lines[1:] if lines and plain_name(lines[0]) in names else lines
    return iter([Row(number, {name: line.strip().strip('"')}) for number, line in enumerate(body, 1)])


def _place(cells: cell_tables.Cells, names: Collection[str]) -> int | None:
    found = (place for place, cell in enumerate(cells) if isinstance(cell, str) and plain_name(cell) in names)
    return next(found, None)


def _text(value: object) -> str:
    return "" if is_nothing(value) or not isinstance(value, str | int | float) else str(value).strip()
