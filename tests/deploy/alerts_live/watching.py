"""What watches a scene: Prometheus with the hastened rules, Alertmanager with the shipped routes, the notifier, and a chat service that
keeps what it was sent. All but the last are the real ones."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from deploy.render.prometheus_api import Prometheus
from pipeline.broker.ports import low_port
from tests.deploy.alerts_live.delivered import Key, keys_told, told_blocks
from tests.deploy.alerts_live.hastened import SCRAPE_S, write_hastened
from tests.deploy.outage.alertmanager import alertmanager, committed_config, is_answered
from tests.deploy.prometheus import prometheus_on
from tests.deploy.tools import ROOT
from tests.notify.fake_services import Robots, robots
from tests.stream.fleet.deployment import until

SERVICE: Final = "feishu"
"""The one whose messages are kept: it takes the longest, and the most a minute."""
REFUSING: Final = "wecom"
"""Beside it, so that one of two may refuse."""


class Watching(NamedTuple):
    """What is seen and told of a scene."""

    prometheus: Prometheus
    services: Robots
    notify_port: int

    def number(self, query: str) -> float | None:
        """Prometheus' answer at this moment; None if it has none."""
        return self.prometheus.number(query, datetime.now(UTC))

    def told(self) -> dict[Key, str]:
        """Each alert of which people were told, with the text as it was delivered first."""
        return told_blocks(self.services.texts(SERVICE))

    def wait_told(self, seconds: float, *names: str) -> None:
        """Until people were told of these alerts; of an alert with several rules, of any. One that is not told in time is told of here."""
        try:
            until(seconds, "people are told", lambda: set(names) <= keys_told(self.told()))
        except AssertionError:
            print(f"not told: {', '.join(sorted(set(names) - keys_told(self.told())))}", file=sys.stderr)


@contextmanager
def watching(folder: Path, jobs: Mapping[str, Sequence[int]]) -> Iterator[Watching]:
    """The whole chain, as long as the context lasts; `jobs`: the ports that Prometheus reads, by job."""
    folder.mkdir()
    port = low_port()
    config = committed_config()
    for receiver in config["receivers"]:
        for webhook in receiver["webhook_configs"]:
            webhook["url"] = webhook["url"].replace("notify:6068", f"127.0.0.1:{port}")
    with (
        robots() as services,
        _notifier(folder, port, services),
        alertmanager(folder / "alertmanager", config) as address,
        prometheus_on(
            folder / "tsdb",
            config=yaml.safe_dump(_scraping(folder, address, {**jobs, "notify": [port]})),
            folder=folder,
        ) as server,
    ):
        yield Watching(server, services, port)


def _scraping(folder: Path, address: str, jobs: Mapping[str, Sequence[int]]) -> dict[str, object]:
    return {
        "global": {
            "scrape_interval": f"{SCRAPE_S}s",
            "scrape_timeout": f"{SCRAPE_S}s",
            "evaluation_interval": "1s",
        },
        "rule_files": write_hastened(folder),
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [address]}]}]},
        "scrape_configs": [
            {
                "job_name": job,
                "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in ports]}],
            }
            for job, ports in jobs.items()
        ],
    }


@contextmanager
def _notifier(folder: Path, port: int, services: Robots) -> Iterator[None]:
    """`enforcement notify`, with two robots for every audience."""
    environment = {**os.environ} | {
        f"ENFORCEMENT_NOTIFY_{service.upper()}": services.of(service) for service in (SERVICE, REFUSING)
    }
    words = [sys.executable, "-c", "from pipeline.cli import main; main()", "notify", "--port", str(port)]
    with (folder / "notify.log").open("wb") as log:
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        until(60, "the notifier serves", lambda: is_answered(f"http://127.0.0.1:{port}/livez"))
        yield
    finally:
        process.terminate()
        process.wait(60)
