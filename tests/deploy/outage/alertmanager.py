"""A real Alertmanager (Debian: package `prometheus-alertmanager`) with the committed routes, in which a test changes what it must."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

import yaml

from tests.deploy.tools import ROOT, tool
from tests.stream.fleet.deployment import until

_READY_S: Final = 30
_AT_ONCE: Final = {"group_wait": "1s", "group_interval": "1s"}


def committed_config() -> dict[str, Any]:
    """As committed, but people are told at once."""
    text = (ROOT / "deploy/alertmanager/alertmanager.yaml").read_text("utf-8")
    config: dict[str, Any] = yaml.safe_load(text)
    config["route"] |= _AT_ONCE
    return config


@contextmanager
def alertmanager(folder: Path, config: dict[str, Any]) -> Iterator[str]:
    """Its address, as long as the context lasts."""
    folder.mkdir()
    written = folder / "alertmanager.yaml"
    written.write_text(yaml.safe_dump(config), "utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as probe:
        address = f"127.0.0.1:{probe.server_port}"
    options = (
        f"--config.file={written}",
        f"--storage.path={folder}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([tool("prometheus-alertmanager"), *options], stdout=log, stderr=log)
    try:
        until(_READY_S, "Alertmanager is ready", lambda: is_answered(f"http://{address}/-/ready"))
        yield address
    finally:
        process.terminate()
        process.wait(60)


def is_answered(address: str) -> bool:
    """Whether there is somebody."""
    try:
        with urlopen(address, timeout=1):
            return True
    except (URLError, OSError):
        return False
