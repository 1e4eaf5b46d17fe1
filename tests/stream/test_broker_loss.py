"""The broker itself fails under load. A broker of its own, since it is killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.broker import Broker
from pipeline.settings import Settings
from pipeline.stream import broker_topics as stream_topics
from schemas.errors import Unavailable
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, until
from tests.stream.fleet.ports import low_port


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker.start(tmp_path / "own-broker", port=low_port())
    try:
        yield broker
    finally:
        if running := Broker.find(broker.folder):
            running.stop()


@pytest.fixture
def own_deployment(own_broker: Broker, tmp_path: Path) -> Iterator[Deployment]:
    asked = {"brokers": own_broker.address, "partitions": 2, "data_dir": tmp_path, "session_timeout_s": 6.0,
             "heartbeat_s": 1.0, "tick_s": 0.1, "batch_records_max": 20, "topic_prefix": "own."}  # fmt: skip
    deployment = Deployment(Settings.model_validate(asked), tmp_path)
    stream_topics.apply(deployment.settings, deployment.brokers)
    yield deployment
    for worker in deployment.workers:
        worker.end()


@pytest.mark.slow
def test_a_broker_killed_and_frozen_in_mid_load_costs_time_and_nothing_else(
    own_broker: Broker, own_deployment: Deployment
) -> None:
    """kill -9 and restart, then frozen until a transaction is given up: the worker waits, opens anew, and each input is decided once."""
    deployment = own_deployment
    worker = deployment.worker().wait_ready()
    load(deployment, 3_000)
    until(15, "in mid-load", lambda: worker.metric("enforcement_journal_entries_total") > 200)
    own_broker.kill()
    assert worker.metric("enforcement_journal_entries_total") < 6_000
    broker = own_broker.restart()
    until(60, "all decided", lambda: decided(deployment) == 6_000)
    load(deployment, 10_000)
    until(15, "in mid-load again", lambda: decided(deployment) > 6_000)
    os.kill(broker.pid, signal.SIGSTOP)
    retired = worker.metric("enforcement_producers_retired_total")
    try:
        until(30, "retired", lambda: worker.metric("enforcement_producers_retired_total") > retired)
    finally:
        os.kill(broker.pid, signal.SIGCONT)
    until(90, "all decided again", lambda: decided(deployment) == 26_000)
    assert_each_input_decided_once(deployment)


def load(deployment: Deployment, each: int) -> None:
    for partition in range(2):
        deployment.put([str(number) for number in range(each)], partition=partition)


def decided(deployment: Deployment) -> int:
    """How many entries there are; 0 while the broker does not answer."""
    try:
        return deployment.decided()
    except Unavailable:
        return 0
