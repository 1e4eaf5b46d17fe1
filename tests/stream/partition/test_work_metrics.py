"""What the metrics of a worker count, told by a story of the core; no broker needed."""

from dataclasses import replace

from prometheus_client import REGISTRY

from pipeline.stream.partition.outgoing_records import outgoing, rfc3339
from pipeline.stream.partition.work_metrics import Counting, TransactionCounts
from tests.core.story import RULES, Story


def value(name: str, **labels: str) -> float:
    """A counter as it stands."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_returns_are_counted_by_team_and_reason_beside_what_each_team_was_given():
    """So that the rate of returns can be had for each team and reason; and only once it is committed."""
    team = {"team": "city-appearance"}
    reason = {"reason": "not_our_matter"}
    given, returned = (
        value("enforcement_dispatches_total", **team),
        value("enforcement_returns_total", **team, **reason),
    )
    story, counted = Story().path("report", "return"), TransactionCounts(RULES)
    for outcome in story.outcomes:
        counted.note(outcome, (one.topic for one in outgoing(outcome, None, rfc3339(outcome.entry.at))))
    assert value("enforcement_returns_total", **team, **reason) == returned
    counted.publish(entries=len(story.outcomes), seconds=0.01)
    assert value("enforcement_returns_total", **team, **reason) == returned + 1
    assert value("enforcement_dispatches_total", **team) == given + 1


def test_the_case_whose_timer_fired_late_is_named_beside_how_late():
    """As the exemplar of its bucket, and of the step that it ended; no label of any series."""
    story, counted = Story().path("report", "sign").wait(days=9), TransactionCounts(RULES)
    for outcome in story.outcomes:
        counted.note(outcome, ())
    counted.publish(entries=len(story.outcomes), seconds=0.01)
    named = {
        sample.name
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.exemplar and sample.exemplar.labels == {"case": story.case.case_id}
    }
    assert named == {"enforcement_clock_seconds_bucket", "enforcement_timer_late_seconds_bucket"}


def test_a_bug_in_the_counting_costs_the_figures_and_no_case():
    """Rules without a service policy cannot count a case whose handling runs: it is restored all the same, and its partition's
    stock, which would be wrong from then on, is gone; a transaction that is committed stays so."""
    story = Story().path("report", "sign")
    counting = Counting(replace(RULES, services=()), story.now)
    assert list(counting.restored([story.case])) == [story.case]
    assert counting.stock is None
    counting.committed([(story.last, ())], entries=1, seconds=0.01)
    sound = Counting(RULES, story.now)
    assert list(sound.restored([story.case])) == [story.case]
    assert sound.stock is not None
    assert sound.stock.read(story.now).held.total() == 1
