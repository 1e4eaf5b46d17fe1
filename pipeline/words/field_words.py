"""The field's words in Chinese and English. Codes are never translated; they stand beside the words."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.words.label_words import LABELS
from pipeline.words.language import Both as Both
from pipeline.words.language import Lang as Lang
from pipeline.words.language import both as both
from schemas.outputs import Receipt
from schemas.values.answer_terms import AnswerFinding, ContactWay, UnsolvedCause
from schemas.values.place import Place
from schemas.values.request_terms import DeclineReason, HardReason, RejectReason, SupervisionReason
from schemas.values.sources import SOURCE_TABLE
from schemas.values.terms import (
    AssignmentKind,
    AssignmentStatus,
    CaseOutcome,
    ClockKind,
    ExtensionReason,
    JointStatus,
    LapseReason,
    MissingFact,
    NoticeKind,
    Paper,
    ReportOutcome,
    RequestKind,
    ReturnReason,
    Source,
    Stage,
    SuspensionReason,
    TimerKind,
    VoidReason,
)

BUSINESS_ZONE: Final = ZoneInfo("Asia/Shanghai")


STAGES: Final[Mapping[Stage, Both]] = {
    Stage.REPORTED: both("已上报", "reported"),
    Stage.VERIFYING_BEFORE_FILING: both("立案前核实", "being looked at before filing"),
    Stage.ACCEPTED: both("已立案", "accepted"),
    Stage.REJECTED: both("不予立案", "rejected"),
    Stage.MERGED: both("已并案", "merged"),
    Stage.DISPATCH_PENDING: both("待派单", "to be dispatched"),
    Stage.OFFERED: both("待领单", "offered"),
    Stage.DISPATCHED: both("已派单", "dispatched"),
    Stage.SIGNED: both("已签收", "signed"),
    Stage.ARRIVED: both("已到场", "on site"),
    Stage.IN_PROGRESS: both("处置中", "in progress"),
    Stage.JOINT_IN_PROGRESS: both("联合处置中", "in joint progress"),
    Stage.SUSPENDED: both("挂账", "suspended"),
    Stage.AWAITING_VERIFICATION: both("待核查", "to be verified"),
    Stage.REWORK: both("返工", "rework"),
    Stage.AWAITING_CALLBACK: both("待回访", "to be called back"),
    Stage.CLOSED: both("已结案", "closed"),
    Stage.REOPENED: both("重新办理", "reopened"),
    Stage.VOIDED: both("作废", "voided"),
    Stage.TRANSFERRED_OUT: both("已移送", "transferred out"),
    Stage.TERMINATED: both("终止办理", "terminated"),
    Stage.UNDER_ASSESSMENT: both("待研判", "to be assessed"),
    Stage.ANSWERED: both("直接答复", "answered directly"),
    Stage.DECLINED: both("不予受理", "not accepted"),
    Stage.SENT_BACK: both("退回热线", "sent back to the hotline"),
    Stage.MOVED: both("已移交其他街道", "moved to another street"),
}
MISSING: Final[Mapping[MissingFact, Both]] = {
    MissingFact.MATTER: both("事项", "what it is about"),
    MissingFact.PLACE: both("地点", "where it is"),
}
WAYS: Final[Mapping[ContactWay, Both]] = {
    ContactWay.PHONE: both("电话", "by phone"),
    ContactWay.VISIT: both("上门", "at the door"),
    ContactWay.MESSAGE: both("短信或留言", "by a message"),
    ContactWay.OTHER: both("其他方式", "otherwise"),
}
CAUSES: Final[Mapping[UnsolvedCause, Both]] = {
    UnsolvedCause.UNIT: both("承办单位原因", "the unit's fault"),
    UnsolvedCause.UNREASONABLE: both("不合理诉求", "unreasonable demand"),
}
FINDINGS: Final[Mapping[AnswerFinding, Both]] = {
    AnswerFinding.TRUE: both("属实", "found to be so"),
    AnswerFinding.PARTLY: both("部分属实", "partly so"),
    AnswerFinding.NOT_TRUE: both("不属实", "not found"),
    AnswerFinding.BEYOND_US: both("超出职权或能力", "beyond whoever handled it"),
}
KINDS: Final[Mapping[AssignmentKind, Both]] = {
    AssignmentKind.CHECK: both("核实", "check"),
    AssignmentKind.DISPATCH: both("派单", "dispatch"),
    AssignmentKind.OFFER: both("领单", "claim"),
    AssignmentKind.HANDLE: both("处置", "handle"),
    AssignmentKind.JOINT: both("联合处置", "join in"),
    AssignmentKind.APPROVE: both("审批", "approve"),
    AssignmentKind.VERIFY: both("核查", "verify"),
    AssignmentKind.CALL_BACK: both("回访", "call back"),
    AssignmentKind.ASSESS: both("研判", "assess"),
}
STATUSES: Final[Mapping[AssignmentStatus, Both]] = {
    AssignmentStatus.OPEN: both("新任务", "new"),
    AssignmentStatus.WITHDRAWN: both("已收回", "withdrawn"),
    AssignmentStatus.DONE: both("已完成", "done"),
}
CLOCKS: Final[Mapping[ClockKind, Both]] = {
    ClockKind.ACCEPT: both("受理立案", "accept"),
    ClockKind.DISPATCH: both("派单", "dispatch"),
    ClockKind.CLAIM: both("领单", "claim"),
    ClockKind.SIGN: both("签收", "sign"),
    ClockKind.ARRIVE: both("到场", "arrive"),
    ClockKind.DISPOSE: both("处置", "dispose"),
    ClockKind.STAGE: both("阶段", "stage"),
    ClockKind.JOINT: both("联合处置", "joint"),
    ClockKind.VERIFY: both("核查", "verify"),
    ClockKind.CALLBACK: both("回访", "call back"),
    ClockKind.WHOLE: both("全程", "whole case"),
    ClockKind.LEGAL: both("法定期限", "legal limit"),
    ClockKind.PARTNER_RESPOND: both("部门响应", "partner responds"),
    ClockKind.PARTNER_ARRIVE: both("部门到场", "partner arrives"),
    ClockKind.PARTNER_FINISH: both("部门办结", "partner finishes"),
    ClockKind.DECIDE: both("审批", "decide"),
    ClockKind.CONTACT: both("联系来电人", "contact the caller"),
}
TIMERS: Final[Mapping[TimerKind, Both]] = {
    TimerKind.WARNING: both("预警", "warning"),
    TimerKind.BREACH: both("超期", "breach"),
    TimerKind.ESCALATION: both("升级督办", "escalation"),
    TimerKind.OVERDUE: both("再次通报", "told once more"),
    TimerKind.CLAIM_LAPSED: both("无人领单，改为派单", "nobody claimed, it is dispatched"),
    TimerKind.LEASE_LAPSED: both("领单后逾期未到场，改派", "claimed and nobody came, it is dispatched"),
    TimerKind.WINDOW_LAPSED: both("听证申请期限届满", "the party's time is over"),
    TimerKind.TESTING_OVER: both("检测鉴定期满，恢复计时", "the time for testing ends, the limit goes on"),
    TimerKind.HOTLINE_DUE: both("热线时限提醒（暂停办理中）", "the hotline's deadline, at rest"),
    TimerKind.RESUME: both("挂账到期，恢复办理", "the suspension ends, the case goes on"),
    TimerKind.RULES_CHANGED: both("规则变更，重算时限", "the rules changed, deadlines are counted anew"),
    TimerKind.RETIRE: both("保留期满", "kept long enough"),
    TimerKind.REQUEST_LAPSED: both("申请逾期未批，自动失效", "the request lapses undecided"),
}
NOTICES: Final[Mapping[NoticeKind, Both]] = {
    NoticeKind.WARNING: both("预警", "warning"),
    NoticeKind.BREACH: both("超期", "breach"),
    NoticeKind.ESCALATION: both("升级督办", "escalation"),
    NoticeKind.OVERDUE: both("仍未办结", "still not done"),
    NoticeKind.CLAIM_LAPSED: both("无人领单", "nobody claimed"),
    NoticeKind.LEASE_LAPSED: both("领单后逾期未到场", "claimed, and nobody came"),
    NoticeKind.WINDOW_LAPSED: both("听证申请期限届满，可继续办理", "the party's time is over: go on"),
    NoticeKind.TESTING_OVER: both("检测鉴定期满", "the time for testing is over"),
    NoticeKind.REQUEST: both("待审批", "to be decided"),
    NoticeKind.GRANTED: both("已批准", "granted"),
    NoticeKind.DENIED: both("未批准", "denied"),
    NoticeKind.REQUEST_LAPSED: both("申请失效，未予审批", "the request lapsed undecided"),
    NoticeKind.HOTLINE_DUE: both("热线时限将到，案件暂停办理中", "the hotline's deadline, at rest"),
    NoticeKind.RESUMED: both("恢复办理", "goes on"),
    NoticeKind.RETURNED: both("退单", "returned"),
    NoticeKind.HANDED_OVER: both("承接任务", "task taken over"),
    NoticeKind.REWORK_LIMIT: both("多次返工", "reworked too often"),
    NoticeKind.JOINT_REFUSED: both("部门拒绝报到", "a partner refused"),
    NoticeKind.ANSWER: both("答复", "answer"),
    NoticeKind.MERGED: both("已并案", "merged into another case"),
    NoticeKind.SPLIT: both("已拆案，单独办理", "split off, a case of its own"),
    NoticeKind.EMERGENCY: both("紧急警情，请联动110、119、120", "emergency: inform 110, 119, 120"),
    NoticeKind.TAKEN_UP: both("经研判已受理", "assessed, and taken up"),
    NoticeKind.NOBODY_ON_DUTY: both("在岗持证人员不足", "too few on duty and certified"),
    NoticeKind.URGED: both("来源催办", "asked for again by its source"),
    NoticeKind.UPDATED: both("来源补充或变更", "its source has more to say"),
    NoticeKind.WITHDRAWN: both("来源撤销", "withdrawn by its source"),
    NoticeKind.RAISED: both("并入紧急来件，案件升级", "an urgent report joined it: it is more urgent now"),
    NoticeKind.REPORTED_AGAIN: both("处置后再次反映，须核实答复", "reported again after it: to be answered"),
    NoticeKind.MOVED: both("已移交其他街道", "another street's now"),
    NoticeKind.INTERIM_ANSWER: both("阶段答复", "interim answer"),
    NoticeKind.FINAL_ANSWER: both("办理结果", "final answer"),
    NoticeKind.EXTENDED: both("延期答复", "told of the extension"),
}
REQUESTS: Final[Mapping[RequestKind, Both]] = {
    RequestKind.SUSPENSION: both("挂账", "suspension"),
    RequestKind.EXTENSION: both("延期", "extension"),
    RequestKind.HOTLINE_EXTENSION: both("热线延期", "extension past the hotline's deadline"),
    RequestKind.JOINT: both("联合处置", "joint enforcement"),
    RequestKind.VOID: both("作废", "voiding"),
    RequestKind.OBJECTION: both("派单异议", "objection to the dispatch"),
    RequestKind.TERMINATION: both("终止办理", "termination"),
    RequestKind.CHANGE: both("变更事项或地点", "change of matter or place"),
    RequestKind.DUPLICATE: both("疑似重复", "likely duplicate"),
    RequestKind.DECLINE: both("不予受理", "not accepting the order"),
    RequestKind.SENDING_BACK: both("退回热线", "sending the order back"),
    RequestKind.UNREASONABLE: both("不合理诉求认定", "holding a demand unreasonable"),
    RequestKind.SUPERVISION: both("挂牌督办", "supervision"),
    RequestKind.HARD_CASE: both("疑难工单", "a hard case"),
    RequestKind.APPEAL: both("考核申诉", "an appeal"),
}
LAPSES: Final[Mapping[LapseReason, Both]] = {
    LapseReason.END_PASSED: both("所请期限已过", "its own end has passed"),
    LapseReason.CASE_MOVED_ON: both(
        "案件已变动，无法批准", "the case has moved on, it cannot be granted any more"
    ),
}
PAPERS: Final[Mapping[Paper, Both]] = {
    Paper.URGE: both("催办通知书", "urging notice"),
    Paper.SUPERVISE: both("督办单", "supervision order"),
    Paper.CRITICISE: both("通报批评", "public criticism"),
}
SUSPENSIONS: Final[Mapping[SuspensionReason, Both]] = {
    SuspensionReason.APPRAISAL: both("等待鉴定", "awaiting an appraisal"),
    SuspensionReason.HEARING: both("听证", "hearing"),
    SuspensionReason.REVIEW_OR_LITIGATION: both("复议、诉讼", "review or litigation"),
    SuspensionReason.WEATHER: both("天气", "weather"),
    SuspensionReason.OWNERSHIP_UNCLEAR: both("权属不清", "ownership unclear"),
    SuspensionReason.MAJOR_EVENT: both("重大活动", "major event"),
    SuspensionReason.CORRECTION: both("责令改正期间", "time to obey an order to correct"),
}
EXTENSIONS: Final[Mapping[ExtensionReason, Both]] = {
    ExtensionReason.COMPLEX: both("案情复杂", "complex"),
    ExtensionReason.PARTY_ABSENT: both("当事人不在场", "party absent"),
    ExtensionReason.NEEDS_MATERIAL: both("缺少物料", "needs material"),
    ExtensionReason.OTHER_UNIT: both("需其他单位配合", "needs another unit"),
}
RETURNS: Final[Mapping[ReturnReason, Both]] = {
    ReturnReason.NOT_OUR_MATTER: both("不属本队事项", "not our matter"),
    ReturnReason.NOT_OUR_AREA: both("不属本队片区", "not our area"),
    ReturnReason.NOT_ENOUGH_FACTS: both("信息不足", "not enough facts"),
    ReturnReason.BEYOND_POWERS: both("超出权限", "beyond our powers"),
}
REJECTIONS: Final[Mapping[RejectReason, Both]] = {
    RejectReason.NOTHING_FOUND: both("未发现问题", "nothing found"),
    RejectReason.NOT_AN_OFFENCE: both("不属违法", "not an offence"),
    RejectReason.DEALT_WITH_ALREADY: both("已处理", "dealt with already"),
    RejectReason.IN_LITIGATION: both("已进入诉讼", "in litigation"),
    RejectReason.NOT_THIS_STREET: both("不属本街道", "not this street"),
}
DECLINES: Final[Mapping[DeclineReason, Both]] = {
    DeclineReason.IN_LITIGATION: both("已进入诉讼", "in litigation"),
    DeclineReason.IN_ARBITRATION: both("已进入仲裁", "in arbitration"),
    DeclineReason.UNDER_REVIEW: both("已申请行政复议", "under administrative review"),
    DeclineReason.DISCIPLINE: both("属纪检监察事项", "for the discipline inspection"),
    DeclineReason.PETITION: both("已由信访机构办理", "with the petition office"),
    DeclineReason.DISCLOSURE: both("属政府信息公开申请", "a request for disclosure"),
    DeclineReason.STATE_SECRET: both("涉及国家秘密", "touches state secrets"),
    DeclineReason.PRIVATE_MATTER: both("涉及秘密、隐私或者私人事务", "a private matter"),
    DeclineReason.REPEATED: both("重复反映且无新的事实", "repeated without new facts"),
    DeclineReason.EMERGENCY_SERVICE: both("属110、119、120、122受理范围", "for 110, 119, 120 or 122"),
    DeclineReason.OTHER_STREET: both("不在本街道", "in another street"),
    DeclineReason.OTHER_ORGAN: both("不属本单位职责", "another organ's"),
    DeclineReason.NOT_ENOUGH_FACTS: both("要素不全且无法联系诉求人", "too little said, and nobody to ask"),
}
VOIDINGS: Final[Mapping[VoidReason, Both]] = {
    VoidReason.ENTERED_TWICE: both("重复录入", "entered twice"),
    VoidReason.ENTERED_WRONGLY: both("误录", "entered wrongly"),
    VoidReason.TEST_ENTRY: both("测试件", "test entry"),
    VoidReason.WITHDRAWN: both("来源撤销", "withdrawn by its source"),
}
SUPERVISIONS: Final[Mapping[SupervisionReason, Both]] = {
    SupervisionReason.NOT_TAKEN: both("拒不承办", "nobody takes it"),
    SupervisionReason.OVERDUE: both("逾期未办结", "overdue"),
    SupervisionReason.UNSOLVED: both("反复未解决", "not solved again and again"),
    SupervisionReason.BAD_EFFECT: both("影响恶劣", "of bad effect"),
}
HARD_REASONS: Final[Mapping[HardReason, Both]] = {
    HardReason.SEVERAL_UNITS: both("涉及多个单位", "concerns several units"),
    HardReason.BEYOND_POWERS: both("超出街道权限", "beyond the street's powers"),
    HardReason.LAW_UNCLEAR: both("法律依据不明确", "the law is not clear"),
    HardReason.LEFT_OVER: both("历史遗留", "left over from earlier times"),
}
JOINT_STATUSES: Final[Mapping[JointStatus, Both]] = {
    JointStatus.ASKED: both("已吹哨", "asked"),
    JointStatus.RESPONDED: both("已响应", "responded"),
    JointStatus.ARRIVED: both("已到场", "on site"),
    JointStatus.DONE: both("已办结", "done"),
    JointStatus.REFUSED: both("拒绝", "refused"),
    JointStatus.WAIVED: both("免于报到", "waived"),
}
OUTCOMES: Final[Mapping[ReportOutcome, Both]] = {
    ReportOutcome.ACCEPTED: both("已受理", "accepted"),
    ReportOutcome.MERGED: both("已并案", "merged"),
    ReportOutcome.REFUSED: both("不予受理", "refused"),
    ReportOutcome.DEAD_LETTER: both("报文有误", "not understood"),
    ReportOutcome.FORWARDED: both("已转入应在分区", "forwarded to its partition"),
    ReportOutcome.ANSWERED: both("已直接答复", "answered directly"),
    ReportOutcome.UPDATED: both("原案补充", "an update of its case"),
}
ENDS: Final[Mapping[CaseOutcome, Both]] = {
    CaseOutcome.RESOLVED: both("已解决", "resolved"),
    CaseOutcome.SELF_DISPOSED: both("自处置", "self-disposed"),
    CaseOutcome.UNREACHED: both("回访未接通", "caller not reached"),
    CaseOutcome.UNSATISFIED: both("不满意", "caller not satisfied"),
    CaseOutcome.REJECTED: both("不予立案", "not filed"),
    CaseOutcome.VOIDED: both("作废", "voided"),
    CaseOutcome.TRANSFERRED: both("已移送", "transferred"),
    CaseOutcome.MERGED: both("已并案", "merged"),
    CaseOutcome.TERMINATED: both("终止办理", "terminated"),
    CaseOutcome.ANSWERED: both("直接答复", "answered directly"),
    CaseOutcome.DECLINED: both("不予受理", "not accepted"),
    CaseOutcome.SENT_BACK: both("退回热线", "sent back to the hotline"),
    CaseOutcome.MOVED: both("已移交其他街道", "moved to another street"),
    CaseOutcome.UNREASONABLE: both("不合理诉求", "unreasonable demand"),
}
SOURCES: Final[Mapping[Source, Both]] = {
    source: both(row.name_zh, row.name_en) for source, row in SOURCE_TABLE.items()
}


UNITS: Final[Mapping[str, Both]] = {
    "work_minutes": both("分钟（工作时间）", "working minutes"),
    "work_hours": both("个工作时", "working hours"),
    "workdays": both("个工作日", "workdays"),
    "natural_minutes": both("分钟", "natural minutes"),
    "natural_hours": both("小时", "natural hours"),
    "natural_days": both("个自然日", "natural days"),
    "calendar_days": both("日", "calendar days"),
    "months": both("个月", "months"),
}
"""The units of the policy's limits."""

_REASONS: Final[Mapping[str, Both]] = {
    term.value: words
    for table in (
        *(REQUESTS, SUSPENSIONS, EXTENSIONS, RETURNS, REJECTIONS, DECLINES, VOIDINGS, LAPSES),
        *(SUPERVISIONS, HARD_REASONS),
    )
    for term, words in table.items()
}


def limit(text: str, lang: Lang) -> str:
    """A limit such as "240 natural_minutes + 3 workdays" in words: 4 natural hours + 3 workdays."""
    parts = (_rounded(*part.split()) for part in text.split(" + "))
    if lang is Lang.ZH:
        return " + ".join(f"{number}{UNITS[unit][lang]}" for number, unit in parts)
    return " + ".join(f"{number} {_of(number, UNITS[unit][lang])}" for number, unit in parts)


def reason(code: str, lang: Lang) -> str:
    """A reason out of any closed list, in words; another code as it is."""
    return _REASONS[code][lang] if code in _REASONS else code


def label(name: str, lang: Lang, **values: object) -> str:
    """One of `LABELS`, filled in."""
    return LABELS[name][lang].format(**values)


def message_of(receipt: Receipt, lang: Lang) -> str:
    """The message of the receipt in one language."""
    return receipt.message_zh if lang is Lang.ZH else receipt.message_en


def moment(at: datetime) -> str:
    """A time in the business zone with its offset, to the minute: 2026-11-24 17:30+08:00."""
    return at.astimezone(BUSINESS_ZONE).isoformat(sep=" ", timespec="minutes")


def to_second(at: datetime) -> str:
    """A time in the business zone with its offset, to the second: 2026-11-24 17:30:00+08:00."""
    return at.astimezone(BUSINESS_ZONE).isoformat(sep=" ", timespec="seconds")


def exactly(seconds: int, lang: Lang) -> str:
    """A length of time to the second. No days, since a working day is no day of 24 hours."""
    parts = ((seconds // 3600, "小时", "h"), (seconds // 60 % 60, "分", "min"), (seconds % 60, "秒", "s"))
    shown = [part for part in parts if part[0]] or [parts[-1]]
    if lang is Lang.ZH:
        return "".join(f"{number}{zh}" for number, zh, _ in shown)
    return " ".join(f"{number} {en}" for number, _, en in shown)


def duration(span: timedelta, lang: Lang) -> str:
    """A length of time, cut to the two largest units; never negative."""
    minutes = max(0, int(span.total_seconds())) // 60
    parts = ((minutes // 1440, "天", "d"), (minutes // 60 % 24, "小时", "h"), (minutes % 60, "分", "min"))
    shown = [part for part in parts if part[0]][:2] or [parts[-1]]
    if lang is Lang.ZH:
        return "".join(f"{number}{zh}" for number, zh, _ in shown)
    return " ".join(f"{number} {en}" for number, _, en in shown)


def due_in(due_at: datetime | None, now: datetime, lang: Lang, *, provisional: bool = False) -> str:
    """The time left, or LATE and by how much."""
    if due_at is None:
        return label("no_deadline", lang)
    span = duration(abs(due_at - now), lang)
    text = f"{label('late', lang)} {span}" if due_at < now else span
    return f"{text} ({label('unchecked_year', lang)})" if provisional else text


def _rounded(number: str, unit: str) -> tuple[int, str]:
    """Number and unit, whole hours in hours."""
    is_whole = unit.endswith("_minutes") and int(number) % 60 == 0
    return (int(number) // 60, unit.replace("_minutes", "_hours")) if is_whole else (int(number), unit)


def _of(number: int, units: str) -> str:
    """The English unit in the singular or plural, as `number` needs."""
    return re.sub(r"s\b", "", units, count=1) if number == 1 else units


def where(place: Place) -> str:
    """A place in words: the address, else the grid, else the point with its coordinate system."""
    if place.address or place.grid:
        return place.address or place.grid or ""
    return f"{place.point.lon}, {place.point.lat} ({place.point.crs.value})" if place.point else "-"
