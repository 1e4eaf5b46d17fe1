"""The goals of the indicators, as the report shows them beside the values."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.indicators.objectives import load_objectives
from pipeline.rulebook.book import GOALS_FILE


class IndicatorGoal(NamedTuple):
    """A goal in its indicator's unit, a share as a part of 1; met at the bound itself. `was`: before this pipeline."""

    least: bool
    bound: float
    was: float | None = None

    def is_met(self, value: float) -> bool:
        """Whether such a value is as good as it should be."""
        return value >= self.bound if self.least else value <= self.bound


IndicatorGoals = Mapping[str, IndicatorGoal]


def goals_of(folder: Path) -> IndicatorGoals:
    """The goals in a folder of rules, by indicator; none where it has no such file.

    Raises:
        BadRules: the file is wrong.
    """
    if not (folder / GOALS_FILE).exists():
        return {}
    goals = load_objectives(folder).goals
    return {key: IndicatorGoal(goal.least, goal.bound, goal.was) for key, goal in goals.items()}
