"""What happened, counted by hand from small stories; and that every series is there before anything happens."""

from collections import Counter
from datetime import timedelta

from prometheus_client import REGISTRY

from pipeline import metrics
from pipeline.indicators import initial_series
from pipeline.indicators.flow import note
from pipeline.indicators.indicator_table import INDICATORS, MetricTerm
from pipeline.indicators.pending import PendingCounts
from schemas.values.terms import ClockKind
from tests.audit.good_story.good import good_story
from tests.audit.good_story.good_penalties import elsewhere
from tests.core.story import RULES, Story

SERIES_MAX = 9_500
"""Of one worker with all 14 streets of the rules, before anything happens; what stands comes on top."""
HERE = "140109004"


def counted(story: Story) -> Counter[tuple[str, ...]]:
    """Every counter that the story moved, as (name, labels…)."""
    before = samples()
    pending = PendingCounts()
    for outcome in story.outcomes:
        note(pending, RULES, outcome)
    assert samples() == before, "nothing counts before it is committed"
    pending.publish()
    after = samples()
    return Counter(
        {key: round(after[key] - before.get(key, 0)) for key in after if after[key] != before.get(key, 0)}
    )


def samples() -> dict[tuple[str, ...], float]:
    """Every sample of the process that is a count."""
    return {
        (sample.name.removeprefix("enforcement_"), *sample.labels.values()): sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.name.startswith("enforcement_") and sample.name.endswith(("_total", "_count"))
    }


def test_a_case_that_goes_the_whole_way_in_time():
    """Each step ends once, in time; the handling and the closing are the team's and the matter's."""
    got = counted(Story().path("report", "sign", "arrive", "dispose", "pass", "call"))
    assert got["reports_total", "12345", "opened"] == 1
    assert got["cases_opened_total", "12345", "SR", "P4"] == 1
    assert got["dispatches_total", "city-appearance"] == 1
    for step in ("sign", "arrive", "dispose", "verify", "callback", "whole"):
        assert got["clocks_ended_total", step, "P4", "yes"] == 1, step
        assert got["clock_seconds_count", step, "office"] == 1, step
    assert got["handlings_total", HERE, "city-appearance", "SR", "yes"] == 1
    assert got["closings_total", "city-appearance", "SR", "yes"] == 1
    assert got["cases_closed_total", "resolved"] == 1
    assert got["call_backs_total", HERE, "city-appearance", "yes", "yes"] == 1
    assert sum(many for key, many in got.items() if key[0] == "disposals_total") == 1


def test_what_is_late_is_counted_as_late_when_it_is_done():
    """A step that stops because the case is given back ends nothing; the second team's late handling does."""
    story = Story().path("report").act("return")
    story.act("sign").wait(hours=5).path("arrive", "dispose")
    got = counted(story)
    assert got["returns_total", "city-appearance", "not_our_matter"] == 1
    assert got["dispatches_total", "city-appearance"] == 1
    assert sum(many for key, many in got.items() if key[0] == "dispatches_total") == 2
    assert sum(many for key, many in got.items() if key[:2] == ("clocks_ended_total", "sign")) == 1
    late = {key: many for key, many in got.items() if key[0] == "handlings_total"}
    assert [(key[3:], many) for key, many in late.items()] == [(("SR", "no"), 1)]


def test_refusals_repeats_and_merges_are_told_apart():
    """One of each, by its source and code."""
    story = Story().path("report").again().report(source="patrol", reporter="W0931", caller=None)
    story.report(matter="ZZ-999", place=elsewhere(4)).act("verify")
    got = counted(story)
    outcomes = {key[1:]: many for key, many in got.items() if key[0] == "reports_total"}
    assert outcomes == {
        ("12345", "opened"): 1,
        ("12345", "repeated"): 1,
        ("patrol", "merged"): 1,
        ("12345", "refused"): 1,
    }
    assert got["refusals_total", "report", "unknown_matter"] == 1
    assert sum(many for key, many in got.items() if key[:2] == ("refusals_total", "action")) == 1


def test_every_series_is_there_at_nought_before_it_grows():
    """Growth from nothing would not show as growth; so a log in which everything happens makes no new series."""
    initial_series.begin(RULES)
    before = samples()
    got = counted(good_story())
    assert sorted(set(got) - set(before)) == []
    assert {key[0] for key in got} >= {
        "reports_total", "clocks_ended_total", "handlings_total", "closings_total", "reworks_total",
        "reopens_total", "extensions_total", "suspensions_total", "joint_seconds_count", "partner_seconds_count",
    }  # fmt: skip


def test_series_do_not_multiply():
    """So many at most, whatever comes: labels are closed lists, none names a person, and two gauges of a bounded number of cases name these."""
    initial_series.begin(RULES)
    there = [sample for family in REGISTRY.collect() for sample in family.samples]
    ours = [sample for sample in there if sample.name.startswith("enforcement_")]
    assert len(ours) <= SERIES_MAX
    names = {label for metric in metrics.CATALOGUE for label in metric.labels}
    assert names.isdisjoint({"case_id", "phone", "officer", "reporter", "address", "device"})
    assert [metric for metric in metrics.CATALOGUE if "case" in metric.labels] == [
        metrics.CASE_DUE,
        metrics.STEP_DUE,
    ]


def test_every_indicator_is_made_of_metrics_that_there_are():
    """Names and labels of each term are those of the catalogue."""
    known = {metric.name: metric for metric in metrics.CATALOGUE}
    for indicator in INDICATORS.values():
        for term in (quantity.term for quantity in indicator.quantities):
            described = known[_base(term)]
            labels = {part.split("=")[0].strip() for part in term.where.split(",") if part}
            assert labels <= set(described.labels), indicator.key


def test_the_time_of_a_step_is_its_clocks_own():
    """Signed on Friday evening, handled on Monday morning: the weekend does not count."""
    friday = Story(now=Story().now + timedelta(days=3, hours=8, minutes=30))
    story = friday.path("report", "sign").wait(days=2, hours=16).path("arrive", "dispose")
    name, labels = "enforcement_clock_seconds_sum", {"clock": ClockKind.DISPOSE.value, "hours": "office"}
    before = REGISTRY.get_sample_value(name, labels) or 0.0
    counted(story)
    ran_s = (REGISTRY.get_sample_value(name, labels) or 0.0) - before
    assert 0 < ran_s < timedelta(hours=2).total_seconds()


def _base(term: MetricTerm) -> str:
    name = term.metric
    for suffix in ("_total", "_sum", "_count"):
        name = name.removesuffix(suffix)
    return name
