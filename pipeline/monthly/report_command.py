"""`enforcement report`: the month's report (月报), from the journal alone."""

import json
import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pipeline.audit.audit_options import (
    EXIT_USAGE,
    broker_options,
    deployment,
    one_line_errors,
    rules_option,
    stop,
)
from pipeline.kafka_log.bounded_reader import BoundedReader
from pipeline.moments import Moment
from pipeline.monthly.window import Window, WrongWindow, local, month_of, window_of
from pipeline.rulebook.book import read_book
from pipeline.words.command_line import command
from pipeline.words.spoken import said, told
from schemas import topics

if TYPE_CHECKING:
    from pipeline.monthly.report_files import MonthlyReport
    from pipeline.monthly.rows.journal_parts import JournalPart

_NAME: Final = "report"


@command("report")
@click.option("--month", metavar="YYYY-MM", help="The month, of Asia/Shanghai.")
@click.option("--from", "since", type=Moment(), metavar="ISO", help="Instead of a month: from this time on.")
@click.option("--to", "until", type=Moment(), metavar="ISO", help="Up to, but without, this time.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where the files go; default: report-<month>. What is there of the same name is replaced.",
)  # fmt: skip
@rules_option
@broker_options
def report_command(
    month: str | None,
    since: datetime | None,
    until: datetime | None,
    out: Path | None,
    brokers: str | None,
    topic_prefix: str | None,
    folder: Path,
    as_json: bool,
) -> None:
    """The report of a month: every indicator with its formula, tables and plots, counted from the journal alone.

    \b
    Example:
      enforcement report --month 2026-11
      enforcement report --month 2026-11 --out november --brokers kafka:9092
      enforcement report --from 2026-11-24T00:00+08:00 --to 2026-11-25T00:00+08:00
    What is written, each name after street and month, such as 兴华街道-2026-11-report.html (the district, where there are several streets):
      report.html          to read in a browser and to print (Ctrl+P gives the PDF); Chinese, with English beside it
      tables.xlsx          the tables below as an Excel workbook, a sheet each, with names for codes and Beijing's time
      indicators.parquet   every indicator: numerator, denominator, value, the period before
      cases.parquet        the cases that were open in the period, as they stood at its end
      events.parquet       every event of the period
      clocks.parquet       every step that ended in it, with its deadline and its own time
      days.parquet         open and overdue cases at the end of each day

    No file holds personal data. A share of fewer than 20 is shown as cases, such as 17/18. The month before is shown
    beside it if the journal holds something of it. A month that is not over yet is counted up to the journal's last entry,
    and the page says so.

    The journal is read from its beginning. The same journal, rules and program give the same bytes, whenever and wherever
    the command runs; the page names offsets and SHA-256 of what it was made from.

    With --json one line per indicator is printed too. Ends with 2 if there is no such month, 69 if no broker answers.
    """
    try:
        window = _window(month, since, until)
    except WrongWindow as why:
        stop(_NAME, why.code, told(why.message), EXIT_USAGE)
    with one_line_errors(_NAME):
        # Arrow and DuckDB are slow to import
        from pipeline.monthly.monthly_goals import goals_of
        from pipeline.monthly.report_files import make_report, write_report

        logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)  # it tells each attempt; we tell the result
        book, goals = read_book(folder), goals_of(folder)
        with closing(BoundedReader(deployment(brokers, topic_prefix))) as reader:
            report = make_report(_parts(reader), window, book)
        files = write_report(report, out or Path(f"report-{window.in_names}"), book, goals)
        _tell(report, files, as_json)


def _window(month: str | None, since: datetime | None, until: datetime | None) -> Window:
    if month is not None and since is None and until is None:
        return month_of(month)
    if month is None and since is not None and until is not None:
        return window_of(since, until)
    raise WrongWindow("which_window", "give --month, or --from and --to")


def _parts(reader: BoundedReader) -> Iterator["JournalPart"]:
    from pipeline.monthly.rows.journal_parts import JournalPart

    for partition in reader.partitions(topics.JOURNAL):
        records = reader.read_all(topics.JOURNAL, partition)
        yield JournalPart(partition, ((record.offset, record.value or b"") for record in records))


def _tell(report: "MonthlyReport", files: list[Path], as_json: bool) -> None:
    journal = report.journal
    if journal.is_short:
        click.echo(
            said("the journal reaches {end} only: counted up to then", end=local(journal.end)), err=True
        )
    elif not journal.goes_on and journal.last_at is not None:
        last = local(journal.last_at)
        click.echo(
            said("nothing is later than {last}: if the period is not over, more may come", last=last),
            err=True,
        )
    if as_json:
        for key, counted in report.now.items():
            click.echo(json.dumps({"key": key, **counted._asdict()}, ensure_ascii=False))
        return
    for file in files:
        click.echo(said("{file}  {size} bytes", file=file, size=f"{file.stat().st_size:,}"))
