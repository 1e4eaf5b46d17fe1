"""`enforcement notify`: takes alerts from Alertmanager and sends them to robots and mail."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from logging.config import dictConfig
from pathlib import Path
from typing import Final, NoReturn

import click
from pydantic import ValidationError

from pipeline.indicators.objectives import load_objectives
from pipeline.loglines import last_line, logging_config
from pipeline.notify import notify_metrics
from pipeline.notify.alert_group import read_group
from pipeline.notify.audiences import channels_of
from pipeline.notify.channel import Channel
from pipeline.notify.delivery import Delivery
from pipeline.notify.message_text import MessageTexts
from pipeline.notify.notify_server import server_of
from pipeline.rulebook import BadRules
from pipeline.settings import Settings
from pipeline.words.command_line import command
from pipeline.words.error_words import wrong_settings
from pipeline.words.spoken import said, told
from schemas.errors import PipelineError

log: Final = logging.getLogger("enforcement.notify")
EXIT_USAGE: Final = 2
EXIT_SETTINGS: Final = 78  # EX_CONFIG of sysexits


@command("notify")
@click.option(
    "--port",
    default=6068,
    show_default=True,
    type=click.IntRange(0, 65_535),
    help="Of /alerts, /livez, /metrics.",
)
@click.option(
    "--once",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Send nothing: print what each channel would be sent of this file, a notification as Alertmanager posts it.",
)
def notify_command(port: int, once: Path | None) -> None:
    """Take alerts from Alertmanager and send them to people: robots of WeCom, DingTalk and Feishu, mail.

    \b
    Example:
      enforcement notify --once examples/alerts.json
      ENFORCEMENT_NOTIFY_WECOM='https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=KEY' enforcement notify
      ENFORCEMENT_NOTIFY_DINGTALK='operator=https://oapi.dingtalk.com/robot/send?access_token=TOKEN#SECRET' enforcement notify

    Alertmanager posts to /alerts/AUDIENCE: audiences are the receivers of rules/objectives.yaml, which say who hears of which alert. A
    notification is answered with 200 when every channel of its audience has taken it, else with 503: then Alertmanager posts it again, and
    only those that lack it are sent it. An audience without a channel is told in this process's log. Channels, language and links: docs/settings.md,
    from ENFORCEMENT_NOTIFY_WECOM on.

    Ends with 2 where FILE or the rules are wrong, 78 where a setting is.
    """  # fmt: skip
    with _one_line_errors(logs_last=once is None):
        settings = Settings()
        objectives = load_objectives(settings.rules_dir)
        channels = channels_of(settings, tuple(objectives.table.receivers))
        texts = MessageTexts(settings, objectives)
        if once is not None:
            _show(once, channels, texts)
            return
        dictConfig(logging_config(settings))
        notify_metrics.begin()
        _serve(Delivery(channels, texts), channels, settings.http_host, port)


def _show(file: Path, channels: Mapping[str, tuple[Channel, ...]], texts: MessageTexts) -> None:
    """The message of each channel of the audience that the notification is for."""
    group = read_group(file.read_bytes())
    for channel in channels.get(group.receiver, ()) or next(iter(channels.values())):
        message = texts.message(group.receiver, group, channel.form)
        click.echo(f"--- {channel.kind}: {message.title}\n{message.text}")


def _serve(delivery: Delivery, channels: Mapping[str, tuple[Channel, ...]], host: str, port: int) -> NoReturn:
    """Until told to stop; what is being delivered is ended first."""
    with server_of(delivery, host, port) as server:
        for audience, own in channels.items():
            log.info("%s: %s", audience, ", ".join(channel.kind for channel in own))
        log.info("serving /alerts, /livez and /metrics on port %d", server.server_address[1])
        server.serve_forever()
    raise AssertionError


@contextmanager
def _one_line_errors(*, logs_last: bool) -> Iterator[None]:
    """Errors of ours as one line on stderr, in a process that goes on as its log is, and the exit code."""
    todo = said("see: {command} --help", command="enforcement notify")
    try:
        yield
    except ValidationError as error:
        line, code = wrong_settings(error), EXIT_SETTINGS
    except BadRules as error:
        first = error.problems[0].spoken()
        words = said("{count} problems; the first: {first}", count=len(error.problems), first=first)
        line, code = f"error[{error.code}]: {words} — {todo}", EXIT_USAGE
    except PipelineError as error:
        code = EXIT_SETTINGS if error.code == "wrong_setting" else EXIT_USAGE
        line = f"error[{error.code}]: {told(error.message)} — {todo}"
    except KeyboardInterrupt:
        sys.exit(130)
    else:
        return
    click.echo(last_line(os.environ.get("ENFORCEMENT_LOG_FORMAT") if logs_last else None, line), err=True)
    sys.exit(code)
