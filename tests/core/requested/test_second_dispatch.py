"""二级派遣: the leader of a team names who of it goes; the task names them, and nothing else changes."""

from schemas.values.terms import Stage
from tests.core.story import Story

LEADER = {"id": "L1", "role": "team", "team": "city-appearance"}


def members(story: Story) -> list[tuple[str, tuple[str, ...]]]:
    """Of the tasks that the last entry gave: whose, and whom they name."""
    return [(task.team, task.members) for task in story.last.assignments]


def test_the_leader_names_who_goes_and_the_task_says_so():
    """The team's task once more with their names; its clocks and its stage stay as they were."""
    story = Story().path("report", "sign")
    before = story.case
    story.act("assign", actor=LEADER, members=["W0931", "W0940", "W0931"])
    assert members(story) == [("city-appearance", ("W0931", "W0940"))]
    assert (story.stage, story.case.clocks) == (Stage.SIGNED, before.clocks)
    assert story.case.task.handlers == before.task.handlers


def test_others_are_named_and_the_first_are_off_it():
    """The last word of the leader holds."""
    story = Story().path("report").act("assign", members=["W0931"]).act("assign", members=["W0940"])
    assert members(story) == [("city-appearance", ("W0940",))]
    assert story.act("assign", members=["W0940"]).answer == "already_there"


def test_somebody_is_named_and_by_the_team_that_has_the_task():
    """Neither nobody, nor another team's leader, nor an officer by himself."""
    story = Story().path("report")
    assert story.act("assign", members=[]).answer == "members_missing"
    other = LEADER | {"team": "area-west"}
    assert story.act("assign", actor=other).answer == "not_your_task"
    assert story.act("assign", actor=LEADER | {"role": "officer"}).answer == "role_not_allowed"


def test_another_team_has_the_task_and_names_its_own():
    """Whoever was named before is named no more."""
    story = Story().path("report").act("assign").act("dispatch", team="area-west")
    assert story.case.task.members == ()
    assert ("area-west", ()) in members(story)


def test_what_fails_verification_goes_back_to_the_same_members():
    """The leader need not name them again."""
    story = Story().path("report", "sign").act("assign", members=["W0931"])
    story.path("arrive", "dispose", "fail")
    assert ("city-appearance", ("W0931",)) in members(story)
