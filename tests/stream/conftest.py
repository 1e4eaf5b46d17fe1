"""Fixtures of the stream tests: deployments on the real broker."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from pipeline.broker import Broker
from pipeline.broker.ports import low_port
from pipeline.settings import Settings
from pipeline.stream import broker_topics as stream_topics
from tests.stream.fleet.deployment import Deployment

_numbers = count(1)
Deploy = Callable[..., Deployment]


@pytest.fixture
def deploy(kafka: str, tmp_path: Path) -> Iterator[Deploy]:
    """Makes a deployment with topics of its own; keywords are settings. Its workers end with the test."""
    made: list[Deployment] = []

    def make(*, apply: bool = True, **chosen: object) -> Deployment:
        asked = {
            "brokers": kafka,
            "topic_prefix": f"stream{next(_numbers)}.",
            "partitions": 1,
            "data_dir": tmp_path,
            "session_timeout_s": 6.0,
            "heartbeat_s": 1.0,
            "tick_s": 0.1,
            "read_back": True,
            "commit_slow_s": 9.0,  # the tests' machine may be busy with other things
            **chosen,
        }
        deployment = Deployment(Settings.model_validate(asked), tmp_path)
        if apply:
            stream_topics.apply(deployment.settings, deployment.brokers)
        made.append(deployment)
        return deployment

    yield make
    for deployment in made:
        for worker in deployment.workers:
            worker.end()


@pytest.fixture
def deployment(deploy: Deploy) -> Deployment:
    """A deployment of one partition."""
    return deploy()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker of the test's own, to be ended, frozen, or given other data."""
    broker = Broker.start(tmp_path / "own-broker", port=low_port())
    try:
        yield broker
    finally:
        if running := Broker.find(broker.folder):
            running.stop()


@pytest.fixture
def own_deployment(own_broker: Broker, tmp_path: Path) -> Iterator[Deployment]:
    """Two partitions on that broker."""
    asked = {"brokers": own_broker.address, "partitions": 2, "data_dir": tmp_path, "session_timeout_s": 6.0,
             "heartbeat_s": 1.0, "tick_s": 0.1, "batch_records_max": 20, "topic_prefix": "own."}  # fmt: skip
    deployment = Deployment(Settings.model_validate(asked), tmp_path)
    stream_topics.apply(deployment.settings, deployment.brokers)
    yield deployment
    for worker in deployment.workers:
        worker.end()
