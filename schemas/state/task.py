"""The task of a case: who handles it, to whom it is offered, and who gave it back."""

from typing import Annotated

from schemas import limits
from schemas.duty.proposal import OfficerProposal
from schemas.inputs.action_base import Officers
from schemas.values.bounds import at_most, between
from schemas.values.terms import ReturnReason
from schemas.values.text import Identifier, Instant
from schemas.wire.contract import Contract

Count = Annotated[int, *between(0, 1_000_000)]
Teams = Annotated[tuple[Identifier, ...], *at_most(limits.TEAMS_MAX)]


class Task(Contract, frozen=True, kw_only=True):
    """The handling leg under way: who holds it, or to whom it is offered. `leg` counts from 1.

    `on_site_at` is the arrival as the officers told its time, `arrived_at` as the pipeline heard of it. `members`: whom the team's leader named for it, `proposed`: whom the pipeline did. `claimed`: the team took it itself (领单), for as long as a claim holds. `handlers` are the ids of everybody who acted for the team on this case; they never verify or call back.
    """

    leg: Count
    team: Identifier | None
    offered_to: Teams = ()
    designated: bool = False
    since: Instant
    proposed: OfficerProposal | None = None
    members: Officers = ()
    officers: Officers = ()
    arrived_at: Instant | None = None
    on_site_at: Instant | None = None
    disposed_at: Instant | None = None
    handlers: Annotated[tuple[Identifier, ...], *at_most(limits.HANDLERS_MAX)] = ()
    claimed: bool = False


class Returned(Contract, frozen=True, kw_only=True):
    """A team gave the task back."""

    team: Identifier
    reason: ReturnReason
    at: Instant
