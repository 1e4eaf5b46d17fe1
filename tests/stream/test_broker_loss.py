"""The broker itself fails under load. A broker of its own, since it is killed."""

import pytest

from benchmarks.three_brokers import frozen
from pipeline.broker import Broker
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, decided, until


@pytest.mark.long
@pytest.mark.slow
def test_a_broker_killed_and_frozen_in_mid_load_costs_time_and_nothing_else(
    own_broker: Broker, own_deployment: Deployment
) -> None:
    """kill -9 and restart, then frozen until a transaction is given up: the worker waits, opens anew, and each input is decided once."""
    deployment = own_deployment
    worker = deployment.worker().wait_ready()
    load(deployment, 3_000)
    until(60, "in mid-load", lambda: worker.metric("enforcement_journal_entries_total") > 200)
    own_broker.kill()
    assert worker.metric("enforcement_journal_entries_total") < 6_000
    broker = own_broker.restart()
    until(60, "all decided", lambda: decided(deployment) == 6_000)
    load(deployment, 10_000)
    until(60, "in mid-load again", lambda: decided(deployment) > 6_000)
    with frozen(broker):
        retired = worker.metric("enforcement_producers_retired_total")
        until(60, "retired", lambda: worker.metric("enforcement_producers_retired_total") > retired)
    until(90, "all decided again", lambda: decided(deployment) == 26_000)
    assert_each_input_decided_once(deployment)


def load(deployment: Deployment, each: int) -> None:
    for partition in range(2):
        deployment.put([str(number) for number in range(each)], partition=partition)
