"""The brokers' data are put back to an older copy: the log by itself is sound, and only the checkpoint tells."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from pipeline.broker import Broker, borrowed_broker
from pipeline.core.partition import Partition
from pipeline.settings import Settings
from pipeline.simulate.world.day import generate_day
from pipeline.stream import broker_topics
from pipeline.stream.app import code_version
from schemas import topics
from schemas.partitioning import partition_of
from tests.audit.on_a_broker.test_day import audit, enforcement
from tests.core.story import KEY, RULES
from tests.edge.client.test_following_reader import lasting_port, restart
from tests.stream.fleet.deployment import Deployment

STREET = "140109004"
PARTITIONS = 2
PARTITION = partition_of(STREET, PARTITIONS)


def work(deployment: Deployment, values: Sequence[bytes]) -> None:
    """Reports of the street come, and an owner decides them."""
    deployment.write(topics.REPORTS, [(STREET.encode(), value) for value in values], PARTITION)
    opened = deployment.open(PARTITION, lambda: Partition(RULES, KEY, code_version(), PARTITIONS))
    deployment.work(opened, PARTITION)
    opened.ledger.close()


def copied(broker: Broker, source: Path, target: Path) -> None:
    """The broker is stopped, a folder of records takes the place of another, and it is started again."""
    running = Broker.find(broker.folder)
    assert running is not None
    running.stop()
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    restart(broker)


def found(deployment: Deployment, *arguments: str) -> tuple[int, set[tuple[str, str]]]:
    """The exit code, and the invariants that are broken, with their codes."""
    code, violations, _ = audit(deployment, *arguments)
    return code, {(violation["invariant"], violation["code"]) for violation in violations}


@pytest.mark.long
@pytest.mark.slow
def test_an_older_copy_of_the_log_is_a_finding_until_somebody_says_that_it_was_meant(tmp_path: Path) -> None:
    """Also once workers have gone on from the older copy: no run moves the checkpoint back, and removing it is what says so."""
    values = [push.value for push in generate_day(5, date(2026, 11, 24), (STREET,), 0.5, RULES).pushes]
    folder, copy = tmp_path / "kafka", tmp_path / "copy"
    with borrowed_broker(folder, port=lasting_port()) as broker:
        settings = Settings(brokers=broker.address, partitions=PARTITIONS, data_dir=tmp_path / "data")
        deployment = Deployment(settings, tmp_path)
        broker_topics.apply(settings, deployment.brokers)
        work(deployment, values[:10])
        assert found(deployment) == (0, set())
        copied(broker, folder, copy)
        work(deployment, values[10:20])
        code, violations, since = audit(deployment, "--since-checkpoint")
        assert [(v["code"], v["topic"], v["en"]) for v in violations] == []
        assert code == 0
        whole = audit(deployment)[2]
        assert since["entries"] < whole["entries"]
        assert since["chain"] == whole["chain"]
        told = enforcement(deployment, "audit", "--print-root", "--once", "--no-replay").stdout
        assert f"root {whole['chain']['root']} up to " in told

        copied(broker, copy, folder)
        assert found(deployment, "--since-checkpoint") == (1, {("T7", "log_went_back")})
        assert found(deployment) == (1, {("T7", "log_went_back")})
        work(deployment, values[20:45])
        assert found(deployment, "--since-checkpoint") == (1, {("T7", "entry_replaced")})
        assert found(deployment) == (1, {("T7", "entry_replaced")})
        (checkpoint,) = (tmp_path / "data").glob("audit-checkpoint-*.json")
        checkpoint.unlink()
        assert found(deployment, "--since-checkpoint") == (0, set())
