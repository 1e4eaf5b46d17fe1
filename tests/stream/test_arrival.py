"""What counts is when the broker took a record, and when a timer was due: not when a worker came to it, nor what its clock shows."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Producer

from pipeline.stream import broker_topics
from pipeline.stream.broker_time import ClockWrong
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.partition.batch import OpenPartition
from pipeline.stream.partition.opening import Permit, open_partition
from pipeline.stream.worker_clock import WorkerClock
from schemas import topics
from schemas.journal.entry import JournalEntry, TimerCause
from tests.stream.fleet.counting import CountingCore
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, until

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AN_HOUR_A_SECOND = 3_600.0
DEADLINES = 10


def off_by(seconds: float) -> WorkerClock:
    """The clock of a machine that was set wrong."""
    return WorkerClock(EPOCH, 0.0, 1.0, lambda: time.time() + seconds)


def catch_up(deployment: Deployment, opened: OpenPartition, entries: int) -> None:
    """Work until there are so many entries."""

    def has_caught_up() -> bool:
        deployment.work(opened)
        return deployment.decided() == entries

    until(60, "all decided", has_caught_up)


def arrivals(deployment: Deployment, topic: str, clock: WorkerClock) -> dict[int, datetime]:
    """Of each record, when the broker took it, as a worker's clock shows it."""
    return {
        message.offset() or 0: clock.at(message.timestamp()[1] / 1_000)
        for message in deployment.messages(topic)
    }


def test_an_outage_of_an_hour_over_ten_deadlines_makes_nobody_late_who_was_in_time(
    deployment: Deployment,
) -> None:
    """What was sent and what was due while no worker was there is taken in one order, of arrival and due time, each as of then."""
    clock = WorkerClock(datetime(2026, 3, 2, 9, tzinfo=UTC), time.time(), AN_HOUR_A_SECOND)
    deployment.put([f"arm:{360 * (number + 1) + 1_800}" for number in range(DEADLINES)])
    deployment.work(deployment.open(clock=clock))
    armed = deployment.entries()[-1].at
    for number in range(2 * DEADLINES):
        deployment.put([f"while away {number}"], topics.INPUTS[number % 2])
    until(60, "all deadlines over", lambda: clock() > armed + timedelta(hours=3))
    back = deployment.open(clock=clock)
    catch_up(deployment, back, 4 * DEADLINES)

    entries = deployment.entries()[DEADLINES:]
    assert [entry.at for entry in entries] == sorted(
        when_it_counts(deployment, entry, clock) for entry in entries
    )
    assert all(entry.at == when_it_counts(deployment, entry, clock) for entry in entries)
    assert all(entry.decided_at and entry.decided_at > entry.at for entry in entries)
    kinds = [isinstance(entry.cause, TimerCause) for entry in entries]
    assert sum(kinds) == DEADLINES
    assert_each_input_decided_once(deployment)


def when_it_counts(deployment: Deployment, entry: JournalEntry, clock: WorkerClock) -> datetime:
    """Its arrival or its due time."""
    cause = entry.cause
    if isinstance(cause, TimerCause):
        return cause.due_at
    return arrivals(deployment, cause.topic, clock)[cause.offset]


def test_a_sign_that_arrived_before_it_was_due_is_decided_first_though_the_worker_came_later(
    deployment: Deployment,
) -> None:
    """09:05 acknowledged, 09:11 due, the worker back at 09:17: in time. An aborted push behind it holds nothing up."""
    clock = WorkerClock(datetime(2026, 3, 2, 9, tzinfo=UTC), time.time(), 600.0)
    deployment.put(["arm:660"])
    deployment.work(deployment.open(clock=clock))
    due = deployment.entries()[0].at + timedelta(seconds=660)
    deployment.put(["sign"], topics.ACTIONS)
    foreign = Producer(
        {
            "bootstrap.servers": deployment.settings.brokers,
            "transactional.id": f"{deployment.settings.topic_prefix}f",
        }
    )
    foreign.init_transactions(10)
    foreign.begin_transaction()
    foreign.produce(deployment.settings.topic(topics.REPORTS), b"never", b"140109004", 0)
    assert foreign.flush(10) == 0
    foreign.abort_transaction(10)
    until(60, "it is overdue", lambda: clock() > due + timedelta(minutes=6))
    back = deployment.open(clock=clock)
    catch_up(deployment, back, 3)
    _, sign, breach = deployment.entries()
    assert not isinstance(sign.cause, TimerCause)
    assert sign.at < due == breach.at
    assert sign.decided_at is not None
    assert sign.decided_at > due


@pytest.mark.parametrize("seconds", [86_400.0, -600.0, 6.0])
def test_a_worker_whose_clock_is_wrong_decides_nothing_and_says_so(
    deployment: Deployment, seconds: float
) -> None:
    """A day ahead, ten minutes slow: one line that says by how much and what to do."""
    deployment.put(["a"])
    with pytest.raises(ClockWrong, match=r"ahead of|behind") as told:
        deployment.open(clock=off_by(seconds))
    assert f"{abs(seconds):.0f}"[:3] in str(told.value).replace("86399", "86400")
    assert "NTP" in str(told.value)
    deployment.work(deployment.open())
    assert [entry.seq for entry in deployment.entries()] == [1]


def test_a_clock_that_is_set_wrong_while_the_worker_works_stops_it_before_the_next_decision(
    deployment: Deployment,
) -> None:
    """Nothing is committed by it any more; a clock a little wrong changes nothing of what is decided."""
    wrong = [1.0]
    clock = WorkerClock(EPOCH, 0.0, 1.0, lambda: time.time() + wrong[0])
    parts: WorkerParts = deployment.parts(CountingCore, clock)
    opened = open_partition(parts, 0, Permit(lambda: True))
    deployment.put(["a"])
    deployment.work(opened)
    (entry,) = deployment.entries()
    assert entry.at == arrivals(deployment, topics.REPORTS, WorkerClock(EPOCH, 0.0, 1.0))[0]
    wrong[0] = 86_400.0
    deployment.put(["b"])
    deployment.fetch(opened)
    with pytest.raises(ClockWrong):
        opened.work(10)
    assert deployment.decided() == 1


def test_a_report_stamped_in_another_century_counts_and_is_kept_from_its_arrival(
    deployment: Deployment,
) -> None:
    """Retention would delete it at once by its sender's stamp; the broker's own is the one that stands."""
    settings = deployment.settings
    producer = Producer({"bootstrap.servers": settings.brokers})
    producer.produce(settings.topic(topics.REPORTS), b"old", b"140109004", 0, timestamp=946_684_800_000)
    assert producer.flush(10) == 0
    (message,) = deployment.messages(topics.REPORTS)
    assert message.timestamp()[0] == TIMESTAMP_LOG_APPEND_TIME
    assert abs(message.timestamp()[1] / 1_000 - time.time()) < 60
    deployment.work(deployment.open())
    assert deployment.entries()[0].at == EPOCH + timedelta(milliseconds=message.timestamp()[1])


def test_topics_that_their_senders_stamp_are_named_and_apply_mends_them(deployment: Deployment) -> None:
    """A deployment of before: a worker does not start on it, one command mends it, nothing else is touched."""
    settings, brokers = deployment.settings, deployment.brokers
    brokers.configure({topics.REPORTS: {topics.TIMESTAMP_TYPE: "CreateTime", "retention.ms": "99000000"}})
    name = settings.topic(topics.REPORTS)
    assert [*map(str, broker_topics.differences(settings, brokers))] == [
        f"{name}: message.timestamp.type is CreateTime, LogAppendTime wanted"
    ]
    assert broker_topics.apply(settings, brokers) == [f"set message.timestamp.type=LogAppendTime of {name}"]
    until(60, "it stands", lambda: broker_topics.differences(settings, brokers) == [])
    assert brokers.configs([topics.REPORTS])[topics.REPORTS]["retention.ms"] == "99000000"
