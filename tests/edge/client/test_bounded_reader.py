"""Reading up to an end: exactly that far, and an error where something is missing. Never a skip, never a wait in silence."""

from collections.abc import Mapping, Sequence
from contextlib import closing

import pytest

from pipeline.kafka_log.bounded_reader import BoundedReader
from pipeline.kafka_log.connection import Connection
from pipeline.kafka_log.independent_client import Consumer, IndependentClient
from pipeline.kafka_log.log_record import LogRecord, TopicPlace
from schemas import topics
from schemas.errors import Unavailable
from schemas.partitioning import partition_of
from tests.edge.played import PARTITIONS, STREET, Log, assignment, assignment_record

PLACE = partition_of(STREET, PARTITIONS)


class Deaf:
    """A consumer that says where the log ends and where it stands, and never hands over a record."""

    def __init__(self, real: Consumer) -> None:
        self._real = real

    def poll(self, timeout_ms: int, max_records: int) -> Mapping[TopicPlace, Sequence[LogRecord]]:
        """Nothing."""
        return {}

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


class DeafClient(IndependentClient):
    """Its consumers hand over nothing."""

    def consumer(self, *, committed_only: bool = True) -> Consumer:
        """A deaf one."""
        made: object = Deaf(super().consumer(committed_only=committed_only))
        return made  # type: ignore[return-value]


def connection_to(log: Log) -> Connection:
    """The deployment of the test."""
    return Connection(log.settings.brokers, log.settings.topic_prefix)


def test_it_reads_exactly_up_to_the_end_again_and_again(log: Log):
    """Records behind the end are left out, also those fetched with the others; readings may run side by side."""
    log.write(assignment_record(assignment(text=str(number))) for number in range(5))
    with closing(BoundedReader(connection_to(log))) as reader:
        assert reader.partitions(topics.ASSIGNMENTS) == list(range(PARTITIONS))
        whole = reader.read_all(topics.ASSIGNMENTS, PLACE)
        first = next(whole)
        middle = [record.offset for record in reader.read(topics.ASSIGNMENTS, PLACE, 1, 3)]
        assert middle == [1, 2]
        assert [first.offset, *(record.offset for record in whole)] == [0, 1, 2, 3, 4]


def test_an_offset_the_log_does_not_have_is_an_error(log: Log):
    """Going on from another one, as a client does, would hide from a proof what is missing."""
    log.write([assignment_record(assignment())])
    with closing(BoundedReader(connection_to(log))) as reader, pytest.raises(Unavailable):
        list(reader.read(topics.ASSIGNMENTS, PLACE, 1_000, 1_001))


def test_a_consumer_that_falls_silent_is_an_error(log: Log):
    """Records are there and none comes: it is said after the time for that."""
    log.write([assignment_record(assignment())])
    deaf = BoundedReader(connection_to(log), stall_s=0.5, make=DeafClient)
    with closing(deaf) as reader, pytest.raises(Unavailable) as caught:
        list(reader.read(topics.ASSIGNMENTS, PLACE, 0, 1))
    assert caught.value.code == "reader_stalled"


def test_a_topic_that_is_missing_is_named(log: Log):
    """With what to do about it."""
    nowhere = Connection(log.settings.brokers, "nowhere.")
    with closing(BoundedReader(nowhere)) as reader, pytest.raises(Unavailable) as caught:
        reader.partitions(topics.JOURNAL)
    assert caught.value.code == "topic_missing"
    assert "nowhere.journal.v1" in caught.value.message
