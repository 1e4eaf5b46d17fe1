"""保密工单：whoever handles it learns what and roughly where, and nothing that leads to the door of whoever complained."""

import pytest

from pipeline.core.locate.secret_place import COARSE_M, without_doors
from schemas.outputs import Caller
from schemas.wire import codecs
from tests.core.story import Story

SECRET = {"name": "李测试", "phone": "13800000009", "secret": True}
PLACE = {"address": "锦绣街23号3号楼2单元501室", "point": {"lon": 112.51234, "lat": 37.87654, "crs": "WGS84"}}
TEXT = "锦绣街23号3号楼2单元501室楼下烧烤店油烟扰民"


def secret(story: Story | None = None, **changes: object) -> Story:
    """A secret order about a stall, with all that its caller says of where."""
    return (story or Story()).report(**{"place": PLACE, "text": TEXT, "caller": SECRET} | changes)


def written(story: Story) -> str:
    """All that the newest outcome writes, but the caller."""
    last = story.last
    records = [codecs.JOURNAL_ENTRY.encode(last.entry), *map(codecs.CASE.encode, last.cases)]
    records += [*map(codecs.ASSIGNMENT.encode, last.assignments), *map(codecs.RECEIPT.encode, last.receipts)]
    records += map(codecs.NOTICE.encode, last.notices)
    return b"\n".join(records).decode()


def test_the_team_of_a_secret_order_learns_the_road_and_the_grid_and_no_door():
    """The grid is that of the exact point; the point itself is rounded, and says so."""
    story = secret()
    [task] = story.last.assignments
    open_order = Story().report(place=PLACE, text=TEXT)
    assert task.secret
    assert (task.place.address, task.place.grid) == (
        "锦绣街[门牌]",
        open_order.last.assignments[0].place.grid,
    )
    assert (task.place.point.lon, task.place.point.lat) == (112.512, 37.877)
    assert task.place.point.accuracy_m == COARSE_M
    assert task.text == "锦绣街[门牌]楼下烧烤店油烟扰民"
    for exact in ("23号", "501", "2单元", "112.51234", "37.87654"):
        assert exact not in written(story)


def test_the_clerk_who_calls_back_reads_where_it_is_and_what_was_said():
    """Both stand with name and phone, under the caller's token, and nowhere else."""
    story = secret()
    [caller] = story.last.callers
    assert isinstance(caller, Caller)
    assert (caller.person.phone, caller.place.address, caller.text) == (
        SECRET["phone"],
        PLACE["address"],
        TEXT,
    )
    assert caller.place.point.lon == 112.51234
    assert caller.token == story.case.reports[0].caller


def test_of_an_order_that_is_not_secret_the_place_stays_as_it_was_said():
    """And stands with the caller no second time."""
    story = secret(caller=SECRET | {"secret": False})
    assert story.case.facts.place.address == PLACE["address"]
    assert not story.last.assignments[0].secret
    assert (story.last.callers[0].place, story.last.callers[0].text) == (None, "")


def test_two_orders_of_one_secret_caller_have_nothing_in_common():
    """Else whoever handles both knew that one person complains of both."""
    story = secret()
    first = story.last.callers[0].token
    secret(story, matter="SR-002", place={"address": "后北屯路9号"})
    assert story.last.callers[0].token != first


def test_a_secret_caller_who_says_no_name_is_kept_with_the_place():
    """The address alone would tell who it is."""
    story = secret(caller={"secret": True})
    assert story.last.callers[0].place.address == PLACE["address"]


def test_a_secret_order_joins_the_case_at_its_door_and_is_kept_without_it():
    """It is compared by where it is; what the case keeps of it is coarse, and its team is told that somebody is secret."""
    story = Story().report(place=PLACE, text="楼下烧烤店油烟扰民")
    opened = story.case_id
    secret(story)
    assert story.events[0] == "report_merged"
    merged = story.last.entry.events[0].report
    assert story.last.entry.events[0].case_id == opened
    assert (merged.facts.place.address, merged.facts.secret) == ("锦绣街[门牌]", True)
    assert story.case.facts.place.address == PLACE["address"]


def test_where_only_the_text_says_where_it_is_found_and_told_coarsely():
    """The exact words find the grid; the geocode that is kept is as coarse as a point would be."""
    story = secret(place={}, text="锦绣街23号门口占道经营")
    facts = story.case.facts
    assert "23号" not in written(story)
    if facts.geocode is not None:
        assert facts.geocode.radius_m >= COARSE_M


def test_a_clerk_who_says_where_a_secret_order_is_tells_the_team_no_door():
    """`locate` takes the exact address and keeps it coarse."""
    story = secret(place={}, text="有人占道经营")
    assert story.case.assessment is not None
    story.wait(minutes=1).act("locate", address=PLACE["address"], point=PLACE["point"])
    assert story.answer == "accepted"
    assert story.case.facts.place.address == "锦绣街[门牌]"
    assert story.case.facts.place.point.lon == 112.512


def test_pushed_again_it_is_the_same_report():
    """It is known by what was pushed, not by what was kept of it."""
    story = secret()
    story.again()
    assert not story.last.receipts[0].differs
    assert story.last.callers == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("安居小区B座十二层", "安居小区[门牌]"),
        ("解放路17-1", "解放路[门牌]"),
        ("迎泽大街１７号之一对面", "迎泽大街[门牌]对面"),
        ("安居小区3-2-501", "安居小区[门牌]"),
        ("我住17号楼3单元501,楼上装修", "我住[门牌],楼上装修"),
        ("208国道与3号线站口", "208国道与3号线站口"),
        ("11月5号22点3辆车占道", "11月5号22点3辆车占道"),
        ("建设路北段20米，第三小学门口", "建设路北段20米，第三小学门口"),
        ("晋A12345占道", "晋A12345占道"),
        ("锦绣苑小区2期", "锦绣苑小区2期"),
    ],
)  # fmt: skip
def test_doors_go_and_what_is_only_named_by_a_number_stays(said, kept):
    """Roads, stations, dates, plates and phases of an estate are nobody's door."""
    assert without_doors(said, 200) == kept
