"""Refuses what would make a snapshot undecodable: a list over its limit can be written, but not be read back."""

from typing import Final

from schemas import limits
from schemas.inputs.report import Report
from schemas.state.case import Case

MOVES_KEPT_FREE: Final = 8
"""Of the moves of a clock, kept for timers: what a suspension adds when it runs out cannot be refused."""


def is_within_limits(before: Case, after: Case) -> bool:
    """Whether each list of the case is within its limit after an action; clocks that were over theirs before may stay so."""
    moves = _moves(after)
    return (
        len(after.returned) <= limits.TEAMS_MAX
        and len(after.clocks) <= limits.CLOCKS_PER_CASE_MAX
        and len(after.timers) <= limits.TIMERS_PER_CASE_MAX
        and (moves <= limits.CLOCK_MOVES_MAX - MOVES_KEPT_FREE or moves <= _moves(before))
    )


def _moves(case: Case) -> int:
    return max((len(clock.moves) for clock in case.clocks), default=0)


def has_room(case: Case) -> bool:
    """Whether another case can be merged into it."""
    return len(case.joined) < limits.JOINED_PER_CASE_MAX and case.penalty is None


def may_take(case: Case, report: Report) -> bool:
    """Whether the case can take this report in, with its evidence, and still be written as one record."""
    evidence = sum(len(seen.evidence) for seen in case.reports) + len(report.evidence)
    return len(case.reports) <= limits.REPORTS_MERGED_MAX and evidence <= limits.REPORTS_MERGED_EVIDENCE_MAX
