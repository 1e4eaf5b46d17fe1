"""The recording rules: indicators over the windows that goals and burn rates look at, under names `level:metric:operation`.

No formula is written here: each comes from `pipeline.indicators.indicator_table`.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from deploy.alerts.alert import duration
from deploy.alerts.alert_names import NAME, names
from pipeline.indicators.indicator_table import INDICATORS, IndicatorUnit
from pipeline.indicators.objectives import Objectives
from pipeline.indicators.stock_records import last, records

ALL: Final = "enforcement"
"""The level of indicators summed over the whole deployment."""
LATE: Final = "handled_late"
DAY_MINUTES: Final = 1440
LEVELS: Final = {
    "team": ("handled_on_time", "closed_on_time", "returned", "satisfied"),
    "category": ("handled_on_time", "closed_on_time"),
}
"""Further levels: the label that is kept, and the indicators all of whose metrics have it."""

_OPERATIONS: Final = {
    IndicatorUnit.CASES: "cases",
    IndicatorUnit.SHARE: "ratio",
    IndicatorUnit.DAYS: "days",
    IndicatorUnit.HOURS: "hours",
}
_LATE_ONLY: Final = 'kept="no"'


class Recording(NamedTuple):
    """A recording rule; `labels` are added to what it records."""

    record: str
    expr: str
    labels: Mapping[str, str] = MappingProxyType({})

    def rule(self) -> dict[str, object]:
        """The rule as Prometheus reads it."""
        plain: dict[str, object] = {"record": self.record, "expr": self.expr}
        return plain | ({"labels": dict(self.labels)} if self.labels else {})


def name_recordings() -> Iterator[Recording]:
    """Names of what alerts are about."""
    for labels in names():
        yield Recording(NAME, "vector(1)", labels)


def stock_recordings() -> Iterator[Recording]:
    """What stands, added up over partitions."""
    for record, expr in records().items():
        yield Recording(record, expr)


def goal_recordings(objectives: Objectives) -> Iterator[Recording]:
    """Each indicator that has a goal, with its denominator; then by team and category. Of what stands, when all was last counted."""
    days = objectives.table.window_days
    for key in objectives.goals:
        indicator = INDICATORS[key]
        yield Recording(ratio(key, days), last(indicator.query(f"{days}d")))
        whole = indicator._replace(parts=indicator.whole, whole=(), less=False, divisor=1)
        yield Recording(whole_of(key, days), last(whole.query(f"{days}d")))
    for level, keys in LEVELS.items():
        for key in keys:
            yield Recording(ratio(key, days, level), last(INDICATORS[key].query(f"{days}d", by=level)))


def burn_recordings(objectives: Objectives) -> Iterator[Recording]:
    """Late handlings as a share of those that ended, for each window of a burn rate; and both counts, where alerts compare counts."""
    handled = INDICATORS["handled"]
    burns = objectives.table.alerts.handling_burn.burns
    for minutes in sorted({minutes for burn in burns for minutes in (burn.long_minutes, burn.short_minutes)}):
        window = duration(minutes)
        yield Recording(late_ratio(minutes), f"{handled.query(window, _LATE_ONLY)} / {handled.query(window)}")
    for minutes in sorted({burn.long_minutes for burn in burns} | {DAY_MINUTES}):
        yield Recording(count("handled", minutes), handled.query(duration(minutes)))
    yield Recording(count(LATE, DAY_MINUTES), handled.query(duration(DAY_MINUTES), _LATE_ONLY))


def ratio(key: str, days: int, level: str = ALL) -> str:
    """The record name of an indicator."""
    return f"{level}:{key}:{_OPERATIONS[INDICATORS[key].unit]}_{days}d"


def whole_of(key: str, days: int) -> str:
    """The record name of an indicator's denominator: cases, calls or tasks."""
    return f"{ALL}:{key}_whole:cases_{days}d"


def late_ratio(minutes: int) -> str:
    """The record name of the share of late handlings in a window."""
    return f"{ALL}:{LATE}:ratio_{duration(minutes)}"


def count(what: str, minutes: int) -> str:
    """The record name of a number of handlings in a window."""
    return f"{ALL}:{what}:cases_{duration(minutes)}"
