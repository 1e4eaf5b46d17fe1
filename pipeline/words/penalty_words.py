"""Words of the penalty procedure (行政处罚) and its measures, in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from pipeline.words.field_words import Both, Lang, both
from schemas.values.penalty_terms import (
    AppealOutcome,
    CorrectionState,
    CostState,
    Disposal,
    Gravity,
    InspectionResult,
    InsteadGround,
    MeasureKind,
    MeasureStep,
    Mitigation,
    PartyKind,
    PenaltyKind,
    ServiceWay,
)
from schemas.values.terms import PenaltyStep

PENALTY_STEPS: Final[Mapping[PenaltyStep, Both]] = {
    PenaltyStep.CLUE: both("线索", "clue"),
    PenaltyStep.FILED: both("立案", "filed"),
    PenaltyStep.INVESTIGATED: both("调查", "investigated"),
    PenaltyStep.NOTICED: both("告知", "party given notice"),
    PenaltyStep.HEARING_NOTIFIED: both("听证通知", "told of the hearing"),
    PenaltyStep.HEARD: both("听证", "heard"),
    PenaltyStep.REVIEWED: both("法制审核", "legally reviewed"),
    PenaltyStep.DECIDED: both("决定", "decided"),
    PenaltyStep.SIMPLE_DECIDED: both("当场决定", "decided on the spot"),
    PenaltyStep.SERVED: both("送达", "served"),
    PenaltyStep.PAID: both("缴纳罚款", "paid"),
    PenaltyStep.ENFORCED: both("执行", "enforced"),
    PenaltyStep.NO_PENALTY: both("不予处罚", "no penalty"),
    PenaltyStep.TRANSFERRED: both("移送", "transferred"),
    PenaltyStep.ARCHIVED: both("归档", "archived"),
    PenaltyStep.HEARING_REQUESTED: both("申请听证", "hearing requested"),
    PenaltyStep.HEARING_WITHDRAWN: both("撤回听证申请", "request for a hearing withdrawn"),
    PenaltyStep.PAYMENT_DEFERRED: both("暂缓或者分期缴纳", "payment deferred"),
    PenaltyStep.INSTALMENT_PAID: both("缴纳一期", "instalment paid"),
    PenaltyStep.DEMANDED: both("催告", "demanded"),
    PenaltyStep.COERCION_HEARD: both("催告后陈述申辩", "heard on the demand"),
    PenaltyStep.COERCION_DECIDED: both("强制执行决定", "enforcement decided"),
    PenaltyStep.COURT_APPLIED: both("申请法院强制执行", "applied to the court"),
    PenaltyStep.COURT_GRANTED: both("法院准予执行", "granted by the court"),
    PenaltyStep.COURT_REFUSED: both("法院不予执行", "refused by the court"),
    PenaltyStep.RECONSIDERATION_FILED: both("申请行政复议", "reconsideration filed"),
    PenaltyStep.RECONSIDERATION_ENDED: both("行政复议结束", "reconsideration ended"),
    PenaltyStep.SUIT_FILED: both("提起行政诉讼", "suit filed"),
    PenaltyStep.SUIT_ENDED: both("行政诉讼结束", "suit ended"),
    PenaltyStep.RECUSED: both("回避", "recused"),
    PenaltyStep.CRIME_SUSPECTED: both("涉嫌犯罪", "crime suspected"),
    PenaltyStep.CRIME_DECIDED: both("移送审批", "decided on the transfer of a crime"),
    PenaltyStep.ANNOUNCED: both("限期拆除公告", "announced in public"),
    PenaltyStep.PUBLISHED: both("公开决定", "published"),
    PenaltyStep.UNPUBLISHED: both("撤回公开", "withdrawn from public"),
    PenaltyStep.SENT_BACK: both("退回补充调查", "sent back to be investigated more"),
    PenaltyStep.CHANGED: both("变更决定", "decision changed"),
    PenaltyStep.REVOKED: both("撤销决定", "decision revoked"),
    PenaltyStep.REOPENED: both("重新处理", "to be decided anew"),
    PenaltyStep.REFUNDED: both("退还罚款", "fine given back"),
}
PENALTY_KINDS: Final[Mapping[PenaltyKind, Both]] = {
    PenaltyKind.WARNING: both("警告", "warning"),
    PenaltyKind.CRITICISM: both("通报批评", "public criticism"),
    PenaltyKind.FINE: both("罚款", "fine"),
    PenaltyKind.CONFISCATED_GAINS: both("没收违法所得", "illegal gains confiscated"),
    PenaltyKind.CONFISCATED_THINGS: both("没收非法财物", "illegal things confiscated"),
    PenaltyKind.LICENCE_SUSPENDED: both("暂扣许可证件", "licence suspended"),
    PenaltyKind.LICENCE_LOWERED: both("降低资质等级", "qualification lowered"),
    PenaltyKind.LICENCE_REVOKED: both("吊销许可证件", "licence revoked"),
    PenaltyKind.BUSINESS_RESTRICTED: both("限制开展生产经营活动", "business restricted"),
    PenaltyKind.BUSINESS_STOPPED: both("责令停产停业", "production or business stopped"),
    PenaltyKind.BUSINESS_CLOSED: both("责令关闭", "closed down"),
    PenaltyKind.BARRED_FROM_TRADE: both("限制从业", "barred from the trade"),
}
MEASURE_KINDS: Final[Mapping[MeasureKind, Both]] = {
    MeasureKind.SEALING: both("查封", "sealing"),
    MeasureKind.SEIZURE: both("扣押", "seizure"),
    MeasureKind.PRESERVATION: both("先行登记保存", "preservation"),
}
MEASURE_STEPS: Final[Mapping[MeasureStep, Both]] = {
    MeasureStep.BEGUN: both("实施", "begun"),
    MeasureStep.EXTENDED: both("延长", "extended"),
    MeasureStep.TESTING: both("检测鉴定中", "things are tested"),
    MeasureStep.TESTED: both("检测鉴定结束", "testing over"),
    MeasureStep.ENDED: both("处理完毕", "ended"),
}
STEPS: Final[Mapping[str, Both]] = {
    **{step.value: words for step, words in PENALTY_STEPS.items()},
    **{step.value: words for step, words in MEASURE_STEPS.items()},
}
"""Words of the steps of procedures and measures, by code."""

DISPOSALS: Final[Mapping[Disposal, Both]] = {
    Disposal.RETURNED: both("解除退还", "returned"),
    Disposal.CONFISCATED: both("没收", "confiscated"),
    Disposal.DESTROYED: both("销毁", "destroyed"),
    Disposal.AUCTIONED: both("拍卖抵缴", "auctioned for the fine"),
    Disposal.HANDED_OVER: both("移送", "handed over"),
    Disposal.SEIZED: both("转为扣押", "seized"),
}
APPEAL_OUTCOMES: Final[Mapping[AppealOutcome, Both]] = {
    AppealOutcome.UPHELD: both("维持", "upheld"),
    AppealOutcome.CHANGED: both("变更", "changed"),
    AppealOutcome.REVOKED: both("撤销", "revoked"),
    AppealOutcome.WITHDRAWN: both("撤回", "withdrawn"),
}
GRAVITIES: Final[Mapping[Gravity, Both]] = {
    Gravity.SLIGHT: both("较轻", "slight"),
    Gravity.ORDINARY: both("一般", "ordinary"),
    Gravity.GRAVE: both("较重", "grave"),
}
MITIGATIONS: Final[Mapping[Mitigation, Both]] = {
    Mitigation.HARM_UNDONE: both("主动消除或者减轻危害后果", "undid or lessened the harm"),
    Mitigation.COERCED: both("受他人胁迫或者诱骗", "was coerced or lured"),
    Mitigation.CONFESSED: both("主动供述尚未掌握的违法行为", "confessed what was not known"),
    Mitigation.MERIT: both("配合查处有立功表现", "helped to find others"),
    Mitigation.YOUNG: both("已满十四周岁不满十八周岁", "from fourteen to under eighteen"),
    Mitigation.LIMITED_CAPACITY: both(
        "尚未完全丧失辨认或者控制能力", "knows or controls only in part what they do"
    ),
}
PENALTY_LABELS: Final[Mapping[str, Both]] = {
    "penalty": both("处罚程序", "penalty procedure"),
    "basis": both("依据", "basis"),
    "noticed": both("拟处罚", "meant"),
    "decided": both("处罚决定", "decided"),
    "gravity": both("情节{gravity}", "gravity: {gravity}"),
    "mitigated": both("从轻、减轻：{why}", "mitigated: {why}"),
    "worth": both("价值{yuan}元", "worth {yuan} yuan"),
    "yuan": both("{yuan}元", "{yuan} yuan"),
    "nothing_paid": both("无罚没", "nothing to pay"),
    "hearing": both("听证", "hearing"),
    "late_payment": both("逾期缴纳罚款", "late payment"),
    "grown": both("逾期{days}日，加处罚款{yuan}元", "{days} d late, surcharge {yuan} yuan"),
    "stood": both("其中{days}日在复议、诉讼期间，不计", "on {days} d of these it stood still: contested"),
    "contested": both("复议、诉讼", "contested"),
    "no_longer": both("{step}（已被替代）", "{step} (no longer holds)"),
    "corrected": both("变更、撤销", "corrected"),
    "refund": both("退款", "refund"),
    "owed_back": both("应退还{yuan}元", "{yuan} yuan are to be given back"),
    "owed": both("现应缴{yuan}元", "{yuan} yuan are owed now"),
    "pending": both("未结束", "pending"),
    "instalments": both("暂缓、分期", "deferred"),
    "next_payment": both("已缴{yuan}元，下一期至{at}", "{yuan} yuan paid, the next by {at}"),
    "measure": both("措施", "measure"),
    "until": both("至{at}", "until {at}"),
    "approved_by": both("{by}批准", "approved by {by}"),
}
"""Every sentence, by name."""


def penalty_label(name: str, lang: Lang, **values: object) -> str:
    """One of `PENALTY_LABELS`, filled in."""
    return PENALTY_LABELS[name][lang].format(**values)


PARTIES: Final[Mapping[PartyKind, Both]] = {
    PartyKind.CITIZEN: both("公民", "citizen"),
    PartyKind.LEGAL_PERSON: both("法人或其他组织", "legal person or other organisation"),
}
CORRECTIONS: Final[Mapping[CorrectionState, Both]] = {
    CorrectionState.RUNNING: both("改正期内或者待复查", "running, or to be inspected"),
    CorrectionState.OBEYED: both("已改正", "obeyed"),
    CorrectionState.DISOBEYED: both("逾期未改正", "disobeyed"),
    CorrectionState.RELEASED: both("撤回或者不再追究", "released"),
}
INSPECTIONS: Final[Mapping[InspectionResult, Both]] = {
    InspectionResult.OBEYED: both("已改正", "obeyed"),
    InspectionResult.DISOBEYED: both("逾期未改正", "disobeyed"),
}
SERVICES: Final[Mapping[ServiceWay, Both]] = {
    ServiceWay.IN_PERSON: both("直接送达", "in person"),
    ServiceWay.LEFT: both("留置送达", "left with the party"),
    ServiceWay.BY_POST: both("邮寄送达", "by post"),
    ServiceWay.ELECTRONIC: both("电子送达", "electronically"),
    ServiceWay.BY_NOTICE: both("公告送达", "by public notice"),
}
INSTEAD_GROUNDS: Final[Mapping[InsteadGround, Both]] = {
    InsteadGround.OWNER: both("权属单位未及时处置", "its owner did not act"),
    InsteadGround.AT_ONCE: both("立即代履行", "at once"),
    InsteadGround.AFTER_DEMAND: both("催告后代履行", "after a demand"),
}
COST_STATES: Final[Mapping[CostState, Both]] = {
    CostState.OPEN: both("待追偿", "to be claimed"),
    CostState.CLAIMED: both("已追偿", "claimed"),
    CostState.RECOVERED: both("已收回", "recovered"),
    CostState.GIVEN_UP: both("不再追偿", "given up"),
}
