"""Alarms of electronic monitoring (电子监控)."""

from typing import Final

from pipeline.edge.sources.own_format import OwnFormat
from pipeline.edge.sources.record_fields import (
    Content,
    Record,
    moment_under,
    object_under,
    place_of,
    plain,
    point_under,
    without_none,
)
from schemas.errors import BadMessage
from schemas.values.text import street_of


def read(record: Record) -> Content:
    """An alarm as a report. Its street is that of its grid, else that of the device."""
    grid, device = plain(record.get("grid_code")), plain(record.get("device_id"))
    algorithm, at = record.get("algo"), moment_under(record, "occurred_at")
    street = record.get("street") or (grid if isinstance(grid, str) else device)
    place = place_of(record.get("addr"), grid, point_under(record, "loc"))
    if not place:
        raise BadMessage("field_missing", "grid_code", "grid_code, addr, or loc with its crs")
    snapshot = object_under(record, "snapshot")
    photo = {"sha256": snapshot.get("sha256"), "uri": snapshot.get("uri"), "kind": "photo", "taken_at": at}
    return {
        "source_no": plain(record.get("alarm_id")),
        "street": street_of(street) if isinstance(street, str) else street,
        "matter": record.get("kind"),
        "reported_at": record.get("reported_at", at),
        "occurred_at": at,
        "place": place,
        "text": record.get("desc", ""),
        "alarm": without_none(
            {
                "device": device,
                "algorithm": algorithm.replace("/", "-") if isinstance(algorithm, str) else algorithm,
                "confidence": record.get("confidence"),
                "dwell_s": record.get("dwell_s"),
            }
        ),
        "evidence": [without_none({**photo, "device": device})] if snapshot else [],
    }


FORMAT: Final = OwnFormat(
    number="alarm_id",
    read=read,
    names={
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
)
