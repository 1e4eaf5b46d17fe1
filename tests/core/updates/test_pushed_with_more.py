"""The caller calls again, and the same order comes with more in it: it is added to the case, and nobody's call is lost."""

import pytest

from pipeline.core.case.reporters import urges_of
from schemas import limits
from schemas.journal.update_events import ReportUpdated
from schemas.state.case import Case, ReportRef
from schemas.values.terms import NoticeKind, ReportOutcome, Severity, Stage, Urgency
from schemas.values.update_terms import UpdatePart
from tests.core.story import ELSEWHERE, HANDLED, HERE, Story, sha

AGAIN = {"source_no": "R1"}


def photo(story: Story, name: str = "again") -> dict[str, object]:
    """A photo that was taken just now."""
    return {"sha256": sha(name), "kind": "photo_before", "taken_at": story.now.isoformat()}


def told(story: Story) -> list[tuple[str, str]]:
    """Whom the newest outcome told what."""
    return [(notice.kind.value, notice.to) for notice in story.last.notices]


def first(case: Case) -> ReportRef:
    """The report that opened it."""
    return case.reports[0]


def test_the_caller_who_calls_again_with_a_photo_is_in_the_same_case():
    """The photo is the case's evidence, the text has grown, the team has it in its task and is told."""
    story = Story().path("report", "sign")
    team = story.case.task.team
    story.wait(minutes=9).report(**AGAIN, text="有人占道卖水果,还占了盲道", evidence=[photo(story)])
    receipt = story.last.receipts[0]
    assert story.events == ["report_updated"]
    assert (receipt.outcome, receipt.code, receipt.case_id) == (
        ReportOutcome.UPDATED,
        "updated",
        story.case_id,
    )
    assert set(receipt.added) == {UpdatePart.TEXT, UpdatePart.EVIDENCE}
    assert [item.sha256 for item in story.case.evidence] == [sha("again")]
    assert story.case.facts.text == "有人占道卖水果,还占了盲道"
    assert told(story) == [("updated", team)]
    task = story.last.assignments[0]
    assert (task.team, task.kind.value, task.text) == (team, "handle", story.case.facts.text)
    assert "R1" in task.why


def test_what_is_said_besides_stands_behind_what_was_said_before():
    """Nothing that was said is gone; personal data is, as ever."""
    story = Story().path("report").report(**AGAIN, text="他电话13912345678,每天晚上都来")
    assert story.case.facts.text.startswith("有人占道卖水果；补充：")
    assert "13912345678" not in story.case.facts.text


def test_a_phone_that_is_given_later_is_called():
    """The first time nobody could be called; the person stands with the callers, and nowhere else."""
    story = Story().report(source_no="R1", caller=None)
    assert not first(story.case).call_back
    story.report(**AGAIN)
    assert first(story.case).call_back
    assert [caller.token for caller in story.last.callers] == [first(story.case).caller]
    assert story.last.receipts[0].added == (UpdatePart.CALLER,)
    assert "138000" not in story.state()[0].decode()
    story.path("sign", "arrive", "dispose", "pass")
    assert story.stage is Stage.AWAITING_CALLBACK
    assert [task.callers for task in story.last.assignments if task.callers] == [(first(story.case).caller,)]


def test_a_hotline_that_urges_three_times_is_counted_and_the_holder_knows():
    """Each urging is a receipt of its own kind; the team's task says how often."""
    story = Story().path("report")
    for minute in (5, 6, 7):
        story.wait(minutes=minute).report(**AGAIN, mark="urged", text=f"市民第{minute}次来电催办")
        assert story.answer == "urged"
        assert told(story) == [("urged", story.case.task.team)]
    assert urges_of(story.case) == 3
    assert story.last.notices[0].urges == 3
    assert story.last.assignments[0].urges == 3
    assert story.stage is Stage.DISPATCHED


def test_an_order_that_is_new_and_urged_opens_a_case_that_counts_it():
    """Some systems push only what they urge."""
    story = Story().report(mark="urged")
    assert (story.answer, urges_of(story.case)) == ("accepted", 1)
    assert story.last.assignments[0].urges == 1
    assert story.again().events == ["report_repeated"]
    assert story.answer == "accepted"


def test_the_same_update_pushed_twice_is_one_update():
    """Its receipt comes again, that of the first content too; neither changes anything."""
    story = Story().path("report")
    opening = story.last.receipts[0]
    story.report(**AGAIN, text="又来了一辆车,占着人行道")
    receipt, before = story.last.receipts[0], story.state()
    story.wait(minutes=3).again()
    assert (story.events, story.last.receipts) == (["report_repeated"], [receipt])
    assert story.last.entry.events[0].of == receipt.entry_id
    record = story.pushed[0][0]
    story.push_bytes(record.topic, record.key, record.value)
    assert story.last.receipts == [opening]
    assert story.state() == before
    assert story.last.notices == []


def test_what_says_nothing_new_is_answered_so_and_tells_nobody():
    """The time of the order is another, and nothing else."""
    story = Story().path("report").wait(minutes=5).report(**AGAIN)
    assert (story.answer, story.last.notices, story.last.assignments) == ("nothing_new", [], [])
    assert story.again().answer == "nothing_new"


def test_a_place_is_completed_where_the_case_had_none():
    """The address gets its point, and a longer address takes the place of the shorter; the team has it in its task."""
    story = Story().report(source_no="R1", place={"address": "兴华街18号"})
    story.report(**AGAIN, place={"address": "兴华街18号院3号楼", "point": HERE["point"]})
    assert story.answer == "updated"
    place = story.case.facts.place
    assert (place.address, place.point is not None) == ("兴华街18号院3号楼", True)
    assert story.last.assignments[0].place == place


def test_an_order_that_became_critical_raises_its_case():
    """As an urgent report that joins it would; the limits are those of the new grade, from now on."""
    story = Story().report(source_no="R1", matter="YQ-001")
    due_at = story.clock("sign").due_at
    story.wait(minutes=5).report(**AGAIN, matter="YQ-001", urgency="critical")
    assert (story.case.facts.urgency, story.case.facts.severity) == (Urgency.CRITICAL, Severity.P1)
    assert story.clock("sign").due_at < due_at
    assert NoticeKind.RAISED in [notice.kind for notice in story.last.notices]


def test_a_rise_by_an_update_stays_when_another_report_is_split_off():
    """The case is as urgent as those who are left say."""
    story = Story().path("report", "told").report(**AGAIN, urgency="critical").act("split", source_no="R2")
    host = next(case for case in story.core.cases() if case.case_id != story.case_id)
    assert host.facts.urgency is Urgency.CRITICAL


def test_what_a_joined_report_says_later_is_told_to_the_holder_and_goes_with_it():
    """Its photo is its own, should it be split off."""
    story = Story().path("report", "told")
    host = story.case_id
    story.report(source_no="R2", text="我是第二个来电的,摊主还骂人", evidence=[photo(story)])
    assert (story.answer, told(story)) == ("updated", [("updated", story.case.task.team)])
    assert not story.case.evidence
    story.act("split", case_id=host)
    assert [item.sha256 for item in story.case.evidence] == [sha("again")]
    assert "摊主还骂人" in story.case.facts.text


def test_of_a_case_that_was_merged_by_hand_the_host_hears_of_it():
    """And the part has it, should it be taken apart again."""
    story = Story().path("report")
    part = story.case_id
    story.path("host").act("merge", case_id=part, into=story.case_id)
    story.report(**AGAIN, mark="urged", text="催一下,臭得很")
    assert (story.answer, story.last.receipts[0].case_id) == ("urged", part)
    assert told(story) == [("urged", story.case.task.team)]
    assert urges_of(story.case) == 1
    story.again()
    assert story.events == ["report_repeated"]
    story.act("split")
    cases = {case.case_id: case for case in story.core.cases()}
    assert (urges_of(cases[part]), "臭得很" in cases[part].facts.text) == (1, True)
    assert urges_of(story.case) == 0


def test_what_comes_after_the_disposal_is_told_to_whoever_confirms_it():
    """The verifier, then the clerk who calls."""
    story = Story().path(*HANDLED).report(**AGAIN, text="还在卖")
    assert told(story) == [("updated", story.rules.policy.verification_post)]
    story.path("pass").report(**AGAIN, mark="urged", text="怎么还没有回音")
    assert told(story) == [("urged", story.rules.policy.callback_post)]


def test_an_update_after_closing_is_kept_and_the_centre_is_told():
    """Nobody is sent by it; the centre may take the case up again, and then has all that was said."""
    story = Story().path(*HANDLED, "pass", "call")
    story.report(**AGAIN, mark="urged", text="又摆出来了", evidence=[photo(story)])
    receipt = story.last.receipts[0]
    assert (receipt.outcome, receipt.code) == (ReportOutcome.UPDATED, "updated_after_end")
    assert receipt.ended is not None
    assert "新编号" in receipt.message_zh
    assert told(story) == [("updated", story.rules.policy.centre_team)]
    assert story.stage is Stage.CLOSED
    assert story.again().answer == "updated_after_end"
    story.act("reopen")
    assert "又摆出来了" in story.case.facts.text


def test_a_photo_of_another_case_is_set_aside_in_an_update_too():
    """One photo proves one case."""
    story = Story().report(source_no="R1").report(place=ELSEWHERE, evidence=[photo(Story())])
    story.report(**AGAIN, evidence=[photo(Story())])
    case = next(case for case in story.core.cases() if case.case_id != story.case_id)
    assert [mark.code for mark in first(case).set_aside] == ["evidence_of_other_case"]


def test_a_secret_order_stays_secret_when_it_comes_again():
    """Even where the sender forgets to say so: no door in the case, all of it with the caller, who keeps one token."""
    secret = {"name": "李测试", "phone": "13800000009", "secret": True}
    place = {"address": "西线街31号2单元501室"}
    story = Story().report(source_no="R1", caller=secret, place=place, text="楼上501室油烟扰民")
    token = first(story.case).caller
    open_now = {"name": "李测试", "phone": "13800000009"}
    story.report(source_no="R1", caller=open_now, place=place, text="就是3号楼2单元501室,晚上更大")
    assert story.answer == "updated"
    assert "501" not in story.case.facts.text + story.last.notices[0].text_zh
    (caller,) = story.last.callers
    assert (caller.token, first(story.case).caller, caller.text) == (
        token,
        token,
        "就是3号楼2单元501室,晚上更大",
    )
    assert caller.person.secret


def test_whoever_says_where_it_is_sends_the_team():
    """A case that waits for its matter and place goes on by itself when its caller calls again and says them."""
    story = Story().path("unclear")
    assert story.stage is Stage.UNDER_ASSESSMENT
    story.wait(minutes=10).report(**AGAIN, text="是兴华街18号,有人占道卖水果")
    assert story.stage is Stage.DISPATCHED
    assert {UpdatePart.MATTER, UpdatePart.PLACE} <= set(story.last.receipts[0].added)
    assert "taken_up" in [notice.kind.value for notice in story.last.notices]


def test_a_faulty_update_is_refused_and_changes_nothing():
    """Its sender hears the field, and may push it again rightly."""
    story = Story().path("report")
    before = story.state()
    assert story.report(**AGAIN, matter="ZZ-999").answer == "unknown_matter"
    assert story.report(**AGAIN, place={"grid": "140109002001001"}).answer == "grid_not_in_street"
    assert story.state() == before


@pytest.mark.parametrize("restart", [False, True])
def test_updates_outlive_the_worker(restart):
    """Another worker knows each content, and goes on byte for byte."""
    story = Story().path("report").report(**AGAIN, text="多了一个人").report(**AGAIN, mark="urged")
    if restart:
        story.restart()
    story.report(**AGAIN, text="多了一个人", reported_at=story.now.isoformat(), place=HERE)
    assert story.answer == "updated"
    assert len(first(story.case).updates) == 2


def test_a_number_is_added_to_only_so_often():
    """A sender that pushes for ever is told to use another number; the case stays a record that can be written."""
    story = Story().path("report")
    for number in range(limits.UPDATES_PER_REPORT_MAX):
        story.report(**AGAIN, text=f"第{number}次说")
    assert story.report(**AGAIN, text="再说一次").answer == "too_many_updates"
    assert len(first(story.case).updates) == limits.UPDATES_PER_REPORT_MAX


def test_the_journal_says_what_was_said():
    """Whoever reads the case later sees each time, as it was said."""
    story = Story().path("report").report(**AGAIN, mark="urged", text="快点")
    (event,) = [event for event in story.last.entry.events if isinstance(event, ReportUpdated)]
    assert (event.said, event.update.code.value, event.source_no) == ("快点", "urged", "R1")
