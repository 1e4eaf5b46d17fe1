"""权属单位: the owner of a cover has a case of its own, handles it like a team, and answers for it; what is not its own it is not given."""

from schemas.values.terms import AssignmentStatus, Stage
from tests.core.story import RULES, STREET, Story

OWNER = {"id": "G1", "role": "department", "team": "pipeline-owner"}


def given(**changes: object) -> Story:
    """A cover is missing, and the centre gives the case to its owner."""
    return Story().report(matter="SZ-002", **changes).act("dispatch", team="pipeline-owner")


def test_the_owner_of_a_cover_has_the_task_and_the_team_has_it_no_more():
    """On the owner's list, with the deadline that the case had before."""
    story = Story().report(matter="SZ-002")
    team, due = story.case.task.team, story.clock("dispose").due_at
    story.act("dispatch", team="pipeline-owner")
    assert {(task.team, task.kind.value, task.status, task.due_at) for task in story.last.assignments} == {
        (team, "handle", AssignmentStatus.WITHDRAWN, due),
        ("pipeline-owner", "handle", AssignmentStatus.OPEN, due),
    }


def test_the_owner_goes_alone_mends_it_and_the_caller_is_answered():
    """No two officers for who enforces nothing; everything else is as with a team, up to the call."""
    story = given()
    for action, said in (
        ("sign", {}),
        ("contact", {}),
        ("arrive", {"officers": ["G1"]}),
        ("answer", {}),
        ("dispose", {}),
    ):
        assert story.wait(minutes=2).act(action, actor=OWNER, **said).answer == "accepted", action
    assert story.path("pass", "call").stage is Stage.CLOSED


def test_an_owner_gives_back_what_is_not_its_own():
    """As a team does; the next team in the order of the rules has it."""
    story = given().act("return", actor=OWNER, reason="not_our_matter")
    assert (story.answer, story.stage, story.case.task.team) == ("accepted", Stage.DISPATCHED, "area-middle")


def test_an_owner_acts_on_no_teams_task_and_is_given_no_other_matter():
    """A department that was called acts on its own part only; a vendor is no pipe's."""
    story = Story().report(matter="SZ-002")
    assert story.act("sign", actor=OWNER).answer == "not_your_task"
    refused = Story().report().act("dispatch", team="pipeline-owner")
    assert refused.answer == "unknown_team"
    assert "pipeline-owner" not in refused.last.receipts[0].allowed


def test_an_owner_punishes_nobody():
    """Penalties are officers' alone."""
    story = given().act("sign", actor=OWNER).act("arrive", actor=OWNER, officers=["G1"])
    assert story.act("penalise", actor=OWNER).answer == "role_not_allowed"
    assert story.act("penalise", actor=OWNER | {"role": "officer"}).answer == "not_your_task"


def test_a_team_still_needs_two_and_every_owner_stands_in_the_roster():
    """In the shipped rules two units have matters of their own."""
    story = Story().path("report", "sign").act("arrive", officers=["O1"])
    assert story.answer == "too_few_officers"
    owners = {name for name, department in RULES.departments.items() if department.handles}
    assert owners == {"pipeline-owner", "sanitation"}
    assert not owners & set(RULES.streets[STREET].teams)
