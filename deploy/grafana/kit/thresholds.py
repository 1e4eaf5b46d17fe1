"""From when on a number is not well any more, and in which words and colours a board says so: never by colour alone.

Colours are of a palette that colour-blind people can tell apart; each has a sign and a word of its own.
"""

from typing import Final, NamedTuple

from pipeline.indicators.objectives import Goal

WELL: Final = "#56B4E9"
WATCH: Final = "#E69F00"
ACT: Final = "#D55E00"
PLAIN: Final = "text"
SERIES: Final = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#0072B2", "#D55E00", "#F0E442", "#999999")
"""For lines and bars that stand side by side."""


class ThresholdStep(NamedTuple):
    """From this value on, this colour; None is from the beginning."""

    value: float | None
    colour: str


def steps_of(goal: Goal | None) -> tuple[ThresholdStep, ...]:
    """A goal as colours; none without one."""
    if goal is None:
        return ()
    if goal.least:
        return (ThresholdStep(None, ACT), ThresholdStep(goal.bound, WELL))
    return (ThresholdStep(None, WELL), ThresholdStep(_above(goal.bound), ACT))


def missed(goal: Goal, query: str) -> str:
    """PromQL: 1 where it is missed, 0 where it is met."""
    return f"({query}) {'<' if goal.least else '>'} bool {goal.bound:g}"


def _above(bound: float) -> float:
    """A little more than the bound, where a threshold's colour begins."""
    return round(bound * 1.0001, 6) if bound else 1e-6
