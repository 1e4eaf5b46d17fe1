"""The shape of `rules/procedure.yaml`, and what in it is impossible."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated

from pydantic import ConfigDict, Field

from pipeline.core.guards import CHECKS
from pipeline.core.law import Amounts, Guard, LegalLimit, Procedure, QuietTime, Terms
from pipeline.core.service import LONGEST, Unit, span_of
from pipeline.rulebook.days import minutes_of
from pipeline.rulebook.sheet import Filled, Problem
from pipeline.rulebook.tables import (
    Article,
    CalendarTable,
    Confidence,
    Count,
    HoursText,
    LimitText,
    MattersTable,
    Sentence,
    StreetsTable,
    Table,
    Word,
)
from schemas import limits
from schemas.terms import EvidenceKind, NoPenaltyGround, PenaltyStep, Source
from schemas.text import MatterCode, Name, StreetCode

Yuan = Annotated[int, Field(ge=1, le=limits.YUAN_MAX)]
Matters = Annotated[frozenset[MatterCode], Field(max_length=1000)]


class LegalEntry(Table):
    """A limit that a law sets."""

    name_zh: Name
    begins: Annotated[PenaltyStep, Field(alias="from")]
    ends: Annotated[frozenset[PenaltyStep], Field(alias="until", min_length=1)]
    limit: LimitText
    law: Name
    article: Article
    confidence: Confidence


class GuardEntry(Table):
    """A guard: before which steps it stands, by which article of which text of the law, and from which day on."""

    steps: Annotated[frozenset[PenaltyStep], Field(min_length=1)]
    law: Name
    article: Article
    edition: Annotated[str, Field(pattern=r"^[0-9]{4}$", description='the year of the law\'s text as "2021"')]
    effective: date
    confidence: Confidence
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
    """On which grounds it must have been put right, and on which the party is educated."""

    corrected: frozenset[NoPenaltyGround]
    educated: frozenset[NoPenaltyGround]


class RecordEntry(GuardEntry):
    """What counts as a record of a step."""

    kinds: Annotated[frozenset[EvidenceKind], Field(min_length=1)]


class Guards(Table):
    """Every guard there is code for, by its id: one that is missing or unknown is refused."""

    model_config = ConfigDict(alias_generator=str.upper)

    single_officer_penalty: OfficersEntry
    identity_not_shown: GuardEntry
    penalty_without_power: GuardEntry
    decision_without_notice: NoticeEntry
    heavier_than_noticed: GuardEntry
    hearing_not_offered: FineEntry
    penalty_before_hearing_window: WindowEntry
    hearing_hosted_by_investigator: GuardEntry
    close_penalty_without_legal_review: ReviewEntry
    electronic_evidence_unreviewed: MonitorEntry
    simple_not_for_matter: SimpleEntry
    simple_fine_over_limit: FineEntry
    onspot_collection_over_limit: OnSpotEntry
    coercion_at_night_or_holiday: QuietEntry
    enforced_before_term: WindowEntry
    enforced_without_demand: GuardEntry
    demolish_before_appeal_window: AppealEntry
    archived_with_open_fine: GuardEntry
    no_penalty_without_ground: GroundEntry
    transfer_without_receiver: GuardEntry
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
    guards: Guards
    powers: Annotated[tuple[PowerEntry, ...], Field(max_length=1000)] = ()


def legal_limits(table: ProcedureTable) -> tuple[LegalLimit, ...]:
    """As the core knows them."""
    return tuple(
        LegalLimit(name, one.name_zh, one.begins, one.ends, span_of(one.limit), one.law, one.article)
        for name, one in table.limits.items()
    )


def procedure_of(table: ProcedureTable, calendars: Sequence[CalendarTable]) -> Procedure:
    """The guards as the core knows them. The holidays are those of the calendars."""
    holidays = frozenset(
        one.first + timedelta(days=n)
        for calendar in calendars
        for one in calendar.holidays
        for n in range((one.last - one.first).days + 1)
    )
    return Procedure(
        guards=tuple(_guard(name, one) for name, one in table.guards.by_id().items()),
        terms=_terms(table, holidays),
        powers={one.street: one.matters for one in table.powers},
    )


def check_procedure(page: Filled[ProcedureTable]) -> Iterator[Problem]:
    """A limit ends elsewhere than it begins, and counts days as laws do; a guard stands where it knows what to look at."""
    for name, one in page.table.limits.items():
        if one.begins in one.ends:
            yield page.problem(("limits", name, "until"), f"{one.begins} is where it begins", "later steps")
        yield from _days(page, ("limits", name, "limit"), one.limit)
    yield from _guards(page)
    seen: set[str] = set()
    for number, power in enumerate(page.table.powers):
        if power.street in seen:
            yield page.problem(("powers", number, "street"), f"{power.street} is there twice", "each once")
        seen.add(power.street)


def check_powers(
    page: Filled[ProcedureTable], matters: Filled[MattersTable], streets: Filled[StreetsTable]
) -> Iterator[Problem]:
    """Matters, procedures and streets that are named are there."""
    codes = {one.code for one in matters.table.matters}
    named: list[tuple[tuple[object, ...], frozenset[str]]] = [
        (("powers", number, "matters"), one.matters) for number, one in enumerate(page.table.powers)
    ]
    named.append(
        (
            ("guards", "DEMOLISH_BEFORE_APPEAL_WINDOW", "matters"),
            page.table.guards.demolish_before_appeal_window.matters,
        )
    )
    for path, some in named:
        for code in sorted(some - codes):
            yield page.problem(path, f"no such matter: {code}", "a matter of matters.yaml")
    known = {one.code for one in streets.table.streets}
    for number, one in enumerate(page.table.powers):
        if one.street not in known:
            wrong = f"no such street: {one.street}"
            yield page.problem(("powers", number, "street"), wrong, ", ".join(sorted(known)))
    simple = page.table.guards.simple_not_for_matter.procedure
    if simple not in matters.table.procedures:
        at = ("guards", "SIMPLE_NOT_FOR_MATTER", "procedure")
        yield page.problem(at, f"no such procedure: {simple}", ", ".join(matters.table.procedures))


def _guards(page: Filled[ProcedureTable]) -> Iterator[Problem]:
    guards = page.table.guards
    for name, one in guards.by_id().items():
        strange = one.steps - CHECKS[name].steps
        if strange:
            wrong = f"cannot stand before {', '.join(sorted(strange))}"
            yield page.problem(("guards", name, "steps"), wrong, ", ".join(sorted(CHECKS[name].steps)))
    windows = {
        "PENALTY_BEFORE_HEARING_WINDOW": (guards.penalty_before_hearing_window.window, PenaltyStep.NOTICED),
        "ENFORCED_BEFORE_TERM": (guards.enforced_before_term.window, PenaltyStep.SERVED),
    }
    for name, (window, begins) in windows.items():
        known = [limit for limit, one in page.table.limits.items() if one.begins is begins]
        if window not in known:
            wrong = f"no limit from {begins} on: {window}"
            yield page.problem(("guards", name, "window"), wrong, ", ".join(known) or "a limit above")
    yield from _days(
        page, ("guards", "DECISION_WITHOUT_NOTICE", "defence"), guards.decision_without_notice.defence
    )
    appeal = guards.demolish_before_appeal_window.reconsideration
    yield from _days(page, ("guards", "DEMOLISH_BEFORE_APPEAL_WINDOW", "reconsideration"), appeal)
    yield from _fines(page)
    first, last = minutes_of(guards.coercion_at_night_or_holiday.night)
    if first == last:
        at_night = ("guards", "COERCION_AT_NIGHT_OR_HOLIDAY", "night")
        yield page.problem(at_night, "ends when it begins", 'a night as "22:00-06:00"')


def _fines(page: Filled[ProcedureTable]) -> Iterator[Problem]:
    """A citizen's amounts are never over a legal person's, and nothing is collected that could not be decided."""
    guards = page.table.guards
    simple = guards.simple_fine_over_limit
    for name, one in {
        "SIMPLE_FINE_OVER_LIMIT": simple,
        "HEARING_NOT_OFFERED": guards.hearing_not_offered,
    }.items():
        if one.citizen > one.legal_person:
            wrong = f"{one.citizen} is over that of a legal person"
            yield page.problem(("guards", name, "citizen"), wrong, f"at most {one.legal_person}")
    on_spot = guards.onspot_collection_over_limit.fine_max
    if on_spot > simple.legal_person:
        at = ("guards", "ONSPOT_COLLECTION_OVER_LIMIT", "fine_max")
        wrong = f"{on_spot} is over what is decided on the spot"
        yield page.problem(at, wrong, f"at most {simple.legal_person}")


def _days(page: Filled[ProcedureTable], path: tuple[object, ...], text: str) -> Iterator[Problem]:
    for value, unit in span_of(text):
        if unit not in (Unit.WORKDAYS, Unit.CALENDAR_DAYS):
            yield page.problem(path, f"in {unit}", "workdays or calendar_days")
        elif value > LONGEST[unit]:
            yield page.problem(path, f"{text} is over a year", f"at most {LONGEST[unit]} {unit}")


def _guard(name: str, one: GuardEntry) -> Guard:
    shown = None if one.confidence is Confidence.FROM_MEMORY else one.article
    return Guard(name, one.steps, one.law, shown, one.edition, one.effective, one.text_zh, one.text_en)


def _terms(table: ProcedureTable, holidays: frozenset[date]) -> Terms:
    guards = table.guards
    simple, hearing = guards.simple_fine_over_limit, guards.hearing_not_offered
    quiet, appeal = guards.coercion_at_night_or_holiday, guards.demolish_before_appeal_window
    return Terms(
        officers_min=guards.single_officer_penalty.officers_min,
        simple_fine=Amounts(simple.citizen, simple.legal_person),
        simple_procedure=guards.simple_not_for_matter.procedure,
        on_spot_max_yuan=guards.onspot_collection_over_limit.fine_max,
        hearing_fine=Amounts(hearing.citizen, hearing.legal_person),
        hearing_window=span_of(table.limits[guards.penalty_before_hearing_window.window].limit),
        payment_window=span_of(table.limits[guards.enforced_before_term.window].limit),
        defence_window=span_of(guards.decision_without_notice.defence),
        review_fine=guards.close_penalty_without_legal_review.from_fine,
        quiet=QuietTime(*minutes_of(quiet.night), holidays, quiet.weekends),
        demolition=appeal.matters,
        appeal_span=span_of(appeal.reconsideration),
        appeal_months=appeal.litigation_months,
        monitors=guards.electronic_evidence_unreviewed.sources,
        record_kinds=guards.process_not_recorded.kinds,
        corrected=guards.no_penalty_without_ground.corrected,
        educated=guards.no_penalty_without_ground.educated,
    )
