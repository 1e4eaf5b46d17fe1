"""The files of a report: HTML to read, a workbook to sort and filter, Parquet to count again. The same bytes for the same journal, rules and versions."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.indicators.indicator_table import INDICATORS
from pipeline.monthly.counting import CountedIndicator, connected, counted
from pipeline.monthly.details import ReportDetails, details
from pipeline.monthly.monthly_goals import IndicatorGoals
from pipeline.monthly.page.report_page import MadeBy, page, streets_of
from pipeline.monthly.page.row_names import Names
from pipeline.monthly.rows.journal_parts import Journal, JournalPart, read_journal
from pipeline.monthly.window import Window
from pipeline.monthly.workbook import write_workbook
from pipeline.rulebook.book import Book, build

PAGE: Final = "report.html"
WORKBOOK: Final = "tables.xlsx"
_ROWS_PER_GROUP: Final = 100_000
_NOT_IN_NAMES: Final = re.compile(r"[\\/:*?\"<>|\s]+")
"""What some file systems do not take in a name."""


class MonthlyReport(NamedTuple):
    """What was counted. `before` is the window before, None where the journal holds nothing of it."""

    journal: Journal
    now: Mapping[str, CountedIndicator]
    before: Mapping[str, CountedIndicator] | None
    details: ReportDetails


def make_report(parts: Iterable[JournalPart], window: Window, book: Book) -> MonthlyReport:
    """Reads the journal once and counts.

    Raises:
        CorruptLog: a record that is no entry.
    """
    journal = read_journal(parts, window, build(book))
    before = None
    if journal.before is not None:
        with connected(journal.before) as database:
            before = counted(database)
    with connected(journal.tables) as database:
        return MonthlyReport(journal, counted(database), before, details(database))


def write_report(report: MonthlyReport, folder: Path, book: Book, goals: IndicatorGoals) -> list[Path]:
    """All files of it, the page first, in `folder`, which is made; what is there of the same name is replaced.

    Names begin with street and month: files of several months and streets can lie in one folder, or be sent.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names, made_by = Names(book), MadeBy(book.version, version("enforcement"))
    whose = _NOT_IN_NAMES.sub("_", names.whose(streets_of(report.journal)).zh)
    stem = f"{whose}-{report.journal.window.in_names}"
    html = page(report.journal, report.now, report.before, report.details, names, goals, made_by)
    files = [folder / f"{stem}-{PAGE}"]
    files[0].write_text(html, encoding="utf-8", newline="\n")
    tables = {**report.journal.tables._asdict(), "indicators": _indicators(report)}
    files.append(folder / f"{stem}-{WORKBOOK}")
    write_workbook(files[-1], stem, report.journal.end, tables, names)
    for name, table in tables.items():
        files.append(folder / f"{stem}-{name}.parquet")
        pq.write_table(table, files[-1], compression="zstd", row_group_size=_ROWS_PER_GROUP)
    return files


def _indicators(report: MonthlyReport) -> pa.Table:
    """One row per indicator, with what it was before."""
    rows = []
    for key, now in report.now.items():
        was = report.before[key].value if report.before else None
        named = INDICATORS[key]
        rows.append(
            (
                key,
                named.zh,
                named.en,
                named.unit.value,
                float(now.numerator),
                now.denominator,
                now.value,
                was,
            )
        )
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, type=kind) for column, kind in zip(columns, _COLUMNS.values(), strict=True)],
        names=list(_COLUMNS),
    )


_COLUMNS: Final[Mapping[str, pa.DataType]] = {
    "key": pa.string(),
    "zh": pa.string(),
    "en": pa.string(),
    "unit": pa.string(),
    "numerator": pa.float64(),
    "denominator": pa.int64(),
    "value": pa.float64(),
    "before": pa.float64(),
}
