"""The ledger: how a transaction can end."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest
from confluent_kafka import TIMESTAMP_CREATE_TIME, KafkaException, Producer

from pipeline.stream.machine import Machine
from pipeline.stream.partition.failure_policy import FailurePolicy
from pipeline.stream.partition.ledger import Fenced, Ledger, Lost
from pipeline.stream.partition.opening import Permit, open_partition, renew
from pipeline.stream.partition.outgoing_records import Outgoing
from schemas import topics
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, until
from tests.stream.fleet.proxy import Proxy

OURS = Permit(lambda: True)


def test_a_fenced_owner_commits_nothing(deployment: Deployment) -> None:
    """The second opening fences the first: what the first still writes is never seen."""
    deployment.put(["a"])
    first = deployment.open()
    deployment.fetch(first)
    Ledger(deployment.parts(), 0).open()
    with pytest.raises(Fenced):
        first.work(10)
    assert deployment.messages(topics.JOURNAL) == []


def _has_ended(ledger: Ledger) -> bool:
    try:
        ledger._producer.poll(0.1)
    except KafkaException:
        return True
    return False


def test_a_fenced_owner_hears_of_it_at_whatever_step(deployment: Deployment) -> None:
    """The client may notice amid a batch: then it says only that it has ended, and the partition must be given up all the same."""
    first = Ledger(deployment.parts(), 0)
    first.open()
    first.begin()
    Ledger(deployment.parts(), 0).open()
    entry = Outgoing(topics.JOURNAL, b"key", b"value", [])
    first.write(entry)
    until(60, "the client has noticed", lambda: _has_ended(first))
    for step in (lambda: first.write(entry), first.begin, first.commit):
        with pytest.raises(Fenced):
            step()


def test_a_lost_commit_answer_retires_the_producer(deployment: Deployment, deploy: Deploy) -> None:
    """Condition 5: the client repeats a lost EndTxn inside and reports success; another producer goes on, with the state as it is."""
    proxy = Proxy(deployment.settings.brokers)
    through = Deployment(deployment.settings.model_copy(update={"brokers": proxy.address}), Path())
    deployment.put(["a", "b"])
    opened = through.open()
    deployment.fetch(opened)
    proxy.lose_next_end_of_transaction()
    assert opened.work(10) == 2
    assert proxy.lost.is_set()
    doubt = opened.ledger.doubt
    assert doubt is not None
    assert doubt.code == "broken_connection"
    with pytest.raises(Lost, match="broken_connection"):
        opened.ledger.begin()
    renew(through.parts(), opened.ledger, 0, OURS)
    deployment.put(["c"])
    deployment.work(opened)
    assert opened.seq == 3
    assert_each_input_decided_once(deployment)
    proxy.close()


def test_a_lost_answer_to_an_abort_retires_the_producer(deployment: Deployment) -> None:
    """Condition 5: clocks are compared by a transaction that is aborted; asked for twice, the abort could end half of the next one."""
    proxy = Proxy(deployment.settings.brokers)
    through = Deployment(deployment.settings.model_copy(update={"brokers": proxy.address}), Path())
    parts = through.parts()
    opened = open_partition(parts, 0, OURS)
    proxy.lose_next_end_of_transaction()
    opened.ledger.compare_clocks()
    assert proxy.lost.is_set()
    with pytest.raises(Lost, match="broken_connection"):
        opened.ledger.begin()
    renew(parts, opened.ledger, 0, OURS)
    deployment.put(["a"])
    deployment.work(opened)
    assert_each_input_decided_once(deployment)
    proxy.close()


def test_after_a_slow_commit_nothing_is_read_anew_unless_another_has_written(deploy: Deploy) -> None:
    """Condition 5: the state is kept only if the log ends where the commit left it; otherwise the partition is opened anew."""
    deployment = deploy(commit_slow_s=1e-6)
    parts = deployment.parts()
    deployment.put(["a"])
    opened = deployment.open()
    deployment.work(opened)
    renew(parts, opened.ledger, 0, OURS)
    deployment.put(["b"])
    deployment.fetch(opened)
    assert opened.work(10) == 1
    other = deployment.open()
    deployment.put(["c"])
    deployment.work(other)
    with pytest.raises(Lost, match="overtaken"):
        renew(parts, opened.ledger, 0, OURS)
    assert [entry.seq for entry in deployment.entries()] == [1, 2, 3]


class Unplaced(NamedTuple):
    """What the client says of a record that its new leader had already: the first answer was lost with the old one."""

    def offset(self) -> None:
        """Nobody says where."""

    def timestamp(self) -> tuple[int, int]:
        """The writer's own, not the broker's stamp."""
        return TIMESTAMP_CREATE_TIME, 1_700_000_000_000


class Forgetful:
    """A producer whose brokers had everything already when it came."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer

    def __getattr__(self, name: str) -> object:
        return getattr(self._producer, name)

    def produce(self, *record: Any, on_delivery: Callable[..., None] | None, **more: Any) -> None:
        told = None if on_delivery is None else lambda error, _: on_delivery(error, Unplaced())
        self._producer.produce(*record, **more, on_delivery=told)  # type: ignore[misc]  # whatever it is


def test_a_record_that_its_new_leader_had_already_is_no_record_of_a_broker_that_stamps_nothing(
    deploy: Deploy,
) -> None:
    """A leader dies amid a transaction and the client sends again: the worker ended with 78, `journal_unstamped`. It goes on; where the
    state then ends nobody says, so that a producer in doubt is not renewed: the partition is opened anew."""
    deployment = deploy(commit_slow_s=60.0)
    parts = deployment.parts()
    deployment.put(["a"])
    opened = deployment.open()
    deployment.work(opened)
    opened.ledger._producer = cast("Producer", Forgetful(opened.ledger._producer))
    deployment.put(["b"])
    deployment.work(opened)
    assert [entry.seq for entry in deployment.entries()] == [1, 2]
    with pytest.raises(Lost, match="overtaken"):
        renew(parts, opened.ledger, 0, OURS)


class SteppingMachine(Machine):
    """Whatever it does takes `step_s`."""

    def __init__(self) -> None:
        self.step_s = 0.01
        self._now_s = 0.0

    def monotonic(self) -> float:
        self._now_s += self.step_s
        return self._now_s


def test_what_is_slow_follows_what_is_usual(deploy: Deploy) -> None:
    """Brokers that are slow for good retire one producer, not one a batch: only what is slow for them is doubted."""
    deployment = deploy(commit_slow_s=1.0)
    machine = SteppingMachine()
    parts = replace(deployment.parts(), machine=machine)
    opened = open_partition(parts, 0, OURS)

    def doubted(commit_s: float) -> bool:
        deployment.put(["a"])
        deployment.fetch(opened)
        machine.step_s = commit_s
        assert opened.work(10) == 1
        machine.step_s = 0.01
        doubt = opened.ledger.doubt
        if doubt is not None:
            assert doubt.code == "slow_commit"
            renew(parts, opened.ledger, 0, OURS)
        return doubt is not None

    assert [doubted(2.0) for _ in range(4)] == [True, False, False, False]
    assert doubted(9.0)
    assert [doubted(0.1) for _ in range(20)] == [False] * 20
    assert doubted(2.0)
    assert_each_input_decided_once(deployment)


def test_a_second_loss_in_a_row_halves_the_batch() -> None:
    """A batch that is lost twice may be too large for the transaction's time; success lets it grow again."""
    caution = FailurePolicy(1_000)
    caution.lost()
    assert caution.entries_max == 1_000
    caution.lost()
    caution.lost()
    assert caution.entries_max == 250
    caution.committed(lambda _: True)
    assert caution.entries_max == 500


def test_a_record_that_crashes_the_core_twice_is_to_be_buried() -> None:
    """First everything is retried one by one, since an earlier record may be to blame; then the culprit is buried."""
    caution = FailurePolicy(1_000)
    culprit = (topics.REPORTS, 7)
    assert caution.crashed(culprit, buried=False) == ""
    assert (caution.entries_max, caution.bury) == (1, None)
    caution.committed(lambda _: False)
    assert caution.entries_max == 1
    assert caution.crashed(culprit, buried=False) == ""
    assert caution.bury == culprit
    caution.committed(lambda _: True)
    assert caution.bury is None
    assert caution.entries_max > 1


def test_more_than_three_culprits_a_minute_stop_the_worker() -> None:
    """Many bad records at once are a bad release, and burying them would lose a day's reports."""
    caution = FailurePolicy(1_000)
    for offset in range(3):
        assert [caution.crashed((topics.REPORTS, offset), buried=False) for _ in range(2)] == ["", ""]
    assert caution.crashed((topics.REPORTS, 3), buried=False) == ""
    assert "too many" in caution.crashed((topics.REPORTS, 3), buried=False)
