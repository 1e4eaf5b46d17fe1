"""A broker of three falls silent with its connections open: a host without power, a cut cable, a frozen process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.three_brokers import coordinator, frozen
from pipeline.broker import Cluster
from pipeline.settings import Settings
from pipeline.stream import broker_topics as stream_topics
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, until

PARTITIONS = 4
PATIENCE_S = 300
"""Until what must happen has happened: the machine may be busy. The silence lasts until then, so waiting cannot mend it."""


@pytest.fixture
def deployment(three_brokers: Cluster, tmp_path: Path) -> Iterator[Deployment]:
    asked = {"brokers": three_brokers.address, "topic_prefix": "silent.", "partitions": PARTITIONS, "data_dir": tmp_path,
             "heartbeat_s": 1.0, "tick_s": 0.1, "commit_slow_s": 9.0}  # fmt: skip
    deployment = Deployment(Settings.model_validate(asked), tmp_path)
    stream_topics.apply(deployment.settings, deployment.brokers)
    yield deployment
    for worker in deployment.workers:
        worker.end()


@pytest.mark.slow
def test_all_partitions_work_on_while_the_groups_coordinator_is_silent(
    three_brokers: Cluster, deployment: Deployment
) -> None:
    """Work goes on at the other two before the silent one is back; a line names it, a metric counts it, and nothing is decided twice."""
    workers = [deployment.worker(), deployment.worker()]
    for worker in workers:
        worker.wait_ready()
    push(deployment, "before")
    until(PATIENCE_S, "all decided", lambda: deployment.decided() == PARTITIONS)
    number = coordinator(deployment.settings)
    silent = f"broker {number} at {three_brokers.brokers[number - 1].address} has answered nothing for"
    with frozen(three_brokers.brokers[number - 1]):
        push(deployment, "meanwhile")
        until(PATIENCE_S, "all decided without it", lambda: deployment.decided() == 2 * PARTITIONS)
        until(PATIENCE_S, "it is named", lambda: any(silent in worker.log() for worker in workers))
        assert sum(worker.metric("enforcement_broker_silences_total") for worker in workers) > 0
        assert max(worker.metric("enforcement_broker_silent_seconds") for worker in workers) > 0
    until(
        PATIENCE_S,
        "it is known to be back",
        lambda: all(worker.metric("enforcement_broker_silent_seconds") == 0 for worker in workers),
    )
    push(deployment, "after")
    until(PATIENCE_S, "all decided with it", lambda: deployment.decided() == 3 * PARTITIONS)
    assert_each_input_decided_once(deployment)


def push(deployment: Deployment, value: str) -> None:
    for partition in range(PARTITIONS):
        deployment.put([value], partition=partition)
