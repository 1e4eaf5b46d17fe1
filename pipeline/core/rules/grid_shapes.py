"""The geometry of a street's grids: polygons in a tree by which the one that holds a point is found, by shapely.

Distances are in degrees of latitude, on a plane whose degrees of longitude are shortened as they are in the street's middle.
"""

from collections.abc import Sequence
from math import floor
from typing import Final, NamedTuple

import shapely
from shapely import MultiPolygon, Point, Polygon, STRtree
from shapely.ops import nearest_points

LonLat = tuple[float, float]
Outlines = Sequence[Sequence[LonLat]]
_SAME: Final = 6
"""Decimals of a degree, a decimetre: centres that differ by less are of one row."""
CELL: Final = 0.00025
"""Degrees: a cell is 28 m high."""


class _Cell(NamedTuple):
    """What is known of all points of a cell: the grids that they can lie in, and how far at least they are from the edge of the only one;
    0 where there are several, or where the cell reaches over an edge."""

    grids: tuple[int, ...]
    clear: float


class GridShapes:
    """Grids by their number in the order in which they were given."""

    def __init__(self, grids: Sequence[Outlines], cosine: float) -> None:
        """`cosine`: of the latitude in the street's middle."""
        self._cosine: Final = cosine
        self._shapes: Final = [_shape(outlines, 1.0) for outlines in grids]
        self._plane: Final = [_shape(outlines, cosine) for outlines in grids]
        self._edges: Final = [shape.boundary for shape in self._plane]
        self._cells: Final[dict[tuple[int, int], _Cell]] = {}
        self._tree: Final = STRtree(self._shapes)
        self._street: Final = shapely.union_all(self._plane)
        shapely.prepare(self._shapes)
        self._bounds: Final[tuple[float, ...]] = shapely.total_bounds(self._shapes).tolist()
        middles = [shape.centroid for shape in self._shapes]
        self.southmost: Final = [(round(middle.y, _SAME), -round(middle.x, _SAME)) for middle in middles]
        """What is less for a grid that lies further south, or in the same row further east."""

    def at(self, lon: float, lat: float) -> tuple[int, ...]:
        """The grids that hold the point, several where it lies on an edge."""
        cell = self._cell(lon, lat)
        if cell.clear:
            return cell.grids
        return tuple(grid for grid in cell.grids if shapely.intersects_xy(self._shapes[grid], lon, lat))

    def centre(self, number: int) -> LonLat:
        """The centre of gravity, or else some point inside."""
        shape = self._shapes[number]
        middle = shape.centroid
        middle = middle if shape.contains(middle) else shape.representative_point()
        return middle.x, middle.y

    def apart(self, one: int, other: int) -> float:
        """Degrees of latitude between two grids at their nearest; 0 where they touch but for rounding."""
        apart: float = self._plane[one].distance(self._plane[other])
        return apart if apart > _ROUNDING else 0.0

    def nearest(self, lon: float, lat: float) -> LonLat:
        """The point of the street that is nearest to one outside it."""
        nearest, _ = nearest_points(self._street, Point(lon * self._cosine, lat))
        return nearest.x / self._cosine, nearest.y

    def over_edge(self, number: int, lon: float, lat: float, radius: float) -> float:
        """Degrees of latitude by which a circle around the point reaches over the edge of the grid that it lies in; 0 where it does not."""
        if self._cell(lon, lat).clear >= radius:
            return 0.0
        edge: float = self._edges[number].distance(Point(lon * self._cosine, lat))
        return max(0.0, radius - edge)

    def _cell(self, lon: float, lat: float) -> _Cell:
        """The cell of the point, of which is remembered what the tree says of it."""
        west, south, east, north = self._bounds
        if not (west <= lon <= east and south <= lat <= north):
            return _NOWHERE
        place = floor(lon / CELL), floor(lat / CELL)
        cell = self._cells.get(place)
        if cell is None:
            cell = self._cells[place] = self._of_tree(*place)
        return cell

    def _of_tree(self, column: int, row: int) -> _Cell:
        around = shapely.box(
            column * CELL - _ROUNDING, row * CELL - _ROUNDING, (column + 1) * CELL + _ROUNDING, (row + 1) * CELL + _ROUNDING
        )  # fmt: skip
        grids: list[int] = sorted(self._tree.query(around, "intersects").tolist())
        if len(grids) != 1 or not shapely.contains_properly(self._shapes[grids[0]], around):
            return _Cell(tuple(grids), 0.0)
        plane = shapely.transform(around, lambda degrees: degrees * (self._cosine, 1.0))
        clear: float = self._edges[grids[0]].distance(plane)
        return _Cell(tuple(grids), clear)


def _shape(outlines: Outlines, cosine: float) -> Polygon | MultiPolygon:
    parts = [Polygon([(lon * cosine, lat) for lon, lat in outline]) for outline in outlines]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


_ROUNDING: Final = 1e-6
"""A decimetre: outlines are written to a centimetre."""
_NOWHERE: Final = _Cell((), 0.0)
