"""What a scene is, and what all scenes need: a broker of their own, workers at ports that Prometheus knows, records of six streets."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.broker import Broker
from pipeline.broker.ports import low_port
from pipeline.settings import Settings
from pipeline.stream import broker_topics as stream_topics
from schemas import topics
from schemas.partitioning import partition_of
from tests.deploy.alerts_live.delivered import Key
from tests.deploy.tools import ROOT
from tests.stream.fleet.deployment import Deployment

PARTITIONS: Final = 6
STREET: Final = "140109004"
HERE: Final = partition_of(STREET, PARTITIONS)
REAL: Final = "real"
PLAYED: Final = "played"


class Happening(NamedTuple):
    """What was done to make an alert fire, in a sentence; and whether by processes of ours, or by a server that plays the metric."""

    done: str
    how: str = REAL


class Scene(NamedTuple):
    """A scene by its title, the alerts that fire in it with what was done, and the play itself: it gets a folder, and returns the texts."""

    title: str
    fires: Mapping[str, Happening]
    play: Callable[[Path], Mapping[Key, str]]


@contextmanager
def own_deployment(folder: Path, metrics_port: int | None = None, **settings: object) -> Iterator[Deployment]:
    """A broker of its own with the topics; its workers end with it."""
    broker = Broker.start(folder / "broker", port=low_port(), metrics_port=metrics_port)
    asked = {"brokers": broker.address, "partitions": PARTITIONS, "data_dir": folder, "tick_s": 0.1,
             "topic_prefix": "alerts.", "commit_slow_s": 9.0, "transaction_timeout_ms": 3_000}  # fmt: skip
    deployment = Deployment(Settings.model_validate({**asked, **settings}), folder)
    try:
        stream_topics.apply(deployment.settings, deployment.brokers)
        yield deployment
    finally:
        for worker in deployment.workers:
            worker.end()
        if running := Broker.find(folder / "broker"):
            running.stop()


@contextmanager
def command(deployment: Deployment, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One of our commands on this deployment, running in the background."""
    asked = deployment.settings.model_dump(exclude_unset=True)
    environment = {**os.environ} | {
        f"ENFORCEMENT_{name.upper()}": str(value) for name, value in asked.items()
    }
    with (deployment.folder / f"{words[0]}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "from pipeline.cli import main; main()", *words],
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


def push(deployment: Deployment, values: Sequence[bytes], partition: int = HERE) -> None:
    """To the partition of the street, or to another, which passes them on."""
    deployment.write(topics.REPORTS, [(STREET.encode(), value) for value in values], partition)


def report(number: str, at: datetime | None = None, **more: object) -> bytes:
    """A plain one, reported now or at another time."""
    reported_at = (at or datetime.now(UTC)).isoformat()
    content = {"source": "12345", "source_no": f"A-{number}", "street": STREET, "matter": "SR-001",
               "reported_at": reported_at, "place": {"address": f"人民路 {number} 号", "grid": f"{STREET}001001"}, "text": "占道经营"}  # fmt: skip
    return json.dumps({**content, **more}, ensure_ascii=False).encode()
