"""The HTTP side of `enforcement notify`: POST /alerts/AUDIENCE, GET /livez, GET /metrics."""

import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from pipeline.notify.alert_group import NotAnAlertGroup, read_group
from pipeline.notify.delivery import Delivery
from pipeline.notify.notify_metrics import REGISTRY

log: Final = logging.getLogger("enforcement.notify")
ALERTS: Final = "/alerts/"
BODY_BYTES_MAX: Final = 10_000_000
_CALLER_S: Final = 30
Answer = tuple[HTTPStatus, str]


def server_of(delivery: Delivery, host: str, port: int) -> ThreadingHTTPServer:
    """Bound, not yet serving. Closing it waits for what is being delivered."""
    server = ThreadingHTTPServer((host, port), _handler(delivery))
    server.daemon_threads = False
    return server


def _handler(delivery: Delivery) -> type[BaseHTTPRequestHandler]:
    class AlertHandler(BaseHTTPRequestHandler):
        """One request."""

        timeout = _CALLER_S

        def do_POST(self) -> None:
            """A group of alerts."""
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
                self._answer(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "text/plain", b"too large, or of no length\n"
                )
                return
            status, text = _delivered(delivery, self.path, self.rfile.read(int(length)))
            self._answer(status, "text/plain", f"{text}\n".encode())

        def do_GET(self) -> None:
            """Two pages."""
            match self.path.partition("?")[0]:
                case "/livez":
                    self._answer(HTTPStatus.OK, "text/plain", b"yes\n")
                case "/metrics":
                    self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(REGISTRY))
                case _:
                    self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"not found\n")

        def do_HEAD(self) -> None:
            """The same without the page."""
            self.do_GET()

        def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: what was delivered is logged."""

    return AlertHandler


def _delivered(delivery: Delivery, path: str, body: bytes) -> Answer:
    """What Alertmanager is answered: with 5xx it posts again, with 4xx it gives up."""
    audience = path.removeprefix(ALERTS)
    if not path.startswith(ALERTS) or audience not in delivery.audiences():
        log.error(
            "alerts for an audience that there is none of; there are: %s", ", ".join(delivery.audiences())
        )
        return HTTPStatus.NOT_FOUND, "no such audience"
    try:
        group = read_group(body)
    except NotAnAlertGroup as error:
        log.warning("for %s: %s", audience, error)
        return HTTPStatus.BAD_REQUEST, "no alert group"
    if not delivery.deliver(audience, group):
        return HTTPStatus.SERVICE_UNAVAILABLE, "not every channel has it; post again"
    return HTTPStatus.OK, "taken"
