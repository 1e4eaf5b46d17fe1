"""Orders that the centre doubts: somebody looks before a team goes; what is there is handled, what is not is answered."""

from datetime import timedelta

from schemas.journal.joint_events import CaseUnderCheck
from schemas.values.terms import AssignmentStatus, CaseOutcome, NoticeKind, Stage
from tests.core.clocks.test_clock import story_at
from tests.core.story import RULES, Story
from tests.indicators.test_flow import counted


def tasks(story: Story) -> set[tuple[str, str, str]]:
    """What the last entry gave to whom, or took from them."""
    return {(task.team, task.kind.value, task.status.value) for task in story.last.assignments}


def test_a_doubtful_order_is_looked_at_before_a_team_goes():
    """The team has no task any more, the centre has the check; who doubts it, and why, stands in the journal."""
    story = Story().path("report")
    team = story.case.task.team
    story.act("order_check", note="同一号码多次误报")
    assert (story.answer, story.stage) == ("accepted", Stage.VERIFYING_BEFORE_FILING)
    assert tasks(story) == {
        (team, "handle", AssignmentStatus.WITHDRAWN),
        (RULES.policy.centre_team, "check", AssignmentStatus.OPEN),
    }
    (event,) = [event for event in story.last.entry.events if isinstance(event, CaseUnderCheck)]
    assert (event.by, event.note) == ("D1", "同一号码多次误报")


def test_what_was_reported_is_there_and_a_team_goes_after_all():
    """Filed anew and dispatched; while somebody looked, the handling stood, and the whole went on."""
    story = story_at("11-24 09:00").path("report", "doubt")
    story.wait(minutes=19).act("check", valid=True)
    assert (story.stage, story.case.task.team) == (Stage.DISPATCHED, "city-appearance")
    (stood,) = story.clock("dispose").moves
    assert stood.until == stood.at + timedelta(minutes=19)
    assert story.clock("whole").moves == ()
    assert story.path("sign", "arrive", "dispose", "pass", "call").stage is Stage.CLOSED


def test_what_was_reported_is_not_there_and_the_citizen_is_told():
    """Not filed; whoever reported it gets words with the final answer."""
    story = Story().path("report", "doubt").act("check", valid=False, reason="nothing_found")
    assert (story.stage, story.case.outcome) == (Stage.REJECTED, CaseOutcome.REJECTED)
    (told,) = [notice for notice in story.last.notices if notice.kind is NoticeKind.FINAL_ANSWER]
    assert told.source_no == story.case.reports[0].source_no
    assert told.text_zh.endswith("。")


def test_a_case_is_not_checked_twice_on_the_word_of_the_centre():
    """Once somebody has looked, a team goes."""
    story = Story().path("report", "doubt").act("check", valid=True).act("order_check")
    assert (story.answer, story.stage) == ("checked_already", Stage.DISPATCHED)


def test_whoever_has_signed_looks_itself_and_a_patrols_find_needs_no_look():
    """Too late for the one, no order for the other."""
    assert Story().path("report", "sign").act("order_check").answer == "check_after_signing"
    assert Story().path("offer", "claim").act("order_check").answer == "no_order"


def test_what_was_looked_at_and_is_not_there_was_not_filed():
    """Of the cases filed it is taken away again; what is there counts once."""
    for valid, filed in ((True, 1), (False, 0)):
        story = Story().path("report", "doubt").act("check", valid=valid, reason="nothing_found")
        grown = counted(story)
        total = sum(many for key, many in grown.items() if key[0] == "cases_filed_total")
        undone = sum(many for key, many in grown.items() if key[0] == "filings_undone_total")
        assert total - undone == filed
