"""Why what is asked of the district, or what ends a case under its supervision, is refused; in Chinese and English."""

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
    "hard_already": Meaning("本案已认定为疑难工单", "The district has found the case hard already"),
}
