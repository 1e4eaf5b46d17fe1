"""What every action has in common: who acts, on which case, when."""

from typing import Annotated

from schemas import limits
from schemas.values.bounds import at_most, between
from schemas.values.evidence import Evidence
from schemas.values.terms import Role
from schemas.values.text import CaseId, Identifier, Instant, StreetCode
from schemas.wire.contract import Contract

EvidenceList = Annotated[tuple[Evidence, ...], *at_most(limits.EVIDENCE_MAX, fail_fast=True)]
Officers = Annotated[tuple[Identifier, ...], *at_most(limits.OFFICERS_MAX, fail_fast=True)]


class Actor(Contract, frozen=True, kw_only=True):
    """Who acts, and as what. `team` is the team or post acted for, `street` the street whose people they belong to.

    Teams of several streets may have one id: a sender who serves several streets names the actor's own, and an action on
    another street's case is refused.
    """

    id: Identifier
    role: Role
    team: Identifier | None = None
    street: StreetCode | None = None


class ActionBase(Contract, frozen=True, kw_only=True):
    """What every action says. `expected_version`: refuse with `stale_version` if the case has moved on."""

    action_id: Identifier
    case_id: CaseId
    actor: Actor
    acted_at: Instant
    expected_version: Annotated[int, *between(1, 1_000_000)] | None = None
