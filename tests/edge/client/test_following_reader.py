"""Reading on and on: through a broker's death, a reader that falls silent, and offsets that the log no longer has."""

import os
import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.broker import Broker, BrokerError, borrowed_broker
from pipeline.edge.client import Client, PendingReceipt, Unavailable
from pipeline.kafka_log.assigned_reader import AssignedReader
from pipeline.kafka_log.connection import Connection
from pipeline.kafka_log.following_reader import FollowingReader
from pipeline.kafka_log.log_record import LogRecord
from pipeline.settings import Settings
from pipeline.stream import broker_topics as stream_topics
from pipeline.stream.brokers import Brokers
from schemas import topics
from schemas.outputs import Receipt
from schemas.partitioning import partition_of
from tests.edge.client.test_decoding import heard, next_text
from tests.edge.played import PARTITIONS, STREET, Log, accepting, assignment, assignment_record, report

PLACE = partition_of(STREET, PARTITIONS)
LIMIT_S = 60


class Deaf(AssignedReader):
    """Says where the log ends and where it stands, and never hands over a record."""

    def poll(self, wait_s: float) -> list[LogRecord]:
        """Nothing."""
        return []


class Makers:
    """Makes readers of which only the first ones are deaf, and counts them."""

    def __init__(self, deaf: int) -> None:
        self.made = 0
        self._deaf = deaf

    def __call__(self, connection: Connection, *, follows: bool) -> AssignedReader:
        """A deaf one, or a real one."""
        self.made += 1
        return (Deaf if self.made <= self._deaf else AssignedReader)(connection, follows=follows)


def deployment(log: Log) -> Connection:
    """As a client sees it."""
    return Connection(log.settings.brokers, log.settings.topic_prefix)


def until(reader: FollowingReader, enough: Callable[[list[bytes | None]], bool]) -> list[bytes | None]:
    """All values read, as soon as they are enough."""
    deadline, values = time.monotonic() + LIMIT_S, list[bytes | None]()
    while not enough(values):
        assert time.monotonic() < deadline, values
        values += [record.value for record in reader.poll(0.1)]
    return values


def test_a_reader_that_fell_silent_is_made_anew(log: Log):
    """Records are there and none comes: after the time for that the reader is replaced and goes on."""
    log.write([assignment_record(assignment())])
    with closing(FollowingReader(deployment(log), topics.ASSIGNMENTS, stall_s=0.5, make=Makers(1))) as reader:
        reader.add({PLACE: 0})
        assert len(until(reader, lambda values: len(values) == 1)) == 1


def test_a_reader_that_stays_silent_is_an_error(log: Log):
    """Three new readers were no better: it is said, never waited out in silence."""
    log.write([assignment_record(assignment())])
    with closing(FollowingReader(deployment(log), topics.ASSIGNMENTS, stall_s=0.1, make=Makers(9))) as reader:
        reader.add({PLACE: 0})
        with pytest.raises(Unavailable) as caught:
            until(reader, lambda values: len(values) == 1)
    assert caught.value.code == "reader_stalled"


def test_an_offset_the_log_does_not_have_is_left_for_its_first_record(log: Log):
    """Of a topic made anew, or one whose old records are gone."""
    log.write([assignment_record(assignment())])
    with closing(FollowingReader(deployment(log), topics.ASSIGNMENTS)) as reader:
        reader.add({PLACE: 1_000})
        assert len(until(reader, lambda values: len(values) == 1)) == 1


def test_what_came_along_while_reading_to_an_end_is_not_lost(log: Log):
    """Records after the end that was asked for are handed over, too: they would not be fetched again."""
    log.write(assignment_record(assignment(text=str(number))) for number in range(5))
    with closing(FollowingReader(deployment(log), topics.ASSIGNMENTS)) as reader:
        reader.add({PLACE: 0})
        first = [record.value for record in reader.read_to({PLACE: 1})]
        rest = until(reader, lambda values: len(first) + len(values) == 5)
    assert len({*first, *rest}) == 5


def test_an_idle_log_is_no_silent_reader(log: Log):
    """Nothing comes because there is nothing: the same reader stays."""
    makers = Makers(0)
    with closing(FollowingReader(deployment(log), topics.ASSIGNMENTS, stall_s=0.1, make=makers)) as reader:
        reader.add({PLACE: 0})
        began = time.monotonic()
        while time.monotonic() - began < 3:
            assert reader.poll(0.1) == []
    assert makers.made == 1


def restart(broker: Broker) -> None:
    """Serving again at the same address. A killed one holds its ports for a moment longer."""
    deadline = time.monotonic() + LIMIT_S
    while True:
        try:
            broker.restart()
        except BrokerError as error:
            if error.code != "port_taken" or time.monotonic() > deadline:
                raise
        else:
            return


def in_the_end(client: Client, pending: PendingReceipt) -> Receipt:
    """Its receipt; where the outage lasted longer than a client tries, that of the same report pushed again."""
    try:
        return pending.receipt(timeout_s=LIMIT_S)
    except Unavailable:
        return client.push(report("R2"), timeout_s=LIMIT_S)


@pytest.mark.slow
def test_clients_outlive_the_broker(tmp_path: Path):
    """The broker is killed and started again: who followed hears what comes after, who pushed meanwhile is answered."""
    with borrowed_broker(tmp_path / "kafka", port=lasting_port()) as broker:
        settings = Settings(
            brokers=broker.address, topic_prefix="outlive.", partitions=PARTITIONS, data_dir=tmp_path
        )
        stream_topics.apply(settings, Brokers(settings))
        log = Log(settings)
        with log.client() as client:
            queue = heard(client.assignments(None, follow=True))
            log.write([assignment_record(assignment(text="before"))])
            assert next_text(queue) == "before"
            with log.answering(accepting):
                client.push(report("R1"))
            broker.kill()
            meanwhile = client.submit(report("R2"))
            restart(broker)
            after = Log(settings)
            with after.answering(accepting):
                assert in_the_end(client, meanwhile).code == "accepted"
                assert client.push(report("R3"), timeout_s=LIMIT_S).code == "accepted"
            after.write([assignment_record(assignment(text="after"))])
            assert next_text(queue) == "after"


def lasting_port() -> int:
    """A free port that the system gives to no client: one that tries again and again could take it meanwhile. Each process looks elsewhere."""
    for port in range(21_000 + os.getpid() % 10_000, 32_000):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise OSError("no free port")
