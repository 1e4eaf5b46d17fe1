"""The worker in simulated trouble: kills, frozen processes, lost commits, rebalances, wrong clocks, bad records, all by seed."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.simulated.broken import CONDITIONS
from tests.chaos.simulated.runs import Tally, kept, mode_of, simulate

SEEDS = range(300)
"""Of every test run. The command runs as many others as one likes."""
BUDGET = range(400)
"""Seeds within which a broken condition must show."""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Workers log every fault, and here there are thousands."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_whatever_happens_each_input_is_decided_once_and_nothing_is_vacuous() -> None:
    """Every invariant holds at each commit and at the end, for every seed; and every kind of fault was met by some."""
    tally = Tally()
    for seed in SEEDS:
        tally.add(seed, mode_of(seed), simulate(seed))
    print("\n".join(tally.lines()))
    assert tally.wrong == []
    assert tally.vacuous() == []


@pytest.mark.parametrize(("seed", "mode"), list(kept()))
def test_seeds_that_once_went_wrong_go_well(seed: int, mode: str) -> None:
    """Each was a fault of the worker's; see seeds.txt."""
    assert simulate(seed, mode).wrong == []


@pytest.mark.parametrize("condition", CONDITIONS)
def test_each_condition_broken_on_purpose_is_found(condition: str) -> None:
    """A simulation that cannot see a condition missing proves nothing by its silence."""
    broken = CONDITIONS[condition]
    for seed in BUDGET:
        result = simulate(seed, broken.mode, broken=broken)
        if result.wrong:
            print(f"{condition}: seed {seed}, {result.wrong[0]}")
            return
    pytest.fail(f"no seed of {BUDGET} sees it")


@pytest.mark.parametrize(("seed", "mode"), [("11", "liveness"), ("45", "safety")])
def test_a_seed_gives_the_same_run_in_every_process(seed: str, mode: str) -> None:
    """The log is the same to the byte, whatever a process does to the order of its sets: else no seed could be run again."""
    said = {
        subprocess.run(
            [sys.executable, "-m", "tests.chaos.simulate", "--seed", seed, "--mode", mode],
            cwd=Path(__file__).parents[3],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(said) == 1
    assert b"entries" in said.pop()


def test_a_failing_seed_says_how_to_run_it_again() -> None:
    """One line, and it goes wrong in the same way at the same step."""
    broken = CONDITIONS["1 position: resumes at the group's offsets"]
    first = next(result for seed in BUDGET if (result := simulate(seed, "safety", broken=broken)).wrong)
    *_, seed, _, mode, _, steps, trace = first.wrong[-1].split()
    assert trace == "--trace"
    second = simulate(int(seed), mode, steps_max=int(steps), broken=broken)
    assert second.wrong == first.wrong
