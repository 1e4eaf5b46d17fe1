"""A camera whose clock is wrong costs nobody a report and blocks no disposal; who stands on site with it is told."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from pipeline.core.partition import Partition
from schemas.values.terms import Stage
from schemas.wire import codecs
from tests.core.story import KEY, RULES, START, Story, sha

CAMERA = "SR-001"  # photo before, photo after, body camera
AHEAD = {
    "8 hours ahead": timedelta(hours=8),
    "400 days ahead": timedelta(days=400),
    "a minute ahead": timedelta(minutes=1),
}


def photo(taken_at: datetime, kind: str = "photo_before", **more: object) -> dict[str, object]:
    """A photo of its own content."""
    return {"sha256": sha(f"{kind} {taken_at}"), "kind": kind, "taken_at": taken_at.isoformat(), **more}


def marks(story: Story) -> list[tuple[str, str | None]]:
    """What was set aside of the first report of the case opened last."""
    return [(mark.code, mark.case_id) for mark in story.case.reports[0].set_aside]


def as_before_marks(story: Story) -> Story:
    """The same cases as an earlier release wrote them, taken over by a worker of this one."""
    cases = [codecs.CASE.decode(codecs.CASE.encode(case)) for case in story.core.cases()]
    story.core = Partition(RULES, KEY, "test")
    story.core.restore(
        replace(case, reports=tuple(replace(report, set_aside=()) for report in case.reports))
        for case in cases
    )
    return story


@pytest.mark.parametrize("how", AHEAD)
def test_a_callers_photo_from_the_future_does_not_block_the_disposal(how: str):
    """The report is a case all the same, says what its photo is worth, and is disposed of and closed at once."""
    story = Story().report(evidence=[photo(START + AHEAD[how])])
    assert (story.answer, marks(story)) == ("accepted", [("evidence_in_future", None)])
    assert len(story.case.evidence) == 1
    story.path("sign", "arrive", "dispose")
    assert (story.answer, story.stage) == ("accepted", Stage.AWAITING_VERIFICATION)
    assert story.path("pass", "call").stage is Stage.CLOSED


def test_a_photo_from_the_future_still_shows_what_there_was_before():
    """It came before the team did, whatever it says: the team need not have taken one of its own."""
    story = (
        Story().report(evidence=[photo(START + timedelta(hours=8))]).path("sign", "arrive").wait(minutes=9)
    )
    story.act("dispose", evidence=story.evidence("photo_after", "bodycam"))
    assert story.answer == "accepted"


@pytest.mark.parametrize("kind", ["photo_after", "bodycam"])
def test_what_a_caller_sends_from_the_future_is_no_proof_of_the_work(kind: str):
    """An after photo or a clip with such a time would else prove every visit anew."""
    story = (
        Story()
        .report(evidence=[photo(START + timedelta(days=400), kind)])
        .path("sign", "arrive")
        .wait(minutes=9)
    )
    others = [item for item in story.evidence() if item["kind"] != kind]
    assert story.act("dispose", evidence=others).answer == "evidence_missing"
    assert story.act("dispose").answer == "accepted"


def test_the_teams_own_photos_stand_in_their_order_all_the_same():
    """An after photo before the team's own before photo is refused, however the caller's camera is set."""
    story = Story().report(
        evidence=[photo(START + timedelta(hours=8)), photo(datetime(2001, 1, 1, tzinfo=UTC))]
    )
    story.path("sign", "arrive").wait(minutes=9)
    begun = story.now - timedelta(minutes=2)
    items = [item for item in story.evidence() if item["kind"] == "bodycam"]
    wrong = [
        photo(begun),
        photo(begun - timedelta(minutes=1), "photo_after"),
        photo(story.now, "photo_after"),
    ]
    assert story.act("dispose", evidence=[*items, *wrong]).answer == "after_photo_not_later"


OTHERS: dict[str, tuple[dict[str, object], list[tuple[str, str | None]]]] = {
    "a camera that was reset": (photo(datetime(2001, 1, 1, tzinfo=UTC)), [("evidence_predates_case", None)]),
    "last week's photo": (photo(START - timedelta(days=7)), []),
    "an old paper": (photo(datetime(2001, 1, 1, tzinfo=UTC), "document"), []),
    "a clip that ends in the future": (
        photo(START, "video", ended_at=(START + timedelta(hours=8)).isoformat()),
        [("evidence_in_future", None)],
    ),
    "a clip that ends before it begins": (
        photo(START, "video", ended_at=(START - timedelta(hours=8)).isoformat()),
        [("evidence_ends_before_begin", None)],
    ),
    "a photo of just now": (photo(START), []),
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_report_is_kept_with_a_mark_whatever_is_wrong_with_a_time(what: str):
    """Only what cannot be is marked; nothing is refused."""
    item, expected = OTHERS[what]
    story = Story().report(evidence=[item])
    assert (story.answer, marks(story)) == ("accepted", expected)
    assert story.path("sign", "arrive", "dispose").answer == "accepted"


def test_an_honest_photo_is_not_older_than_a_case_whose_report_ran_ahead():
    """The source's clock is four minutes ahead; the team, which was near, took its photos before then."""
    story = Story().report(reported_at=(START + timedelta(minutes=4)).isoformat())
    story.act("sign").act("arrive").wait(minutes=2)
    assert story.act("dispose").answer == "accepted"


def test_a_photo_of_a_second_caller_blocks_nothing_and_goes_with_it():
    """Merged, it is marked; split off, the new case has the mark and is disposed of."""
    story = Story().report().wait(minutes=1)
    story.report(source_no="SECOND", evidence=[photo(START + timedelta(hours=8))])
    assert story.answer == "merged"
    assert [mark.code for mark in story.case.reports[1].set_aside] == ["evidence_in_future"]
    story.wait(minutes=1).act("split", source="12345", source_no="SECOND")
    assert (len(story.case.evidence), marks(story)) == (1, [("evidence_in_future", None)])
    assert story.path("sign", "arrive", "dispose").answer == "accepted"


def test_a_second_callers_photo_is_marked_when_it_is_split_off_of_an_old_case():
    """The report was merged by an earlier release."""
    story = Story().report().wait(minutes=1)
    story.report(source_no="SECOND", evidence=[photo(START + timedelta(hours=8))])
    as_before_marks(story).wait(minutes=1).act("split", source="12345", source_no="SECOND")
    assert marks(story) == [("evidence_in_future", None)]


@pytest.mark.parametrize("hours", [0, 5, 9])
def test_a_case_that_was_blocked_when_the_worker_was_upgraded_goes_on(hours: int):
    """An earlier release took the photo as it was: the case is disposed of before and after the time that the photo says."""
    story = Story().report(evidence=[photo(START + timedelta(hours=8))]).path("sign", "arrive")
    as_before_marks(story).wait(minutes=20)
    taken = story.evidence()
    story.wait(hours=hours).act("dispose", evidence=taken)
    assert story.answer == "accepted"


# what a patrol says it has dealt with


PATROL: dict[str, tuple[list[dict[str, object]], str, str]] = {
    "from the future": (
        [photo(START + timedelta(hours=8), "photo_after")],
        "evidence_in_future",
        "evidence.0.taken_at",
    ),
    "two minutes ahead": ([photo(START + timedelta(minutes=2), "photo_after")], "accepted", ""),
    "from another century": (
        *([photo(START, "photo_after"), photo(datetime(2001, 1, 1, tzinfo=UTC))], "evidence_predates_case"),
        "evidence.1.taken_at",
    ),
    "after before before": (
        *([photo(START), photo(START - timedelta(minutes=1), "photo_after")], "after_photo_not_later"),
        "evidence",
    ),
    "one photo for both": (
        [
            *(photo(START - timedelta(minutes=1)) | {"sha256": sha("one")},),
            photo(START, "photo_after") | {"sha256": sha("one")},
        ],
        *("same_photo_twice", "evidence.1.sha256"),
    ),
    "a clip that ends before it begins": (
        [
            photo(START, "photo_after"),
            photo(START, "video", ended_at=(START - timedelta(hours=8)).isoformat()),
        ],
        *("evidence_ends_before_begin", "evidence.1.ended_at"),
    ),
    "as it should be": ([photo(START - timedelta(minutes=9)), photo(START, "photo_after")], "accepted", ""),
}


@pytest.mark.parametrize("what", PATROL)
def test_a_patrol_that_disposed_of_its_find_is_told_what_is_wrong_with_its_photos(what: str):
    """It stands there with the camera: refused with the field, and nothing is opened."""
    evidence, code, field = PATROL[what]
    story = Story().report(source="patrol", caller=None, self_disposed=True, evidence=evidence)
    assert (story.answer, story.last.receipts[0].field) == (code, field)
    assert len(story.core) == (code == "accepted")
