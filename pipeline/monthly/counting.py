"""Every indicator of a window, by SQL over its tables. `pipeline.indicators.indicator_table` has names and formulas; the sums are made here.

The metrics count the same events as they happen. Nothing is taken from there, so that where both agree, both are right.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import duckdb

from pipeline.core.rules.rules import Rules
from pipeline.monthly.rows.journal_parts import Tables, gathered
from pipeline.monthly.window import window_of
from pipeline.rulebook import load_rules
from schemas.journal.entry import JournalEntry

SUMS: Final = """
WITH happened AS (
  SELECT
    count(report) AS reports,
    count(*) FILTER (report = 'merged') AS merged,
    count(*) FILTER (event = 'case_opened') AS opened,
    count(*) FILTER (event = 'case_opened' AND relapse) AS relapses,
    count(*) FILTER (event = 'case_self_disposed') AS self_disposed,
    count(*) FILTER (event IN ('case_dispatched', 'case_claimed')) AS dispatches,
    count(*) FILTER (event = 'case_returned') AS returned,
    count(*) FILTER (event = 'case_returned' AND reason IN ('not_our_matter', 'not_our_area', 'beyond_powers')) AS wrong,
    count(*) FILTER (event = 'case_disposed') AS disposals,
    count(*) FILTER (event = 'case_disposed' AND filmed) AS filmed,
    count(*) FILTER (event = 'case_disposed' AND officers >= 2) AS by_two,
    count(*) FILTER (event = 'verification_failed') AS reworks,
    count(*) FILTER (event = 'case_reopened') AS reopens,
    count(*) FILTER (event = 'case_extended') AS extensions,
    count(*) FILTER (event = 'case_suspended') AS suspensions,
    count(*) FILTER (event = 'call_back_recorded') AS calls,
    count(*) FILTER (event = 'call_back_recorded' AND solved) AS solved,
    count(*) FILTER (event = 'call_back_recorded' AND satisfied) AS satisfied
  FROM events
), ended AS (
  SELECT
    count(*) FILTER (clock = 'sign') AS signed,
    count(*) FILTER (clock = 'sign' AND kept) AS signed_in_time,
    count(*) FILTER (clock = 'arrive') AS arrived,
    count(*) FILTER (clock = 'arrive' AND kept) AS arrived_in_time,
    count(*) FILTER (clock IN ('dispose', 'joint')) AS handled,
    count(*) FILTER (clock IN ('dispose', 'joint') AND kept) AS handled_in_time,
    count(*) FILTER (clock IN ('dispose', 'joint') AND NOT kept) AS handled_late,
    count(*) FILTER (clock = 'dispose') AS alone,
    count(*) FILTER (clock = 'whole') AS closed,
    count(*) FILTER (clock = 'whole' AND kept) AS closed_in_time,
    coalesce(sum(own_seconds) FILTER (clock = 'dispose'), 0) / 3600 AS handling_hours,
    count(*) FILTER (clock = 'joint') AS joint,
    coalesce(sum(calendar_seconds) FILTER (clock = 'joint'), 0) / 86400 AS joint_days
  FROM clocks
), stands AS (
  SELECT
    count(*) FILTER (open) AS open,
    count(*) FILTER (overdue) AS overdue,
    count(*) FILTER (whole_overdue) AS unclosed,
    count(*) FILTER (due_today) AS due_today,
    count(*) FILTER (at_risk) AS at_risk,
    count(*) FILTER (suspended) AS suspended
  FROM cases
)
SELECT *, dispatches - wrong AS rightly FROM happened, ended, stands
"""

_FORMULAS: Final = """
reports            reports
opened             opened
filed              opened            / reports
duplicates         merged            / opened merged
self_disposed      self_disposed     / opened
dispatches         dispatches
dispatched_rightly rightly           / dispatches
returned           returned          / dispatches
signed_on_time     signed_in_time    / signed
responded          arrived_in_time   / arrived
handled            handled
handled_on_time    handled_in_time   / handled overdue
overdue_share      handled_late overdue / handled overdue
closed             closed
closed_of_due      closed            / closed unclosed
closed_on_time     closed_in_time    / closed unclosed
reworked           reworks           / disposals
reopened           reopens           / closed
extended           extensions        / dispatches
suspended          suspensions       / dispatches
relapsed           relapses          / opened
solved             solved            / calls
satisfied          satisfied         / calls
handling_hours     handling_hours    / alone
joint_days         joint_days        / joint
recorded           filmed            / disposals
two_officers       by_two            / disposals
open               open
due_today          due_today
at_risk            at_risk
overdue            overdue
suspended_now      suspended
"""


class Formula(NamedTuple):
    """Sums over sums; without the latter the former alone."""

    parts: tuple[str, ...]
    whole: tuple[str, ...]


def _formula(text: str) -> Formula:
    parts, _, whole = text.partition("/")
    return Formula(tuple(parts.split()), tuple(whole.split()))


FORMULAS: Final[Mapping[str, Formula]] = {
    key: _formula(rest) for key, rest in (line.split(maxsplit=1) for line in _FORMULAS.strip().splitlines())
}


class CountedIndicator(NamedTuple):
    """`numerator` over `denominator`, in the indicator's unit; without one the numerator alone.

    `value` is None where there is nothing to divide by.
    """

    numerator: float
    denominator: int | None
    value: float | None


def indicators_between(
    entries_by_partition: Mapping[int, Iterable[JournalEntry]],
    since: datetime,
    until: datetime,
    rules: Rules | None = None,
) -> Mapping[str, CountedIndicator]:
    """Every indicator of `INDICATORS` by its key, over what happened from `since` up to, but without, `until`.

    The entries of each partition are in log order and begin with its first one. What stands, stands at `until`, or just
    after the last entry where the journal does not reach that far. `rules` are those of the project unless given.

    Raises:
        WrongWindow: `until` is not after `since`.
    """
    tables = gathered(entries_by_partition, window_of(since, until), rules or load_rules())
    with connected(tables) as database:
        return counted(database)


def connected(tables: Tables) -> duckdb.DuckDBPyConnection:
    """A database in memory that knows the tables by their names. One thread: sums are always made in the same order."""
    database = duckdb.connect(config={"threads": 1})
    for name, table in tables._asdict().items():
        database.register(name, table)
    return database


def counted(database: duckdb.DuckDBPyConnection) -> Mapping[str, CountedIndicator]:
    """Every indicator by its key."""
    found = database.execute(SUMS)
    names = [column[0] for column in found.description or ()]
    row = found.fetchone() or ()
    sums: dict[str, float] = dict(zip(names, row, strict=True))
    return {key: _counted(formula, sums) for key, formula in FORMULAS.items()}


def _counted(formula: Formula, sums: Mapping[str, float]) -> CountedIndicator:
    numerator = sum(sums[name] for name in formula.parts)
    if not formula.whole:
        return CountedIndicator(numerator, None, numerator)
    denominator = int(sum(sums[name] for name in formula.whole))
    return CountedIndicator(numerator, denominator, numerator / denominator if denominator else None)
