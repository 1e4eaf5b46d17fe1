"""The indicators as they stood at an instant: as the snapshots of then have it, and as somebody counts them by hand."""

from collections import Counter
from datetime import timedelta

import pytest

from pipeline.audit.checks.replay import history
from pipeline.monthly.as_of import FiguresAsOf, figures_as_of
from pipeline.monthly.replay_command import as_dict
from schemas.state.case import Case
from tests.audit.good_story.good import good_story
from tests.audit.good_story.good_penalties import elsewhere
from tests.core.story import RULES, START, Story

ENTRIES = [outcome.entry for outcome in good_story().outcomes]


def as_of(story: Story, **after: float) -> FiguresAsOf:
    """As it stood so long after the story began."""
    entries = {0: [outcome.entry for outcome in story.outcomes]}
    return figures_as_of(entries, START + timedelta(**after), RULES)


def values(story: Story, **after: float) -> dict[str, float | None]:
    """By key."""
    return {key: counted.value for key, counted in as_of(story, **after).indicators.items()}


@pytest.mark.parametrize("number", range(0, len(ENTRIES), 37))
def test_the_open_cases_of_then_are_those_of_the_snapshots_of_then(number):
    """At the time of any entry: as many at each stage as the snapshots written up to then say."""
    at = ENTRIES[number].at
    counted = figures_as_of({0: ENTRIES}, at, RULES)
    there: dict[str, Case] = {}
    for outcome in good_story().outcomes:
        if outcome.entry.at <= at:
            there |= {case.case_id: case for case in outcome.cases}
    wanted = Counter(case.stage.value for case in there.values() if case.closed_at is None)
    assert counted.entries == sum(entry.at <= at for entry in ENTRIES)
    assert counted.open_by_stage == wanted
    assert as_dict(counted)["open_by_stage"] == dict(sorted(wanted.items()))
    assert counted.indicators["open"].value == wanted.total()


def test_a_case_is_had_again_as_it_stood():
    """Every snapshot that was ever written follows from the journal alone."""
    ids = {case.case_id for outcome in good_story().outcomes for case in outcome.cases}
    for case_id in ids:
        written = [case for o in good_story().outcomes for case in o.cases if case.case_id == case_id]
        assert [one.case for one in history(case_id, ENTRIES)][: len(written)] == written


def test_indicators_counted_by_hand():
    """Three cases of two hours each: one handled in time and closed, one late, one just opened; one report refused."""
    story = Story().report(place=elsewhere(1)).path("sign", "arrive", "dispose", "pass", "call")
    story.report(place=elsewhere(2)).act("return").report(matter="ZZ-999")
    story.act("sign", case_id=story.case_id).wait(hours=5, minutes=50)
    story.report(place=elsewhere(3)).wait(days=1)
    soon, late = values(story, minutes=30), values(story, hours=6)
    assert (soon["reports"], soon["opened"], soon["refused"], soon["filed"]) == (3, 2, 1, 2 / 3)
    assert (soon["open"], soon["closed"], soon["overdue"], soon["due_today"]) == (1, 1, 0, 1)
    assert (soon["handled_on_time"], soon["overdue_share"], soon["closed_on_time"]) == (1.0, 0.0, 1.0)
    assert (soon["dispatches"], soon["returns"], soon["dispatched_rightly"]) == (3, 1, 2 / 3)
    assert (late["opened"], late["open"], late["overdue"], late["due_today"]) == (3, 2, 1, 1)
    assert (late["handled_on_time"], late["overdue_share"]) == (0.5, 0.5)
    assert (late["solved"], late["satisfied"], late["reworked"]) == (1.0, 1.0, 0.0)


def test_programs_find_the_names_they_read():
    """A figure is under its indicator's key with blanks; two names of old stand beside theirs."""
    figures = as_dict(as_of(good_story(), days=2))["figures"]
    assert isinstance(figures, dict)
    names = """reports opened filed merged repeated refused open closed overdue signed-on-time due-today breached dead-letters
    closed-of-due closed-on-time handled-on-time dispatches returns dispatched-rightly reworked extended suspended relapsed reopened
    solved satisfied unreached joint"""
    assert {name.replace("-", " ") for name in names.split()} | {"self-disposed"} <= set(figures)
    assert set(figures["handled on time"]) == {"key", "zh", "en", "unit", "value", "of"}
    assert figures["breached"] == figures["overdue"]


def test_before_anything_there_is_nothing():
    """No indicator divides by nothing."""
    none = values(good_story(), days=-1)
    assert none["open"] == 0
    assert none["closed_on_time"] is None
