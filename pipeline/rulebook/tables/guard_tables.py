"""The guards of `rules/procedure.yaml` and their parameters: what must hold before a step."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Self

from pydantic import AfterValidator, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from pipeline.core.rules.law import Office
from pipeline.rulebook.tables.rule_tables import (
    Article,
    Confidence,
    Count,
    HoursText,
    LimitText,
    Sentence,
    Table,
    Word,
    least_first,
)
from schemas import limits
from schemas.values.penalty_terms import (
    Disposal,
    Gravity,
    Harm,
    MeasureKind,
    MeasureStep,
    NoPenaltyGround,
    PenaltyKind,
)
from schemas.values.terms import EvidenceKind, PenaltyStep, Source
from schemas.values.text import MatterCode, Name

Yuan = Annotated[int, Field(ge=1, le=limits.YUAN_MAX)]
Years = Annotated[int, Field(ge=1, le=20)]
Share = Annotated[
    tuple[Annotated[int, Field(ge=0, le=100)], Annotated[int, Field(ge=0, le=100)]],
    AfterValidator(least_first),
]
Matters = Annotated[frozenset[MatterCode], Field(max_length=1000)]

_STEPS: Final[Mapping[str, PenaltyStep | MeasureStep]] = {
    step.value: step for step in (*PenaltyStep, *MeasureStep)
}


def _step_of(text: object) -> PenaltyStep | MeasureStep:
    if isinstance(text, str) and text in _STEPS:
        return _STEPS[text]
    raise PydanticCustomError("enum", "one of the steps")


GuardedStep = Annotated[
    PenaltyStep | MeasureStep, PlainValidator(_step_of), WithJsonSchema({"enum": list(_STEPS)})
]
"""A step of the procedure, or of a measure (行政强制措施) beside it."""


class Cited(Table):
    """The law behind an entry. An article cited from memory is not shown."""

    law: Name
    article: Article
    confidence: Confidence


class GuardEntry(Cited):
    """A guard: the steps it stands before, the law's article and edition, and its effective day."""

    steps: Annotated[frozenset[GuardedStep], Field(min_length=1)]
    edition: Annotated[str, Field(pattern=r"^[0-9]{4}$", description='the year of the law\'s text as "2021"')]
    effective: date
    text_zh: Sentence
    text_en: Sentence


class OfficersEntry(GuardEntry):
    """The least number of officers (行政处罚法 42, 行政强制法 18)."""

    officers_min: Count


class NoticeEntry(GuardEntry):
    """The time that the party has to state its case (行政处罚法 62)."""

    defence: LimitText


class FineEntry(GuardEntry):
    """A fine in yuan, for a citizen and for a legal person."""

    citizen: Yuan
    legal_person: Yuan


class WeightEntry(FineEntry):
    """The kinds of penalty for which the guard holds whatever the amount, or to which alone it applies."""

    kinds: Annotated[frozenset[PenaltyKind], Field(min_length=1)]


class HearingAmounts(Table):
    """From which amount on a hearing is offered; `confirmed`: what province and ministry set was read, and this is it."""

    citizen: Yuan
    legal_person: Yuan
    confirmed: bool


class HearingEntry(GuardEntry):
    """The kinds of penalty, and the amounts, with which a hearing is offered (行政处罚法 63); without amounts a person decides."""

    amounts: HearingAmounts | None = None
    kinds: Annotated[frozenset[PenaltyKind], Field(min_length=1)]


class LighterEntry(GuardEntry):
    """The lighter kinds of penalty, to which a decision may always be reduced."""

    lighter: frozenset[PenaltyKind]


class HearingNoticeEntry(GuardEntry):
    """The least time between notifying the party of a hearing and the hearing (行政处罚法 64)."""

    notice: LimitText


class TimeBarEntry(GuardEntry):
    """The years after which an undiscovered act is no longer punished; more where it did grave harm (行政处罚法 36)."""

    years: Years
    years_with_harm: Years


class MeasurePowerEntry(GuardEntry):
    """The measures that may be taken for every matter; those of one matter stand in matters.yaml (行政强制法 16)."""

    of_all_matters: frozenset[MeasureKind]


class DisposalEntry(GuardEntry):
    """The ends of a measure that need a decision on the things."""

    on_decision: frozenset[Disposal]


class WindowEntry(GuardEntry):
    """The name of one of the limits above, as a window."""

    window: Word


class ReviewEntry(GuardEntry):
    """The fine from which a decision needs a legal review; after a hearing it always does (行政处罚法 58)."""

    from_fine: Annotated[int, Field(ge=0, le=limits.YUAN_MAX)]


class MonitorEntry(GuardEntry):
    """The sources whose records come from monitoring devices."""

    sources: Annotated[frozenset[Source], Field(min_length=1)]


class SimpleEntry(GuardEntry):
    """The procedure of matters.yaml that a matter must allow."""

    procedure: Word


class OnSpotEntry(GuardEntry):
    """The greatest fine that may be collected on the spot (行政处罚法 68)."""

    fine_max: Yuan


class QuietEntry(GuardEntry):
    """When nothing is enforced by coercion: at night, and with `weekends` on Saturdays and Sundays (行政强制法 43)."""

    night: HoursText
    weekends: bool


class BandShares(Table):
    """The bands, each from which percent of the range to which."""

    slight: Share
    ordinary: Share
    grave: Share

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Self:
        """From 0 to 100 percent, each where the one before ends."""
        edges = (0, *self.slight, *self.ordinary, *self.grave, 100)
        if any(last != first for last, first in zip(edges[::2], edges[1::2], strict=True)):
            raise PydanticCustomError(
                "bounds",
                "leaves a gap, or overlaps",
                {"allowed": "slight from 0, each from where the last ends, grave to 100"},
            )
        return self

    def by_gravity(self) -> dict[Gravity, tuple[int, int]]:
        """The bands by gravity."""
        return {Gravity.SLIGHT: self.slight, Gravity.ORDINARY: self.ordinary, Gravity.GRAVE: self.grave}


class DiscretionEntry(GuardEntry):
    """The bands of the discretion table (裁量基准, 行政处罚法 34), each from which percent of a range to which."""

    shares: BandShares


class WindowsEntry(GuardEntry):
    """The names of limits above."""

    windows: Annotated[tuple[Word, ...], Field(min_length=1, max_length=10)]


class AppealEntry(WindowsEntry):
    """Matters whose buildings are demolished only after the windows of appeal have lapsed (行政强制法 44)."""

    matters: Matters


class PowerOfCoercionEntry(GuardEntry):
    """Whether the organ may enforce a fine by itself (行政强制法 13)."""

    own_power: bool


class GroundEntry(GuardEntry):
    """The grounds that require correction, a first offence, little harm, education of the party, and a head who says so (行政处罚法 33)."""

    corrected: frozenset[NoPenaltyGround]
    educated: frozenset[NoPenaltyGround]
    first_time: frozenset[NoPenaltyGround]
    discretionary: frozenset[NoPenaltyGround]
    harm: dict[NoPenaltyGround, Annotated[frozenset[Harm], Field(min_length=1)]]


class MandatoryEntry(GuardEntry):
    """The grounds on which nobody is punished once they are found (行政处罚法 30, 31, 33, 36)."""

    mandatory: frozenset[NoPenaltyGround]


class OfficesEntry(GuardEntry):
    """Of an office those that other people hold, in one file (行政处罚法 57, 58)."""

    apart: Annotated[dict[Office, frozenset[Office]], Field(min_length=1)]


class RecordEntry(GuardEntry):
    """The kinds of evidence that count as a record of a step."""

    kinds: Annotated[frozenset[EvidenceKind], Field(min_length=1)]


class Guards(Table):
    """All guards that have code, by id: a missing or unknown one is refused."""

    model_config = ConfigDict(alias_generator=str.upper)

    single_officer_penalty: OfficersEntry
    identity_not_shown: GuardEntry
    penalty_without_power: GuardEntry
    time_barred: TimeBarEntry
    recused_officer: GuardEntry
    review_first_not_told: GuardEntry
    punished_despite_ground: MandatoryEntry
    crime_not_decided: GuardEntry
    decision_without_notice: NoticeEntry
    heavier_than_noticed: LighterEntry
    hearing_not_offered: HearingEntry
    penalty_before_hearing_window: WindowEntry
    hearing_requested_too_late: GuardEntry
    hearing_not_notified: HearingNoticeEntry
    hearing_hosted_by_investigator: GuardEntry
    close_penalty_without_legal_review: ReviewEntry
    decided_without_discussion: WeightEntry
    electronic_evidence_unreviewed: MonitorEntry
    device_not_registered: GuardEntry
    fine_over_range: GuardEntry
    fine_outside_discretion: DiscretionEntry
    simple_not_for_matter: SimpleEntry
    simple_fine_over_limit: WeightEntry
    onspot_collection_over_limit: OnSpotEntry
    coercion_at_night_or_holiday: QuietEntry
    payment_deferred_out_of_form: GuardEntry
    enforced_before_term: WindowEntry
    enforced_without_demand: GuardEntry
    enforced_without_power: PowerOfCoercionEntry
    demolition_not_ordered: GuardEntry
    demolished_unannounced: GuardEntry
    demolish_before_appeal_window: AppealEntry
    court_before_appeal_window: GuardEntry
    court_without_demand: WindowEntry
    court_time_lost: WindowsEntry
    archived_with_open_fine: GuardEntry
    archived_with_open_order: GuardEntry
    archived_unpublished: GuardEntry
    no_penalty_without_ground: GroundEntry
    transfer_without_receiver: GuardEntry
    filed_unapproved: GuardEntry
    decided_unapproved: GuardEntry
    archived_unapproved: GuardEntry
    approver_not_apart: OfficesEntry
    heavier_for_defending: GuardEntry
    sent_back_by_nobody: GuardEntry
    worse_for_contesting: GuardEntry
    changed_against_judgment: GuardEntry
    reopened_without_order: GuardEntry
    refund_not_owed: GuardEntry
    archived_with_money_owed: GuardEntry
    measure_without_power: MeasurePowerEntry
    measure_out_of_form: OfficersEntry
    measure_not_approved: GuardEntry
    measure_extended_too_far: GuardEntry
    testing_not_stated: GuardEntry
    things_not_decided_on: DisposalEntry
    archived_with_open_measure: GuardEntry
    process_not_recorded: RecordEntry

    def by_id(self) -> dict[str, GuardEntry]:
        """The guards by id, in the order in which they are checked."""
        return {name.upper(): entry for name, entry in self if isinstance(entry, GuardEntry)}
