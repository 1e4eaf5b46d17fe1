"""权属单位时限: a unit that is no team may have another time for handling than the matter's, as the roster says; from where the handling began."""

from dataclasses import replace
from datetime import date

import pytest

from pipeline.core.worktime.policy import UnitLimit
from tests.core.clocks.test_clock import at, story_at
from tests.core.story import RULES, Story

OWNER = {"id": "G1", "role": "department", "team": "pipeline-owner"}


def lamp(**changes: object) -> Story:
    """A lamp is broken on Tuesday morning, which has three workdays; its whole three more."""
    return story_at("11-24 09:00").report(matter="SZ-003", **changes)


def by(*limits: UnitLimit, opened: str = "11-24 09:00", matter: str = "SZ-003") -> Story:
    """A case that an owner has, under rules with these limits."""
    story = story_at(opened, replace(RULES, unit_limits=limits)).report(matter=matter)
    return story.act("dispatch", team="pipeline-owner")


def test_an_owner_has_half_as_much_time_again():
    """Three workdays are five (4.5, rounded up); the whole case has three beyond the handling, as with a team."""
    story = lamp()
    assert (story.clock("dispose").limit, story.clock("whole").limit) == (
        "3 workdays",
        "3 workdays + 3 workdays",
    )
    story.act("dispatch", team="pipeline-owner")
    assert (story.clock("dispose").limit, story.clock("whole").limit) == (
        "5 workdays",
        "5 workdays + 3 workdays",
    )
    assert (story.clock("dispose").started_at, story.clock("dispose").due_at) == (
        at("11-24 09:00"),
        at("12-01 17:30"),
    )
    (task,) = [task for task in story.last.assignments if task.team == "pipeline-owner"]
    assert task.due_at == at("12-01 17:30")


def test_whoever_has_it_back_has_the_matters_own_time():
    """Given back by the owner, the next team's deadline is where it was before."""
    story = lamp()
    due = story.clock("dispose").due_at
    story.act("dispatch", team="pipeline-owner").act("return", actor=OWNER, reason="not_our_matter")
    assert (story.case.task.team, story.clock("dispose").due_at) == ("area-middle", due)


def test_a_missing_cover_keeps_its_two_hours():
    """The shipped limit is for lamps and street furniture; danger waits for nobody."""
    story = Story().report(matter="SZ-002")
    due = story.clock("dispose").due_at
    assert story.act("dispatch", team="pipeline-owner").case.task.team == "pipeline-owner"
    assert story.clock("dispose").due_at == due


def test_the_hotlines_deadline_bounds_an_owner_too():
    """More time of ours moves nothing of theirs."""
    story = lamp(order={"due_at": "2026-11-26T17:30:00+08:00"}).act("dispatch", team="pipeline-owner")
    assert story.clock("dispose").due_at == at("11-26 17:30")


@pytest.mark.parametrize(
    ("limit", "right"),
    [
        (UnitLimit("pipeline-owner", 50, frozenset(), date(2026, 1, 1), None), "2 workdays"),
        (UnitLimit("pipeline-owner", 50, frozenset(), date(2026, 11, 24), date(2026, 11, 24)), "2 workdays"),
        (UnitLimit("pipeline-owner", 50, frozenset(), date(2026, 11, 25), None), "3 workdays"),
        (UnitLimit("pipeline-owner", 50, frozenset(), date(2026, 1, 1), date(2026, 11, 23)), "3 workdays"),
        (UnitLimit("pipeline-owner", 50, frozenset({"SZ-007"}), date(2026, 1, 1), None), "3 workdays"),
        (UnitLimit("sanitation", 50, frozenset(), date(2026, 1, 1), None), "3 workdays"),
    ],
)
def test_a_limit_is_of_its_unit_its_matters_and_its_days(limit, right):
    """The day on which the case opened decides, both ends included; less than the matter's is possible."""
    assert by(limit).clock("dispose").limit == right
