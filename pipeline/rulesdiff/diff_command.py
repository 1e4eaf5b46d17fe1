"""`enforcement rules diff`: compares two folders of rules and their effect on open cases. It changes nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

import click
from pydantic import ValidationError

from pipeline.edge.client.action_builder import now_utc
from pipeline.moments import Moment
from pipeline.rulebook import BadRules
from pipeline.rulebook.book import Book, build, read_book
from pipeline.rulebook.differences import differences
from pipeline.rulebook.moved import survey
from pipeline.rulesdiff.diff_text import Json, Text
from pipeline.rulesdiff.open_cases import of_deployment, of_file
from pipeline.rulesdiff.problem_lines import echo_problems
from pipeline.words.command_line import command
from pipeline.words.error_words import words_of, wrong_settings
from pipeline.words.spoken import said, spoken, told
from schemas.errors import PipelineError, Unavailable

EXIT_USAGE: Final = 2
EXIT_UNAVAILABLE: Final = 69  # EX_UNAVAILABLE of sysexits
EXIT_SETTINGS: Final = 78  # EX_CONFIG

_FOLDER = click.Path(path_type=Path, file_okay=False)


@command("diff")
@click.argument("old", type=_FOLDER)
@click.argument("new", type=_FOLDER)
@click.option(
    "--cases", "file", type=click.File("rb"), metavar="FILE",
    help="Open cases from a file of one snapshot a line, as `enforcement case CASE --json` prints; -: standard input.",
)  # fmt: skip
@click.option("--no-cases", is_flag=True, help="Compare the rules only.")
@click.option(
    "--at", type=Moment(), metavar="ISO", help="Deadlines before this time count as late; default: now."
)
@click.option(
    "--brokers", metavar="HOST:PORT,…",
    help="Read open cases there; default: ENFORCEMENT_BROKERS, else this machine's own broker.",
)  # fmt: skip
@click.option(
    "--topic-prefix", metavar="TEXT", help="Before all topic names; default: ENFORCEMENT_TOPIC_PREFIX."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def diff_command(
    old: Path,
    new: Path,
    file: BinaryIO | None,
    no_cases: bool,
    at: datetime | None,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
) -> None:
    """Show how the rules in folder NEW differ from those in OLD, and which deadlines of open cases move.

    \b
    Example:
      cp -r rules proposed && vi proposed/sla/2020-01-01.yaml
      enforcement rules diff rules proposed
      enforcement rules diff rules proposed --cases snapshots.jsonl --at 2026-11-24T17:30+08:00
      enforcement rules diff rules proposed --no-cases

    The command changes nothing. A worker started with NEW (ENFORCEMENT_RULES_DIR) re-arms exactly the listed deadlines, each with
    an entry in the journal; for a case that becomes late by it the usual notices go out.

    The cases are those in cases.v1 of the running deployment. Each has the deadlines of the rules that last decided it; the
    output names cases where those rules are not OLD.

    With --json each line has a `what`: rules, difference, deadline, handed_over, obstacle, totals. Ends with 2 if a folder or the
    file is wrong, with 69 if no broker answers.
    """
    if no_cases and file is not None:
        raise click.UsageError(said("--cases and --no-cases exclude each other"))
    before, after = _read(old, as_json), _read(new, as_json)
    say = Json() if as_json else Text()
    say.rules(before, after, list(differences(before, after)))
    if no_cases:
        return
    at = at or now_utc()
    with _one_line_errors():
        cases = of_deployment(brokers, topic_prefix) if file is None else of_file(file)
        result = survey(build(after), cases, at)
    say.cases(result, before, after, at)


def _read(folder: Path, as_json: bool) -> Book:
    try:
        return read_book(folder)
    except BadRules as why:
        echo_problems(why, as_json=as_json)
        _stop(
            "bad_rules",
            said("problems in {folder}: {count}", folder=folder, count=len(why.problems)),
            EXIT_USAGE,
        )


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except Unavailable as why:
        _stop(
            why.code,
            f"{told(why.message)}; {said('without a deployment: --cases FILE or --no-cases')}",
            EXIT_UNAVAILABLE,
        )
    except ValidationError as why:
        click.echo(wrong_settings(why), err=True)
        sys.exit(EXIT_SETTINGS)
    except PipelineError as why:
        _stop(why.code, words_of(why, spoken()), EXIT_USAGE)


def _stop(code: str, message: str, exit_code: int) -> NoReturn:
    todo = said("see: {command} --help", command="enforcement rules diff")
    click.echo(f"error[{code}]: {message} — {todo}", err=True)
    sys.exit(exit_code)
