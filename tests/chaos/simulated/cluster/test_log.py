"""The simulated log: it is only worth something if it answers as a broker does, so the same is done on both and compared."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from confluent_kafka import TopicPartition

from pipeline.settings import Settings
from pipeline.stream import broker_topics as stream_topics
from pipeline.stream.brokers import Brokers
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.partition.ledger import Fenced, Ledger, Lost
from pipeline.stream.partition.outgoing_records import Outgoing
from pipeline.stream.partition.restore import read_from
from pipeline.stream.worker_clock import clock_of
from schemas import topics
from tests.chaos.simulated.cluster.brokers import SimulatedBrokers
from tests.chaos.simulated.cluster.log import Busy, Log, NotInTransaction, Place, Transaction
from tests.chaos.simulated.cluster.log import Fenced as EpochOver
from tests.chaos.simulated.cluster.network import Network
from tests.chaos.simulated.faults import SOUND, Faults
from tests.chaos.simulated.scheduler import Process, Scheduler, SimulatedMachine
from tests.stream.fleet.counting import CountingCore

Told = list[object]
PLACE = (topics.CASES, 0)


def put(ledger: Ledger, *keys: bytes) -> None:
    """Write and send, without committing."""
    if not ledger.in_transaction:
        ledger.begin()
    for key in keys:
        ledger.write(Outgoing(topics.CASES, key, b"v", []))
    assert ledger._producer.flush(10) == 0


def write_all(ledger: Ledger, key: bytes) -> None:
    """A transaction of one record."""
    ledger.begin()
    ledger.write(Outgoing(topics.CASES, key, b"v", []))
    ledger.commit()


def settled(parts: WorkerParts) -> tuple[int, int, int]:
    """Where the topic ends, once all markers stand."""
    while True:
        ends = parts.brokers.ends([topics.CASES], 0)[topics.CASES]
        if ends.stable == ends.high:
            return ends.begin, ends.stable, ends.high
        parts.machine.flag().wait(0.05)


def seen(parts: WorkerParts) -> list[tuple[int | None, object]]:
    """Offset and key of what readers of committed records see."""
    place = TopicPartition(parts.settings.topic(topics.CASES), 0, 0)
    return [(record.offset(), record.key()) for record in read_from(parts.brokers, place)]


def ended(doing: Callable[[], None]) -> str:
    """The name of the exception, if one was raised."""
    try:
        doing()
    except (Fenced, Lost) as error:
        return type(error).__name__
    return "done"


def a_life_of_transactions(parts: WorkerParts, told: Told) -> None:
    """Commit, abort, leave open, fence, be fenced: what is told after each step."""
    first = Ledger(parts, 0)
    first.open()
    put(first, b"a", b"b")
    ends = parts.brokers.ends([topics.CASES], 0)[topics.CASES]
    told.append(("open", ends.begin, ends.stable, ends.high, seen(parts)))
    first.commit()
    told.append(("committed", settled(parts), seen(parts)))
    put(first, b"c")
    first.abort()
    told.append(("aborted", settled(parts), seen(parts)))
    put(first, b"d")
    first.commit()
    told.append(("after an abort", settled(parts), seen(parts)))
    put(first, b"e")
    second = Ledger(parts, 0)
    second.open()
    told.append(("fenced", settled(parts), seen(parts), ended(first.commit)))
    put(second, b"f")
    second.commit()
    told.append(("the next owner", settled(parts), seen(parts)))
    third = Ledger(parts, 0)
    third.open()
    told.append(("an idle owner was fenced", ended(lambda: write_all(second, b"g"))))
    put(third, b"h")
    third.commit()
    told.append(("the last owner", settled(parts), seen(parts)))


def on_the_simulated_log() -> Told:
    """The same life there."""
    told: Told = []
    scheduler, process = Scheduler(), Process("w")
    network: Network

    def ending(transaction: Transaction) -> None:
        for place in transaction.parts:
            network.later(0.01, partial(mark, transaction, place))

    def mark(transaction: Transaction, place: Place) -> None:
        log.write_marker(transaction, place)

    log = Log({topic.name: topic.config for topic in topics.TOPICS}, 1, ending)
    network = Network(scheduler, log, Faults(0, active=False), SOUND)
    settings = Settings(partitions=1)
    parts = WorkerParts(
        settings,
        SimulatedBrokers(settings, network, process),
        clock_of(settings),
        CountingCore,
        SimulatedMachine(scheduler, process),
    )
    task = scheduler.spawn(process, lambda: a_life_of_transactions(parts, told))
    scheduler.run(1_000, 100_000)
    assert task.ended.is_set()
    return told


def test_the_simulated_log_answers_as_the_broker_does(kafka: str, tmp_path: Path) -> None:
    """Offsets, markers, last stable offset, fencing: the real ledger sees the same on both."""
    settings = Settings(
        brokers=kafka, topic_prefix="simulated.", partitions=1, data_dir=tmp_path, commit_slow_s=9.0
    )
    brokers = Brokers(settings)
    stream_topics.apply(settings, brokers)
    told: Told = []
    a_life_of_transactions(WorkerParts(settings, brokers, clock_of(settings), CountingCore), told)
    assert told == on_the_simulated_log()


def log_of_one() -> tuple[Log, list[Transaction]]:
    """An empty log, and the transactions that begin to end."""
    endings: list[Transaction] = []
    return Log({topics.CASES: {}}, 1, endings.append), endings


def test_a_late_request_to_end_hits_the_next_transaction_of_its_epoch() -> None:
    """The protocol's hole, which condition 5 keeps out of: the request names no transaction, only an epoch."""
    log, endings = log_of_one()
    epoch = log.init("t")
    log.join("t", epoch, PLACE, 0.0)
    log.append("t", epoch, PLACE, (b"a", b"1", ()))
    log.end("t", epoch, commits=True)
    log.write_marker(endings.pop(), PLACE)
    log.end("t", epoch, commits=True)
    assert endings == []
    log.join("t", epoch, PLACE, 0.0)
    log.append("t", epoch, PLACE, (b"b", b"half", ()))
    log.end("t", epoch, commits=True)
    log.write_marker(endings.pop(), PLACE)
    assert [one.key for one in log.partitions[PLACE].visible(0, 9)[0]] == [b"a", b"b"]
    with pytest.raises(NotInTransaction):
        log.append("t", epoch, PLACE, (b"c", b"other half", ()))


def test_a_new_epoch_ends_what_the_old_one_left_open() -> None:
    """First it is aborted, meanwhile the new owner has to ask again, and the old one's requests are refused."""
    log, endings = log_of_one()
    old = log.init("t")
    log.join("t", old, PLACE, 0.0)
    log.append("t", old, PLACE, (b"a", b"1", ()))
    with pytest.raises(Busy):
        log.init("t")
    with pytest.raises(EpochOver):
        log.end("t", old, commits=True)
    log.write_marker(endings.pop(), PLACE)
    assert log.init("t") > old
    assert log.partitions[PLACE].visible(0, 9) == ([], 2)


def test_compaction_keeps_the_latest_of_each_key_and_every_offset() -> None:
    """What is left stands where it stood, and what is not committed is not touched."""
    log, _ = log_of_one()
    cases = log.partitions[PLACE]
    for key, value in ((b"a", b"1"), (b"b", b"1"), (b"a", b"2"), (b"b", None)):
        cases.append((key, value, ()))
    epoch = log.init("t")
    log.join("t", epoch, PLACE, 0.0)
    log.append("t", epoch, PLACE, (b"a", b"3", ()))
    assert cases.compact(99, keep_tombstones=False) == 3
    assert [(record.offset, record.value) for record in cases.records] == [(2, b"2"), (4, b"3")]
    assert cases.stable == 4
