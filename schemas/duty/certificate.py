"""The certificate by which an officer may enforce (执法证)."""

from datetime import date
from typing import Annotated

from schemas import limits
from schemas.values.bounds import at_most
from schemas.values.text import Code, Day, Identifier, MatterCode, Name
from schemas.wire.contract import Contract


class Certificate(Contract, frozen=True, kw_only=True):
    """Valid from `since` until `until`, days of Shanghai, both included (行政处罚法 42: officers must be qualified).

    `covers`: the matters; an empty list is the comprehensive one (综合执法), which covers them all.
    """

    number: Identifier
    kind: Code
    organ: Name
    since: Day
    until: Day
    covers: Annotated[tuple[MatterCode, ...], *at_most(limits.COVERED_MATTERS_MAX)] = ()

    def is_valid(self, day: date) -> bool:
        """Whether it is on that day."""
        return self.since <= day <= self.until

    def covers_matter(self, matter: str) -> bool:
        """Whether its bearer may act in that matter."""
        return not self.covers or matter in self.covers
