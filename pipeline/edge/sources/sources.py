"""The four sources' own JSON formats, as reports. What is wrong is said in the sender's own field names.

Fields that nobody needs downstream are passed over. Nothing is guessed: without its coordinate system a point is refused,
because it may be several hundred metres off.
"""

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from schemas.errors import BadMessage
from schemas.values.terms import Crs, EvidenceKind, Source, Urgency
from schemas.values.text import street_of
from schemas.wire import codecs

Value = TypeVar("Value")
Record = Mapping[str, object]
Content = dict[str, object]

CRS_NAMES: Final = {
    "WGS84": Crs.WGS84,
    "CGCS2000": Crs.CGCS2000,
    "GCJ02": Crs.GCJ02,
    "BD09": Crs.BD09,
}
URGENCIES: Final = {"一般": Urgency.NORMAL, "紧急": Urgency.URGENT, "特急": Urgency.CRITICAL}
CALL_BACKS: Final = {
    "phone": True,
    "sms": True,
    "none": False,
    "电话": True,
    "短信": True,
    "不回访": False,
}
YES_NO: Final = {"是": True, "否": False}
PHASES: Final = {
    "before": EvidenceKind.PHOTO_BEFORE,
    "after": EvidenceKind.PHOTO_AFTER,
    "": EvidenceKind.PHOTO,
}


def adapt(source: Source, record: object) -> Content:
    """`record` of `source` as the content of a Report: from the source's own format, or a Report as it is.

    Raises:
        BadMessage: neither, or a field of the source's own format is wrong; `field` is the sender's name of it. A Report
            is left to the pipeline to judge, but for a `source` that is another one.
    """
    if not isinstance(record, Mapping):
        raise BadMessage("wrong_type", "", "a JSON object")
    if "source_no" in record:
        return _as_is(source, record)
    own = FORMATS[source]
    if own.number not in record:
        raise BadMessage("field_missing", own.number, f"{own.number}, or source_no of a report")
    content = {"source": source.value, **own.read(record)}
    content = {name: value for name, value in content.items() if value is not None}
    _check(own, content)
    return content


def _as_is(source: Source, record: Record) -> Content:
    if record.get("source", source.value) != source.value:
        raise BadMessage("wrong_source", "source", source.value)
    return {"source": source.value, **record}


def _hotline(record: Record) -> Content:
    """A 12345 work order (工单)."""
    citizen = _object(record, "citizen")
    anonymous = citizen.get("anonymous") is True
    caller = {
        "name": citizen.get("name"),
        "phone": _plain(citizen.get("phone")),
        "secret": citizen.get("secret", False),
    }
    call_back = _one_of(record, "callback", CALL_BACKS, default=True)
    return {
        "source_no": _plain(record.get("order_no")),
        "street": _plain(record.get("region")),
        "matter": record.get("cat"),
        "reported_at": record.get("accepted_at"),
        "occurred_at": record.get("occurred_at"),
        "place": _place(record.get("addr"), record.get("grid"), _point(record, "loc")),
        "text": _told(record.get("title"), record.get("content")),
        "urgency": _one_of(record, "urgency", URGENCIES, default=Urgency.NORMAL),
        "caller": None if anonymous else _person(caller),
        "call_back": call_back and not anonymous,
        "evidence": _photos(record, "attachments", record.get("accepted_at")),
    }


def _city_hotline(record: Record) -> Content:
    """A 12319 event (案件)."""
    point = _object(record, "坐标")
    renamed = {
        "坐标": {"lon": point.get("经度"), "lat": point.get("纬度"), "crs": point.get("坐标系")}
        if point
        else None
    }
    return {
        "source_no": _plain(record.get("案件编号")),
        "street": _plain(record.get("街道")),
        "matter": record.get("事项"),
        "reported_at": record.get("受理时间"),
        "place": _place(record.get("地址"), record.get("网格"), _point(renamed, "坐标", "坐标系")),
        "text": record.get("描述", ""),
        "reporter": record.get("受理员"),
        "caller": _person({"name": record.get("联系人"), "phone": _plain(record.get("电话"))}),
        "call_back": _one_of(record, "是否回复", YES_NO, default=True),
        "evidence": _photos(record, "附件", record.get("受理时间")),
    }


def _patrol(record: Record) -> Content:
    """A find of a grid patrol (网格巡查)."""
    grid = _plain(record.get("grid"))
    return {
        "source_no": _plain(record.get("report_id")),
        "street": street_of(grid) if isinstance(grid, str) else grid,
        "matter": record.get("matter"),
        "reported_at": record.get("reported_at"),
        "place": _place(record.get("addr"), grid, _point(record, "loc")),
        "text": record.get("desc", ""),
        "reporter": record.get("member_id"),
        "self_disposed": record.get("self_disposed", False),
        "evidence": _photos(record, "photos", record.get("reported_at")),
    }


def _monitor(record: Record) -> Content:
    """An alarm of electronic monitoring (电子监控)."""
    grid, device = _plain(record.get("grid_code")), _plain(record.get("device_id"))
    algorithm, at = record.get("algo"), _moment(record, "occurred_at")
    street = record.get("street") or (grid if isinstance(grid, str) else device)
    place = _place(record.get("addr"), grid, _point(record, "loc"))
    if not place:
        raise BadMessage("field_missing", "grid_code", "grid_code, addr, or loc with its crs")
    snapshot = _object(record, "snapshot")
    photo = {"sha256": snapshot.get("sha256"), "uri": snapshot.get("uri"), "kind": "photo", "taken_at": at}
    return {
        "source_no": _plain(record.get("alarm_id")),
        "street": street_of(street) if isinstance(street, str) else street,
        "matter": record.get("kind"),
        "reported_at": record.get("reported_at", at),
        "occurred_at": at,
        "place": place,
        "text": record.get("desc", ""),
        "alarm": _without_none(
            {
                "device": device,
                "algorithm": algorithm.replace("/", "-") if isinstance(algorithm, str) else algorithm,
                "confidence": record.get("confidence"),
                "dwell_s": record.get("dwell_s"),
            }
        ),
        "evidence": [_without_none({**photo, "device": device})] if snapshot else [],
    }


@dataclass(frozen=True)
class Format:
    """A source's own format: its numbering field, how it is read, and its names of a report's fields."""

    number: str
    read: Callable[[Record], Content]
    names: Mapping[str, str]


FORMATS: Final[Mapping[Source, Format]] = {
    Source.HOTLINE_12345: Format(
        "order_no",
        _hotline,
        {
            "source_no": "order_no",
            "street": "region",
            "matter": "cat",
            "reported_at": "accepted_at",
            "place.address": "addr",
            "place.grid": "grid",
            "place.point": "loc",
            "text": "content",
            "caller": "citizen",
            "evidence": "attachments",
        },
    ),
    Source.HOTLINE_12319: Format(
        "案件编号",
        _city_hotline,
        {
            "source_no": "案件编号",
            "street": "街道",
            "matter": "事项",
            "reported_at": "受理时间",
            "place.address": "地址",
            "place.grid": "网格",
            "place.point.lon": "坐标.经度",
            "place.point.lat": "坐标.纬度",
            "place.point": "坐标",
            "text": "描述",
            "reporter": "受理员",
            "caller.name": "联系人",
            "caller.phone": "电话",
            "evidence": "附件",
        },
    ),
    Source.PATROL: Format(
        "report_id",
        _patrol,
        {
            "source_no": "report_id",
            "street": "grid",
            "place.address": "addr",
            "place.grid": "grid",
            "place.point.accuracy_m": "loc.acc_m",
            "place.point": "loc",
            "text": "desc",
            "reporter": "member_id",
            "evidence": "photos",
        },
    ),
    Source.MONITOR: Format(
        "alarm_id",
        _monitor,
        {
            "source_no": "alarm_id",
            "matter": "kind",
            "reported_at": "occurred_at",
            "place.address": "addr",
            "place.grid": "grid_code",
            "place.point": "loc",
            "text": "desc",
            "alarm.device": "device_id",
            "alarm.algorithm": "algo",
            "alarm": "",
            "evidence.0": "snapshot",
        },
    ),
}


def _check(own: Format, content: Content) -> None:
    """The contract's own word on the result, in the sender's names."""
    try:
        codecs.REPORT.decode_strictly(json.dumps(content, ensure_ascii=False).encode())
    except BadMessage as why:
        raise BadMessage(why.code, _renamed(own, why.field), why.allowed) from None
    except (TypeError, ValueError) as error:
        raise BadMessage("broken_json", "", str(error)) from None


def _renamed(own: Format, field: str) -> str:
    for ours in sorted(own.names, key=len, reverse=True):
        if field == ours or field.startswith(f"{ours}."):
            return f"{own.names[ours]}{field[len(ours) :]}".lstrip(".")
    return field


def _point(record: Record, name: str, crs_name: str = "crs") -> Content | None:
    """The point under `name`; its coordinate system must be named."""
    found = _object(record, name)
    if not found:
        return None
    said = found.get("crs")
    if said is None:
        raise BadMessage("field_missing", f"{name}.{crs_name}", ", ".join(CRS_NAMES))
    plain = str(said).upper().replace("-", "")
    if plain not in CRS_NAMES:
        raise BadMessage("not_allowed", f"{name}.{crs_name}", ", ".join(CRS_NAMES))
    point = {"lon": found.get("lon"), "lat": found.get("lat"), "crs": CRS_NAMES[plain].value}
    return _without_none({**point, "accuracy_m": found.get("acc_m")})


def _place(address: object, grid: object, point: Content | None) -> Content:
    return _without_none({"address": address, "grid": _plain(grid), "point": point})


def _photos(record: Record, name: str, default_at: object) -> list[Content]:
    """Attached pictures; each needs its hash. A picture without its own time has that of the report."""
    found = record.get(name) or []
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise BadMessage("wrong_type", name, "a list")
    return [_photo(one, f"{name}.{number}", default_at) for number, one in enumerate(found)]


def _photo(one: object, name: str, default_at: object) -> Content:
    if not isinstance(one, Mapping):
        raise BadMessage("wrong_type", name, "an object with sha256")
    phase = one.get("phase", "")
    if not isinstance(phase, str) or phase not in PHASES:
        raise BadMessage("not_allowed", f"{name}.phase", "before, after")
    kind = one.get("kind", PHASES[phase].value)
    photo = {"sha256": one.get("sha256"), "kind": kind, "taken_at": one.get("taken_at", default_at)}
    return _without_none({**photo, "uri": one.get("uri")})


def _person(said: Content) -> Content | None:
    known = _without_none({name: value or None for name, value in said.items()})
    return known if known.keys() & {"name", "phone"} else None


def _told(title: object, content: object) -> object:
    """The title says something of its own only where the content does not say it again."""
    if not isinstance(title, str) or not isinstance(content, str):
        return content if content is not None else title
    return content if title in content else f"{title}。{content}" if content else title


def _moment(record: Record, name: str) -> object:
    """Milliseconds since 1970 as a time; anything else as it is."""
    said = record.get(name)
    if not isinstance(said, int) or isinstance(said, bool):
        return said
    try:
        return datetime.fromtimestamp(said / 1000, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        raise BadMessage("wrong_time", name, "milliseconds since 1970, or RFC 3339") from None


def _object(record: Record, name: str) -> Record:
    found = record.get(name)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise BadMessage("wrong_type", name, "an object")
    return found


def _one_of(record: Record, name: str, table: Mapping[str, Value], default: Value) -> Value:
    said = record.get(name)
    if said is None:
        return default
    if not isinstance(said, str) or said not in table:
        raise BadMessage("not_allowed", name, ", ".join(table))
    return table[said]


def _plain(value: object) -> object:
    """Full-width digits and letters as plain ones."""
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


def _without_none(content: Content) -> Content:
    return {name: value for name, value in content.items() if value is not None}
