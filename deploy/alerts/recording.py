"""The recording rules: indicators over the windows that goals and burn rates look at, under names `level:metric:operation`.

A formula is never written here: each comes from `pipeline.indicators.indicator_table`.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from deploy.alerts.alert import duration
from pipeline.indicators.indicator_table import INDICATORS, IndicatorUnit
from pipeline.indicators.objectives import Objectives

ALL: Final = "enforcement"
"""The level of what is summed over the whole deployment."""
LATE: Final = "handled_late"
DAY_MINUTES: Final = 1440
LEVELS: Final = {
    "team": ("handled_on_time", "closed_on_time", "returned", "satisfied"),
    "category": ("handled_on_time", "closed_on_time"),
}
"""Further levels, by the label that stays, and the indicators whose every metric has it."""

_OPERATIONS: Final = {
    IndicatorUnit.CASES: "cases",
    IndicatorUnit.SHARE: "ratio",
    IndicatorUnit.DAYS: "days",
    IndicatorUnit.HOURS: "hours",
}
_LATE_ONLY: Final = 'kept="no"'


class Recording(NamedTuple):
    """A recording rule."""

    record: str
    expr: str

    def rule(self) -> dict[str, object]:
        """The rule as Prometheus reads it."""
        return self._asdict()


def goal_recordings(objectives: Objectives) -> Iterator[Recording]:
    """Each indicator that has a goal, and out of how many; then by team and category."""
    days = objectives.table.window_days
    for key in objectives.goals:
        one = INDICATORS[key]
        yield Recording(ratio(key, days), one.query(f"{days}d"))
        whole = one._replace(parts=one.whole, whole=(), less=False, divisor=1)
        yield Recording(whole_of(key, days), whole.query(f"{days}d"))
    for level, keys in LEVELS.items():
        for key in keys:
            yield Recording(ratio(key, days, level), INDICATORS[key].query(f"{days}d", by=level))


def burn_recordings(objectives: Objectives) -> Iterator[Recording]:
    """Late handlings among those that ended, in each window of a burn rate; and both as counts, where counts are looked at."""
    handled = INDICATORS["handled"]
    burns = objectives.table.alerts.handling_burn.burns
    for minutes in sorted({minutes for burn in burns for minutes in (burn.long_minutes, burn.short_minutes)}):
        window = duration(minutes)
        yield Recording(late_ratio(minutes), f"{handled.query(window, _LATE_ONLY)} / {handled.query(window)}")
    for minutes in sorted({burn.long_minutes for burn in burns} | {DAY_MINUTES}):
        yield Recording(count("handled", minutes), handled.query(duration(minutes)))
    yield Recording(count(LATE, DAY_MINUTES), handled.query(duration(DAY_MINUTES), _LATE_ONLY))


def ratio(key: str, days: int, level: str = ALL) -> str:
    """What an indicator is recorded as."""
    return f"{level}:{key}:{_OPERATIONS[INDICATORS[key].unit]}_{days}d"


def whole_of(key: str, days: int) -> str:
    """What the number of cases, calls or tasks below an indicator's line is recorded as."""
    return f"{ALL}:{key}_whole:cases_{days}d"


def late_ratio(minutes: int) -> str:
    """What the part of late handlings in a window is recorded as."""
    return f"{ALL}:{LATE}:ratio_{duration(minutes)}"


def count(what: str, minutes: int) -> str:
    """What a number of handlings in a window is recorded as."""
    return f"{ALL}:{what}:cases_{duration(minutes)}"
