"""The report's workbook as somebody opens it in Excel: read by another program than the one that wrote it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from pipeline.core.worktime.office_hours import SHANGHAI
from pipeline.monthly.page.row_names import Names
from pipeline.monthly.report_files import WORKBOOK
from pipeline.monthly.workbook import HEADS, SHEETS, write_workbook
from tests.monthly.made import BOOK, two_parts, written

MADE_AT = datetime(2026, 12, 31, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month's files."""
    place = tmp_path_factory.mktemp("report")
    written(two_parts(), place)
    return place


@pytest.fixture(scope="module")
def book(folder: Path) -> Workbook:
    """The workbook among them."""
    (file,) = folder.glob(f"*-{WORKBOOK}")
    return load_workbook(file)


def days(count: int) -> pa.Table:
    """A table of so many rows."""
    return pa.table({"number": pa.array(range(count)), "day": pa.array([date(2026, 12, 1)] * count)})


def test_each_table_is_a_sheet_whose_head_stays_and_filters(book: Workbook):
    """In Chinese, the Parquet file's name of the column below it."""
    assert book.sheetnames == ["指标", "案件", "环节", "事件", "每日"]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
    assert [cell.value for cell in book["每日"][1]] == [
        "日期\nday",
        "分区\npartition",
        "在办\nopen",
        "超期\noverdue",
    ]


def test_the_sheets_hold_what_the_parquet_files_hold(folder: Path, book: Workbook):
    """Row by row: numbers as numbers, days as days, times as the street's clocks show, yes and no as such, nothing as an empty cell."""
    for name, zh in SHEETS.items():
        (file,) = folder.glob(f"*-{name}.parquet")
        table = pq.read_table(file)
        assert set(table.column_names) <= HEADS.keys()
        sheet = book[zh]
        assert sheet.max_row == len(table) + 1
        for place, column in enumerate(table.column_names, start=1):
            cells = [sheet.cell(row, place) for row in range(2, len(table) + 2)]
            for cell, value in zip(cells, table[column].to_pylist(), strict=True):
                if isinstance(value, datetime):
                    assert (cell.is_date, cell.value) == (True, as_shown(value))
                elif isinstance(value, date):
                    assert (cell.is_date, cell.value.date()) == (True, value)
                elif isinstance(value, str):
                    assert cell.data_type == "s"
                else:
                    assert cell.value == pytest.approx(value)
                    assert value is None or isinstance(cell.value, bool) == isinstance(value, bool)


def as_shown(at: datetime) -> datetime:
    """To the millisecond, as Excel keeps it."""
    local = at.astimezone(SHANGHAI).replace(tzinfo=None)
    return local.replace(microsecond=local.microsecond // 1000 * 1000)


def test_a_reader_sees_names_in_place_of_codes(book: Workbook):
    """Streets, teams, matters, stages: as the page calls them. A matter keeps its code before its name."""
    heads = [cell.value.partition("\n")[2] for cell in book["案件"][1]]
    shown = {
        head: {row[heads.index(head)].value for row in book["案件"].iter_rows(min_row=2)} for head in heads
    }
    assert "兴华街道" in shown["street"]
    assert any(matter.startswith("SR-001 ") for matter in shown["matter"])
    assert not any(str(stage).isascii() for stage in shown["stage"] | shown["source"])


def test_a_text_is_never_a_formula_or_a_link(tmp_path: Path):
    """Whatever a code begins with: what is opened computes nothing and leads nowhere."""
    texts = ["=1+1", "http://a.b", "@SUM(1)", "-1"]
    tables = dict.fromkeys(SHEETS, days(0)) | {"events": pa.table({"code": texts})}
    write_workbook(tmp_path / "w.xlsx", "", MADE_AT, tables, Names(BOOK))
    cells = [row[0] for row in load_workbook(tmp_path / "w.xlsx")["事件"].iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [
        (text, "s", None) for text in texts
    ]


def test_more_rows_than_a_sheet_holds_go_on_in_another(tmp_path: Path):
    """Each with the head; a table without rows is a sheet with the head alone."""
    tables = dict.fromkeys(SHEETS, days(0)) | {"events": days(7)}
    write_workbook(tmp_path / "w.xlsx", "", MADE_AT, tables, Names(BOOK), rows_max=3)
    book = load_workbook(tmp_path / "w.xlsx")
    assert book.sheetnames == ["指标", "案件", "环节", "事件", "事件 2", "事件 3", "每日"]
    numbers = [[row[0].value for row in book[name].iter_rows(min_row=2)] for name in book.sheetnames]
    assert numbers == [[], [], [], [0, 1, 2], [3, 4, 5], [6], []]
    assert {book[name]["A1"].value for name in book.sheetnames} == {"条内序号\nnumber"}
