"""Which cases are at risk or overdue: the numbers of those that come first, so that a board and an alert can name them.

A case is here while it is handled: at risk from the last warning before its deadline on, overdue from the deadline on, which
of a hotline's nobody need have been warned of; and for each step that somebody must take
(`STEPS`) while the step is waited for. Of each group the list is kept in the order of deadlines, so that reading costs nothing per case;
what is told of it is bounded by `NEAREST_MAX`.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from typing import Final, NamedTuple

from pipeline.indicators.overdue_index import MINUTE_S
from schemas.values.terms import ClockKind

NEAREST_MAX: Final = 5
"""So many cases are named of each street, team, severity and state; and of each step."""
STEPS: Final = (ClockKind.ACCEPT, ClockKind.DISPATCH, ClockKind.CLAIM, ClockKind.SIGN, ClockKind.DECIDE)
"""What nobody took and what nobody decided."""
OVERDUE: Final = "overdue"
AT_RISK: Final = "at_risk"
STATES: Final = (OVERDUE, AT_RISK)
"""What is behind its deadline, and what is about to be."""
_LAST: Final = "z"
"""Comes after every case's number, which begins with a digit."""
DueGroup = tuple[str, str, str]
"""Street, or which step; team; severity."""


class DueCase(NamedTuple):
    """A case by when its handling is due, in seconds since 1970."""

    due_s: float
    case: str
    matter: str


class NearestCase(NamedTuple):
    """One of the cases that come first, with whose it is and in which state."""

    group: DueGroup
    state: str
    case: DueCase


class DueCases:
    """The cases at risk or overdue of a partition."""

    def __init__(self) -> None:
        """None yet."""
        self._by_group: Final[dict[DueGroup, list[DueCase]]] = {}

    def note(self, group: DueGroup, case: DueCase, by: int) -> None:
        """One case more, or with -1 one less of those that were noted."""
        cases = self._by_group.setdefault(group, [])
        if by > 0:
            insort(cases, case)
            return
        del cases[bisect_left(cases, case)]
        if not cases:
            del self._by_group[group]

    def nearest(self, at_s: float) -> tuple[NearestCase, ...]:
        """Those overdue for longest and those due soonest, up to `NEAREST_MAX` of each; overdue to the minute, as they are counted."""
        minute = at_s // MINUTE_S * MINUTE_S
        found = []
        for group, cases in self._by_group.items():
            late = bisect_right(cases, DueCase(minute, _LAST, ""))
            found += [NearestCase(group, OVERDUE, case) for case in cases[: min(late, NEAREST_MAX)]]
            found += [NearestCase(group, AT_RISK, case) for case in cases[late : late + NEAREST_MAX]]
        return tuple(found)

    def longest_overdue(self, at_s: float) -> tuple[NearestCase, ...]:
        """Of each street or step those overdue for longest, up to `NEAREST_MAX`, whoever has them."""
        late = defaultdict(list)
        for found in self.nearest(at_s):
            if found.state == OVERDUE:
                late[found.group[0]].append(found)
        return tuple(
            found
            for cases in late.values()
            for found in sorted(cases, key=lambda one: one.case)[:NEAREST_MAX]
        )
