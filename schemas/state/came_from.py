"""What a case that was another street's before brings along (跨街道移交): which cases it was there, and the clocks that count for the citizen."""

from typing import Annotated

from schemas import limits
from schemas.state.case import CasesBefore, Clock
from schemas.values.bounds import at_most
from schemas.values.text import Instant
from schemas.wire.contract import Contract


class CameFrom(Contract, frozen=True, kw_only=True):
    """`cases`: what it was in other streets, the first first, the one that was moved last. `at`: since when it is here.

    `clocks` are those of the handling and of the whole case, as they ran there: they go on here.
    """

    cases: CasesBefore
    at: Instant
    clocks: Annotated[tuple[Clock, ...], *at_most(limits.CLOCKS_PER_CASE_MAX)] = ()
