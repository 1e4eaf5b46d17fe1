"""A short run of what fails most, on a real broker of its own, and of a little on three.

CHAOS_MINUTES=3 .venv/bin/pytest tests/chaos/test_run.py      # every fault, as long as you like; `make test-long`
"""

import os
from itertools import pairwise
from pathlib import Path

import pytest

from tests.chaos.plan import KINDS, Fault, faults_of, plan
from tests.chaos.run import run

LONG = "CHAOS_MINUTES" in os.environ
MINUTES = float(os.environ.get("CHAOS_MINUTES", "0.9"))
"""The least in which the seed strikes one broker with each of these once."""
FAULTS = faults_of(1) if LONG else [
    Fault.KILL_WORKER, Fault.LOSE_WORKER, Fault.FREEZE_WORKER, Fault.STOP_WORKER, Fault.SKEW_WORKER,
    Fault.KILL_BROKER, Fault.FREEZE_BROKER, Fault.FILL_DISK, Fault.LOSE_ANSWER,
]  # fmt: skip
MAY_MISS = {
    Fault.LOSE_ANSWER,
    Fault.FILL_DISK,
    Fault.FOREIGN_TRANSACTION,
    Fault.SLOW_NETWORK,
    Fault.SECOND_FLEET,
    Fault.TWO_AWAY,
}
"""They count only if they met something."""
MAY_NOT_MEET = set() if LONG else {"retired or renewed"}
"""In less than a minute it is chance whether a fault meets the end of a transaction."""


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.broker
def test_a_street_under_faults_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """Each kind of fault strikes once under load; every input has one decision and one answer, as every reader saw it."""
    result = run(seed=123, minutes=MINUTES, folder=tmp_path, faults=FAULTS)
    assert result.findings == []
    assert set(result.unmet) <= MAY_NOT_MEET
    planned = {step.fault for step in plan(123, 60 * MINUTES, FAULTS)}
    assert {Fault(name) for name in result.faults} >= planned - MAY_MISS
    assert planned == set(FAULTS)
    assert result.acked == result.inputs > 1_000


@pytest.mark.slow
@pytest.mark.broker
def test_three_brokers_of_which_one_fails_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """One that leads is killed, one falls silent; every input has one decision and one answer. `make test-long` has all faults."""
    faults = faults_of(3) if LONG else [Fault.KILL_BROKER, Fault.FREEZE_BROKER]
    minutes = MINUTES if LONG else 0.25
    result = run(seed=23, minutes=minutes, folder=tmp_path, brokers=3, faults=faults)
    assert result.findings == []
    planned = {step.fault for step in plan(23, 60 * minutes, faults)}
    assert {Fault(name) for name in result.faults} >= planned - MAY_MISS
    assert planned == set(faults)
    assert result.acked == result.inputs > 100


@pytest.mark.parametrize("brokers", [1, 3])
def test_the_same_seed_plans_the_same_faults(brokers: int) -> None:
    """Every kind that so many brokers can have, once before any comes again, one after the other, all within the run."""
    faults = faults_of(brokers)
    steps = plan(3, 600, faults)
    assert steps == plan(3, 600, faults) != plan(4, 600, faults)
    assert {step.fault for step in steps[: len(faults)]} == set(faults)
    for step, following in pairwise(steps):
        assert step.at_s + step.lasts_s <= following.at_s
    assert steps[-1].at_s + steps[-1].lasts_s <= 600


def test_one_broker_is_spared_what_takes_three() -> None:
    """Three have every kind; one has none that leaves some of them alone."""
    assert set(faults_of(3)) == set(Fault) == set(KINDS)
    assert set(faults_of(3)) - set(faults_of(1)) == {Fault.TWO_AWAY, Fault.CUT_BROKER}
