"""The shape of `rules/procedure.yaml`: its limits, its guards and what each of them is measured by."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from pipeline.core.rules.law import Condition
from pipeline.rulebook.rule_tables import (
    Article,
    Confidence,
    Count,
    HoursText,
    LimitText,
    Recipient,
    Sentence,
    Table,
    Word,
)
from schemas import limits
from schemas.values.penalty_terms import Disposal, Harm, MeasureKind, MeasureStep, PenaltyKind
from schemas.values.terms import EvidenceKind, NoPenaltyGround, PenaltyStep, Source
from schemas.values.text import MatterCode, Name, StreetCode

Yuan = Annotated[int, Field(ge=1, le=limits.YUAN_MAX)]
Years = Annotated[int, Field(ge=1, le=20)]
Recipients = Annotated[tuple[Recipient, ...], Field(max_length=10)]
Matters = Annotated[frozenset[MatterCode], Field(max_length=1000)]

_STEPS: Final[Mapping[str, PenaltyStep | MeasureStep]] = {
    one.value: one for one in (*PenaltyStep, *MeasureStep)
}


def _step_of(said: object) -> PenaltyStep | MeasureStep:
    if isinstance(said, str) and said in _STEPS:
        return _STEPS[said]
    raise PydanticCustomError("enum", "one of the steps")


GuardedStep = Annotated[
    PenaltyStep | MeasureStep, PlainValidator(_step_of), WithJsonSchema({"enum": list(_STEPS)})
]
"""A step of the procedure, or of a measure beside it."""


class Cited(Table):
    """The law that says so. The article of what is only remembered is shown to nobody."""

    law: Name
    article: Article
    confidence: Confidence


class LegalEntry(Cited):
    """A limit that a law sets; `where` it runs only if that was said. With `lapse_tells` it is a window of the party's."""

    name_zh: Name
    begins: Annotated[PenaltyStep, Field(alias="from")]
    ends: Annotated[frozenset[PenaltyStep], Field(alias="until", min_length=1)]
    where: Condition | None = None
    lapse_tells: Recipients | None = None
    limit: LimitText


class MeasureEntry(Cited):
    """How long a measure may last, by how much it may be extended, and whether the time of testing is not counted."""

    name_zh: Name
    limit: LimitText
    extension: LimitText | None = None
    testing: bool = False


class Measures(Table):
    """Every kind of measure that there is."""

    sealing: MeasureEntry
    seizure: MeasureEntry
    preservation: MeasureEntry

    def by_kind(self) -> dict[MeasureKind, MeasureEntry]:
        """The measures by their kinds."""
        return {MeasureKind(name): one for name, one in self if isinstance(one, MeasureEntry)}


class LatePayment(Cited):
    """What is added to a fine for each day that it is late, and at most, in percent of the fine."""

    percent_a_day: Annotated[int, Field(ge=1, le=100)]
    percent_max: Annotated[int, Field(ge=1, le=1000)]


class GuardEntry(Cited):
    """A guard: before which steps it stands, by which article of which text of the law, and from which day on."""

    steps: Annotated[frozenset[GuardedStep], Field(min_length=1)]
    edition: Annotated[str, Field(pattern=r"^[0-9]{4}$", description='the year of the law\'s text as "2021"')]
    effective: date
    text_zh: Sentence
    text_en: Sentence


class OfficersEntry(GuardEntry):
    """How many must be there."""

    officers_min: Count


class NoticeEntry(GuardEntry):
    """How long the party has to state its case."""

    defence: LimitText


class FineEntry(GuardEntry):
    """A fine in yuan, for a citizen and for a legal person."""

    citizen: Yuan
    legal_person: Yuan


class WeightEntry(FineEntry):
    """The kinds of penalty for which it holds whatever the amount, or of which alone there may be that much."""

    kinds: Annotated[frozenset[PenaltyKind], Field(min_length=1)]


class LighterEntry(GuardEntry):
    """The kinds of penalty that a decision may always come down to."""

    lighter: frozenset[PenaltyKind]


class HearingNoticeEntry(GuardEntry):
    """How long before a hearing the party is told of it."""

    notice: LimitText


class TimeBarEntry(GuardEntry):
    """The years after which what nobody had found is not punished any more; longer where it did grave harm."""

    years: Years
    years_with_harm: Years


class DisposalEntry(GuardEntry):
    """What becomes of things only by a decision."""

    on_decision: frozenset[Disposal]


class WindowEntry(GuardEntry):
    """A window that is one of the limits above."""

    window: Word


class ReviewEntry(GuardEntry):
    """The fine from which a decision is reviewed; always after a hearing."""

    from_fine: Annotated[int, Field(ge=0, le=limits.YUAN_MAX)]


class MonitorEntry(GuardEntry):
    """The sources whose records are those of monitoring devices."""

    sources: Annotated[frozenset[Source], Field(min_length=1)]


class SimpleEntry(GuardEntry):
    """The procedure of matters.yaml that a matter must be open to."""

    procedure: Word


class OnSpotEntry(GuardEntry):
    """The fine that may be collected on the spot."""

    fine_max: Yuan


class QuietEntry(GuardEntry):
    """When nothing is forced: from evening to morning, and with `weekends` on Saturdays and Sundays neither."""

    night: HoursText
    weekends: bool


class AppealEntry(GuardEntry):
    """What is pulled down only when both windows of appeal have lapsed."""

    matters: Matters
    reconsideration: LimitText
    litigation_months: Annotated[int, Field(ge=1, le=24)]


class GroundEntry(GuardEntry):
    """On which grounds it must have been put right, been the first time, done no more harm, and the party is educated."""

    corrected: frozenset[NoPenaltyGround]
    educated: frozenset[NoPenaltyGround]
    first_time: frozenset[NoPenaltyGround]
    harm: dict[NoPenaltyGround, Annotated[frozenset[Harm], Field(min_length=1)]]


class RecordEntry(GuardEntry):
    """What counts as a record of a step."""

    kinds: Annotated[frozenset[EvidenceKind], Field(min_length=1)]


class Guards(Table):
    """Every guard there is code for, by its id: one that is missing or unknown is refused."""

    model_config = ConfigDict(alias_generator=str.upper)

    single_officer_penalty: OfficersEntry
    identity_not_shown: GuardEntry
    penalty_without_power: GuardEntry
    time_barred: TimeBarEntry
    decision_without_notice: NoticeEntry
    heavier_than_noticed: LighterEntry
    hearing_not_offered: WeightEntry
    penalty_before_hearing_window: WindowEntry
    hearing_not_notified: HearingNoticeEntry
    hearing_hosted_by_investigator: GuardEntry
    close_penalty_without_legal_review: ReviewEntry
    decided_without_discussion: WeightEntry
    electronic_evidence_unreviewed: MonitorEntry
    simple_not_for_matter: SimpleEntry
    simple_fine_over_limit: WeightEntry
    onspot_collection_over_limit: OnSpotEntry
    coercion_at_night_or_holiday: QuietEntry
    enforced_before_term: WindowEntry
    enforced_without_demand: GuardEntry
    demolish_before_appeal_window: AppealEntry
    archived_with_open_fine: GuardEntry
    no_penalty_without_ground: GroundEntry
    transfer_without_receiver: GuardEntry
    measure_out_of_form: OfficersEntry
    measure_not_approved: GuardEntry
    measure_extended_too_far: GuardEntry
    testing_not_stated: GuardEntry
    things_not_decided_on: DisposalEntry
    archived_with_open_measure: GuardEntry
    process_not_recorded: RecordEntry

    def by_id(self) -> dict[str, GuardEntry]:
        """The guards by their ids, in the order in which they are looked at."""
        return {name.upper(): entry for name, entry in self if isinstance(entry, GuardEntry)}


class PowerEntry(Table):
    """The matters that a street may punish by a published list, beyond those that are devolved to all."""

    street: StreetCode
    matters: Annotated[Matters, Field(min_length=1)]
    basis: Sentence


class ProcedureTable(Table):
    """procedure.yaml"""

    limits: dict[Word, LegalEntry]
    measures: Measures
    late_payment: LatePayment
    guards: Guards
    powers: Annotated[tuple[PowerEntry, ...], Field(max_length=1000)] = ()
