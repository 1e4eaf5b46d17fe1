"""Reports as anybody may have them: our contract, or an object with a text and what else is known, under the usual names.

Nothing is required but a text, an address, a point or a device: these reports are only held against one another. A time or a point
that cannot be read is left out, and said.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from pipeline.core.rules.grid import LonLat, is_no_point, to_wgs84
from pipeline.edge.sources.mapping import plain_name
from pipeline.edge.sources.points import both_in, crs_named, degrees
from pipeline.edge.sources.values import is_nothing, is_placeholder, moment, number_text, plain
from schemas.errors import BadMessage

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "report_id", "no", "order_no", "orderno", "source_no", "number", "编号", "工单编号", "序号"),
    "title": ("title", "标题"),
    "text": ("text", "content", "description", "desc", "event_desc", "majorcontent", "body", "内容", "主要内容", "描述", "诉求内容"),
    "address": ("address", "addr", "location_text", "地址", "事发地址", "地点", "位置"),
    "grid": ("grid", "grid_code", "duty_grid", "网格"),
    "matter": ("matter", "matter_code", "code"),
    "category": ("category", "type", "kind", "类别", "事项", "问题分类"),
    "at": ("reported_at", "time", "at", "created_at", "create_time", "calltime", "datetime", "timestamp", "date", "occurred_at", "时间"),
    "caller": ("phone_token", "caller_token", "token", "caller", "phone", "phone_no", "callerphone", "tel", "电话", "来电号码"),
    "plate": ("plate", "plate_no", "license_plate", "车牌", "车牌号"),
    "device": ("device", "device_id", "deviceid", "camera", "设备", "设备编号"),
    "point": ("point", "location", "coordinates", "coord", "lonlat", "坐标"),
    "lon": ("lon", "lng", "longitude", "x", "coordinate_x", "经度"),
    "lat": ("lat", "latitude", "y", "coordinate_y", "纬度"),
    "crs": ("crs", "coord_type", "coordinate_system", "坐标系"),
}  # fmt: skip
"""The names under which each is looked for, the first that holds something."""
_UNKNOWN_CRS: Final = "?"
_PLACES: Final = ("place", "location", "position", "where")
_INNER: Final = (*_PLACES, "point", "alarm")
"""Fields that may hold others."""
_LAST_OF_LATIN: Final = "\u024f"
_SAYS_SOMETHING: Final = ("text", "title", "address", "point", "device", "plate")


class LooseReport(NamedTuple):
    """A report as far as it says something. `crs` is empty for WGS84, else the system that nobody knows."""

    id: str | int
    text: str
    address: str
    lonlat: LonLat | None
    crs: str
    grid: str | None
    matter: str
    category: str
    at: datetime | None
    caller: str
    plate: str
    device: str | None
    self_disposed: bool
    """Its patrol dealt with it on the spot: a later report is of another thing."""
    ignored: tuple[str, ...]
    """What could not be read of it."""


def loose_report(record: object, number: int, zone: tzinfo) -> LooseReport:
    """The report in a row; without an id it is called by its source's number, or by that of the row.

    Raises:
        BadMessage: what is wrong with it.
    """
    if isinstance(record, BadMessage):
        raise record
    if not isinstance(record, Mapping):
        raise BadMessage("wrong_type", "", "a JSON object")
    fields = _flat(record)
    values = {name: _first(fields, names) for name, names in NAMES.items()}
    lonlat, crs, ignored = None, "", []
    try:
        lonlat, crs = _point(values)
    except BadMessage:
        ignored.append("point")
    at = None
    try:
        at = _moment(values["at"], zone)
    except BadMessage:
        ignored.append("reported_at")
    texts = {name: _text(values[name], name) for name in ("title", "text", "address", "category", "plate")}
    device = _text(values["device"], "device") or None
    if not any(texts.values()) and lonlat is None and device is None:
        raise BadMessage("field_missing", "text", "a text, an address, a point or a device")
    title, text = texts["title"], texts["text"]
    return LooseReport(
        id=_id(fields, values, number),
        text=text if title in text else f"{title}。{text}",
        address="" if is_placeholder(texts["address"]) else texts["address"],
        lonlat=lonlat,
        crs=crs,
        grid=_text(values["grid"], "grid") or None,
        matter=_text(values["matter"], "matter"),
        category=texts["category"],
        at=at,
        caller=_caller(values["caller"]),
        plate=texts["plate"],
        device=device,
        self_disposed=fields.get("self_disposed") is True,
        ignored=tuple(ignored),
    )


def says_something(record: Mapping[object, object] | Mapping[str, object]) -> bool:
    """Whether an object may be a report: it has a field of which one could tell."""
    names = {plain_name(name) for name in record if isinstance(name, str)}
    return any(plain_name(name) in names for field in _SAYS_SOMETHING for name in NAMES[field])


def _flat(record: Mapping[object, object]) -> dict[str, object]:
    """The fields by their plain names, those of a place and of an alarm among them."""
    fields = {plain_name(name): value for name, value in record.items() if isinstance(name, str)}
    for inner in _INNER:
        within = fields.get(inner)
        if isinstance(within, Mapping):
            for name, value in within.items():
                fields.setdefault(plain_name(str(name)), value)
        elif isinstance(within, str) and inner in _PLACES and not _is_numbers(within):
            fields.setdefault("address", within)
    return fields


def _first(fields: Mapping[str, object], names: tuple[str, ...]) -> object:
    for name in names:
        value = fields.get(plain_name(name))
        if not is_nothing(value):
            return value
    return None


def _text(value: object, name: str) -> str:
    if value is None or is_placeholder(value):
        return ""
    value = number_text(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if not isinstance(value, str):
        raise BadMessage("wrong_type", name, "a text")
    return value


def _id(fields: Mapping[str, object], values: Mapping[str, object], number: int) -> str | int:
    name = values["id"]
    if isinstance(name, bool) or not isinstance(name, str | int):
        if name is not None:
            raise BadMessage("wrong_type", "id", "a text or a whole number")
        return number
    source = fields.get("source")
    if "id" not in fields and isinstance(source, str) and "source_no" in fields:
        return f"{source}/{name}"
    return name


def _point(values: Mapping[str, object]) -> tuple[LonLat | None, str]:
    x, y = values["lon"], values["lat"]
    if x is None or y is None:
        x, y = _coordinates(values["point"])
    if x is None or y is None or is_placeholder(x) or is_placeholder(y):
        return None, ""
    found = degrees(x, y)
    if is_no_point(found.lon, found.lat):
        return None, ""
    crs = crs_named(values["crs"]) if values["crs"] is not None else None
    if crs is None:
        return (found.lon, found.lat), _UNKNOWN_CRS
    return to_wgs84(found.lon, found.lat, crs), ""


def _coordinates(point: object) -> tuple[object, object]:
    """Both numbers of a point written in one field; none where that holds a place in words."""
    if isinstance(point, Mapping):
        point = point.get("coordinates")
    if point is None or (isinstance(point, str) and not _is_numbers(point)):
        return None, None
    return both_in(point)


def _is_numbers(text: str) -> bool:
    return any(map(str.isdigit, text)) and not any(letter > _LAST_OF_LATIN for letter in str(plain(text)))


def _moment(value: object, zone: tzinfo) -> datetime | None:
    if value is None or is_placeholder(value):
        return None
    written = moment(value, zone, None).value
    at = datetime.fromisoformat(written) if isinstance(written, str) else None
    return at.replace(tzinfo=zone) if at is not None and at.tzinfo is None else at


def _caller(value: object) -> str:
    """What tells a caller from others: a token, else the digits of the phone."""
    if isinstance(value, Mapping):
        value = value.get("token") or value.get("phone")
    if value is None or is_placeholder(value):
        return ""
    text = str(number_text(value))
    digits = "".join(filter(str.isdigit, text))
    return digits[-11:] if len(digits) >= _PHONE_DIGITS and not any(map(str.isalpha, text)) else text


_PHONE_DIGITS: Final = 7
