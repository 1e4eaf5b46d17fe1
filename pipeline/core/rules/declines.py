"""Why an order may not be accepted (不予受理) or go back to the hotline (退回), as values; read from `rules/declines.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.core.worktime.policy import Span
from schemas.values.request_terms import DeclineReason
from schemas.values.terms import Source


class DeclineGround(NamedTuple):
    """What a reason rests on, and what the citizen is told. `goes_back`: the hotline decides, and has the order again."""

    name_zh: str
    answer_zh: str
    basis: str
    goes_back: bool
    needs_earlier: bool


@dataclass(frozen=True, slots=True)
class DeclineRules:
    """The grounds by reason; of which sources orders are, and how long after it came one may be sent back."""

    grounds: Mapping[DeclineReason, DeclineGround]
    sources: frozenset[Source]
    send_back_within: Span
