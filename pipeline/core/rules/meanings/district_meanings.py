"""Why what is asked of the district, what ends a case under its supervision, or an appeal is refused; in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.rules.meanings.report_meanings import Meaning

DISTRICT_MEANINGS: Final[Mapping[str, Meaning]] = {
    "under_supervision": Meaning(
        "本案正在挂牌督办，须由督办部门解除督办后方可办结",
        "The case is under supervision: it is over only when the district has ended that",
    ),
    "supervised_already": Meaning("本案已在挂牌督办", "The case is under supervision already"),
    "not_supervised": Meaning("本案没有挂牌督办", "The case is not under supervision"),
    "appeal_unproven": Meaning(
        "考核申诉须附证据并写明理由", "An appeal is shown with evidence, and says why"
    ),
    "nothing_counted": Meaning(
        "该单位在本案中没有此项考核扣分", "Nothing of this kind is counted against this unit in this case"
    ),
    "appeal_decided": Meaning(
        "该项考核申诉已有决定，不再受理", "An appeal against it is decided, once for all"
    ),
    "appeal_too_late": Meaning("已超过考核申诉期限", "The time to appeal against it is over"),
    "appeal_by_own_unit": Meaning(
        "考核申诉不得由被考核单位或本案经办人员决定",
        "Nobody of the unit that it is counted against, nor who had a part in the case, decides its appeal",
    ),
    "hard_already": Meaning("本案已认定为疑难工单", "The district has found the case hard already"),
}
