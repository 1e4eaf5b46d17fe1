"""Whether a case can take what an action would add to it: a snapshot with a list too long is written, and never read back."""

from typing import Final

from schemas import limits
from schemas.state.case import Case

MOVES_KEPT_FREE: Final = 8
"""Of the moves of a clock: what a timer adds, when a suspension runs out, cannot be refused."""


def has_room(before: Case, after: Case) -> bool:
    """Whether each list of the case is within its limit after what somebody did; what was there before is not held against it."""
    grown = _moves(after)
    return (
        len(after.returned) <= limits.TEAMS_MAX
        and len(after.clocks) <= limits.CLOCKS_PER_CASE_MAX
        and len(after.timers) <= limits.TIMERS_PER_CASE_MAX
        and (grown <= limits.CLOCK_MOVES_MAX - MOVES_KEPT_FREE or grown <= _moves(before))
    )


def _moves(case: Case) -> int:
    return max((len(clock.moves) for clock in case.clocks), default=0)
