"""Who gets which partitions when the brokers have just started and say that there are no topics."""

from aiokafka.cluster import ClusterMetadata

from pipeline.settings import Settings
from pipeline.stream.app import build_app
from pipeline.stream.core_protocol import CoreSetup
from pipeline.stream.fetching.assignor import SureAssignor
from schemas import topics
from tests.stream.fleet.counting import CountingCore


def test_a_broker_that_knows_no_topics_yet_leaves_no_partition_without_an_owner():
    """Each partition of both inputs goes to exactly one of two members, and both inputs' to the same one."""
    settings = Settings(partitions=4)
    app = build_app(settings, lambda _: CoreSetup(CountingCore))
    assignor = app.assignor
    assert isinstance(assignor, SureAssignor)
    inputs = {settings.topic(name) for name in topics.INPUTS}
    members = {name: assignor.metadata(inputs) for name in ("one", "other")}
    shared = assignor.assign(ClusterMetadata(), members)
    owned = {name: {topic: set(numbers) for topic, numbers in got.assignment} for name, got in shared.items()}
    for topic in inputs:
        assert sorted(number for got in owned.values() for number in got[topic]) == [0, 1, 2, 3]
    assert all(len({frozenset(numbers) for numbers in got.values()}) == 1 for got in owned.values())
