"""Parts of a record as senders write them, read into parts of a report: points, places, photos, people, times, closed lists.

What is wrong is refused by the sender's own name of the field. Nothing is guessed: a point without its coordinate system may be
several hundred metres off, so it is refused. A placeholder (无, "null", -) goes on into the report as it is: the pipeline leaves it
out, and notes that on the case.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from schemas.errors import BadMessage
from schemas.values.placeholders import is_no_text, is_no_time
from schemas.values.terms import Crs, EvidenceKind

Value = TypeVar("Value")
Record = Mapping[str, object]
Content = dict[str, object]

CRS_NAMES: Final = {
    "WGS84": Crs.WGS84,
    "CGCS2000": Crs.CGCS2000,
    "GCJ02": Crs.GCJ02,
    "BD09": Crs.BD09,
}
PHASES: Final = {
    "before": EvidenceKind.PHOTO_BEFORE,
    "after": EvidenceKind.PHOTO_AFTER,
    "": EvidenceKind.PHOTO,
}


def is_placeholder(value: object) -> bool:
    """Whether the sender wrote something for no value."""
    return isinstance(value, str) and is_no_text(value)


def point_under(record: Record, name: str, crs_name: str = "crs") -> object:
    """The point under `name`; None where there is none. `crs_name` is the sender's name of its coordinate system."""
    if is_placeholder(record.get(name)):
        return record[name]
    point = object_under(record, name)
    if not point:
        return None
    crs = point.get("crs")
    if crs is None:
        raise BadMessage("field_missing", f"{name}.{crs_name}", ", ".join(CRS_NAMES))
    lonlat = {"lon": point.get("lon"), "lat": point.get("lat"), "crs": crs}
    if not is_placeholder(crs):
        plain_crs = str(crs).upper().replace("-", "")
        if plain_crs not in CRS_NAMES:
            raise BadMessage("not_allowed", f"{name}.{crs_name}", ", ".join(CRS_NAMES))
        lonlat["crs"] = CRS_NAMES[plain_crs].value
    return without_none({**lonlat, "accuracy_m": point.get("acc_m")})


def place_of(address: object, grid: object, point: object) -> Content:
    """A place out of what the sender knows of it; empty where that is nothing."""
    return without_none({"address": address, "grid": plain(grid), "point": point})


def photos_under(record: Record, name: str, default_at: object) -> list[Content]:
    """Attached pictures; each needs its hash. A picture without its own time, or with none that is one, has that of the report."""
    photos = [] if is_placeholder(record.get(name)) else record.get(name) or []
    if not isinstance(photos, Sequence) or isinstance(photos, str):
        raise BadMessage("wrong_type", name, "a list")
    return [_photo(photo, f"{name}.{number}", default_at) for number, photo in enumerate(photos)]


def _photo(photo: object, name: str, default_at: object) -> Content:
    if not isinstance(photo, Mapping):
        raise BadMessage("wrong_type", name, "an object with sha256")
    phase = photo.get("phase", "")
    phase = "" if is_placeholder(phase) else phase
    if not isinstance(phase, str) or phase not in PHASES:
        raise BadMessage("not_allowed", f"{name}.phase", "before, after")
    kind = photo.get("kind", PHASES[phase].value)
    taken_at = photo.get("taken_at") or default_at
    taken_at = default_at if isinstance(taken_at, str) and is_no_time(taken_at) else taken_at
    item = {"sha256": photo.get("sha256"), "kind": kind, "taken_at": taken_at}
    return without_none({**item, "uri": photo.get("uri")})


def person_of(fields: Content) -> Content | None:
    """Who called; None where neither name nor phone is given."""
    person = without_none({name: value or None for name, value in fields.items()})
    return person if person.keys() & {"name", "phone"} else None


def moment_under(record: Record, name: str) -> object:
    """Milliseconds since 1970 as a time; anything else as it is."""
    value = record.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    try:
        return datetime.fromtimestamp(value / 1000, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        raise BadMessage("wrong_time", name, "milliseconds since 1970, or RFC 3339") from None


def object_under(record: Record, name: str) -> Record:
    """The object under `name`; empty where there is none."""
    value = record.get(name)
    if value is None or is_placeholder(value):
        return {}
    if not isinstance(value, Mapping):
        raise BadMessage("wrong_type", name, "an object")
    return value


def value_in(record: Record, name: str, table: Mapping[str, Value], default: Value) -> Value | str:
    """What the closed list `table` makes of the text under `name`; `default` where there is none, a placeholder as it is."""
    text = record.get(name)
    if text is None or text == "":
        return default
    if isinstance(text, str) and text not in table and is_placeholder(text):
        return text
    if not isinstance(text, str) or text not in table:
        raise BadMessage("not_allowed", name, ", ".join(table))
    return table[text]


def plain(value: object) -> object:
    """Full-width digits and letters as plain ones."""
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


def without_none(content: Content) -> Content:
    """Only the fields that have a value."""
    return {name: value for name, value in content.items() if value is not None}
