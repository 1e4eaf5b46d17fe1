"""What is counted against a unit in its assessment (考核), as a case keeps it; part of `schemas.state.case`."""

from schemas.values.request_terms import DemeritKind
from schemas.values.text import Identifier, Instant
from schemas.wire.contract import Contract


class Demerit(Contract, frozen=True, kw_only=True):
    """考核扣分: what is counted, against which team or department, and since when.

    `lifted`: an appeal against it was granted, and it is counted no longer, or denied; None while nobody has decided one.
    """

    kind: DemeritKind
    team: Identifier
    at: Instant
    lifted: bool | None = None
