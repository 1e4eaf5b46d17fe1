"""A short run of everything that can fail, on a real broker of its own.

CHAOS_MINUTES=3 .venv/bin/pytest tests/chaos/test_run.py      # as long as you like; `make test-long`
"""

import os
from itertools import pairwise
from pathlib import Path

import pytest

from tests.chaos.plan import LASTS, Fault, plan
from tests.chaos.run import run

MINUTES = float(os.environ.get("CHAOS_MINUTES", "2.1"))
"""The least in which the seed strikes with each kind of fault once."""
MAY_MISS = {
    Fault.LOSE_ANSWER,
    Fault.FILL_DISK,
    Fault.FOREIGN_TRANSACTION,
    Fault.SLOW_NETWORK,
    Fault.SECOND_FLEET,
}
"""They count only if they met something."""


@pytest.mark.slow
@pytest.mark.broker
def test_a_street_under_all_faults_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """Each kind of fault strikes once under load; every input has one decision and one answer, as every reader saw it."""
    result = run(seed=7, minutes=MINUTES, folder=tmp_path)
    assert result.findings == []
    assert result.unmet == []
    planned = {step.fault for step in plan(7, 60 * MINUTES)}
    assert {Fault(name) for name in result.faults} >= planned - MAY_MISS
    assert planned == set(Fault)
    assert result.acked == result.inputs > 1_000


def test_the_same_seed_plans_the_same_faults() -> None:
    """Every kind once before any comes again, one after the other, all within the run."""
    steps = plan(3, 600)
    assert steps == plan(3, 600) != plan(4, 600)
    assert {step.fault for step in steps[: len(Fault)]} == set(Fault) == set(LASTS)
    for step, following in pairwise(steps):
        assert step.at_s + step.lasts_s <= following.at_s
    assert steps[-1].at_s + steps[-1].lasts_s <= 600
