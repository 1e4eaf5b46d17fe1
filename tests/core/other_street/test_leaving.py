"""跨街道移交, in the street that gives a case away: where it goes, what is told of it, and what stays here."""

import pytest

from schemas import topics
from schemas.values.terms import CaseOutcome, NoticeKind, Stage
from tests.core.proceedings import on_site
from tests.core.story import OTHER_STREET, STREET, Story

CHIEF = {"id": "C1", "role": "duty_chief", "team": "duty"}
THERE = {"address": "千峰街12号"}


def test_a_case_of_another_street_goes_there_with_its_report():
    """One record for the other street's partition, in the same turn; here it is over as moved."""
    story = Story().report(source_no="N-1").act("move")
    assert (story.answer, story.events, story.stage) == ("accepted", ["case_moved"], Stage.MOVED)
    (sent,) = story.last.sent
    assert (sent.topic, sent.key) == (topics.REPORTS, OTHER_STREET.encode())
    assert story.case.outcome is CaseOutcome.MOVED
    there = story.case.moved_to
    assert there.startswith(OTHER_STREET)
    assert story.hand_on().case_id == there


def test_whoever_reported_it_hears_where_it_is_now_and_by_when():
    """Under the order's own number, by the deadline of before; no final answer yet."""
    story = Story().report(source_no="N-1")
    due = story.clock("dispose").due_at
    story.act("move")
    (notice,) = story.last.notices
    assert (notice.kind, notice.to, notice.source_no) == (NoticeKind.MOVED, "12345", "N-1")
    assert (notice.into, notice.due_at) == (story.case.moved_to, due)
    assert "千峰街道" in notice.text_zh


def test_what_the_team_had_is_taken_back():
    """Nobody here goes any more."""
    story = Story().path("report", "sign").act("move")
    assert [(task.kind.value, task.status.value) for task in story.last.assignments] == [
        ("handle", "withdrawn")
    ]


def test_the_place_is_said_or_found_in_the_other_street():
    """By a grid, a point or an address there; the case's own address will do, where it names a place of that street."""
    story = Story().report().act("move", grid=None, address="千峰街12号")
    assert story.answer == "accepted"
    story = Story().report(place=THERE).act("move", grid=None)
    assert story.answer == "accepted"
    assert story.last.entry.events[0].place.grid.startswith(OTHER_STREET)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"to": STREET, "grid": f"{STREET}001001"}, "move_same_street"),
        ({"to": "140109099"}, "move_unknown_street"),
        ({"grid": f"{STREET}001001"}, "grid_not_in_street"),
        ({"grid": None}, "move_place_unknown"),
        ({"grid": None, "address": "兴华街18号"}, "move_place_unknown"),
        ({"actor": {"id": "O1", "role": "team", "team": "city-appearance"}}, "role_not_allowed"),
    ],
)
def test_what_cannot_be_moved_so_stays(said, code):
    """The refusal says why; nothing changed and nothing was sent."""
    story = Story().report()
    before = story.state()
    assert story.act("move", **said).answer == code
    assert (story.state(), story.last.sent) == (before, ())


def test_a_case_whose_penalty_is_under_way_stays():
    """Whoever began it ends it."""
    story = on_site().act("penalise", step="filed")
    assert story.act("move").answer == "move_with_penalty"


def test_a_case_with_an_order_to_correct_stays_until_that_is_inspected():
    """As it would not be transferred either: it rests, or nothing has followed yet."""
    story = Story().path("report", "sign", "arrive", "order_correction").act("move")
    assert story.answer == "not_at_this_stage"
    assert story.path("disobey").act("move").answer == "order_disobeyed"


def test_a_case_into_which_others_were_merged_is_split_first():
    """Their ids would be lost on the way."""
    story = Story().path("host")
    host = story.case_id
    story.report().act("merge", into=host)
    assert story.act("move", case_id=host).answer == "move_with_joined"


def test_a_case_under_supervision_stays_until_the_district_ends_that():
    """The district watches this street."""
    assert Story().path("report", "supervise").act("move").answer == "under_supervision"


def test_the_same_action_again_gets_the_same_answer():
    """And nothing is sent twice."""
    story = Story().report().act("move", action_id="M-1", actor=CHIEF)
    first = story.last.receipts
    story.again()
    assert (story.events, story.last.receipts, story.last.sent) == (["action_repeated"], first, ())


def test_the_order_again_is_answered_with_where_it_is():
    """The first receipt, and besides: moved, when, and the id there."""
    story = Story().report(source_no="N-1")
    story.act("move").pushed.insert(0, story.pushed[0])
    there = story.case.moved_to
    story.push_bytes(topics.REPORTS, STREET.encode(), story.pushed[0][0].value)
    receipt = story.last.receipts[0]
    assert story.events == ["report_repeated"]
    assert (receipt.ended.outcome, receipt.ended.moved_to) == (CaseOutcome.MOVED, there)
    assert "其他街道" in receipt.message_zh


def test_a_moved_case_is_neither_reopened_nor_split():
    """Its reports are the other street's."""
    story = Story().report().report().act("move")
    assert story.act("reopen", actor=CHIEF).answer == "reopen_voided"
    assert story.act("split", source="12345", source_no="R2").answer == "case_closed"
