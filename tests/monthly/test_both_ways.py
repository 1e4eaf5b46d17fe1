"""The report and the metrics count the same, each on a way of its own: from the journal by SQL, and as it happens by counters.

`enforcement replay` takes the report's way up to an instant.
"""

import random
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import pytest
from prometheus_client import REGISTRY
from prometheus_client.registry import Collector

from pipeline.core.case.turn import Outcome
from pipeline.core.worktime.office_hours import SHANGHAI
from pipeline.indicators.collector import CountedPartition, StockCollector
from pipeline.indicators.indicator_table import INDICATORS, Indicator, MetricTerm
from pipeline.indicators.stock import Stock
from pipeline.monthly.as_of import SHOWN, figures_as_of
from pipeline.monthly.closings import closings_of
from pipeline.monthly.counting import connected, indicators_between
from pipeline.monthly.rows.journal_parts import gathered
from pipeline.monthly.window import window_of
from pipeline.simulate.demo.dry_run import DryRun
from pipeline.simulate.world.day import generate_day
from pipeline.stream.partition.work_metrics import TransactionCounts
from schemas.journal.clock_events import RequestDecided
from schemas.values.request_terms import DemeritKind
from schemas.values.terms import CaseOutcome, RequestKind, ReturnReason
from tests.audit.good_story.good import good_story
from tests.core.story import RULES
from tests.monthly.made import at

SPECIAL = {
    CaseOutcome(name)
    for name in [
        "terminated",
        "unreasonable",
        "unreached",
        "transferred",
        "voided",
        "declined",
        "sent_back",
        "rejected",
    ]
}
Samples = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(*collectors: Collector) -> Samples:
    """Every sample there is."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for collector in collectors
        for family in collector.collect()
        for sample in family.samples
    }


def by_metrics(outcomes: Sequence[Outcome], *ends: datetime) -> Iterator[dict[str, float | None]]:
    """Every indicator by its formula over metrics, as Prometheus would work it out, at each of the ends in turn."""
    counts, stock, before = TransactionCounts(RULES), Stock(RULES, outcomes[0].entry.at), samples(REGISTRY)
    rest = deque(outcomes)
    for end in ends:
        while rest and rest[0].entry.at <= end:
            outcome = rest.popleft()
            counts.note(outcome, ())
            stock.note(outcome.changes)
        counts.publish(0, 0.0)
        counts = TransactionCounts(RULES)
        grown = {key: value - before.get(key, 0) for key, value in samples(REGISTRY).items()}
        stands = stands_at(stock, end)
        yield {key: _value(indicator, grown, stands) for key, indicator in SHOWN.items()}


def stands_at(stock: Stock, end: datetime) -> Samples:
    """Every gauge over state, read at `end`."""
    return samples(StockCollector(RULES, lambda: [CountedPartition(0, 1, stock, 0)], lambda: end))


def _value(indicator: Indicator, grown: Samples, stands: Samples) -> float | None:
    parts, whole = (
        sum(_sum(quantity.term, stands if quantity.term.gauge else grown) for quantity in quantities)
        for quantities in (indicator.parts, indicator.whole)
    )
    if indicator.whole and not whole:
        return None
    value = parts / (whole if indicator.whole else 1) / indicator.divisor
    return 1 - value if indicator.less else value


def _sum(term: MetricTerm, found: Samples) -> float:
    matchers = re.findall(r'(\w+)(?:=~|=)"([^"]*)"', term.where)
    return sum(
        -value if name == term.undone else value
        for (name, labels), value in found.items()
        if name == term.undone
        or (
            name == term.metric
            and all(re.fullmatch(wanted, dict(labels).get(label, "")) for label, wanted in matchers)
        )
    )


def a_dry_run() -> tuple[list[Outcome], datetime]:
    """Two generated days, worked by people as in the field, cut in the afternoon of the second."""
    dry_run, end = DryRun(RULES, 7), at("2026-11-25T15:30")
    days = [generate_day(7 + n, date(2026, 11, 24 + n), scale=0.4, rules=RULES) for n in range(2)]
    for day in days:
        dry_run.expect(day)
    dry_run.advance(end)
    return dry_run.outcomes, end


def everything() -> tuple[list[Outcome], datetime]:
    """Weeks in which everything happens that can."""
    outcomes = good_story().outcomes
    return outcomes, outcomes[-1].entry.at + timedelta(seconds=1)


def fortnight(seed: int) -> list[Outcome]:
    """A random street's fortnight, worked by people as in the field, and a week in which nothing more is reported."""
    first = date(2026, 1, 5) + timedelta(days=7 * random.Random(seed).randrange(48))
    dry_run = DryRun(RULES, seed)
    for number in range(14):
        on = first + timedelta(days=number)
        dry_run.expect(generate_day(seed + number, on, scale=0.15, rules=RULES))
    dry_run.advance(datetime.combine(first, time(), SHANGHAI) + timedelta(days=21))
    return dry_run.outcomes


@pytest.mark.parametrize("played", [everything, a_dry_run])
def test_both_ways_agree(played):
    """Each of the indicators, to the last digit that a float has."""
    outcomes, end = played()
    entries = {0: [outcome.entry for outcome in outcomes]}
    got = indicators_between(entries, entries[0][0].at, end, RULES)
    (metrics,) = by_metrics(outcomes, end)
    wanted = {key: metrics[key] for key in INDICATORS}
    assert {key: one.value for key, one in got.items()} == pytest.approx(wanted)
    assert min(wanted[key] or 0 for key in ("handled", "closed", "reworked")) > 0, "something happened"


def by_snapshots(outcomes: Sequence[Outcome]) -> Counter[str]:
    """The kinds in which cases ended, as the snapshots of the core tell; and how many of them were handled late."""
    cases = {change.after.case_id: change.after for outcome in outcomes for change in outcome.changes}
    granted = {
        event.case_id
        for outcome in outcomes
        for event in outcome.entry.events
        if isinstance(event, RequestDecided) and event.kind is RequestKind.OBJECTION and event.granted
    }
    found: Counter[str] = Counter()
    for case in cases.values():
        if case.outcome in (None, CaseOutcome.MERGED, CaseOutcome.MOVED):
            continue
        holder = case.task.team if case.task else None
        wrongly = {one.team for one in case.returned if one.reason is not ReturnReason.NOT_ENOUGH_FACTS}
        faulty = case.reworks or case.reopens or wrongly - {holder} or case.case_id in granted
        late = any(one.kind is DemeritKind.OVERDUE and not one.lifted for one in case.demerits)
        found[
            "special" if case.outcome in SPECIAL else "fault" if faulty else "late" if late else "normal"
        ] += 1
        found["came_late"] += late
    return found


@pytest.mark.parametrize("played", [everything, a_dry_run])
def test_kinds_of_closing_follow_from_the_journal_as_from_the_cases(played):
    """The report folds the events; the core kept the cases. As many of each kind."""
    outcomes, end = played()
    entries = {0: [outcome.entry for outcome in outcomes]}
    with connected(gathered(entries, window_of(entries[0][0].at, end), RULES)) as database:
        (row,) = (row for row in closings_of(database).teams if row.is_sum)
    kinds = {kind: getattr(row, kind) for kind in ("normal", "late", "fault", "special", "came_late")}
    assert kinds == {kind: by_snapshots(outcomes)[kind] for kind in kinds}
    assert min(row.normal, row.fault, row.special) > 0, "something ended"


@pytest.mark.slow
def test_report_metrics_and_replay_agree_at_any_instant():
    """Ten random instants of a random fortnight: all indicators of the report, the metrics and `enforcement replay` are equal."""
    seed = 20_261_128
    outcomes = fortnight(seed)
    entries = {0: [outcome.entry for outcome in outcomes]}
    begin, reported_for = entries[0][0].at, timedelta(days=14)
    seconds = random.Random(seed).sample(range(1, int(reported_for.total_seconds())), 10)
    instants = [begin + timedelta(seconds=after) for after in sorted(seconds)]
    for instant, metrics in zip(instants, by_metrics(outcomes, *instants), strict=True):
        report = indicators_between(entries, begin, instant + timedelta(microseconds=1), RULES)
        replayed = figures_as_of(entries, instant, RULES).indicators
        assert {key: counted.value for key, counted in replayed.items()} == pytest.approx(metrics), instant
        assert {key: replayed[key] for key in INDICATORS} == report, instant
    assert all(metrics[key] for key in ("handled", "closed", "reworked", "merged", "dead_letters", "joint"))
