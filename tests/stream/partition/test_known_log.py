"""A log that went back: the brokers have an older copy of their data, and a worker knows better."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from pipeline.stream.brokers import Ends
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.partition.known_log import KnownLog
from pipeline.stream.partition.opening import Permit, open_partition
from schemas import topics
from schemas.errors import CorruptLog
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment


def worked(deployment: Deployment, values: list[str], known: KnownLog | None = None) -> WorkerParts:
    """The parts of a process that has decided these."""
    parts = replace(deployment.parts(), known_log=known or KnownLog())
    deployment.put(values)
    opened = open_partition(parts, 0, Permit(lambda: True))
    deployment.work(opened)
    opened.ledger.close()
    return parts


def test_a_partition_that_lacks_what_this_process_decided_is_not_opened(deploy: Deploy) -> None:
    """What is left of the log agrees with itself: only whoever decided more can know. It is not gone on with."""
    full, older = deploy(), deploy()
    worked(full, ["a", "b", "c"])
    position = full.position()
    assert position is not None
    known = KnownLog()
    known.committed(changed(position, inputs=()))  # so that the entries' numbers alone tell
    there = worked(older, ["a"])
    with pytest.raises(
        CorruptLog, match=r"log_went_back: partition 0 is at entry 1 .* knows entry 3 of epoch 1"
    ):
        open_partition(replace(there, known_log=known), 0, Permit(lambda: True))


def test_a_partition_of_another_workers_that_ends_earlier_than_seen_is_not_opened(deploy: Deploy) -> None:
    """A worker that takes a partition over has seen its topics' ends, though it decided nothing there itself."""
    full, older = deploy(), deploy()
    worked(full, ["a", "b", "c"])
    known = KnownLog()
    known.saw(0, full.brokers.ends([topics.JOURNAL, topics.CASES], 0))
    there = worked(older, ["a"])
    with pytest.raises(CorruptLog, match=r"log_went_back: journal.v1/0 ends at 4, and ended at "):
        open_partition(replace(there, known_log=known), 0, Permit(lambda: True))


def test_a_log_that_went_on_is_opened_by_whoever_knew_less(deployment: Deployment) -> None:
    """Another worker decided meanwhile: what is known is behind, and that is no contradiction."""
    known = worked(deployment, ["a"]).known_log
    worked(deployment, ["b", "c"])
    parts = worked(deployment, ["d"], known)
    assert (parts.known_log.of(0).seq, parts.known_log.of(0).epoch) == (4, 3)


def test_what_the_brokers_said_earlier_lowers_nothing() -> None:
    """Two threads ask, and the later answer is noted first."""
    known = KnownLog()
    known.saw(0, {topics.CASES: Ends(0, 9, 9)})
    known.saw(0, {topics.CASES: Ends(0, 7, 7)})
    assert known.of(0).ends == {topics.CASES: 9}
