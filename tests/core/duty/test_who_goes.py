"""Who goes is proposed with the task: on duty, certified, free, near, and in turn; a leader sends others with a reason."""

from dataclasses import replace

import pytest

from tests.core.duty.duty_story import KNOWN_PEOPLE, PEOPLE, DutyStory, local
from tests.core.known_people import OFFICERS, certificate
from tests.core.story import STREET, Story

TEAM = {"id": "L1", "role": "team", "team": "area-east"}


def given(story: DutyStory, **report: object) -> DutyStory:
    """A case, which the east squad gets."""
    story.report(**report)
    story.act("dispatch", team="area-east")
    return story


def of_three() -> DutyStory:
    """A street of whose east squad three are there by day."""
    third = replace(OFFICERS[0], id="XH-011", certificates=(certificate("140100011"),))
    people = replace(PEOPLE, officers={**PEOPLE.officers, third.id: third})
    return DutyStory(rules=replace(KNOWN_PEOPLE, people={STREET: people}))


def elsewhere(number: int) -> dict[str, object]:
    """A place that is no other's."""
    return {"address": f"兴华街{number}号"}


def proposed(story: Story) -> tuple[str, ...]:
    """Whom the newest task of a team proposes."""
    task = next(task for task in reversed(story.last.assignments) if task.kind.value == "handle")
    assert task.proposed is not None
    return task.proposed.officers


def test_two_of_the_team_who_are_there_and_certified_are_proposed_with_a_camera():
    """The task says who, with which camera, and why."""
    story = DutyStory()
    story.on_duty("hand_out", device="CAM-03", officer="XH-002")
    given(story)
    proposal = story.case.task.proposed
    assert proposal.officers == ("XH-001", "XH-002")
    assert proposal.camera == "CAM-03"
    assert proposal.why == "of 2 on duty and certified, by open tasks, distance and turns: XH-001 0, XH-002 0"
    assert proposed(story) == proposal.officers
    assert story.events[-1] == "officers_proposed"


def test_a_camera_in_store_is_proposed_where_nobody_carries_any():
    """The first that may be relied on today."""
    assert given(DutyStory()).case.task.proposed.camera == "CAM-01"


def test_whoever_has_fewest_open_tasks_goes():
    """The third of the squad has none yet; then the one whose task is nearest, then whoever had fewer lately."""
    story = of_three()
    given(story, place=elsewhere(18))
    assert proposed(story) == ("XH-001", "XH-002")
    given(story, place=elsewhere(150))
    assert proposed(story) == ("XH-011", "XH-001")
    given(story, place=elsewhere(20))
    assert proposed(story)[0] == "XH-002"


def test_the_same_are_proposed_after_a_restart():
    """What each has to do follows from the cases alone."""
    stories = [of_three(), of_three()]
    for story in stories:
        given(story, place=elsewhere(18))
        given(story, place=elsewhere(150))
    stories[1].restart()
    for story in stories:
        given(story, place=elsewhere(230))
    first, second = stories
    assert proposed(first) == proposed(second)
    assert first.state() == second.state()


def test_too_few_there_is_said_to_the_team_and_the_centre_with_from_when_on_there_are_enough():
    """By night one of the two has no certificate any more: the next day there are enough."""
    story = DutyStory()
    story.wait(hours=12)
    given(story)
    proposal = story.case.task.proposed
    assert (proposal.officers, proposal.is_enough) == (("XH-003",), False)
    assert proposal.enough_from == local("2026-11-25T08:00")
    told = [notice for notice in story.last.notices if notice.kind.value == "nobody_on_duty"]
    assert [notice.to for notice in told] == ["area-east", "duty"]
    assert {notice.due_at for notice in told} == {local("2026-11-25T08:00")}


def test_a_leader_who_sends_others_says_why():
    """Without a reason it is refused, with those who were proposed; these themselves need none."""
    story = of_three()
    given(story).act("sign", actor=TEAM)
    story.act("assign", actor=TEAM, members=["XH-001", "XH-011"])
    receipt = story.last.receipts[0]
    assert (receipt.code, receipt.field) == ("override_reason_missing", "note")
    assert receipt.allowed == "why others than XH-001, XH-002 go"
    story.act("assign", actor=TEAM, members=["XH-001", "XH-011"], note="熟悉当事人")
    assert story.answer == "accepted"
    story.act("assign", actor=TEAM, members=["XH-002", "XH-001"])
    assert story.answer == "accepted"


def test_who_is_sent_by_the_leader_counts_as_busy():
    """What was proposed counts no more once others go."""
    story = of_three()
    given(story, place=elsewhere(18)).act("sign", actor=TEAM)
    story.act("assign", actor=TEAM, members=["XH-011"], note="熟悉当事人")
    given(story, place=elsewhere(230))
    assert proposed(story) == ("XH-001", "XH-002")


@pytest.mark.parametrize("way", ["claim", "rework"])
def test_each_way_to_get_a_task_brings_a_proposal(way):
    """领单, and the leg after what was done did not pass."""
    if way == "claim":
        story = DutyStory()
        story.report(source="patrol", caller=None, place={"grid": f"{STREET}003001"})
        assert story.stage == "offered", story.case.task
        story.act("claim", actor=TEAM)
    else:
        story = given(DutyStory())
        story.on_duty("hand_out", device="CAM-01", officer="XH-001")
        story.act("sign", actor=TEAM).wait(minutes=10).act(
            "arrive", actor=TEAM, officers=["XH-001", "XH-002"]
        )
        story.wait(minutes=10)
        evidence = [
            item | {"device": "CAM-01"} for item in story.evidence("photo_before", "photo_after", "bodycam")
        ]
        story.act("dispose", actor=TEAM, evidence=evidence)
        story.wait(minutes=10).act("verify", passed=False, note="未清理")
        assert story.stage == "rework", story.last.receipts
    assert story.events[-1] == "officers_proposed"
    assert story.case.task.proposed.officers == ("XH-001", "XH-002")


def test_a_street_whose_people_nobody_has_listed_gets_no_proposals():
    """Nothing stands in the task that was not there before."""
    story = Story().report()
    assert story.case.task.proposed is None
    assert "officers_proposed" not in story.events
