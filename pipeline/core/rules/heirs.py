"""Who takes over from a team or a department that the roster ends: from a day on, along the chain of successors."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple


class Succession(NamedTuple):
    """From `since` (UTC) on there is `successor` in its place."""

    successor: str
    since: datetime


Heirs = Mapping[tuple[str | None, str], Succession]
"""By street and id; of what all streets have (groups, departments), by None."""


def succession_of(heirs: Heirs, street: str, name: str) -> Succession | None:
    """The line of the roster that ends `name` in this street, if one does."""
    return heirs.get((street, name)) or heirs.get((None, name))


def heir(heirs: Heirs, street: str, name: str, at: datetime) -> str:
    """Who it is at `at`: `name` itself while it is there. The rule check lets no circle pass."""
    while heirs and (gone := succession_of(heirs, street, name)) is not None and gone.since <= at:
        name = gone.successor
    return name
