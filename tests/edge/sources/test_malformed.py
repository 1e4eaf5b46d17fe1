"""Ten thousand rows as broken as rows of hotlines can be, in every kind of file: each is a report or an error, none is lost, none raises."""

import csv
import io
import json
import random
import time
from collections.abc import Callable, Sequence
from typing import Final
from xml.sax.saxutils import escape

import pytest
import xlsxwriter

from pipeline.edge.sources.files import open_source
from pipeline.edge.sources.mapping import load_mappings
from pipeline.edge.sources.reading import ReadRow
from pipeline.edge.sources.streets import streets_of
from schemas.codes import NOTES
from schemas.errors import BadMessage
from schemas.inputs.lenient_reading import decode_report
from schemas.wire import codecs

MAPPINGS = {mapping.name: mapping for mapping in load_mappings()}
STREETS = streets_of()
ROWS = 500
SEEDS = 5
Rows = list[dict[str, object]]

NASTY: Final[Sequence[object]] = (
    "", " ", None, "null", "无", "-", "不详", "#N/A", "#REF!", "#DIV/0!", "N/A", "0", 0, -1, 1e308, 13800005678.0, "1.38E+10", "13800005678.0",
    "１３８００００５６７８", "138 0000 5678/139 0000 5678", "转8012", "1970-01-01 08:00:00", "0000-00-00 00:00:00", "2026-02-30 09:00:00", "2026/1/2 3:04",
    "2026年11月24日9时5分", "20261124093105", "1795483260", 1795483260000, 1795483260, 46350.375, "昨天上午", "Tue Nov 24 09:12:31 CST 2026",
    "11/24/2026 09:12", "2026-11-24T24:00:00", "9999-12-31", "2026-11-24 09:00:00 AM", "是", "否", "Y", "也许", True, "女", "a->b->c", "->", "->->",
    '说"好"', "一行\n两行", "逗号,分号;竖线|制表\t", "\u202e倒\u202c", "a\x07b", "e" + "\u0301" * 9, "𠮷", "好" * 3_000, "x" * 70, "'00123", '="0012"',
    "<b>&amp;", "'; DROP TABLE", "140109004", "兴华街道", "火星街道", "1.29e7", 12524193.4, "112.5,37.88", "37.88,112.5", "POINT(112.5 37.88)", "0,0",
    "999", "NaN", "inf", "-0.0", "112.5", "东", "\ufeff", "\u3000", "💥", "公司（有限）", "http://a.example/1.jpg,http://a.example/2.jpg",
)  # fmt: skip


def good(name: str, number: int) -> dict[str, object]:
    """A row in a format that can be a report, by the fields that its mapping names."""
    row: dict[str, object] = {}
    table = MAPPINGS[name].table
    for ours, rule in table.fields.items():
        for theirs in rule.names[:2]:
            row[theirs] = _value(ours, number)
    if table.point:
        row |= dict.fromkeys((*table.point.lon[:1], *table.point.lat[:1], *table.point.at[:1]), "")
    return {theirs: value for theirs, value in row.items() if "." not in theirs}


def _value(ours: str, number: int) -> object:
    values = {
        "source_no": f"T-{number}",
        "reported_at": "2026-11-24 09:00:00",
        "place.address": f"兴华街道兴华街{number}号",
    }
    rest = {
        "street": "兴华街道",
        "text": "占道卖菜",
        "category": "市容",
        "caller.phone": "13900005611",
        "alarm.device": "14010900401310000002",
    }
    return (values | rest).get(ours, "")


def broken(name: str, seed: int) -> Rows:
    """Rows of which most have some fields that are none."""
    draw = random.Random(f"{name}/{seed}")
    rows = []
    for number in range(ROWS):
        row = good(name, number)
        for theirs in draw.sample(sorted(row), draw.choice((0, 1, 1, 2, 3))):
            row[theirs] = draw.choice(NASTY)
        if not any(isinstance(value, str) and value.strip() for value in row.values()):
            row["also"] = "x"
        rows.append(row)
    rows[0] = good(name, 0)
    return rows


def as_csv(rows: Rows, draw: random.Random) -> bytes:
    """Each row on its line; some are short, long, without a closing quote, or hold bytes that are no text."""
    names = [*rows[0]]
    out = bytearray(_csv(names))
    fault, encoding = "", draw.choice(("utf-8", "utf-8-sig", "gb18030"))
    for place, row in enumerate(rows):
        cells = ["" if row.get(name) is None else str(row[name]).replace("\ufeff", "") for name in names]
        is_after_quote, faults = fault == "quote", ("", "", "", "short", "long", "quote", "bytes")
        fault = "" if place < 20 or is_after_quote else draw.choice(faults)
        if is_after_quote:  # one line can be told from the text of an open cell, a part of one cannot
            cells = [cell.replace("\n", " ") for cell in cells]
        if fault == "short":
            cells = [*cells[: max(1, draw.randrange(len(cells)))]]
            cells[0] = cells[0].strip() or "?"
        line = _csv([*cells, "zu", "viel"] if fault == "long" else cells)
        if fault == "quote":
            line = (
                b'"' + b",".join(cell.replace('"', "").replace("\n", " ").encode() for cell in cells) + b"\n"
            )
        if fault == "bytes":
            line = line.rstrip(b"\n") + b"\xff\xff\n"
        out += line if any(cell.strip() for cell in cells) else b"?\n"
    return bytes(out) if encoding == "utf-8" or b"\xff" in out else bytes(out).decode().encode(encoding)


def _csv(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode(errors="replace")


def as_workbook(rows: Rows, draw: random.Random) -> bytes:
    """Below one to three rows of titles."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content, {"nan_inf_to_errors": True, "strings_to_numbers": False, "strings_to_formulas": False}
    )
    sheet = book.add_worksheet()
    titles = draw.randrange(1, 4)
    for title in range(titles):
        sheet.merge_range(title, 0, title, len(rows[0]) - 1, "工单导出表")
    sheet.write_row(titles, 0, [*rows[0]])
    for at, row in enumerate(rows, titles + 1):
        for column, name in enumerate(rows[0]):
            value = row.get(name)
            if isinstance(value, str):
                sheet.write_string(at, column, value.replace("\x07", ""))
            elif isinstance(value, bool):
                sheet.write_boolean(at, column, value)
            elif isinstance(value, int | float):
                sheet.write_number(at, column, value)
        if not any(str(value).strip() for value in row.values() if value is not None):
            sheet.write_string(at, 0, "?")
    book.close()
    return content.getvalue()


def as_xml(rows: Rows, draw: random.Random) -> bytes:
    """Some rows are no XML: an open tag, an unknown entity, a control character."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?><DATA>']
    for place, row in enumerate(rows):
        fields = "".join(
            f"<{name}>{escape('' if value is None else str(value)).replace(chr(7), '')}</{name}>"
            for name, value in row.items()
            if name.isascii() and "/" not in name
        )
        fault = "" if place < 20 else draw.choice(("",) * 20 + ("<open>", "&nbsp;", "\x01", "</wrong>"))
        parts.append(f"<ROW>{fault}{fields}</ROW>\n")
    return "".join((*parts, "</DATA>")).encode(errors="replace")


def as_lines(rows: Rows, draw: random.Random) -> bytes:
    """Some lines are cut off, hold another type, or bytes that are no text."""
    lines = []
    for place, row in enumerate(rows):
        line = json.dumps(row, ensure_ascii=False).encode(errors="replace")
        fault = "" if place < 20 else draw.choice(("", "", "", "cut", "list", "bytes", "deep"))
        line = {
            "cut": line[:-9],
            "list": b"[1]",
            "bytes": line[:-1] + b',"x":"\xff"}',
            "deep": b"[" * 99_999,
        }.get(fault, line)
        lines.append(line)
    return b"\n".join(lines)


def as_array(rows: Rows, draw: random.Random) -> bytes:
    """Within an API's answer; some are no objects."""
    every: list[object] = [*rows]
    for place in draw.sample(range(20, len(every)), 50):
        every[place] = draw.choice((None, 5, "x", [], [[]], {}, {"a": {"b": {}}}))
    return json.dumps({"code": 0, "data": {"rows": every}}).encode()


KINDS: Final[Sequence[tuple[str, str, Callable[[Rows, random.Random], bytes]]]] = (
    ("csv", "12345-export", as_csv),
    ("csv", "12319-record", as_csv),
    ("xlsx", "12345-community", as_workbook),
    ("xml", "12319-open-data", as_xml),
    ("json", "12345-order", as_lines),
    ("json", "12319-push", as_array),
)


@pytest.mark.parametrize(
    ("kind", "name", "write"), KINDS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_broken_row_is_a_report_or_an_error(kind, name, write):
    """As many come out as went in, in order; each report is one of the contract with notes that are explained, nothing else is raised; within seconds."""
    began_s = time.process_time()
    for seed in range(SEEDS):
        rows = broken(name, seed)
        content = write(rows, random.Random(seed))
        file = open_source(io.BytesIO(content), [*MAPPINGS.values()])
        assert (file.kind, file.format_name) == (kind, name)
        numbers, reports = [], 0
        for row in file.rows:
            numbers.append(row.number)
            try:
                reading: ReadRow = file.read(row, STREETS)
            except BadMessage:
                continue
            reports += 1
            decode_report(codecs.REPORT.encode(reading.report))
            assert {note.code for note in reading.notes} <= set(NOTES)
        assert numbers == [*range(1, ROWS + 1)]
        assert 0 < reports < ROWS
    assert time.process_time() - began_s < 60


def test_together_these_are_ten_thousand_rows():
    """Of every kind of file some."""
    assert len(KINDS) * SEEDS * ROWS >= 10_000
    assert {kind for kind, _, _ in KINDS} == {"csv", "xlsx", "xml", "json"}
