"""`enforcement push`: a file of reports into the pipeline, with the answer to each."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, Protocol

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipeline.edge.client import Client
from pipeline.edge.client.pushing import pipelined
from pipeline.edge.client.receipt_waiting import PendingReceipt
from pipeline.edge.commands import receipt_text, terminal
from pipeline.edge.sources.json_files import Row, rows
from pipeline.edge.sources.own_format import adapt, own_format_of
from pipeline.words.field_words import Lang, label
from schemas.errors import BadMessage, Unavailable
from schemas.outputs import Receipt
from schemas.values.terms import Source

LINE_EVERY_S: Final = 3.0


class Count(Protocol):
    """Called with the number of rows that have their answer."""

    def __call__(self, rows: int) -> None: ...


@click.command("push")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--source",
    required=True,
    type=click.Choice([source.value for source in Source]),
    help="Who reports, and in whose own format the file may be.",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.1, 3600),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for each receipt.",
)
@terminal.broker_options
def push_command(
    file: BinaryIO,
    source: str,
    timeout_s: float,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Push the reports in FILE (or - for stdin) and say what became of each.

    FILE holds one JSON object, a JSON array, or one object per line, in UTF-8: in the source's own format or as reports
    of the contract. Pushing the same file again is safe: the same source and number never open a second case.

    \b
    Example:
      enforcement push examples/report-12345.json --source 12345
      tail -n +1 day.jsonl | enforcement push - --source patrol --json

    Ends with 0 if all were accepted or merged, 1 if some were refused, 2 if the file or the usage is wrong, 69 if no broker
    answers, 75 if some got no receipt in time.
    """
    with terminal.connected(brokers, topic_prefix, lang) as client:
        counts = _push_all(client, Source(source), file, timeout_s, as_json, lang)
    if counts["unanswered"]:
        click.echo(label("start_worker", lang), err=True)
        sys.exit(terminal.EXIT_NO_RECEIPT)
    if counts["accepted"] + counts["merged"] < counts["rows"]:
        sys.exit(terminal.EXIT_REFUSED)


def _push_all(
    client: Client, source: Source, file: BinaryIO, timeout_s: float, as_json: bool, lang: Lang
) -> Counter[str]:
    """Push row by row, several under way; prints the answers in the order of the rows."""
    numbers: dict[int, object] = {}

    def submit(row: Row) -> PendingReceipt:
        if isinstance(row.record, BadMessage):
            raise row.record
        numbers[row.number] = _number(source, row.record)
        return client.submit(adapt(source, row.record))

    counts: Counter[str] = Counter()
    try:
        with _counted(as_json) as count:
            for number, answer in pipelined(rows(file), submit, timeout_s):
                if isinstance(answer, Unavailable):
                    raise answer
                _print_answer(number + 1, numbers.pop(number + 1, None), answer, as_json, lang)
                counts["rows"] += 1
                counts[_bucket(answer)] += 1
                count(counts["rows"])
    except Unavailable:
        stopped = label("stopped_at", lang, row=counts["rows"] + 1)
        click.echo(f"{stopped}; {label('again', lang)}", err=True)
        raise
    if not as_json and counts["rows"] > 1:
        totals = {name: counts[name] for name in ("rows", "accepted", "merged", "unanswered")}
        refused = counts["refused"]
        click.echo(label("rows", lang, **totals, refused=refused), err=True)
    return counts


def _print_answer(
    number: int, source_no: object, answer: receipt_text.Answer, as_json: bool, lang: Lang
) -> None:
    if as_json:
        number_shown = source_no if isinstance(source_no, str) else None
        terminal.say_json({"row": number, "source_no": number_shown, **receipt_text.as_json(answer, lang)})
    else:
        name = f" {source_no}" if isinstance(source_no, str) else ""
        terminal.say(f"{label('row', lang, row=number)}{name}: {receipt_text.as_line(answer, lang)}")


def _bucket(answer: receipt_text.Answer) -> str:
    if receipt_text.is_unanswered(answer):
        return "unanswered"
    if isinstance(answer, Receipt) and receipt_text.is_accepted(answer):
        return answer.outcome.value
    return "refused"


def _number(source: Source, record: object) -> object:
    """The number of the report in the sender's own field."""
    if not isinstance(record, dict):
        return None
    return record.get("source_no", record.get(own_format_of(source).number))


@contextmanager
def _counted(as_json: bool) -> Iterator[Count]:
    """Progress on stderr: a spinner on a terminal, else a line every LINE_EVERY_S."""
    console = Console(stderr=True)
    if console.is_terminal and not as_json and not sys.stdout.isatty():
        with Progress(
            SpinnerColumn(), TextColumn("{task.completed}"), TimeElapsedColumn(), console=console
        ) as bar:
            task = bar.add_task("", total=None)
            yield lambda rows: bar.update(task, completed=rows)
        return
    shown_at = time.monotonic()

    def show(rows: int) -> None:
        nonlocal shown_at
        if time.monotonic() - shown_at >= LINE_EVERY_S:
            shown_at = time.monotonic()
            click.echo(f"… {rows}", err=True)

    yield show
