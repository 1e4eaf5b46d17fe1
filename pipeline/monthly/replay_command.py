"""`enforcement replay`: a case, or the indicators, as they stood at a past instant; from the journal alone."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console
from rich.table import Table

from pipeline.audit.audit_options import (
    EXIT_VIOLATED,
    broker_options,
    deployment,
    one_line_errors,
    rules_option,
)
from pipeline.audit.checks.replay import CaseMoment, history
from pipeline.core.worktime.office_hours import SHANGHAI
from pipeline.kafka_log.bounded_reader import BoundedReader
from pipeline.kafka_log.connection import Connection
from pipeline.kafka_log.log_record import header_of
from pipeline.moments import Moment
from pipeline.rulebook import load_rules
from pipeline.words.command_line import command
from pipeline.words.field_words import STAGES, Lang
from pipeline.words.spoken import said, spoken
from schemas import topics
from schemas.journal.entry import JournalEntry
from schemas.partitioning import partition_of
from schemas.values.terms import Stage
from schemas.values.text import street_of
from schemas.wire import codecs
from schemas.wire.envelope import ALSO

if TYPE_CHECKING:
    from pipeline.monthly.as_of import FiguresAsOf

_FURTHER_NAMES: Final = {"breached": "overdue", "self-disposed": "self_disposed"}
"""Names of JSON figures that are not their indicator's key with blanks; kept beside it for programs that read them."""


@command("replay")
@click.option("--as-of", "at", type=Moment(), required=True, metavar="ISO", help="As it stood then.")
@click.option("--case", "case_id", metavar="CASE", help="The snapshot of this case; else the indicators.")
@rules_option
@broker_options
def replay_command(
    at: datetime,
    case_id: str | None,
    brokers: str | None,
    topic_prefix: str | None,
    folder: Path,
    as_json: bool,
) -> None:
    """A case, or the indicators (指标), as they stood at a past instant: from the journal alone.

    \b
    Example:
      enforcement replay --as-of 2026-11-24T12:00+08:00
      enforcement replay --as-of 2026-11-24T12:00+08:00 --case 140109004-E2RRVT6Q509DJ

    The case is printed as its snapshot was, in JSON. The indicators are those of the boards and of the monthly report, with the same
    formulas (docs/metrics.md), counted from the journal's beginning up to then: "overdue" are the cases past their handling deadline
    (超期在办), "overdue share" is 超期率; "reopened" is 重办率, "reopenings" are the times. A journal that does not reach so far is
    counted up to its last entry. Ends with 1 if there was no such case then, 69 if no broker answers.
    """
    with one_line_errors("replay"):
        # kafka-python logs each attempt; the command prints the result
        logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
        connection = deployment(brokers, topic_prefix)
        if case_id is not None:
            _print_case(connection, case_id, at)
            return
        figures = figures_at(connection, at, folder)
    click.echo(json.dumps(as_dict(figures), ensure_ascii=False)) if as_json else _print(figures)


def figures_at(connection: Connection, at: datetime, folder: Path) -> "FiguresAsOf":
    """The indicators of a deployment as they stood at `at`, by the rules in `folder`.

    Raises:
        BadRules: the rules are wrong.
        Unavailable: no broker answers.
    """
    from pipeline.monthly.as_of import figures_as_of  # Arrow and DuckDB are slow to import

    rules = load_rules(folder)
    with closing(BoundedReader(connection)) as reader:
        partitions = reader.partitions(topics.JOURNAL)
        entries = {partition: _entries(reader, partition) for partition in partitions}
        return figures_as_of(entries, at, rules)


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
            if moment.entry.at <= at:  # later ones may be earlier: the time may have been set back
                last = moment
        return last


def as_dict(figures: "FiguresAsOf") -> dict[str, object]:
    """As JSON shows it: each figure under its indicator's key with blanks, such as "handled on time"."""
    from pipeline.monthly.as_of import SHOWN

    shown: dict[str, object] = {
        key: {
            "key": key,
            "zh": SHOWN[key].zh,
            "en": SHOWN[key].en,
            "unit": SHOWN[key].unit.value,
            "value": None if counted.value is None else round(counted.value, 4),
            "of": counted.denominator,
        }
        for key, counted in figures.indicators.items()
    }
    further = {name: shown[key] for name, key in _FURTHER_NAMES.items()}
    return {
        "as_of": figures.at.isoformat(),
        "entries": figures.entries,
        "open_by_stage": figures.open_by_stage,
        "figures": {key.replace("_", " "): figure for key, figure in shown.items()} | further,
    }


def _print_case(connection: Connection, case_id: str, at: datetime) -> None:
    moment = case_at(connection, case_id, at)
    if moment is None:
        told = said("{case_id} was not open at {at}", case_id=case_id, at=at.astimezone(SHANGHAI).isoformat())
        click.echo(f"error[unknown_case]: {told}", err=True)
        sys.exit(EXIT_VIOLATED)
    click.echo(codecs.CASE.encode(moment.case))


def _entries(reader: BoundedReader, partition: int, case_id: str | None = None) -> Iterator[JournalEntry]:
    """Of a partition's journal all entries, or those that touch a case: its key or a header names it."""
    wanted = case_id.encode() if case_id else None
    for record in reader.read_all(topics.JOURNAL, partition):
        named = (record.key, *(header_of(record, ALSO) or b"").split(b","))
        if wanted is None or wanted in named:
            yield codecs.JOURNAL_ENTRY.decode(record.value or b"")


def _print(figures: "FiguresAsOf") -> None:
    from pipeline.monthly.as_of import SHOWN
    from pipeline.monthly.page.number_text import value_of

    at = figures.at.astimezone(SHANGHAI).isoformat()
    table = Table(title=said("as of {at}, {entries} entries", at=at, entries=f"{figures.entries:,}"))
    is_english = spoken() is Lang.EN
    for name in ("indicator", "指标") if is_english else ("指标",):
        table.add_column(name)
    for name in (said("value"), said("of")):
        table.add_column(name, justify="right")
    for key, counted in figures.indicators.items():
        indicator = SHOWN[key]
        table.add_row(
            *(key.replace("_", " "), indicator.zh) if is_english else (indicator.zh,),
            value_of(indicator, counted),
            "" if counted.denominator is None else f"{counted.denominator:,}",
        )
    for stage, cases in figures.open_by_stage.items():
        chinese = f"在办：{STAGES[Stage(stage)][Lang.ZH]}"
        table.add_row(*(f"open: {stage}", chinese) if is_english else (chinese,), f"{cases:,}", "")
    Console().print(table)
