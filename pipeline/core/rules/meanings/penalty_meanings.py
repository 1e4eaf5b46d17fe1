"""What a step of a penalty procedure (行政处罚), or of a measure beside it, lacks."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.rules.meanings.report_meanings import Meaning

PENALTY_MEANINGS: Final[Mapping[str, Meaning]] = {
    "penalty_step": Meaning(
        "处罚程序不能跳到这一步，请按程序进行", "Not the next step of the procedure; go through it in order"
    ),
    "penalty_fact": Meaning(
        "该步骤不填此项，请删去或在相应步骤填写",
        "Does not belong to this step; say it with the step it belongs to",
    ),
    "penalty_fact_missing": Meaning(
        "该步骤缺少必填事项，请补充", "The step says nothing without this: state it"
    ),
    "penalty_amount_missing": Meaning(
        "缺少金额，请填写罚款数额或没收价值",
        "How much is not said: give the fine, or the worth of what is confiscated",
    ),
    "measure_step": Meaning(
        "措施不能走到这一步，请按顺序进行", "Not the next step of the measure; go through it in order"
    ),
    "single_officer_penalty": Meaning(
        "执法人员不足两人，请两名以上持证人员办理并填写证号",
        "Too few officers: let two with certificates do it, and give their numbers",
    ),
    "identity_not_shown": Meaning(
        "未出示执法证件，请主动出示后再进行", "No certificate was shown: show it first, then go on"
    ),
    "penalty_without_power": Meaning(
        "街道对该事项无此处罚权，请移送有权机关",
        "The street may not punish this: refer it to the organ that may",
    ),
    "decision_without_notice": Meaning(
        "未告知或陈述申辩期未过，请先告知并听取意见",
        "Not told, or not heard yet: tell the party, hear it or wait until its time is over",
    ),
    "heavier_than_noticed": Meaning(
        "处罚重于告知内容，请在告知范围内决定，或者补充调查后重新告知",
        "Heavier than noticed: stay within what the party was told, or have it noticed anew",
    ),
    "hearing_not_offered": Meaning(
        "拟处罚达到听证标准，应在事先告知书中告知听证权利",
        "A weighty penalty: tell the party that it may ask for a hearing",
    ),
    "penalty_before_hearing_window": Meaning(
        "听证申请期未满，请等待、组织听证或取得书面放弃",
        "A hearing can still be asked for: wait, hold it, or have it waived in writing",
    ),
    "hearing_hosted_by_investigator": Meaning(
        "听证主持人须为非本案调查人员，请另行指定", "The host investigated: name somebody who did not"
    ),
    "close_penalty_without_legal_review": Meaning(
        "未通过法制审核，请由调查人以外的人员审核后再决定",
        "No legal review has passed: let somebody who did not investigate review it first",
    ),
    "electronic_evidence_unreviewed": Meaning(
        "监控记录未经审核，请先完成法制和技术审核，或另行取证",
        "Monitor records are not reviewed: review them first, or find other evidence",
    ),
    "fine_over_range": Meaning(
        "罚款超过法定上限，请按法定幅度裁量", "More than the law allows: stay within its range"
    ),
    "fine_outside_discretion": Meaning(
        "罚款不在裁量基准对应档次内，请说明违法情节并按档次裁量；有从轻、减轻情节的注明，需调整适用的由负责人集体讨论",
        "Not within the band of the discretion table: state the gravity and keep to it, name what mitigates, or let the heads discuss it",
    ),
    "simple_not_for_matter": Meaning(
        "该事项不适用简易程序，请转为普通程序办理",
        "Not decided on the spot: file it, by the ordinary procedure",
    ),
    "simple_fine_over_limit": Meaning(
        "当场只能警告或限额内罚款，请转为普通程序办理",
        "On the spot there are only a warning and a small fine: file it, by the ordinary procedure",
    ),
    "onspot_collection_over_limit": Meaning(
        "不得当场收缴，请当事人到指定银行或者通过电子支付系统缴纳",
        "Not to be collected on the spot: let it be paid at a bank",
    ),
    "coercion_at_night_or_holiday": Meaning(
        "夜间和法定节假日不得强制执行，请改在工作日白天；紧急情况请注明",
        "Nothing is forced at night or on a holiday: do it by day on a workday, or say that it is an emergency",
    ),
    "enforced_before_term": Meaning(
        "缴纳罚款期限未届满，请待届满再强制执行", "It can still be paid: wait until the time to pay is over"
    ),
    "enforced_without_demand": Meaning(
        "强制执行前须书面催告，请先送达催告书", "Not demanded in writing: serve the demand first"
    ),
    "archived_with_open_order": Meaning(
        "责令拆除的决定尚未履行，当事人已自行拆除并经复查的请注明，否则先强制执行",
        "The building still stands on file: say that it was looked at again and is gone, or enforce the order first",
    ),
    "demolition_not_ordered": Meaning(
        "强制拆除须由县级以上人民政府责成，请填写责成的政府",
        "A building is pulled down by order of the county government: say which",
    ),
    "demolished_unannounced": Meaning(
        "强制拆除前须予以公告，限期当事人自行拆除，期满方可执行",
        "Announce it in public first, with a term to pull it down oneself, and wait for its end",
    ),
    "demolish_before_appeal_window": Meaning(
        "复议、诉讼期未满，不得强制拆除，请等待期满并可申请挂账",
        "It can still be appealed: wait until the time is over; the case may be suspended meanwhile",
    ),
    "archived_with_open_fine": Meaning(
        "罚款未缴清，请先缴纳罚款或执行再归档", "The fine is open: have it paid or enforced, then archive"
    ),
    "no_penalty_without_ground": Meaning(
        "不予处罚须有法定理由并教育当事人，请补充",
        "No penalty needs its ground, and the party is taught: say so",
    ),
    "transfer_without_receiver": Meaning(
        "移送须写明接收机关", "A transfer names the organ that takes it over"
    ),
    "time_barred": Meaning(
        "违法行为超过追责期限，请以此不予处罚；仍在继续或后果严重的请注明",
        "Found too late to be punished: no_penalty, time_barred; say so if it still goes on or did grave harm",
    ),
    "hearing_requested_too_late": Meaning(
        "听证申请已逾期，仍决定听证的请填写决定人",
        "Asked for too late: say who decided to hold a hearing all the same",
    ),
    "payment_deferred_out_of_form": Meaning(
        "暂缓或者分期缴纳罚款须经批准并写明缴纳日期，请补充",
        "Deferred payment is approved of, and says until when: state both",
    ),
    "enforced_without_power": Meaning(
        "街道对罚款没有强制执行权，请催告后申请人民法院强制执行",
        "The street may not enforce a fine by itself: demand it, then apply to the court",
    ),
    "court_before_appeal_window": Meaning(
        "当事人仍可复议、诉讼或者正在复议、诉讼，尚不能申请法院强制执行",
        "The decision can still be contested, or is: the court cannot be applied to yet",
    ),
    "court_without_demand": Meaning(
        "催告期限未届满，尚不能申请法院强制执行",
        "The demand has not lapsed: the court cannot be applied to yet",
    ),
    "recused_officer": Meaning(
        "该人员已回避，不得参与本案，请更换人员",
        "This person is recused and takes no part in the case: name another",
    ),
    "review_first_not_told": Meaning(
        "当场处罚须告知当事人先申请行政复议，请告知后注明",
        "The party is told that a reconsideration comes before a suit: tell it, and say so",
    ),
    "punished_despite_ground": Meaning(
        "已认定有应当不予处罚的情形，请作出不予处罚决定",
        "A ground was found on which the law spares the party: decide on no penalty",
    ),
    "crime_not_decided": Meaning(
        "涉嫌犯罪的，由负责人在三日内决定是否移送；决定移送的不再处罚",
        "It may be a crime: a head decides on the transfer within three days; what is transferred is not punished here",
    ),
    "archived_unpublished": Meaning(
        "处罚决定尚未公开，或者变更、撤销后尚未撤回公开，请办理后归档",
        "The decision is still to be published, or to be withdrawn as it stands no longer: do that, then archive",
    ),
    "device_not_registered": Meaning(
        "监控设备未登记审核公布，请注明核实人",
        "The device stands in no register of those examined and made public: say who found that it may be relied on",
    ),
    "court_time_lost": Meaning(
        "申请法院强制执行的三个月期限已过，经批准后可以归档",
        "The three months to apply to the court are over: the file is archived if a head of the organ agrees",
    ),
    "hearing_not_notified": Meaning(
        "未在举行听证七个工作日前通知时间、地点，请先通知或改期",
        "The party is told of the hearing's time and place 7 workdays before: notify it, or hold it later",
    ),
    "decided_without_discussion": Meaning(
        "情节复杂或重大的处罚须负责人集体讨论，请先讨论并注明",
        "Complex or weighty: the heads of the organ discuss it together first; then say so",
    ),
    "measure_without_power": Meaning(
        "法律、法规未对该事项规定此种强制措施，不得采取",
        "No law gives the power for this measure for such a matter: it is not taken",
    ),
    "measure_out_of_form": Meaning(
        "采取措施须两名以上持证人员并出示执法证件，请补充",
        "A measure takes two officers with certificates, shown first: say who and that they did",
    ),
    "measure_not_approved": Meaning(
        "措施须经负责人批准，请填写批准人",
        "A head of the organ approves it: say who, other than the officers",
    ),
    "measure_extended_too_far": Meaning(
        "只能在期满前延长一次，不超过法定期限，并书面告知；否则请对物品作出处理决定",
        "Extended once, before its end, by no more than the law's days, told in writing; else decide on the things",
    ),
    "testing_not_stated": Meaning(
        "检测鉴定期间须明确并书面告知当事人",
        "Say until when things are tested, and tell the party in writing",
    ),
    "things_not_decided_on": Meaning(
        "须对物品作出处理决定；没收等须先有处罚决定",
        "Say what becomes of the things; what only a decision allows comes after it",
    ),
    "archived_with_open_measure": Meaning(
        "尚有查封、扣押、保存的物品未处理，请先处理再归档",
        "Things are still held: decide on them, then archive",
    ),
    "process_not_recorded": Meaning(
        "该步骤没有记录，请附文书或执法记录仪等音像材料",
        "Nothing records this step: attach a document, a body-camera clip or a video",
    ),
    "filed_unapproved": Meaning(
        "立案未经负责人批准，请填写批准人", "No head of the organ approved of the filing: name who did"
    ),
    "decided_unapproved": Meaning(
        "未经行政机关负责人审查决定，请填写作出决定的负责人",
        "No head of the organ has decided this: name who did",
    ),
    "archived_unapproved": Meaning(
        "结案未经负责人批准，请填写批准人", "No head of the organ approved of the closing: name who did"
    ),
    "approver_not_apart": Meaning(
        "审批人不得是本案承办人员，审核人与决定人不得为同一人，请另行指定",
        "Who handles a case approves of nothing in it, and who reviews does not decide: name somebody else",
    ),
    "heavier_for_defending": Meaning(
        "不得因陈述申辩加重处罚；确有新的事实，请先退回补充调查再重新告知",
        "Nothing is heavier for a defence: if something worse was found, send it back and investigate first",
    ),
    "sent_back_by_nobody": Meaning(
        "未写明由谁退回，请填写法制审核人员或者负责人",
        "Nobody is named who sends it back: name reviewer or head",
    ),
    "worse_for_contesting": Meaning(
        "变更不得对当事人更为不利，请核对变更后的处罚",
        "A decision is not changed for the worse: check what is laid on now",
    ),
    "changed_against_judgment": Meaning(
        "法院已判决的决定不得自行变更、撤销；变更须写明改正后的处罚",
        "What a court has judged is not changed; and a change says what is laid on now",
    ),
    "reopened_without_order": Meaning(
        "尚不能重新处理：须责令重新作出，并先撤回公开、退还罚款",
        "It cannot be decided anew yet: so ordered, withdrawn from public and paid back first",
    ),
    "refund_not_owed": Meaning(
        "退还数额不符，请按应退还的全部数额填写", "Not what is owed back: give back all of it"
    ),
    "archived_with_money_owed": Meaning(
        "多缴的罚款未退还，请退还后归档", "Money is the party's: give it back before the file is closed"
    ),
}
