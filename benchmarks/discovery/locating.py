"""Microseconds to find where a report is: the grid of a point, among the polygons of the shipped street with the most grids.

A figure is the least of the rounds' means, in processor time, so that a busy machine does not count.
"""

import time
from random import Random

from pipeline.core.rules.grid import GridPlan
from pipeline.rulebook import load_rules

POINTS = 5_000
SEED = 7


def measure(rounds: int) -> dict[str, float]:
    """Grids of the street; microseconds to find the grid of a point."""
    plan = max((street.grids for street in load_rules().streets.values()), key=len)
    points = _points(plan)
    return {"grids": len(plan), "grid_at_us": round(_least(plan, points, rounds), 1)}


def _least(plan: GridPlan, points: list[tuple[float, float]], rounds: int) -> float:
    means = []
    plan.grid_at(*points[0])  # builds the tree
    for _ in range(rounds):
        started = time.process_time()
        for point in points:
            plan.grid_at(*point)
        means.append((time.process_time() - started) / len(points) * 1e6)
    return min(means)


def _points(plan: GridPlan) -> list[tuple[float, float]]:
    draw = Random(SEED)
    return [(draw.uniform(plan.west, plan.east), draw.uniform(plan.south, plan.north)) for _ in range(POINTS)]
