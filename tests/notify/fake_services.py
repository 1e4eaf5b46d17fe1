"""WeCom, DingTalk and Feishu, as far as their documents say how a robot is called: keys, signatures, shapes, sizes, and the codes with
which each refuses, all with HTTP 200. And a mail server."""

import base64
import hashlib
import hmac
import json
import socketserver
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

KEY: Final = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
TOKEN: Final = "token-0123456789abcdef"
HOOK: Final = "hook-fedcba9876543210"
SECRET: Final = "SEC-of-the-signature+/="
SECRETS: Final = (KEY, TOKEN, HOOK, SECRET)
PATHS: Final = {
    "wecom": f"/cgi-bin/webhook/send?key={KEY}",
    "dingtalk": f"/robot/send?access_token={TOKEN}#{SECRET}",
    "feishu": f"/open-apis/bot/v2/hook/{HOOK}#{SECRET}",
}
HOUR_S: Final = 3_600
PASSWORD: Final = "a-password-of-mail"


class Posted(NamedTuple):
    """A message that a service took."""

    service: str
    text: str


class Robots:
    """The three services at one address; what they took, and what they are told to do."""

    def __init__(self) -> None:
        self.taken: list[Posted] = []
        self.refusing: dict[str, tuple[int, str]] = {}
        """By service: the code and the words of its refusal."""
        self.http_status: dict[str, int] = {}
        self.hanging: dict[str, Event] = {}
        """By service: it answers nothing until then."""
        self.calls = 0
        self.address = ""

    def of(self, service: str) -> str:
        """The address of its robot, as an operator writes it into the settings."""
        return f"{self.address}{PATHS[service]}"

    def texts(self, service: str) -> list[str]:
        """What it took."""
        return [posted.text for posted in self.taken if posted.service == service]

    def answer(self, path: str, body: bytes) -> dict[str, Any]:
        """As the service would."""
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        content = json.loads(body)
        if parts.path == "/cgi-bin/webhook/send":
            return self._answered("wecom", content["markdown"]["content"], *wecom_refusal(query, content))
        if parts.path == "/robot/send":
            return self._answered(
                "dingtalk", content["markdown"]["text"], *dingtalk_refusal(query, content, body)
            )
        code, why = feishu_refusal(parts.path, content, body)
        return self._answered("feishu", content["card"]["elements"][0]["content"], code, why)

    def _answered(self, service: str, text: str, code: int, why: str) -> dict[str, Any]:
        code, why = self.refusing.get(service, (code, why))
        if not code:
            self.taken.append(Posted(service, text))
        if service == "feishu":
            return {"code": code, "msg": why or "success", "data": {}}
        return {"errcode": code, "errmsg": why or "ok"}


def wecom_refusal(query: dict[str, str], content: dict[str, Any]) -> tuple[int, str]:
    """By its key, and no more than 4096 bytes of Markdown."""
    if query != {"key": KEY}:
        return 93000, "invalid webhook url, hint: [1700000000]"
    if set(content) != {"msgtype", "markdown"} or content["msgtype"] != "markdown":
        return 40008, "invalid message type"
    if len(content["markdown"]["content"].encode()) > 4_096:
        return 40058, "markdown.content exceed max length 4096"
    return 0, ""


def dingtalk_refusal(query: dict[str, str], content: dict[str, Any], body: bytes) -> tuple[int, str]:
    """The signature: of time in milliseconds and secret, by the secret; in the address, as old as an hour at most."""
    if set(query) != {"access_token", "timestamp", "sign"} or query["access_token"] != TOKEN:
        return 300005, "token is not exist"
    text = f"{query['timestamp']}\n{SECRET}"
    sign = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()
    if sign != query["sign"]:
        return 310000, "sign not match"
    if abs(time.time() * 1000 - int(query["timestamp"])) > HOUR_S * 1000:
        return 310000, "invalid timestamp"
    if content["msgtype"] != "markdown" or not content["markdown"]["title"] or len(body) > 20_000:
        return 400402, "invalid parameter"
    return 0, ""


def feishu_refusal(path: str, content: dict[str, Any], body: bytes) -> tuple[int, str]:
    """The signature: of nothing, by time in seconds and secret; in the JSON."""
    if path != f"/open-apis/bot/v2/hook/{HOOK}":
        return 19001, "param invalid: incoming webhook access token invalid"
    key = f"{content['timestamp']}\n{SECRET}"
    sign = base64.b64encode(hmac.new(key.encode(), b"", hashlib.sha256).digest()).decode()
    if sign != content["sign"] or abs(time.time() - int(content["timestamp"])) > HOUR_S:
        return 19021, "sign match fail or timestamp is not within one hour from current time"
    title = content["card"]["header"]["title"]
    if content["msg_type"] != "interactive" or title["tag"] != "plain_text" or len(body) > 20_480:
        return 9499, "Bad Request"
    return 0, ""


def service_of(path: str) -> str:
    """Whose address it is."""
    return next(name for name, begin in PATHS.items() if path.startswith(begin[:8]))


@contextmanager
def robots() -> Iterator[Robots]:
    """The services, as long as the context lasts."""
    services = Robots()

    class RobotHandler(BaseHTTPRequestHandler):
        """One call."""

        def do_POST(self) -> None:
            """Takes or refuses it."""
            services.calls += 1
            service = service_of(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if service in services.hanging:
                services.hanging[service].wait(60)
                return
            status = services.http_status.get(service, 200)
            answer = json.dumps(services.answer(self.path, body)).encode() if status == 200 else b"no"
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{services.address}/elsewhere")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), RobotHandler)
    services.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield services
    finally:
        for waiting in services.hanging.values():
            waiting.set()
        server.shutdown()
        server.server_close()


class MailServer:
    """What it took, and whom it refuses."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.unknown: set[str] = set()
        self.logins: list[str] = []
        self.farewell = "221 bye"
        self.address = ""


def _session(mail: MailServer, *, encrypted: bool) -> type[socketserver.StreamRequestHandler]:
    class Session(socketserver.StreamRequestHandler):
        """One connection."""

        def handle(self) -> None:
            """Command by command."""
            self.say("220 mail.example ESMTP")
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "DATA":
                    self.say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    mail.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
                self.say(self.answer(verb, line))
                if verb == "QUIT":
                    return

        def answer(self, verb: str, line: str) -> str:
            """Its code."""
            if verb == "EHLO" and encrypted:
                return "250-mail.example\r\n250 AUTH PLAIN"
            if verb == "AUTH":
                mail.logins.append(base64.b64decode(line.split()[2]).decode().replace("\0", " ").strip())
                return "235 welcome" if mail.logins[-1].endswith(PASSWORD) else "535 no"
            if verb == "RCPT" and any(address in line for address in mail.unknown):
                return f"550 no such user: {line.partition('<')[2].rstrip('>')}"
            return mail.farewell if verb == "QUIT" else "250 ok"

        def say(self, text: str) -> None:
            """A line."""
            self.wfile.write(f"{text}\r\n".encode())

    return Session


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """SMTP as far as it is spoken here; with `tls` from the first byte, and with a login."""
    mail = MailServer()

    class Server(socketserver.ThreadingTCPServer):
        """Of threads that nobody waits for."""

        daemon_threads = True

    server = Server(("127.0.0.1", 0), _session(mail, encrypted=tls is not None))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    mail.address = f"127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield mail
    finally:
        server.shutdown()
        server.server_close()
