"""Reads `rules/objectives.yaml`: goals of the indicators, thresholds of the alerts, who is called. Pure reading: it decides nothing.

No part of the rules or of their version; a folder of rules without the file is complete. What is made of it is in `deploy/`.
"""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, NamedTuple

from pydantic import Field

from pipeline.indicators.alert_tables import AlertsTable
from pipeline.indicators.indicator_table import INDICATORS, IndicatorUnit
from pipeline.rulebook import RULES_DIR, BadRules, Problem
from pipeline.rulebook.book import GOALS_FILE
from pipeline.rulebook.sheet import Filled, fill, read_sheet
from pipeline.rulebook.tables.rule_tables import NamedTable, Table, Word
from schemas.values.terms import Severity

BURNING: Final = "handled_on_time"
"""The indicator whose goal leaves the budget that late handlings use up."""

_UNITS: Final = {
    "percent": (IndicatorUnit.SHARE, 100),
    "days": (IndicatorUnit.DAYS, 1),
    "hours": (IndicatorUnit.HOURS, 1),
    "cases": (IndicatorUnit.CASES, 1),
}
_UNITS_ZH: Final = {"percent": "%", "days": " 天", "hours": " 小时", "cases": " 件"}
Amount = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{1,6}(\.[0-9]{1,3})? (percent|days|hours|cases)$",
        description=f"a number with its unit as 95 percent, in {', '.join(_UNITS)}",
    ),
]

Ended = Annotated[int, Field(ge=1, le=100_000)]


class Basis(StrEnum):
    """What a goal rests on."""

    NORM = "norm"
    PRACTICE = "practice"
    OURS = "ours"


class GoalEntry(Table):
    """The goal of an indicator: one bound, in the indicator's unit."""

    at_least: Amount | None = None
    at_most: Amount | None = None
    was: Amount | None = None
    basis: Basis
    ended_min: Ended | None = None


class SeverityEntry(NamedTable):
    """How urgent an alert is."""

    repeat_hours: Annotated[int, Field(ge=1, le=24 * 31)]


class ReceiverEntry(NamedTable):
    """Who is called."""

    webhook: (
        Annotated[str, Field(pattern=r"^https?://\S{1,500}$", description="an address as http://host/path")]
        | None
    ) = None
    board: (
        Annotated[
            str, Field(pattern=r"^[a-z][a-z-]{0,39}$", description="a board's id as enforcement-health")
        ]
        | None
    ) = None


class ObjectivesTable(Table):
    """objectives.yaml"""

    runbooks: Annotated[
        str, Field(pattern=r"^\S{1,200}[^/\s]$", description="a folder or an address, with no / at its end")
    ]
    window_days: Annotated[int, Field(ge=1, le=366)]
    ended_min: Ended
    urgent: Annotated[frozenset[Severity], Field(min_length=1, max_length=3)]
    goals: dict[Word, GoalEntry]
    severities: Annotated[dict[Word, SeverityEntry], Field(min_length=1)]
    receivers: Annotated[dict[Word, ReceiverEntry], Field(min_length=1)]
    alerts: AlertsTable

    def grades(self, *, urgent: bool) -> tuple[Severity, ...]:
        """The severities of cases that are, or are not, urgent; the worst first."""
        return tuple(severity for severity in Severity if (severity in self.urgent) is urgent)


class Goal(NamedTuple):
    """A goal in the unit of its indicator; a share is a part of 1. Met at the bound itself."""

    key: str
    least: bool
    bound: float
    was: float | None
    basis: Basis
    ended_min: int
    """From so many cases, tasks or calls on it is judged."""
    text: str
    """The bound as it is written, such as "95 percent"."""

    @property
    def text_zh(self) -> str:
        """The bound in Chinese, such as "95%" or "3 天"."""
        number, _, word = self.text.partition(" ")
        return f"{number}{_UNITS_ZH[word]}"

    @property
    def slack(self) -> float:
        """What a share's goal leaves: the part of all that may miss it."""
        return round(1 - self.bound if self.least else self.bound, 6)


class Objectives(NamedTuple):
    """What the file says, each goal in its indicator's unit."""

    table: ObjectivesTable
    goals: dict[str, Goal]


def load_objectives(folder: Path = RULES_DIR) -> Objectives:
    """What `objectives.yaml` of `folder` says.

    Raises:
        BadRules: the file is not there or wrong; all that was found is in `problems`.
    """
    sheet = read_sheet(folder / GOALS_FILE)
    page = fill(sheet, ObjectivesTable)
    problems = [*sheet.problems, *(_disagreements(page) if page else ())]
    if page is None or problems:
        raise BadRules(problems)
    return Objectives(page.table, {key: _goal(page.table, key) for key in page.table.goals})


def _goal(table: ObjectivesTable, key: str) -> Goal:
    entry = table.goals[key]
    written = entry.at_least or entry.at_most or ""
    was = _amount(entry.was)[1] if entry.was else None
    least = entry.at_least is not None
    return Goal(
        key, least, _amount(written)[1], was, entry.basis, entry.ended_min or table.ended_min, written
    )


def _amount(text: str) -> tuple[IndicatorUnit, float]:
    number, _, word = text.partition(" ")
    unit, divisor = _UNITS[word]
    return unit, float(number) / divisor


def _disagreements(page: Filled[ObjectivesTable]) -> Iterator[Problem]:
    for key, entry in page.table.goals.items():
        yield from _wrong_goal(page, key, entry)
    yield from _wrong_alerts(page)
    yield from _wrong_burns(page)


def _wrong_goal(page: Filled[ObjectivesTable], key: str, entry: GoalEntry) -> Iterator[Problem]:
    path = ("goals", key)
    if key not in INDICATORS:
        yield page.problem(path, "no such indicator", ", ".join(INDICATORS))
        return
    if (entry.at_least is None) == (entry.at_most is None):
        yield page.problem(path, "not one bound", "either at_least or at_most")
    for name, text in (("at_least", entry.at_least), ("at_most", entry.at_most), ("was", entry.was)):
        if text is None:
            continue
        unit, amount = _amount(text)
        if unit is not INDICATORS[key].unit:
            word = next(word for word, (one, _) in _UNITS.items() if one is INDICATORS[key].unit)
            yield page.problem((*path, name), "another unit than the indicator's", word)
        elif unit is IndicatorUnit.SHARE and amount > 1:
            yield page.problem((*path, name), "more than all", "0 to 100 percent")


def _wrong_alerts(page: Filled[ObjectivesTable]) -> Iterator[Problem]:
    """Receivers and severities that nobody has described."""
    table = page.table
    for name, entry in table.alerts.entries():
        if entry.tell not in table.receivers:
            yield page.problem(("alerts", name, "tell"), "no such receiver", ", ".join(table.receivers))
        if entry.severity not in table.severities:
            yield page.problem(("alerts", name, "severity"), "no such severity", ", ".join(table.severities))
    burning = table.alerts.handling_burn
    if burning.tell not in table.receivers:
        yield page.problem(
            ("alerts", "handling_burn", "tell"), "no such receiver", ", ".join(table.receivers)
        )


def _wrong_burns(page: Filled[ObjectivesTable]) -> Iterator[Problem]:
    """Windows that cannot burn."""
    table = page.table
    entry = table.goals.get(BURNING)
    if entry is None or entry.at_least is None:
        yield page.problem(("goals",), f"no goal of {BURNING}", "at_least: what may burn is what it leaves")
        return
    if page.sheet.problems:
        return
    slack = _goal(table, BURNING).slack
    for n, burn in enumerate(table.alerts.handling_burn.burns):
        path = ("alerts", "handling_burn", "burns", n)
        if burn.severity not in table.severities:
            yield page.problem((*path, "severity"), "no such severity", ", ".join(table.severities))
        if burn.short_minutes >= burn.long_minutes:
            yield page.problem(
                (*path, "short_minutes"), "not shorter than the long window", f"below {burn.long_minutes}"
            )
        if burn.factor * slack >= 1:
            yield page.problem(
                (*path, "factor"),
                "can never be reached",
                f"below {1 / slack:g} with this goal" if slack else "a goal below 100 percent",
            )
