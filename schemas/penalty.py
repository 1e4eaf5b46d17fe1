"""What a step of the penalty procedure (行政处罚) rests on: told with the action, kept with the event and the case."""

from typing import Annotated

from pydantic import Field

from schemas import limits
from schemas.contract import contract
from schemas.terms import NoPenaltyGround, PartyKind, PenaltyStep
from schemas.text import Identifier, Instant, Name

Certificates = Annotated[tuple[Identifier, ...], Field(max_length=limits.OFFICERS_MAX, fail_fast=True)]
Yuan = Annotated[int, Field(ge=0, le=limits.YUAN_MAX)]


@contract
class PenaltyFacts:
    """What is said about a step; the table FACTS of `pipeline.core.penalty` says which of it belongs to which step.

    Who did it: `officers` by certificate number (执法证号), whether they showed it (亮证), the `host` of a hearing and the
    legal `reviewer`. `rights_told`: facts, reasons, basis and rights were told before deciding (告知). `defence_done`: the
    party has stated its case or waived that (陈述申辩). `evidence_reviewed`: what monitors recorded was examined and
    stands (审核). `demanded`: the party was asked in writing to do it by itself (催告). `crime`: it may be one (涉嫌犯罪).
    """

    officers: Certificates = ()
    identity_shown: bool | None = None
    party: PartyKind | None = None
    evidence_reviewed: bool | None = None
    rights_told: bool | None = None
    hearing_offered: bool | None = None
    hearing_waived: bool | None = None
    defence_done: bool | None = None
    host: Identifier | None = None
    reviewer: Identifier | None = None
    review_passed: bool | None = None
    fine_yuan: Yuan | None = None
    collected_on_spot_yuan: Yuan | None = None
    hard_to_collect_later: bool | None = None
    ground: NoPenaltyGround | None = None
    corrected: bool | None = None
    educated: bool | None = None
    demanded: bool | None = None
    emergency: bool | None = None
    crime: bool | None = None
    receiver: Name | None = None


@contract
class PenaltyRecord:
    """A step that was taken: when, by whom, and what was said about it."""

    step: PenaltyStep
    at: Instant
    by: Identifier
    facts: PenaltyFacts | None = None
