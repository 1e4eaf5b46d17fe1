"""跨街道移交, in the street that takes a case over: whose it was, since when the citizen waits, and that no sender can pretend it."""

from schemas import limits, topics
from schemas.outputs import Caller
from schemas.values.terms import NoticeKind, Stage
from tests.core.story import OTHER_STREET, STREET, Story

CHIEF = {"id": "C1", "role": "duty_chief", "team": "duty"}


def moved(story: Story | None = None) -> Story:
    """A case that was moved, an hour after it came, and is in the other street."""
    story = story or Story().report(source_no="N-1")
    return story.wait(minutes=60).act("move").hand_on()


def test_the_citizens_clock_goes_on_and_is_not_begun_anew():
    """Handling and whole are due when they were before, and the receipt says so; the steps of the new street have their own time."""
    story = Story().report(source_no="N-1")
    before = story.case
    due = {kind: story.clock(kind).due_at for kind in ("dispose", "whole")}
    moved(story)
    assert story.case.moved_from == (before.case_id,)
    assert {kind: story.clock(kind).due_at for kind in due} == due
    assert story.last.receipts[0].due_at == due["dispose"]
    assert story.case.facts.opened_at == before.facts.opened_at
    assert story.clock("sign").started_at == story.now


def test_time_that_was_granted_before_counts_there_too():
    """An extension of the first street is part of what the citizen was told."""
    story = Story().path("report", "sign", "extend")
    due = story.clock("dispose").due_at
    assert story.clock("dispose").moves
    moved(story)
    assert (story.clock("dispose").due_at, story.stage) == (due, Stage.DISPATCHED)


def test_a_case_that_rested_and_was_extended_often_arrives_too():
    """However much moved its clocks: what goes along is longer than any header that a sender may write."""
    story = Story().path("report", "sign")
    for _ in range(2):
        story.act("suspend").act("decide").wait(days=2, minutes=5)
    story.act("extend").act("decide")
    due = story.clock("dispose").due_at
    story.act("move")
    assert len(story.last.sent[0].headers[0][1] or b"") > limits.HEADER_BYTES_MAX
    assert story.hand_on().clock("dispose").due_at == due


def test_the_hotlines_deadline_goes_along():
    """Theirs is theirs, whichever street handles it."""
    due = "2026-11-24T10:30:00+08:00"
    story = moved(Story().report(order={"due_at": due, "kind": "complaint"}))
    assert story.case.reports[0].order.due_at.isoformat() == "2026-11-24T02:30:00+00:00"
    assert story.clock("dispose").due_at == story.case.reports[0].order.due_at


def test_the_final_answer_comes_from_there_under_the_orders_number():
    """Once: the street that gave it away answers nobody."""
    story = moved()
    story.path("sign", "contact", "arrive", "dispose", "pass", "call")
    answers = [
        (notice.case_id[:9], notice.source_no)
        for outcome in story.outcomes
        for notice in outcome.notices
        if notice.kind is NoticeKind.FINAL_ANSWER
    ]
    assert answers == [(OTHER_STREET, "N-1")]


def test_the_caller_is_known_by_the_token_alone():
    """No name and no phone leaves the first street; whoever calls back finds the caller by the same token."""
    story = Story().report(source_no="N-1", caller={"name": "王测试", "phone": "13800000001"})
    token = story.case.reports[0].caller
    written = sum(isinstance(one, Caller) for outcome in story.outcomes for one in outcome.callers)
    moved(story)
    (sent,) = (sent for outcome in story.outcomes for sent in outcome.sent)
    assert b"13800000001" not in (sent.value or b"")
    assert (story.case.reports[0].caller, story.case.reports[0].call_back) == (token, True)
    assert written == sum(isinstance(one, Caller) for outcome in story.outcomes for one in outcome.callers)


def test_a_secret_order_stays_secret():
    """Neither doors nor the caller's wish are lost on the way."""
    secret = {"name": "王测试", "phone": "13800000001", "secret": True}
    story = Story().report(caller=secret)
    token = story.case.reports[0].caller
    moved(story)
    assert story.case.facts.secret
    assert (story.case.reports[0].caller, "18号" in story.case.facts.place.address) == (token, False)
    assert story.last.callers == []


def test_all_reports_of_the_case_go_with_it():
    """Each source finds its own number there, in one case."""
    story = Story().report(source_no="N-1").wait(minutes=2).report(source_no="N-2", source="12319")
    assert story.answer == "merged"
    moved(story)
    assert [report.source_no for report in story.case.reports] == ["N-1", "N-2"]
    assert story.case.facts.source.value == "12345"


def test_the_number_is_known_there():
    """The hotline that asks again in the new street is answered by the case there."""
    story = moved()
    case = story.case
    story.report(source_no="N-1", street=OTHER_STREET, place={"grid": f"{OTHER_STREET}001001"})
    assert story.events[0] == "report_updated"
    assert story.case.case_id == case.case_id


def test_an_open_case_of_the_same_there_is_asked_about_and_not_merged_by_itself():
    """The case that the hotline was told keeps its id; a person says whether it is one with another."""
    there = {"grid": f"{OTHER_STREET}001001", "address": "千峰街12号"}
    story = Story().report(street=OTHER_STREET, place=there)
    other = story.case_id
    story.report(source_no="N-1").act("move", address="千峰街12号").hand_on()
    assert story.case_id != other
    assert story.case.reports[0].suspected == other


def test_it_does_not_go_back_nor_on():
    """不得再自行移交: the district says whose it is."""
    story = moved().act("move", to=STREET, grid=f"{STREET}001001", actor=CHIEF)
    assert (story.answer, story.stage) == ("moved_already", Stage.DISPATCHED)
    story.act("move", to="140109002", grid="140109002001001", actor=CHIEF)
    assert story.answer == "moved_already"


def test_a_sender_who_writes_such_a_header_gets_no_such_case():
    """The header is passed over, and the report is one as any other: sealed for other bytes, or under another key."""
    story = Story().report(source_no="N-1").act("move")
    (sent,) = story.last.sent
    header = sent.headers[0]
    forged = sent.value.replace(b'"N-1"', b'"N-9"')
    story.push_bytes(sent.topic, sent.key, forged, (header,))
    assert (story.case.moved_from, story.last.entry.cause.moved_from) == ((), None)
    wrong = (header[0], b"0" * 32 + (header[1] or b"")[32:])
    story.push_bytes(sent.topic, sent.key, sent.value.replace(b'"N-1"', b'"N-8"'), (wrong,))
    assert story.case.moved_from == ()


def test_the_same_record_again_opens_no_second_case():
    """Somebody copies it: the case is there, and is told again."""
    story = moved()
    record = story.pushed[-1][0]
    case = story.case
    story.push_bytes(record.topic, record.key, record.value, record.headers)
    assert (story.events, story.case) == (["report_repeated"], case)


def test_of_a_case_that_nobody_knew_the_matter_of_somebody_says_it_there():
    """It is moved before anybody has said what it is about; the citizen waits since the first street was told."""
    story = Story().report(matter=None, place={"address": "千峰街12号"}, text="那个事情你们管一下吧")
    opened_at = story.now
    assert story.stage is Stage.UNDER_ASSESSMENT
    story.wait(minutes=20).act("move", grid=None).hand_on()
    assert story.stage is Stage.UNDER_ASSESSMENT
    story.wait(minutes=5).act("recognise")
    assert story.clock("dispose").started_at == opened_at


def test_an_alarm_that_was_looked_at_is_not_looked_at_again():
    """Filed is filed; one that was not is looked at there."""
    story = Story().path("alarm", "check").act("move").hand_on()
    assert story.stage is Stage.DISPATCHED
    assert Story().path("alarm").act("move").hand_on().stage is Stage.VERIFYING_BEFORE_FILING


def test_after_a_restart_all_of_it_is_as_before():
    """Both ends come from the snapshots: who asks for the order in the first street is told where it is."""
    story = moved()
    state, there = story.state(), story.case_id
    assert story.restart().state() == state
    first = story.pushed[0][0]
    story.push_bytes(topics.REPORTS, STREET.encode(), first.value)
    assert story.last.receipts[0].ended.moved_to == there
