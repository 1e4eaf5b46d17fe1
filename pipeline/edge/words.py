"""What the commands say to people, in Chinese and English. Codes are never translated; they stand beside the words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from schemas.outputs import Receipt
from schemas.terms import (
    AssignmentKind,
    AssignmentStatus,
    CaseOutcome,
    ClockKind,
    ReportOutcome,
    Source,
    Stage,
)

BUSINESS_ZONE: Final = ZoneInfo("Asia/Shanghai")


class Lang(StrEnum):
    """A language of the commands."""

    ZH = "zh"
    EN = "en"


Both = Mapping[Lang, str]


def _both(zh: str, en: str) -> Both:
    return {Lang.ZH: zh, Lang.EN: en}


STAGES: Final[Mapping[Stage, Both]] = {
    Stage.REPORTED: _both("已上报", "reported"),
    Stage.VERIFYING_BEFORE_FILING: _both("立案前核实", "being looked at before filing"),
    Stage.ACCEPTED: _both("已受理", "accepted"),
    Stage.REJECTED: _both("不予受理", "rejected"),
    Stage.MERGED: _both("已并案", "merged"),
    Stage.DISPATCH_PENDING: _both("待派单", "to be dispatched"),
    Stage.OFFERED: _both("待领单", "offered"),
    Stage.DISPATCHED: _both("已派单", "dispatched"),
    Stage.SIGNED: _both("已签收", "signed"),
    Stage.ARRIVED: _both("已到场", "on site"),
    Stage.IN_PROGRESS: _both("处置中", "in progress"),
    Stage.JOINT_IN_PROGRESS: _both("联合处置中", "in joint progress"),
    Stage.SUSPENDED: _both("挂起", "suspended"),
    Stage.AWAITING_VERIFICATION: _both("待核查", "to be verified"),
    Stage.REWORK: _both("返工", "rework"),
    Stage.AWAITING_CALLBACK: _both("待回访", "to be called back"),
    Stage.CLOSED: _both("已结案", "closed"),
    Stage.REOPENED: _both("重新办理", "reopened"),
    Stage.VOIDED: _both("作废", "voided"),
    Stage.TRANSFERRED_OUT: _both("已移送", "transferred out"),
    Stage.TERMINATED: _both("终止办理", "terminated"),
}
KINDS: Final[Mapping[AssignmentKind, Both]] = {
    AssignmentKind.OFFER: _both("领单", "claim"),
    AssignmentKind.HANDLE: _both("处置", "handle"),
    AssignmentKind.VERIFY: _both("核查", "verify"),
    AssignmentKind.CALL_BACK: _both("回访", "call back"),
}
STATUSES: Final[Mapping[AssignmentStatus, Both]] = {
    AssignmentStatus.OPEN: _both("新任务", "new"),
    AssignmentStatus.WITHDRAWN: _both("已收回", "withdrawn"),
    AssignmentStatus.DONE: _both("已完成", "done"),
}
CLOCKS: Final[Mapping[ClockKind, Both]] = {
    ClockKind.CLAIM: _both("领单", "claim"),
    ClockKind.SIGN: _both("签收", "sign"),
    ClockKind.ARRIVE: _both("到场", "arrive"),
    ClockKind.DISPOSE: _both("处置", "dispose"),
    ClockKind.VERIFY: _both("核查", "verify"),
    ClockKind.CALLBACK: _both("回访", "call back"),
}
OUTCOMES: Final[Mapping[ReportOutcome, Both]] = {
    ReportOutcome.ACCEPTED: _both("已受理", "accepted"),
    ReportOutcome.MERGED: _both("已并案", "merged"),
    ReportOutcome.REFUSED: _both("未受理", "refused"),
    ReportOutcome.DEAD_LETTER: _both("报文有误", "not understood"),
}
ENDS: Final[Mapping[CaseOutcome, Both]] = {
    CaseOutcome.RESOLVED: _both("已解决", "resolved"),
    CaseOutcome.SELF_DISPOSED: _both("自处置", "self-disposed"),
    CaseOutcome.UNREACHED: _both("回访未接通", "caller not reached"),
    CaseOutcome.UNSATISFIED: _both("不满意", "caller not satisfied"),
}
SOURCES: Final[Mapping[Source, Both]] = {
    Source.HOTLINE_12345: _both("12345热线", "hotline 12345"),
    Source.HOTLINE_12319: _both("12319热线", "hotline 12319"),
    Source.PATROL: _both("网格巡查", "grid patrol"),
    Source.MONITOR: _both("电子监控", "monitoring"),
}
LABELS: Final[Mapping[str, Both]] = {
    "due": _both("时限", "due"),
    "case": _both("案件", "case"),
    "what": _both("事项", "what"),
    "where": _both("地点", "where"),
    "task": _both("任务", "task"),
    "nothing": _both("没有待办任务", "nothing to do"),
    "stage": _both("阶段", "stage"),
    "held_by": _both("承办", "held by"),
    "offered_to": _both("可领单队伍", "offered to"),
    "since": _both("起", "since"),
    "officers": _both("到场人员", "on site"),
    "opened": _both("立案", "opened"),
    "closed": _both("结案", "closed"),
    "clocks": _both("时限", "clocks"),
    "reports": _both("来件", "reports"),
    "evidence": _both("证据", "evidence"),
    "returns": _both("退单", "returned"),
    "reworks": _both("返工次数", "reworks"),
    "reopens": _both("重办次数", "reopened"),
    "text": _both("内容", "told"),
    "nobody": _both("无", "nobody"),
    "late": _both("已超期", "LATE"),
    "met": _both("按期", "in time"),
    "missed": _both("超期", "was late"),
    "no_deadline": _both("无时限", "no deadline"),
    "unchecked_year": _both("暂定", "provisional"),
    "team": _both("承办", "team"),
    "allowed": _both("应为", "allowed"),
    "row": _both("第{row}行", "row {row}"),
    "rows": _both(
        "共{rows}行: 受理{accepted}, 并案{merged}, 未受理{refused}, 无回执{unanswered}",
        "{rows} rows: {accepted} accepted, {merged} merged, {refused} refused, {unanswered} without a receipt",
    ),
    "again": _both("可放心重推: 不会重复立案", "pushing again is safe: it opens no second case"),
    "done": _both("已办理", "done"),
    "no_case": _both("没有此案件, 或已过保留期", "no such case, or kept no longer"),
    "check_id": _both("请核对案件编号", "check its id"),
    "start_worker": _both(
        "请确认处理进程在运行 (enforcement worker), 然后重试",
        "check that a worker runs (enforcement worker), then try again",
    ),
    "mend": _both("请改正后重试, 未发送任何内容", "mend it and try again; nothing was sent"),
    "start_broker": _both(
        "请启动或指定消息服务 (enforcement broker up, 或 --brokers host:port)",
        "start one (enforcement broker up) or name one (--brokers host:port)",
    ),
    "apply_topics": _both(
        "请先建主题 (enforcement topics apply)", "make them first: enforcement topics apply"
    ),
    "update_client": _both(
        "请升级本程序到与处理端相同的版本", "use the version of this program that the pipeline runs"
    ),
    "stopped_at": _both("在第{row}行停止", "stopped at row {row}"),
}
"""Every sentence and column head, by name."""


def label(name: str, lang: Lang, **values: object) -> str:
    """One of `LABELS`, filled in."""
    return LABELS[name][lang].format(**values)


def message_of(receipt: Receipt, lang: Lang) -> str:
    """What the pipeline says about it."""
    return receipt.message_zh if lang is Lang.ZH else receipt.message_en


def moment(at: datetime) -> str:
    """A time as the street's clocks show it."""
    return f"{at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"


def duration(span: timedelta, lang: Lang) -> str:
    """A length of time, cut to the two largest units; never negative."""
    minutes = max(0, int(span.total_seconds())) // 60
    parts = ((minutes // 1440, "天", "d"), (minutes // 60 % 24, "小时", "h"), (minutes % 60, "分", "min"))
    shown = [part for part in parts if part[0]][:2] or [parts[-1]]
    if lang is Lang.ZH:
        return "".join(f"{number}{zh}" for number, zh, _ in shown)
    return " ".join(f"{number} {en}" for number, _, en in shown)


def due_in(due_at: datetime | None, now: datetime, lang: Lang, *, provisional: bool = False) -> str:
    """How long there is, or in words that it is late and by how much."""
    if due_at is None:
        return label("no_deadline", lang)
    span = duration(abs(due_at - now), lang)
    said = f"{label('late', lang)} {span}" if due_at < now else span
    return f"{said} ({label('unchecked_year', lang)})" if provisional else said
