"""The geometry of a street's grids: polygons in a tree by which the one that holds a point is found, by shapely.

Distances are in degrees of latitude, on a plane whose degrees of longitude are shortened as they are in the street's middle.
"""

from collections.abc import Sequence
from typing import Final

import shapely
from shapely import MultiPolygon, Point, Polygon, STRtree
from shapely.ops import nearest_points

LonLat = tuple[float, float]
Outlines = Sequence[Sequence[LonLat]]
_SAME: Final = 6
"""Decimals of a degree, a decimetre: centres that differ by less are of one row."""


class GridShapes:
    """Grids by their number in the order in which they were given."""

    def __init__(self, grids: Sequence[Outlines], cosine: float) -> None:
        """`cosine`: of the latitude in the street's middle."""
        self._cosine: Final = cosine
        self._shapes: Final = [_shape(outlines, 1.0) for outlines in grids]
        self._plane: Final = [_shape(outlines, cosine) for outlines in grids]
        self._edges: Final = [shape.boundary for shape in self._plane]
        self._tree: Final = STRtree(self._shapes)
        self._street: Final = shapely.union_all(self._plane)
        shapely.prepare(self._street)
        middles = [shape.centroid for shape in self._shapes]
        self.southmost: Final = [(round(middle.y, _SAME), -round(middle.x, _SAME)) for middle in middles]
        """What is less for a grid that lies further south, or in the same row further east."""

    def at(self, lon: float, lat: float) -> list[int]:
        """The grids that hold the point, several where it lies on an edge."""
        found: list[int] = self._tree.query(Point(lon, lat), "intersects").tolist()
        return found

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
        """The point of the street that is nearest; the same point inside it."""
        point = Point(lon * self._cosine, lat)
        if self._street.intersects(point):
            return lon, lat
        nearest, _ = nearest_points(self._street, point)
        return nearest.x / self._cosine, nearest.y

    def to_edge(self, number: int, lon: float, lat: float) -> float:
        """Degrees of latitude from the point to the edge of the grid."""
        distance: float = self._edges[number].distance(Point(lon * self._cosine, lat))
        return distance


def _shape(outlines: Outlines, cosine: float) -> Polygon | MultiPolygon:
    parts = [Polygon([(lon * cosine, lat) for lon, lat in outline]) for outline in outlines]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


_ROUNDING: Final = 1e-6
"""A decimetre: outlines are written to a centimetre."""
