"""A sender is told everything that is wrong at once, the first ten of it, and never what it wrote."""

import pytest

from schemas import topics
from schemas.wire import codecs
from tests.core.story import ELSEWHERE, STREET, Story

FAR = {"point": {"lon": 112.9, "lat": 38.4, "crs": "WGS84"}}
LATER = "2030-01-01T00:00:00+08:00"


def told(story: Story) -> list[tuple[str, str]]:
    """The faults of the newest receipt, whose first is the receipt's own."""
    receipt = story.last.receipts[0]
    first = receipt.faults[0]
    assert (first.code, first.field, first.allowed) == (receipt.code, receipt.field, receipt.allowed)
    return [(fault.code, fault.field) for fault in receipt.faults]


def test_a_malformed_report_is_told_all_its_faults():
    """Five at once: a field missing, one that nobody knows, a wrong type, no time, a value that is not allowed."""
    story = Story().report(matter=5, place=None, reported_at="yesterday", urgency="soon", colour="red")
    assert set(told(story)) == {
        ("wrong_type", "matter"),
        ("field_missing", "place"),
        ("wrong_time", "reported_at"),
        ("not_allowed", "urgency"),
        ("unknown_field", "colour"),
    }


def test_the_dead_letter_says_the_same_as_the_receipt():
    """Whoever repairs it sees all of it, too."""
    story = Story().report(matter=5, reported_at="yesterday")
    assert story.last.dead_letters[0].faults == story.last.receipts[0].faults
    assert len(story.last.receipts[0].faults) == 2


def test_no_more_than_ten_are_told():
    """The first is the first, and a message of a thousand faults is one fault."""
    story = Story().report(**{f"odd{number}": 1 for number in range(30)})
    assert len(told(story)) == 10
    story.report(**{f"odd{number}": 1 for number in range(100)})
    assert told(story) == [("too_many_faults", "")]


def test_a_well_formed_report_that_cannot_be_a_case_is_told_all_reasons():
    """The matter, both times and the place are wrong, and it may not dispose of itself."""
    story = Story().report(
        matter="ZZ-999", reported_at=LATER, occurred_at=LATER, self_disposed=True, place=FAR, caller=None
    )
    assert [code for code, _ in told(story)] == [
        "unknown_matter",
        "occurred_in_future",
        "occurred_in_future",
        "self_disposal_not_allowed",
        "place_outside_street",
    ]


def test_a_report_of_an_unknown_street_is_told_what_else_is_wrong():
    """All that does not depend on the street."""
    story = Story().report(street="999999999", matter="ZZ-999")
    assert told(story) == [("unknown_street", "street"), ("unknown_matter", "matter")]


def test_an_action_is_told_all_reasons():
    """The wrong role, an old version, a time to come."""
    story = Story().report()
    actor = {"id": "V1", "role": "verifier", "team": "nobody"}
    story.act("sign", expected_version=99, acted_at=LATER, actor=actor)
    codes = [code for code, _ in told(story)]
    assert codes[:3] == ["role_not_allowed", "stale_version", "acted_in_future"]
    assert story.case.version == 1


def test_an_action_on_a_case_that_is_over_is_told_only_that():
    """Nothing that is asked for could be mended."""
    story = Story().path("report", "void")
    story.act("sign", expected_version=99, acted_at=LATER)
    assert [code for code, _ in told(story)] == ["case_closed"]


def test_arriving_alone_and_far_away_are_two_faults():
    """Both are mended at once."""
    story = Story().path("report", "sign")
    story.act("arrive", officers=["O1"], point=FAR["point"])
    assert told(story) == [("too_few_officers", "officers"), ("not_on_site", "point")]


def test_each_item_of_evidence_is_told_by_its_number():
    """And what closing needs besides."""
    story = Story().path("report", "sign", "arrive")
    items = [
        {**item, "taken_at": LATER, "ended_at": LATER} for item in story.evidence("photo_before", "document")
    ]
    story.act("dispose", evidence=items)
    faults = told(story)
    assert ("evidence_in_future", "evidence.0.taken_at") in faults
    assert ("evidence_in_future", "evidence.1.taken_at") in faults
    assert ("evidence_missing", "evidence") in faults


def test_what_is_accepted_has_no_fault():
    """The field is there and empty."""
    story = Story().report(place=ELSEWHERE)
    assert story.last.receipts[0].faults == ()


@pytest.mark.parametrize("secret", ["13800138000", "张三丰", "迎泽大街99号"])
def test_no_fault_repeats_what_was_sent(secret: str):
    """Neither as a value nor as the name of a field; what is written like a number is the name that its receipt answers to."""
    story = Story().report(
        matter=secret, street=STREET, urgency=secret, **{secret: 1}, source_no=f"<{secret}>"
    )
    receipt = story.last.receipts[0]
    assert len(receipt.faults) > 2
    assert secret.encode() not in codecs.RECEIPT.encode(receipt)
    assert secret.encode() not in codecs.DEAD_LETTER.encode(story.last.dead_letters[0])


def test_a_receipt_of_before_is_still_read():
    """It says one fault, in the fields that it always had."""
    story = Story().push(topics.REPORTS, STREET, {})
    old = codecs.RECEIPT.encode(story.last.receipts[0])
    cut = old[: old.index(b',"faults"')] + b"}"
    assert codecs.RECEIPT.decode(cut).code == story.answer
