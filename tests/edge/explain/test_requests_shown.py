"""What people see of a request that waits: on the decider's list, in the case, in the notices. The core makes them, nothing is pushed."""

from pipeline.edge.client.assignment_reader import still_open
from pipeline.edge.commands import answers_command, assignments_command, case_command
from pipeline.words.field_words import Lang
from tests.core.story import Story


def waiting() -> Story:
    """A team asked on a Tuesday at 9:02 for a rest, and at 9:12 for more time."""
    return Story().path("report", "ask").wait(minutes=10).act("extend")


def test_two_requests_of_a_case_stand_on_the_list_apart():
    """Each with its own time; the first is decided, and the other stays."""
    story = waiting()
    tasks = [task for outcome in story.outcomes for task in outcome.assignments if task.team == "duty"]
    assert [task.request.kind.value for task in still_open(tasks)] == ["suspension", "extension"]
    story.act("decide", request="suspension", granted=False)
    tasks += [task for task in story.last.assignments if task.team == "duty"]
    assert [task.request.kind.value for task in still_open(tasks)] == ["extension"]


def test_the_list_says_what_is_asked_for_why_and_by_whom():
    """In both languages, beside the matter."""
    (task,) = (task for task in waiting().last.assignments if task.kind.value == "approve")
    line = assignments_command._line(task, Lang.EN)
    assert "approve extension" in line
    assert "1 working hour" in line
    assert "asked by O1" in line
    assert "审批 延期" in assignments_command._line(task, Lang.ZH)


def test_the_case_shows_each_request_with_the_time_for_deciding():
    """And the clock of each by what it is asked for."""
    story = waiting()
    lines = list(case_command._standstill(story.case, Lang.EN))
    assert [("suspension" in lines[0], "extension" in lines[1])] == [(True, True)]
    assert "due" in lines[0]
    clock = story.clock("decide", "suspension")
    assert case_command._clock(story.case, clock, story.now, Lang.ZH).startswith("审批 挂账")


def test_a_notice_names_the_request_that_lapsed_or_waits_too_long():
    """Who reads it knows what it is about."""
    story = waiting().wait(days=3)
    notices = [n for o in story.outcomes for n in o.notices if n.request is not None]
    told = {notice.kind.value: answers_command._line(notice, Lang.ZH) for notice in notices}
    assert "申请失效" in told["request_lapsed"]
    assert "挂账" in told["request_lapsed"]
    assert "审批 挂账" in told["breach"]
