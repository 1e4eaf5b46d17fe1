"""Where a report says that it is: which reports are of one place, and what becomes of places that are none."""

import pytest

from tests.core.story import RULES, STREET, Story

GRIDS = RULES.streets[STREET].grids


def point(lon: float, lat: float = 37.88) -> dict[str, object]:
    """A point as devices send it."""
    return {"lon": lon, "lat": lat, "crs": "WGS84"}


WEST, EAST = point(112.480), point(112.510)
"""2.6 km apart."""
TWO_GRIDS = (GRIDS.codes()[0], GRIDS.codes()[-1])
NOWHERE = point(0, 0)


def told(*places: dict[str, object]) -> int:
    """How many cases the same matter at these places makes, told within an hour."""
    story = Story()
    for place in places:
        story.wait(minutes=5).report(place=place)
    return len(list(story.core.cases()))


# whether two are one


def test_17_1_and_171_are_two_cases():
    """The dash is part of the number."""
    assert told({"address": "迎泽大街17-1号"}, {"address": "迎泽大街171号"}) == 2
    assert (
        told({"address": "迎泽大街17-1号", "point": WEST}, {"address": "迎泽大街171号", "point": EAST}) == 2
    )


def test_17_1_written_in_full_width_is_the_same_case():
    """One person types so, another so."""
    assert told({"address": "长宁街17-1号"}, {"address": "长宁街１７－１号"}) == 1


@pytest.mark.parametrize("address", ["不详", "路边", "解放路", "安居小区3号楼"])
def test_an_equal_address_does_not_join_what_lies_far_apart(address):
    """2.6 km are not one place, whatever both call it."""
    assert told({"address": address, "point": WEST}, {"address": address, "point": EAST}) == 2


@pytest.mark.parametrize("address", ["不详", "路边", "解放路", "安居小区3号楼"])
def test_an_equal_address_does_not_join_two_grids(address):
    """Nor are two grids, where no points say that both lie at their border."""
    assert told({"address": address, "grid": TWO_GRIDS[0]}, {"address": address, "grid": TWO_GRIDS[1]}) == 2
    assert told({"address": address, "point": WEST}, {"address": address, "grid": TWO_GRIDS[1]}) == 2


@pytest.mark.parametrize(
    ("address", "cases"), [("不详", None), ("解放路", 2), ("长宁街17号", 1), ("安居小区", 1)]
)
def test_an_address_joins_by_itself_only_where_it_names_a_place(address, cases):
    """A road alone is true of many places; a placeholder alone is no place at all."""
    story = Story()
    for _ in range(2):
        story.report(place={"address": address}, text="", caller=None)
    assert len(list(story.core.cases())) == (cases or 0)
    if cases is None:
        assert (story.answer, story.last.receipts[0].field) == ("place_missing", "place.address")


def test_points_beside_each_other_are_one_place_though_a_border_runs_between():
    """The grids are neighbours: the border of a grid is no wall."""
    lon = GRIDS.west + (GRIDS.east - GRIDS.west) / 19 * 3
    west, east = lon - 0.0001, lon + 0.0001
    assert GRIDS.grid_at(west, 37.88) != GRIDS.grid_at(east, 37.88)
    assert told({"point": point(west)}, {"point": point(east)}) == 1


def test_points_beside_each_other_in_grids_far_apart_contradict_themselves():
    """Somebody has another device's point: the grids, which people read off a map, say two places."""
    assert told({"point": WEST, "grid": TWO_GRIDS[0]}, {"point": WEST, "grid": TWO_GRIDS[1]}) == 2


def test_one_address_with_points_some_way_apart_is_one():
    """A courtyard is wide, and phones are not exact."""
    near = point(112.482)
    assert told({"address": "安居小区3号楼", "point": WEST}, {"address": "安居小区3号楼", "point": near}) == 1


def test_a_relapse_is_one_of_the_same_place_only():
    """Closed yesterday at 17-1; today it is 171."""
    story = (
        Story().report(place={"address": "迎泽大街17-1号"}).path("sign", "arrive", "dispose", "pass", "call")
    )
    story.wait(days=1).report(place={"address": "迎泽大街171号"})
    assert story.case.facts.relapse_of is None


# points that are none


@pytest.mark.parametrize("none", [NOWHERE, point(-1, -1), point(112.48, 30.0)])
def test_a_point_that_is_none_does_not_join_two_grids(none):
    """A device without a fix sends 0, 0; the grid says where it is."""
    assert told({"grid": TWO_GRIDS[0], "point": none}, {"grid": TWO_GRIDS[1], "point": none}) == 2


def test_officers_in_the_grid_of_a_case_whose_point_was_none_are_on_site():
    """The case has no point to be 12,571 km away from."""
    story = Story().report(place={"grid": TWO_GRIDS[0], "point": NOWHERE}).path("sign")
    assert story.case.facts.place.point is None
    assert story.case.facts.place.grid == TWO_GRIDS[0]
    assert story.act("arrive", point=WEST).answer == "accepted"


def test_officers_whose_device_has_no_fix_do_not_say_where_they_are():
    """0, 0 is no point: it neither proves nor disproves that they are there."""
    story = Story().report().path("sign").act("arrive", point=NOWHERE)
    assert story.answer == "accepted"
    assert next(event for event in story.last.entry.events if event.event == "case_arrived.v1").point is None


def test_where_nothing_but_a_point_that_is_none_says_where_it_is_the_report_is_refused():
    """With the field that was to say it."""
    story = Story().report(place={"point": NOWHERE}, text="")
    assert (story.answer, story.last.receipts[0].field) == ("place_missing", "place.point")
