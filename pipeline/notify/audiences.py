"""Which channels each audience has, as the settings say. Audiences are the receivers of `rules/objectives.yaml`."""

import logging
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from pipeline.notify.channel import Channel, ChannelKind, TextForm, TextMessage, plain_link
from pipeline.notify.mail import SCHEMES, MailAddress
from pipeline.notify.robots import ChatRobot
from pipeline.setting_names import PREFIX
from pipeline.settings import Settings
from schemas.errors import PipelineError

log: Final = logging.getLogger("enforcement.notify")
_FOR_AUDIENCE: Final = re.compile(r"([a-z][a-z0-9_]*)=(.+)")
_WEB: Final = ("http", "https")
_MAIL: Final = re.compile(r"[^@\s,]+@[^@\s,]+")
Clock = Callable[[], float]


class WrongChannel(PipelineError):
    """A setting of a channel is wrong. The text holds no value, which may be a secret."""

    def __init__(self, message: str) -> None:
        super().__init__("wrong_setting", message)


class LogLines:
    """The log, for an audience without a channel: what is told is not lost."""

    kind: Final = ChannelKind.LOG
    form: Final = TextForm(str, plain_link, "\n", 1_000_000)

    def send(self, message: TextMessage) -> None:
        """A line for each alert."""
        for block in message.text.split("\n\n"):
            log.warning("%s", " ".join(block.split()))


def channels_of(
    settings: Settings, audiences: Collection[str], clock: Clock = time.time
) -> Mapping[str, tuple[Channel, ...]]:
    """The channels of every audience; the log of one that has no other.

    Raises:
        WrongChannel: a setting names an audience that there is none of, or is no address.
    """
    found = {
        audience: tuple(
            channel for named, channel in _channels(settings, audiences, clock) if named == audience
        )
        for audience in audiences
    }
    return {audience: channels or (LogLines(),) for audience, channels in found.items()}


def _channels(settings: Settings, audiences: Collection[str], clock: Clock) -> Iterator[tuple[str, Channel]]:
    timeout_s = settings.notify_timeout_s
    robots = {
        ChannelKind.WECOM: settings.notify_wecom,
        ChannelKind.DINGTALK: settings.notify_dingtalk,
        ChannelKind.FEISHU: settings.notify_feishu,
    }
    for kind, secret in robots.items():
        variable = _variable(kind)
        for audience, address in _by_audience(
            variable, secret.get_secret_value() if secret else "", audiences
        ):
            _check_address(variable, address, _WEB)
            yield audience, ChatRobot(kind, address, timeout_s, clock)
    server = settings.notify_smtp.get_secret_value() if settings.notify_smtp else ""
    variable = _variable(ChannelKind.MAIL)
    for audience, addresses in _by_audience(variable, settings.notify_mail or "", audiences):
        _check_address(_variable("smtp"), server, SCHEMES)
        for address in addresses.split(","):
            if not _MAIL.fullmatch(address):
                raise WrongChannel(f"{variable}: no mail address; allowed: as name@example.org")
            yield audience, MailAddress(address, settings.notify_mail_from, server, timeout_s, clock)


def _by_audience(variable: str, text: str, audiences: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each audience with what is set for it."""
    for word in text.split():
        named = _FOR_AUDIENCE.fullmatch(word)
        if named is None:
            yield from ((audience, word) for audience in audiences)
        elif named[1] in audiences:
            yield named[1], named[2]
        else:
            raise WrongChannel(f"{variable}: no such audience; allowed: {', '.join(audiences)}")


def _check_address(variable: str, address: str, schemes: tuple[str, ...]) -> None:
    try:
        parts = urlsplit(address)
        is_right = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise WrongChannel(f"{variable}: no address; allowed: {'://, '.join(schemes)}://")


def _variable(name: str) -> str:
    return f"{PREFIX}NOTIFY_{name.upper()}"
