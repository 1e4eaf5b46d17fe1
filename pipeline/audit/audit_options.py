"""What `enforcement audit` and `enforcement replay` have in common on the command line: times, brokers, errors in one line."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta, timezone
from pathlib import Path
from typing import Final, NoReturn, TypeVar

import click
from pydantic import ValidationError

from pipeline.audit.log.reader import Reach
from pipeline.broker.local_settings import local_settings
from pipeline.rulebook import RULES_DIR, BadRules
from pipeline.settings import Settings
from schemas.errors import PipelineError, Unavailable

EXIT_VIOLATED: Final = 1
EXIT_USAGE: Final = 2
EXIT_UNAVAILABLE: Final = 69  # EX_UNAVAILABLE of sysexits
EXIT_INTERRUPTED: Final = 130
_SHANGHAI: Final = timezone(timedelta(hours=8))

Command = TypeVar("Command", bound=Callable[..., object])


def reaching(command: Command) -> Command:
    """Gives a command `brokers`, `topic_prefix`, `folder` and `as_json`."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="One JSON object per line."),
        click.option(
            "--rules", "folder", type=click.Path(path_type=Path, file_okay=False), default=RULES_DIR,
            envvar="ENFORCEMENT_RULES_DIR", metavar="FOLDER",
            help="The rules to measure by; default: ENFORCEMENT_RULES_DIR, else those of this project.",
        ),
        click.option("--topic-prefix", metavar="TEXT", help="Default: ENFORCEMENT_TOPIC_PREFIX."),
        click.option("--brokers", metavar="HOST:PORT,…",
                     help="Default: ENFORCEMENT_BROKERS, else this machine's own (enforcement broker up)."),
    ):  # fmt: skip
        command = option(command)
    return command


def deployment(brokers: str | None, topic_prefix: str | None) -> tuple[Settings, Reach]:
    """The deployment that is meant: as asked, else as the environment says, else the broker of this machine."""
    settings = local_settings() if brokers is None else Settings()
    prefix = settings.topic_prefix if topic_prefix is None else topic_prefix
    seconds = settings.transaction_timeout_ms / 1_000
    return settings, Reach(brokers or settings.brokers, prefix, seconds)


@contextmanager
def one_line_errors(command: str) -> Iterator[None]:
    """Errors of ours as one line on stderr, and the exit code."""
    try:
        yield
    except BadRules as why:
        stop(command, why.code, f"{len(why.problems)} problems; the first: {why.problems[0]}", EXIT_USAGE)
    except Unavailable as why:
        stop(command, why.code, why.message, EXIT_UNAVAILABLE)
    except ValidationError as why:
        first = why.errors(include_input=False, include_url=False)[0]
        name = "_".join(map(str, first["loc"])).upper()
        stop(command, "wrong_setting", f"ENFORCEMENT_{name}: {first['msg']}", EXIT_USAGE)
    except PipelineError as why:
        stop(command, why.code, why.message, EXIT_USAGE)
    except ValueError as why:
        stop(command, "wrong_usage", str(why), EXIT_USAGE)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


def stop(command: str, code: str, message: str, exit_code: int) -> NoReturn:
    """Say it and end."""
    click.echo(f"error[{code}]: {' '.join(message.split())} — see: enforcement {command} --help", err=True)
    sys.exit(exit_code)
