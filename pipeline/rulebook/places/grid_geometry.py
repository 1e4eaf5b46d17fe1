"""How the polygons of grids lie to each other: none crosses itself, none overlaps another, and a street has no hole."""

from collections.abc import Iterator, Sequence
from math import cos, radians
from typing import Final, NamedTuple

import shapely
from shapely import MultiPolygon, Polygon, STRtree

from pipeline.core.rules.grid import METRES_PER_DEGREE
from pipeline.rulebook.places.grid_files import GridFault, GridSheet

SLIVER_M2: Final = 1.0
"""Overlaps and holes of up to a square metre are taken for the rounding of coordinates."""
_SEAM: Final = 0.05 / METRES_PER_DEGREE
"""Edges that are five centimetres apart are one edge."""


class _Placed(NamedTuple):
    """A grid as a polygon, with where it was read."""

    sheet: GridSheet
    code: str
    shape: Polygon | MultiPolygon


def check_geometry(sheets: Sequence[GridSheet]) -> Iterator[GridFault]:
    """What is wrong with the grids of these streets together."""
    shapes: list[_Placed] = []
    for sheet in sheets:
        own = []
        for grid in sheet.grids:
            parts = [Polygon(outline) for outline in grid.outlines]
            shape = _Placed(sheet, grid.code, parts[0] if len(parts) == 1 else MultiPolygon(parts))
            if shape.shape.is_valid:
                own.append(shape)
            else:
                yield sheet.flaw("not_simple", grid.code, detail=shapely.is_valid_reason(shape.shape))
        yield from _holes(sheet, own)
        shapes += own
    yield from _overlaps(shapes)


def _overlaps(shapes: Sequence[_Placed]) -> Iterator[GridFault]:
    """Each pair once, at the later of the two."""
    if not shapes:
        return
    polygons = [one.shape for one in shapes]
    first, second = STRtree(polygons).query(polygons, "intersects")
    for one, other in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        if other < one:
            common = polygons[one].intersection(polygons[other])
            if _square_metres(common) > SLIVER_M2:
                yield shapes[one].sheet.flaw("overlap", shapes[one].code, detail=shapes[other].code)


def _holes(sheet: GridSheet, own: Sequence[_Placed]) -> Iterator[GridFault]:
    """A place that grids of the street enclose and none holds: the fault stands at a grid beside it."""
    street = shapely.union_all([one.shape.buffer(_SEAM, join_style="mitre") for one in own])
    for part in shapely.get_parts(street):
        for ring in part.interiors:
            hole = Polygon(ring)
            if _square_metres(hole) > SLIVER_M2:
                beside = next(one for one in own if one.shape.distance(hole) <= 2 * _SEAM)
                yield sheet.flaw("hole", beside.code)


def _square_metres(shape: shapely.Geometry) -> float:
    if shapely.is_empty(shape):
        return 0.0
    shortened = cos(radians(float(shapely.get_y(shapely.centroid(shape)))))
    degrees: float = shapely.area(shape)
    return degrees * shortened * METRES_PER_DEGREE * METRES_PER_DEGREE
