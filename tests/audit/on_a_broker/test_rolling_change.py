"""A rolling change of the rules on a real Kafka: two workers with two folders take turns on one log."""

import shutil
import signal
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from pipeline.rulebook import RULES_DIR, load_rules
from pipeline.simulate.world.day import generate_day
from schemas import topics
from schemas.partitioning import partition_of
from tests.audit.on_a_broker.test_day import audit, decided
from tests.core.story import RULES
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, until

STREET = "140109004"
BATCH = 15
LIMIT = ("{dispose: 2 work_hours}", "{dispose: 1 work_hours}")


@pytest.fixture
def other_folder(tmp_path: Path) -> Path:
    """The shipped rules with less time for handling."""
    folder = Path(shutil.copytree(RULES_DIR, tmp_path / "other-rules"))
    policy = folder / "sla" / "2020-01-01.yaml"
    assert LIMIT[0] in policy.read_text()
    policy.write_text(policy.read_text().replace(*LIMIT))
    return folder


def _has_decided(deployment: Deployment, count: int) -> bool:
    return decided(deployment) == count


def worked_in_turn(deployment: Deployment, *folders: Path) -> list[str]:
    """A worker with each folder in turn decides some reports of a street; what each wrote in its log."""
    values = [push.value for push in generate_day(5, date(2026, 11, 24), (STREET,), 0.3, RULES).pushes]
    partition, logs = partition_of(STREET, deployment.settings.partitions), []
    for turn, folder in enumerate(folders):
        worker = deployment.worker(real=True, rules_dir=str(folder))
        records = [(STREET.encode(), value) for value in values[turn * BATCH : (turn + 1) * BATCH]]
        deployment.write(topics.REPORTS, records, partition)
        until(120, "a turn decided", partial(_has_decided, deployment, (turn + 1) * BATCH))
        worker.send(signal.SIGTERM)
        assert worker.wait(60) == 0
        logs.append(worker.log())
    return logs


@pytest.mark.long
@pytest.mark.slow
def test_each_entry_is_checked_by_the_rules_of_its_worker(deploy: Deploy, other_folder: Path) -> None:
    """With one folder exit 3 and the share that was not checked; with both, or with what the workers archived, 0 and all of it."""
    deployment = deploy(partitions=2)
    ours, other = RULES.version, load_rules(other_folder).version
    logs = worked_in_turn(deployment, RULES_DIR, other_folder, RULES_DIR)
    assert all(
        f"decides by rules {version}" in log for log, version in zip(logs, (ours, other, ours), strict=True)
    )
    assert f"rules {other}, before {ours}" in logs[1]

    for folder, lacking in ((RULES_DIR, other), (other_folder, ours)):
        code, violations, summary = audit(deployment, "--rules", str(folder))
        assert (code, violations) == (3, [])
        assert summary["not_checked"]["rules_versions"].keys() == {lacking}
        assert 0 < summary["not_checked"]["share"] <= 1
    for folders in (("--rules", str(RULES_DIR), "--rules", str(other_folder)), ()):
        code, violations, summary = audit(deployment, *folders)
        assert (code, violations, summary["not_checked"]["entries"]) == (0, [], 0)
        replayed = next(invariant for invariant in summary["invariants"] if invariant["invariant"] == "I14")
        assert replayed["checked"] == summary["entries"] >= 3 * BATCH
