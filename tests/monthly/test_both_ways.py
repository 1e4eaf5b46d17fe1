"""The report and the metrics count the same, each on a way of its own: from the journal by SQL, and as it happens by counters."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from prometheus_client.registry import Collector

from pipeline.core.case.turn import Outcome
from pipeline.indicators.collector import StockCollector
from pipeline.indicators.flow import note
from pipeline.indicators.indicator_table import INDICATORS, Indicator, MetricTerm
from pipeline.indicators.pending import PendingCounts
from pipeline.indicators.stock import Stock
from pipeline.monthly.counting import indicators_between
from pipeline.simulate.demo.dry_run import DryRun
from pipeline.simulate.world.day import Day, generate_day
from tests.audit.good import good_story
from tests.core.story import RULES
from tests.monthly.made import at

Samples = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(*collectors: Collector) -> Samples:
    """Every sample there is."""
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for collector in collectors
        for family in collector.collect()
        for one in family.samples
    }


def by_metrics(outcomes: Sequence[Outcome], end: datetime) -> dict[str, float | None]:
    """Every indicator by its formula over metrics, as Prometheus would work it out."""
    pending, stock, before = PendingCounts(), Stock(RULES, outcomes[0].entry.at), samples(REGISTRY)
    for outcome in outcomes:
        note(pending, RULES, outcome)
        stock.note(outcome.changes)
    pending.publish()
    grown = {key: value - before.get(key, 0) for key, value in samples(REGISTRY).items()}
    stands = samples(StockCollector(RULES, lambda: [stock], lambda: end))
    return {key: _value(one, grown, stands) for key, one in INDICATORS.items()}


def _value(one: Indicator, grown: Samples, stands: Samples) -> float | None:
    value, whole = (
        sum(_sum(term, stands if term.gauge else grown) for term in terms) for terms in (one.parts, one.whole)
    )
    if one.whole and not whole:
        return None
    value = value / (whole if one.whole else 1) / one.divisor
    return 1 - value if one.less else value


def _sum(term: MetricTerm, found: Samples) -> float:
    matchers = re.findall(r'(\w+)(?:=~|=)"([^"]*)"', term.where)
    return sum(
        value
        for (name, labels), value in found.items()
        if name == term.metric
        and all(re.fullmatch(wanted, dict(labels).get(label, "")) for label, wanted in matchers)
    )


def rehearsed() -> tuple[list[Outcome], datetime]:
    """Two generated days, worked by people as in the field, cut in the afternoon of the second."""
    dry_run, end = DryRun(RULES, 7), at("2026-11-25T15:30")
    days = [generate_day(7 + n, date(2026, 11, 24 + n), scale=0.4, rules=RULES) for n in range(2)]
    pushes = [push for day in days for push in day.pushes]
    dry_run.play(Day(7, days[0].date, days[0].streets, (), tuple(pushes)), end)
    return dry_run.outcomes, end


def everything() -> tuple[list[Outcome], datetime]:
    """Weeks in which everything happens that can."""
    outcomes = good_story().outcomes
    return outcomes, outcomes[-1].entry.at + timedelta(seconds=1)


@pytest.mark.parametrize("played", [everything, rehearsed])
def test_both_ways_agree(played):
    """Each of the indicators, to the last digit that a float has."""
    outcomes, end = played()
    entries = {0: [outcome.entry for outcome in outcomes]}
    got = indicators_between(entries, entries[0][0].at, end, RULES)
    wanted = by_metrics(outcomes, end)
    assert {key: one.value for key, one in got.items()} == pytest.approx(wanted)
    assert min(wanted[key] or 0 for key in ("handled", "closed", "reworked")) > 0, "something happened"
