"""A real Alertmanager with the committed routes, and whoever it calls: a server that keeps what it is told."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import yaml

from tests.deploy.tools import ROOT, tool
from tests.stream.fleet.deployment import until

_READY_S: Final = 30
_AT_ONCE: Final = {"group_wait": "1s", "group_interval": "1s"}


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
    """An Alertmanager that tells at once, as long as the context lasts."""
    folder.mkdir()
    told: list[Notification] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(told))
    Thread(target=server.serve_forever, daemon=True).start()
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as probe:
        address = f"127.0.0.1:{probe.server_port}"
    config = folder / "alertmanager.yaml"
    config.write_text(yaml.safe_dump(_config(f"http://127.0.0.1:{server.server_port}/")), "utf-8")
    options = (
        f"--config.file={config}",
        f"--storage.path={folder}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([tool("prometheus-alertmanager"), *options], stdout=log, stderr=log)
    try:
        until(_READY_S, "Alertmanager is ready", lambda: _answers(f"http://{address}/-/ready"))
        yield Receiver(address, told)
    finally:
        process.terminate()
        process.wait(10)
        server.shutdown()


def _config(webhook: str) -> dict[str, Any]:
    """As committed, but everybody is at one address, and is told at once."""
    config: dict[str, Any] = yaml.safe_load(
        (ROOT / "deploy/alertmanager/alertmanager.yaml").read_text("utf-8")
    )
    config["route"] |= _AT_ONCE
    for receiver in config["receivers"]:
        receiver["webhook_configs"] = [{"url": webhook, "send_resolved": True}]
    return config


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


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=1):
            return True
    except (URLError, OSError):
        return False
