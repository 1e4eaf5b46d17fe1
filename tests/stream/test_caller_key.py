"""The key of the callers' tokens: whoever starts a worker elsewhere, or loses the key, is told at once, not by the audit."""

import logging
from dataclasses import replace as changed

import pytest
from msgspec.structs import replace

from pipeline.caller_key import caller_key
from pipeline.core.rules.identity import key_mark
from pipeline.stream.app import real_core
from pipeline.stream.partition.opening import Permit, open_partition
from schemas.errors import CorruptLog
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment

FIRST, OTHER = key_mark(b"1" * 32), key_mark(b"2" * 32)


def worked_under(
    deployment: Deployment, mark: str | None, *values: str, replaces: str | None = None, partition: int = 0
) -> None:
    settings = deployment.settings.model_copy(update={"caller_key_replaces": replaces})
    parts = changed(deployment.parts(), settings=settings, key_mark=mark)
    opened = open_partition(parts, partition, Permit(lambda: True))
    deployment.put(values, partition=partition)
    deployment.work(opened, partition)


def mark_in_log(deployment: Deployment, partition: int = 0) -> str | None:
    position = deployment.position(partition)
    assert position is not None
    return position.caller_key


def test_a_worker_started_with_another_key_stops_and_names_both(deployment: Deployment) -> None:
    """Under another key no caller would be known again, and no audit could replay: nothing is decided."""
    worked_under(deployment, FIRST, "a")
    assert mark_in_log(deployment) == FIRST
    with pytest.raises(CorruptLog, match="other_caller_key") as refusal:
        worked_under(deployment, OTHER, "b")
    assert all(part in str(refusal.value) for part in (FIRST, OTHER, "ENFORCEMENT_CALLER_KEY_FILE"))
    worked_under(deployment, FIRST, "c")
    assert mark_in_log(deployment) == FIRST


def test_a_partition_that_was_never_worked_takes_no_other_key_than_the_rest(deploy: Deploy) -> None:
    """One deployment has one key: the first report of a partition's first street does not bring in another."""
    deployment = deploy(partitions=3)
    worked_under(deployment, FIRST, "a")
    with pytest.raises(CorruptLog, match="other_caller_key") as refusal:
        worked_under(deployment, OTHER, "b", partition=1)
    assert all(part in str(refusal.value) for part in (FIRST, OTHER))
    worked_under(deployment, FIRST, "b", partition=1)
    assert mark_in_log(deployment, 1) == FIRST
    worked_under(deployment, OTHER, "c", partition=2, replaces=FIRST)
    assert mark_in_log(deployment, 2) == OTHER


def test_a_key_lost_for_good_is_replaced_only_by_naming_it(
    deployment: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    """Naming a key that the log does not hold replaces nothing; the change itself is logged."""
    worked_under(deployment, FIRST, "a")
    with pytest.raises(CorruptLog, match="other_caller_key"):
        worked_under(deployment, OTHER, replaces=OTHER)
    with caplog.at_level(logging.WARNING):
        worked_under(deployment, OTHER, "b", replaces=FIRST)
    assert mark_in_log(deployment) == OTHER
    assert any(FIRST in line and OTHER in line for line in caplog.messages)


def test_a_key_that_was_replaced_stays_so_where_nothing_comes(deployment: Deployment) -> None:
    """The setting is needed for one opening of each partition, whatever comes there: then it may go."""
    worked_under(deployment, FIRST, "a")
    position = deployment.position()
    worked_under(deployment, OTHER, replaces=FIRST)
    worked_under(deployment, OTHER)
    assert position is not None
    assert deployment.position() == replace(position, caller_key=OTHER)
    with pytest.raises(CorruptLog, match="other_caller_key"):
        worked_under(deployment, FIRST)


def test_a_log_from_before_there_were_fingerprints_takes_the_key_that_comes(deployment: Deployment) -> None:
    """A log of a worker of 0.1 names no key: the first that opens it is written down."""
    worked_under(deployment, None, "a")
    assert mark_in_log(deployment) is None
    worked_under(deployment, OTHER, "b")
    assert mark_in_log(deployment) == OTHER


def test_making_the_first_key_is_said_aloud_and_once(
    deployment: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    """Which key, where its file is, that it is to be kept; never the key itself, and not again."""
    settings = deployment.settings.model_copy(
        update={"data_dir": deployment.folder / "new", "caller_key": None}
    )
    with caplog.at_level(logging.WARNING):
        mark = real_core(settings).key_mark
        said = [line for line in caplog.messages if "key" in line]
        assert real_core(settings).key_mark == mark == key_mark(caller_key(settings))
    assert [line for line in caplog.messages if "key" in line] == said
    (line,) = said
    assert str(mark) in line
    assert str(deployment.folder / "new" / "caller.key") in line
    assert caller_key(settings).decode() not in line
