"""`enforcement topics restore`: brings the state that a worker kept in files back into the log."""

from pathlib import Path
from typing import Final

import click

from pipeline.broker.local_settings import local_settings
from pipeline.edge.commands import terminal
from pipeline.operations.fenced_writing import writing_errors, writing_parts
from pipeline.stream import broker_topics
from pipeline.stream.exits import EX_CONFIG
from pipeline.stream.partition.kept_state import Outdated, read, write_back
from pipeline.words.command_line import command
from pipeline.words.field_words import Lang
from pipeline.words.spoken import said
from schemas.errors import BadMessage

_FILES: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@command("restore")
@click.option(
    "--from",
    "files",
    type=_FILES,
    multiple=True,
    required=True,
    metavar="FILE",
    help="As the worker named it; may be given several times.",
)
@terminal.output_options
def restore_command(files: tuple[Path, ...], as_json: bool, lang: Lang) -> None:
    """Bring the state that a worker kept in files back into the log.

    \b
    Example:
      enforcement topics apply
      enforcement topics restore --from .enforcement/state/enforcement-3-1207.jsonl

    A worker that finds the log losing its state (cases.v1 with another cleanup policy, records deleted, the topic made anew) stops with
    78 and keeps what it has in a file for each partition. Put the topics right first. This writes what cases.v1 lacks of it, in
    transactions, the position last; where the journal has gone on since, it writes nothing, because another file or the log itself is newer.

    It may be run again, also after it was killed: what is there is not written twice. The settings are those of the workers
    (ENFORCEMENT_APP_ID, ENFORCEMENT_TOPIC_PREFIX), and so are the rights. Ends with 1 if a file is of another entry than the journal's
    last (state_outdated), 78 if the topics or the log are not as they must be.
    """
    newer = said("another file is newer, or the log itself: start the workers, and read their line")
    with terminal.one_line_errors(lang), writing_errors(lang, Outdated, newer):
        parts = writing_parts(local_settings())
        found = broker_topics.differences(parts.settings, parts.brokers)
        if found:
            lines = "; ".join(map(str, found))
            terminal.stop("topics_differ", lines, broker_topics.what_to_do(found), EX_CONFIG)
        for file in files:
            try:
                kept = read(file)
            except BadMessage as why:
                where = f"{file} {why.field}".strip()
                raise BadMessage(why.code, where, why.allowed) from None
            _say(kept.position.partition, len(kept.records), write_back(parts, kept), as_json)


def _say(partition: int, records: int, written: int, as_json: bool) -> None:
    if as_json:
        done = {"what": "restored", "partition": partition, "records": records, "written": written}
        terminal.say_json(done)
        return
    back = "partition {partition}: {written} of {records} records were missing, and are back"
    words = back if written else "partition {partition}: {records} records, none was missing"
    terminal.say(said(words, partition=partition, written=written, records=records))
