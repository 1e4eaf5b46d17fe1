"""Every series that there can be, at nought from the start: what grows for the first time has grown, and shows as growth."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

from prometheus_client import Counter, Histogram, Summary

from pipeline import metrics
from pipeline.core.rules.refusals import MEANINGS
from pipeline.core.rules.rules import Rules
from pipeline.indicators.flow import PARTNER_STEPS
from pipeline.indicators.stock import NOBODY, Holder
from schemas import topics
from schemas.codes import CODES
from schemas.values.terms import (
    CaseOutcome,
    ClockKind,
    NoticeKind,
    ReportOutcome,
    ReturnReason,
    Severity,
    Source,
    SuspensionReason,
    TimerKind,
)
from schemas.values.text import category_of

_YES_NO: Final = ("yes", "no")
_LADDER: Final = (NoticeKind.WARNING, NoticeKind.BREACH, NoticeKind.ESCALATION)
_Counting = Counter | Histogram | Summary


def begin(rules: Rules) -> None:
    """All counters that these rules can move are there, at nought."""
    for metric, *labels in _series(rules):
        for values in product(*labels):
            metric.labels(*values)
    metrics.RULES_INFO.labels(rules.version).set(1)


def holders(rules: Rules) -> Iterator[Holder]:
    """Who may come to hold what, so that a team with nothing overdue shows as nought and not as nothing."""
    pairs = {(category_of(one.code), one.severity.value) for one in rules.matters.values()}
    for category, team in sorted(set(_pairs(rules))):
        for severity in sorted(severity for one, severity in pairs if one == category):
            yield team, category, severity


def _series(rules: Rules) -> Iterator[tuple[_Counting, *tuple[Iterable[str], ...]]]:
    teams, severities, sources = sorted(_teams(rules)), _values(Severity), _values(Source)
    categories = sorted({category_of(code) for code in rules.matters})
    kinds = [kind.value for kind in ClockKind]
    steps = [kind.value for kind in ClockKind if kind not in PARTNER_STEPS]
    yield metrics.REPORTS, sources, ("opened", "merged", "repeated", "refused")
    yield metrics.REFUSALS, ("report", "action"), sorted(MEANINGS)
    yield metrics.DEAD_LETTERS, (*sorted(CODES), "internal_error")
    # a report's urgency may raise the matter's severity
    yield metrics.OPENED, sources, categories, severities
    yield metrics.SELF_DISPOSED, categories
    yield metrics.RELAPSES, categories
    yield metrics.DISPATCHES, teams
    yield metrics.RETURNS, teams, _values(ReturnReason)
    for per_team in (metrics.EXTENSIONS, metrics.REWORKS, metrics.REOPENS):
        yield per_team, (*teams, NOBODY)
    yield metrics.SUSPENSIONS, _values(SuspensionReason)
    yield metrics.CLOCKS_ENDED, kinds, severities, _YES_NO
    yield metrics.CLOCK_SECONDS, steps, ("natural", "office")
    for per_case in (metrics.HANDLINGS, metrics.CLOSINGS):  # the centre may give any case to any team
        yield per_case, (*teams, NOBODY), categories, _YES_NO
    yield metrics.DISPOSALS, _YES_NO, _YES_NO
    yield metrics.CASES_CLOSED, _values(CaseOutcome)
    yield metrics.CALL_BACKS, (*teams, NOBODY), _YES_NO, _YES_NO
    yield metrics.PARTNER_SECONDS, sorted(rules.departments), sorted(PARTNER_STEPS.values())
    yield metrics.NOTICES, [kind.value for kind in NoticeKind if kind not in _LADDER], ("",)
    yield metrics.NOTICES, [kind.value for kind in _LADDER], map(str, sorted(_levels(rules)))
    yield metrics.TIMERS, _values(TimerKind)
    yield metrics.RECORDS, topics.INPUTS, _values(ReportOutcome)
    yield metrics.OUTPUTS, [one.name for one in topics.TOPICS if one.name not in topics.INPUTS]
    yield metrics.RETIRED, sorted(metrics.RETIRED_FOR)
    yield metrics.TRANSACTIONS, ("committed", "aborted", "crashed")


def _pairs(rules: Rules) -> Iterator[tuple[str, str]]:
    """Category and who may come to hold it: the lead, a squad, the centre, and nobody where the finder dealt with it."""
    squads = {
        team.id for street in rules.streets.values() for team in street.teams.values() if team.communities
    }
    for matter in rules.matters.values():
        for team in (matter.lead_team, rules.policy.centre_team, NOBODY, *squads):
            yield category_of(matter.code), team


def _teams(rules: Rules) -> set[str]:
    return {team for street in rules.streets.values() for team in street.teams}


def _levels(rules: Rules) -> set[int]:
    return {
        rung.level
        for service in rules.services
        for rule in service.clocks.values()
        for rung in rule.ladder.rungs
    }


def _values(
    terms: type[
        Severity | Source | ReturnReason | SuspensionReason | CaseOutcome | TimerKind | ReportOutcome
    ],
) -> list[str]:
    return [one.value for one in terms]
