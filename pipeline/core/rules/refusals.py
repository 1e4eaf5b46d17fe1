"""Why something is refused: a stable code, what it means, and what to do instead, in Chinese and English.

A refusal is an answer. It is written to the journal and to a receipt, and it changes nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from pipeline.core.rules.meanings.correction_meanings import CORRECTION_MEANINGS
from pipeline.core.rules.meanings.district_meanings import DISTRICT_MEANINGS
from pipeline.core.rules.meanings.duty_meanings import DUTY_MEANINGS, FIELD_MEANINGS
from pipeline.core.rules.meanings.evidence_meanings import EVIDENCE_MEANINGS
from pipeline.core.rules.meanings.move_meanings import MOVE_MEANINGS
from pipeline.core.rules.meanings.penalty_meanings import PENALTY_MEANINGS
from pipeline.core.rules.meanings.report_meanings import ANSWER_MEANINGS, REPORT_MEANINGS, Meaning
from schemas import limits
from schemas.codes import CODES


class Refusal(NamedTuple):
    """Why a decider refuses: `field` is where, `allowed` what would have been accepted, `team` who holds the case instead.

    `also` are other reasons that hold besides, which the sender may mend at the same time.
    """

    code: str
    field: str = ""
    allowed: str = ""
    team: str | None = None
    also: tuple["Refusal", ...] = ()


def all_of(refusals: Iterable[Refusal | None]) -> Refusal | None:
    """The first refusal, with those after it that are others, each flat; None where there is none."""
    flat = [one._replace(also=()) for refusal in refusals if refusal for one in (refusal, *refusal.also)]
    if not flat:
        return None
    first, *rest = dict.fromkeys(flat)
    return first._replace(also=tuple(rest[: limits.FAULTS_TOLD_MAX - 1]))


REPEATED_OTHERWISE: Final = Meaning(
    "该编号已推送过，本次内容与首次不同，以首次为准；如有新情况请用新编号上报",
    "This number was pushed before with other content; the first one holds. Report new facts under a new number",
)
"""Beside the first receipt of a report, where it comes again and says something else."""
REPEATED_AFTER_END: Final = Meaning(
    "此件先前已受理，案件已办结，不另立案；如问题再次出现，请用新编号上报",
    "This was handled before and its case has ended; no second one is opened. If it is there again, report it under a new number",
)
"""Beside the answer to a report that comes again when its case is over."""
REPEATED_AFTER_MOVE: Final = Meaning(
    "此件已移交其他街道继续办理，请向该街道查询（见移交后案件编号）",
    "This is another street's case now, and goes on there: ask that street, by the id of its case",
)
"""The same, where its case was moved."""
MEANINGS: Final[Mapping[str, Meaning]] = {
    **REPORT_MEANINGS,
    **ANSWER_MEANINGS,
    **EVIDENCE_MEANINGS,
    # actions
    "unknown_case": Meaning("没有此案件，请核对案件编号", "No such case; check its id"),
    "case_closed": Meaning(
        "案件已结案，如有新情况请重新上报", "The case is closed; report anew if there are new facts"
    ),
    "case_retired": Meaning(
        "案件办结已久，不再保留，如有新情况请重新上报",
        "The case ended long ago and is kept no longer; report anew if there are new facts",
    ),
    "request_pending": Meaning(
        "同类申请正在待审批，请先审批", "A request of this kind waits to be decided; decide it first"
    ),
    "request_lapsed": Meaning(
        "申请逾期未批已失效，如仍需要请重新申请",
        "The request has lapsed undecided; if it is still wanted it is asked for anew",
    ),
    "several_requests": Meaning(
        "有多项申请待审批，请指明审批哪一项", "Several requests wait to be decided; say which one is meant"
    ),
    "change_of_several": Meaning(
        "本案已并入其他来源，不能整案变更；请先拆分，或不予批准",
        "Other reports have joined the case, so it is not changed as a whole; split them off first, or deny it",
    ),
    "nothing_asked": Meaning("没有待审批的申请", "Nothing was asked for; there is nothing to decide"),
    "self_approval": Meaning(
        "申请人不得审批本人的申请，请由他人审批", "Who asks does not decide; somebody else must"
    ),
    "suspension_limit": Meaning(
        "挂账次数已用完，请继续办理或申请协调", "No suspension is left; handle it or ask for help"
    ),
    "reason_not_allowed": Meaning(
        "现行规则不允许以此理由挂账", "The policy allows no suspension for this reason"
    ),
    "suspension_end": Meaning(
        "挂账须有截止时间，且不得超过上限", "A suspension needs an end after now and within its cap"
    ),
    "extension_limit": Meaning("延期次数已用完", "No extension is left for this case"),
    "extend_after_deadline": Meaning(
        "已到期限，不能再申请延期", "The deadline has passed; an extension is asked for before it"
    ),
    "extension_too_long": Meaning("延期超过上限，请缩短", "The extension is over its cap; ask for less"),
    "rejection_reason_missing": Meaning(
        "不予立案须说明理由", "A rejection says why, with a reason from the list"
    ),
    "void_after_arrival": Meaning(
        "已到场，不能作废，请办理或移送", "Officers have arrived: it is handled or transferred, not void"
    ),
    "decline_after_arrival": Meaning(
        "已到场，不能再不予受理或者退回，请办理，或者申请终止办理",
        "Officers have arrived: it is handled, or its termination is asked for",
    ),
    "no_order": Meaning(
        "本案没有热线工单，此项只适用于热线工单", "No hotline has ordered it: it is void, or transferred"
    ),
    "checked_already": Meaning(
        "本案已派员核实过，请办理或者作废", "Somebody has looked at it already: it is handled, or void"
    ),
    "check_after_signing": Meaning("队伍已签收，由其到场核实", "A team has signed for it, and looks itself"),
    "earlier_missing": Meaning(
        "请填写重复的是哪一工单", "Give the number of the order that this one repeats"
    ),
    "send_back_too_late": Meaning(
        "已过退回期限，请办理，或者申请终止办理",
        "The time for sending it back is over; handle it, or ask for its termination",
    ),
    "reopen_limit": Meaning(
        "重办次数已用完，请重新上报", "No reopening is left; report anew, it will be linked"
    ),
    "reopen_voided": Meaning(
        "该案已作废或已移送，不能重办", "It is void, rejected or elsewhere; report anew"
    ),
    "return_too_late": Meaning(
        "已过退单时限，请继续办理或申请协调", "Too late to return it; handle it, or ask for help"
    ),
    "not_on_site": Meaning("定位离现场过远，请到场后再报到", "Too far from the place; arrive first"),
    "joint_not_eligible": Meaning(
        "该事项不适用联合执法", "The policy foresees no joint enforcement for this matter"
    ),
    "unknown_department": Meaning("名册中没有此部门", "No such department in the roster"),
    "too_few_partners": Meaning("联合执法的部门不足", "Too few partners for joint enforcement"),
    "not_a_partner": Meaning("不是本案的联合执法部门", "Not a partner in this case"),
    "joint_step": Meaning("联合任务不能走到这一步", "The joint task cannot take this step now"),
    "refusal_reason_missing": Meaning("不到场须说明理由", "Who does not come says why"),
    "settled_by_centre": Meaning(
        "必须报到的部门只能由中心协调", "A mandatory partner is settled by the centre alone"
    ),
    "joint_open_tasks": Meaning(
        "尚有联合任务未完成，请等待、协调或免除", "Joint tasks are open: wait, settle or waive them"
    ),
    **PENALTY_MEANINGS,
    "object_when_bound": Meaning(
        "已裁定承办，不能再提异议，请办理", "It was decided who handles this; there is no objecting any more"
    ),
    "expected_in_past": Meaning("预计办结时间须晚于现在", "The time by which it will be done must lie ahead"),
    "case_merged": Meaning(
        "本案已并入他案，请在该案上操作或先拆案",
        "It was merged: act on the case named, or split it off there first",
    ),
    "merge_into_itself": Meaning(
        "不能并入自身，请核对案件编号", "A case is not merged into itself; check the id"
    ),
    "merge_into_terminal": Meaning(
        "目标案件已办结或已并案，请并入在办案件", "That case is over or merged itself; merge into an open one"
    ),
    "merge_chain": Meaning(
        "已有案件并入本案，不能再并出，请反向并案",
        "Others were merged into this one; merge that one into this instead",
    ),
    "matter_or_kind": Meaning(
        "请填写事项代码，或非执法类别，二者取一",
        "Say either what matter it is, or what kind of thing that is nothing to enforce",
    ),
    "unknown_kind": Meaning("不在非执法类别目录内，请核对", "No such kind of what is nothing to enforce"),
    "nothing_missing": Meaning(
        "该项已明确，无需研判", "That is known of this case; there is nothing for you to say"
    ),
    "merge_into_unclear": Meaning(
        "对方案件尚待研判，请先研判", "Nobody knows yet what the other case is about; say that first"
    ),
    "merge_other_matter": Meaning(
        "事项或街道不同，不能并案", "Another matter or street: these are two cases"
    ),
    "merge_after_arrival": Meaning(
        "已到场，不能并出，请反向并案或分别办理",
        "Officers have arrived: merge the other into this one, or handle both",
    ),
    "merge_with_penalty": Meaning(
        "处罚程序正在进行，不能并出", "A penalty procedure is under way; merge the other into this one"
    ),
    "not_merged": Meaning(
        "该来件并非并入本案的来件，请核对来源与编号",
        "No report of this number was merged into the case; check it",
    ),
    "no_such_stage": Meaning(
        "该事项没有此阶段，或已完成", "The matter has no such stage, or it is done already"
    ),
    "case_full": Meaning(
        "该案记录已达上限，请联系值班负责人", "The case has reached its limits; ask the duty chief"
    ),
    "id_used_otherwise": Meaning(
        "该操作编号已用于另一操作，请换用新编号", "This id was used for something else; use a new one"
    ),
    "role_not_allowed": Meaning("该角色无权进行此操作", "This role may not do this"),
    "not_at_this_stage": Meaning("案件当前阶段不能进行此操作", "Not possible at the case's stage"),
    "stale_version": Meaning("案件已更新，请刷新后重试", "The case has moved on; read it again"),
    "acted_in_future": Meaning(
        "操作时间晚于当前时间，请核对设备时钟", "The time lies in the future; check the device"
    ),
    "too_many_claims": Meaning(
        "本队已领而未办结的案件过多", "The team has too many claimed cases that it has not dealt with"
    ),
    "claim_lost": Meaning("已被其他队伍领取", "Another team has it"),
    "not_offered_to_team": Meaning("该案未向本队开放领单", "The case is not offered to this team"),
    "members_missing": Meaning("请写明派给哪些队员", "Name the members who go"),
    "unknown_team": Meaning("本街道没有这支队伍", "No such team in this street"),
    "already_there": Meaning("该队已持有此案", "This team already holds the case"),
    "not_your_task": Meaning(
        "该任务由其他队伍、岗位或街道负责", "Another team, post or street has this task"
    ),
    "return_after_arrival": Meaning("到场后不得退单", "A task may not be returned after arrival"),
    "return_by_designated_team": Meaning("指定承办，不得退单", "A designated team may not return the task"),
    "too_few_officers": Meaning("到场执法人员不足两人", "At least two officers must be on site"),
    "self_verification": Meaning("承办人不得核查自己办理的案件", "A handler may not verify"),
    "rework_reason_missing": Meaning("核查不通过须写明原因", "Say why the verification failed"),
    "callback_by_handler": Meaning("承办人不得回访自己办理的案件", "A handler may not call back"),
    "later_report_unanswered": Meaning(
        "处置后又有来件反映同一问题，请写明核实情况，或作不通过、未解决处理",
        "The same was reported again after the disposal: say what was found of it, or do not pass it",
    ),
    "answer_missing": Meaning("已接通须记录是否解决、是否满意", "Reached: say whether solved and satisfied"),
    **DISTRICT_MEANINGS,
    **DUTY_MEANINGS,
    **FIELD_MEANINGS,
    **MOVE_MEANINGS,
    **CORRECTION_MEANINGS,
    # ours
    "internal_error": Meaning("系统内部错误，已转人工", "An internal error; people will look at it"),
}


def meaning_of(code: str) -> Meaning:
    """The words for `code`. The words for malformed messages stand with the contracts."""
    return MEANINGS.get(code) or _MALFORMED.get(code, _UNEXPLAINED)


_MALFORMED: Final[Mapping[str, Meaning]] = {
    code: Meaning(f"{words.zh}:{words.do_zh}", f"{words.en}. {words.do_en}") for code, words in CODES.items()
}
_UNEXPLAINED: Final = Meaning("报文不符合接口规范", "Not what the contract says")
