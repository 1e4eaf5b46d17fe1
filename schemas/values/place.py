"""Where something happened."""

from typing import Annotated

from schemas import limits
from schemas.values.bounds import at_most, between
from schemas.values.placeholders import NoValue
from schemas.values.terms import Crs
from schemas.values.text import Address, GridCode
from schemas.wire.contract import Contract

Longitude = Annotated[float, *between(-180.0, 180.0)]
Latitude = Annotated[float, *between(-90.0, 90.0)]


class Point(Contract, frozen=True, kw_only=True):
    """Degrees in the coordinate system `crs`; `accuracy_m` in metres where the device says it."""

    lon: Longitude
    lat: Latitude
    crs: Crs
    accuracy_m: Annotated[float, *between(0.0, 10_000.0), NoValue(0.0)] | None = None


class Geocode(Contract, frozen=True, kw_only=True):
    """Where the address of a report is by the rules' named places (地理编码): by it, and by nothing else, the place has its grid.

    WGS84; `radius_m`: by how much it may be off; `confidence`: of 100; `words`: what it rests on, and what speaks against it.
    """

    lon: Longitude
    lat: Latitude
    radius_m: Annotated[int, *between(0, limits.GEOCODE_RADIUS_M_MAX)]
    confidence: Annotated[int, *between(0, 100)]
    words: Annotated[tuple[Address, ...], *at_most(limits.GEOCODE_WORDS_MAX)] = ()


class Place(Contract, frozen=True, kw_only=True):
    """At least one of the three; a report with none is refused with `place_missing`."""

    address: Address = ""
    grid: GridCode | None = None
    point: Point | None = None
