"""The arithmetic of a clock: begun, halted, gone on, extended; when it is due, and how much of it is used.

A deadline is never remembered without its reasons: it follows from the limit, the start and the moves of the clock,
and `due` computes it from them anew, to the same instant, whenever the calendar or the policy changes.

    started_at ──runs── halted ─ ─ ─ ─ until ──runs── due_at
                        └ moves the deadline by as much of the clock's own time as it lasted

A clock of four natural hours, begun at nine, that stands from ten to noon:

    >>> calendar = WorkCalendar([OfficeHours(date(2020, 1, 1), ((510, 720), (840, 1050)))], [])
    >>> nine, ten, noon = (datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (9, 10, 12))
    >>> clock = begin(calendar, ClockKind.DISPOSE, nine, span_of("4 natural_hours"))
    >>> f"{clock.due_at:%H:%M}"
    '13:00'
    >>> clock = go_on(calendar, halt(clock, ten), noon, "suspended")
    >>> f"{clock.due_at:%H:%M}"
    '15:00'
    >>> str(used(calendar, clock, noon)), str(allowed(calendar, clock))
    ('1:00:00', '4:00:00')
    >>> f"{mark(calendar, clock, 50):%H:%M}"
    '13:00'
    >>> f"{extend(calendar, clock, span_of('1 natural_hours'), noon, 'complex').due_at:%H:%M}"
    '16:00'

Late since three, it stands from half past three until the next morning at nine. A rung four hours above the deadline comes when the
clock itself has run four hours more, half an hour of them before it stood:

    >>> late = halt(clock, datetime(2026, 11, 24, 15, 30, tzinfo=UTC))
    >>> clock = go_on(calendar, late, datetime(2026, 11, 25, 9, tzinfo=UTC), "suspended")
    >>> f"{clock.due_at:%H:%M}", f"{after_deadline(calendar, clock, span_of('4 natural_hours')):%d. %H:%M}"
    ('15:00', '25. 12:30')
"""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from msgspec.structs import replace

from pipeline.core.worktime.office_hours import Due, WorkCalendar, day_of
from pipeline.core.worktime.policy import Limit, LimitUnit, Span, span_of, text_of
from schemas.state.case import Clock, ClockMove
from schemas.values.terms import ClockKind

BREACH_PERCENT = 100
_MONTHS = 12


def after(calendar: WorkCalendar, start: datetime, span: Span) -> Due:
    """When `span`, begun at `start`, is used up: its limits one after the other.

    >>> hours = OfficeHours(date(2020, 1, 1), ((510, 720), (840, 1050)))
    >>> year = CalendarYear(2026, holidays={}, make_up_workdays=frozenset())
    >>> friday = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
    >>> due = after(WorkCalendar([hours], [year]), friday, span_of("4 natural_hours + 1 workdays"))
    >>> f"{due.at:%a %H:%M}", due.provisional
    ('Mon 09:30', False)
    """
    at, provisional = start.astimezone(UTC), False
    for value, unit in span:
        if unit is LimitUnit.WORK_MINUTES:
            at, unsure = calendar.due_work_minutes(at, value)
        elif unit is LimitUnit.WORKDAYS:
            at, unsure = calendar.due_workdays(at, value)
        elif unit is LimitUnit.CALENDAR_DAYS:
            at, unsure = calendar.due_calendar_days(at, value)
        elif unit is LimitUnit.MONTHS:
            day = day_of(at)
            at, unsure = calendar.due_calendar_days(at, (months_after(day, value) - day).days)
        else:
            at, unsure = calendar.due_natural_minutes(at, value)
        provisional = provisional or unsure
    return Due(at, provisional)


def in_days(calendar: WorkCalendar, span: Span, start: datetime) -> Span:
    """`span` as a clock that begins at `start` says it: months are so many calendar days then, since released contracts know no months.

    >>> hours = OfficeHours(date(2020, 1, 1), ((510, 720), (840, 1050)))
    >>> plain = WorkCalendar([hours], [CalendarYear(2026, {}, frozenset()), CalendarYear(2027, {}, frozenset())])
    >>> text_of(in_days(plain, span_of("15 calendar_days + 3 months"), datetime(2026, 11, 30, 1, tzinfo=UTC)))
    '15 calendar_days + 90 calendar_days'
    """
    if all(unit is not LimitUnit.MONTHS for _, unit in span):
        return span
    at, said = start, []
    for limit in span:
        if limit.unit is LimitUnit.MONTHS:
            day = day_of(at)
            limit = Limit((months_after(day, limit.value) - day).days, LimitUnit.CALENDAR_DAYS)
        said.append(limit)
        at = after(calendar, at, (limit,)).at
    return tuple(said)


def begin(
    calendar: WorkCalendar,
    kind: ClockKind,
    at: datetime,
    span: Span,
    *,
    leg: int = 0,
    name: str | None = None,
    roster: str | None = None,
) -> Clock:
    """A clock that runs from `at` on. `roster` is the name of `calendar`."""
    end = after(calendar, at, span)
    return Clock(
        kind=kind,
        name=name,
        leg=leg,
        started_at=at,
        limit=text_of(in_days(calendar, span, at)),
        roster=roster,
        due_at=end.at,
        provisional=end.provisional,
    )


def halt(clock: Clock, at: datetime) -> Clock:
    """The clock stands from `at` on, until it goes on; never from before it began or last went on, where the time was set back since."""
    return replace(clock, stopped_at=max(at, _runs_since(clock)), wake_at=None)


def go_on(calendar: WorkCalendar, clock: Clock, at: datetime, why: str) -> Clock:
    """A clock that stood runs again: its deadline moves by what the halt took of its own time.

    A halt that began after the deadline moves nothing: what was late stays late.
    """
    if clock.stopped_at is None:
        raise ValueError(f"the clock {clock.kind} runs")
    move = ClockMove(at=clock.stopped_at, until=max(at, clock.stopped_at), why=why)
    return _moved(calendar, replace(clock, stopped_at=None), move)


def extend(calendar: WorkCalendar, clock: Clock, more: Span, at: datetime, why: str) -> Clock:
    """The deadline moves on by `more`, counted from where it is."""
    return _moved(calendar, clock, ClockMove(at=at, by=text_of(more), why=why))


def recomputed(calendar: WorkCalendar, clock: Clock, span: Span) -> Clock:
    """The same clock by this calendar and this limit, all its moves made again."""
    end = due(calendar, clock.started_at, span, clock.moves)
    return _ending(replace(clock, limit=text_of(in_days(calendar, span, clock.started_at))), end)


def bound(calendar: WorkCalendar, clock: Clock, hotline_due_at: datetime | None) -> Clock:
    """The clock with this deadline of the hotline's beside its own, or (None) with its own alone. The earlier holds."""
    return _ending(replace(clock, hotline_due_at=hotline_due_at), own_due(calendar, clock))


def own_due(calendar: WorkCalendar, clock: Clock) -> Due:
    """When the clock is used up by its own limit and moves, whatever the hotline wants."""
    if clock.hotline_due_at is None:
        return Due(clock.due_at, clock.provisional)
    return due(calendar, clock.started_at, span_of(clock.limit), clock.moves)


def due(calendar: WorkCalendar, start: datetime, span: Span, moves: tuple[ClockMove, ...]) -> Due:
    """When a clock that began at `start` is used up, by definition: its moves one after the other."""
    end = after(calendar, start, span)
    work = counts_work(span)
    for move in moves:
        end = _after_move(calendar, end, move, work)
    return end


def allowed(calendar: WorkCalendar, clock: Clock) -> timedelta:
    """How much of its own time the clock has in all, its halts not counted."""
    work = counts_work(span_of(clock.limit))
    whole = _between(calendar, clock.started_at, clock.due_at, work)
    halted = (
        _between(calendar, move.at, min(move.until, clock.due_at), work)
        for move in clock.moves
        if move.until is not None and move.at < clock.due_at
    )
    return whole - sum(halted, timedelta())


def used(calendar: WorkCalendar, clock: Clock, at: datetime) -> timedelta:
    """How much of its own time the clock has run until `at`."""
    work = counts_work(span_of(clock.limit))
    end = at if clock.stopped_at is None else min(at, clock.stopped_at)
    ran = _between(calendar, clock.started_at, end, work)
    halted = (
        _between(calendar, move.at, min(move.until, end), work)
        for move in clock.moves
        if move.until is not None and move.at < end
    )
    return ran - sum(halted, timedelta())


def mark(calendar: WorkCalendar, clock: Clock, percent: int) -> datetime:
    """When `percent` (1 to 100) of the clock's time is used, if it runs on."""
    if percent >= BREACH_PERCENT:
        return clock.due_at
    work = counts_work(span_of(clock.limit))
    at = _shifted(calendar, clock.started_at, allowed(calendar, clock) * percent // BREACH_PERCENT, work).at
    for move in clock.moves:
        if move.until is not None and move.at < at:
            at = _shifted(calendar, at, _between(calendar, move.at, move.until, work), work).at
    return at


def after_deadline(calendar: WorkCalendar, clock: Clock, span: Span) -> datetime:
    """When the clock has run `span` beyond its deadline, if it runs on; a halt since then is measured in the span's own units."""
    at, work = after(calendar, clock.due_at, span).at, counts_work(span)
    for move in clock.moves:
        if move.until is not None and clock.due_at <= move.at < at:
            at = _shifted(calendar, at, _between(calendar, move.at, move.until, work), work).at
    return at


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the last day of a month that is shorter.

    >>> months_after(date(2026, 3, 15), 24)
    datetime.date(2028, 3, 15)
    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.month - 1 + months, _MONTHS)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@lru_cache(maxsize=1_024)
def counts_work(span: Span) -> bool:
    """Whether office hours are what the clock runs on; natural minutes and calendar days alone run day and night.

    >>> counts_work(span_of("4 natural_hours + 3 workdays")), counts_work(span_of("15 calendar_days"))
    (True, False)
    """
    return any(unit in (LimitUnit.WORK_MINUTES, LimitUnit.WORKDAYS) for _, unit in span)


def _runs_since(clock: Clock) -> datetime:
    return max((move.until for move in clock.moves if move.until is not None), default=clock.started_at)


def _moved(calendar: WorkCalendar, clock: Clock, move: ClockMove) -> Clock:
    end = _after_move(calendar, own_due(calendar, clock), move, counts_work(span_of(clock.limit)))
    return _ending(replace(clock, moves=(*clock.moves, move)), end)


def _ending(clock: Clock, end: Due) -> Clock:
    """Due at its own `end`, or by when the hotline wants it, whichever is earlier. What the hotline says needs no calendar."""
    theirs = clock.hotline_due_at
    if theirs is not None and theirs < end.at:
        return replace(clock, due_at=theirs, provisional=False)
    return replace(clock, due_at=end.at, provisional=end.provisional)


def _after_move(calendar: WorkCalendar, end: Due, move: ClockMove, work: bool) -> Due:
    if move.at >= end.at:
        return end
    if move.by is not None:
        moved = after(calendar, end.at, span_of(move.by))
    elif move.until is not None:
        moved = _shifted(calendar, end.at, _between(calendar, move.at, move.until, work), work)
        unsure = work and calendar.is_provisional(move.at, move.until)
        moved = Due(moved.at, moved.provisional or unsure)
    else:
        return end
    return Due(moved.at, end.provisional or moved.provisional)


def _between(calendar: WorkCalendar, start: datetime, end: datetime, work: bool) -> timedelta:
    return calendar.worked_between(start, end) if work else max(end - start, timedelta())


def _shifted(calendar: WorkCalendar, start: datetime, amount: timedelta, work: bool) -> Due:
    return calendar.due_work(start, amount) if work else Due(start + amount, False)
