"""Why what concerns an order to correct (责令限期改正) or its re-inspection (复查) is refused; in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.rules.meanings.report_meanings import Meaning

CORRECTION_MEANINGS: Final[Mapping[str, Meaning]] = {
    "order_open": Meaning(
        "上一次责令改正尚未了结，须先复查", "The order before is not settled: reinspect it first"
    ),
    "order_incomplete": Meaning("责令改正的内容或者理由不完整", "The order or its reason is not complete"),
    "order_unserved": Meaning(
        "责令改正须附送达的通知书", "An order needs the notice that was served, as evidence"
    ),
    "order_waits": Meaning(
        "有申请待审批，请先审批再责令改正",
        "Something was asked for that an order would end; decide it first",
    ),
    "order_date": Meaning(
        "改正期限须晚于现在且不得超过上限", "The date to correct it by is after now, and within its cap"
    ),
    "order_runs": Meaning(
        "当事人改正期限未届满，案件等待复查",
        "The party has time to obey: the case waits to be inspected again",
    ),
    "no_order_running": Meaning("没有待复查的责令改正", "There is no order to inspect or to change"),
    "order_extended_already": Meaning("改正期限只能延长一次", "A date to correct it by is extended once"),
    "order_lapsed": Meaning(
        "改正期限已届满，不能再延长，请复查", "The date is over and cannot be extended: reinspect it"
    ),
    "inspected_early": Meaning(
        "改正期限届满前不能认定逾期未改正", "That it is not corrected is known only when the date is over"
    ),
    "inspection_unproven": Meaning(
        "复查须附责令改正之后（逾期未改正的，期限届满之后）新取的证据",
        "A re-inspection needs new evidence, from after the order; that it is disobeyed, from after the date",
    ),
    "order_not_inspected": Meaning(
        "责令改正后尚未复查，不能办结", "The order was not inspected again: the case is not done"
    ),
    "order_disobeyed": Meaning(
        "当事人逾期未改正：须立案处罚，或者由值班长说明理由",
        "The order is disobeyed: a penalty procedure is filed first, or a head says why not",
    ),
    "instead_incomplete": Meaning(
        "代处置的记录不完整", "What was done in somebody's stead is not said in full"
    ),
    "instead_unrecorded": Meaning(
        "代处置须附执行记录", "What is done in somebody's stead needs a record, as evidence"
    ),
    "instead_of_nobody": Meaning(
        "须写明代谁处置：权属单位或者当事人", "In whose stead: the unit that owns it, or the party"
    ),
    "instead_without_ground": Meaning("该事项不适用此种代履行", "The law has no such ground for this matter"),
    "instead_untold": Meaning(
        "立即代履行后须告知当事人", "What is done at once the party is told of afterwards"
    ),
    "instead_before_demand": Meaning("代履行三日前须催告", "It is demanded first, and done days later"),
    "no_open_costs": Meaning("没有待追偿的费用", "There are no costs to claim"),
    "costs_step": Meaning(
        "费用先追偿，再收回或者不再追偿", "Costs are claimed first, then recovered or given up"
    ),
}
