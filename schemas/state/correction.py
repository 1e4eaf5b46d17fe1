"""What a case keeps of the orders to correct (责令限期改正) that were given in it; part of `schemas.state.case`."""

from typing import Annotated

from schemas import limits
from schemas.values.bounds import at_most
from schemas.values.order_number import OrderNumber
from schemas.values.penalty_terms import CorrectionState, PartyKind, ServiceWay
from schemas.values.text import Identifier, Instant, Note
from schemas.wire.contract import Contract


class CorrectionOrder(Contract, frozen=True, kw_only=True):
    """责令限期改正: what is to be corrected by whom and by when, on which law it rests, and how it was served.

    `paper` is the number of the notice. `extended_from`: the date it had before it was extended, once, for the reason `extended_why`, as `extended_by` recorded.
    `at`: when it was served, by the record of whoever did it.
    `state` since `settled_at`, as `settled_by` recorded: whoever inspected it again, or the head who released it and said `why`.
    """

    what: Note
    party: PartyKind
    paper: OrderNumber
    basis: Note
    served: ServiceWay
    at: Instant
    by: Identifier
    until: Instant
    extended_from: Instant | None = None
    extended_why: Note = ""
    extended_by: Identifier | None = None
    state: CorrectionState = CorrectionState.RUNNING
    settled_at: Instant | None = None
    settled_by: Identifier | None = None
    why: Note = ""


CorrectionOrders = Annotated[tuple[CorrectionOrder, ...], *at_most(limits.CORRECTIONS_MAX)]
