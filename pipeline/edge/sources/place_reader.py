"""Where an order is: its address, grid and point, and the street that they name together."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.edge.sources import points
from pipeline.edge.sources.field_reader import FieldReader
from pipeline.edge.sources.mapping import CRS_OF, PointRule
from pipeline.edge.sources.streets import Streets, names_a_street
from pipeline.edge.sources.values import is_nothing, is_placeholder, number, number_text, plain
from schemas.errors import BadMessage
from schemas.values.terms import Crs
from schemas.values.text import street_of

Place = dict[str, object]
_STREET_DIGITS: Final = 9
_SAYS_STREET: Final[Mapping[str, str]] = {"street_by_address": "place.address", "street_by_text": "text"}
_CRS_NAMES: Final = ", ".join(CRS_OF)


class _Point(NamedTuple):
    """A point as the report takes it, what stands there for none, or None where nobody knows its system; and the degrees that were written.

    `field`: the sender's, that says it.
    """

    content: Place | str | None
    lonlat: tuple[float, float] | None = None
    crs: Crs | None = None
    field: str = ""


def locate(reader: FieldReader, streets: Streets) -> tuple[Place, object]:
    """The place with what the sender knows of it, and its street's code: that which is named, else that of the grid, the address, the point."""
    address, grid = reader.value("place.address"), plain(number_text(reader.value("place.grid")))
    says_where = any(value is not None and not is_placeholder(value) for value in (address, grid))
    point = _point(reader, is_needed=not says_where)
    if point is not None and point.lonlat is not None:
        _judge(reader, streets, address, point)
    place: Place = {
        "address": address,
        "grid": grid,
        "point": point.content if point else None,
    }
    place = {name: value for name, value in place.items() if value is not None}
    if not says_where and "point" not in place and not reader.faults:
        names = [name for ours in ("place.grid", "place.address") if (name := reader.name_of(ours))]
        names += (reader.mapping.table.point.names if reader.mapping.table.point else [])[:1]
        if is_nothing(reader.value("text")):
            reader.fault("field_missing", names[0] if names else "place", ", or ".join(names))
        else:
            reader.note("place_unknown", names[0] if names else "place")
    return place, _street(reader, streets, address, grid, point)


def _street(
    reader: FieldReader, streets: Streets, address: object, grid: object, point: _Point | None
) -> object:
    named = reader.in_table("street") or _named(reader, streets)
    if named or reader.has_fault("street"):
        return named
    code, how = _found_street(reader, streets, address, grid, point)
    if code is not None:
        if how:
            reader.note(how, reader.name_of(_SAYS_STREET.get(how, "street")))
        return code
    names = [name for name in (*reader.rule("street").names, reader.name_of("place.address")) if name]
    allowed = "a street's code or name, an address that names it, or a point in it"
    reader.fault("street_unknown", names[0] if names else "street", allowed)
    return None


def _named(reader: FieldReader, streets: Streets) -> str | None:
    """The code that stands in a field of the street, or that of the name there."""
    rule = reader.rule("street")
    for found in filter(None, (reader.first([name]) for name in rule.from_)):
        text = number_text(found.value)
        text = str(text) if isinstance(text, int) else text
        if not isinstance(text, str) or is_placeholder(text):
            continue
        reader.comes_from("street", found.name)
        if text.isascii() and any(map(str.isdigit, text)):
            begin = text[: rule.first]
            if not rule.first or streets.has(begin):
                return begin
            continue
        if code := streets.named(text):
            return code
        if names_a_street(text):
            reader.fault("not_allowed", found.name, "a street of rules/streets.yaml, or its code")
            return None
    return None


def _found_street(
    reader: FieldReader, streets: Streets, address: object, grid: object, point: _Point | None
) -> tuple[str | None, str]:
    """The street by what else says where."""
    if isinstance(grid, str) and grid.isdecimal() and len(grid) > _STREET_DIGITS:
        return street_of(grid), ""
    if isinstance(address, str) and (code := streets.in_address(address)):
        return code, "street_by_address"
    if point and point.lonlat and point.crs and (code := streets.at(*point.lonlat, point.crs)):
        return code, "street_by_point"
    if isinstance(address, str) and not is_placeholder(address) and (code := streets.located(address)):
        return code, "street_by_address"
    text = reader.value("text")
    if isinstance(text, str) and (code := streets.located(text)):
        return code, "street_by_text"
    default = reader.rule("street").default
    return (default, "street_default") if isinstance(default, str) and default else (None, "")


def _point(reader: FieldReader, *, is_needed: bool) -> _Point | None:
    """The point; None where there is none, or where it cannot be told where it lies and something else says where."""
    rule = reader.mapping.table.point
    if rule is None:
        return None
    written = _coordinates(reader, rule)
    if written is None or isinstance(written, _Point):
        return written
    x, y, names = written
    try:
        read = points.degrees(x, y)
    except BadMessage as why:
        reader.fault(why.code, names[0] if why.field == "lon" else names[-1], why.allowed)
        return None
    for note in read.notes:
        reader.note(note, names[0])
    crs = _crs(reader, rule, is_metres=read.is_metres)
    if crs is not None and not isinstance(
        crs, Crs
    ):  # a placeholder: the pipeline leaves the point out, and says so
        return _Point({"lon": read.lon, "lat": read.lat, "crs": crs})
    if crs is None and read.lon == 0 and read.lat == 0:
        reader.note("placeholder", names[0])
        return None
    if crs is None:
        field = rule.crs[0] if rule.crs else names[0]
        if is_needed:
            reader.fault("crs_unknown", field, f"an address, a grid, or the coordinate system: {_CRS_NAMES}")
        else:
            reader.note("crs_unknown", field, _CRS_NAMES)
        return _Point(None, (read.lon, read.lat), None, field)
    content: Place = {"lon": read.lon, "lat": read.lat, "crs": crs.value}
    accuracy = reader.first(rule.accuracy_m)
    if accuracy is not None:
        content["accuracy_m"] = number(accuracy.value)
    return _Point(content, (read.lon, read.lat), crs, names[0])


def _judge(reader: FieldReader, streets: Streets, address: object, point: _Point) -> None:
    """Notes which system an untagged point speaks for, and a tagged one that another system would bring where it belongs. Neither is
    changed: a person who knows the sender sets the mapping right."""
    if point.lonlat is None:
        return
    is_said = isinstance(address, str) and address and not is_placeholder(address)
    known = streets.place_of(str(address)) if is_said else None
    radius_m = known.radius_m if known else 0
    fitted = points.fits(
        *point.lonlat,
        lambda lon, lat, crs: streets.at(lon, lat, crs) is not None,
        known.lonlat if known else None,
    )
    what = ", ".join(fit.said for fit in fitted)
    if point.crs is None:
        best = points.plausible(fitted, radius_m)
        if best is not None:
            reader.note("crs_likely", point.field, what)
    elif points.is_doubtful(point.crs, fitted, radius_m):
        reader.note("crs_doubtful", point.field, what)


def _coordinates(
    reader: FieldReader, rule: PointRule
) -> tuple[object, object, Sequence[str]] | _Point | None:
    """Both coordinates as they were written, with their names."""
    lon, lat = reader.first(rule.lon), reader.first(rule.lat)
    if lon and lat:
        for one in (lon, lat):
            if isinstance(one.value, str) and is_placeholder(one.value) and number(one.value) != 0:
                return _Point(one.value)
        return lon.value, lat.value, (lon.name, lat.name)
    at = reader.first(rule.at)
    if at is not None:
        if isinstance(at.value, str) and is_placeholder(at.value):
            return _Point(at.value)
        try:
            return *points.both_in(at.value), (at.name,)
        except BadMessage as why:
            reader.fault(why.code, at.name, why.allowed)
            return None
    half = lon or lat
    if half is not None:
        reader.note("point_incomplete", half.name)
    return None


def _crs(reader: FieldReader, rule: PointRule, *, is_metres: bool) -> Crs | str | None:
    """The coordinate system by its field, else by the mapping; a placeholder as it was written; None where nobody knows it."""
    said = reader.first(rule.crs)
    if said is not None:
        if is_placeholder(said.value):
            return str(said.value)
        known = points.crs_named(said.value)
        if known is not None or not is_metres:
            return known
    return points.crs_of(rule.metres if is_metres else rule.is_)
