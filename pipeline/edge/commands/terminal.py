"""Shared by the commands: options, plain lines for people, JSON lines for programs, one-line errors."""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NoReturn, TypeVar

import click
from pydantic import ValidationError

from pipeline.edge.client import Client
from pipeline.edge.client.decoding import Unreadable
from pipeline.edge.client.known_names import UnknownName
from pipeline.edge.client.receipt_waiting import NoReceipt
from pipeline.words.command_line import LANG
from pipeline.words.error_words import words_of, wrong_settings
from pipeline.words.field_words import Lang, label
from schemas.errors import PARTITIONS_DIFFER, BadMessage, PipelineError, Unavailable

EXIT_REFUSED: Final = 1
EXIT_USAGE: Final = 2
EXIT_UNAVAILABLE: Final = 69  # EX_UNAVAILABLE of sysexits
EXIT_UNREADABLE: Final = 76  # EX_PROTOCOL
EXIT_NO_RECEIPT: Final = 75  # EX_TEMPFAIL: try again
EXIT_SETTINGS: Final = 78  # EX_CONFIG
EXIT_INTERRUPTED: Final = 130

Command = TypeVar("Command", bound=Callable[..., object])


def output_options(command: Command) -> Command:
    """Gives a command `as_json` and `lang`."""
    for option in (
        LANG,
        click.option("--json", "as_json", is_flag=True, help="One JSON object per line."),
    ):
        command = option(command)
    return command


def broker_options(command: Command) -> Command:
    """Gives a command `brokers` and `topic_prefix`, and those of `output_options`."""
    for option in (
        click.option(
            "--topic-prefix",
            metavar="TEXT",
            help="Before all topic names; default: ENFORCEMENT_TOPIC_PREFIX.",
        ),
        click.option(
            "--brokers",
            metavar="HOST:PORT,…",
            help="Kafka; default: ENFORCEMENT_BROKERS, else this machine's own (enforcement broker up).",
        ),
    ):
        command = option(command)
    return output_options(command)


@contextmanager
def connected(brokers: str | None, topic_prefix: str | None, lang: Lang) -> Iterator[Client]:
    """A client whose errors end the command with one line and an exit code."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)  # it logs each attempt; we print the result
    with one_line_errors(lang), Client(brokers, topic_prefix=topic_prefix) as client:
        yield client


@contextmanager
def one_line_errors(lang: Lang) -> Iterator[None]:
    """Errors of ours as `error[code]: what — what to do` on stderr."""
    try:
        yield
    except PipelineError as error:
        fail(error, lang)
    except ValidationError as error:
        click.echo(clean(wrong_settings(error)), err=True)
        sys.exit(EXIT_SETTINGS)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # the reader closed the pipe; Python must not complain when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def fail(error: PipelineError, lang: Lang) -> NoReturn:
    """Print the error and end with its exit code."""
    if error.code == PARTITIONS_DIFFER:
        stop(error.code, words_of(error, lang), label("partitions_added", lang), EXIT_SETTINGS)
    if isinstance(error, Unavailable):
        todo = "apply_topics" if error.code == "topic_missing" else "start_broker"
        stop(error.code, words_of(error, lang), label(todo, lang), EXIT_UNAVAILABLE)
    if isinstance(error, NoReceipt):
        stop(error.code, words_of(error, lang), label("start_worker", lang), EXIT_NO_RECEIPT)
    if isinstance(error, Unreadable):
        stop(error.code, words_of(error, lang), label("update_client", lang), EXIT_UNREADABLE)
    if isinstance(error, UnknownName):
        near = ", ".join(error.nearest) or label("none_near", lang)
        stop(
            error.code,
            label(error.code, lang, unknown=error.name),
            label("nearest", lang, near=near),
            EXIT_USAGE,
        )
    todo = "mend" if isinstance(error, BadMessage) else "start_worker"
    stop(error.code, words_of(error, lang), label(todo, lang), EXIT_USAGE)


def stop(code: str, message: str, todo: str, exit_code: int) -> NoReturn:
    """One line on stderr, and the end."""
    click.echo(error_line(code, message, todo), err=True)
    sys.exit(exit_code)


def error_line(code: str, message: str, todo: str) -> str:
    """The one line of an error."""
    return clean(f"error[{code}]: {message} — {todo}")


def clean(text: str) -> str:
    """`text` on one line that does nothing to a terminal: no control, format or bidirectional characters."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else "\ufffd"


def say(text: str) -> None:
    """A line for people, on stdout."""
    click.echo(clean(text))


def say_json(content: Mapping[str, object] | bytes) -> None:
    """A line for programs, on stdout, at once."""
    line = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    click.echo(line)
    sys.stdout.flush()
