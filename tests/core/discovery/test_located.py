"""An address in words gives a case its grid, and says what that rests on; what nobody can tell stays as it was told."""

import pytest

from tests.core.story import RULES, STREET, Story

DOOR = "兴华街23号"
GRIDS = RULES.streets[STREET].grids


def told(**place: object):
    """The case of a report from there."""
    return Story().report(place=place).case


def test_an_address_that_is_sure_gives_the_grid():
    """The place has no point: what the address says is beside it, with how sure it is and the words."""
    facts = told(address=DOOR).facts
    assert facts.place.address == DOOR
    assert facts.place.point is None
    assert facts.geocode is not None
    assert facts.place.grid == GRIDS.grid_at(facts.geocode.lon, facts.geocode.lat)
    assert facts.geocode.confidence >= RULES.locator.confidence_min
    assert facts.geocode.words == ("number 兴华街23号",)


@pytest.mark.parametrize("address", ["解放路17号", "兴华街", "和平街道兴华街23号", "千峰派出所对面"])
def test_an_address_that_is_not_sure_gives_none(address):
    """Accepted as it is told: another street's place is no grid of this one."""
    facts = told(address=address).facts
    assert (facts.place.grid, facts.geocode) == (None, None)


def test_a_grid_or_a_point_that_is_told_counts_and_not_the_address():
    """Nothing is looked up where somebody says the grid."""
    far = GRIDS.codes()[-1]
    by_grid = told(address=DOOR, grid=far).facts
    assert (by_grid.place.grid, by_grid.geocode) == (far, None)
    lon, lat = GRIDS.centre_of(far)
    by_point = told(address=DOOR, point={"lon": lon, "lat": lat, "crs": "WGS84"}).facts
    assert (by_point.place.grid, by_point.geocode) == (far, None)


def test_a_grid_that_was_found_by_the_address_parts_no_duplicates():
    """Who stands at the door with a device may stand in the next grid: it is one case, as it was before."""
    story = Story().report(place={"address": DOOR})
    grid = story.case.facts.place.grid or ""
    other = next(code for code in GRIDS.codes() if code != grid and GRIDS.gap_m(grid, code) == 0)
    story.wait(minutes=5).report(place={"address": DOOR, "grid": other})
    assert len(list(story.core.cases())) == 1
    story.restart().wait(minutes=5).report(place={"address": DOOR, "grid": other})
    assert len(list(story.core.cases())) == 1
