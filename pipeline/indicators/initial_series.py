"""Exports every series that these rules can move at 0, so that its first increment is visible as growth."""

from collections.abc import Iterator

from pipeline import metrics
from pipeline.core.rules.rules import Rules
from pipeline.indicators.stock import Holder
from pipeline.metrics import NOBODY
from schemas.values.text import category_of


def begin(rules: Rules) -> None:
    """All counters that these rules can move are there, at 0."""
    for metric, series in metrics.INITIAL:
        for values in series(rules):
            metric.labels(*values)
    metrics.RULES_INFO.labels(rules.version).set(1)


def holders(rules: Rules) -> Iterator[Holder]:
    """Who may come to hold what, in order, so that a team with nothing overdue shows 0 and not nothing."""
    pairs = {(category_of(matter.code), matter.severity.value) for matter in rules.matters.values()}
    for category, team in sorted(set(_pairs(rules))):
        for severity in sorted(severity for own, severity in pairs if own == category):
            yield team, category, severity


def _pairs(rules: Rules) -> Iterator[tuple[str, str]]:
    """Category and who may come to hold it: the lead, a squad, the centre, and nobody where the finder dealt with it."""
    squads = {
        team.id for street in rules.streets.values() for team in street.teams.values() if team.communities
    }
    for matter in rules.matters.values():
        for team in (matter.lead_team, rules.policy.centre_team, NOBODY, *squads):
            yield category_of(matter.code), team
