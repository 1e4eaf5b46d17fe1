"""A real Alertmanager with the committed routes, and whoever it calls: a server that keeps what it is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from tests.deploy.outage.alertmanager import alertmanager, committed_config


class Notification(NamedTuple):
    """One alert as somebody was told of it: firing or resolved, by its name and the team it is of, and what it says."""

    status: str
    name: str
    team: str
    text: str


class Receiver(NamedTuple):
    """Whom Alertmanager calls, and the address at which it takes alerts."""

    alertmanager: str
    told: list[Notification]


@contextmanager
def receiving(folder: Path) -> Iterator[Receiver]:
    """An Alertmanager that tells everybody at one address, at once, as long as the context lasts."""
    told: list[Notification] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(told))
    Thread(target=server.serve_forever, daemon=True).start()
    config = committed_config()
    for receiver in config["receivers"]:
        receiver["webhook_configs"] = [
            {"url": f"http://127.0.0.1:{server.server_port}/", "send_resolved": True}
        ]
    try:
        with alertmanager(folder, config) as address:
            yield Receiver(address, told)
    finally:
        server.shutdown()


def _handler(told: list[Notification]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Keeps each alert of each call."""

        def do_POST(self) -> None:
            """What Alertmanager's webhook sends."""
            called = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for alert in called["alerts"]:
                labels, said = alert["labels"], alert["annotations"]
                text = f"{said['summary']} {said['description']}"
                told.append(Notification(alert["status"], labels["alertname"], labels.get("team", ""), text))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Handler
