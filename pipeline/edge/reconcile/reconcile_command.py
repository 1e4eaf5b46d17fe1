"""`enforcement reconcile`: a sender's own list against what the pipeline has, in both directions (对账)."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

import click

from pipeline.edge.client import Client
from pipeline.edge.commands import terminal
from pipeline.edge.commands.rules_option import RULES, read_or_stop
from pipeline.edge.push.source_options import AS_NAME, mapping_named
from pipeline.edge.reconcile.comparison import DIFFERENCES, Compared, Days, Standing, compare, days_of
from pipeline.edge.reconcile.received_reports import received_reports
from pipeline.edge.reconcile.sent_orders import SentFile, sent_orders
from pipeline.edge.sources.mapping import load_mappings
from pipeline.edge.sources.streets import streets_of
from pipeline.words.command_line import command
from pipeline.words.error_words import words_of
from pipeline.words.field_words import Both, Lang, both, label, moment
from pipeline.words.spoken import said
from schemas.values.terms import Source

_AHEAD: Final = timedelta(days=1)
"""A sender's clock may be ahead: the journal is read from so long before the first day on."""

_STANDINGS: Final[Mapping[Standing, Both]] = {
    Standing.SAME: both("一致", "the same"),
    Standing.LOST: both("丢失：从未到达", "lost: it never came"),
    Standing.UNKNOWN: both("多出：清单中没有", "unknown: not in the file"),
    Standing.DIFFERENT: both("内容不一致", "different content"),
    Standing.REFUSED: both("已拒收", "refused"),
    Standing.WITHDRAWN: both("已撤回，未到达", "withdrawn, and it never came"),
    Standing.NOT_COMPARED: both("已到达，内容无法比对", "it came; its content cannot be compared"),
}


@command("reconcile")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--source",
    required=True,
    type=click.Choice([source.value for source in Source]),
    help="Whose list it is.",
)
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="The day of the list, as 2026-11-24; default: from its earliest to its latest order.",
)
@AS_NAME
@click.option(
    "--number",
    "column",
    metavar="COLUMN",
    help="The column with the numbers of the orders, of a list that is in no known format: numbers alone are compared.",
)
@RULES
@terminal.broker_options
def reconcile_command(
    file: BinaryIO,
    source: str,
    day: datetime | None,
    name: str | None,
    column: str | None,
    folder: Path,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Compare the list of what was sent, FILE (or - for stdin), with what the pipeline has, in both directions.

    \b
    `lost`  sent, and it never came: push it again
    `different`  it came with other content than the list has
    `refused`  it came and is in no case: mend it as the receipt said, and push it again
    `unknown`  the pipeline has it of these days, and the list has not

    FILE is in a format that push knows, or any table with a column of the orders' numbers, or one number a line. The journal is asked,
    which is kept for years; an order that came days later is found too.

    \b
    Example:
      enforcement reconcile sent.csv --source 12345
      enforcement reconcile numbers.txt --source 12319 --day 2026-11-24 --json

    Ends with 0 if both agree, 1 if something is lost, unknown, different or refused, 2 if the file or the usage is wrong, 69 if no broker
    answers.
    """
    with terminal.connected(brokers, topic_prefix, lang) as client:
        mappings = [mapping_named(folder, lang, name)] if name else read_or_stop(load_mappings, folder, lang)
        streets = read_or_stop(streets_of, folder, lang)
        sent = sent_orders(file, Source(source), mappings, streets, column)
        days = Days(day.date(), day.date()) if day else days_of(sent.orders)
        if days is None:
            message = said("the list names no time")
            terminal.stop("no_day", message, said("say which day it is of: --day"), terminal.EXIT_USAGE)
        counts: Counter[Standing] = Counter()
        for compared in _compared(client, Source(source), sent, days):
            counts[compared.standing] += 1
            if as_json:
                terminal.say_json(_as_json(compared))
            elif compared.standing is not Standing.SAME:
                terminal.say(_line(compared, lang))
    _say_counts(counts, sent, days, lang)
    if DIFFERENCES & set(counts) or sent.unnumbered:
        sys.exit(terminal.EXIT_REFUSED)


def _compared(client: Client, source: Source, sent: SentFile, days: Days) -> Iterator[Compared]:
    received = received_reports(client.entries(days.begin - _AHEAD), source)
    has_content = any(order.digest or order.fault for order in sent.orders)
    yield from compare(sent.orders, received, days, by_content=has_content)


def _as_json(compared: Compared) -> dict[str, object]:
    sent, received = compared.sent, compared.received
    return {
        "standing": compared.standing.value,
        "row": sent.row if sent else None,
        "source_no": sent.number if sent else received.number if received else None,
        "case_id": received.case_id if received else None,
        "received_at": received.at.isoformat() if received else None,
        "code": received.refusal if received else None,
        "field": received.field if received else "",
    }


def _line(compared: Compared, lang: Lang) -> str:
    sent, received = compared.sent, compared.received
    number = sent.number if sent else received.number if received else ""
    head = f"{label('row', lang, row=sent.row)} {number}" if sent else number
    parts = [f"{head}: {_STANDINGS[compared.standing][lang]}"]
    if received is not None:
        parts += [f"[{received.refusal}] {received.field}".rstrip()] if received.refusal else []
        parts += [received.case_id] if received.case_id else []
        parts.append(moment(received.at))
    if sent is not None and sent.fault is not None:
        parts.append(f"[{sent.fault.code}] {words_of(sent.fault, lang)}")
    return " · ".join(parts)


def _say_counts(counts: Counter[Standing], sent: SentFile, days: Days, lang: Lang) -> None:
    rows = len({order.key for order in sent.orders})
    span = _shown(days.first) if days.first == days.last else f"{_shown(days.first)} – {_shown(days.last)}"
    shown = ", ".join(f"{_STANDINGS[one][lang]} {counts[one]}" for one in Standing if counts[one])
    click.echo(
        said("{span}: {rows} orders in the list; {shown}", span=span, rows=rows, shown=shown), err=True
    )
    if sent.unnumbered:
        few = ", ".join(map(str, sent.unnumbered[:10]))
        click.echo(
            said("without a number: {count} rows ({few})", count=len(sent.unnumbered), few=few), err=True
        )


def _shown(day: date) -> str:
    return day.isoformat()
