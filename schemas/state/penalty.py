"""What a step of the penalty procedure (行政处罚) rests on: told with the action, kept with the event and the case."""

from typing import Annotated

from schemas import limits
from schemas.values.bounds import at_most, between
from schemas.values.penalty_terms import (
    AppealOutcome,
    Disposal,
    Gravity,
    Harm,
    MeasureKind,
    MeasureStep,
    Mitigation,
    NoPenaltyGround,
    PartyKind,
    PenaltyKind,
)
from schemas.values.terms import PenaltyStep
from schemas.values.text import Identifier, Instant, LimitText, Name
from schemas.wire.contract import Contract

Certificates = Annotated[tuple[Identifier, ...], *at_most(limits.OFFICERS_MAX, fail_fast=True)]
Kinds = Annotated[tuple[PenaltyKind, ...], *at_most(limits.PENALTY_KINDS_MAX, fail_fast=True)]
Yuan = Annotated[int, *between(0, limits.YUAN_MAX)]
PayDays = Annotated[tuple[Instant, ...], *at_most(limits.INSTALMENTS_MAX, fail_fast=True)]


class PenaltyFacts(Contract, frozen=True, kw_only=True):
    """What is said about a step; the table FACTS of `pipeline.core.penalty.allowed_facts` says which of it belongs to which step.

    Who did it: `officers` by certificate number (执法证号), whether they showed it (亮证), the `host` of a hearing and the
    legal `reviewer`. `rights_told`: facts, reasons, basis and rights were told before deciding (告知). `defence_done`: the
    party has stated its case or waived that (陈述申辩). `evidence_reviewed`: what monitors recorded was examined and
    stands (审核); `device_checked_by`: who found that a device which stands in no register may be relied on. `recused`: who takes no further part, by certificate number (回避). `demanded`: the party was asked in writing to do it by itself (催告). `crime`: it may be one (涉嫌犯罪). `review_first_told`:
    the party was told that a reconsideration comes before a suit (复议前置). `public`: the decision is one to publish (公开).

    The breach: `committed_at` is when it was done, of one that went on when it ended (终了之日); `continuing`: it has not
    ended. `endangered`: it touched life, health or financial safety; `first_time`: the party's records show none before.
    What is meant or decided: `kinds`, the fine, and the worth of what is confiscated. `complex` (情节复杂), `discussed`:
    the heads of the organ discussed it together (集体讨论). `gravity`: which band of the discretion table the fine keeps to (裁量基准);
    `mitigation`: why it may be less (从轻、减轻). `hearing_at` and `hearing_place`: as the party was told.
    A fine that is not paid at once: until when it, or each instalment of it, is to be paid (`pay_by`), and how much an
    instalment was (`paid_yuan`). `hearing_decided_by`: who decided on a hearing where no rule does. `outcome`: how a
    reconsideration or a suit ended; where it changed the fine, `fine_yuan` is the new one. A demand (催告) says `until` when, and so does the public
    notice of a building (公告); `ordered_by`: which government ordered that it is pulled down (责成).
    What comes again: `remake`, a decision was revoked and another is to be made (责令重作); `contrary_claim`: somebody else asked for
    the opposite, so that it may become worse; `refunded_yuan`: how much was given back (退还).
    Which head `approved_by`: of the filing, the decision and the closing, and of a measure; `until` when testing lasts and by how much `more` it is extended, both
    `told_in_writing`; the `disposal` of the things.
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
    committed_at: Instant | None = None
    continuing: bool | None = None
    endangered: bool | None = None
    harm: Harm | None = None
    first_time: bool | None = None
    kinds: Kinds = ()
    confiscated_yuan: Yuan | None = None
    complex: bool | None = None
    discussed: bool | None = None
    hearing_at: Instant | None = None
    hearing_place: Name | None = None
    approved_by: Identifier | None = None
    told_in_writing: bool | None = None
    until: Instant | None = None
    more: LimitText | None = None
    disposal: Disposal | None = None
    hearing_decided_by: Identifier | None = None
    pay_by: PayDays = ()
    paid_yuan: Yuan | None = None
    outcome: AppealOutcome | None = None
    recused: Certificates = ()
    review_first_told: bool | None = None
    public: bool | None = None
    device_checked_by: Identifier | None = None
    ordered_by: Name | None = None
    gravity: Gravity | None = None
    mitigation: Mitigation | None = None
    remake: bool | None = None
    contrary_claim: bool | None = None
    refunded_yuan: Yuan | None = None


class PenaltyRecord(Contract, frozen=True, kw_only=True):
    """A step that was taken: when, by whom, and what was said about it."""

    step: PenaltyStep
    at: Instant
    by: Identifier
    facts: PenaltyFacts | None = None


class MeasureRecord(Contract, frozen=True, kw_only=True):
    """A step of a measure: when, by whom (nobody where its time ran out), and what was said about it."""

    step: MeasureStep
    at: Instant
    by: Identifier | None
    facts: PenaltyFacts | None = None


class Measure(Contract, frozen=True, kw_only=True):
    """查封、扣押、先行登记保存: what was done to things beside the steps of the procedure, the newest step last."""

    kind: MeasureKind
    records: Annotated[tuple[MeasureRecord, ...], *at_most(limits.MEASURE_STEPS_MAX, least=1)]
