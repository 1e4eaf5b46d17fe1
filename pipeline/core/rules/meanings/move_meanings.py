"""Why a case does not go to another street (跨街道移交); in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.rules.meanings.report_meanings import Meaning

MOVE_MEANINGS: Final[Mapping[str, Meaning]] = {
    "move_unknown_street": Meaning(
        "没有该街道，请填写本系统内其他街道的代码",
        "No such street is served here; give the code of one that is",
    ),
    "move_same_street": Meaning("本案就在该街道，无须移交", "The case is that street's already"),
    "move_place_unknown": Meaning(
        "须指明案件在接收街道的位置：网格、坐标或者地址",
        "Say where it is in the other street: by a grid, a point or an address there",
    ),
    "moved_already": Meaning(
        "本案已由其他街道移交而来，不得再自行移交或者退回，请报区级指定管辖",
        "It came from another street: it is not moved on, nor back; the district says whose it is",
    ),
    "move_with_joined": Meaning(
        "本案并入了其他案件，请先拆案再移交", "Other cases were merged into it: split them off first"
    ),
    "move_with_penalty": Meaning(
        "本案行政处罚程序尚未终结，不能移交街道办理", "Its penalty procedure is under way, and is ended here"
    ),
}
