"""What became of a claim (领单) that nobody kept."""

from typing import Annotated

from schemas import limits
from schemas.values.bounds import at_most
from schemas.values.text import Identifier, Instant
from schemas.wire.contract import Contract


class LapsedClaim(Contract, frozen=True, kw_only=True):
    """`team` claimed the case `since` then, and had not arrived `until` the end of its claim: others have it now."""

    team: Identifier
    since: Instant
    until: Instant


LapsedClaims = Annotated[tuple[LapsedClaim, ...], *at_most(limits.TEAMS_MAX)]
