"""Kafka itself in trouble: its disk fills up, really; and what only a cluster of several brokers can suffer is played by a server that shows
the metrics as their exporter would."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

import pytest

from pipeline.broker.ports import low_port
from tests.deploy.alerts_live.delivered import Key
from tests.deploy.alerts_live.scene import PLAYED, Happening, Scene, command, own_deployment
from tests.deploy.alerts_live.watching import watching

_TOLD_S: Final = 180
_DISK: Final = "700m"
_FILLED: Final = 0.92
_CLUSTER: Final = {
    "kafka_replica_underreplicatedpartitions": 4,
    "kafka_controller_offlinepartitionscount": 2,
    "kafka_controller_activecontrollercount": 0,
}


def _play(folder: Path) -> Mapping[Key, str]:
    audited = low_port()
    with (
        _small_disk(folder / "broker") as disk,
        own_deployment(folder) as deployment,
        _exporter() as exported,
        watching(folder / "watching", {"audit": [audited], "kafka": [exported]}) as seen,
        command(deployment, "audit", "--watch", "--every", "1", "--port", str(audited)),
    ):
        _fill(disk)
        seen.wait_told(_TOLD_S, "DiskFull", "ReplicasBehind", "PartitionsOffline", "NoController")
        return seen.told()


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own, which only root can mount."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.fail("a small disk cannot be mounted here: only root may", pytrace=False)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(disk: Path) -> None:
    """Something else takes the room."""
    total, used, _ = shutil.disk_usage(disk)
    with (disk / "dump").open("wb") as dump:
        os.posix_fallocate(dump.fileno(), 0, int(total * _FILLED) - used)


@contextmanager
def _exporter() -> Iterator[int]:
    """The port at which a broker of a cluster shows what is wrong."""
    page = "".join(f"{name} {value}\n" for name, value in _CLUSTER.items()).encode()

    class Page(BaseHTTPRequestHandler):
        """Always the same."""

        def do_GET(self) -> None:
            """The metrics."""
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


SCENE: Final = Scene(
    "Kafka in trouble",
    {
        "DiskFull": Happening(
            "another program fills the broker's disk (a small one, mounted for it) to 92 %; the auditor asks the broker"
        ),
        "ReplicasBehind": Happening("four partitions lack a replica", PLAYED),
        "PartitionsOffline": Happening("two partitions have no leader", PLAYED),
        "NoController": Happening("no broker is the controller", PLAYED),
    },
    _play,
)
