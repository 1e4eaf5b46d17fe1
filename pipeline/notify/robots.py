"""Robots of group chats, each as its service documents it: WeCom (企业微信), DingTalk (钉钉), Feishu (飞书).

Each answers 200 with JSON also where it refuses: the code in it decides. What is left of a minute's messages is known here, since a
robot that is called too often is shut for ten minutes.
"""

import base64
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from http.client import HTTPException, HTTPMessage
from threading import Lock
from typing import IO, Final, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pipeline.notify.channel import ChannelKind, NotTaken, SendResult, TextForm, TextMessage, without

_MINUTE_S: Final = 60.0
_ANSWER_BYTES_MAX: Final = 65_536
_CLIENTS_FAULT: Final = range(300, 500)
_TOO_MANY: Final = 429
Content = dict[str, object]


class SignedCall(NamedTuple):
    """What a service is sent: parameters of the address, and the JSON."""

    parameters: Mapping[str, str]
    content: Content


class ChatService(NamedTuple):
    """What differs between services; `code` names the field of the answer that is 0 where the message was taken."""

    form: TextForm
    per_minute: int
    call: Callable[[TextMessage, str, float], SignedCall]
    code: str
    why: str


def _bold(text: str) -> str:
    return f"**{text}**"


def _link(text: str, address: str) -> str:
    return f"[{text}]({address})"


def _wecom(message: TextMessage, secret: str, now: float) -> SignedCall:
    """Its key is in the address; it signs nothing."""
    return SignedCall({}, {"msgtype": "markdown", "markdown": {"content": message.text}})


def _dingtalk(message: TextMessage, secret: str, now: float) -> SignedCall:
    """Signed in the address, by milliseconds: the secret is the key."""
    content: Content = {"msgtype": "markdown", "markdown": {"title": message.title, "text": message.text}}
    if not secret:
        return SignedCall({}, content)
    at = str(round(now * 1000))
    return SignedCall({"timestamp": at, "sign": _hmac(secret, f"{at}\n{secret}")}, content)


def _feishu(message: TextMessage, secret: str, now: float) -> SignedCall:
    """Signed in the JSON, by seconds: time and secret are the key, of nothing."""
    header = {
        "title": {"tag": "plain_text", "content": message.title},
        "template": "red" if message.is_firing else "green",
    }
    card = {"header": header, "elements": [{"tag": "markdown", "content": message.text}]}
    content: Content = {"msg_type": "interactive", "card": card}
    if secret:
        at = str(int(now))
        content = {"timestamp": at, "sign": _hmac(f"{at}\n{secret}", ""), **content}
    return SignedCall({}, content)


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


# DingTalk and Feishu take 20 KB in all: the title and the rest have some of it
SERVICES: Final[Mapping[ChannelKind, ChatService]] = {
    ChannelKind.WECOM: ChatService(TextForm(_bold, _link, "\n", 4_096), 20, _wecom, "errcode", "errmsg"),
    ChannelKind.DINGTALK: ChatService(
        TextForm(_bold, _link, "  \n", 18_000), 20, _dingtalk, "errcode", "errmsg"
    ),
    ChannelKind.FEISHU: ChatService(TextForm(_bold, _link, "\n", 18_000), 100, _feishu, "code", "msg"),
}


class _NoRedirect(HTTPRedirectHandler):
    """A message is posted where it was meant for, or nowhere."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Never."""


_OPENER: Final = build_opener(_NoRedirect)


class ChatRobot:
    """One robot. Its address may end with # and the signing secret, which is never sent."""

    def __init__(
        self, kind: ChannelKind, address: str, timeout_s: float, clock: Callable[[], float] = time.time
    ) -> None:
        """`clock` is the one that signatures are dated by."""
        parts = urlsplit(address)
        self.kind: Final = kind
        self._service: Final = SERVICES[kind]
        self._parts: Final = parts._replace(fragment="")
        self._secret: Final = parts.fragment
        self._timeout_s = timeout_s
        self._clock = clock
        self._lock = Lock()
        self._sent_at: deque[float] = deque(maxlen=self._service.per_minute)

    @property
    def form(self) -> TextForm:
        """Its service's."""
        return self._service.form

    def send(self, message: TextMessage) -> None:
        """Post it, and read whether it was taken."""
        self._take_a_place()
        call = self._service.call(message, self._secret, self._clock())
        answer = self._post(call)
        try:
            content = json.loads(answer)
            code, why = content[self._service.code], content.get(self._service.why, "")
        except (ValueError, TypeError, KeyError, AttributeError):
            raise NotTaken(SendResult.FAILED, "its answer is none of this service's") from None
        if code != 0:
            raise NotTaken(SendResult.REFUSED, self._clean(f"{self._service.code} {code}: {why}"))

    def _take_a_place(self) -> None:
        """One of those of the minute."""
        with self._lock:
            now = time.monotonic()
            if len(self._sent_at) == self._sent_at.maxlen and now - self._sent_at[0] < _MINUTE_S:
                raise NotTaken(SendResult.HELD, f"{self._service.per_minute} messages within a minute")
            self._sent_at.append(now)

    def _post(self, call: SignedCall) -> bytes:
        query = urlencode([*parse_qsl(self._parts.query, keep_blank_values=True), *call.parameters.items()])
        address = urlunsplit(self._parts._replace(query=query))
        body = json.dumps(call.content, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            with _OPENER.open(Request(address, body, headers), timeout=self._timeout_s) as answer:
                content: bytes = answer.read(_ANSWER_BYTES_MAX)
                return content
        except HTTPError as error:
            is_refused = error.code in _CLIENTS_FAULT and error.code != _TOO_MANY
            result = SendResult.REFUSED if is_refused else SendResult.FAILED
            raise NotTaken(result, f"HTTP {error.code}") from None
        except URLError as error:
            raise NotTaken(SendResult.FAILED, self._clean(f"no answer: {error.reason}")) from None
        except (OSError, HTTPException, ValueError) as error:
            raise NotTaken(SendResult.FAILED, f"no answer: {type(error).__name__}") from None

    def _clean(self, text: str) -> str:
        """Neither the key in the address nor the secret."""
        keys = [value for _, value in parse_qsl(self._parts.query)] or [self._parts.path.rpartition("/")[2]]
        return without((self._secret, *keys), text)
