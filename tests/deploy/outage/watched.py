"""Two real workers on a broker of their own, watched by a real Prometheus with the committed rules: what stands on the boards, at
every evaluation, while workers and broker come and go.

No case is handled, so the number of open cases is the same throughout; timers fire on and on, so that there is always work.
"""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import yaml

from deploy.render.prometheus_api import Prometheus
from pipeline.broker import Broker
from pipeline.broker.ports import low_port
from pipeline.settings import Settings
from pipeline.stream import broker_topics as stream_topics
from schemas import topics
from schemas.partitioning import partition_of
from tests.deploy.prometheus import prometheus_on
from tests.deploy.tools import ROOT
from tests.stream.fleet.deployment import Deployment, Worker, until

PARTITIONS: Final = 4
STREETS: Final = ("140109004", "140109005", "140109008", "140109009")
"""One for each partition."""
EACH: Final = 12
CASES: Final = EACH * len(STREETS)
OPEN: Final = "sum(enforcement:open_cases:now)"
OVERDUE: Final = 'sum(enforcement:overdue_cases:now{clock="dispose"})'
_OPENED: Final = "2026-11-24T09:00:00+08:00"
_WATCHED: Final = "2026-11-26T09:30:00+08:00"
_SPEED: Final = "30"
_STEP_S: Final = 1
_SETTLED_S: Final = 90
Points = Mapping[float, float]


class Watched:
    """The deployment with its workers, by place 0 or 1, each at an address that Prometheus knows."""

    def __init__(self, broker: Broker, folder: Path) -> None:
        asked = {"brokers": broker.address, "partitions": PARTITIONS, "data_dir": folder, "session_timeout_s": 6.0,
                 "heartbeat_s": 1.0, "tick_s": 0.1, "topic_prefix": "watched.", "commit_slow_s": 9.0}  # fmt: skip
        self.broker = broker
        self.deployment = Deployment(Settings.model_validate(asked), folder)
        stream_topics.apply(self.deployment.settings, self.deployment.brokers)
        self.ports: Final = tuple(_free_port() for _ in range(2))
        self._clock: dict[str, str] = {}

    def push(self) -> None:
        """Cases of every partition, half of them urgent; then their deadlines pass, and the clock goes on from there."""
        worker = self.deployment.worker(real=True, clock_origin=_OPENED, clock_speed="0.001").wait_ready(60)
        for street in STREETS:
            records = [(street.encode(), _report(street, number)) for number in range(EACH)]
            self.deployment.write(topics.REPORTS, records, partition_of(street, PARTITIONS))
        until(60, "all decided", lambda: self.deployment.decided() >= CASES)
        worker.end()
        self._clock = {"clock_origin": _WATCHED, "clock_started": str(time.time()), "clock_speed": _SPEED}

    def start(self, place: int) -> Worker:
        """A worker at its address."""
        return self.deployment.worker(real=True, http_port=str(self.ports[place]), **self._clock)


class Seen:
    """What Prometheus has recorded."""

    def __init__(self, prometheus: Prometheus) -> None:
        self._prometheus = prometheus

    def now(self, query: str) -> float | None:
        """The answer at this moment."""
        return self._prometheus.number(query, datetime.now(UTC))

    def since(self, query: str, mark: datetime) -> Points:
        """The answer at every second since then."""
        return {
            at: value
            for series in self._prometheus.between(query, mark, datetime.now(UTC), _STEP_S)
            for at, value in series.points
        }

    def labels_now(self, query: str) -> list[Mapping[str, str]]:
        """The labels of every series of the answer at this moment."""
        return [series.labels for series in self._prometheus.at(query, datetime.now(UTC))]

    def words_since(self, query: str, label: str, mark: datetime) -> set[str]:
        """The values of a label since then."""
        return {
            series.labels[label]
            for series in self._prometheus.between(query, mark, datetime.now(UTC), _STEP_S)
        }

    def settled(self) -> None:
        """Wait until every partition is counted again."""
        until(_SETTLED_S, "every partition is counted", lambda: self.now(OPEN) == CASES)


def passed_s(mark: datetime) -> float:
    """Seconds since then."""
    return (datetime.now(UTC) - mark).total_seconds()


@contextmanager
def watching(watched: Watched, folder: Path, alertmanager: str) -> Iterator[Seen]:
    """A Prometheus that looks every second, evaluates the committed rules as often, and tells Alertmanager."""
    rules = [str(ROOT / "deploy/prometheus" / name) for name in ("recording.yaml", "alerts.yaml")]
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": rules,
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
        "scrape_configs": [
            {
                "job_name": "worker",
                "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in watched.ports]}],
            }
        ],
    }
    folder.mkdir()
    with prometheus_on(folder / "tsdb", config=yaml.safe_dump(config), folder=folder) as server:
        yield Seen(server)


@contextmanager
def own_broker(folder: Path) -> Iterator[Broker]:
    """A broker that may be killed."""
    broker = Broker.start(folder, port=low_port())
    try:
        yield broker
    finally:
        if running := Broker.find(folder):
            running.stop()


def _report(street: str, number: int) -> bytes:
    content = {
        "source": "12345",
        "source_no": f"W{street}{number}",
        "street": street,
        "matter": "SZ-002" if number % 2 else "SR-001",
        "reported_at": _OPENED,
        "place": {"address": f"{street} 街 {number} 号", "grid": f"{street}001001"},
        "text": "井盖破损",
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
