"""`enforcement worker`: runs the worker in this process until it is told to stop."""

import os
import signal
import sys

import click
from pydantic import ValidationError

from pipeline.loglines import last_line
from pipeline.stream.exits import EX_CONFIG
from pipeline.words.command_line import command
from pipeline.words.error_words import wrong_settings


def end_when_told() -> None:
    """SIGTERM ends the process at once, with 0: until Faust listens nothing is begun.

    An exception would do it only where Python runs: within a library's own code it would be swallowed, and be taken there for a failure.
    """
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))


@command("worker")
def worker_command() -> None:
    """Work the partitions that the group gives to this process.

    Runs until it is told to stop (Ctrl-C, SIGTERM, or its terminal is closed); several share the partitions. It is set by ENFORCEMENT_… in the
    environment: docs/settings.md. /livez, /readyz and /metrics are at http://127.0.0.1:6066 (ENFORCEMENT_HTTP_PORT). What its exit codes mean: docs/delivery.md.
    """
    end_when_told()
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # a closed terminal is one more way to tell it
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    try:
        from pipeline.stream.app import app, run  # Faust is slow to import: only who runs a worker pays
    except ValidationError as error:
        click.echo(last_line(os.environ.get("ENFORCEMENT_LOG_FORMAT"), wrong_settings(error)), err=True)
        sys.exit(EX_CONFIG)
    run(app)
