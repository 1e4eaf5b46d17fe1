"""Any file that a sender may have, as rows of orders: its kind by its first bytes, its encoding by its text, its format by its fields.

    bytes ─► kind ─┬─ text in UTF-8 ─┬─ JSON, lines of JSON ─┐
                   │                 ├─ CSV ─────────────────┼─► records ─► mapping by the fields ─► SourceFile
                   │                 └─ XML ─────────────────┤
                   └─ workbook ──────────────────────────────┘

The same for a file, a pipe and the body of a request. JSON lines and CSV are read as they come.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import BinaryIO, Final, NamedTuple

from pipeline.edge.sources import cell_tables, json_files, xml_files
from pipeline.edge.sources.field_reader import FieldReader, RowNote
from pipeline.edge.sources.json_files import WHOLE_BYTES_MAX, Row
from pipeline.edge.sources.mapping import SourceMapping, nearest, plain_name, recognised
from pipeline.edge.sources.reading import (
    CONTRACT_NUMBER,
    Content,
    ReadRow,
    read_record,
    read_report,
    report_content,
)
from pipeline.edge.sources.streets import Streets
from pipeline.edge.sources.text_encoding import UTF_8, BadFile, InUtf8, read_some
from pipeline.edge.sources.values import number_text
from schemas.errors import BadMessage
from schemas.values.terms import Source

REPORT: Final = "report"
"""Stands for a mapping where the records are Reports of the contract."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_FIRST_BYTES: Final = 8
_LOOKED_AT_MAX: Final = 200
"""So many records are looked at until one is recognised."""

_LEVELS_MAX: Final = 3


class SourceFile(NamedTuple):
    """A file whose format is known. `mapping` is None where its records are Reports; `header` are the names of its columns, where it is a
    table.
    """

    kind: str
    mapping: SourceMapping | None
    rows: Iterator[Row]
    where: RowNote | None = None
    header: Sequence[str] = ()
    text: InUtf8 | None = None

    @property
    def notes(self) -> tuple[RowNote, ...]:
        """How it is read, as far as it is read: its encoding, delimiter or sheet."""
        encoding = (RowNote("encoding", "", self.text.encoding or UTF_8),) if self.text else ()
        return (*encoding, self.where) if self.where else encoding

    @property
    def format_name(self) -> str:
        """The mapping's name, or that of the contract."""
        return self.mapping.name if self.mapping else REPORT

    def read(self, row: Row, streets: Streets, source: Source | None = None) -> ReadRow:
        """The row as a report.

        Raises:
            BadMessage: what is wrong with it.
        """
        if isinstance(row.record, BadMessage):
            raise row.record
        if self.mapping is None or _is_report(row.record, self.mapping):
            return read_report(row.record, source.value if source else None)
        return read_record(self.mapping, row.record, streets)

    def report_of(self, row: Row, source: Source | None = None) -> Content | None:
        """The row's content where it is a Report already, for the pipeline to judge; None where it must be read.

        Raises:
            BadMessage: `wrong_source` where it is another's than `source`.
        """
        if isinstance(row.record, Mapping) and (self.mapping is None or _is_report(row.record, self.mapping)):
            return report_content(row.record, source.value if source else None)
        return None

    def number_of(self, row: Row) -> object:
        """The order's number, as its sender writes it; None where it has none."""
        if not isinstance(row.record, Mapping):
            return None
        if self.mapping is None or _is_report(row.record, self.mapping):
            return row.record.get(CONTRACT_NUMBER)
        return number_text(FieldReader(self.mapping, row.record).value(CONTRACT_NUMBER))


def open_source(
    file: BinaryIO, mappings: Sequence[SourceMapping], source: Source | None = None, name: str | None = None
) -> SourceFile:
    """The file with its format recognised: among all mappings, those of `source`, or the one called `name`.

    Raises:
        BadFile: it cannot be read, or is in no format that is known; `allowed` says what lacks.
    """
    chosen = [one for one in mappings if one.name == name] if name else [*mappings]
    wanted = [one for one in chosen if source is None or one.source is source]
    begin, kind = begin_and_kind(file)
    if kind == "xlsx":
        content = begin + file.read(WHOLE_BYTES_MAX + 1)
        return _table(kind, cell_tables.workbook_table(content, _header_of(chosen)), chosen, wanted, None)
    text = InUtf8(begin, file)
    stream = io.BufferedReader(text)
    if kind == "csv":
        found = cell_tables.csv_table(iter(_text(stream)), _header_of(chosen))
        return _table(kind, found, chosen, wanted, text)
    if kind == "xml":
        rows = xml_files.rows(stream, _order_of(chosen))
    else:
        rows = inner_rows(json_files.rows(stream), _order_of(chosen))
    looked_at, mapping = _recognise(rows, chosen, wanted, is_named=name is not None)
    if mapping is None:
        _refuse_other_source(looked_at[-1], source)
    return SourceFile(kind, mapping, chain(looked_at, rows), text=text)


def begin_and_kind(file: BinaryIO) -> tuple[bytes, str]:
    """The first bytes, and what they are the begin of: xlsx, xml, json or csv.

    Raises:
        BadFile: the file is empty.
    """
    begin = b""
    while len(begin) < _FIRST_BYTES or not begin.strip(b" \t\r\n\xef\xbb\xbf"):
        more = read_some(file)
        if not more:
            break
        begin += more
    if begin.startswith((_ZIP, _OLE)):
        return begin, "xlsx"
    start = (
        io.BufferedReader(InUtf8(begin, io.BytesIO())).read().decode(errors="replace").lstrip("\ufeff \t\r\n")
    )
    if not start:
        raise BadFile("empty", "FILE", "CSV, a workbook of Excel, XML, JSON, or one JSON object per line")
    if start.startswith("<"):
        return begin, "xml"
    is_json = start[0] in "{[" or any(line.lstrip().startswith("{") for line in start.splitlines()[:20])
    return begin, "json" if is_json else "csv"


def json_rows(file: BinaryIO) -> Iterator[Row]:
    """The records of a file of JSON or of lines of JSON, in UTF-8, UTF-16 or GB18030.

    Raises:
        BadFile: it is empty, or holds something else.
    """
    begin, kind = begin_and_kind(file)
    if kind in ("xlsx", "xml"):
        raise BadFile("format_unknown", "FILE", "a JSON object, a JSON array, or one object per line")
    return json_files.rows(io.BufferedReader(InUtf8(begin, file)))


def _table(
    kind: str,
    table: cell_tables.CellTable | None,
    mappings: Sequence[SourceMapping],
    wanted: Sequence[SourceMapping],
    text: InUtf8 | None,
) -> SourceFile:
    if table is None:
        fields = " / ".join(" ".join(mapping.number_names) for mapping in wanted)
        raise BadFile(
            "format_unknown", "FILE", f"a header with the number of an order ({fields[:120]}) and its time"
        )
    names = frozenset(map(plain_name, table.header))
    mapping = _of_fields(names, mappings, wanted)
    where = RowNote("sheet" if text is None else "delimiter", "", table.where)
    return SourceFile(kind, mapping, table.rows, where, table.header, text)


def _recognise(
    rows: Iterator[Row], mappings: Sequence[SourceMapping], wanted: Sequence[SourceMapping], *, is_named: bool
) -> tuple[list[Row], SourceMapping | None]:
    """The rows that were looked at, and their mapping; None for Reports."""
    looked_at: list[Row] = []
    first: Mapping[object, object] | None = None
    for row in rows:
        looked_at.append(row)
        if isinstance(row.record, Mapping):
            names = _names_of(row.record)
            if CONTRACT_NUMBER in row.record and not is_named:
                return looked_at, None
            if recognised(names, mappings):
                return looked_at, _of_fields(names, mappings, wanted)
            first = first if first is not None else row.record
        if len(looked_at) >= _LOOKED_AT_MAX:
            break
    if is_named or (len(wanted) == 1 and first is None):
        return looked_at, wanted[0]
    if first is None:
        fault = looked_at[0].record if looked_at else None
        if isinstance(fault, BadMessage):
            raise BadFile(fault.code, "FILE", fault.allowed)
        raise BadFile("format_unknown", "FILE", "records of a known format: enforcement sources list")
    return looked_at, _of_fields(_names_of(first), mappings, wanted)


def _of_fields(
    names: frozenset[str], mappings: Sequence[SourceMapping], wanted: Sequence[SourceMapping]
) -> SourceMapping:
    """The mapping of these fields.

    Raises:
        BadFile: it is that of another source, or none; says what lacks.
    """
    if (fitting := recognised(names, wanted)) is not None:
        return fitting
    mapping = recognised(names, mappings)
    if mapping is not None:
        raise BadFile("wrong_source", "FILE", f"--source {mapping.source.value}")
    near = nearest(names, wanted)
    if near is None or not near[1]:
        raise BadFile(
            "format_unknown", "FILE", "fields of a known format: enforcement sources list, or sources guess"
        )
    raise BadFile("format_unknown", "FILE", f"as {near[0].name}, it lacks {'; '.join(near[1])}")


def _refuse_other_source(row: Row, source: Source | None) -> None:
    named = row.record.get("source") if isinstance(row.record, Mapping) else None
    if source is not None and named not in (None, source.value):
        meant = f"--source {named}, or {source.value}" if named in set(Source) else source.value
        raise BadFile("wrong_source", "FILE", meant)


def _header_of(mappings: Sequence[SourceMapping]) -> cell_tables.IsHeader:
    def is_header(cells: cell_tables.Cells) -> bool:
        names = frozenset(plain_name(cell) for cell in cells if isinstance(cell, str))
        return recognised(names, mappings) is not None

    return is_header


def _order_of(mappings: Sequence[SourceMapping]) -> xml_files.IsOrder:
    return lambda record: recognised(_names_of(record), mappings) is not None


def _names_of(record: Mapping[object, object] | Mapping[str, object]) -> frozenset[str]:
    return frozenset(plain_name(name) for name in record if isinstance(name, str))


def _is_report(record: object, mapping: SourceMapping) -> bool:
    return (
        isinstance(record, Mapping)
        and CONTRACT_NUMBER in record
        and not mapping.has_number(_names_of(record))
    )


def inner_rows(rows: Iterator[Row], is_order: xml_files.IsOrder) -> Iterator[Row]:
    """The rows; where the only one is an answer of an API around a list of orders, those of the list."""
    first = next(rows, None)
    if first is None:
        return
    inside = None
    if isinstance(first.record, dict) and not is_order(first.record) and CONTRACT_NUMBER not in first.record:
        inside = _list_in(first.record, is_order, _LEVELS_MAX)
    if inside is None:
        yield _with_raw(first)
    else:
        yield from (Row(number, record, record) for number, record in enumerate(inside, 1))
    yield from map(_with_raw, rows)


def _with_raw(row: Row) -> Row:
    return row if isinstance(row.record, BadMessage) else row._replace(raw=row.record)


def _list_in(record: Mapping[str, object], is_order: xml_files.IsOrder, levels: int) -> list[object] | None:
    for value in record.values():
        if isinstance(value, list) and any(isinstance(one, dict) and is_order(one) for one in value):
            return value
        if (
            isinstance(value, dict)
            and levels
            and (found := _list_in(value, is_order, levels - 1)) is not None
        ):
            return found
    return None


def _text(stream: BinaryIO) -> Iterator[str]:
    """Lines of text with their ends; bytes that are none stay surrogates."""
    return (line.decode(errors="surrogateescape") for line in stream)
