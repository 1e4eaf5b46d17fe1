"""What each way in which a step may end counts as: the definitions, on `docs/metrics.md` for people.

Neither count reads this table: the metrics (`flow`) and the report's rows (`pipeline.monthly.rows.step_rows`) are each written from it,
and `tests/monthly/test_endings.py` plays every row and holds both to it.
"""

from enum import StrEnum
from typing import Final, NamedTuple


class CountsAs(StrEnum):
    """`DONE`: once, in time or late by its own clock. `LATE`: once, never in time. `NOT`: 0 as done and 0 as done in time."""

    DONE = "1"
    LATE = "1 late"
    NOT = "0"


class StepEnding(NamedTuple):
    """A way in which the step of a clock ends, and what that counts as."""

    clock: str
    ending: str
    counts_as: CountsAs
    zh: str
    en: str


_TEXT: Final = """
accept          | accepted        | 1      | 受理立案 | accepted, or filed after a look
accept          | rejected        | 1      | 不予立案，也是决定 | rejected: that decides it, too
accept          | answered        | 1      | 直接答复，也是决定 | answered directly: that decides it, too
accept          | voided          | 0      | 作废 | void
accept          | declined        | 0      | 不予受理 | not accepted
accept          | sent_back       | 0      | 退回热线 | sent back to the hotline
accept          | merged          | 0      | 并入他案 | merged into another case
accept          | moved           | 0      | 移交其他街道 | moved to another street
dispatch        | dispatched      | 1      | 派单 | dispatched
dispatch        | voided          | 0      | 作废 | void
dispatch        | declined        | 0      | 不予受理 | not accepted
dispatch        | sent_back       | 0      | 退回热线 | sent back to the hotline
dispatch        | merged          | 0      | 并入他案 | merged into another case
dispatch        | transferred     | 0      | 移送 | transferred
dispatch        | moved           | 0      | 移交其他街道 | moved to another street
dispatch        | terminated      | 0      | 终止办理 | terminated
claim           | claimed         | 1      | 领单 | claimed
claim           | lapsed          | 1 late | 到期无人领单 | nobody claimed in time
claim           | superseded      | 0      | 调度改为派单 | dispatched by hand meanwhile
claim           | voided          | 0      | 作废 | void
claim           | transferred     | 0      | 移送 | transferred
claim           | moved           | 0      | 移交其他街道 | moved to another street
sign            | signed          | 1      | 签收 | signed for
sign            | returned        | 0      | 退单 | given back
sign            | superseded      | 0      | 改派 | dispatched to another team
sign            | checked         | 0      | 派员核实 | looked at first after all
sign            | voided          | 0      | 作废 | void
sign            | declined        | 0      | 不予受理 | not accepted
sign            | sent_back       | 0      | 退回热线 | sent back to the hotline
sign            | merged          | 0      | 并入他案 | merged into another case
sign            | moved           | 0      | 移交其他街道 | moved to another street
sign            | suspended       | 0      | 挂账 | suspended: it goes on afterwards
arrive          | arrived         | 1      | 到场 | on site
arrive          | returned        | 0      | 退单 | given back
arrive          | transferred     | 0      | 移送 | transferred
arrive          | moved           | 0      | 移交其他街道 | moved to another street
arrive          | terminated      | 0      | 终止办理 | terminated
dispose         | disposed        | 1      | 处置完毕 | handled
dispose         | joined          | 0      | 转为联合执法 | went over to joint enforcement
dispose         | voided          | 0      | 作废 | void
dispose         | declined        | 0      | 不予受理 | not accepted
dispose         | sent_back       | 0      | 退回热线 | sent back to the hotline
dispose         | merged          | 0      | 并入他案 | merged into another case
dispose         | transferred     | 0      | 移送 | transferred
dispose         | moved           | 0      | 移交其他街道 | moved to another street
dispose         | terminated      | 0      | 终止办理 | terminated
dispose         | suspended       | 0      | 挂账 | suspended: it goes on afterwards
joint           | disposed        | 1      | 联合处置完毕 | handled together
joint           | transferred     | 0      | 移送 | transferred
joint           | terminated      | 0      | 终止办理 | terminated
partner_respond | responded       | 1      | 响应 | says that it comes
partner_respond | arrived         | 1      | 直接到场 | comes at once
partner_respond | refused         | 1      | 答复不到场并说明理由，也是答复 | says with a reason that it does not come: that is an answer, too
partner_respond | waived          | 0      | 免除 | waived
partner_arrive  | arrived         | 1      | 到场 | on site
partner_arrive  | refused         | 0      | 拒绝 | refused
partner_arrive  | waived          | 0      | 免除 | waived
partner_finish  | done            | 1      | 办结 | done
partner_finish  | waived          | 0      | 免除 | waived, also after it refused
partner_finish  | transferred     | 0      | 案件移送 | the case was transferred
contact         | reached         | 1      | 联系上 | a caller was reached
contact         | unreached       | 1      | 多次联系不上，已尽责 | tried as often as the rules ask for: that is enough
contact         | neglected       | 1 late | 核查通过前未联系 | verified, and nobody had turned to the caller
contact         | returned        | 0      | 退单 | given back
contact         | voided          | 0      | 作废 | void
contact         | merged          | 0      | 并入他案 | merged into another case
contact         | transferred     | 0      | 移送 | transferred
contact         | moved           | 0      | 移交其他街道 | moved to another street
contact         | terminated      | 0      | 终止办理 | terminated
verify          | passed          | 1      | 核查通过 | passed
verify          | failed          | 1      | 核查不通过，也是核查 | failed: that verifies it, too
callback        | reached         | 1      | 接通 | somebody was reached
callback        | unreasonable    | 1      | 热线认定不合理诉求 | the hotline held the demand to be unreasonable
callback        | unreached       | 0      | 多次未接通 | given up: nobody was reached
decide          | granted         | 1      | 批准 | granted
decide          | denied          | 1      | 不批准，也是审批 | denied: that decides it, too
decide          | lapsed          | 1 late | 到期未批，申请失效 | nobody decided before the request's own end
decide          | moved_on        | 0      | 案件已变动，申请失效 | the case moved on, so that it could not be granted any more
whole           | closed          | 1      | 结案 | closed
whole           | unreached       | 1      | 未接通而结案 | closed unreached
whole           | self_disposed   | 1      | 自处置结案 | closed as dealt with on the spot
whole           | rejected        | 0      | 不予立案 | rejected
whole           | voided          | 0      | 作废 | void
whole           | declined        | 0      | 不予受理 | not accepted
whole           | sent_back       | 0      | 退回热线 | sent back to the hotline
whole           | merged          | 0      | 并入他案 | merged into another case
whole           | transferred     | 0      | 移送 | transferred
whole           | moved           | 0      | 移交其他街道 | moved to another street
whole           | terminated      | 0      | 终止办理 | terminated
"""


def _row(line: str) -> StepEnding:
    clock, ending, counts_as, zh, en = (part.strip() for part in line.split("|"))
    return StepEnding(clock, ending, CountsAs(counts_as), zh, en)


ENDINGS: Final[tuple[StepEnding, ...]] = tuple(map(_row, _TEXT.strip().splitlines()))
"""Every step of a case, in the order of the work, with each way in which it may end."""
