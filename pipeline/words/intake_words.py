"""What becomes of a report's fields at intake, in words: which were left out and why, and what an update added."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from pipeline.words.field_words import label, moment
from pipeline.words.language import Both, Lang, both
from schemas.values.hotline_order import DeadlineOwner, HotlineOrder, OrderKind
from schemas.values.left_out import LeftOut
from schemas.values.terms import LeftOutReason
from schemas.values.update_terms import ReportMark, UpdateCode, UpdatePart

LEFT_OUT_REASONS: Final[Mapping[LeftOutReason, Both]] = {
    LeftOutReason.PLACEHOLDER: both("占位内容", "a placeholder"),
    LeftOutReason.OUTSIDE_STREET: both("远在辖区之外", "far outside the street"),
    LeftOutReason.UNHASHED: both("只有网址，没有哈希，请补交", "an address without a hash: hand it in again"),
    LeftOutReason.UNREADABLE: both("无法识别", "cannot be read"),
    LeftOutReason.IMPLAUSIBLE: both("早于来电或过远", "before the call, or too far from it"),
}
MARKS: Final[Mapping[ReportMark, Both]] = {
    ReportMark.URGED: both("催办", "urged"),
    ReportMark.CHANGED: both("变更", "changed"),
    ReportMark.WITHDRAWN: both("撤销", "withdrawn"),
}
UPDATES: Final[Mapping[UpdateCode, Both]] = {
    UpdateCode.UPDATED: both("已并入原案", "added to its case"),
    UpdateCode.URGED: both("催办已记录", "the urging is counted"),
    UpdateCode.NOTHING_NEW: both("无新内容", "nothing new"),
    UpdateCode.CHANGE_OFFERED: both("变更待审核", "a change, to be decided"),
    UpdateCode.CHANGE_NOTED: both("变更已告知", "a change that cannot be granted: noted"),
    UpdateCode.WITHDRAWAL_FILED: both("撤销待审核", "a withdrawal, to be decided"),
    UpdateCode.WITHDRAWAL_NOTED: both("撤销已告知", "a withdrawal that ends nothing: noted"),
    UpdateCode.UPDATED_AFTER_END: both("办结后补充", "said after the end"),
}
PARTS: Final[Mapping[UpdatePart, Both]] = {
    UpdatePart.URGE: both("催办", "an urging"),
    UpdatePart.TEXT: both("内容", "text"),
    UpdatePart.EVIDENCE: both("证据", "evidence"),
    UpdatePart.CALLER: both("来电号码", "the caller's phone"),
    UpdatePart.PLACE: both("地点", "place"),
    UpdatePart.URGENCY: both("紧急程度", "urgency"),
    UpdatePart.MATTER: both("事项", "matter"),
    UpdatePart.DEADLINE: both("热线时限", "the hotline's deadline"),
}
ORDER_KINDS: Final[Mapping[OrderKind, Both]] = {
    OrderKind.CONSULT: both("咨询", "enquiry"),
    OrderKind.HELP: both("求助", "call for help"),
    OrderKind.COMPLAINT: both("投诉", "complaint"),
    OrderKind.TIP_OFF: both("举报", "report of an offence"),
    OrderKind.SUGGESTION: both("建议", "suggestion"),
    OrderKind.PRAISE: both("表扬", "praise"),
}
OWNERS: Final[Mapping[DeadlineOwner, Both]] = {
    DeadlineOwner.POLICY: both("本街道时限", "by our policy"),
    DeadlineOwner.HOTLINE: both("热线时限", "the hotline's deadline"),
}
REPORT_FIELDS: Final[Mapping[str, Both]] = {
    "matter": both("事项", "matter"),
    "category": both("来源分类", "sender's category"),
    "place.address": both("地址", "address"),
    "place.grid": both("网格", "grid"),
    "place.point": both("坐标", "point"),
    "place.point.accuracy_m": both("坐标精度", "accuracy of the point"),
    "text": both("内容", "text"),
    "occurred_at": both("发生时间", "time of the event"),
    "urgency": both("紧急程度", "urgency"),
    "reporter": both("上报人", "reporter"),
    "caller": both("来电人", "caller"),
    "caller.name": both("来电人姓名", "caller's name"),
    "caller.phone": both("来电号码", "caller's phone"),
    "caller.secret": both("保密要求", "wish for secrecy"),
    "call_back": both("是否回访", "wish for a call back"),
    "alarm": both("报警信息", "alarm"),
    "alarm.confidence": both("置信度", "confidence"),
    "alarm.dwell_s": both("停留时长", "dwell time"),
    "evidence": both("证据", "evidence"),
    "evidence.ended_at": both("结束时间", "end"),
    "evidence.device": both("设备", "device"),
    "evidence.officer": both("执法人员", "officer"),
    "evidence.uri": both("存放地址", "address of the file"),
    "evidence.name": both("名称", "name"),
    "mark": both("推送原因", "why it is pushed again"),
    "order": both("热线工单信息", "the hotline's terms of the order"),
    "order.due_at": both("热线时限", "the hotline's deadline"),
    "order.limit": both("热线办理期限", "the hotline's limit"),
    "order.kind": both("诉求类型", "kind of the call"),
    "order.repeat_of": both("重复工单号", "the order that it repeats"),
    "evidence.point": both("坐标", "point"),
    "evidence.point.accuracy_m": both("坐标精度", "accuracy of the point"),
    "evidence.reviewed": both("审核情况", "review"),
    "evidence.size_bytes": both("大小", "size"),
    "proposal": both("事项建议", "proposal of what it is about"),
    "self_disposed": both("是否自处置", "whether it was dealt with on the spot"),
}
"""The words of every field of a report that may be left out; those of `evidence` are said of one item."""
_ITEM: Final = re.compile(r"^evidence\.(\d+)")


def left_out_line(left_out: Iterable[LeftOut], lang: Lang) -> str:
    """Which fields were left out and why, on one line; empty where none was."""
    parts = [f"{_field(one.field, lang)} ({LEFT_OUT_REASONS[one.why][lang]})" for one in left_out]
    return f"{label('left_out', lang)}: {', '.join(parts)}" if parts else ""


def _field(path: str, lang: Lang) -> str:
    """The field in words; items of a list are counted from 1."""
    item = _ITEM.match(path)
    words = REPORT_FIELDS.get(_ITEM.sub("evidence", path))
    if item is None:
        return words[lang] if words else path
    number = label("evidence_item", lang, number=int(item[1]) + 1)
    return (
        number if item.end() == len(path) else f"{number} {words[lang] if words else path[item.end() + 1 :]}"
    )


def order_line(order: HotlineOrder | None, lang: Lang) -> str:
    """What the hotline says of its order, on one line; empty where it says nothing."""
    if order is None:
        return ""
    parts = [ORDER_KINDS[order.kind][lang]] if order.kind else []
    parts += [label("hotline_due", lang, at=moment(order.due_at))] if order.due_at else []
    parts += [label("repeats", lang, number=order.repeat_of)] if order.repeat_of else []
    return " · ".join(parts)


def added_line(added: Iterable[UpdatePart], lang: Lang) -> str:
    """What was added, by name; empty where nothing was."""
    names = ", ".join(PARTS[part][lang] for part in added)
    return f"{label('added', lang)}: {names}" if names else ""
