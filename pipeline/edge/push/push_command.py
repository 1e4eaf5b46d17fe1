"""`enforcement push`: a file of reports into the pipeline, with the answer to each."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Protocol

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipeline.edge.client import Client
from pipeline.edge.client.flight import Flight
from pipeline.edge.client.pushing import submitted
from pipeline.edge.client.receipt_waiting import PendingReceipt
from pipeline.edge.commands import receipt_text, terminal
from pipeline.edge.commands.rules_option import RULES, read_or_stop, rules_in
from pipeline.edge.evidence.fetched_evidence import EvidenceFetcher
from pipeline.edge.push.asked_model import ModelProposals, proposals_of
from pipeline.edge.push.fetched_rows import fetcher_of, with_hashes
from pipeline.edge.push.refused_rows import RefusedRows
from pipeline.edge.push.source_options import AS_NAME, SOURCE, opened
from pipeline.edge.push.told_rows import REFUSED, UNANSWERED, ToldRows, report_in
from pipeline.edge.sources.field_reader import RowNote
from pipeline.edge.sources.files import SourceFile
from pipeline.edge.sources.json_files import Row
from pipeline.edge.sources.streets import Streets, streets_of
from pipeline.settings import Settings
from pipeline.words.command_line import command
from pipeline.words.field_words import Lang, label
from schemas.errors import Unavailable
from schemas.values.terms import Source

LINE_EVERY_S: Final = 3.0


class Count(Protocol):
    """Called with the last row that was sent, and the number of rows that were told."""

    def __call__(self, sent: int, told: int) -> None: ...


class Options(NamedTuple):
    """How a file is pushed, and its answers are told."""

    source: Source | None
    timeout_s: float
    as_json: bool
    lang: Lang
    fetcher: EvidenceFetcher | None = None
    proposals: ModelProposals | None = None


@command("push")
@click.argument("file", type=click.File("rb"))
@SOURCE
@AS_NAME
@click.option(
    "--rejected",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where refused rows are written, to mend and push again; default: beside FILE, as FILE.rejected.",
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
@click.option(
    "--fetch",
    "hosts",
    multiple=True,
    metavar="HOST",
    help="Fetch attachments that have an address and no hash from this host, and hash them; * for any public one. Default: as the settings say.",
)
@RULES
@terminal.broker_options
def push_command(
    file: BinaryIO,
    source: str | None,
    name: str | None,
    rejected: Path | None,
    timeout_s: float,
    hosts: tuple[str, ...],
    folder: Path,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Push the reports in FILE (or - for stdin) and say what became of each.

    FILE is what the sender has: CSV, a workbook of Excel (xlsx, xls), XML, JSON or one JSON object per line, in UTF-8, UTF-16 or
    GB18030. Its format is known by its fields (enforcement sources list); reports of the contract are pushed as they are. What would
    be understood of it is shown by enforcement sources try FILE. Pushing the same file again is safe: the same source and number
    never open a second case.

    \b
    Example:
      enforcement push examples/report-12345.json
      enforcement push examples/sources/12345-export.csv
      tail -n +1 day.jsonl | enforcement push - --source patrol --json

    An answer is printed as it comes, with the number of its row. A row that is refused stops no other; refused rows are written to a
    file of their own, each with what is wrong: mend and push it. After SECONDS without a single answer the rest is printed as
    sent and not answered yet: it stays in the log and is decided when a worker works again.

    An attachment with an address and no hash proves nothing: it is left out, and the sender and whoever handles the case are told to hand
    it in again. With --fetch it is fetched from HOST now, by its own address, within a size and a time, and hashed; addresses of private networks only where the
    settings name them (evidence_networks).

    Ends with 0 if all were accepted or merged, 1 if some were refused, 2 if the file or the usage is wrong, 69 if no broker
    answers, 75 if some are not answered yet, 130 if interrupted.
    """
    streets = read_or_stop(streets_of, folder, lang)
    with terminal.connected(brokers, topic_prefix, lang) as client:
        settings = Settings()
        proposals = proposals_of(settings, rules_in(folder, lang)) if settings.model_url else None
        given = Source(source) if source else None
        known = opened(file, folder, lang, given, name)
        path = Path(getattr(file, "name", "-"))  # what comes through a pipe has none
        with RefusedRows(rejected, path if path.is_file() else None, known.kind, known.header) as refused:
            options = Options(given, timeout_s, as_json, lang, fetcher_of(settings, hosts), proposals)
            counts = _PushedFile(client, known, streets, options, refused).push()
    _end(counts, lang)


def _end(counts: Counter[str], lang: Lang) -> None:
    """With the exit code of what became of the rows."""
    if counts[UNANSWERED]:
        click.echo(label("not_answered", lang, unanswered=counts[UNANSWERED]), err=True)
        sys.exit(terminal.EXIT_NO_RECEIPT)
    if counts[REFUSED]:
        sys.exit(terminal.EXIT_REFUSED)


class _PushedFile:
    """One file on its way: every row is sent as soon as it is read, and told as soon as it is answered."""

    def __init__(
        self, client: Client, file: SourceFile, streets: Streets, options: Options, refused: RefusedRows
    ) -> None:
        self._client = client
        self._file = file
        self._streets = streets
        self._options = options
        self._refused = refused
        self._rows: dict[int, tuple[Row, object, tuple[RowNote, ...]]] = {}
        """What is under way: each row with its number in the sender's own field, and what was understood of it."""
        self._told = ToldRows(options.as_json, options.lang, refused)
        self._count: Count = lambda sent, told: None
        self._sent = 0
        """The last row that was sent, or found wrong."""
        self._is_interrupted = False

    def push(self) -> Counter[str]:
        """How many rows there were, by what became of them.

        Raises:
            BadMessage: the file.
            Unavailable: no broker answers.
        """
        with _counted(self._options.as_json, self._options.lang) as self._count:
            flight = Flight(self._tell, self._options.timeout_s, idle=self._progress)
            try:
                for row in self._file.rows:
                    self._rows[row.number] = row, self._file.number_of(row), ()
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
            finally:
                self._say_where_refused_are()
        self._told.say_results()
        return self._told.counts

    def _submit(self, row: Row) -> PendingReceipt:
        """On its way.

        Raises:
            BadMessage: the row is not what it should be.
            Unavailable: no broker answers.
        """
        content, notes = report_in(self._file, row, self._streets, self._options.source)
        fetcher, proposals = self._options.fetcher, self._options.proposals
        if fetcher is not None:
            content, more = with_hashes(fetcher, content)
            notes = (*notes, *more)
        if proposals is not None:
            content, more = proposals.proposed(content)
            notes = (*notes, *more)
        self._rows[row.number] = *self._rows[row.number][:2], notes
        return self._client.submit(content)

    def _tell(self, number: int, answer: receipt_text.Answer) -> None:
        if isinstance(answer, Unavailable) and not self._is_interrupted:
            raise answer
        row, source_no, notes = self._rows.pop(number)
        self._told.tell(row, source_no, answer, notes)
        self._progress()

    def _progress(self) -> None:
        self._count(self._sent, self._told.counts["rows"])

    def _say_where_refused_are(self) -> None:
        if self._refused.path is not None:
            words = {"count": self._refused.count, "file": self._refused.path}
            click.echo(label("refused_rows_in", self._options.lang, **words), err=True)

    def _say_stopped(self) -> None:
        """How far the file was sent, and what of that is answered."""
        answered = self._told.counts["rows"] - self._told.counts[UNANSWERED]
        words = {"sent": self._sent, "unanswered": self._sent - answered, "next": self._sent + 1}
        lang = self._options.lang
        stopped = label("stopped_at", lang, **words) if self._sent else label("nothing_sent", lang)
        click.echo(f"{stopped}; {label('again', lang)}", err=True)


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
