"""An order that comes again with another matter or place, or is withdrawn: a person decides, and both sides are told."""

import pytest

from schemas.values.terms import NoticeKind, RequestKind, Severity, Stage
from tests.core.story import ELSEWHERE, HANDLED, STREET, Story

AGAIN = {"source_no": "R1"}
OTHER_MATTER = {"source_no": "R1", "matter": "SZ-001"}
OTHER_PLACE = {"source_no": "R1", "place": ELSEWHERE}


def told(story: Story) -> list[tuple[str, str | None]]:
    """Whom the newest outcome told what."""
    return [(notice.kind.value, notice.to) for notice in story.last.notices]


def test_another_matter_is_offered_to_the_centre_and_changes_nothing_yet():
    """The team goes on meanwhile; the request says what is offered, and in whose name."""
    story = Story().path("report", "sign")
    team = story.case.task.team
    story.report(**OTHER_MATTER, text="是路面塌陷,不是摆摊")
    request = story.case.request
    assert (story.answer, story.stage, story.case.facts.matter) == ("change_offered", Stage.SIGNED, "SR-001")
    assert request is not None
    assert (request.kind, request.by, request.matter, request.source_no) == (
        RequestKind.CHANGE, "12345", "SZ-001", "R1",
    )  # fmt: skip
    assert set(told(story)) == {("updated", team), ("request", story.rules.policy.centre_team)}
    assert [task.team for task in story.last.assignments if task.request] == [story.rules.policy.centre_team]


def test_agreed_the_case_goes_to_the_team_of_the_new_matter_by_its_limits():
    """They count from when it was reported; the old team's task is withdrawn, and the hotline is told."""
    story = Story().path("report", "sign")
    old_team, begun = story.case.task.team, story.clock("dispose").started_at
    story.report(**OTHER_MATTER).wait(minutes=4).act("decide")
    case = story.case
    assert (story.answer, case.facts.matter, case.stage) == ("accepted", "SZ-001", Stage.DISPATCHED)
    assert case.task is not None
    assert case.task.team == story.rules.matters["SZ-001"].lead_team != old_team
    fresh = Story().report(matter="SZ-001")
    assert story.clock("dispose").limit == fresh.clock("dispose").limit
    assert story.clock("dispose").started_at == begun
    assert {clock.name for clock in case.clocks if clock.kind.value == "stage" and not clock.stopped_at} == {
        clock.name for clock in fresh.case.clocks if clock.kind.value == "stage"
    }
    assert ("granted", "12345") in told(story)
    assert [notice.source_no for notice in story.last.notices if notice.to == "12345"] == ["R1"]
    assert {(task.team, task.status.value) for task in story.last.assignments if task.kind.value == "handle"} == {
        (old_team, "withdrawn"), (case.task.team, "open"),
    }  # fmt: skip


def test_refused_it_stays_what_it_was_and_the_hotline_hears_why():
    """The note of whoever decided goes with it."""
    story = Story().path("report").report(**OTHER_MATTER).act("decide", granted=False, note="两件事,请另报")
    assert (story.case.facts.matter, story.case.request) == ("SR-001", None)
    (notice,) = [notice for notice in story.last.notices if notice.to == "12345"]
    assert (notice.kind, notice.text_zh) == (NoticeKind.DENIED, "两件事,请另报")
    assert story.report(**OTHER_MATTER, text="还是这件事,再说一遍").answer == "updated"


def test_another_place_is_offered_and_found_there_once_agreed():
    """A report of the new place joins it, one of the old place does not."""
    story = Story().path("report").report(**OTHER_PLACE)
    assert story.answer == "change_offered"
    story.act("decide")
    changed = story.case_id
    assert story.case.facts.place.address == ELSEWHERE["address"]
    assert story.report(place=ELSEWHERE).answer == "merged"
    assert story.report().answer == "accepted"
    assert story.case_id != changed


def test_a_team_that_has_the_new_matter_too_keeps_the_case_and_sees_the_new_place():
    """It is given its task anew, and need not sign again."""
    story = Story().path("report", "sign").report(**OTHER_PLACE).act("decide")
    assert story.stage is Stage.SIGNED
    (task,) = [task for task in story.last.assignments if task.kind.value == "handle"]
    assert (task.status.value, task.place.address) == ("open", ELSEWHERE["address"])


def test_a_change_of_a_case_under_check_is_checked_there():
    """Nobody has been sent."""
    story = (
        Story().path("alarm").report(**AGAIN, source="monitor", caller=None, matter="SR-008").act("decide")
    )
    assert (story.stage, story.case.facts.matter) == (Stage.VERIFYING_BEFORE_FILING, "SR-008")


@pytest.mark.parametrize("path", [("report", "sign", "arrive"), ("report", "told"), HANDLED])
def test_where_it_cannot_be_changed_any_more_holder_and_centre_are_told(path):
    """The team is on site, or others reported the case too: the centre may split it, and its sender report anew."""
    story = Story().path(*path).report(**OTHER_MATTER)
    assert (story.answer, story.case.request, story.case.facts.matter) == ("change_noted", None, "SR-001")
    assert ("updated", story.rules.policy.centre_team) in told(story)
    assert "新编号" in story.last.receipts[0].message_zh


def test_an_offered_change_lapses_when_the_team_arrives():
    """Both sides and the hotline are told."""
    story = Story().path("report", "sign").report(**OTHER_MATTER).act("arrive")
    assert story.case.request is None
    assert [notice.to for notice in story.last.notices if notice.kind is NoticeKind.REQUEST_LAPSED] == [
        story.rules.policy.centre_team, "12345",
    ]  # fmt: skip


def test_a_case_that_others_joined_meanwhile_is_not_changed_as_a_whole():
    """Whoever decides is told to split them off first."""
    story = Story().path("report").report(**OTHER_MATTER).report()
    assert story.act("decide").answer == "change_of_several"
    assert story.act("split").answer == "accepted"


def test_a_critical_order_stays_critical_when_it_is_changed():
    """The grade of an emergency is its caller's, not the matter's."""
    story = Story().report(source_no="R1", urgency="critical").report(**OTHER_MATTER, urgency="critical")
    assert story.act("decide").case.facts.severity is Severity.P1


# withdrawn


def test_a_withdrawn_order_asks_for_its_termination():
    """Until it is decided the case is handled; then its source has the final answer."""
    story = Story().path("report", "sign").report(**AGAIN, mark="withdrawn", text="市民已撤诉")
    request = story.case.request
    assert (story.answer, story.stage) == ("withdrawal_filed", Stage.SIGNED)
    assert request is not None
    assert (request.kind, request.by, request.reason, request.paper) == (
        RequestKind.TERMINATION, "12345", "withdrawn", "R1",
    )  # fmt: skip
    assert ("withdrawn", story.case.task.team) in told(story)
    assert story.again().answer == "withdrawal_filed"
    story.act("decide")
    assert (story.stage, story.case.closed_at is not None) == (Stage.TERMINATED, True)
    assert {"granted", "final_answer"} <= {kind for kind, to in told(story) if to == "12345"}


def test_a_withdrawal_before_filing_asks_for_the_voiding():
    """Nobody was sent, so there is nothing to terminate."""
    story = Story().path("alarm").report(**AGAIN, source="monitor", caller=None, mark="withdrawn")
    assert (story.answer, story.case.request.kind) == ("withdrawal_filed", RequestKind.VOID)
    assert story.act("decide").stage is Stage.VOIDED


def test_a_withdrawal_need_not_say_again_what_it_is_about():
    """Number, source, street and mark are enough."""
    story = (
        Story()
        .path("report")
        .report(**AGAIN, mark="withdrawn", matter=None, text=None, place={}, caller=None)
    )
    assert story.answer == "withdrawal_filed"


def test_one_of_several_reporters_does_not_end_the_case_for_the_others():
    """The receipt says so; the others wait for their answer."""
    story = Story().path("report", "told").report(**AGAIN, mark="withdrawn")
    assert (story.answer, story.case.request) == ("withdrawal_noted", None)
    assert "另有来源" in story.last.receipts[0].message_zh
    assert set(told(story)) == {
        ("withdrawn", story.case.task.team), ("withdrawn", story.rules.policy.centre_team),
    }  # fmt: skip


def test_a_withdrawal_of_a_number_that_never_came_is_refused():
    """Nothing is opened; the sender is told which field it is, and that the street may be another."""
    story = Story().report(mark="withdrawn")
    receipt = story.last.receipts[0]
    assert (receipt.code, receipt.field, len(story.core)) == ("withdrawal_of_unknown", "mark", 0)
    assert "街道" in receipt.message_zh
    assert story.report(source_no="R1").answer == "accepted"


def test_a_number_belongs_to_its_street():
    """The same number in another street is another report: it opens a case there, and the first one is not touched."""
    story = Story().report(source_no="R1", street="140109001", place={"address": "新建路1号"}).report(**AGAIN)
    assert story.answer == "accepted"
    assert {case.street for case in story.core.cases()} == {"140109001", STREET}
    assert all(not case.reports[0].updates for case in story.core.cases())


def test_a_secret_order_that_says_another_road_is_a_change_too():
    """Its doors are masked, its roads are not: another road is never answered with nothing new."""
    secret = {"name": "李测试", "phone": "13800000009", "secret": True}
    story = Story().report(source_no="R1", caller=secret, place={"address": "兴华街18号"})
    story.report(source_no="R1", caller=secret, place={"address": "西线街23号"})
    assert story.answer == "change_offered"
    story.act("decide")
    assert story.case.facts.place.address == "西线街[门牌]"
