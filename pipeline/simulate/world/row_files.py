"""The day's rows as the files that the sources would hand over, and what the edge's own readers make of them: the reports.

rows ──► a file for each format (JSON, JSON lines, CSV, XML, in its encoding) ──► open_source ─► mapping ─► ReadRow
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from pipeline.core.rules.rules import Rules
from pipeline.edge.sources.files import open_source
from pipeline.edge.sources.mapping import SourceMapping, load_mappings
from pipeline.edge.sources.reading import ReadRow
from pipeline.edge.sources.streets import Streets
from pipeline.simulate.world.row_formats import Record, WrittenRow


class SourceContent(NamedTuple):
    """A file of one format: its name, and its bytes."""

    name: str
    content: bytes


def source_files(rows: Sequence[WrittenRow]) -> list[SourceContent]:
    """A file for each format that the rows have, by its name; each format's rows in their order."""
    by_format = _by_format(rows)
    return [
        SourceContent(f"{name}.{_FILES[name][0]}", _FILES[name][1](by_format[name]))
        for name in sorted(by_format)
    ]


def read_rows(rows: Sequence[WrittenRow], rules: Rules) -> list[ReadRow]:
    """What the edge reads of each, in their order.

    Raises:
        BadMessage: a row that the edge refuses; none of a generated day is one.
    """
    streets = _streets(rules)
    read = {
        name: iter(_read(name, _FILES[name][1](records), streets))
        for name, records in _by_format(rows).items()
    }
    return [next(read[row.format]) for row in rows]


def _read(name: str, content: bytes, streets: Streets) -> list[ReadRow]:
    file = open_source(io.BytesIO(content), _mappings(), name=name)
    return [file.read(row, streets) for row in file.rows]


def _by_format(rows: Sequence[WrittenRow]) -> Mapping[str, list[Record]]:
    by_format: defaultdict[str, list[Record]] = defaultdict(list)
    for row in rows:
        by_format[row.format].append(row.record)
    return by_format


@cache
def _mappings() -> tuple[SourceMapping, ...]:
    return load_mappings()


def _streets(rules: Rules) -> Streets:
    names = {street.name_zh: street.code for street in rules.streets.values()}
    return Streets(names, [street.grids for street in rules.streets.values()], lambda: rules.locator)


def _lines(records: Sequence[Record]) -> bytes:
    return "".join(f"{_json(record)}\n" for record in records).encode()


def _array(records: Sequence[Record]) -> bytes:
    listed = ",\n".join(map(_json, records))
    return f"[{listed}]\n".encode()


def _answer(records: Sequence[Record]) -> bytes:
    """As an API answers: the orders within."""
    listed = ",\n".join(map(_json, records))
    return f'{{"code":0,"msg":"success","data":{{"total":{len(records)},"list":[\n{listed}]}}}}\n'.encode()


def _csv(encoding: str) -> Callable[[Sequence[Record]], bytes]:
    def written(records: Sequence[Record]) -> bytes:
        file = io.StringIO()
        writer = csv.DictWriter(file, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
        return file.getvalue().encode(encoding)

    return written


def _xml(records: Sequence[Record]) -> bytes:
    notices = "".join(f"<Notify>{_elements(record)}</Notify>\n" for record in records)
    return f'<?xml version="1.0" encoding="GB2312"?>\n<Alarms>\n{notices}</Alarms>\n'.encode("gb2312")


def _elements(record: Mapping[str, object]) -> str:
    return "".join(
        f"<{name}>{_elements(value) if isinstance(value, Mapping) else escape(str(value))}</{name}>"
        for name, value in record.items()
    )


def _json(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


_FILES: Final[Mapping[str, tuple[str, Callable[[Sequence[Record]], bytes]]]] = {
    "12345-order": ("json", _answer),
    "12345-export": ("csv", _csv("utf-8-sig")),
    "12345-community": ("csv", _csv("gb18030")),
    "12319-record": ("jsonl", _lines),
    "12319-push": ("json", _array),
    "patrol": ("jsonl", _lines),
    "monitor": ("jsonl", _lines),
    "alarm-gb28181": ("xml", _xml),
}
