"""A point without its coordinate system, or in one that cannot be, says which it speaks for: by the streets and by its own address."""

import pytest

from pipeline.core.rules.grid import from_wgs84
from pipeline.edge.sources.reading import ReadRow
from schemas.values.terms import Crs, Source
from tests.edge.sources.test_sources import changed, example, reading

ADDRESS, THERE = "兴华街18号", (112.479687, 37.886628)
"""By the places of the rules, in WGS84."""
STREET = "140109004"


def read(lonlat: tuple[float, float], crs: str | None, address: str = ADDRESS) -> ReadRow:
    """An order of 12345 at this point."""
    order = example(Source.HOTLINE_12345)
    for path, value in (
        ("loc.lon", lonlat[0]),
        ("loc.lat", lonlat[1]),
        ("loc.crs", crs),
        ("addr", address),
        ("region", STREET),
    ):
        order = changed(order, path, value)  # fmt: skip
    return reading(Source.HOTLINE_12345, order)


def note_of(row: ReadRow, code: str) -> str | None:
    """What the row's note of this code says; None without one."""
    return next((note.what for note in row.notes if note.code == code), None)


@pytest.mark.parametrize("crs", [Crs.WGS84, Crs.GCJ02, Crs.BD09])
def test_an_untagged_point_speaks_for_the_system_that_brings_it_to_its_address(crs: Crs):
    """The point is left out all the same: whoever knows the sender writes it into the mapping."""
    row = read(from_wgs84(*THERE, crs), None)
    likely = note_of(row, "crs_likely")
    assert likely is not None
    assert likely.startswith(f"{crs.value} 0 m, ")
    assert note_of(row, "crs_unknown") is not None
    assert row.report.place.point is None


@pytest.mark.parametrize(
    ("said", "true"), [(Crs.WGS84, Crs.GCJ02), (Crs.CGCS2000, Crs.BD09), (Crs.GCJ02, Crs.WGS84)]
)
def test_a_point_in_a_system_that_cannot_be_is_flagged_and_kept_as_it_was_said(said: Crs, true: Crs):
    """It lies far from its own address, and in another system it does not."""
    row = read(from_wgs84(*THERE, true), said.value)
    doubtful = note_of(row, "crs_doubtful")
    assert doubtful is not None
    assert doubtful.startswith(f"{true.value} 0 m, ")
    assert row.report.place.point is not None
    assert row.report.place.point.crs is said


@pytest.mark.parametrize("crs", [Crs.WGS84, Crs.CGCS2000, Crs.GCJ02, Crs.BD09])
def test_a_point_that_is_where_its_address_is_says_nothing(crs: Crs):
    """In whatever system it is rightly named."""
    row = read(from_wgs84(*THERE, crs), crs.value)
    assert note_of(row, "crs_doubtful") is None
    assert note_of(row, "crs_likely") is None


def test_where_nothing_tells_them_apart_nothing_is_guessed():
    """In the middle of a street, with an address that nobody knows, any system may be right."""
    row = read(THERE, None, address="老地方旁边")
    assert note_of(row, "crs_unknown") is not None
    assert note_of(row, "crs_likely") is None
    assert note_of(read(THERE, "GCJ02", address="老地方旁边"), "crs_doubtful") is None


def test_far_from_its_address_in_every_system_it_speaks_for_none():
    """Then the address may be wrong, or the point."""
    row = read((112.52, 37.83), None)
    assert note_of(row, "crs_likely") is None
