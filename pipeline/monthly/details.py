"""What the report shows beside the indicators: by team, matter, severity and source; step by step; day by day. By SQL, all in order."""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

import duckdb

from pipeline.indicators.indicator_table import INDICATORS
from pipeline.monthly.closings import Closings, closings_of
from pipeline.monthly.counting import CountedIndicator, counted_by

SLICES: Final = ("street", "team", "category", "severity", "source")
_FLOWS_BY_DAY: Final = ("reports", "handled", "closed")

_STEPS: Final = """
SELECT clock, hours, count(*), count(*) FILTER (kept),
       quantile_cont(own_seconds, 0.5), quantile_cont(own_seconds, 0.9), sum(calendar_seconds)
FROM clocks GROUP BY ALL ORDER BY ALL
"""

_JOINT: Final = """
SELECT count(*), quantile_cont(calendar_seconds, 0.5) / 86400, max(calendar_seconds) / 86400,
       coalesce(list(calendar_seconds / 86400 ORDER BY calendar_seconds), [])
FROM clocks WHERE clock = 'joint'
"""

_PARTNERS: Final = """
SELECT department, clock, count(*), count(*) FILTER (kept), quantile_cont(own_seconds, 0.5)
FROM clocks WHERE department IS NOT NULL GROUP BY ALL ORDER BY ALL
"""

_SPOTS: Final = """
SELECT grid, matter, count(*) AS many, count(*) FILTER (open), count(*) FILTER (relapse)
FROM cases
WHERE recent AND grid IS NOT NULL AND coalesce(outcome, '') NOT IN ('merged', 'voided', 'rejected', 'answered', 'declined', 'sent_back', 'moved') AND matter <> 'WD-000'
GROUP BY ALL HAVING many > 1 ORDER BY many DESC, grid, matter
"""

_SAID: Final = """
SELECT coalesce(reason, code, ''), count(*) FROM events WHERE event = ? GROUP BY ALL ORDER BY ALL
"""

_CALLS: Final = """
SELECT source, count(*) FILTER (event = 'call_missed'),
       count(*) FILTER (event = 'case_closed' AND reason = 'unreached')
FROM events WHERE event IN ('call_back_recorded', 'call_missed', 'case_closed')
GROUP BY ALL HAVING count(*) FILTER (event <> 'case_closed') > 0 ORDER BY ALL
"""

_DAYS: Final = """
SELECT day, sum(overdue)::INT, sum(open)::INT FROM days GROUP BY day
"""

_LATE: Final = """
SELECT case_id, matter, team, severity, epoch_us(handling_due_at) FROM cases WHERE overdue
ORDER BY handling_due_at, case_id
"""


class StepTimes(NamedTuple):
    """A step that ended: how often, in time, its own time (seconds, median and nine of ten), calendar seconds of all."""

    clock: str
    hours: str
    ended: int
    kept: int
    p50_s: float
    p90_s: float
    calendar_s: float


class JointDays(NamedTuple):
    """Joint enforcement that ended; `days` of each, shortest first."""

    ended: int
    p50_days: float | None
    longest_days: float | None
    days: list[float]


class Partner(NamedTuple):
    """A step of a partner department."""

    department: str
    clock: str
    ended: int
    kept: int
    p50_s: float


class RepeatSpot(NamedTuple):
    """A grid where the same matter came more than once in the 30 days up to the end."""

    grid: str
    matter: str
    cases: int
    open: int
    relapses: int


class Calls(NamedTuple):
    """Call-backs of the cases of a source. `missed` are tries, `unreached` cases that were closed after them."""

    source: str
    missed: int
    unreached: int


class DayRow(NamedTuple):
    """A day; `overdue` and `open` at its end."""

    day: date
    reports: int
    handled: int
    closed: int
    overdue: int
    open: int


class OverdueCase(NamedTuple):
    """A case that is overdue at the end; `due_us` is since 1970."""

    case_id: str
    matter: str
    team: str | None
    severity: str
    due_us: int


class ReportDetails(NamedTuple):
    """All of it. `slices` by slice, part and indicator, of what has no such part under ""; the other mappings by code."""

    slices: Mapping[str, Mapping[str, Mapping[str, CountedIndicator]]]
    steps: list[StepTimes]
    joint: JointDays
    partners: list[Partner]
    spots: list[RepeatSpot]
    calls: list[Calls]
    days: list[DayRow]
    late: list[OverdueCase]
    returns: Mapping[str, int]
    suspensions: Mapping[str, int]
    refusals: Mapping[str, int]
    dead: Mapping[str, int]
    closed: Mapping[str, int]
    closings: Closings


def details(database: duckdb.DuckDBPyConnection) -> ReportDetails:
    """Of the tables that the database knows."""
    return ReportDetails(
        slices={column: _slice(database, column) for column in SLICES},
        steps=[StepTimes(*row) for row in database.execute(_STEPS).fetchall()],
        joint=JointDays(*database.execute(_JOINT).fetchall()[0]),
        partners=[Partner(*row) for row in database.execute(_PARTNERS).fetchall()],
        spots=[RepeatSpot(*row) for row in database.execute(_SPOTS).fetchall()],
        calls=[Calls(*row) for row in database.execute(_CALLS).fetchall()],
        days=_days(database),
        late=[OverdueCase(*row) for row in database.execute(_LATE).fetchall()],
        returns=_by_code(database, "case_returned"),
        suspensions=_by_code(database, "case_suspended"),
        refusals=_by_code(database, "report_refused"),
        dead=_by_code(database, "message_dead"),
        closed=_by_code(database, "case_closed"),
        closings=closings_of(database),
    )


def _slice(database: duckdb.DuckDBPyConnection, column: str) -> Mapping[str, Mapping[str, CountedIndicator]]:
    return {str(part or ""): indicators for part, indicators in counted_by(database, column).items()}


def _days(database: duckdb.DuckDBPyConnection) -> list[DayRow]:
    """Every day on which something happened or that ended in the window, in order."""
    flows = counted_by(database, "day", [INDICATORS[key] for key in _FLOWS_BY_DAY])
    stocks = {day: counts for day, *counts in database.execute(_DAYS).fetchall()}
    return [
        DayRow(
            day,
            *(int(flows[day][key].numerator) if day in flows else 0 for key in _FLOWS_BY_DAY),
            *stocks.get(day, (0, 0)),
        )
        for day in sorted({day for day in (*flows, *stocks) if isinstance(day, date)})
    ]


def _by_code(database: duckdb.DuckDBPyConnection, event: str) -> Mapping[str, int]:
    return dict(database.execute(_SAID, [event]).fetchall())
