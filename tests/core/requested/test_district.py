"""What the district is asked: to supervise a case, which is over only when it agrees; to take one for a hard one, with more time."""

import pytest

from schemas.values.terms import ClockKind, NoticeKind, RequestKind, Stage
from tests.core.clocks.test_clock import at, story_at
from tests.core.story import RULES, Story

DISTRICT = {"id": "Q1", "role": "district"}
CHIEF = {"id": "C1", "role": "duty_chief"}
HANDLED = ("report", "supervise", "sign", "arrive", "dispose", "answer")


def test_a_supervised_case_is_over_only_when_the_supervisor_agrees():
    """Verification does not pass before; then the case goes its way and is closed."""
    story = Story().path(*HANDLED)
    before = story.state()
    assert story.act("verify").answer == "under_supervision"
    assert story.state() == before
    assert story.act("end_supervision", actor=CHIEF).answer == "role_not_allowed"
    assert story.act("end_supervision", note="现场已整改到位").answer == "accepted"
    assert story.case.supervision is None
    assert story.path("pass", "call").stage is Stage.CLOSED


def test_the_district_is_asked_and_the_street_does_not_decide():
    """On the district's list, with the reason; the head of the centre may not grant it."""
    story = Story().path("report").act("supervise", reason="unsolved")
    (task,) = [task for task in story.last.assignments if task.kind.value == "approve"]
    assert (task.team, task.request.kind, task.request.reason) == (
        RULES.policy.district_post,
        RequestKind.SUPERVISION,
        "unsolved",
    )
    assert story.act("decide", actor=CHIEF).answer == "role_not_allowed"
    assert story.act("decide", actor=DISTRICT).answer == "accepted"
    assert (story.case.supervision.reason, story.case.supervision.by) == ("unsolved", "Q1")


def test_the_team_sees_on_its_task_that_the_case_is_supervised():
    """The same task once more, with the mark; and without it when that is over."""
    story = Story().path("report", "supervise")
    assert [
        (task.kind.value, task.supervised) for task in story.last.assignments if task.kind.value == "handle"
    ] == [("handle", True)]
    story.act("end_supervision")
    assert [(task.kind.value, task.supervised) for task in story.last.assignments] == [("handle", False)]


@pytest.mark.parametrize(
    ("action", "said"),
    [("transfer", {}), ("merge", {}), ("void", {}), ("terminate", {}), ("decline", {})],
)
def test_a_supervised_case_does_not_leave_by_another_door(action, said):
    """Neither transferred nor merged; what was asked for, nobody grants meanwhile."""
    story = Story().path("host", "report", "supervise").act(action, **said)
    if story.answer == "accepted":
        story.act("decide")
    assert (story.answer, story.stage) == ("under_supervision", Stage.DISPATCHED)


def test_what_fails_verification_is_reworked_under_supervision():
    """Not passing it is no end."""
    story = Story().path(*HANDLED, "fail")
    assert (story.answer, story.stage) == ("accepted", Stage.REWORK)
    assert story.case.supervision is not None


def test_a_hard_case_has_the_time_that_the_policy_gives():
    """Ten workdays more for what was due in two work hours; once, and whoever holds it has asked."""
    story = (
        story_at("11-24 09:00")
        .path("report", "sign")
        .act("raise_hard", reason="several_units", note="三家管线单位")
    )
    due = story.clock("dispose").due_at
    story.act("decide", actor=DISTRICT)
    assert (story.case.hard_case.reason, story.case.hard_case.more) == ("several_units", "10 workdays")
    assert (due, story.clock("dispose").due_at) == (at("11-24 11:01"), at("12-08 17:30"))
    assert story.act("raise_hard").answer == "hard_already"


def test_the_hotlines_own_deadline_is_not_the_districts_to_move():
    """The handling ends with it, whatever the district says."""
    due = "2026-11-26T17:30:00+08:00"
    story = story_at("11-24 09:00").report(order={"due_at": due}).path("sign", "raise_hard")
    assert story.clock("dispose").due_at.isoformat() == "2026-11-26T09:30:00+00:00"


def test_what_is_late_stays_late_though_it_is_hard():
    """The district says so, and the deadline stands where it was."""
    story = story_at("11-24 09:00").path("report", "sign").wait(hours=3)
    due = story.clock("dispose").due_at
    story.path("raise_hard")
    assert (story.case.hard_case.more, story.clock("dispose").due_at) == (None, due)


def test_whoever_disposed_first_has_nothing_to_ask_for_any_more():
    """The request lapses, and both sides are told."""
    story = Story().path("report", "sign", "arrive").act("raise_hard").act("dispose")
    lapsed = [notice.to for notice in story.last.notices if notice.kind is NoticeKind.REQUEST_LAPSED]
    assert lapsed == ["city-appearance", RULES.policy.district_post]
    assert story.clock(ClockKind.DECIDE.value, "hard_case").stopped_at is not None


def test_a_case_is_supervised_once_and_what_is_not_cannot_be_ended():
    """Each answered with its own code."""
    assert Story().path("report", "supervise").act("supervise").answer == "supervised_already"
    assert Story().path("report").act("end_supervision").answer == "not_supervised"
