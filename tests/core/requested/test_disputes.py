"""派单异议, 终止办理, 阶段答复, 到期回访: what is disputed is decided by somebody else, and whoever reported it is told."""

import pytest

from schemas.values.terms import CaseOutcome, NoticeKind, Stage
from tests.core.case.test_machine import open_to
from tests.core.clocks.test_clock import at, running, story_at, until
from tests.core.story import Story


def told_of(story: Story, kind: NoticeKind) -> list[tuple[str, str | None]]:
    """Whom the newest entry tells so, and of which report."""
    return [(n.to, n.source_no) for n in story.last.notices if n.kind is kind]


# objection


def test_an_objection_is_decided_by_somebody_else_and_meanwhile_the_team_holds_the_task():
    """Every clock runs on, the centre is asked, and the team may sign all the same."""
    story = Story().path("report", "object")
    assert open_to(story) == {("city-appearance", "handle"), ("duty", "approve")}
    assert told_of(story, NoticeKind.REQUEST) == [("duty", None)]
    assert "dispose" in running(story)
    assert story.act("sign").answer == "accepted"


def test_an_objection_that_is_not_granted_binds():
    """Kept: the team may neither return it nor object again."""
    story = Story().path("report", "object").act("decide", granted=False)
    assert (story.stage, story.case.task.team) == (Stage.DISPATCHED, "city-appearance")
    assert story.case.task.designated
    assert story.act("return").answer == "return_by_designated_team"
    assert story.act("object").answer == "object_when_bound"


@pytest.mark.parametrize(("designated", "answer"), [(False, "accepted"), (True, "return_by_designated_team")])
def test_an_objection_that_is_granted_sends_another_team(designated, answer):
    """Redirected, the new team may still say that it is not its own; designated, it may not."""
    story = Story().path("report", "object").act("decide", team="market-property", designated=designated)
    assert story.case.task.team == "market-property"
    assert open_to(story) == {("market-property", "handle")}
    assert story.case.returned == ()
    assert story.act("return").answer == answer


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"team": None}, "unknown_team"),
        ({"team": "nobody"}, "unknown_team"),
        ({"team": "city-appearance"}, "already_there"),
        ({"actor": {"id": "T9", "role": "team"}}, "role_not_allowed"),
        ({"actor": {"id": "O1", "role": "duty_chief"}}, "self_approval"),
        ({"actor": {"id": "o1", "role": "duty_chief"}}, "self_approval"),
    ],
)
def test_an_objection_is_granted_to_a_team_and_by_whoever_may(changes, code):
    """Another team that there is; by a chief or the hotline, never by who objected."""
    story = Story().path("report", "object")
    before = story.state()
    assert story.act("decide", **changes).answer == code
    assert story.state() == before


def test_an_objection_lapses_when_the_case_goes_elsewhere():
    """Redirected by hand meanwhile: there is nothing to object to, and nothing left to decide."""
    story = Story().path("report", "object").act("dispatch", team="area-west")
    assert story.case.request is None
    assert open_to(story) == {("area-west", "handle")}


def test_an_objection_after_arrival_is_too_late():
    """Asked before, decided after: the team is on site and handles it, so the objection has lapsed."""
    story = Story().path("report", "sign", "object", "arrive").act("decide", team="area-west")
    assert story.answer == "request_lapsed"
    assert story.act("terminate").answer == "accepted"


# termination


def test_a_termination_is_reviewed_by_the_hotline():
    """By a written request; a chief does not decide it; the reporter is told, and nothing runs on."""
    story = Story().path("report", "sign").act("terminate")
    assert open_to(story) == {("city-appearance", "handle"), ("callback", "approve")}
    assert told_of(story, NoticeKind.REQUEST) == [("callback", None)]
    chief = {"id": "C1", "role": "duty_chief"}
    assert story.act("decide", actor=chief).answer == "role_not_allowed"
    assert story.last.receipts[0].allowed == "hotline"
    story.act("decide")
    assert (story.stage, story.case.outcome) == (Stage.TERMINATED, CaseOutcome.TERMINATED)
    assert told_of(story, NoticeKind.FINAL_ANSWER) == [("12345", "R1")]
    assert (open_to(story), running(story)) == (set(), set())


def test_a_chief_decides_no_termination_and_the_hotline_nothing_else():
    """Who may decide depends on what is asked for."""
    story = Story().path("report").act("suspend")
    assert story.act("decide", actor={"id": "H9", "role": "hotline"}).answer == "role_not_allowed"


def test_a_termination_that_is_not_granted_changes_nothing():
    """The case goes on where it was."""
    story = Story().path("report", "sign").act("terminate").act("decide", granted=False)
    assert (story.answer, story.stage, story.case.request) == ("accepted", Stage.SIGNED, None)


# interim answer


def test_whoever_reported_is_told_what_is_being_done_and_by_when():
    """Each by its own number; the case stays, and no clock stops."""
    story = story_at("11-24 09:00").path("report", "told", "sign")
    before = story.clock("dispose")
    story.act("progress", measure="已立案,责令改正", expected_at=at("11-26 17:30").isoformat())
    assert told_of(story, NoticeKind.INTERIM_ANSWER) == [("12345", "R1"), ("12345", "R2")]
    assert {(n.text_zh, n.due_at) for n in story.last.notices} == {("已立案,责令改正", at("11-26 17:30"))}
    assert (story.stage, story.clock("dispose")) == (Stage.SIGNED, before)


def test_what_is_promised_lies_ahead():
    """A date that is over is no answer."""
    story = story_at("11-24 09:00").path("report", "sign")
    assert story.act("progress", expected_at=at("11-24 08:00").isoformat()).answer == "expected_in_past"


def test_no_phone_number_goes_out_with_an_interim_answer():
    """What a team writes is free text: numbers of people are taken out."""
    story = Story().path("report", "sign").act("progress", measure="请致电13800138000联系")
    assert "13800138000" not in story.last.notices[0].text_zh


# the call-back at the deadline


def late() -> Story:
    """A case that nobody has handled when its time is over, at 11:00."""
    return until(story_at("11-24 09:00").report(), "11-24 11:00")


def test_the_caller_is_asked_at_the_deadline_and_not_when_somebody_says_done():
    """The call-back post has a task with a clock of its own, and the team keeps its own."""
    story = late()
    assert open_to(story) == {("city-appearance", "handle"), ("callback", "call_back")}
    assert [assignment.callers for assignment in story.last.assignments] == [(story.case.reports[0].caller,)]
    assert running(story) >= {"callback", "dispose", "whole"}


def test_nobody_is_asked_where_nobody_called():
    """A camera has no opinion: its case is late, and only those who handle it are told."""
    story = until(story_at("11-24 09:00").path("alarm", "check"), "11-24 11:05")
    assert ("breach", 2, "duty_chief") in story.notified()
    assert not story.case.call_due
    assert {kind for _, kind in open_to(story)} == {"handle"}


def test_what_the_caller_says_at_the_deadline_is_kept_and_the_case_goes_on():
    """Not solved is no reopening: it is still being handled; when it is verified the caller is asked again."""
    story = late().act("call_back", solved=False, satisfied=False)
    assert (story.answer, story.stage, story.case.reopens) == ("accepted", Stage.DISPATCHED, 0)
    assert open_to(story) == {("city-appearance", "handle")}
    assert "callback" not in running(story)
    story.path("sign", "arrive", "dispose", "pass")
    assert story.stage is Stage.AWAITING_CALLBACK


def test_nobody_reached_at_the_deadline_closes_nothing():
    """After as many tries on as many days as the policy asks for it is given up; the case goes on."""
    story = late()
    for days in (0, 0, 1):
        story.wait(days=days).act("call_back", reached=False)
    assert story.stage is Stage.DISPATCHED
    assert not story.case.call_due
    assert ("callback", "call_back") not in open_to(story)


def test_a_handler_does_not_ask_either():
    """Duties are kept apart at the deadline too."""
    story = until(story_at("11-24 09:00").path("report", "sign"), "11-24 11:05")
    assert (
        story.act("call_back", actor={"id": "O1", "role": "callback_clerk"}).answer == "callback_by_handler"
    )


def test_a_case_that_is_verified_before_the_call_is_called_once():
    """The call that was due becomes the final one."""
    story = late().path("sign", "arrive", "dispose", "pass")
    assert [held for held in sorted(open_to(story)) if held[1] == "call_back"] == [("callback", "call_back")]
    story.path("call")
    assert (story.stage, open_to(story)) == (Stage.CLOSED, set())


def test_a_call_that_is_not_due_is_refused():
    """Before the deadline nobody is asked."""
    story = Story().path("report")
    assert story.act("call_back").answer == "not_at_this_stage"
