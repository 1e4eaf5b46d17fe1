"""Checks `rules/procedure.yaml`, and makes the core's values of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from pipeline.core.penalty.guards import CHECKS
from pipeline.core.rules.law import (
    Amounts,
    Guard,
    GuardParameters,
    LegalLimit,
    Office,
    Power,
    Procedure,
    QuietTime,
    Surcharge,
    TimeBar,
    Weight,
)
from pipeline.core.worktime.policy import LONGEST, LimitUnit, span_of
from pipeline.rulebook.days import minutes_of
from pipeline.rulebook.sheet import Filled, Problem
from pipeline.rulebook.tables.guard_tables import Cited, GuardEntry, HearingEntry, WeightEntry
from pipeline.rulebook.tables.matter_tables import MattersTable
from pipeline.rulebook.tables.procedure_tables import LegalEntry, MeasureEntry, ProcedureTable
from pipeline.rulebook.tables.rule_tables import CalendarTable, Confidence, HoursTable, StreetsTable
from schemas.values.penalty_terms import MeasureKind
from schemas.values.terms import PenaltyStep

_MONTHS = 12
_DAYS: Final = (LimitUnit.WORKDAYS, LimitUnit.CALENDAR_DAYS, LimitUnit.MONTHS)
_HOURS_TOO: Final = (LimitUnit.NATURAL_MINUTES, *_DAYS)
"""Laws count in days and months; hours count day and night (行政执法机关移送涉嫌犯罪案件的规定 5)."""


def legal_limits(table: ProcedureTable) -> tuple[LegalLimit, ...]:
    """The core's values of the limits and measures."""
    return tuple(_limit(name, entry) for name, entry in table.limits.items()) + tuple(
        _measure(kind, entry) for kind, entry in table.measures.by_kind().items()
    )


def procedure_of(table: ProcedureTable, calendars: Sequence[CalendarTable]) -> Procedure:
    """The core's value of the guards; the holidays come from the calendars."""
    holidays = frozenset(
        holiday.first + timedelta(days=n)
        for calendar in calendars
        for holiday in calendar.holidays
        for n in range((holiday.last - holiday.first).days + 1)
    )
    return Procedure(
        guards=tuple(_guard(name, entry) for name, entry in table.guards.by_id().items()),
        parameters=_terms(table, holidays),
        powers={power.street: power.matters for power in table.powers},
    )


def check_procedure(page: Filled[ProcedureTable]) -> Iterator[Problem]:
    """A limit must not end where it begins and must count days; a guard may stand only before steps that its check supports."""
    table = page.table
    for name, limit in table.limits.items():
        if limit.begins in limit.ends:
            yield page.problem(("limits", name, "until"), f"{limit.begins} is where it begins", "later steps")
        yield from _days(page, ("limits", name, "limit"), limit.limit, _HOURS_TOO)
        if name in set(MeasureKind):
            yield page.problem(("limits", name), "is the name of a measure", "another name")
    for kind, measure in table.measures.by_kind().items():
        yield from _days(page, ("measures", kind.value, "limit"), measure.limit)
        if measure.extension is not None:
            yield from _days(page, ("measures", kind.value, "extension"), measure.extension)
    yield from _guards(page)
    yield from page.repeated("powers", "street", [power.street for power in table.powers])
    yield from page.repeated("devices", "device", [entry.device for entry in table.devices])


def check_rosters(page: Filled[ProcedureTable], hours: Filled[HoursTable]) -> Iterator[Problem]:
    """The roster of a limit must exist and work every day, and the limit must count no workdays, or no day off were one."""
    rosters = {name for name, roster in hours.table.rosters.items() if roster.days == "every_day"}
    table = page.table
    entries: dict[tuple[object, ...], LegalEntry | MeasureEntry] = {
        ("limits", name): entry for name, entry in table.limits.items()
    }
    entries |= {("measures", kind.value): entry for kind, entry in table.measures.by_kind().items()}
    for path, entry in entries.items():
        if entry.roster is not None and entry.roster not in rosters:
            wrong = f"no roster of every day: {entry.roster}"
            yield page.problem((*path, "roster"), wrong, ", ".join(sorted(rosters)) or "none")
        elif entry.roster is not None and span_of(entry.limit)[-1].unit is LimitUnit.WORKDAYS:
            yield page.problem((*path, "roster"), "counts workdays", "calendar_days or months, or no roster")


def check_powers(
    page: Filled[ProcedureTable], matters: Filled[MattersTable], streets: Filled[StreetsTable]
) -> Iterator[Problem]:
    """The matters, procedures and streets it names must exist."""
    codes = {matter.code for matter in matters.table.matters}
    named: list[tuple[tuple[object, ...], frozenset[str]]] = [
        (("powers", number, "matters"), power.matters) for number, power in enumerate(page.table.powers)
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
    street_codes = {street.code for street in streets.table.streets}
    for number, power in enumerate(page.table.powers):
        if power.street not in street_codes:
            wrong = f"no such street: {power.street}"
            yield page.problem(("powers", number, "street"), wrong, ", ".join(sorted(street_codes)))
    simple = page.table.guards.simple_not_for_matter.procedure
    if simple not in matters.table.procedures:
        at = ("guards", "SIMPLE_NOT_FOR_MATTER", "procedure")
        yield page.problem(at, f"no such procedure: {simple}", ", ".join(matters.table.procedures))
    yield from _measure_powers(page, matters)
    limits = page.table.guards.simple_fine_over_limit
    for number, matter in enumerate(matters.table.matters):
        fines = matter.fines
        if not fines or simple not in matter.procedures:
            continue
        if all(
            one.citizen[0] > limits.citizen and one.legal_person[0] > limits.legal_person for one in fines
        ):
            wrong = (
                f"{simple} is not open: the least fine of {matter.code} is over what is decided on the spot"
            )
            yield matters.problem(("matters", number, "procedures"), wrong, f"without {simple}")


def _measure_powers(page: Filled[ProcedureTable], matters: Filled[MattersTable]) -> Iterator[Problem]:
    """A measure that may be taken for every matter is not given to one, nor any for what a street only refers."""
    of_all = page.table.guards.measure_without_power.of_all_matters
    for number, matter in enumerate(matters.table.matters):
        for place, power in enumerate(matter.measures):
            path = ("matters", number, "measures", place)
            if matter.street_power is Power.COORDINATE_ONLY:
                wrong = f"{matter.code} is none that a street may punish"
                yield matters.problem(path, wrong, "a matter that is devolved, or needs a list")
            elif power.kinds & of_all:
                wrong = f"may be taken for every matter: {', '.join(sorted(power.kinds & of_all))}"
                yield matters.problem((*path, "kinds"), wrong, "only what this law gives")


def _guards(page: Filled[ProcedureTable]) -> Iterator[Problem]:
    guards = page.table.guards
    for name, guard in guards.by_id().items():
        strange = guard.steps - CHECKS[name].steps
        if strange:
            wrong = f"cannot stand before {', '.join(sorted(strange))}"
            yield page.problem(("guards", name, "steps"), wrong, ", ".join(sorted(CHECKS[name].steps)))
    yield from _windows(page)
    spans = {
        ("DECISION_WITHOUT_NOTICE", "defence"): guards.decision_without_notice.defence,
        ("HEARING_NOT_NOTIFIED", "notice"): guards.hearing_not_notified.notice,
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


def _windows(page: Filled[ProcedureTable]) -> Iterator[Problem]:
    """A guard's windows are limits, and begin where it looks for them."""
    guards = page.table.guards
    windows = {
        "PENALTY_BEFORE_HEARING_WINDOW": (guards.penalty_before_hearing_window.window, PenaltyStep.NOTICED),
        "ENFORCED_BEFORE_TERM": (guards.enforced_before_term.window, PenaltyStep.SERVED),
        "COURT_WITHOUT_DEMAND": (guards.court_without_demand.window, PenaltyStep.DEMANDED),
    }
    for name, (window, begins) in windows.items():
        allowed = [limit for limit, entry in page.table.limits.items() if entry.begins is begins]
        if window not in allowed:
            wrong = f"no limit from {begins} on: {window}"
            yield page.problem(("guards", name, "window"), wrong, ", ".join(allowed) or "a limit above")
    named = {
        "DEMOLISH_BEFORE_APPEAL_WINDOW": guards.demolish_before_appeal_window.windows,
        "COURT_TIME_LOST": guards.court_time_lost.windows,
    }
    for name, some in named.items():
        for number, window in enumerate(some):
            if window not in page.table.limits:
                at = ("guards", name, "windows", number)
                yield page.problem(at, f"no such limit: {window}", ", ".join(page.table.limits))


def _fines(page: Filled[ProcedureTable]) -> Iterator[Problem]:
    """A citizen's amounts must not exceed a legal person's, nor what is collected on the spot what is decided on the spot."""
    guards = page.table.guards
    simple = guards.simple_fine_over_limit
    for name, amounts in {
        "SIMPLE_FINE_OVER_LIMIT": simple,
        "DECIDED_WITHOUT_DISCUSSION": guards.decided_without_discussion,
    }.items():
        if amounts.citizen > amounts.legal_person:
            wrong = f"{amounts.citizen} is over that of a legal person"
            yield page.problem(("guards", name, "citizen"), wrong, f"at most {amounts.legal_person}")
    hearing = guards.hearing_not_offered.amounts
    if hearing is not None and hearing.citizen > hearing.legal_person:
        wrong = f"{hearing.citizen} is over that of a legal person"
        allowed = f"at most {hearing.legal_person}"
        yield page.problem(("guards", "HEARING_NOT_OFFERED", "amounts", "citizen"), wrong, allowed)
    on_spot = guards.onspot_collection_over_limit.fine_max
    if on_spot > simple.legal_person:
        at = ("guards", "ONSPOT_COLLECTION_OVER_LIMIT", "fine_max")
        wrong = f"{on_spot} is over what is decided on the spot"
        yield page.problem(at, wrong, f"at most {simple.legal_person}")


def _days(
    page: Filled[ProcedureTable], path: tuple[object, ...], text: str, units: Sequence[LimitUnit] = _DAYS
) -> Iterator[Problem]:
    for value, unit in span_of(text):
        if unit not in units:
            yield page.problem(path, f"in {unit}", "workdays, calendar_days or months")
        elif value > LONGEST[unit]:
            yield page.problem(path, f"{text} is over a year", f"at most {LONGEST[unit]} {unit}")


def _limit(name: str, entry: LegalEntry) -> LegalLimit:
    span, article = span_of(entry.limit), _shown(entry)
    return LegalLimit(
        name,
        entry.name_zh,
        entry.begins,
        entry.ends,
        span,
        entry.law,
        article,
        entry.where,
        entry.lapse_tells,
        entry.roster,
    )


def _measure(kind: MeasureKind, entry: MeasureEntry) -> LegalLimit:
    return LegalLimit(
        name=kind.value,
        name_zh=entry.name_zh,
        begins=kind,
        ends=frozenset(),
        span=span_of(entry.limit),
        law=entry.law,
        article=_shown(entry),
        roster=entry.roster,
        extension=span_of(entry.extension) if entry.extension else None,
        testing=entry.testing,
    )


def _guard(name: str, entry: GuardEntry) -> Guard:
    return Guard(
        name,
        entry.steps,
        entry.law,
        _shown(entry),
        entry.edition,
        entry.effective,
        entry.text_zh,
        entry.text_en,
    )


def _shown(cited: Cited) -> str | None:
    """The article; None for one that nobody has read."""
    return None if cited.confidence is Confidence.FROM_MEMORY else cited.article


def _weight(entry: WeightEntry) -> Weight:
    return Weight(Amounts(entry.citizen, entry.legal_person), entry.kinds)


def _hearing(entry: HearingEntry) -> Weight:
    known = entry.amounts
    amounts = Amounts(known.citizen, known.legal_person) if known else None
    return Weight(amounts, entry.kinds, known is not None and known.confirmed)


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
        hearing=_hearing(guards.hearing_not_offered),
        hearing_notice=span_of(guards.hearing_not_notified.notice),
        discussion=_weight(guards.decided_without_discussion),
        lighter=guards.heavier_than_noticed.lighter,
        time_bar=TimeBar(bar.years * _MONTHS, bar.years_with_harm * _MONTHS),
        surcharge=Surcharge(late.percent_a_day, late.percent_max),
        hearing_window=span_of(table.limits[guards.penalty_before_hearing_window.window].limit),
        payment_limit=guards.enforced_before_term.window,
        payment_window=span_of(table.limits[guards.enforced_before_term.window].limit),
        defence_window=span_of(guards.decision_without_notice.defence),
        review_fine=guards.close_penalty_without_legal_review.from_fine,
        quiet=QuietTime(*minutes_of(quiet.night), holidays, quiet.weekends),
        demolition=appeal.matters,
        appeal_windows=appeal.windows,
        court_limits=guards.court_time_lost.windows,
        court_demand=span_of(table.limits[guards.court_without_demand.window].limit),
        own_power=guards.enforced_without_power.own_power,
        monitors=guards.electronic_evidence_unreviewed.sources,
        discretion=guards.fine_outside_discretion.shares.by_gravity(),
        devices={entry.device: max(entry.examined, entry.published) for entry in table.devices},
        record_kinds=guards.process_not_recorded.kinds,
        corrected=guards.no_penalty_without_ground.corrected,
        educated=guards.no_penalty_without_ground.educated,
        first_time=guards.no_penalty_without_ground.first_time,
        discretionary=guards.no_penalty_without_ground.discretionary,
        mandatory=guards.punished_despite_ground.mandatory,
        harm_of_ground=guards.no_penalty_without_ground.harm,
        measures_of_all=guards.measure_without_power.of_all_matters,
        measure_officers_min=guards.measure_out_of_form.officers_min,
        on_decision=guards.things_not_decided_on.on_decision,
        apart=_apart(guards.approver_not_apart.apart),
    )


def _apart(offices: Mapping[Office, frozenset[Office]]) -> Mapping[Office, frozenset[Office]]:
    """Whoever is apart from an office, that office is apart from as well."""
    return {
        one: offices.get(one, frozenset()) | {other for other, some in offices.items() if one in some}
        for one in Office
    }
