"""Microseconds to find where a report is: the grid of a point, among the polygons of the shipped street with the most grids; the place of an
address in words, those of tests/locate/addresses, among the places of all shipped streets.

A figure is the least of the rounds' means, in processor time, so that a busy machine does not count.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from pipeline.core.rules.grid import GridPlan
from pipeline.rulebook import load_rules

ADDRESSES = Path(__file__).parents[2] / "tests" / "locate" / "addresses"
BUDGET_US = 300
POINTS = 5_000
SEED = 7


def measure(rounds: int) -> dict[str, float]:
    """Grids of the street, microseconds to find the grid of a point; addresses, milliseconds until the first is located, microseconds for each."""
    rules = load_rules()
    plan = max((street.grids for street in rules.streets.values()), key=len)
    points = _points(plan)
    asked = [(row["address"], row["street"]) for row in _addresses()]
    started = time.process_time()
    rules.locator.locate("兴华路", None)  # learns how characters sound
    first_ms = (time.process_time() - started) * 1e3
    return {
        "grids": len(plan),
        "grid_at_us": round(_least(lambda: [plan.grid_at(*point) for point in points], rounds) / POINTS, 1),
        "addresses": len(asked),
        "locate_first_ms": round(first_ms),
        "locate_us": round(
            _least(lambda: [rules.locator.candidates(*one) for one in asked], rounds) / len(asked)
        ),
        "locate_budget_us": BUDGET_US,
    }


def _least(work: Callable[[], object], rounds: int) -> float:
    """Microseconds of the quickest round, after one that builds what is built once."""
    work()
    took = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        took.append((time.process_time() - started) * 1e6)
    return min(took)


def _addresses() -> list[dict[str, str]]:
    files = sorted(ADDRESSES.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def _points(plan: GridPlan) -> list[tuple[float, float]]:
    draw = Random(SEED)
    return [(draw.uniform(plan.west, plan.east), draw.uniform(plan.south, plan.north)) for _ in range(POINTS)]
