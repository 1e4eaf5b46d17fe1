"""`enforcement replay`: a case, or the figures of the work, as they stood at a past instant; from the journal alone."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from pipeline.audit.audit_options import EXIT_VIOLATED, broker_options, deployment, one_line_errors
from pipeline.audit.checks.replay import CaseMoment, history
from pipeline.audit.figures import Figures
from pipeline.kafka_log.bounded_reader import BoundedReader
from pipeline.kafka_log.client_types import header_of
from pipeline.kafka_log.connection import Connection
from pipeline.moments import Moment
from schemas import topics
from schemas.journal.entry import JournalEntry
from schemas.partitioning import partition_of
from schemas.values.text import street_of
from schemas.wire import codecs
from schemas.wire.envelope import ALSO


@click.command("replay")
@click.option("--as-of", "at", type=Moment(), required=True, metavar="ISO", help="As it stood then.")
@click.option("--case", "case_id", metavar="CASE", help="The snapshot of this case; else the figures of all.")
@broker_options
def replay_command(
    at: datetime,
    case_id: str | None,
    brokers: str | None,
    topic_prefix: str | None,
    folder: Path,
    as_json: bool,
) -> None:
    """A case, or the figures of the work, as they stood at a past instant: from the journal alone.

    \b
    Example:
      enforcement replay --as-of 2026-11-24T12:00+08:00
      enforcement replay --as-of 2026-11-24T12:00+08:00 --case 140109004-E2RRVT6Q509DJ

    The case is printed as its snapshot was, in JSON. Ends with 1 if there was no such case then, 69 if no broker answers.
    """
    with one_line_errors("replay"):
        logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)  # it tells each attempt; we tell the result
        connection = deployment(brokers, topic_prefix)
        if case_id is not None:
            _case(connection, case_id, at)
            return
        figures = figures_at(connection, at)
    click.echo(json.dumps(as_dict(figures), ensure_ascii=False)) if as_json else _print(figures)


def figures_at(connection: Connection, at: datetime) -> Figures:
    """The figures of a deployment as they stood at `at`.

    Raises:
        Unavailable: no broker answers.
    """
    figures = Figures(at)
    with closing(BoundedReader(connection)) as reader:
        for partition in reader.partitions(topics.JOURNAL):
            figures.feed(_entries(reader, partition))
    return figures


def case_at(connection: Connection, case_id: str, at: datetime) -> CaseMoment | None:
    """The case after the last entry that touched it at or before `at`; None if it was not open yet.

    Raises:
        Unavailable: no broker answers.
        CorruptLog: the journal does not hold all of it.
    """
    with closing(BoundedReader(connection)) as reader:
        partition = partition_of(street_of(case_id), len(reader.partitions(topics.JOURNAL)))
        last: CaseMoment | None = None
        for moment in history(case_id, _entries(reader, partition, case_id)):
            if moment.entry.at > at:
                break
            last = moment
        return last


def as_dict(figures: Figures) -> dict[str, object]:
    """As JSON shows it."""
    told = {one.name: {"zh": one.zh, "value": one.value, "of": one.of} for one in figures.figures()}
    return {
        "as_of": figures.at.isoformat(),
        "entries": figures.entries,
        "open_by_stage": dict(sorted(figures.open.items())),
        "figures": told,
    }


def _case(connection: Connection, case_id: str, at: datetime) -> None:
    moment = case_at(connection, case_id, at)
    if moment is None:
        click.echo(f"error[unknown_case]: {case_id} was not open at {at.isoformat()}", err=True)
        sys.exit(EXIT_VIOLATED)
    click.echo(codecs.CASE.encode(moment.case))


def _entries(reader: BoundedReader, partition: int, case_id: str | None = None) -> Iterator[JournalEntry]:
    """Of a partition's journal all entries, or those that touch a case: its key or a header names it."""
    wanted = case_id.encode() if case_id else None
    for record in reader.read_all(topics.JOURNAL, partition):
        named = (record.key, *(header_of(record, ALSO) or b"").split(b","))
        if wanted is None or wanted in named:
            yield codecs.JOURNAL_ENTRY.decode(record.value or b"")


def _print(figures: Figures) -> None:
    table = Table(title=f"as of {figures.at.isoformat()}, {figures.entries:,} entries")
    for name in ("", "", "value", "of"):
        table.add_column(name, justify="right" if name else "left")
    for one in figures.figures():
        table.add_row(one.name, one.zh, _said(one.value, one.of), "" if one.of is None else f"{one.of:,}")
    for stage, many in sorted(figures.open.items()):
        table.add_row(f"open: {stage}", "", f"{many:,}", "")
    Console().print(table)


def _said(value: float | None, of: int | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if of is None else f"{value:.2%}"
