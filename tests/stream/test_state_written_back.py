"""A state that the log lost and a worker kept: brought back by the command, gone on from by a worker, and found right by the auditor."""

import re
from pathlib import Path

import pytest
from confluent_kafka import TopicPartition

from schemas import topics
from tests.audit.on_a_broker.test_day import (
    PARTITIONS,
    audit,
    decided,
    enforcement,
    push_a_day,
    sign_everything,
)
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, until


def lose_the_state(deployment: Deployment, share: float) -> None:
    """As retention does, of every partition so much of it from its beginning on."""
    brokers = deployment.brokers
    brokers.configure({topics.CASES: {"cleanup.policy": "delete"}})
    ends = brokers.all_ends([topics.CASES], range(PARTITIONS))
    lost = [
        TopicPartition(deployment.settings.topic(name), number, int(end.high * share))
        for (name, number), end in ends.items()
    ]
    for deleted in brokers.admin.delete_records(lost).values():
        deleted.result(60)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("share", [0.4, 1.0], ids=["partly", "all"])
def test_a_lost_state_comes_back_and_the_audit_is_clean(deploy: Deploy, share: float) -> None:
    """The worker stops within a look and names a file for each partition and the command; with it the next worker goes on."""
    deployment = deploy(partitions=PARTITIONS, clock_speed=600.0)
    pushed = push_a_day(deployment)
    worker = deployment.worker(real=True).wait_ready(60)
    until(120, "decided", lambda: decided(deployment) >= pushed)
    lose_the_state(deployment, share)
    until(120, f"stopped\n{worker.log()}", worker.has_ended)
    assert worker.wait(1) == 78
    line = worker.log().splitlines()[-1]
    assert "state_deleted" in line
    files = re.findall(r"--from \S+", line)
    assert len(files) == PARTITIONS, line
    command = ["topics", "restore", *" ".join(files).split()]

    wrong = enforcement(deployment, *command)
    assert (wrong.returncode, "topics_differ" in wrong.stderr) == (78, True), wrong.stderr
    assert enforcement(deployment, "topics", "apply").returncode == 0
    cut = deployment.folder / "cut.jsonl"
    cut.write_bytes(Path(files[0].split()[1]).read_bytes()[:-9])
    refused = enforcement(deployment, "topics", "restore", "--from", str(cut))
    assert f"{cut} line " in refused.stderr
    assert refused.returncode != 0
    restored = enforcement(deployment, *command)
    assert restored.returncode == 0, restored.stderr
    again = enforcement(deployment, *command)
    assert len(re.findall("none was missing|俱在", again.stdout)) == PARTITIONS, again.stdout
    code, violations, _ = audit(deployment)
    assert not violations, "\n".join(map(str, violations[:5]))
    assert code == 0

    actions = sign_everything(deployment)
    deployment.worker(real=True).wait_ready(60)
    until(120, "gone on", lambda: decided(deployment) >= pushed + actions)
    code, violations, _ = audit(deployment)
    assert not violations, "\n".join(map(str, violations[:5]))
    assert code == 0
