"""The report's tables as an Excel workbook, for people: a sheet a table, heads in Chinese, names for codes, times as the street's clocks show.

What programs count again is the Parquet files beside it. The same tables give the same bytes.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.core.worktime.office_hours import SHANGHAI
from pipeline.monthly.page.row_names import Names

SHEETS: Final[Mapping[str, str]] = {
    "indicators": "指标", "cases": "案件", "clocks": "环节", "events": "事件", "days": "每日",
}  # fmt: skip
"""The tables in the order of their sheets."""
HEADS: Final[Mapping[str, str]] = {
    "key": "代码", "zh": "指标", "en": "英文", "unit": "单位", "numerator": "分子", "denominator": "分母", "value": "本期", "before": "上期",
    "case_id": "案件编号", "partition": "分区", "seq": "台账序号", "number": "条内序号", "day": "日期", "at": "时间", "event": "事件",
    "street": "街道", "grid": "网格", "matter": "事项", "category": "大类", "severity": "等级", "source": "来源", "team": "队伍",
    "department": "部门", "stage": "阶段", "outcome": "办结方式", "report": "来件结果", "reason": "原因", "code": "不予受理代码",
    "opened_at": "登记时间", "ended_at": "办结时间", "handling_due_at": "处置时限", "whole_due_at": "全程时限", "whole_stopped_at": "全程停表",
    "reports": "来件数", "returns": "退单次数", "reworks": "返工次数", "reopens": "重办次数", "extensions": "延期次数", "suspensions": "挂账次数",
    "relapse": "回潮", "joint": "联合执法", "open": "在办", "handling": "处置中", "overdue": "超期", "whole_overdue": "全程超期",
    "due_today": "今日到期", "at_risk": "临期", "suspended": "挂账", "supervised": "挂牌督办", "ordered": "责令改正", "recent": "近期登记",
    "clock": "环节", "name": "时钟名称", "hours": "计时方式", "started_at": "开始时间", "due_at": "时限", "stopped_at": "停止时间", "kept": "按期",
    "own_seconds": "自身用时（秒）", "calendar_seconds": "自然用时（秒）",
    "solved": "已解决", "satisfied": "满意", "filmed": "有执法记录", "officers": "执法人数", "first": "首次", "final": "最终",
    "closing": "办结类型", "closing_ground": "类型依据", "passed_on": "移交次数", "overdue_multiple": "超时倍数", "shirked": "推诿",
}  # fmt: skip
"""The head of each column. Below it stands its name in the Parquet file."""
ROWS_MAX: Final = 1_048_575
"""Rows of a sheet below its head; what is more goes on in another one."""
_NAMED: Final = frozenset(
    {
        "street",
        "team",
        "department",
        "category",
        "matter",
        "source",
        "stage",
        "outcome",
        "clock",
        "closing",
        "closing_ground",
    }
)
"""Columns that show what their codes are called."""
_WIDTHS: Final[Mapping[str, int]] = {
    "zh": 18,
    "en": 26,
    "key": 22,
    "case_id": 26,
    "matter": 34,
    "team": 20,
    "event": 24,
    "closing_ground": 30,
}
_WIDTH: Final = 12
_TIME_WIDTH: Final = 20


def write_workbook(
    file: Path,
    title: str,
    made_at: datetime,
    tables: Mapping[str, pa.Table],
    names: Names,
    *,
    rows_max: int = ROWS_MAX,
) -> None:
    """Writes `tables` by the names of `SHEETS` into `file`, which is replaced; `made_at` stands in its properties."""
    # row by row to the disk: cells take far more memory than the tables that they are made of
    with Workbook(file, {"constant_memory": True}) as book:
        book.set_properties({"title": title, "created": made_at.astimezone(SHANGHAI).replace(tzinfo=None)})
        for name, zh in SHEETS.items():
            for number, start in enumerate(range(0, max(1, len(tables[name])), rows_max), start=1):
                sheet = book.add_worksheet(zh if number == 1 else f"{zh} {number}")
                _SheetOf(book, sheet, names).write(tables[name].slice(start, rows_max))


class _SheetOf:
    """A sheet, and how its cells look."""

    def __init__(self, book: Workbook, sheet: Worksheet, names: Names) -> None:
        self._sheet, self._names = sheet, names
        self._head: Format = book.add_format(
            {"bold": True, "bg_color": "#F4F7FA", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self._time: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day: Format = book.add_format({"num_format": "yyyy-mm-dd"})

    def write(self, table: pa.Table) -> None:
        """The head, which stays where one scrolls and filters the rows, and the rows."""
        self._sheet.freeze_panes(1, 0)
        if len(table):
            self._sheet.autofilter(0, 0, len(table), table.num_columns - 1)
        self._sheet.set_row(0, 32)
        for place, field in enumerate(table.schema):
            is_time = pa.types.is_timestamp(field.type)
            self._sheet.set_column(place, place, _TIME_WIDTH if is_time else _WIDTHS.get(field.name, _WIDTH))
            head = f"{HEADS[field.name]}（北京时间）" if is_time else HEADS[field.name]
            self._sheet.write_string(0, place, f"{head}\n{field.name}", self._head)
        for number, row in enumerate(_rows(table), start=1):
            for place, (column, value) in enumerate(zip(table.column_names, row, strict=True)):
                self._cell(number, place, column, value)

    def _cell(self, row: int, place: int, column: str, value: object) -> None:
        match value:
            case None:
                return
            case bool():
                self._sheet.write_boolean(row, place, value)
            case int() | float():
                self._sheet.write_number(row, place, value)
            case datetime():
                local = value.astimezone(SHANGHAI).replace(tzinfo=None)  # Excel's times have no zone
                self._sheet.write_datetime(row, place, local, self._time)
            case date():
                self._sheet.write_datetime(row, place, value, self._day)
            case _:
                # never a formula or a link, whatever it begins with
                self._sheet.write_string(row, place, self._text(column, str(value)))

    def _text(self, column: str, code: str) -> str:
        if column not in _NAMED:
            return code
        name = self._names.of(column, code).zh
        return f"{code} {name}" if column == "matter" else name


def _rows(table: pa.Table) -> Iterator[tuple[object, ...]]:
    for batch in table.to_batches():
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
