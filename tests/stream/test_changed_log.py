"""The log changes under a running worker: an older copy of it, its state deleted, its topics made otherwise. Each stops the worker."""

import re
import shutil

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import NewPartitions

from pipeline.broker import Broker
from pipeline.stream import broker_topics
from pipeline.stream.partition.kept_state import Outdated, read, write_back
from schemas import topics
from schemas.errors import CorruptLog
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import (
    Deployment,
    Worker,
    assert_each_input_decided_once,
    decided,
    until,
)


def assert_stops(worker: Worker, *words: str) -> str:
    """With exit code 78 and a last line that says these words. Returns the line."""
    until(120, f"stopped\n{worker.log()}", worker.has_ended)
    line = worker.log().splitlines()[-1]
    assert worker.wait(1) == 78, worker.log()
    assert all(word in line for word in words), line
    return line


@pytest.mark.slow
@pytest.mark.parametrize("is_busy", [True, False], ids=["busy", "idle"])
def test_an_older_copy_of_the_brokers_data_stops_the_worker(
    own_broker: Broker, own_deployment: Deployment, is_busy: bool
) -> None:
    """A disk is restored from yesterday: what was acknowledged since is gone. The worker that knows says so, and decides nothing."""
    deployment = own_deployment
    worker = deployment.worker().wait_ready(60)
    deployment.put([f"a{number}" for number in range(50)])
    until(60, "half decided", lambda: decided(deployment) == 50)
    own_broker.stop()
    older = own_broker.folder.with_name("older")
    shutil.copytree(own_broker.folder / "data", older)
    broker = own_broker.restart()
    deployment.put([f"b{number}" for number in range(50)])
    until(60, "all decided", lambda: decided(deployment) == 100)
    broker.stop()
    shutil.rmtree(broker.folder / "data")
    older.rename(broker.folder / "data")
    broker.restart()
    if is_busy:
        deployment.put(["c"])
    assert_stops(worker, "log_went_back", "entry 100 of epoch", "docs/runbooks/CrashLoop.md")
    until(60, "no more than the half", lambda: decided(deployment) == 50)
    assert list((deployment.settings.data_dir / "state").glob("*-0-100.jsonl"))


def test_partitions_added_to_a_topic_stop_the_worker(deploy: Deploy) -> None:
    """A street of the new number would go elsewhere, where nobody is: the next look sees it, and says what can be done."""
    deployment = deploy()
    worker = deployment.worker().wait_ready(60)
    topic = deployment.settings.topic(topics.REPORTS)
    for made in deployment.brokers.admin.create_partitions([NewPartitions(topic, 2)]).values():
        made.result(20)
    assert_stops(worker, "partitions_differ", f"{topic}: 2 partitions, 1 wanted", broker_topics.RUNBOOK)


def test_a_state_that_is_deleted_is_kept_by_the_worker_and_brought_back(deployment: Deployment) -> None:
    """`cases.v1` is set to delete, and loses half. The worker has it all: it stops, and a command brings back what is missing."""
    settings, brokers = deployment.settings, deployment.brokers
    worker = deployment.worker().wait_ready(60)
    deployment.put([f"a{number}" for number in range(30)])
    until(60, "decided", lambda: decided(deployment) == 30)
    before = deployment.position()
    assert before is not None
    brokers.configure({topics.CASES: {"cleanup.policy": "delete"}})
    half = brokers.ends([topics.CASES], 0)[topics.CASES].high // 2
    lost = TopicPartition(settings.topic(topics.CASES), 0, half)
    for deleted in brokers.admin.delete_records([lost]).values():
        deleted.result(20)
    line = assert_stops(worker, "state_deleted", "enforcement topics restore --from")
    with pytest.raises(CorruptLog, match="digest_differs"):
        deployment.open()
    kept = read(settings.data_dir / "state" / re.search(r"([\w.-]+\.jsonl)", line).group(1))
    broker_topics.apply(settings, brokers)
    until(20, "right again", lambda: broker_topics.differences(settings, brokers) == [])
    assert write_back(deployment.parts(), kept) > 0
    assert write_back(deployment.parts(), kept) == 0, "what is there is not written twice"
    opened = deployment.open()
    assert (opened.seq, opened.digest.hex()) == (before.seq, before.digest)
    deployment.put(["goes on"])
    deployment.work(opened)
    assert_each_input_decided_once(deployment)
    with pytest.raises(Outdated, match="state_outdated"):
        write_back(deployment.parts(), kept)
