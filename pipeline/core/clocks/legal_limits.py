"""Which limits of the law run for a case, whatever becomes of its service clocks. The clocks themselves are in `running_clocks`."""

from datetime import datetime

from pipeline.core.rules.law import LegalLimit
from pipeline.core.rules.penalty_records import measure_of, record_of
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import day_of
from pipeline.core.worktime.policy import Ladder, Limit, LimitUnit, Service, Span
from schemas.state.case import Case, Clock
from schemas.values.penalty_terms import MeasureKind
from schemas.values.terms import ClockKind


def limit_of(rules: Rules, kind: ClockKind, name: str | None) -> LegalLimit | None:
    """The limit that such a clock measures; None where the clock is no legal one, or the rules have dropped the limit."""
    if kind is not ClockKind.LEGAL:
        return None
    return next((limit for limit in rules.legal if limit.name == name), None)


def span_from(rules: Rules, limit: LegalLimit, start: datetime) -> Span:
    """The limit as its own roster counts it from `start` on. The window of the party that the authority's time follows ends by the
    calendar all the same: it is so many days then."""
    # 行政强制法 53: three months from when the party's time is over
    if limit.roster is None or len(limit.span) == 1:
        return limit.span
    window = clock_arithmetic.after(rules.calendar, start, limit.span[:-1]).at
    return (Limit((day_of(window) - day_of(start)).days, LimitUnit.CALENDAR_DAYS), limit.span[-1])


def end_of(rules: Rules, limit: LegalLimit, start: datetime) -> datetime:
    """When the limit, begun at `start`, is over."""
    return clock_arithmetic.after(rules.hours_of(limit.roster), start, span_from(rules, limit, start)).at


def ladder_of(rules: Rules, service: Service, kind: ClockKind, name: str | None) -> Ladder:
    """The ladder of such a clock: the policy's, or the limit's own where the law opens a window."""
    limit = limit_of(rules, kind, name)
    return (limit and limit.ladder) or service.clocks[kind].ladder


def running(rules: Rules, case: Case) -> tuple[str, ...]:
    """The names of the limits that run. A window that has lapsed does not open again, unless it begins anew."""
    if case.penalty is None:
        return ()
    over = {
        clock.name
        for clock in case.clocks
        if clock.kind is ClockKind.LEGAL and clock.stopped_at is not None and not is_anew(rules, case, clock)
    }
    return tuple(
        limit.name
        for limit in rules.legal
        if limit.runs(case.penalty) and not (limit.is_window and limit.name in over)
    )


def is_anew(rules: Rules, case: Case, clock: Clock) -> bool:
    """Whether the clock is that of an earlier measure of the same kind, or of a step that was taken again: the new one's begins anew."""
    limit = limit_of(rules, clock.kind, clock.name)
    if limit is None or case.penalty is None:
        return False
    if not isinstance(limit.begins, MeasureKind):
        begun = record_of(case.penalty, limit.begins)
        return (
            begun is not None and case.penalty.steps.count(limit.begins) > 1 and begun.at > clock.started_at
        )
    latest = measure_of(case.penalty, limit.begins)
    return latest is not None and latest.records[0].at > clock.started_at
