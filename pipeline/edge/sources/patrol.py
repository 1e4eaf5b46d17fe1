"""Finds of grid patrols (网格巡查)."""

from typing import Final

from pipeline.edge.sources.own_format import OwnFormat
from pipeline.edge.sources.record_fields import Content, Record, photos_under, place_of, plain, point_under
from schemas.values.text import street_of


def read(record: Record) -> Content:
    """A find as a report. Its street is that of its grid."""
    grid = plain(record.get("grid"))
    return {
        "source_no": plain(record.get("report_id")),
        "street": street_of(grid) if isinstance(grid, str) else grid,
        "matter": record.get("matter"),
        "reported_at": record.get("reported_at"),
        "place": place_of(record.get("addr"), grid, point_under(record, "loc")),
        "text": record.get("desc", ""),
        "reporter": record.get("member_id"),
        "self_disposed": record.get("self_disposed", False),
        "evidence": photos_under(record, "photos", record.get("reported_at")),
    }


FORMAT: Final = OwnFormat(
    number="report_id",
    read=read,
    names={
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
)
