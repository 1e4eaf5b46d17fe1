"""Where a point lies: coordinate systems, the grids (网格) of a street, distances, and cells to look up neighbours.

Which street has which grids is data in `rules/grids/`. Points are (longitude, latitude) in degrees of WGS84 unless a `Crs`
says otherwise.
"""

from collections.abc import Iterable
from functools import cached_property
from math import atan2, cos, floor, hypot, pi, radians, sin, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple, assert_never

from schemas.values.terms import Crs

if TYPE_CHECKING:
    from pipeline.core.rules.grid_shapes import GridShapes

LonLat = tuple[float, float]

METRES_PER_DEGREE: Final = 111_320.0
"""One degree of latitude, and of longitude on the equator."""

_ROUNDS: Final = 2
_DECIMALS: Final = 7
_NORTHMOST_COS: Final = cos(radians(55.0))
"""The cosine at 55° N, north of the whole country: with it a cell is nowhere narrower than its nominal width."""


class Grid(NamedTuple):
    """One grid (网格) as it was surveyed: the outline of each part, first point and last the same, and what it is called."""

    code: str
    name_zh: str
    community_zh: str
    outlines: tuple[tuple[LonLat, ...], ...]


class GridPlan:
    """The grids of one street, as polygons. Codes have 15 digits: street 9, community 3, serial 3.

    A point on an edge is of the grid to the south, then of the one to the east, so that each point has one grid.

    >>> west, east = (Grid(f"14010909900100{n + 1}", "", "", (_square(10.0 + n, 20.0),)) for n in range(2))
    >>> plan = GridPlan("140109099", [west, east])
    >>> plan.grid_at(10.5, 20.5), plan.grid_at(11.0, 20.5), plan.grid_at(9.9, 20.5)
    ('140109099001001', '140109099001002', None)
    >>> len(plan), plan.communities(), plan.centre_of("140109099001002")
    (2, ('001',), (11.5, 20.5))
    """

    def __init__(self, street: str, grids: Iterable[Grid]) -> None:
        """Takes the grids in any order. Raises ValueError for a street without one."""
        self.street: Final = street
        self.grids: Final = {grid.code: grid for grid in sorted(grids)}
        if not self.grids:
            raise ValueError("a street has at least one grid")
        lons, lats = zip(*(point for grid in self.grids.values() for point in grid.outlines[0]), strict=True)
        self.west, self.south = min(lons), min(lats)
        self.east, self.north = max(lons), max(lats)
        self._cos: Final = cos(radians((self.north + self.south) / 2))
        self._gaps: Final[dict[tuple[str, str], float]] = {}

    def __len__(self) -> int:
        """How many grids there are."""
        return len(self.grids)

    def grid_at(self, lon: float, lat: float) -> str | None:
        """The grid in which the point lies; None outside the street."""
        found = self._shapes.at(lon, lat)
        if len(found) > 1:
            return self._codes[min(found, key=self._shapes.southmost.__getitem__)]
        return self._codes[found[0]] if found else None

    def contains(self, code: str) -> bool:
        """Whether `code` is a grid of this street."""
        return code in self.grids

    def centre_of(self, code: str) -> LonLat:
        """A point in the middle of the grid `code`, inside it also where it is bent.

        Raises:
            KeyError: not a grid of this street.
        """
        return self._shapes.centre(self._number(code))

    def gap_m(self, one: str, other: str) -> float:
        """Metres between two grids at their nearest; 0 for the same grid and for neighbours.

        Raises:
            KeyError: not a grid of this street.
        """
        pair = (one, other) if one < other else (other, one)
        gap = self._gaps.get(pair)
        if gap is None:
            apart = self._shapes.apart(self._number(one), self._number(other))
            gap = self._gaps[pair] = METRES_PER_DEGREE * apart
        return gap

    def beyond_m(self, lon: float, lat: float) -> float:
        """Metres from the point to the street; 0 inside it.

        >>> plan = GridPlan("140109099", [Grid("140109099001001", "", "", (_square(10.0, 23.0),))])
        >>> plan.beyond_m(10.5, 23.5), round(plan.beyond_m(10.5, 24.01))
        (0.0, 1113)
        """
        if self._shapes.at(lon, lat):
            return 0.0
        return distance_m((lon, lat), self._shapes.nearest(lon, lat))

    def over_edge_m(self, code: str, lon: float, lat: float, radius_m: float) -> float:
        """Metres by which a circle around a point of the grid `code` reaches over the edge of the grid; 0 where it does not.

        >>> plan = GridPlan("140109099", [Grid("140109099001001", "", "", (_square(10.0, 23.0),))])
        >>> [round(plan.over_edge_m("140109099001001", 10.5, 23.999, radius_m)) for radius_m in (100, 200)]
        [0, 89]

        Raises:
            KeyError: not a grid of this street.
        """
        radius = radius_m / METRES_PER_DEGREE
        return METRES_PER_DEGREE * self._shapes.over_edge(self._number(code), lon, lat, radius)

    def codes(self) -> tuple[str, ...]:
        """All grids, ascending."""
        return tuple(self.grids)

    def communities(self) -> tuple[str, ...]:
        """The three digits of each community, ascending."""
        return tuple(sorted({code[9:12] for code in self.grids}))

    @cached_property
    def _codes(self) -> tuple[str, ...]:
        return self.codes()

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {code: number for number, code in enumerate(self._codes)}

    @cached_property
    def _shapes(self) -> "GridShapes":
        from pipeline.core.rules.grid_shapes import GridShapes  # the geometry's library is slow to import

        return GridShapes([grid.outlines for grid in self.grids.values()], self._cos)

    def _number(self, code: str) -> int:
        return self._numbers[code]


def _square(west: float, south: float) -> tuple[LonLat, ...]:
    """One degree wide and high."""
    return (
        (west, south), (west + 1, south), (west + 1, south + 1), (west, south + 1), (west, south),
    )  # fmt: skip


def is_no_point(lon: float, lat: float) -> bool:
    """Whether the degrees stand where there is no point: devices without a fix send 0, 0 or -1, -1.

    >>> is_no_point(0.0, 0.0), is_no_point(-1.0, -1.0), is_no_point(112.5, 37.9)
    (True, True, False)
    """
    return abs(lon) <= 1.0 and abs(lat) <= 1.0


def to_wgs84(lon: float, lat: float, crs: Crs) -> LonLat:
    """The point in WGS84. CGCS2000 is returned unchanged: the two differ by centimetres.

    GCJ-02 and BD-09 have no closed inverse. Two rounds of subtracting the offset leave an error of at most 3 cm and 42 cm
    inside the country; the result is rounded to a centimetre, so that every machine finds the same grid.

    >>> [round(degrees, 6) for degrees in to_wgs84(*from_wgs84(112.5, 37.9, Crs.GCJ02), Crs.GCJ02)]
    [112.5, 37.9]
    """
    if crs is Crs.WGS84 or crs is Crs.CGCS2000:
        return lon, lat
    guess_lon, guess_lat = lon, lat
    for _ in range(_ROUNDS):
        shifted_lon, shifted_lat = from_wgs84(guess_lon, guess_lat, crs)
        guess_lon, guess_lat = guess_lon - (shifted_lon - lon), guess_lat - (shifted_lat - lat)
    return round(guess_lon, _DECIMALS), round(guess_lat, _DECIMALS)


def from_wgs84(lon: float, lat: float, crs: Crs) -> LonLat:
    """The point of WGS84 as a device of `crs` would give it."""
    match crs:
        case Crs.WGS84 | Crs.CGCS2000:
            return lon, lat
        case Crs.GCJ02:
            return _gcj02(lon, lat)
        case Crs.BD09:
            return _bd09(*_gcj02(lon, lat))
    assert_never(crs)


def distance_m(a: LonLat, b: LonLat) -> float:
    """Metres between two points, computed as on a plane: exact to a thousandth up to some kilometres.

    >>> round(distance_m((112.50, 37.90), (112.50, 37.91)))
    1113
    """
    middle = radians((a[1] + b[1]) / 2)
    return METRES_PER_DEGREE * hypot((a[0] - b[0]) * cos(middle), a[1] - b[1])


def cell_of(lon: float, lat: float, size_m: int) -> tuple[int, int]:
    """The cell (east, north) of a lattice over the country.

    Whatever lies within `size_m` of a point is in the point's cell or in one of the eight around it.

    >>> cell_of(112.5, 37.9, 500), cell_of(112.5, 37.904, 500)
    ((14366, 8438), (14366, 8438))
    """
    step = size_m / METRES_PER_DEGREE
    return floor(lon * _NORTHMOST_COS / step), floor(lat / step)


def _gcj02(lon: float, lat: float) -> LonLat:
    """GCJ-02, the coordinates of domestic maps: a published shift of 100 to 700 m inside the country, none outside."""
    if not (_WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH):
        return lon, lat
    x, y = lon - 105.0, lat - 35.0  # named as in the published formula
    wave = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north_m += (wave + 20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north_m += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east_m += (wave + 20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east_m += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    flat = 1.0 - _ECCENTRICITY_SQUARED * sin(radians(lat)) ** 2
    meridian_m = radians(_AXIS_M * (1.0 - _ECCENTRICITY_SQUARED) / (flat * sqrt(flat)))
    parallel_m = radians(_AXIS_M / sqrt(flat) * cos(radians(lat)))
    return lon + east_m / parallel_m, lat + north_m / meridian_m


def _bd09(lon: float, lat: float) -> LonLat:
    """BD-09 of a point in GCJ-02: shifted and turned once more."""
    radius = hypot(lon, lat) + 0.00002 * sin(lat * _BD09_WAVE)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BD09_WAVE)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


# the ellipsoid of Krasovsky 1940, on which GCJ-02 is defined
_AXIS_M: Final = 6_378_245.0
_ECCENTRICITY_SQUARED: Final = 0.006_693_421_622_965_943
_WEST: Final = 72.004
_EAST: Final = 137.8347
_SOUTH: Final = 0.8293
_NORTH: Final = 55.8271
_BD09_WAVE: Final = pi * 3000.0 / 180.0
