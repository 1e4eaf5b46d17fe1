"""Where a point lies: coordinate systems, grids, distances, and cells that hold the neighbours."""

from math import cos, radians

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon

from pipeline.core.rules.grid import (
    METRES_PER_DEGREE,
    Grid,
    GridPlan,
    cell_of,
    distance_m,
    from_wgs84,
    to_wgs84,
)
from schemas.values.terms import Crs
from tests.core.story import RULES
from tests.locate.district import LATTICES
from tests.locate.lattice import Lattice

STREETS = RULES.streets
XINGHUA = STREETS["140109004"].grids
SMALL = GridPlan("140109099", Lattice("140109099", (10.0, 20.0, 15.0, 24.0), (2, 2), (2, 3)).grids())
_HAIR = 0.0003
BENT = GridPlan(
    "140109099",
    [
        Grid(
            f"14010909900100{number + 1}",
            "",
            "",
            (tuple((112.0 + x * _HAIR, 37.0 + y * _HAIR) for x, y in outline),),
        )
        for number, outline in enumerate(
            (
                ((0, 0), (12, 0), (12, 3), (4, 5), (3, 20), (0, 20), (0, 0)),
                ((12, 3), (20, 3), (20, 20), (8, 20), (9, 9), (12, 3)),
            )
        )
    ],
)
"""Two grids of some hundred metres that meet in one point, with a gap between them."""
COUNTRY = st.tuples(st.floats(74.0, 135.0), st.floats(18.0, 53.9))
LAWFUL = settings(deadline=None)
TAIYUAN = st.tuples(st.floats(112.33, 112.55), st.floats(37.80, 37.95))


def test_xinghua_has_171_grids_of_15_digits():
    """The street's number of grids, each code once: street, community, serial."""
    codes = XINGHUA.codes()
    assert len(XINGHUA) == len(set(codes)) == 171
    assert all(len(code) == 15 and code.isdigit() and code.startswith("140109004") for code in codes)
    assert list(codes) == sorted(codes)
    assert {code[9:12] for code in codes} == set(XINGHUA.communities())


def test_serials_run_west_to_east_then_north_to_south_in_each_community():
    """Four rows and five columns in four communities, drawn from the north-west."""
    drawn = [[SMALL.grid_at(10.5 + column, 23.5 - row) for column in range(5)] for row in range(4)]
    assert [[(code or "")[9:] for code in row] for row in drawn] == [
        ["001001", "001002", "002001", "002002", "002003"],
        ["001003", "001004", "002004", "002005", "002006"],
        ["003001", "003002", "004001", "004002", "004003"],
        ["003003", "003004", "004004", "004005", "004006"],
    ]


@pytest.mark.parametrize("street", STREETS)
def test_the_centre_of_a_grid_lies_in_it(street):
    """Of each grid of each street, and in no other street."""
    plan = STREETS[street].grids
    for code in plan.codes():
        centre = plan.centre_of(code)
        assert plan.grid_at(*centre) == code
        assert [one for one, other in STREETS.items() if other.grids.grid_at(*centre)] == [street]


def test_the_whole_box_edges_included_has_grids_and_nothing_outside():
    """Corners belong to the corner grids; a hair beyond is outside, and so is no number."""
    assert SMALL.grid_at(10.0, 24.0) == "140109099001001"
    assert SMALL.grid_at(15.0, 20.0) == "140109099004006"
    for lon, lat in ((9.999, 22.0), (15.001, 22.0), (12.0, 19.999), (12.0, 24.001), (float("nan"), 22.0)):
        assert SMALL.grid_at(lon, lat) is None


@pytest.mark.parametrize("lattice", LATTICES, ids=lambda lattice: lattice.street)
@settings(deadline=None, max_examples=60)
@given(across=st.floats(0.0, 1.0), down=st.floats(0.0, 1.0))
def test_the_polygons_of_a_lattice_answer_as_its_arithmetic(lattice, across, down):
    """Anywhere in a shipped street but for the seams, where a hair decides."""
    plan, (west, south, east, north) = STREETS[lattice.street].grids, lattice.box
    lon, lat = west + across * (east - west), south + down * (north - south)
    if (grid := plan.grid_at(lon, lat)) and not plan.over_edge_m(grid, lon, lat, 0.1):
        assert plan.grid_at(lon, lat) == lattice.grid_at(lon, lat)
        assert plan.beyond_m(lon, lat) == 0


def test_a_point_on_an_edge_is_of_the_grid_to_the_south_east():
    """Each point of the street has one grid, whichever survey drew the edge."""
    assert SMALL.grid_at(11.0, 23.5) == "140109099001002"
    assert SMALL.grid_at(10.5, 23.0) == "140109099001003"
    assert SMALL.grid_at(11.0, 23.0) == "140109099001004"


@LAWFUL
@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.integers(0, 300))
def test_what_is_remembered_of_the_ground_says_what_the_polygons_say(across, down, radius_m):
    """Asked twice, the second time from memory, of bent grids with a gap: which grid a point is in, and how far a circle reaches out."""
    lon, lat = 112.0 + across * 0.006, 37.0 + down * 0.006
    polygons = {grid.code: Polygon(grid.outlines[0]) for grid in BENT.grids.values()}
    inside = [code for code, polygon in polygons.items() if polygon.covers(Point(lon, lat))]
    for _ in range(2):
        grid = BENT.grid_at(lon, lat)
        assert grid in inside if inside else grid is None
        if grid is not None:
            shrunk = cos(radians((BENT.north + BENT.south) / 2))
            edge = Polygon([(x * shrunk, y) for x, y in BENT.grids[grid].outlines[0]]).boundary
            over_m = radius_m - METRES_PER_DEGREE * edge.distance(Point(lon * shrunk, lat))
            assert BENT.over_edge_m(grid, lon, lat, radius_m) == pytest.approx(max(0.0, over_m), abs=1e-6)


def test_grids_of_any_shape_are_found():
    """A bent grid, one in two parts, and the distance between those that do not touch."""
    bent = ((0.0, 0.0), (3.0, 0.0), (3.0, 1.0), (1.0, 1.0), (1.0, 3.0), (0.0, 3.0), (0.0, 0.0))
    parts = tuple(
        tuple((east + x, north + y) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0)))
        for east, north in ((2.0, 2.0), (5.0, 0.0))
    )
    plan = GridPlan(
        "140109099", [Grid("140109099001001", "", "", (bent,)), Grid("140109099001002", "", "", parts)]
    )
    asked = [plan.grid_at(*point) for point in ((2.5, 0.5), (2.5, 2.5), (5.5, 0.5), (1.5, 1.5))]
    assert asked == ["140109099001001", "140109099001002", "140109099001002", None]
    assert plan.grid_at(*plan.centre_of("140109099001001")) == "140109099001001"
    assert plan.gap_m("140109099001001", "140109099001002") == pytest.approx(METRES_PER_DEGREE, rel=0.01)


@LAWFUL
@given(st.floats(-0.03, 0.03), st.floats(-0.03, 0.03))
def test_beyond_is_the_distance_to_the_nearest_point_of_the_street(east, north):
    """As of the rectangle that the shipped street is."""
    west, south, right, top = LATTICES[0].box
    lon, lat = (west + right) / 2 + east, (south + top) / 2 + north
    nearest = min(max(lon, west), right), min(max(lat, south), top)
    assert XINGHUA.beyond_m(lon, lat) == pytest.approx(distance_m((lon, lat), nearest), abs=0.5)


def test_contains_knows_its_own_grids_only():
    """Another street's grid, a serial too high and a code cut short are none of its grids."""
    assert XINGHUA.contains("140109004001001")
    for code in ("140109001001001", "140109004001099", "140109004010001", "140109004", ""):
        assert not XINGHUA.contains(code)
    with pytest.raises(KeyError):
        XINGHUA.centre_of("140109001001001")


def test_a_street_without_grids_is_refused():
    """No outline at all is no street."""
    with pytest.raises(ValueError, match="at least one grid"):
        GridPlan("140109099", [])


@pytest.mark.parametrize("crs", [Crs.WGS84, Crs.CGCS2000])
def test_satellite_coordinates_are_taken_as_they_are(crs):
    """WGS84 and CGCS2000 differ by centimetres."""
    assert to_wgs84(112.5, 37.88, crs) == (112.5, 37.88)
    assert from_wgs84(112.5, 37.88, crs) == (112.5, 37.88)


@pytest.mark.parametrize("crs", list(Crs))
@LAWFUL
@given(COUNTRY)
def test_there_and_back_is_the_same_place(crs, point):
    """Anywhere in the country the inverse is right to half a metre."""
    assert distance_m(to_wgs84(*from_wgs84(point[0], point[1], crs), crs), point) < 0.5


@LAWFUL
@given(TAIYUAN)
def test_gcj02_is_off_by_the_known_size_and_direction(point):
    """In Taiyuan some 575 m, to the north-east; taking one for the other is a wrong grid."""
    shifted = from_wgs84(point[0], point[1], Crs.GCJ02)
    assert 500 < distance_m(shifted, point) < 650
    assert shifted[0] > point[0]
    assert shifted[1] > point[1]


@LAWFUL
@given(TAIYUAN)
def test_bd09_is_off_from_gcj02_by_its_known_size(point):
    """Some 850 m between them, wherever you are."""
    assert (
        700
        < distance_m(from_wgs84(point[0], point[1], Crs.BD09), from_wgs84(point[0], point[1], Crs.GCJ02))
        < 1_000
    )


def test_outside_the_country_gcj02_is_wgs84():
    """The shift ends at the border of the country's box."""
    assert from_wgs84(2.35, 48.85, Crs.GCJ02) == (2.35, 48.85)
    assert to_wgs84(2.35, 48.85, Crs.GCJ02) == (2.35, 48.85)


def test_a_well_known_point_of_gcj02():
    """The gate of Tiananmen as receivers and as domestic maps give it, to five metres."""
    assert distance_m(from_wgs84(116.391275, 39.907217, Crs.GCJ02), (116.397517, 39.908620)) < 5


def test_distance_is_that_of_the_plane_nearby():
    """A thousandth of a degree each way at Taiyuan's latitude."""
    assert distance_m((112.5, 37.88), (112.5, 37.881)) == pytest.approx(111.32, abs=0.01)
    assert distance_m((112.5, 37.88), (112.501, 37.88)) == pytest.approx(
        111.32 * cos(radians(37.88)), abs=0.01
    )
    assert distance_m((112.5, 37.88), (112.5, 37.88)) == 0


@LAWFUL
@given(
    COUNTRY,
    st.integers(1, 1_000),
    st.floats(-1.0, 1.0),
    st.floats(-1.0, 1.0),
)
def test_whatever_is_near_is_in_the_same_cell_or_beside_it(point, size_m, east, north):
    """Two points within the size of a cell are never two cells apart, anywhere in the country."""
    step = size_m / METRES_PER_DEGREE
    other = (point[0] + east * step / cos(radians(point[1])), point[1] + north * step)
    if distance_m(point, other) <= size_m:
        one, two = cell_of(point[0], point[1], size_m), cell_of(*other, size_m)
        assert abs(one[0] - two[0]) <= 1
        assert abs(one[1] - two[1]) <= 1


def test_cells_are_small_enough_to_be_of_use():
    """At 50 m, four points a hundred metres apart share no cell."""
    lon, lat = 100 / METRES_PER_DEGREE / cos(radians(37.88)), 100 / METRES_PER_DEGREE
    corners = [(112.5, 37.88), (112.5 + lon, 37.88), (112.5, 37.88 + lat), (112.5 + lon, 37.88 + lat)]
    assert len({cell_of(*corner, 50) for corner in corners}) == 4
