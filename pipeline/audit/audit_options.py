"""What `enforcement audit` and `enforcement replay` have in common on the command line: times, brokers, errors in one line."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Final, NoReturn, TypeVar

import click
from pydantic import ValidationError

from pipeline.kafka_log.connection import Connection, connection_of
from pipeline.loglines import last_line
from pipeline.rulebook import RULES_DIR, BadRules
from pipeline.words.error_words import wrong_settings
from pipeline.words.field_words import label
from pipeline.words.spoken import said, spoken, told
from schemas.errors import PipelineError, Unavailable

ANSWER_S: Final = 10.0
"""How long a broker may take for one answer: an audit waits rather than ends."""

EXIT_VIOLATED: Final = 1
EXIT_USAGE: Final = 2
EXIT_NOT_CHECKED: Final = 3
EXIT_UNAVAILABLE: Final = 69  # EX_UNAVAILABLE of sysexits
EXIT_SETTINGS: Final = 78  # EX_CONFIG
EXIT_INTERRUPTED: Final = 130
_REMEDIES: Final = {"broker_unavailable": "start_broker", "topic_missing": "apply_topics"}
"""What to do, as a label of the words, where no broker or no topic answers."""
_SHANGHAI: Final = timezone(timedelta(hours=8))

Command = TypeVar("Command", bound=Callable[..., object])


rules_option: Final = click.option(
    "--rules", "folder", type=click.Path(path_type=Path, file_okay=False), default=RULES_DIR,
    envvar="ENFORCEMENT_RULES_DIR", metavar="FOLDER",
    help="The rules to measure by; default: ENFORCEMENT_RULES_DIR, else those of this project.",
)  # fmt: skip
"""Gives a command the `folder` of its rules."""


def broker_options(command: Command) -> Command:
    """Gives a command `brokers`, `topic_prefix` and `as_json`."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="One JSON object per line."),
        click.option("--topic-prefix", metavar="TEXT", help="Default: ENFORCEMENT_TOPIC_PREFIX."),
        click.option("--brokers", metavar="HOST:PORT,…",
                     help="Default: ENFORCEMENT_BROKERS, else this machine's own (enforcement broker up)."),
    ):  # fmt: skip
        command = option(command)
    return command


def deployment(brokers: str | None, topic_prefix: str | None) -> Connection:
    """The deployment of `brokers`, else of ENFORCEMENT_BROKERS, else of this machine's own broker."""
    return replace(connection_of(brokers, topic_prefix), answer_s=ANSWER_S)


@contextmanager
def one_line_errors(command: str) -> Iterator[None]:
    """Errors of ours as one line on stderr, and the exit code."""
    try:
        yield
    except BadRules as why:
        stop(
            command,
            why.code,
            said(
                "{count} problems; the first: {first}",
                count=len(why.problems),
                first=why.problems[0].spoken(),
            ),
            EXIT_USAGE,
        )
    except Unavailable as why:
        stop(command, why.code, told(why.message), EXIT_UNAVAILABLE, _REMEDIES.get(why.code))
    except ValidationError as why:
        _say_last(wrong_settings(why))
        sys.exit(EXIT_SETTINGS)
    except PipelineError as why:
        stop(command, why.code, told(why.message), EXIT_USAGE)
    except ValueError as why:
        stop(command, "wrong_usage", told(str(why)), EXIT_USAGE)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


def stop(command: str, code: str, message: str, exit_code: int, remedy: str | None = None) -> NoReturn:
    """Say it, and what to do (by default: read the help), and end."""
    todo = (
        label(remedy, spoken()) if remedy else said("see: {command} --help", command=f"enforcement {command}")
    )
    _say_last(f"error[{code}]: {' '.join(message.split())} — {todo}")
    sys.exit(exit_code)


def _say_last(line: str) -> None:
    """On stderr; in a process that runs on and on, as its log is."""
    goes_on = click.get_current_context().params.get("watch")
    click.echo(last_line(os.environ.get("ENFORCEMENT_LOG_FORMAT") if goes_on else None, line), err=True)
