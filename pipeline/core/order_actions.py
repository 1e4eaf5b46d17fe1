"""The rows of orders to correct (责令限期改正) and of what is done in somebody's stead (代处置, 代履行); part of `actions.ACTIONS`."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.action_rows import DISPATCHED, ON_SITE, ORDERED, ActionRow, HandsIn, action_row
from pipeline.core.case.task_rights import Whose
from pipeline.core.correction_orders import uncorrected
from pipeline.core.instead_costs import has_open_costs
from pipeline.core.penalty import penalty_procedure
from pipeline.core.stages import acting_instead, correcting
from schemas.inputs import correction_actions, instead_actions
from schemas.state.case import Case

_HELD: Final = ORDERED | DISPATCHED


def _is_pursued(case: Case) -> bool:
    """Whether what was ordered is disobeyed and a penalty goes on: that may be looked at again when the case is over."""
    return uncorrected(case) is not None and penalty_procedure.is_open(case)


ORDER_ACTIONS: Final[Mapping[str, ActionRow]] = {
    "order_correction": action_row(
        correction_actions.OrderCorrection,
        correcting.decide_order,
        ON_SITE,
        Whose.HOLDER,
        hands_in=HandsIn.EXAMINED_FIRST,
    ),
    "extend_correction": action_row(
        correction_actions.ExtendCorrection, correcting.decide_extend, ORDERED, Whose.HOLDER
    ),
    "reinspect": action_row(
        correction_actions.Reinspect,
        correcting.decide_inspect,
        ORDERED,
        Whose.HOLDER,
        also=_is_pursued,
        hands_in=HandsIn.EXAMINED_FIRST,
    ),
    "release_correction": action_row(
        correction_actions.ReleaseCorrection,
        correcting.decide_release,
        ORDERED,
        Whose.STREET,
        also=_is_pursued,
    ),
    "act_instead": action_row(
        instead_actions.ActInstead,
        acting_instead.decide_act,
        _HELD,
        Whose.STREET,
        hands_in=HandsIn.EXAMINED_FIRST,
    ),
    "claim_costs": action_row(
        instead_actions.ClaimCosts, acting_instead.decide_claim, _HELD, Whose.STREET, also=has_open_costs
    ),
}
"""By their names."""
