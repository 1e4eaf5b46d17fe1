"""The ledger: how a transaction can end."""

from pathlib import Path

import pytest

from pipeline.stream.partition.failure_policy import FailurePolicy
from pipeline.stream.partition.ledger import Fenced, Ledger, Lost
from schemas import topics
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once
from tests.stream.fleet.proxy import Proxy


def test_a_fenced_owner_commits_nothing(deployment: Deployment) -> None:
    """The second opening fences the first: what the first still writes is never seen."""
    deployment.put(["a"])
    first = deployment.open()
    deployment.fetch(first)
    Ledger(deployment.parts(), 0).open()
    with pytest.raises(Fenced):
        first.work(10)
    assert deployment.messages(topics.JOURNAL) == []


def test_a_lost_commit_answer_retires_the_producer(deployment: Deployment, deploy: Deploy) -> None:
    """Condition 5: the client repeats a lost EndTxn inside and reports success; the ledger does not believe it."""
    proxy = Proxy(deployment.settings.brokers)
    through = Deployment(deployment.settings.model_copy(update={"brokers": proxy.address}), Path())
    deployment.put(["a", "b"])
    opened = through.open()
    deployment.fetch(opened)
    proxy.lose_next_end_of_transaction()
    with pytest.raises(Lost, match="broken_connection"):
        opened.work(10)
    assert proxy.lost.is_set()
    again = deployment.open()
    deployment.work(again)
    assert again.seq == 2
    assert_each_input_decided_once(deployment)
    proxy.close()


def test_a_commit_that_takes_too_long_retires_the_producer(deploy: Deploy) -> None:
    """Condition 5: a slow success may hide a repeated request; what stands in the log is asked, not guessed."""
    deployment = deploy(commit_slow_s=1e-6)
    deployment.put(["a"])
    opened = deployment.open()
    deployment.fetch(opened)
    with pytest.raises(Lost, match="slow_commit"):
        opened.work(10)
    again = deployment.open()
    assert again.seq == 1
    assert again.next[topics.REPORTS] == 1


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
