"""Actions in somebody's stead (代处置, 代履行), and on their costs; part of `schemas.inputs.action`."""

from typing import Literal

from schemas.inputs.action_base import ActionBase, EvidenceList
from schemas.state.penalty import Yuan
from schemas.values.order_number import PushedNumber
from schemas.values.penalty_terms import CostState, InsteadGround, PartyKind
from schemas.values.text import Identifier, Instant, Name, Note


class ActInstead(ActionBase, frozen=True, kw_only=True):
    """代处置 of an owner's emergency, 代履行 of a party's duty: it was done, by the performer; the unit, or the party, bears the costs."""

    action: Literal["act_instead"] = "act_instead"
    ground: InsteadGround
    what: Note
    performer: Name
    cost_yuan: Yuan
    unit: Identifier | None = None
    party: PartyKind | None = None
    demanded_at: Instant | None = None
    paper: PushedNumber | None = None
    present: Identifier | None = None
    told: bool = False
    evidence: EvidenceList = ()


class ClaimCosts(ActionBase, frozen=True, kw_only=True):
    """追偿费用: the costs are claimed from whoever bears them, were recovered, or are given up by a head who says why."""

    action: Literal["claim_costs"] = "claim_costs"
    costs: CostState
    note: Note = ""


InsteadAction = ActInstead | ClaimCosts
