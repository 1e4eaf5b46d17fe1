"""What in `rules/procedure.yaml` is impossible, and what the core makes of it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from pipeline.core.penalty.guards import CHECKS
from pipeline.core.rules.law import (
    Amounts,
    Guard,
    GuardParameters,
    LegalLimit,
    Procedure,
    QuietTime,
    Surcharge,
    TimeBar,
    Weight,
)
from pipeline.core.worktime.policy import LONGEST, LimitUnit, span_of
from pipeline.rulebook.days import minutes_of
from pipeline.rulebook.procedure_tables import (
    Cited,
    GuardEntry,
    LegalEntry,
    MeasureEntry,
    ProcedureTable,
    WeightEntry,
)
from pipeline.rulebook.rule_tables import CalendarTable, Confidence, MattersTable, StreetsTable
from pipeline.rulebook.sheet import Filled, Problem
from schemas.values.penalty_terms import MeasureKind
from schemas.values.terms import PenaltyStep

_MONTHS = 12


def legal_limits(table: ProcedureTable) -> tuple[LegalLimit, ...]:
    """As the core knows them."""
    return tuple(_limit(name, one) for name, one in table.limits.items()) + tuple(
        _measure(kind, one) for kind, one in table.measures.by_kind().items()
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
        parameters=_terms(table, holidays),
        powers={one.street: one.matters for one in table.powers},
    )


def check_procedure(page: Filled[ProcedureTable]) -> Iterator[Problem]:
    """A limit ends elsewhere than it begins, and counts days as laws do; a guard stands where it knows what to look at."""
    table = page.table
    for name, one in table.limits.items():
        if one.begins in one.ends:
            yield page.problem(("limits", name, "until"), f"{one.begins} is where it begins", "later steps")
        yield from _days(page, ("limits", name, "limit"), one.limit)
        if name in set(MeasureKind):
            yield page.problem(("limits", name), "is the name of a measure", "another name")
    for kind, measure in table.measures.by_kind().items():
        yield from _days(page, ("measures", kind.value, "limit"), measure.limit)
        if measure.extension is not None:
            yield from _days(page, ("measures", kind.value, "extension"), measure.extension)
    yield from _guards(page)
    seen: set[str] = set()
    for number, power in enumerate(table.powers):
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
    spans = {
        ("DECISION_WITHOUT_NOTICE", "defence"): guards.decision_without_notice.defence,
        ("HEARING_NOT_NOTIFIED", "notice"): guards.hearing_not_notified.notice,
        (
            "DEMOLISH_BEFORE_APPEAL_WINDOW",
            "reconsideration",
        ): guards.demolish_before_appeal_window.reconsideration,
    }
    for (name, field), span in spans.items():
        yield from _days(page, ("guards", name, field), span)
    bar = guards.time_barred
    if bar.years > bar.years_with_harm:
        wrong = f"{bar.years_with_harm} is less than without harm"
        yield page.problem(("guards", "TIME_BARRED", "years_with_harm"), wrong, f"at least {bar.years}")
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
        "DECIDED_WITHOUT_DISCUSSION": guards.decided_without_discussion,
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
        if unit not in (LimitUnit.WORKDAYS, LimitUnit.CALENDAR_DAYS):
            yield page.problem(path, f"in {unit}", "workdays or calendar_days")
        elif value > LONGEST[unit]:
            yield page.problem(path, f"{text} is over a year", f"at most {LONGEST[unit]} {unit}")


def _limit(name: str, one: LegalEntry) -> LegalLimit:
    span, article = span_of(one.limit), _shown(one)
    return LegalLimit(
        name, one.name_zh, one.begins, one.ends, span, one.law, article, one.where, one.lapse_tells
    )


def _measure(kind: MeasureKind, one: MeasureEntry) -> LegalLimit:
    return LegalLimit(
        name=kind.value,
        name_zh=one.name_zh,
        begins=kind,
        ends=frozenset(),
        span=span_of(one.limit),
        law=one.law,
        article=_shown(one),
        extension=span_of(one.extension) if one.extension else None,
        testing=one.testing,
    )


def _guard(name: str, one: GuardEntry) -> Guard:
    return Guard(name, one.steps, one.law, _shown(one), one.edition, one.effective, one.text_zh, one.text_en)


def _shown(one: Cited) -> str | None:
    """No article that nobody has read."""
    return None if one.confidence is Confidence.FROM_MEMORY else one.article


def _weight(one: WeightEntry) -> Weight:
    return Weight(Amounts(one.citizen, one.legal_person), one.kinds)


def _terms(table: ProcedureTable, holidays: frozenset[date]) -> GuardParameters:
    guards = table.guards
    simple, bar, late = guards.simple_fine_over_limit, guards.time_barred, table.late_payment
    quiet, appeal = guards.coercion_at_night_or_holiday, guards.demolish_before_appeal_window
    return GuardParameters(
        officers_min=guards.single_officer_penalty.officers_min,
        simple_fine=Amounts(simple.citizen, simple.legal_person),
        simple_procedure=guards.simple_not_for_matter.procedure,
        on_spot_max_yuan=guards.onspot_collection_over_limit.fine_max,
        simple_kinds=simple.kinds,
        hearing=_weight(guards.hearing_not_offered),
        hearing_notice=span_of(guards.hearing_not_notified.notice),
        discussion=_weight(guards.decided_without_discussion),
        lighter=guards.heavier_than_noticed.lighter,
        time_bar=TimeBar(bar.years * _MONTHS, bar.years_with_harm * _MONTHS),
        surcharge=Surcharge(late.percent_a_day, late.percent_max),
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
        first_time=guards.no_penalty_without_ground.first_time,
        harm_of_ground=guards.no_penalty_without_ground.harm,
        measure_officers_min=guards.measure_out_of_form.officers_min,
        on_decision=guards.things_not_decided_on.on_decision,
    )
