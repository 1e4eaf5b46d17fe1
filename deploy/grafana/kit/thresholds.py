"""Thresholds from which a value is shown as bad. A colour never stands alone: a sign and a word stand beside it.

The palette can be told apart by colour-blind people.
"""

from typing import Final, NamedTuple

from pipeline.indicators.objectives import Goal

WELL: Final = "#56B4E9"
WATCH: Final = "#E69F00"
ACT: Final = "#D55E00"
PLAIN: Final = "text"
SERIES: Final = (
    "#009E73", "#CC79A7", "#4477DD", "#F0E442", "#999999", "#AA4499", "#44CCBB", "#CCAA66", "#CC6677", "#B39DDB", "#117733",
    "#BBCC33", "#FFAABB", "#8D6E63", "#EEEEEE", "#6A5ACD",
)  # fmt: skip
"""For series side by side: each its own, and none that of a level."""

BAR: Final = "#4477DD"
APART: Final = "#B39DDB"
"""A bar, and one that belongs to another way."""


class ThresholdStep(NamedTuple):
    """The colour from this value on; None means from minus infinity."""

    value: float | None
    colour: str


def steps_of(goal: Goal | None) -> tuple[ThresholdStep, ...]:
    """A goal as colours; empty without a goal."""
    if goal is None:
        return ()
    if goal.least:
        return (ThresholdStep(None, ACT), ThresholdStep(goal.bound, WELL))
    return act_from(_above(goal.bound))


def act_from(value: float) -> tuple[ThresholdStep, ...]:
    """Well below the value, to be acted on from it."""
    return (ThresholdStep(None, WELL), ThresholdStep(value, ACT))


def missed(goal: Goal, query: str, whole: str) -> str:
    """PromQL: 1 where the goal is missed, 0 where it is met, 2 where what it is taken of is too few to tell, also none."""
    sign, few = "<" if goal.least else ">", f"({whole}) < {goal.ended_min}"
    return f"(({query}) {sign} bool {goal.bound:g}) and ({whole}) >= {goal.ended_min} or 0 * ({few}) + 2"


def _above(bound: float) -> float:
    """Just above the bound, since a threshold's colour begins at its value and the bound itself still meets the goal."""
    return round(bound * 1.0001, 6) if bound else 1e-6
