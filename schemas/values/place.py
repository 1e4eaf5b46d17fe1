"""Where something happened."""

from typing import Annotated

from pydantic import Field

from schemas.values.terms import Crs
from schemas.values.text import Address, GridCode
from schemas.wire.contract import contract

Longitude = Annotated[float, Field(ge=-180.0, le=180.0)]
Latitude = Annotated[float, Field(ge=-90.0, le=90.0)]


@contract
class Point:
    """Degrees in the coordinate system `crs`; `accuracy_m` in metres where the device says it."""

    lon: Longitude
    lat: Latitude
    crs: Crs
    accuracy_m: Annotated[float, Field(ge=0.0, le=10_000.0)] | None = None


@contract
class Place:
    """At least one of the three; a report with none is refused with `place_missing`."""

    address: Address = ""
    grid: GridCode | None = None
    point: Point | None = None
