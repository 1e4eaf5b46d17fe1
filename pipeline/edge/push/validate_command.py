"""`enforcement validate`: what push would answer to the rows of a file, without a broker."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

import click

from pipeline.edge.commands import receipt_text, terminal
from pipeline.edge.commands.rules_option import RULES, read_or_stop, rules_in
from pipeline.edge.push.rehearsal import Rehearsal
from pipeline.edge.push.source_options import AS_NAME, SOURCE, opened
from pipeline.edge.push.told_rows import REFUSED, ToldRows, report_in
from pipeline.edge.sources.field_reader import RowNote
from pipeline.edge.sources.files import SourceFile
from pipeline.edge.sources.json_files import Row
from pipeline.edge.sources.streets import Streets, streets_of
from pipeline.moments import Moment
from pipeline.words.command_line import command
from pipeline.words.field_words import Lang
from schemas.errors import BadMessage
from schemas.values.terms import Source

_AT: Final = click.option(
    "--at",
    type=Moment(),
    metavar="ISO",
    help="When the reports are pushed, for their deadlines; default: now.",
)


@command("validate")
@click.argument("file", type=click.File("rb"))
@SOURCE
@AS_NAME
@_AT
@RULES
@terminal.output_options
def validate_command(
    file: BinaryIO,
    source: str | None,
    name: str | None,
    at: datetime | None,
    folder: Path,
    as_json: bool,
    lang: Lang,
) -> None:
    """Say what push would answer to each report in FILE (or - for stdin). Nothing is pushed, and no broker is needed.

    The same rules decide as in the pipeline, in one that has no case yet: a report that is refused here is refused there, and two of one
    thing are one case. What is open there already is not known here; ids of cases are those they would have.

    \b
    Example:
      enforcement validate examples/sources/12345-export.csv
      enforcement validate day.jsonl --source patrol --json

    How each row is read, field by field: enforcement sources try FILE. Ends with 0 if all would be accepted or merged, 1 if some would
    be refused, 2 if the file or the usage is wrong.
    """
    with terminal.one_line_errors(lang):
        streets, rules = read_or_stop(streets_of, folder, lang), rules_in(folder, lang)
        given = Source(source) if source else None
        known = opened(file, folder, lang, given, name)
        rehearsal = Rehearsal(rules, at or datetime.now(UTC))
        told = ToldRows(as_json, lang)
        for row in known.rows:
            told.tell(row, known.number_of(row), *_answer(rehearsal, known, row, streets, given))
        told.say_results()
    if told.counts[REFUSED]:
        sys.exit(terminal.EXIT_REFUSED)


def _answer(
    rehearsal: Rehearsal, file: SourceFile, row: Row, streets: Streets, source: Source | None
) -> tuple[receipt_text.Answer, tuple[RowNote, ...]]:
    """The receipt of the row, or what is wrong before it could be pushed; and what had to be understood."""
    try:
        content, notes = report_in(file, row, streets, source)
        return rehearsal.answer(content), notes
    except BadMessage as why:
        return why, ()
