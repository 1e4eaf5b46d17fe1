"""What every channel is: it takes a message, or says why it did not."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, Protocol


class ChannelKind(StrEnum):
    """Where messages go; `LOG` where an audience has no other."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    MAIL = "mail"
    LOG = "log"


class SendResult(StrEnum):
    """What became of a message at a channel."""

    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    HELD = "held"


class NotTaken(Exception):
    """The channel has not taken the message. `result`: the service refused it, or did not answer, or it was held back because the
    service allows no more within a minute. The text never holds a key or an address."""

    def __init__(self, result: SendResult, why: str) -> None:
        super().__init__(why)
        self.result = result


class TextForm(NamedTuple):
    """How a channel writes bold text, a link and the end of a line, and how much it takes."""

    bold: Callable[[str], str]
    link: Callable[[str, str], str]
    newline: str
    bytes_max: int


class TextMessage(NamedTuple):
    """What is sent. The title is a line of its own where a channel has room for one."""

    title: str
    text: str
    is_firing: bool


class Channel(Protocol):
    """One robot, one mail address, or the log."""

    @property
    def kind(self) -> ChannelKind:
        """What it is."""

    @property
    def form(self) -> TextForm:
        """How it writes."""

    def send(self, message: TextMessage) -> None:
        """Returns when the message is taken.

        Raises:
            NotTaken: it is not; it must come again.
        """


def plain_link(text: str, address: str) -> str:
    """A link where there are none."""
    return f"{text}: {address}"


def without(secrets: tuple[str, ...], text: str) -> str:
    """The text on one line, cut, with no secret in it."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return " ".join(text.split())[:300]
