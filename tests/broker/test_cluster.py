"""Three brokers of one machine that replicate: one command for all of them, and any one may be away."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from pipeline.broker import Broker, Cluster
from pipeline.broker.running_address import running_address
from schemas import topics
from tests.broker.test_exporter import free_port

pytestmark = pytest.mark.broker

ANSWER_S = 60


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Three brokers run there; what runs at the end is ended."""
    home = tmp_path_factory.mktemp("三 brokers")
    up = enforcement(home, "broker", "up", "--brokers", "3")
    assert up.returncode == 0, up.stderr
    yield home
    if running := Cluster.find(home / "broker"):
        for broker in running.brokers:
            broker.kill()


def enforcement(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command as a user does."""
    environment = {**os.environ, "ENFORCEMENT_HOME": str(home), "LC_ALL": "C.UTF-8"}
    environment.pop("ENFORCEMENT_BROKERS", None)
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def cluster_of(home: Path) -> Cluster:
    found = Cluster.find(home / "broker")
    assert found is not None
    return found


def test_three_run_each_in_a_folder_of_its_own_and_clients_find_them_all(home: Path) -> None:
    """`broker status` names three addresses and processes, and what asks for this machine's broker is given the same."""
    status = json.loads(enforcement(home, "broker", "status", "--json").stdout)
    assert len(set(status["pids"])) == len(status["address"].split(",")) == 3
    assert running_address(home / "broker") == status["address"]
    assert [broker.folder.name for broker in cluster_of(home).brokers] == ["node-1", "node-2", "node-3"]


def test_topics_are_kept_three_times_and_acknowledged_by_two(home: Path) -> None:
    """Nobody has to say so: `topics apply` makes them as the brokers' own default is."""
    made = enforcement(home, "topics", "apply")
    assert made.returncode == 0, made.stderr
    admin = AdminClient({"bootstrap.servers": cluster_of(home).address})
    partitions = admin.list_topics(topics.REPORTS, timeout=ANSWER_S).topics[topics.REPORTS].partitions
    assert {len(part.replicas) for part in partitions.values()} == {3}
    resource = ConfigResource(ResourceType.TOPIC, topics.REPORTS)
    assert admin.describe_configs([resource])[resource].result(ANSWER_S)["min.insync.replicas"].value == "2"


def test_one_is_killed_and_two_go_on_until_it_is_back(home: Path) -> None:
    """What is written meanwhile is acknowledged; `broker up` starts the one that is missing, at its old address."""
    enforcement(home, "topics", "apply")
    before = cluster_of(home)
    before.brokers[1].kill()
    write(before, b"while one is away")
    assert "2 of 3 brokers run" in enforcement(home, "broker", "status").stdout
    again = enforcement(home, "broker", "up")
    assert again.returncode == 0, again.stderr
    after = cluster_of(home)
    assert after.address == before.address
    assert [one.pid == two.pid for one, two in zip(before.brokers, after.brokers, strict=True)] == [
        True,
        False,
        True,
    ]
    assert "already runs" in enforcement(home, "broker", "up").stdout


def test_one_that_is_brought_back_shows_its_metrics_where_it_did(home: Path) -> None:
    """Prometheus finds it again after `broker up`: the alert that it is down ends by itself."""
    metrics_port = free_port()
    cluster_of(home).brokers[1].kill()
    Broker.start(home / "broker" / "node-2", metrics_port=metrics_port)
    cluster_of(home).brokers[1].kill()
    assert f":{metrics_port}/metrics" in enforcement(home, "broker", "up").stdout
    assert cluster_of(home).brokers[1].metrics_port == metrics_port


def test_another_number_is_refused_while_there_are_records(home: Path) -> None:
    """One broker would not find the records of three: exit 69, and what to do."""
    refused = enforcement(home, "broker", "up", "--brokers", "1")
    assert refused.returncode == 69
    assert "other_size" in refused.stderr
    assert "broker down --wipe" in refused.stderr
    assert cluster_of(home).is_whole


def test_one_command_ends_all_and_up_brings_them_back(home: Path) -> None:
    """`down` ends three; `up` alone starts three again, at the same addresses; `down --wipe` removes all they kept."""
    before = cluster_of(home).address
    assert enforcement(home, "broker", "down").returncode == 0
    assert Cluster.find(home / "broker") is None
    assert enforcement(home, "broker", "up").returncode == 0
    assert cluster_of(home).address == before
    assert enforcement(home, "broker", "down", "--wipe", "--yes").returncode == 0
    assert not list((home / "broker").glob("node-*"))


def test_the_help_tells_of_three_in_both_languages(tmp_path: Path) -> None:
    """What it is for, how much memory it takes, and an example."""
    english = enforcement(tmp_path, "broker", "up", "--help").stdout
    assert "enforcement broker up --brokers 3" in english
    assert "1 GB of memory" in " ".join(english.split())
    assert "三个" in enforcement(tmp_path, "broker", "up", "--help", "--lang", "zh").stdout


def write(cluster: Cluster, value: bytes) -> None:
    """Acknowledged by two brokers."""
    producer = Producer({"bootstrap.servers": cluster.address, "acks": "all", "log_level": 0})
    for partition in range(4):
        producer.produce(topics.REPORTS, value, partition=partition)
    assert producer.flush(ANSWER_S) == 0
