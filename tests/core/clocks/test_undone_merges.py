"""A merge that is undone: what began after an urgent report that stays has its own time, not one counted from that report."""

from datetime import timedelta

from pipeline.core.clocks.decision_clocks import clock_of
from schemas.values.terms import ClockKind, RequestKind
from tests.core.clocks.test_clock import at, story_at, until
from tests.core.story import ELSEWHERE, Story

TREE = {"matter": "YQ-001"}
"""Of severity P4, with two workdays to handle it."""


def host_of_an_older_case() -> tuple[Story, str]:
    """A case of yesterday, and a host that an urgent report raises at 9:20."""
    story = story_at("11-23 09:00").report(source_no="PART", **TREE)
    part = story.case_id
    until(story, "11-24 09:00").report(source_no="HOST", place=ELSEWHERE, **TREE)
    host = story.case_id
    story.wait(minutes=20).report(source_no="FAST", place=ELSEWHERE, urgency="critical", **TREE)
    assert (story.answer, host != part) == ("merged", True)
    return story, part


def merged_and_split(story: Story, part: str) -> None:
    """The older case is merged into the host, and ten minutes later taken out again."""
    story.wait(minutes=5).act("merge", case_id=part, into=story.case_id)
    assert story.answer == "accepted"
    story.wait(minutes=10).act("split", source="12345", source_no="PART")
    assert story.answer == "accepted"


def test_the_time_for_deciding_is_the_requests_own_when_a_merge_is_undone():
    """It counts from when it was asked for, not from the urgent report that stays with the case."""
    story, part = host_of_an_older_case()
    story.act("sign").wait(minutes=10).act("extend")
    merged_and_split(story, part)
    request, clock = story.case.request, clock_of(story.case, RequestKind.EXTENSION)
    assert request is not None
    assert clock is not None
    assert (clock.started_at, clock.stopped_at, clock.due_at) == (request.at, None, at("11-24 15:30"))


def test_a_step_that_began_after_the_urgent_report_keeps_its_deadline_when_a_merge_is_undone():
    """Dispatched anew at 9:30, to be signed for by 9:40: it was 9:30, counted from a report of before."""
    story, part = host_of_an_older_case()
    story.wait(minutes=5).act("return").act("dispatch", team="planning")
    dispatched_at = story.now
    story.wait(minutes=5).act("merge", case_id=part, into=story.case_id)
    story.act("split", source="12345", source_no="PART")
    assert story.answer == "accepted"
    sign = next(clock for clock in story.case.clocks if clock.kind is ClockKind.SIGN)
    assert (sign.started_at, sign.due_at) == (dispatched_at, dispatched_at + timedelta(minutes=10))
