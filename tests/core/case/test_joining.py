"""A report joins an open case: nothing that it brings is lost, and what is taken out again leaves nothing behind."""

import pytest

from pipeline.core.clocks import running_clocks
from schemas.state.case import Case
from schemas.values.terms import ClockKind, Severity, Stage, Urgency
from tests.core.case.test_merging import answers_to, asked_of, case_of, dispose
from tests.core.clocks.test_clock import at, story_at
from tests.core.story import ELSEWHERE, HERE, STREET, Story

DISPOSED = ("report", "sign", "arrive", "dispose")
ORDINARY = {"matter": "YQ-001"}
"""Of severity P4, with two workdays to handle it."""


def told(story: Story, kind: str) -> list[tuple[str, str | None]]:
    """Who was told so in the newest entry, and of which report."""
    return [(n.to, n.source_no) for n in story.last.notices if n.kind.value == kind]


def due(case: Case, kind: ClockKind):
    """When a clock of the case is due."""
    clock = running_clocks.clock_of(case, kind)
    return clock.due_at if clock and clock.stopped_at is None else None


# more urgent


def test_an_urgent_report_raises_the_ordinary_case_that_it_joins():
    """特急: the case is P1, and to be signed for and arrived at in the time that is left to such a report."""
    story = story_at("11-24 09:00").report(source_no="SLOW", **ORDINARY)
    assert story.case.facts.severity is Severity.P4
    story.wait(minutes=20).report(source_no="FAST", urgency="critical", **ORDINARY)
    assert (story.answer, story.case.facts.severity, story.case.facts.urgency) == (
        "merged",
        Severity.P1,
        Urgency.CRITICAL,
    )
    assert due(story.case, ClockKind.SIGN) == at("11-24 09:30")
    assert due(story.case, ClockKind.ARRIVE) == at("11-24 09:50")


def test_whoever_holds_a_case_that_rises_is_told_and_given_the_task_anew():
    """Once, with the new severity and version; another urgent report tells nobody a second time."""
    story = Story().report(source_no="SLOW", **ORDINARY)
    team, version = story.case.task.team, story.case.version
    story.report(source_no="FAST", urgency="critical", **ORDINARY)
    assert told(story, "raised") == [(team, "FAST")]
    (task,) = story.last.assignments
    assert (task.team, task.status.value, task.severity) == (team, "open", Severity.P1)
    assert task.case_version > version
    assert "12345/FAST" in task.why
    story.report(source_no="FASTER", urgency="critical", **ORDINARY)
    assert told(story, "raised") == []
    assert story.last.assignments == []


def test_the_handling_of_a_raised_case_breaches_by_night_as_of_a_case_that_was_urgent_at_once():
    """People of a P1 are woken; of a P4 they would hear of it in the morning."""
    story = story_at("11-24 21:00").report(source_no="SLOW", **ORDINARY)
    story.report(source_no="FAST", urgency="critical", **ORDINARY).wait(minutes=11)
    breach = [
        n for o in story.outcomes for n in o.notices if n.clock is ClockKind.SIGN and n.kind.value == "breach"
    ]
    assert [n.at for n in breach][:1] == [at("11-24 21:11")]


def test_a_case_that_lies_in_a_pool_and_becomes_urgent_is_given_to_a_team_at_once():
    """Nobody waits until somebody claims it."""
    story = Story().report(
        source="patrol", caller=None, matter="YQ-001", place=HERE | {"grid": f"{STREET}005001"}
    )
    assert story.stage is Stage.OFFERED
    story.report(urgency="critical", **ORDINARY)
    assert story.stage is Stage.DISPATCHED
    assert story.last.receipts[0].team == story.case.task.team


def test_an_ordinary_report_neither_raises_nor_lowers():
    """Nobody is told, nobody has the task anew, and no deadline moves."""
    story = Story().report(urgency="critical", **ORDINARY)
    clocks = story.case.clocks
    story.wait(minutes=5).report(**ORDINARY)
    assert story.case.facts.severity is Severity.P1
    assert story.case.clocks == clocks
    assert (story.last.assignments, story.last.notices) == ([], [])


def test_the_promise_to_a_new_caller_is_never_later_than_that_of_a_case_of_its_own():
    """The case had been extended; the newcomer's own limit is earlier, and holds."""
    story = (
        story_at("11-24 09:00")
        .report(source_no="OLD")
        .path("sign")
        .act("extend", more="2 work_hours")
        .act("decide")
    )
    later = dispose(story.case).due_at
    story.report(source_no="NEW")
    own = dispose(story.case).due_at
    assert own < later
    assert story.last.receipts[0].due_at == own
    story.act("split", source="12345", source_no="NEW")
    assert dispose(case_of(story, story.last.entry.events[0].case_id)).due_at == later


def test_what_raised_the_case_and_is_split_off_leaves_it_as_it_was():
    """Severity, urgency and limits are its own again; the urgent one goes on as a case of its own."""
    story = story_at("11-24 09:00").report(source_no="SLOW", **ORDINARY)
    host, before = story.case_id, story.case
    story.wait(minutes=20).report(source_no="FAST", urgency="critical", **ORDINARY)
    story.wait(minutes=2).act("split", source="12345", source_no="FAST")
    assert story.answer == "accepted"
    after = case_of(story, host)
    assert after.facts == before.facts
    assert after.amended is None
    assert [(c.kind, c.due_at, c.limit) for c in after.clocks] == [
        (c.kind, c.due_at, c.limit) for c in before.clocks
    ]
    assert story.case.facts.severity is Severity.P1


def test_an_urgent_case_merged_by_hand_raises_its_host_too():
    """The dispatcher's merge loses no more than the automatic one."""
    story = story_at("11-24 09:00").report(source_no="HOST", place=ELSEWHERE, **ORDINARY)
    host = story.case_id
    story.wait(minutes=5).report(source_no="PART", urgency="critical", **ORDINARY)
    part = story.case_id
    story.act("merge", into=host)
    assert story.answer == "accepted"
    assert case_of(story, host).facts.severity is Severity.P1
    assert due(case_of(story, host), ClockKind.SIGN) == at("11-24 09:15")
    assert [to for to, _ in told(story, "raised")] == [case_of(story, host).task.team]
    story.act("split", case_id=host, source="12345", source_no="PART")
    assert case_of(story, host).facts.severity is Severity.P4
    assert case_of(story, part).facts.severity is Severity.P1


# better placed


def test_a_point_and_an_address_that_the_case_did_not_have_are_kept():
    """The camera knew the point, the caller the address: the team sees both."""
    story = Story().report(place={"point": HERE["point"]}).report(place=HERE)
    assert story.answer == "merged"
    assert story.case.facts.place.address == HERE["address"]
    assert [task.place.address for task in story.last.assignments] == [HERE["address"]]


# against the disposal


@pytest.mark.parametrize("path", [DISPOSED, (*DISPOSED, "pass")])
def test_whoever_confirms_a_disposal_is_told_that_it_was_reported_again(path):
    """The verifier before the verification, the clerk after it."""
    story = Story().path(*path).wait(hours=2).report(source_no="AGAIN", text="又摆出来了")
    assert story.answer == "merged"
    post = {"awaiting_verification": "verification", "awaiting_callback": "callback"}[story.stage.value]
    assert told(story, "reported_again") == [(post, "AGAIN")]
    assert [n.text_zh for n in story.last.notices] == ["又摆出来了"]
    (task,) = story.last.assignments
    assert (task.team, task.status.value) == (post, "open")
    assert [report.source_no for report in task.reported_again] == ["AGAIN"]


def test_a_verification_does_not_pass_over_what_was_reported_again():
    """It answers it, or it fails; then the team goes again."""
    story = Story().path(*DISPOSED).wait(hours=2).report(source_no="AGAIN")
    assert story.act("verify").answer == "later_report_unanswered"
    assert story.last.receipts[0].field == "answer"
    for nothing in ("", "无", "-", "（无）"):
        assert story.act("verify", answer=nothing).answer == "later_report_unanswered"
    assert story.act("verify", answer="复查无人摆摊").stage is Stage.AWAITING_CALLBACK
    assert story.case.contradicted_by == ()
    again = Story().path(*DISPOSED).wait(hours=2).report().path("fail")
    assert (again.stage, again.case.contradicted_by) == (Stage.REWORK, ())


@pytest.mark.parametrize("said", [{}, {"satisfied": False}])
def test_a_case_does_not_close_over_what_was_reported_again(said):
    """Nor when its caller is content: somebody else is not."""
    story = Story().path(*DISPOSED, "pass").wait(hours=2).report(source_no="AGAIN")
    assert story.act("call_back", **said).answer == "later_report_unanswered"
    assert story.act("call_back", answer="已再次现场复查", **said).stage is Stage.CLOSED


def test_a_call_back_that_says_not_solved_needs_no_answer():
    """The case is opened again, and that is the answer."""
    story = Story().path(*DISPOSED, "pass").wait(hours=2).report(source_no="AGAIN").path("unsolved")
    assert (story.stage, story.case.contradicted_by) == (Stage.DISPATCHED, ())


def test_a_case_is_not_given_up_as_unreached_over_what_was_reported_again():
    """Nobody answers the telephone; the second report still wants its answer."""
    story = Story().path(*DISPOSED, "pass").wait(hours=2).report(source_no="AGAIN", caller=None)
    for _ in range(2):
        story.act("call_back", reached=False)
    story.wait(days=1)
    assert story.act("call_back", reached=False).answer == "later_report_unanswered"
    assert story.act("call_back", reached=False, answer="已复查").stage is Stage.CLOSED


def test_what_was_seen_before_the_disposal_does_not_speak_against_it():
    """A patrol without network uploads it hours later."""
    story = Story().path(*DISPOSED)
    seen = story.case.task.disposed_at.isoformat()
    story.wait(hours=2).report(source_no="LATE", reported_at=seen)
    assert story.answer == "merged"
    assert story.case.contradicted_by == ()
    assert story.act("verify").answer == "accepted"


def test_a_report_that_was_merged_wrongly_contradicts_nothing_once_it_is_split_off():
    """It is another place, and a case of its own."""
    story = Story().path(*DISPOSED).wait(hours=2)
    host = story.case_id
    story.report(source_no="AGAIN").act("split", source="12345", source_no="AGAIN")
    assert case_of(story, host).contradicted_by == ()
    assert story.stage is Stage.DISPATCHED


def test_a_case_merged_by_hand_into_one_that_is_disposed_of_speaks_against_that_too():
    """It was reported after the disposal."""
    story = Story().path(*DISPOSED)
    host = story.case_id
    story.wait(hours=2).report(source_no="PART", place=ELSEWHERE).act("merge", into=host)
    assert story.answer == "accepted"
    assert told(story, "reported_again") == [("verification", "PART")]
    assert story.act("verify", case_id=host).answer == "later_report_unanswered"


# its callers


def test_a_second_caller_stands_in_the_clerks_assignment_and_is_called_too():
    """Also while the clerk is at it; and what was tried without them does not count against them."""
    story = Story().path(*DISPOSED, "pass").act("call_back", reached=False)
    story.report(source_no="AGAIN", caller={"name": "李测试", "phone": "13800000002"})
    (task,) = story.last.assignments
    assert (task.kind.value, len(task.callers)) == ("call_back", 2)
    assert (story.case.failed_calls, story.case.failed_days) == (0, 0)
    story.act("call_back", answer="两位来电人均已回访")
    assert [number for number, _ in answers_to(story, "final_answer")] == ["R1", "AGAIN"]
    assert asked_of(story, story.case_id) == set()


@pytest.mark.parametrize("urgency", ["normal", "critical"])
def test_a_caller_is_promised_no_deadline_while_the_case_is_suspended(urgency):
    """Its clocks stand: a time on the receipt would pass with nobody late. The team is told that it rose."""
    story = Story().report(source_no="FIRST", **ORDINARY).path("sign", "suspend")
    story.report(source_no="AGAIN", urgency=urgency, **ORDINARY)
    (receipt,) = story.last.receipts
    assert (story.answer, receipt.due_at) == ("merged", None)
