"""What the commands share that ask what other rules mean for cases: where the cases come from, and errors in one line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

import click
from pydantic import ValidationError

from pipeline.rulebook import BadRules
from pipeline.rulebook.book import Book, read_book
from pipeline.rulesdiff.problem_lines import echo_problems
from pipeline.words.error_words import words_of, wrong_settings
from pipeline.words.spoken import said, spoken, told
from schemas.errors import PipelineError, Unavailable

EXIT_USAGE: Final = 2
EXIT_UNAVAILABLE: Final = 69  # EX_UNAVAILABLE of sysexits
EXIT_SETTINGS: Final = 78  # EX_CONFIG

CASES = click.option(
    "--cases", "file", type=click.File("rb"), metavar="FILE",
    help="Cases from a file of one snapshot a line, as `enforcement case CASE --json` prints; -: standard input.",
)  # fmt: skip
BROKERS = click.option(
    "--brokers", metavar="HOST:PORT,…",
    help="Read the cases there; default: ENFORCEMENT_BROKERS, else this machine's own broker.",
)  # fmt: skip
TOPIC_PREFIX = click.option(
    "--topic-prefix", metavar="TEXT", help="Before all topic names; default: ENFORCEMENT_TOPIC_PREFIX."
)


def read_rules(folder: Path, command: str, *, as_json: bool) -> Book:
    """The files of a folder; `command` ends where they are wrong."""
    try:
        return read_book(folder)
    except BadRules as why:
        echo_problems(why, as_json=as_json)
        wrong = said("problems in {folder}: {count}", folder=folder, count=len(why.problems))
        _stop("bad_rules", wrong, command, EXIT_USAGE)


@contextmanager
def one_line_errors(command: str, otherwise: str) -> Iterator[None]:
    """What goes wrong with the cases ends `command` in one line; `otherwise`: what to do without a deployment."""
    try:
        yield
    except Unavailable as why:
        _stop(why.code, f"{told(why.message)}; {otherwise}", command, EXIT_UNAVAILABLE)
    except ValidationError as why:
        click.echo(wrong_settings(why), err=True)
        sys.exit(EXIT_SETTINGS)
    except PipelineError as why:
        _stop(why.code, words_of(why, spoken()), command, EXIT_USAGE)


def _stop(code: str, message: str, command: str, exit_code: int) -> NoReturn:
    todo = said("see: {command} --help", command=command)
    click.echo(f"error[{code}]: {message} — {todo}", err=True)
    sys.exit(exit_code)
