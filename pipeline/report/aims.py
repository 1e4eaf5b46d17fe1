"""What is aimed at: the goals of the indicators, as the report shows them beside the values."""

from collections.abc import Mapping
from typing import NamedTuple


class Aim(NamedTuple):
    """A goal in its indicator's unit, a share as a part of 1; met at the bound itself. `was`: before this pipeline."""

    least: bool
    bound: float
    was: float | None = None

    def is_met(self, value: float) -> bool:
        """Whether such a value is as good as it should be."""
        return value >= self.bound if self.least else value <= self.bound


Aims = Mapping[str, Aim]
