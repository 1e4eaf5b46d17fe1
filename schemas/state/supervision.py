"""What the district has to do with a case, as its snapshot keeps it; part of `schemas.state.case`."""

from schemas.values.request_terms import HardReason, SupervisionReason
from schemas.values.text import Identifier, Instant, LimitText
from schemas.wire.contract import Contract


class Supervision(Contract, frozen=True, kw_only=True):
    """挂牌督办: why the case is under supervision, since when, and who put it there; until the supervisor ends it, it is not over."""

    reason: SupervisionReason
    since: Instant
    by: Identifier


class HardCase(Contract, frozen=True, kw_only=True):
    """疑难工单: why it is hard, when the district said so, and how much more time it has."""

    reason: HardReason
    at: Instant
    by: Identifier
    more: LimitText | None = None
