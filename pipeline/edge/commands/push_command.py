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
from pipeline.edge.client.flight import Flight
from pipeline.edge.client.pushing import submitted
from pipeline.edge.client.receipt_waiting import PendingReceipt
from pipeline.edge.commands import receipt_text, terminal
from pipeline.edge.sources.json_files import Row, rows
from pipeline.edge.sources.own_format import adapt, own_format_of
from pipeline.words.command_line import command
from pipeline.words.field_words import Lang, label
from schemas.errors import BadMessage, Unavailable
from schemas.outputs import Receipt
from schemas.values.terms import Source

LINE_EVERY_S: Final = 3.0


class Count(Protocol):
    """Called with the last row that was sent, and the number of rows that were told."""

    def __call__(self, sent: int, told: int) -> None: ...


@command("push")
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
    help="How long to wait without a single answer.",
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

    An answer is printed as it comes, with the number of its row. After SECONDS without a single answer the rest is printed as
    sent and not answered yet: it stays in the log and is decided when a worker works again.

    Ends with 0 if all were accepted or merged, 1 if some were refused, 2 if the file or the usage is wrong, 69 if no broker
    answers, 75 if some are not answered yet, 130 if interrupted.
    """
    with terminal.connected(brokers, topic_prefix, lang) as client:
        counts = _PushedFile(client, Source(source), timeout_s, as_json, lang).push(rows(file))
    if counts["unanswered"]:
        click.echo(label("not_answered", lang, unanswered=counts["unanswered"]), err=True)
        sys.exit(terminal.EXIT_NO_RECEIPT)
    if counts["refused"]:
        sys.exit(terminal.EXIT_REFUSED)


class _PushedFile:
    """One file on its way: every row is sent as soon as it is read, and told as soon as it is answered."""

    def __init__(self, client: Client, source: Source, timeout_s: float, as_json: bool, lang: Lang) -> None:
        self._client = client
        self._source = source
        self._timeout_s = timeout_s
        self._as_json = as_json
        self._lang = lang
        self._numbers: dict[int, object] = {}
        self._counts: Counter[str] = Counter()
        self._count: Count = lambda sent, told: None
        self._sent = 0
        """The last row that was sent, or found wrong."""
        self._is_interrupted = False

    def push(self, rows_of_file: Iterator[Row]) -> Counter[str]:
        """How many rows there were, by what became of them.

        Raises:
            BadMessage: the file, or it is another source's.
            Unavailable: no broker answers.
        """
        with _counted(self._as_json, self._lang) as self._count:
            flight = Flight(self._tell, self._timeout_s, idle=self._progress)
            try:
                for row in rows_of_file:
                    self._numbers[row.number] = _number(self._source, row.record)
                    flight.add(row.number, submitted(self._submit, row))
                    self._sent = row.number
                flight.land()
            except KeyboardInterrupt:
                self._is_interrupted = True
                flight.stop()
                self._say_stopped()
                raise
            except Unavailable:
                self._say_stopped()
                raise
        if not self._as_json and self._counts["rows"] > 1:
            names = ("rows", "accepted", "merged", "refused", "unanswered")
            click.echo(label("rows", self._lang, **{name: self._counts[name] for name in names}), err=True)
        return self._counts

    def _submit(self, row: Row) -> PendingReceipt:
        """On its way; a file whose first row is another source's is refused whole.

        Raises:
            BadMessage: the row, or the file, is not what it should be.
            Unavailable: no broker answers.
        """
        if isinstance(row.record, BadMessage):
            raise row.record
        try:
            content = adapt(self._source, row.record)
        except BadMessage as why:
            if why.code == "wrong_source" and self._sent == 0:
                raise _OtherSource(why.code, "FILE", why.allowed) from None
            raise
        return self._client.submit(content)

    def _tell(self, number: int, answer: receipt_text.Answer) -> None:
        if isinstance(answer, (Unavailable, _OtherSource)) and not self._is_interrupted:
            raise answer
        _print_answer(number, self._numbers.pop(number, None), answer, self._as_json, self._lang)
        self._counts["rows"] += 1
        self._counts[_bucket(answer)] += 1
        self._progress()

    def _progress(self) -> None:
        self._count(self._sent, self._counts["rows"])

    def _say_stopped(self) -> None:
        """How far the file was sent, and what of that is answered."""
        answered = self._counts["rows"] - self._counts["unanswered"]
        words = {"sent": self._sent, "unanswered": self._sent - answered, "next": self._sent + 1}
        stopped = (
            label("stopped_at", self._lang, **words) if self._sent else label("nothing_sent", self._lang)
        )
        click.echo(f"{stopped}; {label('again', self._lang)}", err=True)


class _OtherSource(BadMessage):
    """The file is in the format of another source than the one that was named."""


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
    if receipt_text.is_unanswered(answer) or isinstance(answer, Unavailable):
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
def _counted(as_json: bool, lang: Lang) -> Iterator[Count]:
    """Progress on stderr: a spinner on a terminal, else a line every LINE_EVERY_S."""
    console = Console(stderr=True)
    if console.is_terminal and not as_json and not sys.stdout.isatty():
        with Progress(
            SpinnerColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn(), console=console
        ) as bar:
            task = bar.add_task("", total=None)
            yield lambda sent, told: bar.update(task, completed=told, total=sent)
        return
    shown_at = time.monotonic()

    def show(sent: int, told: int) -> None:
        nonlocal shown_at
        if time.monotonic() - shown_at >= LINE_EVERY_S:
            shown_at = time.monotonic()
            click.echo(label("progress", lang, sent=sent, told=told), err=True)

    yield show
