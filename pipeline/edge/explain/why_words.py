"""What `enforcement why` says, in Chinese and English: what a clock measures, what an event was, who is told."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.worktime.policy import ClockMode
from pipeline.edge.explain.clock_account_rows import DAY_AND_NIGHT, OFFICE, IntervalState
from pipeline.words.field_words import Both, Lang
from schemas.values.terms import ClockEvent, ClockKind


def _both(zh: str, en: str) -> Both:
    return {Lang.ZH: zh, Lang.EN: en}


MEASURES: Final[Mapping[ClockKind, Both]] = {
    ClockKind.ACCEPT: _both("从来件到受理", "from the report until it is accepted"),
    ClockKind.DISPATCH: _both("从受理或退回到派单", "from acceptance, or its return, until it is dispatched"),
    ClockKind.CLAIM: _both("从发布到有人领单", "from the offer until a team claims it"),
    ClockKind.SIGN: _both("从派单到签收", "from dispatch until the team signs for it"),
    ClockKind.ARRIVE: _both("从派单到到场", "from dispatch until officers are on site"),
    ClockKind.DISPOSE: _both("从受理到处置完毕", "from acceptance until it is dealt with"),
    ClockKind.STAGE: _both("从受理到本阶段完成", "from acceptance until this stage is done"),
    ClockKind.JOINT: _both("从联合执法开始到结束", "as long as partners are called to help"),
    ClockKind.VERIFY: _both("从处置完毕到核查", "from when it was dealt with until it is verified"),
    ClockKind.CALLBACK: _both(
        "从核查通过或到期到回访", "from its verification, or its deadline, until the caller is asked"
    ),
    ClockKind.WHOLE: _both("从立案到结案", "from its opening until it is closed"),
    ClockKind.LEGAL: _both("法律规定的期限", "a limit that the law sets"),
    ClockKind.PARTNER_RESPOND: _both("从吹哨到部门响应", "from the call until the partner answers"),
    ClockKind.PARTNER_ARRIVE: _both("从吹哨到部门到场", "from the call until the partner is on site"),
    ClockKind.PARTNER_FINISH: _both("从吹哨到部门办结", "from the call until the partner has finished"),
}
"""From when until when each kind of clock runs."""

STATES: Final[Mapping[IntervalState, Both]] = {
    IntervalState.RAN: _both("计时中", "running"),
    IntervalState.STOOD: _both("停计中", "standing"),
    IntervalState.OVER: _both("已结束", "over"),
}
DID: Final[Mapping[IntervalState, Both]] = {
    IntervalState.RAN: _both("计时", "ran"),
    IntervalState.STOOD: _both("停计", "stood"),
    IntervalState.OVER: _both("结束", "over"),
}
MEASURED: Final[Mapping[ClockMode, Both]] = {
    ClockMode.SINGLE: _both("单次计时", "single"),
    ClockMode.CUMULATIVE: _both("累计计时", "cumulative"),
}
HOURS: Final[Mapping[str, Both]] = {
    OFFICE: _both("按办公时间", "office hours"),
    DAY_AND_NIGHT: _both("昼夜连续", "day and night"),
}
"""Others are the names of rosters."""

MOVES: Final[Mapping[ClockEvent, Both]] = {
    ClockEvent.STARTED: _both("起算时", "when it began"),
    ClockEvent.STOPPED: _both("停计时", "when it stopped"),
    ClockEvent.WENT_ON: _both("因停计顺延", "because it stood"),
    ClockEvent.EXTENDED: _both("延期", "extended"),
    ClockEvent.FIRED: _both("提醒时", "when it fired"),
    ClockEvent.RECOMPUTED: _both("规则变更, 重新计算", "the rules changed"),
    ClockEvent.ADOPTED: _both("并案, 以较早时限为准", "merged: the earlier deadline holds"),
    ClockEvent.RESTORED: _both("拆案, 恢复原时限", "split: its own deadline again"),
}
"""Why a deadline is where it is."""

RECIPIENTS: Final[Mapping[str, Both]] = {
    "grid_leader": _both("网格长", "grid leader"),
    "duty_chief": _both("值班长", "duty chief"),
    "street_deputy": _both("街道分管领导", "street deputy in charge"),
    "district_office": _both("区督办部门", "district supervision office"),
    "discipline_list": _both("通报名单", "discipline list"),
}
"""Whom the shipped ladders tell beside the teams; others are called as the policy calls them."""

EVENTS: Final[Mapping[str, Both]] = {
    "case_opened": _both("立案", "opened"),
    "case_accepted": _both("受理", "accepted"),
    "case_under_check": _both("立案前核实", "to be checked before filing"),
    "case_checked": _both("已核实", "checked"),
    "case_rejected": _both("不予立案", "not filed"),
    "case_self_disposed": _both("自处置", "dealt with on the spot"),
    "case_offered": _both("发布领单", "offered"),
    "case_dispatched": _both("派单", "dispatched"),
    "case_claimed": _both("领单", "claimed"),
    "case_signed": _both("签收", "signed"),
    "case_returned": _both("退单", "returned"),
    "case_arrived": _both("到场", "on site"),
    "case_disposed": _both("处置完毕", "dealt with"),
    "verification_passed": _both("核查通过", "verified"),
    "verification_failed": _both("核查不通过, 返工", "verification failed: rework"),
    "call_missed": _both("回访未接通", "caller not reached"),
    "call_back_recorded": _both("回访", "called back"),
    "case_reopened": _both("重新办理", "reopened"),
    "case_closed": _both("结案", "closed"),
    "case_asked": _both("申请", "asked for"),
    "request_decided": _both("审批", "decided"),
    "case_suspended": _both("挂账", "suspended"),
    "case_resumed": _both("恢复办理", "goes on"),
    "case_extended": _both("延期", "extended"),
    "case_voided": _both("作废", "voided"),
    "case_transferred": _both("移送", "transferred"),
    "joint_started": _both("联合执法开始", "joint enforcement begins"),
    "joint_task_moved": _both("部门进展", "a partner's task"),
    "stage_reached": _both("阶段完成", "stage done"),
    "penalty_moved": _both("行政处罚", "penalty procedure"),
    "measure_moved": _both("查封、扣押、登记保存", "measure on things"),
    "clocks_changed": _both("时限变动", "clocks"),
    "timer_armed": _both("设定提醒", "timer set"),
    "timer_fired": _both("时限提醒", "timer"),
    "case_retired": _both("保留期满", "kept long enough"),
    "report_merged": _both("并案", "merged"),
    "report_split": _both("拆案", "split off"),
    "case_merged": _both("并入他案", "merged into another case"),
    "case_joined": _both("他案并入", "another case was merged into it"),
    "case_unmerged": _both("恢复单独办理", "a case of its own again"),
    "case_terminated": _both("终止办理", "terminated"),
    "call_back_due": _both("到期回访", "the caller is to be asked"),
    "progress_reported": _both("阶段答复", "interim answer"),
    "report_repeated": _both("重复来件", "the same report again"),
    "action_accepted": _both("操作已受理", "action accepted"),
    "action_repeated": _both("重复操作", "the same action again"),
}
"""Every event of a case, by its name without the version."""

SAID: Final[Mapping[str, Both]] = {
    "at": _both("截至 {at}", "at {at}"),
    "opened": _both("立案 {at}", "opened {at}"),
    "edition": _both("时限表 {day} 版", "policy of {day}"),
    "rules": _both("规则 {version}", "rules {version}"),
    "other_rules": _both(
        "此案最后由规则 {version} 决定, 现以规则 {ours} 解释, 用时可能不同",
        "last decided by rules {version}, explained by rules {ours}: lengths may differ",
    ),
    "visit": _both("第{leg}次", "visit {leg}"),
    "due": _both("到期 {at}", "due {at}"),
    "provisional": _both(
        "暂定, 有年份的节假日安排未公布", "provisional: a year's holidays are not announced"
    ),
    "left": _both("剩余{span}", "{span} left"),
    "late": _both("超期{span}", "{span} late"),
    "in_time": _both("按期, 余{span}", "in time, {span} left"),
    "was_late": _both("超期{span}", "{span} late"),
    "if_on": _both("现在恢复则到期 {at}", "due {at} if it went on now"),
    "limit": _both("时限{limit}", "limit {limit}"),
    "by_rules": _both("起算时规则 {version}", "began under rules {version}"),
    "roster": _both("按班次 {roster}", "hours of roster {roster}"),
    "now": _both("此刻", "now"),
    "hands": _both("在他人手中: {stage}", "in other hands: {stage}"),
    "suspended": _both("挂账", "suspended"),
    "asked_by": _both("{by}申请", "asked by {by}"),
    "granted_by": _both("{by}批准", "granted by {by}"),
    "until": _both("至 {at}", "until {at}"),
    "sum": _both("已用{ran} + 剩余{left} = 应有{allowed}", "ran {ran} + left {left} = allowed {allowed}"),
    "sum_late": _both(
        "已用{ran} = 应有{allowed} + 超期{late}", "ran {ran} = allowed {allowed} + late {late}"
    ),
    "extended": _both(" (时限{limit} + 延期{more})", " (limit {limit} + extension {more})"),
    "deadline": _both("到期时间 {at}", "deadline {at}"),
    "since": _both("{at} 起", "since {at}"),
    "told": _both("已通知", "told"),
    "next": _both("下一步", "next"),
    "waiting": _both("{at} 已到, 尚未触发", "was due {at}, has not fired yet"),
    "level": _both("第{level}级", "level {level}"),
    "percent": _both("用时{percent}%", "{percent} %"),
    "after": _both("到期后{limit}", "{limit} after the deadline"),
    "to": _both("通知{who}", "tells {who}"),
    "fired_late": _both("应于 {at}, 迟{span}", "was due {at}, fired {span} late"),
    "passed_over": _both(
        "已略过第{levels}级: 到值班时间时更高一级已到",
        "passed over level {levels}: by the next duty hours a higher one was due",
    ),
    "asked": _both("待审批, 其间照常计时", "to be decided, meanwhile every clock runs"),
    "story": _both("经过", "what happened"),
    "rules_on": _both("此后按规则 {version}", "from here on by rules {version}"),
    "by": _both("由{by}", "by {by}"),
    "on_site": _both("到场人员 {who}", "officers {who}"),
    "designated": _both("指定, 不得退单", "designated: may not return it"),
    "granted=true": _both("批准", "granted"),
    "granted=false": _both("不批准", "denied"),
    "valid=true": _both("属实", "it is there"),
    "valid=false": _both("不属实", "it is not there"),
    "solved=true": _both("已解决", "solved"),
    "solved=false": _both("未解决", "not solved"),
    "satisfied=true": _both("满意", "satisfied"),
    "satisfied=false": _both("不满意", "not satisfied"),
    "nobody": _both("无人", "nobody"),
}
"""Every sentence, by name."""


def said(name: str, lang: Lang, **values: object) -> str:
    """One of `SAID`, filled in."""
    return SAID[name][lang].format(**values)
