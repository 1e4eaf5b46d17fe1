"""Where a point lies: coordinate systems, the grids (网格) of a street, distances, and cells to look up neighbours.

Geometry by index arithmetic only; which street has which grids is data in `rules/`. Points are (longitude, latitude) in
degrees of WGS84 unless a `Crs` says otherwise.
"""

from dataclasses import dataclass, field
from itertools import accumulate
from math import atan2, cos, floor, hypot, pi, radians, sin, sqrt
from typing import Final, assert_never

from schemas.values.terms import Crs

LonLat = tuple[float, float]

METRES_PER_DEGREE: Final = 111_320.0
"""One degree of latitude, and of longitude on the equator."""

_ROUNDS: Final = 2
_DECIMALS: Final = 7
_NORTHMOST_COS: Final = cos(radians(55.0))
"""The cosine at 55° N, north of the whole country: with it a cell is nowhere narrower than its nominal width."""


@dataclass(frozen=True, slots=True)
class GridPlan:
    """The grids of one street: a lattice over a box, its communities blocks of whole rows and columns.

    `rows` and `columns` say how many rows and columns of grids each block has, from the north and from the west: (3, 3)
    and (6, 6, 7) are six rows and nineteen columns in six communities. Codes have 15 digits: street 9, community 3,
    serial 3; communities and, inside each, serials run west to east, then north to south, from 001 on.

    >>> plan = GridPlan("140109099", 10.0, 20.0, 15.0, 24.0, rows=(2, 2), columns=(2, 3))
    >>> len(plan), plan.communities()
    (20, ('001', '002', '003', '004'))
    >>> plan.grid_at(10.5, 23.5), plan.grid_at(12.5, 23.5), plan.grid_at(9.9, 23.5)
    ('140109099001001', '140109099002001', None)
    >>> plan.centre_of("140109099002001")
    (12.5, 23.5)
    """

    street: str
    west: float
    south: float
    east: float
    north: float
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    _lattice: tuple[tuple[str, ...], ...] = field(init=False, repr=False, compare=False)
    _place: dict[str, tuple[int, int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Number the grids. Raises ValueError for an empty box or lattice."""
        if not (self.west < self.east and self.south < self.north):
            raise ValueError("the box of a street has an extent")
        if not self.rows or not self.columns or min(*self.rows, *self.columns, 1) < 1:
            raise ValueError("a street has at least one row and one column of grids")
        place = dict(sorted(_numbered(self.street, self.rows, self.columns).items()))
        codes = {cell: code for code, cell in place.items()}
        lattice = tuple(
            tuple(codes[row, column] for column in range(sum(self.columns))) for row in range(sum(self.rows))
        )
        object.__setattr__(self, "_place", place)
        object.__setattr__(self, "_lattice", lattice)

    def __len__(self) -> int:
        """How many grids there are."""
        return len(self._place)

    def grid_at(self, lon: float, lat: float) -> str | None:
        """The grid in which the point lies; None outside the street."""
        if not (self.west <= lon <= self.east and self.south <= lat <= self.north):
            return None
        height, width = len(self._lattice), len(self._lattice[0])
        row = int((self.north - lat) / (self.north - self.south) * height)
        column = int((lon - self.west) / (self.east - self.west) * width)
        return self._lattice[min(row, height - 1)][min(column, width - 1)]

    def contains(self, code: str) -> bool:
        """Whether `code` is a grid of this street."""
        return code in self._place

    def centre_of(self, code: str) -> LonLat:
        """The middle of the grid `code`.

        Raises:
            KeyError: not a grid of this street.
        """
        row, column = self._place[code]
        height, width = len(self._lattice), len(self._lattice[0])
        lon = self.west + (column + 0.5) / width * (self.east - self.west)
        return lon, self.north - (row + 0.5) / height * (self.north - self.south)

    def gap_m(self, one: str, other: str) -> float:
        """Metres between two grids at their nearest; 0 for the same grid and for neighbours.

        Raises:
            KeyError: not a grid of this street.
        """
        (row, column), (other_row, other_column) = self._place[one], self._place[other]
        height, width = len(self._lattice), len(self._lattice[0])
        rows, columns = max(0, abs(row - other_row) - 1), max(0, abs(column - other_column) - 1)
        north = rows * (self.north - self.south) / height
        east = columns * (self.east - self.west) / width
        middle = radians((self.north + self.south) / 2)
        return METRES_PER_DEGREE * hypot(north, east * cos(middle))

    def beyond_m(self, lon: float, lat: float) -> float:
        """Metres from the point to the street's box; 0 inside it.

        >>> plan = GridPlan("140109099", 10.0, 20.0, 15.0, 24.0, rows=(2, 2), columns=(2, 3))
        >>> plan.beyond_m(10.5, 23.5), round(plan.beyond_m(10.5, 24.01))
        (0.0, 1113)
        """
        nearest = min(max(lon, self.west), self.east), min(max(lat, self.south), self.north)
        return distance_m((lon, lat), nearest)

    def codes(self) -> tuple[str, ...]:
        """All grids, ascending."""
        return tuple(self._place)

    def communities(self) -> tuple[str, ...]:
        """The three digits of each community, ascending."""
        return tuple(f"{n:03}" for n in range(1, len(self.rows) * len(self.columns) + 1))


def _numbered(street: str, rows: tuple[int, ...], columns: tuple[int, ...]) -> dict[str, tuple[int, int]]:
    """(row, column) from the north-west corner of each grid code."""
    place = {}
    for block_row, (last_row, height) in enumerate(zip(accumulate(rows), rows, strict=True)):
        for block_column, (last_column, width) in enumerate(zip(accumulate(columns), columns, strict=True)):
            community = block_row * len(columns) + block_column + 1
            for cell in range(height * width):
                row, column = last_row - height + cell // width, last_column - width + cell % width
                place[f"{street}{community:03}{cell + 1:03}"] = (row, column)
    return place


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
