"""How the cases of the window ended, and how teams came to have and not to have them: 办结类型, 超时倍数, 推诿. By SQL, all in order."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import duckdb

_OF_TEAMS: Final = """
SELECT grouping(team) = 1, team, count(*) FILTER (closing = 'normal'), count(*) FILTER (closing = 'late'),
       count(*) FILTER (closing = 'fault'), count(*) FILTER (closing = 'special'),
       count(overdue_multiple), avg(overdue_multiple), max(overdue_multiple)
FROM cases WHERE closing IS NOT NULL GROUP BY GROUPING SETS ((team), ()) HAVING count(*) > 0 ORDER BY 1 DESC, 2
"""

_GROUNDS: Final = """
SELECT closing_ground, count(*) FROM cases WHERE closing IS NOT NULL GROUP BY ALL ORDER BY ALL
"""

_PASSED_ON: Final = """
WITH passes AS (
    SELECT *, event = 'case_returned' OR event = 'request_decided' AND reason = 'granted' AS passed
    FROM events WHERE event = 'case_returned' OR event = 'request_decided' AND reason IN ('granted', 'refused') OR shirked IS NOT NULL
)
SELECT grouping(team) = 1, team, count(*) FILTER (event = 'case_returned'), count(*) FILTER (event = 'request_decided'),
       count(*) FILTER (shirked AND event = 'request_decided'),
       count(*) FILTER (shirked AND event <> 'request_decided') - count(*) FILTER (NOT shirked),
       count(DISTINCT case_id) FILTER (passed AND case_id IN (SELECT case_id FROM cases WHERE passed_on >= 2))
FROM passes GROUP BY GROUPING SETS ((team), ()) HAVING count(*) > 0 ORDER BY 1 DESC, 2
"""


class TeamClosings(NamedTuple):
    """Cases that ended in the window, of a team or (`is_sum`) of all, by kind; of those handled late how many times their limit they took."""

    is_sum: bool
    team: str | None
    normal: int
    late: int
    fault: int
    special: int
    came_late: int
    mean_multiple: float | None
    largest_multiple: float | None

    @property
    def ended(self) -> int:
        """Of whatever kind."""
        return self.normal + self.late + self.fault + self.special


class TeamPasses(NamedTuple):
    """Tasks that a team, or all (`is_sum`), gave back or objected to; where it was not right; its cases that were passed on twice or more."""

    is_sum: bool
    team: str | None
    returned: int
    objected: int
    refused: int
    sent_again: int
    passed_twice: int

    @property
    def shirked(self) -> int:
        """How often it was not right."""
        return self.refused + self.sent_again


class Closings(NamedTuple):
    """All of it; the sum of each first, nothing where nothing ended or was passed on."""

    teams: list[TeamClosings]
    grounds: Mapping[str, int]
    passes: list[TeamPasses]


def closings_of(database: duckdb.DuckDBPyConnection) -> Closings:
    """Of the tables that the database knows."""
    return Closings(
        teams=[TeamClosings(*row) for row in database.execute(_OF_TEAMS).fetchall()],
        grounds=dict(database.execute(_GROUNDS).fetchall()),
        passes=[TeamPasses(*row) for row in database.execute(_PASSED_ON).fetchall()],
    )
