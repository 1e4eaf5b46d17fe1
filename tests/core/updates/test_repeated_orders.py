"""重复件: an order whose sender says which earlier one it repeats."""

from schemas.values.hotline_order import OrderKind
from schemas.values.terms import RequestKind, Stage
from tests.core.story import ELSEWHERE, Story

FIRST = {"source_no": "GD-1"}
AGAIN = {"order": {"repeat_of": "GD-1"}}


def test_an_order_that_repeats_an_open_one_joins_it_days_later():
    """Neither the window nor the other caller keeps them apart; the reason is told."""
    story = Story().report(**FIRST, matter="SR-004").wait(days=3)
    story.report(**AGAIN, matter="SR-004", caller=None)
    assert story.answer == "merged"
    assert story.case.reports[0].source_no == "GD-1"
    merged = next(event for event in story.last.entry.events if event.event == "report_merged.v1")
    assert merged.why == "its sender says that it repeats 12345/GD-1"


def test_one_that_says_nothing_but_that_it_repeats_joins_too():
    """Its number says where and what."""
    story = Story().report(**FIRST).wait(minutes=5)
    assert story.report(**AGAIN, matter=None, place={}, text="上次反映的到现在没人管").answer == "merged"


def test_another_writing_of_the_number_is_the_same_order():
    """Width and spaces do not count."""
    story = Story().report(**FIRST).wait(days=3)
    assert story.report(order={"repeat_of": "ＧＤ-1"}).answer == "merged"


def test_one_about_something_else_is_offered_as_likely_one_and_not_joined():
    """Another place, or another matter: somebody of the centre says whether both are one."""
    for changes in ({"place": ELSEWHERE}, {"matter": "SZ-004"}):
        story = Story().report(**FIRST).wait(minutes=5)
        host = story.case_id
        story.report(**AGAIN, **changes)
        assert story.answer == "accepted"
        assert story.last.receipts[0].suspected == host
        assert (story.case.request.kind, story.case.request.into) == (RequestKind.DUPLICATE, host)


def test_one_that_repeats_a_closed_order_is_linked_to_it_whenever_and_wherever():
    """Ten days later, when no window would say so; and after its snapshot is gone."""
    story = Story().path("report", "sign", "arrive", "dispose", "pass", "call")
    number, first = story.case.reports[0].source_no, story.case_id
    assert story.stage is Stage.CLOSED
    story.wait(days=10).report(order={"repeat_of": number}, place=ELSEWHERE)
    assert (story.answer, story.case.facts.relapse_of) == ("accepted", first)
    story.wait(days=40).report(order={"repeat_of": number}, place={"address": "学苑街5号"})
    assert (story.answer, story.case.facts.relapse_of) == ("accepted", first)


def test_one_that_repeats_an_unknown_order_is_a_case_like_any_and_keeps_the_number():
    """Nobody knows it here; it is shown all the same."""
    story = Story().report(order={"repeat_of": "GD-99"})
    assert (story.answer, story.case.facts.relapse_of) == ("accepted", None)
    assert story.case.reports[0].order.repeat_of == "GD-99"


def test_the_kind_of_the_call_is_kept():
    """As the hotline took it."""
    story = Story().report(order={"kind": "tip_off"})
    assert story.case.reports[0].order.kind is OrderKind.TIP_OFF


def test_what_the_hotline_took_for_an_enquiry_is_answered_where_the_text_may_be_one():
    """Not plain by its words alone it is asked about; with the hotline's word it is answered. A plain complaint stays one."""
    text = "门口摆摊要办什么手续"
    kinds = [
        Story().report(matter=None, text=said, order={"kind": "consult"}).answer
        for said in (text, "有人占道卖水果天天堵路")
    ]
    assert kinds == ["answered", "accepted"]
