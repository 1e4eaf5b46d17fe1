"""What laws require of a penalty procedure, as values: limits, guards with their articles, amounts, powers.

Read from `rules/procedure.yaml`. Nothing is decided here; what a guard examines is in `penalty.guards`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pipeline.core.rules.penalty_records import (
    as_it_holds,
    decision_of,
    facts_of,
    fine_of,
    is_changed,
    is_outdated_in_public,
    is_overturned,
    is_revoked,
    kinds_of,
    measure_of,
    record_of,
    state_of,
)
from pipeline.core.worktime.policy import Ladder, Rung, Span
from schemas.state.case import Penalty
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import (
    AppealOutcome,
    Disposal,
    Gravity,
    Harm,
    MeasureKind,
    MeasureStep,
    NoPenaltyGround,
    PartyKind,
    PenaltyKind,
)
from schemas.values.terms import EvidenceKind, PenaltyStep, Source


class Power(StrEnum):
    """Whether a street may fine for a matter by itself (行政处罚法 24)."""

    DEVOLVED = "devolved"
    NEEDS_LIST = "needs_list"
    COORDINATE_ONLY = "coordinate_only"


class Office(StrEnum):
    """Who has a part in a penalty: 承办人员, 行政机关负责人, 法制审核人员."""

    HANDLING_OFFICER = "handling_officer"
    HEAD = "head"
    LEGAL_REVIEWER = "legal_reviewer"


class Condition(StrEnum):
    """What a limit depends on: a fine to pay (行政处罚法 67), a hearing that was offered (行政处罚法 64); of a fine, whether a
    reconsideration has left it standing, whether a court has, or neither (行政强制法 53). A crime that a head of the organ found
    suspected (移送规定 5); a decision that is to be published, or was and stands no longer (行政处罚法 48); one that was changed."""

    FINED = "fined"
    HEARING_OFFERED = "hearing_offered"
    UNAPPEALED = "unappealed"
    RECONSIDERED = "reconsidered"
    JUDGED = "judged"
    CRIME = "crime"
    PUBLIC = "public"
    OVERTURNED = "overturned"
    CHANGED = "changed"

    def holds(self, penalty: Penalty) -> bool:
        """Whether the procedure meets it."""
        if self is Condition.HEARING_OFFERED:
            return bool(facts_of(penalty, PenaltyStep.NOTICED).hearing_offered)
        if self is Condition.CRIME:
            return bool(facts_of(penalty, PenaltyStep.CRIME_DECIDED).crime)
        if self is Condition.PUBLIC:
            return bool(decision_of(penalty).public) and not is_overturned(penalty)
        if self is Condition.OVERTURNED:
            return is_outdated_in_public(penalty)
        if self is Condition.CHANGED:
            return is_changed(penalty) and not is_revoked(penalty)
        return bool(fine_of(penalty)) and self in (Condition.FINED, appeal_state(penalty))


def appeal_state(penalty: Penalty | None) -> Condition:
    """How far the party has contested the decision. A reconsideration that was withdrawn leaves it as if there had been none."""
    if record_of(penalty, PenaltyStep.SUIT_ENDED):
        return Condition.JUDGED
    outcome = facts_of(penalty, PenaltyStep.RECONSIDERATION_ENDED).outcome
    stands = outcome in (AppealOutcome.UPHELD, AppealOutcome.CHANGED)
    return Condition.RECONSIDERED if stands else Condition.UNAPPEALED


class LegalLimit(NamedTuple):
    """A limit that a law sets. `article` is None where the text was not read.

    It runs from the step `begins` until one of `ends`, or as long as a measure is open: then it is paused during tests if
    the law says so (`testing`, 行政强制法 25), and may be prolonged by `extension`. The end of a window of the party's
    (`lapse_tells` names who is notified of it) is no breach. Its last day moves over days off, but by a `roster` that works every
    day: so end the limits of the authority.
    """

    name: str
    name_zh: str
    begins: PenaltyStep | MeasureKind
    ends: frozenset[PenaltyStep]
    span: Span
    law: str
    article: str | None
    where: Condition | None = None
    lapse_tells: tuple[str, ...] | None = None
    roster: str | None = None
    extension: Span | None = None
    testing: bool = False

    def runs(self, penalty: Penalty) -> bool:
        """Whether it runs after the steps that `penalty` has taken."""
        if isinstance(self.begins, MeasureKind):
            state = state_of(measure_of(penalty, self.begins))
            return state is not None and not (state is MeasureStep.TESTING and self.testing)
        steps = as_it_holds(penalty).steps
        begun = self.begins in steps and not self.ends.intersection(steps)
        return begun and (self.where is None or self.where.holds(penalty))

    @property
    def is_window(self) -> bool:
        """Whether it is a right of the party, not a duty of the street."""
        return self.lapse_tells is not None

    @property
    def ladder(self) -> Ladder | None:
        """The ladder of a window: one rung, at its end. None for the other limits, which climb the policy's ladder."""
        if self.lapse_tells is None:
            return None
        return Ladder(self.name, (Rung(0, 100, (), self.lapse_tells, frozenset(), None),), ())


class Guard(NamedTuple):
    """What must hold before `steps`, from the day `effective` on. `article` is None where the text was not read.

    `edition` is the year of the law's text; `text_zh` and `text_en` are in our own words.
    """

    id: str
    steps: frozenset[PenaltyStep | MeasureStep]
    law: str
    article: str | None
    edition: str
    effective: date
    text_zh: str
    text_en: str

    @property
    def code(self) -> str:
        """The code of its refusals."""
        return self.id.lower()

    @property
    def cited(self) -> str:
        """The quotation in a receipt: 《行政处罚法》(2021) 42."""
        return f"《{self.law}》({self.edition}){f' {self.article}' if self.article else ''}"


class Amounts(NamedTuple):
    """Amounts in yuan, by party. An unknown party counts as a citizen, for whom the amounts are lower."""

    citizen: int
    legal_person: int

    def of(self, party: PartyKind | None) -> int:
        """The amount for `party`.

        >>> Amounts(citizen=200, legal_person=3000).of(None)
        200
        """
        return self.legal_person if party is PartyKind.LEGAL_PERSON else self.citizen


class Weight(NamedTuple):
    """From when on a penalty is weighty: by its kind, or by the amount of the fine or of what is confiscated.

    `amounts` are None where nobody knows them; `confirmed`: they were read, and are no line of our own.
    """

    amounts: Amounts | None
    kinds: frozenset[PenaltyKind]
    confirmed: bool = True

    def reached_by(self, facts: PenaltyFacts, party: PartyKind | None) -> bool:
        """Whether the penalty that `facts` state is weighty; by its kind alone where the amounts are not known."""
        if self.amounts is None:
            return not self.kinds.isdisjoint(kinds_of(facts))
        amount = max(facts.fine_yuan or 0, facts.confiscated_yuan or 0)
        return amount >= self.amounts.of(party) or not self.kinds.isdisjoint(kinds_of(facts))


class TimeBar(NamedTuple):
    """After how many months an act that was not found is no longer punished (行政处罚法 36); more if it did grave harm."""

    months: int
    months_with_harm: int


class Surcharge(NamedTuple):
    """The surcharge for each day late, and the most it may reach, in percent of the fine (行政处罚法 72)."""

    percent_a_day: int
    percent_max: int


class QuietTime(NamedTuple):
    """When nothing is enforced (行政强制法 43): at night, on holidays and, if `weekends`, on weekends.

    The night is from minute `first` of the day to before minute `last`.
    """

    first: int
    last: int
    holidays: frozenset[date]
    weekends: bool

    def is_night(self, minute: int) -> bool:
        """Whether a minute of the day lies in the night, which may begin before midnight.

        >>> night = QuietTime(first=22 * 60, last=6 * 60, holidays=frozenset(), weekends=True)
        >>> night.is_night(23 * 60), night.is_night(5 * 60), night.is_night(6 * 60)
        (True, True, False)
        """
        if self.first <= self.last:
            return self.first <= minute < self.last
        return minute >= self.first or minute < self.last


@dataclass(frozen=True, slots=True)
class GuardParameters:
    """The parameters of the guards.

    `hearing`: penalties for which a hearing is offered (行政处罚法 63); `hearing_notice`: how long before the hearing the
    party is notified (64). `discussion`: penalties that the heads of the organ decide together (57). `lighter`: kinds to
    which a decision may always come down. `review_fine` in yuan: a decision from this fine on is reviewed (58), and every
    decision after a hearing.
    `mandatory`: grounds found by investigation or review on which nobody is punished; `discretionary`: on which a head may say so (33).
    `devices`: the monitoring devices that may be relied on, each from which day on (41).
    `discretion`: from which percent of the range of a fine to which it goes for a breach of some gravity, where the matter has no
    table of its own (34).
    `harm_of_ground`: the harm with which a ground for no penalty still holds (行政处罚法 33). `on_decision`: disposals that
    need a decision first (行政强制法 27). `appeal_windows`: limits within which a party may contest a decision; all that apply are
    over before a building is pulled down (44) or a court is applied to (53), which then happens within one of
    `court_limits`, `court_demand` after the demand (54). `own_power`: the organ may enforce a fine by itself (13).
    `apart`: of each office of a file those that other people hold (57, 58).
    `measures_of_all`: kinds of measure that may be taken for every matter; of the others each matter has its own law (16).
    """

    officers_min: int
    simple_fine: Amounts
    simple_procedure: str
    on_spot_max_yuan: int
    simple_kinds: frozenset[PenaltyKind]
    hearing: Weight
    hearing_notice: Span
    hearing_window: Span
    discussion: Weight
    lighter: frozenset[PenaltyKind]
    time_bar: TimeBar
    surcharge: Surcharge
    payment_limit: str
    payment_window: Span
    defence_window: Span
    review_fine: int
    quiet: QuietTime
    demolition: frozenset[str]
    appeal_windows: tuple[str, ...]
    court_limits: tuple[str, ...]
    court_demand: Span
    own_power: bool
    monitors: frozenset[Source]
    devices: Mapping[str, date]
    discretion: Mapping[Gravity, tuple[int, int]]
    record_kinds: frozenset[EvidenceKind]
    corrected: frozenset[NoPenaltyGround]
    educated: frozenset[NoPenaltyGround]
    first_time: frozenset[NoPenaltyGround]
    discretionary: frozenset[NoPenaltyGround]
    mandatory: frozenset[NoPenaltyGround]
    harm_of_ground: Mapping[NoPenaltyGround, frozenset[Harm]]
    measure_officers_min: int
    measures_of_all: frozenset[MeasureKind]
    on_decision: frozenset[Disposal]
    apart: Mapping[Office, frozenset[Office]]


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    """The guards in the order in which they are examined, their parameters, and by street the matters that it may punish."""

    guards: tuple[Guard, ...]
    parameters: GuardParameters
    powers: Mapping[str, frozenset[str]]
