"""A report as a row of its source's own format: local times, the source's categories, places in words, words for nothing, 是 and 否.

    Call ──► 12345-order | 12345-export | 12345-community | 12319-record | 12319-push          Find ──► patrol
    Alarm ─► monitor | alarm-gb28181

A row says what that system would say and no more: no grid, our matter only where it has our codes, and a point as the system has it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log, pi, radians, tan
from random import Random
from typing import Final, NamedTuple

from pipeline.core.rules.grid import LonLat, from_wgs84
from pipeline.simulate.world.persons import Citizen
from pipeline.simulate.world.seeded_chance import photo_hash, weighted
from schemas.values.terms import Crs

Record = dict[str, object]


class WrittenRow(NamedTuple):
    """A record in the format of the mapping called `format`."""

    format: str
    record: Record


@dataclass(frozen=True, slots=True)
class Call:
    """What a hotline knows of a call.

    `said`: the caller's own words, the heart of `text`; `address`: empty where only the text says where it is, or nobody does; `filed`:
    major and minor class, in the platform's words; empty for what it has no class for. `passed_on`: the number that the same call has in
    the other hotline.
    """

    number: str
    at: datetime
    street: str
    street_zh: str
    text: str
    title: str
    address: str
    lonlat: LonLat
    who: Citizen | None
    urgency: str
    matter: str
    filed: str
    passed_on: str = ""


@dataclass(frozen=True, slots=True)
class Find:
    """What a grid member's app knows of a find. `phases`: of the photos, and when each was taken."""

    number: str
    at: datetime
    grid: str
    member: str
    matter: str
    text: str
    address: str
    lonlat: LonLat
    crs: Crs
    accuracy_m: float
    phases: tuple[tuple[str, datetime], ...]
    self_disposed: bool


@dataclass(frozen=True, slots=True)
class DeviceAlarm:
    """What a device knows of an alarm; `number` counts the alarms of the day."""

    device: str
    number: int
    at: datetime
    sent_at: datetime
    grid: str
    lonlat: LonLat
    matter: str
    algorithm: str
    text: str
    confidence: float
    dwell_s: int


def call_row(call: Call, kind: str, draw: Random) -> WrittenRow:
    """The call in the format `kind`, one of `HOTLINE_FORMATS`."""
    return WrittenRow(kind, _CALLS[kind](call, draw))


def find_row(find: Find) -> WrittenRow:
    """A grid member's find, with our own code, its grid and its point."""
    lon, lat = (round(degree, 6) for degree in from_wgs84(*find.lonlat, find.crs))
    photos = [
        {"sha256": photo_hash(find.number, phase), "taken_at": at.isoformat(), "phase": phase}
        for phase, at in find.phases
    ]
    record: Record = {
        "report_id": find.number,
        "member_id": find.member,
        "grid": find.grid,
        "matter": find.matter,
        "reported_at": find.at.isoformat(),
        "addr": find.address or None,
        "loc": {"lon": lon, "lat": lat, "crs": find.crs.value, "acc_m": find.accuracy_m},
        "desc": find.text,
        "photos": photos,
        "self_disposed": find.self_disposed,
    }
    return WrittenRow("patrol", record)


def alarm_row(alarm: DeviceAlarm) -> WrittenRow:
    """An alarm of the analysis platform, or a plain one of GB/T 28181: a device speaks one of the two."""
    plain = int(alarm.device[-1]) % PLAIN_DEVICE_EVERY == 0
    return (
        WrittenRow("alarm-gb28181", _plain_alarm(alarm)) if plain else WrittenRow("monitor", _analysed(alarm))
    )


def amended(row: WrittenRow) -> WrittenRow:
    """The same order again, with more in it."""
    field = _TEXTS[row.format]
    return row._replace(record={**row.record, field: f"{row.record[field]}(补充:请尽快处理)"})


def _order(call: Call, draw: Random) -> Record:
    who = call.who
    point = call.address and draw.random() < 0.5
    lon, lat = from_wgs84(*call.lonlat, Crs.GCJ02)
    named = weighted(draw, ("name", "code", "office"), (0.5, 0.3, 0.2))
    return {
        "orderNum": call.number,
        "callerName": who.name if who else draw.choice(("不愿透露", "", "匿名")),
        "callerSex": draw.choice(("男", "女", "")),
        "callerPhone": (who.phone if who else None) or draw.choice(("", "无", "市民未提供")),
        "callerContact": "",
        "callTime": _local(call.at),
        "sourceType": draw.choice(("电话", "电话", "电话", "微信", "APP", "网站")),
        "callerType": "个人",
        "pilotLight": {"normal": "绿灯", "urgent": "黄灯", "critical": "红灯"}[call.urgency],
        "handleModelType": "2",
        "questionCode": "",
        "questionName": _hotline_category(call, draw),
        "isSecret": "是" if who and who.secret else "否",
        "address": call.address or draw.choice(("", "市民未提供", "不详")),
        "addressPoints": f"{lon:.6f},{lat:.6f}" if point else draw.choice(("", "0,0")),
        "organizationCode": call.street if named == "code" else "",
        "organizationName": f"{call.street_zh}办事处"
        if named == "office"
        else call.street_zh
        if named == "name"
        else "",
        "title": call.title,
        "majorContent": call.text,
        "timeUnit": "工作日",
        "handleDays": 5,
        "deadlineDate": _local(call.at + timedelta(days=7)),
        "isVisit": "是" if who and draw.random() < 0.9 else "否",
        "isOldCaller": "否",
        "oldOrderNum": "",
        "isSupervise": "否",
        "attachmentList": _pictures(call, draw),
    }


def _export(call: Call, draw: Random) -> Record:
    who, at = call.who, call.at
    last = call.filed.rpartition("->")[2]
    shown = last if last in _EXPORTED else draw.choice(("市容环境", "其他", "综合管理"))
    return {
        "工单编号": call.number,
        "工单类型": "诉求",
        "问题分类": f"城乡环境->{_MAJOR[call.matter[:2]]}->{shown}" if call.filed else "",
        "标签": "",
        "标题": call.title,
        "主要内容": call.text,
        "工单状态": "办理中",
        "来电人": who.name if who else "匿名",
        "来电人电话/账号": (who.phone if who else None) or "-",
        "被反映区": "万柏林区",
        "被反映街乡镇": call.street_zh,
        "村/社区": "",
        "来电时间": f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}",
        "办理结果": "",
        "回复内容": "",
        "办结时间": "",
        "是否解决": "",
        "是否满意": "",
        "工单性质": draw.choice(("主办", "转办", "协办")),
    }


def _community(call: Call, draw: Random) -> Record:
    who = call.who
    return {
        "orderNo": call.number,
        "acceptTime": f"{call.at:%Y-%m-%d %H:%M:%S}",
        "acceptChannel": draw.choice(("热线电话", "网络", "微信")),
        "appealLevel": {"normal": "一般", "urgent": "紧急", "critical": "特急"}[call.urgency],
        "businessType": "投诉" if call.filed else draw.choice(("咨询", "求助", "其他")),
        "appealCategory": _hotline_category(call, draw),
        "appealTitle": call.title,
        "appealContent": call.text,
        "handleLimit": "5个工作日",
        "feedbackContent": "",
        "yangyanContent": "",
        "appealerName": who.name if who else "",
        "contactPhone": (who.phone if who else None) or "",
        "idCardNo": "",
        "incidentAddressDetail": call.address or "-",
        "streetName": call.street_zh,
    }


def _platform(call: Call, draw: Random) -> Record:
    lon, lat = from_wgs84(*call.lonlat, Crs.GCJ02)
    major, _, minor = call.filed.partition("->")
    point = call.address and draw.random() < 0.6
    return {
        "rec_id": call.number[-9:],
        "task_num": call.number,
        "create_time": _local(call.at),
        "event_src_id": "1",
        "event_src_name": "12345热线案件" if call.passed_on else "公众举报",
        "event_desc": call.text,
        "address": call.address or "null",
        "rec_type": "1",
        "event_type": "部件" if major == "部件" else "事件",
        "main_type": major or "其他",
        "sub_type": minor or "其他",
        "event_type_code": "",
        "part_code": "null",
        "district": call.street[:6],
        "street": call.street_zh,
        "community": "null",
        "cell": "",
        "duty_grid": "",
        "coordinate_x": f"{lon:.6f}" if point else 0.0,
        "coordinate_y": f"{lat:.6f}" if point else 0.0,
        "new_inst_cond": "",
        "archive_cond": "",
        "patrol_deal_flag": "0",
        "is_phone_reply": "1" if call.who else "0",
        "dispose_deadline": _local(call.at + timedelta(hours=_HOURS[call.urgency])),
    }


def _pushed(call: Call, draw: Random) -> Record:
    x, y = (
        _mercator(*from_wgs84(*call.lonlat, Crs.GCJ02))
        if call.address and draw.random() < 0.6
        else (0.0, 0.0)
    )
    major, _, minor = call.filed.partition("->")
    at = _milliseconds(call.at)
    return {
        "act_id": call.number[-9:],
        "act_deadline_time": at + _HOURS[call.urgency] * 3_600_000,
        "create_time": at,
        "task_num": call.number,
        "sub_type_id": "null",
        "main_type_name": major or "null",
        "sub_type_name": minor or "null",
        "event_src_name": "12345热线案件" if call.passed_on else "公众举报",
        "event_desc": call.text,
        "address": call.address or "null",
        "coordinate_x": x,
        "coordinate_y": y,
        "other_task_num": call.passed_on or "null",
        "act_remain_char": f"{_HOURS[call.urgency]}小时",
        "street_name": call.street_zh,
    }


def _analysed(alarm: DeviceAlarm) -> Record:
    lon, lat = alarm.lonlat
    number = f"{alarm.device}-{alarm.at:%Y%m%d}-{alarm.number:05d}"
    return {
        "alarm_id": number,
        "device_id": alarm.device,
        "channel": 1,
        "algo": f"{alarm.algorithm}/2.3",
        "kind": alarm.matter,
        "confidence": alarm.confidence,
        "occurred_at": _milliseconds(alarm.at),
        "reported_at": _milliseconds(alarm.sent_at),
        "dwell_s": alarm.dwell_s,
        "grid_code": alarm.grid,
        "loc": {"lon": lon, "lat": lat, "crs": "WGS84"},
        "snapshot": {
            "uri": f"s3://snapshots/{alarm.device}/{alarm.at:%Y%m%d%H%M%S}.jpg",
            "sha256": photo_hash(number),
        },
        "desc": alarm.text,
        "bbox": [412, 260, 230, 310],
        "legal_review": None,
    }


def _plain_alarm(alarm: DeviceAlarm) -> Record:
    lon, lat = alarm.lonlat
    return {
        "CmdType": "Alarm",
        "SN": str(alarm.number),
        "DeviceID": alarm.device,
        "AlarmPriority": "3",
        "AlarmMethod": "5",
        "AlarmTime": f"{alarm.at:%Y-%m-%dT%H:%M:%S}",
        "AlarmDescription": alarm.text,
        "Longitude": f"{lon:.5f}",
        "Latitude": f"{lat:.5f}",
        "Info": {"AlarmType": "2"},
    }


def _hotline_category(call: Call, draw: Random) -> str:
    """As a clerk picks it from the hotline's own list: mostly the coarse one, sometimes none."""
    if not call.filed:
        return draw.choice(("", "其他", "咨询建议->其他"))
    coarse = f"城乡环境->{_MAJOR[call.matter[:2]]}"
    return weighted(draw, (coarse, f"{coarse}->{call.filed.rpartition('->')[2]}", ""), (0.5, 0.3, 0.2))


def _pictures(call: Call, draw: Random) -> list[Record]:
    """Addresses of pictures, without a hash."""
    if draw.random() >= 0.2:
        return []
    name = f"{call.number}-1.jpg"
    return [{"url": f"https://files.example/gd/{name}", "fileName": name}]


def _local(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    """Metres as maps in a browser have them."""
    return round(EARTH_M * radians(lon), 1), round(EARTH_M * log(tan(pi / 4 + radians(lat) / 2)), 1)


EARTH_M: Final = 6_378_137.0
PLAIN_DEVICE_EVERY: Final = 3
"""Of the devices every third speaks GB/T 28181 only: its alarms say no matter and no confidence."""

HOTLINE_FORMATS: Final[Mapping[str, Mapping[str, float]]] = {
    "12345": {"12345-order": 0.6, "12345-export": 0.22, "12345-community": 0.18},
    "12319": {"12319-record": 0.6, "12319-push": 0.4},
}
"""In what a hotline's reports come, and how often."""

WITH_ADDRESS: Final = frozenset({"12345-order", "12345-community", "12319-record", "12319-push"})
"""Formats with a field for the address; in the others only the text says where."""

_CALLS: Final[Mapping[str, Callable[[Call, Random], Record]]] = {
    "12345-order": _order,
    "12345-export": _export,
    "12345-community": _community,
    "12319-record": _platform,
    "12319-push": _pushed,
}
_TEXTS: Final = {
    "12345-order": "majorContent",
    "12345-export": "主要内容",
    "12345-community": "appealContent",
    "12319-record": "event_desc",
    "12319-push": "event_desc",
    "patrol": "desc",
}
_HOURS: Final = {"normal": 72, "urgent": 24, "critical": 4}
"""Within so many hours that platform wants it handled."""
_MAJOR: Final = {
    "SR": "市容环卫", "WJ": "违法建设", "SZ": "市政设施", "YL": "园林绿化", "HB": "环境污染", "SC": "市场经营", "WY": "物业管理",
    "SW": "水务", "XF": "公共安全", "YQ": "养犬管理", "JT": "停车管理",
}  # fmt: skip
_EXPORTED: Final = frozenset({"占道经营", "店外经营", "露天烧烤", "暴露垃圾"})
"""Minor classes of the exported table that it has for these."""
