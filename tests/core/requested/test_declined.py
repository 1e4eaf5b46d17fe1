"""Orders that are not for the street: not accepted, or back at the hotline; what the citizen is told, and who agrees."""

import pytest

from pipeline.core.case.open_requests import requests_of
from schemas.journal.joint_events import CaseDeclined, CaseSentBack
from schemas.values.request_terms import DeclineReason
from schemas.values.terms import CaseOutcome, NoticeKind, RequestKind, Stage
from tests.core.clocks.test_clock import story_at
from tests.core.story import RULES, Story

HOTLINE = {"id": "H9", "role": "hotline"}
CHIEF = {"id": "C1", "role": "duty_chief"}


def answers(story: Story) -> list[tuple[str | None, str, CaseOutcome | None]]:
    """To whom the last entry gave the final answer, in which words, of which end."""
    return [
        (notice.source_no, notice.text_zh, notice.outcome)
        for notice in story.last.notices
        if notice.kind is NoticeKind.FINAL_ANSWER
    ]


def test_an_order_in_litigation_is_not_accepted_and_the_citizen_hears_why():
    """One person asks, with a ground of the rules; another agrees; whoever reported it gets words, never only a code."""
    story = Story().path("report").act("decline", reason="in_litigation")
    assert (story.answer, story.stage) == ("accepted", Stage.DISPATCHED)
    [request] = requests_of(story.case)
    assert (request.kind, request.reason) == (RequestKind.DECLINE, "in_litigation")
    story.act("decide", actor=CHIEF)
    assert (story.stage, story.case.outcome) == (Stage.DECLINED, CaseOutcome.DECLINED)
    [(number, words, outcome)] = answers(story)
    assert (number, outcome) == (story.case.reports[0].source_no, CaseOutcome.DECLINED)
    assert "诉讼" in words
    event = next(event for event in story.last.entry.events if isinstance(event, CaseDeclined))
    assert (event.reason, event.by) == (DeclineReason.IN_LITIGATION, "C1")


def test_who_asks_does_not_confirm_and_a_refusal_leaves_the_case_as_it_was():
    """Meanwhile it is handled as any, and every clock runs."""
    story = Story().path("report").act("decline", reason="private_matter")
    assert story.act("decide", actor=CHIEF | {"id": "D1"}).answer == "self_approval"
    assert story.act("decide", actor=CHIEF, granted=False).answer == "accepted"
    assert (story.stage, requests_of(story.case), answers(story)) == (Stage.DISPATCHED, (), [])
    assert story.act("sign").answer == "accepted"


def test_an_order_of_another_organ_goes_back_where_the_hotline_agrees():
    """The head of the centre may not say so; the hotline has its order again."""
    story = Story().path("report").act("decline", reason="other_organ")
    assert story.act("decide", actor=CHIEF).answer == "role_not_allowed"
    assert story.act("decide", actor=HOTLINE).answer == "accepted"
    assert (story.stage, story.case.outcome) == (Stage.SENT_BACK, CaseOutcome.SENT_BACK)
    assert any(isinstance(event, CaseSentBack) for event in story.last.entry.events)
    [(_, words, _)] = answers(story)
    assert "退回热线" in words


def test_an_order_may_go_back_for_two_workdays_and_a_weekend_is_none():
    """Ordered on Friday morning, it may go back until work ends on Tuesday."""
    in_time = story_at("11-27 10:00").path("report").wait(days=4, hours=7)
    assert in_time.act("decline", reason="other_street").answer == "accepted"
    late = story_at("11-27 10:00").path("report").wait(days=4, hours=8).act("decline", reason="other_street")
    assert late.answer == "send_back_too_late"
    assert "2026-12-01 17:30" in late.last.receipts[0].allowed
    assert late.act("decline", reason="petition").answer == "accepted"


def test_words_of_its_own_go_to_every_caller_without_anybodys_number():
    """Of a merged case all who reported it are told the same."""
    story = Story().path("report", "told")
    story.act("decline", reason="other_organ", answer="路灯由区照明所负责，电话13800138000。")
    story.act("decide", actor=HOTLINE)
    told = answers(story)
    assert len(told) == 2
    assert {words for _, words, _ in told} == {"路灯由区照明所负责，电话[电话]。"}


def test_a_repeated_order_names_the_one_that_it_repeats():
    """Without a number nobody can look it up."""
    story = Story().path("report")
    assert story.act("decline", reason="repeated").answer == "earlier_missing"
    assert story.act("decline", reason="repeated", earlier="140100-20261001-000088").answer == "accepted"
    assert requests_of(story.case)[0].earlier == "140100-20261001-000088"


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (("alarm",), "not_at_this_stage"),
        (("offer",), "not_at_this_stage"),
        (("offer", "claim"), "no_order"),
        (("report", "sign", "arrive"), "decline_after_arrival"),
        (("report", "sign", "arrive", "dispose", "pass", "call"), "case_closed"),
    ],
)
def test_what_is_no_order_or_was_attended_to_is_not_declined(path, answer):
    """An alarm is checked and not filed, a patrol's find is void; where officers were, it is handled or its termination asked for."""
    assert Story().path(*path).act("decline").answer == answer


def test_who_arrives_first_ends_the_question():
    """It cannot be granted any more, and whoever asked is told."""
    story = Story().path("report", "sign").act("decline").act("arrive")
    assert (story.stage, requests_of(story.case)) == (Stage.ARRIVED, ())
    assert [notice.request for notice in story.last.notices if notice.kind is NoticeKind.REQUEST_LAPSED] == [
        RequestKind.DECLINE
    ]


def test_every_reason_has_its_ground_and_words_for_the_citizen():
    """In the shipped rules; each with what it rests on."""
    assert set(RULES.declines.grounds) == set(DeclineReason)
    for ground in RULES.declines.grounds.values():
        assert ground.answer_zh.endswith("。")
        assert ground.basis.startswith("《")
