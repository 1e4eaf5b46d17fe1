"""The figures as they stood at an instant: as the snapshots of then have it, and as somebody counts them by hand."""

from collections import Counter
from datetime import timedelta

import pytest

from pipeline.audit.checks.replay import history
from pipeline.audit.figures import Figures
from pipeline.audit.replay_command import as_dict
from schemas.state.case import Case
from tests.audit.good import elsewhere, good_story
from tests.core.story import START, Story

ENTRIES = [outcome.entry for outcome in good_story().outcomes]


def figures(story: Story, **after: float) -> dict[str, float | None]:
    """By name, as they stood so long after the story began."""
    counted = Figures(START + timedelta(**after))
    counted.feed(outcome.entry for outcome in story.outcomes)
    return {one.name: one.value for one in counted.figures()}


@pytest.mark.parametrize("number", range(0, len(ENTRIES), 37))
def test_the_open_cases_of_then_are_those_of_the_snapshots_of_then(number):
    """At the time of any entry: as many at each stage as the snapshots written up to then say."""
    at = ENTRIES[number].at
    counted = Figures(at)
    counted.feed(ENTRIES)
    there: dict[str, Case] = {}
    for outcome in good_story().outcomes:
        if outcome.entry.at <= at:
            there |= {case.case_id: case for case in outcome.cases}
    audit_setup = Counter(case.stage.value for case in there.values() if case.closed_at is None)
    assert counted.open == audit_setup
    assert as_dict(counted)["open_by_stage"] == dict(sorted(audit_setup.items()))


def test_a_case_is_had_again_as_it_stood():
    """Every snapshot that was ever written follows from the journal alone."""
    ids = {case.case_id for outcome in good_story().outcomes for case in outcome.cases}
    for case_id in ids:
        written = [case for o in good_story().outcomes for case in o.cases if case.case_id == case_id]
        assert [one.case for one in history(case_id, ENTRIES)][: len(written)] == written


def test_figures_counted_by_hand():
    """Three cases of two hours each: one handled in time and closed, one late, one just opened; one report refused."""
    story = Story().report(place=elsewhere(1)).path("sign", "arrive", "dispose", "pass", "call")
    story.report(place=elsewhere(2)).act("return").report(matter="ZZ-999")
    story.act("sign", case_id=story.case_id).wait(hours=5, minutes=50)
    story.report(place=elsewhere(3))
    soon, late = figures(story, minutes=30), figures(story, hours=6)
    assert (soon["reports"], soon["opened"], soon["refused"], soon["filed"]) == (3, 2, 1, round(2 / 3, 4))
    assert (soon["open"], soon["closed"], soon["breached"], soon["due today"]) == (1, 1, 0, 1)
    assert (soon["handled on time"], soon["overdue"], soon["closed on time"]) == (1.0, 0.0, 1.0)
    assert (soon["dispatches"], soon["returns"], soon["dispatched rightly"]) == (3, 1, round(2 / 3, 4))
    assert (late["opened"], late["open"], late["breached"], late["due today"]) == (3, 2, 1, 1)
    assert (late["handled on time"], late["overdue"]) == (0.5, 0.5)
    assert (late["solved"], late["satisfied"], late["reworked"]) == (1.0, 1.0, 0.0)


def test_before_anything_there_is_nothing():
    """No figure divides by nothing."""
    none = figures(good_story(), days=-1)
    assert none["open"] == 0
    assert none["closed on time"] is None
