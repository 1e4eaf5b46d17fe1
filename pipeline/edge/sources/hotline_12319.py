"""The 12319 city-management hotline's events (案件), in Chinese field names."""

from typing import Final

from pipeline.edge.sources.own_format import OwnFormat
from pipeline.edge.sources.record_fields import (
    Content,
    Record,
    object_under,
    person_of,
    photos_under,
    place_of,
    plain,
    point_under,
    value_in,
)

YES_NO: Final = {"是": True, "否": False}


def read(record: Record) -> Content:
    """An event as a report."""
    point = object_under(record, "坐标")
    renamed = {
        "坐标": {"lon": point.get("经度"), "lat": point.get("纬度"), "crs": point.get("坐标系")}
        if point
        else None
    }
    return {
        "source_no": plain(record.get("案件编号")),
        "street": plain(record.get("街道")),
        "matter": record.get("事项"),
        "reported_at": record.get("受理时间"),
        "place": place_of(record.get("地址"), record.get("网格"), point_under(renamed, "坐标", "坐标系")),
        "text": record.get("描述", ""),
        "reporter": record.get("受理员"),
        "caller": person_of({"name": record.get("联系人"), "phone": plain(record.get("电话"))}),
        "call_back": value_in(record, "是否回复", YES_NO, default=True),
        "evidence": photos_under(record, "附件", record.get("受理时间")),
    }


FORMAT: Final = OwnFormat(
    number="案件编号",
    read=read,
    names={
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
)
