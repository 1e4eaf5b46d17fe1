"""Where something happened."""

from typing import Annotated

from schemas.values.bounds import between
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


class Place(Contract, frozen=True, kw_only=True):
    """At least one of the three; a report with none is refused with `place_missing`."""

    address: Address = ""
    grid: GridCode | None = None
    point: Point | None = None
