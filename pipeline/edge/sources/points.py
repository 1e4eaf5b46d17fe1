"""Points as senders write them: degrees or metres of a Mercator, in a coordinate system that is named, known of the sender, or unknown; and
which system speaks for itself: the one in which the point lies in a street of ours, and near its own address."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.core.rules.grid import LonLat, distance_m, to_wgs84
from pipeline.edge.sources.mapping import CRS_OF, UNKNOWN
from pipeline.edge.sources.values import number, plain
from schemas.errors import BadMessage
from schemas.values.terms import Crs


class Degrees(NamedTuple):
    """A point in degrees, and the codes of what had to be understood. `is_metres`: it was written in metres."""

    lon: float
    lat: float
    is_metres: bool
    notes: tuple[str, ...]


def crs_named(name: object) -> Crs | None:
    """The coordinate system of a name; None where nobody knows it.

    >>> crs_named("gcj-02"), crs_named("EPSG:4326"), crs_named("高德"), crs_named("城市坐标系")
    (<Crs.GCJ02: 'GCJ02'>, <Crs.WGS84: 'WGS84'>, <Crs.GCJ02: 'GCJ02'>, None)
    """
    text = re.sub(r"[\s_\-:]", "", str(plain(name))).upper()
    return _NAMES.get(text)


def crs_of(name: str) -> Crs | None:
    """The coordinate system that a mapping names; None for unknown."""
    return None if name == UNKNOWN else CRS_OF[name]


def degrees(x: object, y: object) -> Degrees:
    """The point with these coordinates.

    Raises:
        BadMessage: `field` is "lon" or "lat": no number, or out of every range.
    """
    lon, lat = _figure(x, "lon"), _figure(y, "lat")
    notes: tuple[str, ...] = ()
    if _is_metres(lat, lon) and not _is_metres(lon, lat):
        lon, lat, notes = lat, lon, ("lonlat_swapped",)
    if _is_metres(lon, lat):
        return Degrees(*_of_metres(lon, lat), True, (*notes, "mercator"))
    if _in(lat, _LON_HERE) and _in(lon, _LAT_HERE):
        lon, lat, notes = lat, lon, ("lonlat_swapped",)
    for name, value, most in (("lon", lon, 180.0), ("lat", lat, 90.0)):
        if not -most <= value <= most:
            raise BadMessage("out_of_range", name, f"ge {-most}, le {most}, or metres of a Mercator")
    return Degrees(lon, lat, False, notes)


class Fit(NamedTuple):
    """A point as it lies in one coordinate system: whether in a street of ours, and how far from its address where that is known."""

    crs: Crs
    is_here: bool
    metres: int | None

    @property
    def said(self) -> str:
        """For people: GCJ02 30 m; GCJ02 outside."""
        return f"{self.crs.value} {'outside' if not self.is_here else f'{self.metres} m' if self.metres is not None else 'inside'}"


def fits(
    lon: float, lat: float, is_here: Callable[[float, float, Crs], bool], address: LonLat | None
) -> tuple[Fit, ...]:
    """The point in each coordinate system (CGCS2000 is WGS84 to the metre), the most plausible first. `address`: where its address is, WGS84."""
    found = []
    for crs in _JUDGED:
        metres = None if address is None else round(distance_m(to_wgs84(lon, lat, crs), address))
        found.append(Fit(crs, is_here(lon, lat, crs), metres))
    return tuple(sorted(found, key=lambda fit: (not fit.is_here, fit.metres or 0)))


def plausible(fitted: Sequence[Fit], radius_m: int) -> Fit | None:
    """The one system that the point speaks for: the only one that brings it into a street of ours, or the one that brings it near its address
    while the next does not; None where two may be."""
    best, second = fitted[0], fitted[1]
    if not best.is_here:
        return None
    if best.metres is None or second.metres is None:
        return None if second.is_here else best
    is_near = best.metres <= NEAR_M + radius_m
    return best if is_near and (not second.is_here or second.metres - best.metres >= APART_M) else None


def is_doubtful(said: Crs, fitted: Sequence[Fit], radius_m: int) -> bool:
    """Whether the system that was named, or taken for granted, brings the point outside or far from its address, and another does not."""
    said = Crs.WGS84 if said is Crs.CGCS2000 else said
    own = next(fit for fit in fitted if fit.crs is said)
    best = plausible(fitted, radius_m)
    if best is None or best.crs is said:
        return False
    return not own.is_here or (own.metres is not None and own.metres > FAR_M + radius_m)


def both_in(text: object) -> tuple[object, object]:
    """Longitude and latitude out of one text: 112.5,37.8 or POINT(112.5 37.8) or [112.5, 37.8].

    Raises:
        BadMessage: there are not two numbers.
    """
    if isinstance(text, Mapping):
        lowered = {str(key).casefold(): value for key, value in text.items()}
        for lon, lat in (("lon", "lat"), ("lng", "lat"), ("longitude", "latitude"), ("x", "y")):
            if lon in lowered and lat in lowered:
                return lowered[lon], lowered[lat]
    numbers = text if isinstance(text, list) else _NUMBER.findall(str(plain(text)))
    if len(numbers) != 2:
        raise BadMessage("wrong_format", "", "longitude and latitude, such as 112.50,37.88")
    return numbers[0], numbers[1]


def _figure(value: object, name: str) -> float:
    figure = number(value)
    if isinstance(figure, bool) or not isinstance(figure, int | float) or not math.isfinite(figure):
        raise BadMessage("wrong_type", name, "a number of degrees")
    return float(figure)


def _is_metres(x: float, y: float) -> bool:
    return _in(x, _EAST_M) and _in(y, _NORTH_M)


def _of_metres(x: float, y: float) -> tuple[float, float]:
    """Degrees of the metres of a spherical Mercator (EPSG:3857), to a centimetre."""
    lon = math.degrees(x / _RADIUS_M)
    lat = math.degrees(2 * math.atan(math.exp(y / _RADIUS_M)) - math.pi / 2)
    return round(lon, 7), round(lat, 7)


def _in(value: float, span: tuple[float, float]) -> bool:
    return span[0] <= value <= span[1]


NEAR_M, FAR_M, APART_M = 150, 300, 200
"""Metres: near its address, far from it, and so much nearer than the next. The systems lie some 500 to 1,200 m apart."""
_JUDGED: Final = (Crs.WGS84, Crs.GCJ02, Crs.BD09)
_RADIUS_M: Final = 6_378_137.0
_LON_HERE, _LAT_HERE = (73.0, 136.0), (3.0, 54.0)
_EAST_M, _NORTH_M = (8_100_000.0, 15_200_000.0), (300_000.0, 7_200_000.0)
_NUMBER: Final = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,15})?")
_NAMES: Final[Mapping[str, Crs]] = {
    "WGS84": Crs.WGS84, "WGS1984": Crs.WGS84, "EPSG4326": Crs.WGS84, "4326": Crs.WGS84, "GPS": Crs.WGS84,
    "CGCS2000": Crs.CGCS2000, "EPSG4490": Crs.CGCS2000, "4490": Crs.CGCS2000, "国家2000": Crs.CGCS2000, "2000": Crs.CGCS2000,
    "GCJ02": Crs.GCJ02, "GCJ": Crs.GCJ02, "火星坐标系": Crs.GCJ02, "国测局": Crs.GCJ02, "高德": Crs.GCJ02, "腾讯": Crs.GCJ02,
    "AMAP": Crs.GCJ02,
    "BD09": Crs.BD09, "BD09LL": Crs.BD09, "百度": Crs.BD09, "BAIDU": Crs.BD09,
}  # fmt: skip
