"""What was done in somebody's stead (代处置, 代履行), with its costs, as a case keeps it; part of `schemas.state.case`."""

from typing import Annotated

from schemas import limits
from schemas.state.penalty import Yuan
from schemas.values.bounds import at_most
from schemas.values.order_number import OrderNumber
from schemas.values.penalty_terms import CostState, InsteadGround, PartyKind
from schemas.values.text import Identifier, Instant, Name, Note
from schemas.wire.contract import Contract


class DoneInstead(Contract, frozen=True, kw_only=True):
    """What was done, by whom, in the stead of the `unit` that owns it or of the `party`, on which ground; whoever that is bears `cost_yuan`.

    After a demand (催告): `demanded_at` when, `paper` the number of the decision, `present` who of the street was there. `told`: the
    party heard of it afterwards. `costs` since `costs_at`, as `costs_by` recorded.
    """

    ground: InsteadGround
    what: Note
    performer: Name
    cost_yuan: Yuan
    unit: Identifier | None = None
    party: PartyKind | None = None
    demanded_at: Instant | None = None
    paper: OrderNumber | None = None
    present: Identifier | None = None
    told: bool = False
    at: Instant
    by: Identifier
    costs: CostState = CostState.OPEN
    costs_at: Instant | None = None
    costs_by: Identifier | None = None
    costs_why: Note = ""


DoneInSteads = Annotated[tuple[DoneInstead, ...], *at_most(limits.INSTEADS_MAX)]
