"""What the commands say of a penalty procedure, in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from pipeline.words.field_words import Both, Lang
from schemas.values.penalty_terms import Disposal, MeasureKind, MeasureStep, PenaltyKind
from schemas.values.terms import PenaltyStep


def _both(zh: str, en: str) -> Both:
    return {Lang.ZH: zh, Lang.EN: en}


PENALTY_STEPS: Final[Mapping[PenaltyStep, Both]] = {
    PenaltyStep.CLUE: _both("线索", "clue"),
    PenaltyStep.FILED: _both("立案", "filed"),
    PenaltyStep.INVESTIGATED: _both("调查", "investigated"),
    PenaltyStep.NOTICED: _both("告知", "party given notice"),
    PenaltyStep.HEARING_NOTIFIED: _both("听证通知", "told of the hearing"),
    PenaltyStep.HEARD: _both("听证", "heard"),
    PenaltyStep.REVIEWED: _both("法制审核", "legally reviewed"),
    PenaltyStep.DECIDED: _both("决定", "decided"),
    PenaltyStep.SIMPLE_DECIDED: _both("当场决定", "decided on the spot"),
    PenaltyStep.SERVED: _both("送达", "served"),
    PenaltyStep.PAID: _both("缴款", "paid"),
    PenaltyStep.ENFORCED: _both("执行", "enforced"),
    PenaltyStep.NO_PENALTY: _both("不予处罚", "no penalty"),
    PenaltyStep.TRANSFERRED: _both("移送", "transferred"),
    PenaltyStep.ARCHIVED: _both("归档", "archived"),
}
PENALTY_KINDS: Final[Mapping[PenaltyKind, Both]] = {
    PenaltyKind.WARNING: _both("警告", "warning"),
    PenaltyKind.CRITICISM: _both("通报批评", "public criticism"),
    PenaltyKind.FINE: _both("罚款", "fine"),
    PenaltyKind.CONFISCATED_GAINS: _both("没收违法所得", "illegal gains confiscated"),
    PenaltyKind.CONFISCATED_THINGS: _both("没收非法财物", "illegal things confiscated"),
    PenaltyKind.LICENCE_SUSPENDED: _both("暂扣许可证件", "licence suspended"),
    PenaltyKind.LICENCE_LOWERED: _both("降低资质等级", "qualification lowered"),
    PenaltyKind.LICENCE_REVOKED: _both("吊销许可证件", "licence revoked"),
    PenaltyKind.BUSINESS_RESTRICTED: _both("限制开展生产经营活动", "business restricted"),
    PenaltyKind.BUSINESS_STOPPED: _both("责令停产停业", "production or business stopped"),
    PenaltyKind.BUSINESS_CLOSED: _both("责令关闭", "closed down"),
    PenaltyKind.BARRED_FROM_TRADE: _both("限制从业", "barred from the trade"),
}
MEASURE_KINDS: Final[Mapping[MeasureKind, Both]] = {
    MeasureKind.SEALING: _both("查封", "sealing"),
    MeasureKind.SEIZURE: _both("扣押", "seizure"),
    MeasureKind.PRESERVATION: _both("先行登记保存", "preservation"),
}
MEASURE_STEPS: Final[Mapping[MeasureStep, Both]] = {
    MeasureStep.BEGUN: _both("实施", "begun"),
    MeasureStep.EXTENDED: _both("延长", "extended"),
    MeasureStep.TESTING: _both("检测鉴定中", "things are tested"),
    MeasureStep.TESTED: _both("检测鉴定结束", "testing over"),
    MeasureStep.ENDED: _both("处理完毕", "ended"),
}
STEPS: Final[Mapping[str, Both]] = {
    **{step.value: words for step, words in PENALTY_STEPS.items()},
    **{step.value: words for step, words in MEASURE_STEPS.items()},
}
"""Of both, by their codes."""

DISPOSALS: Final[Mapping[Disposal, Both]] = {
    Disposal.RETURNED: _both("解除退还", "returned"),
    Disposal.CONFISCATED: _both("没收", "confiscated"),
    Disposal.DESTROYED: _both("销毁", "destroyed"),
    Disposal.AUCTIONED: _both("拍卖抵缴", "auctioned for the fine"),
    Disposal.HANDED_OVER: _both("移送", "handed over"),
    Disposal.SEIZED: _both("转为扣押", "seized"),
}
PENALTY_LABELS: Final[Mapping[str, Both]] = {
    "penalty": _both("处罚程序", "penalty procedure"),
    "noticed": _both("拟处罚", "meant"),
    "decided": _both("处罚决定", "decided"),
    "worth": _both("价值{yuan}元", "worth {yuan} yuan"),
    "yuan": _both("{yuan}元", "{yuan} yuan"),
    "nothing_paid": _both("无罚没", "nothing to pay"),
    "hearing": _both("听证", "hearing"),
    "late_payment": _both("逾期缴款", "late payment"),
    "grown": _both("逾期{days}日, 加处罚款{yuan}元", "{days} d late, surcharge {yuan} yuan"),
    "measure": _both("措施", "measure"),
    "until": _both("至{at}", "until {at}"),
    "approved_by": _both("{by}批准", "approved by {by}"),
}
"""Every sentence, by name."""


def penalty_label(name: str, lang: Lang, **values: object) -> str:
    """One of `PENALTY_LABELS`, filled in."""
    return PENALTY_LABELS[name][lang].format(**values)
