"""Fixtures of the client's tests: topics of their own on the real broker, a played pipeline, and a real worker."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.stream import broker_topics as stream_topics
from pipeline.stream.brokers import Brokers
from tests.edge.played import PARTITIONS, Log

ROOT = Path(__file__).resolve().parents[2]
WORKER_READY_S = 40
_numbers = count(1)


def _deployment(kafka: str, folder: Path) -> Settings:
    settings = Settings(
        brokers=kafka,
        topic_prefix=f"edge{next(_numbers)}.",
        partitions=PARTITIONS,
        data_dir=folder,
        tick_s=0.1,
    )
    stream_topics.apply(settings, Brokers(settings))
    return settings


@pytest.fixture
def log(kafka: str, tmp_path: Path) -> Iterator[Log]:
    """A deployment whose pipeline the test plays itself."""
    made = Log(_deployment(kafka, tmp_path))
    yield made
    for client in made.clients:
        client.close()


@pytest.fixture(scope="module")
def worked(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A deployment with a real worker on it, as the environment that names it."""
    folder = tmp_path_factory.mktemp("worked")
    settings = _deployment(kafka, folder)
    environment = {
        **os.environ,
        "ENFORCEMENT_BROKERS": settings.brokers,
        "ENFORCEMENT_TOPIC_PREFIX": settings.topic_prefix,
        "ENFORCEMENT_PARTITIONS": str(PARTITIONS),
        "ENFORCEMENT_DATA_DIR": str(folder),
        "ENFORCEMENT_HTTP_PORT": "0",
        "ENFORCEMENT_TICK_S": "0.1",
        "ENFORCEMENT_STATUS_FILE": str(folder / "status.json"),
    }
    with a_worker(environment):
        yield environment


@contextmanager
def a_worker(environment: dict[str, str]) -> Iterator[None]:
    """A worker process that is ready, as long as the context lasts."""
    status_file = Path(environment["ENFORCEMENT_STATUS_FILE"])
    log_file = status_file.with_suffix(".log")
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "worker"]
    with log_file.open("wb") as output:
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + WORKER_READY_S
        while not _is_ready(status_file):
            is_waiting = worker.poll() is None and time.monotonic() < deadline
            assert is_waiting, log_file.read_text(errors="replace")
            time.sleep(0.1)
        yield
    finally:
        worker.terminate()
        worker.wait(60)


def _is_ready(status_file: Path) -> bool:
    """Whether the worker says that all its partitions are restored."""
    if not status_file.exists():
        return False
    port = json.loads(status_file.read_text())["http_port"]
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
