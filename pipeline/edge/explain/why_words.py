"""Words of `enforcement why` in Chinese and English: what a clock measures, events, recipients, sentences."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.rules.rules import Rules
from pipeline.core.worktime.policy import ClockMode
from pipeline.edge.explain.clock_account_rows import DAY_AND_NIGHT, OFFICE, IntervalState
from pipeline.words.field_words import Both, Lang, both
from pipeline.words.language import name_in
from schemas.values.terms import ClockEvent, ClockKind

MEASURES: Final[Mapping[ClockKind, Both]] = {
    ClockKind.ACCEPT: both("从来件到受理立案", "from the report until it is accepted"),
    ClockKind.DISPATCH: both(
        "从受理立案或退回到派单", "from acceptance, or its return, until it is dispatched"
    ),
    ClockKind.CLAIM: both("从发布到有人领单", "from the offer until a team claims it"),
    ClockKind.SIGN: both("从派单到签收", "from dispatch until the team signs for it"),
    ClockKind.ARRIVE: both("从派单到到场", "from dispatch until officers are on site"),
    ClockKind.DISPOSE: both("从受理立案到处置完毕", "from acceptance until it is dealt with"),
    ClockKind.STAGE: both("从受理立案到本阶段完成", "from acceptance until this stage is done"),
    ClockKind.JOINT: both("从联合执法开始到结束", "as long as partners are called to help"),
    ClockKind.VERIFY: both("从处置完毕到核查", "from when it was dealt with until it is verified"),
    ClockKind.CALLBACK: both(
        "从核查通过或到期到回访", "from its verification, or its deadline, until the caller is asked"
    ),
    ClockKind.WHOLE: both("从登记到结案", "from its opening until it is closed"),
    ClockKind.CONTACT: both("从签收到联系上来电人", "from signing until the caller is reached"),
    ClockKind.LEGAL: both("法律规定的期限", "a limit that the law sets"),
    ClockKind.PARTNER_RESPOND: both("从吹哨到部门响应", "from the call until the partner answers"),
    ClockKind.PARTNER_ARRIVE: both("从吹哨到部门到场", "from the call until the partner is on site"),
    ClockKind.PARTNER_FINISH: both("从吹哨到部门办结", "from the call until the partner has finished"),
    ClockKind.DECIDE: both("从申请到审批", "from when it was asked for until it is decided"),
}
"""What each kind of clock measures: from where to where."""

STATES: Final[Mapping[IntervalState, Both]] = {
    IntervalState.RAN: both("计时中", "running"),
    IntervalState.STOOD: both("暂停计时", "standing"),
    IntervalState.OVER: both("已结束", "over"),
}
DID: Final[Mapping[IntervalState, Both]] = {
    IntervalState.RAN: both("计时", "ran"),
    IntervalState.STOOD: both("暂停计时", "stood"),
    IntervalState.OVER: both("结束", "over"),
}
MEASURED: Final[Mapping[ClockMode, Both]] = {
    ClockMode.SINGLE: both("单次计时", "single"),
    ClockMode.CUMULATIVE: both("累计计时", "cumulative"),
}
HOURS: Final[Mapping[str, Both]] = {
    OFFICE: both("按办公时间", "office hours"),
    DAY_AND_NIGHT: both("昼夜连续", "day and night"),
}
"""Any other value of `hours` is the name of a roster."""

MOVES: Final[Mapping[ClockEvent, Both]] = {
    ClockEvent.STARTED: both("起算时", "when it began"),
    ClockEvent.STOPPED: both("停止计时时", "when it stopped"),
    ClockEvent.WENT_ON: both("因暂停计时顺延", "because it stood"),
    ClockEvent.EXTENDED: both("延期", "extended"),
    ClockEvent.FIRED: both("提醒时", "when it fired"),
    ClockEvent.RECOMPUTED: both("规则变更，重新计算", "the rules changed"),
    ClockEvent.ADOPTED: both("并案，以较早时限为准", "merged: the earlier deadline holds"),
    ClockEvent.RESTORED: both("拆案，恢复原时限", "split: its own deadline again"),
    ClockEvent.BOUNDED: both(
        "热线时限变动，以较早者为准", "the hotline's own deadline came, moved or went: the earlier holds"
    ),
}
"""Why a deadline was computed."""

RECIPIENTS: Final[Mapping[str, Both]] = {
    "grid_leader": both("网格长", "grid leader"),
    "duty_chief": both("值班长", "duty chief"),
    "street_deputy": both("街道分管领导", "street deputy in charge"),
    "district_office": both("区督办部门", "district supervision office"),
    "discipline_list": both("区督查通报", "discipline list"),
}
"""Recipients of the shipped ladders beside the teams; another one is shown by its code."""

EVENTS: Final[Mapping[str, Both]] = {
    "case_opened": both("登记", "opened"),
    "case_accepted": both("受理立案", "accepted"),
    "case_under_check": both("立案前核实", "to be checked before filing"),
    "case_under_assessment": both("待研判", "to be assessed"),
    "case_recognised": both("研判事项", "recognised"),
    "case_located": both("研判地点", "located"),
    "case_answered": both("直接答复", "answered directly"),
    "case_checked": both("已核实", "checked"),
    "case_rejected": both("不予立案", "not filed"),
    "case_self_disposed": both("自处置", "dealt with on the spot"),
    "case_offered": both("发布领单", "offered"),
    "case_dispatched": both("派单", "dispatched"),
    "case_claimed": both("领单", "claimed"),
    "case_signed": both("签收", "signed"),
    "case_returned": both("退单", "returned"),
    "case_arrived": both("到场", "on site"),
    "case_disposed": both("处置完毕", "dealt with"),
    "verification_passed": both("核查通过", "verified"),
    "verification_failed": both("核查不通过，返工", "verification failed: rework"),
    "call_missed": both("回访未接通", "caller not reached"),
    "call_back_recorded": both("回访", "called back"),
    "case_reopened": both("重新办理", "reopened"),
    "case_closed": both("结案", "closed"),
    "case_asked": both("申请", "asked for"),
    "request_decided": both("审批", "decided"),
    "request_lapsed": both("申请失效", "the request lapsed"),
    "case_suspended": both("挂账", "suspended"),
    "case_resumed": both("恢复办理", "goes on"),
    "case_extended": both("延期", "extended"),
    "case_voided": both("作废", "voided"),
    "case_transferred": both("移送", "transferred"),
    "case_moved": both("移交其他街道", "moved to another street"),
    "joint_started": both("联合执法开始", "joint enforcement begins"),
    "joint_task_moved": both("部门进展", "a partner's task"),
    "stage_reached": both("阶段完成", "stage done"),
    "penalty_moved": both("行政处罚", "penalty procedure"),
    "measure_moved": both("查封、扣押、登记保存", "measure on things"),
    "clocks_changed": both("时限变动", "clocks"),
    "timer_armed": both("设定提醒", "timer set"),
    "timer_fired": both("时限提醒", "timer"),
    "case_retired": both("保留期满", "kept long enough"),
    "report_merged": both("并案", "merged"),
    "report_split": both("拆案", "split off"),
    "report_updated": both("来源再次推送", "its source pushed it again"),
    "case_changed": both("变更事项或地点", "changed"),
    "task_handed_over": both(
        "机构调整，任务由承接方办理", "the roster ends a team: its successor has the task"
    ),
    "case_amended": both("等级或位置更新", "more urgent, or better placed"),
    "case_merged": both("并入他案", "merged into another case"),
    "case_joined": both("他案并入", "another case was merged into it"),
    "case_unmerged": both("恢复单独办理", "a case of its own again"),
    "case_terminated": both("终止办理", "terminated"),
    "case_declined": both("不予受理", "not accepted"),
    "case_sent_back": both("退回热线", "sent back to the hotline"),
    "task_assigned": both("二级派遣", "members of the team named"),
    "officers_proposed": both("派员建议", "officers proposed"),
    "case_supervised": both("挂牌督办", "put under supervision"),
    "supervision_ended": both("解除督办", "supervision ended"),
    "acted_instead": both("代为处置", "done in somebody's stead"),
    "costs_moved": both("代处置费用", "costs of what was done instead"),
    "correction_ordered": both("责令限期改正", "ordered to correct"),
    "correction_extended": both("延长改正期限", "more time to correct"),
    "correction_inspected": both("复查", "inspected again"),
    "correction_released": both("责令改正撤回或者不再追究", "order released"),
    "case_found_hard": both("认定为疑难工单", "found a hard case"),
    "demerit_counted": both("考核扣分", "counted against the unit"),
    "demerit_lifted": both("不纳入考核", "counted no longer"),
    "call_back_due": both("到期回访", "the caller is to be asked"),
    "progress_reported": both("阶段答复", "interim answer"),
    "caller_contacted": both("联系来电人", "the caller was contacted"),
    "answer_written": both("拟写答复", "answer written"),
    "report_repeated": both("重复来件", "the same report again"),
    "action_accepted": both("操作已受理", "action accepted"),
    "action_repeated": both("重复操作", "the same action again"),
}
"""Every event of a case, by its name without the version."""

CONDITIONS: Final[Mapping[str, Both]] = {
    "matters": both("事项", "matter"),
    "severities": both("事项等级", "severity"),
    "sources": both("来源", "source"),
    "urgencies": both("紧急程度", "urgency"),
    "grids": both("网格", "grid"),
    "hours": both("时段", "hours"),
    "days": both("工作日或者休息日", "kind of day"),
    "from": both("尚未施行", "not in force yet"),
    "until": both("已停止施行", "no longer in force"),
}
"""What a line of the routing table may ask for."""
SENTENCES: Final[Mapping[str, Both]] = {
    "at": both("截至 {at}", "at {at}"),
    "opened": both("登记 {at}", "opened {at}"),
    "edition": both("时限表 {day} 版", "policy of {day}"),
    "rules": both("规则 {version}", "rules {version}"),
    "other_rules": both(
        "此案最后由规则 {version} 决定，现以规则 {ours} 解释，用时可能不同",
        "last decided by rules {version}, explained by rules {ours}: lengths may differ",
    ),
    "visit": both("第{leg}次", "visit {leg}"),
    "due": both("到期 {at}", "due {at}"),
    "provisional": both("暂定，有年份的节假日安排未公布", "provisional: a year's holidays are not announced"),
    "theirs": both("热线时限，本街道时限至 {at}", "the hotline's deadline; by our policy {at}"),
    "ours": both("本街道时限，热线时限至 {at}", "by our policy; the hotline wants it by {at}"),
    "left": both("剩余{span}", "{span} left"),
    "late": both("超期{span}", "{span} late"),
    "in_time": both("按期，余{span}", "in time, {span} left"),
    "was_late": both("超期{span}", "{span} late"),
    "if_on": both("现在恢复则到期 {at}", "due {at} if it went on now"),
    "limit": both("时限{limit}", "limit {limit}"),
    "of_unit": both("{unit}的时限：事项时限的{percent}%", "of {unit}: {percent} % of the matter's limit"),
    "by_rules": both("起算时规则 {version}", "began under rules {version}"),
    "roster": both("按班次 {roster}", "hours of roster {roster}"),
    "now": both("此刻", "now"),
    "hands": both("其他环节办理中：{stage}", "in other hands: {stage}"),
    "suspended": both("挂账", "suspended"),
    "asked_by": both("{by}申请", "asked by {by}"),
    "granted_by": both("{by}批准", "granted by {by}"),
    "until": both("至 {at}", "until {at}"),
    "sum": both("已用{ran} + 剩余{left} = 应有{allowed}", "ran {ran} + left {left} = allowed {allowed}"),
    "sum_late": both("已用{ran} = 应有{allowed} + 超期{late}", "ran {ran} = allowed {allowed} + late {late}"),
    "extended": both("（时限{limit} + 延期{more}）", " (limit {limit} + extension {more})"),
    "deadline": both("到期时间 {at}", "deadline {at}"),
    "since": both("{at} 起", "since {at}"),
    "told": both("已通知", "told"),
    "next": both("下一步", "next"),
    "waiting": both("{at} 已到，尚未触发", "was due {at}, has not fired yet"),
    "level": both("第{level}级", "level {level}"),
    "percent": both("用时{percent}%", "{percent} %"),
    "after": both("到期后{limit}", "{limit} after the deadline"),
    "to": both("通知{who}", "tells {who}"),
    "fired_late": both("应于 {at}，迟{span}", "was due {at}, fired {span} late"),
    "passed_over": both(
        "已略过第{levels}级：到值班时间时更高一级已到",
        "passed over level {levels}: by the next duty hours a higher one was due",
    ),
    "asked": both("待审批，其间照常计时", "to be decided, meanwhile every clock runs"),
    "story": both("经过", "what happened"),
    "rules_on": both("此后按规则 {version}", "from here on by rules {version}"),
    "by": both("由{by}", "by {by}"),
    "on_site": both("到场人员 {who}", "officers {who}"),
    "designated": both("指定，不得退单", "designated: may not return it"),
    "granted=true": both("批准", "granted"),
    "granted=false": both("不批准", "denied"),
    "valid=true": both("属实", "it is there"),
    "valid=false": both("不属实", "it is not there"),
    "solved=true": both("已解决", "solved"),
    "solved=false": both("未解决", "not solved"),
    "satisfied=true": both("满意", "satisfied"),
    "satisfied=false": both("不满意", "not satisfied"),
    "routed": both("派单依据 {at}", "routed {at}"),
    "line_met": both("适用", "applies"),
    "line_unmet": both("不适用：{conditions}", "does not apply: {conditions}"),
    "by_hand": both("未按派单规则", "by no line of the routing table"),
    "routed_otherwise": both(
        "当时由规则 {version} 决定，现有规则会派给另一条",
        "decided then by rules {version}: by these another line decides",
    ),
    "not_routed": both("尚未派单", "not dispatched yet"),
    "nobody": both("无人", "nobody"),
    "rests_on": both("依据 {words}", "rests on {words}"),
    "second": both("次选 {second}", "next best {second}"),
    "placed": both("按地址定位，可信度{confidence}", "placed by its address, confidence {confidence}"),
    "radius": both("误差约{radius}米", "within some {radius} m"),
}
"""Every sentence, by name."""


def unit_name(rules: Rules, street: str, unit: str, lang: Lang) -> str:
    """The name of a team, department or role; the id where it has none."""
    known = rules.streets.get(street)
    named = (known.teams.get(unit) if known else None) or rules.departments.get(unit)
    if named is not None:
        return name_in(lang, named)
    return RECIPIENTS[unit][lang] if unit in RECIPIENTS else unit


def sentence(name: str, lang: Lang, **values: object) -> str:
    """One of `SENTENCES`, filled in."""
    return SENTENCES[name][lang].format(**values)
