"""What is aimed at: the goals of the indicators."""

from collections.abc import Mapping
from typing import NamedTuple


class Aim(NamedTuple):
    """A goal in its indicator's unit; met at the bound itself. `was`: before this pipeline."""

    bound: float
    was: float | None


Aims = Mapping[str, Aim]
