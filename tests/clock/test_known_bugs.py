"""Bugs that other systems met with working time, as far as they are arithmetic: each as a law of ours."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import LAST_YEAR, CalendarYear, OfficeHours, WorkCalendar
from pipeline.core.worktime.policy import span_of
from schemas.state.case import Clock
from schemas.values.terms import ClockKind
from tests.core.story import RULES

OFFICE = ((510, 720), (840, 1050))
OFFICE_HOURS = RULES.calendar
ALL_DAY = RULES.rosters["all_day"]
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    """A moment of Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def begun(start: str, limit: str, calendar: WorkCalendar = OFFICE_HOURS) -> Clock:
    """A clock that runs from then on."""
    return clock_arithmetic.begin(calendar, ClockKind.DISPOSE, at(start), span_of(limit))


def stood(clock: Clock, since: str, until: str, calendar: WorkCalendar = OFFICE_HOURS) -> Clock:
    """The same after it stood from then until then."""
    return clock_arithmetic.go_on(calendar, clock_arithmetic.halt(clock, at(since)), at(until), "suspended")


def announced(year: int, *, off: list[date], worked: list[date]) -> WorkCalendar:
    """Split office hours in a year of these days off and make-up days."""
    notice = CalendarYear(year, dict.fromkeys(off, "off"), frozenset(worked))
    return WorkCalendar([OfficeHours(date(2020, 1, 1), OFFICE)], [notice])


# the minute before midnight


def test_no_second_is_lost_at_midnight():
    """Around the clock a day has 86,400 seconds, however it is cut; the last minute of the day is one of them."""
    assert ALL_DAY.worked_between(at("2026-11-24T23:59"), at("2026-11-25T00:00")) == timedelta(minutes=1)
    assert ALL_DAY.worked_between(at("2026-11-24T23:59:59"), at("2026-11-25T00:00:01")) == 2 * SECOND
    assert ALL_DAY.elapsed_work_minutes(at("2026-01-01T00:00"), at("2027-01-01T00:00")) == 365 * 24 * 60
    first, step = at("2026-11-24T22:00"), timedelta(seconds=7)
    cuts = [first + number * step for number in range(2_000)]
    pieces = [ALL_DAY.worked_between(a, b) for a, b in pairwise(cuts)]
    assert sum(pieces, timedelta()) == ALL_DAY.worked_between(cuts[0], cuts[-1]) == cuts[-1] - cuts[0]


def test_no_second_is_lost_over_many_pauses():
    """Sixty pauses of 7.5 seconds move the deadline by 450 seconds, at midnight as at noon."""
    for calendar, start in ((ALL_DAY, "2026-11-24T23:30"), (OFFICE_HOURS, "2026-11-24T09:00")):
        clock = begun(start, "120 work_minutes", calendar)
        due = clock.due_at
        for minute in range(60):
            since = at(start) + timedelta(minutes=minute, seconds=13)
            halted = clock_arithmetic.halt(clock, since)
            clock = clock_arithmetic.go_on(calendar, halted, since + timedelta(seconds=7.5), "suspended")
        assert clock.due_at == due + timedelta(seconds=450)
        assert clock_arithmetic.used(calendar, clock, clock.due_at) == timedelta(minutes=120)


def test_a_second_lies_on_one_side_of_a_pause():
    """What ran before, during and after a pause is all there is: none twice, none missing."""
    clock = stood(begun("2026-11-24T09:00", "3 work_hours"), "2026-11-24T09:59:59", "2026-11-25T08:30:01")
    ran = clock_arithmetic.used(OFFICE_HOURS, clock, at("2026-11-25T10:00"))
    halted = OFFICE_HOURS.worked_between(at("2026-11-24T09:59:59"), at("2026-11-25T08:30:01"))
    assert ran + halted == OFFICE_HOURS.worked_between(at("2026-11-24T09:00"), at("2026-11-25T10:00"))


# 00:00 and 24:00


def test_a_deadline_at_midnight_is_that_midnight():
    """Not the day before, not the day after, and not the next office hour."""
    assert begun("2026-11-24T20:00", "4 natural_hours").due_at == at("2026-11-25T00:00")
    assert begun("2026-11-24T20:00", "240 work_minutes", ALL_DAY).due_at == at("2026-11-25T00:00")
    assert begun("2026-11-25T00:00", "1 work_minutes", ALL_DAY).due_at == at("2026-11-25T00:01")


def test_a_day_until_24_00_ends_at_the_next_00_00():
    """One workday of a roster around the clock; what begins at 00:00 begins that day and not the one before."""
    assert ALL_DAY.due_workdays(at("2026-11-24T10:00"), 1).at == at("2026-11-26T00:00")
    assert ALL_DAY.due_workdays(at("2026-11-25T00:00"), 1).at == at("2026-11-27T00:00")
    assert ALL_DAY.due_workdays(at("2026-11-24T23:59:59"), 1).at == at("2026-11-26T00:00")


def test_hours_up_to_midnight_and_from_it_on_are_one_night():
    """22:00 to 24:00 and 00:00 to 06:00: nothing happens at midnight."""
    night = WorkCalendar([OfficeHours(date(2020, 1, 1), ((0, 360), (1320, 1440)))], [], every_day=True)
    assert night.due_work_minutes(at("2026-11-24T23:30"), 60).at == at("2026-11-25T00:30")
    assert night.due_work_minutes(at("2026-11-24T23:30"), 30).at == at("2026-11-25T00:00")
    assert night.is_work_time(at("2026-11-25T00:00"))
    assert not night.is_work_time(at("2026-11-25T06:00"))


# begun when nobody works


def test_a_clock_begun_out_of_hours_starts_with_the_next_workday():
    """At night, at the weekend, on a holiday: an hour later than 8:30, whenever it was; the day's end is out of hours."""
    for start, due in {
        "2026-11-24T23:00": "2026-11-25T09:30",
        "2026-11-25T03:00": "2026-11-25T09:30",
        "2026-11-25T08:29:59.999999": "2026-11-25T09:30",
        "2026-11-24T17:30": "2026-11-25T09:30",
        "2026-11-27T18:00": "2026-11-30T09:30",
        "2026-11-28T10:00": "2026-11-30T09:30",
        "2026-10-03T10:00": "2026-10-08T09:30",
    }.items():
        clock = begun(start, "60 work_minutes")
        assert clock.due_at == at(due), start
        assert clock_arithmetic.mark(OFFICE_HOURS, clock, 50) == at(due) - timedelta(minutes=30), start
        assert clock_arithmetic.used(OFFICE_HOURS, clock, at(due)) == timedelta(hours=1), start


def test_workdays_from_a_saturday():
    """The first is Monday, from any hour of the weekend; from a Saturday that is worked it is the next workday after it."""
    for start in ("2026-11-28T00:00", "2026-11-28T10:00", "2026-11-28T23:59:59", "2026-11-29T12:00"):
        assert begun(start, "1 workdays").due_at == at("2026-11-30T17:30")
        assert begun(start, "3 workdays").due_at == at("2026-12-02T17:30")
    assert begun("2026-10-10T10:00", "1 workdays").due_at == at("2026-10-12T17:30")


# holidays and make-up days


def test_a_holiday_that_ends_on_a_make_up_day():
    """Its last day is off, the weekend day after it is worked, and Sunday is off again."""
    off = [date(2026, 10, day) for day in range(1, 10)]
    calendar = announced(2026, off=off, worked=[date(2026, 10, 10)])
    assert calendar.due_work_minutes(at("2026-09-30T17:30"), 1).at == at("2026-10-10T08:31")
    assert calendar.due_workdays(at("2026-09-30T10:00"), 1).at == at("2026-10-10T17:30")
    assert calendar.due_workdays(at("2026-09-30T10:00"), 2).at == at("2026-10-12T17:30")
    assert calendar.next_work_time(at("2026-10-09T17:00")) == at("2026-10-10T08:30")
    assert calendar.elapsed_work_minutes(at("2026-10-01T00:00"), at("2026-10-12T00:00")) == 420


def test_a_make_up_day_right_before_a_holiday():
    """2026-02-14 is a Saturday that is worked; the Spring Festival begins the next day."""
    assert begun("2026-02-13T17:00", "60 work_minutes").due_at == at("2026-02-14T09:00")
    assert begun("2026-02-14T17:30", "1 work_minutes").due_at == at("2026-02-24T08:31")


def test_a_pause_over_the_spring_festival_takes_only_what_was_worked():
    """From the 13th, 16:30 to the 25th, 9:30: an hour, the Saturday that is worked, the 24th, and an hour."""
    clock = begun("2026-02-13T15:30", "240 work_minutes")
    assert clock.due_at == at("2026-02-14T10:30")
    paused = stood(clock, "2026-02-13T16:30", "2026-02-25T09:30")
    assert OFFICE_HOURS.elapsed_work_minutes(at("2026-02-13T16:30"), at("2026-02-25T09:30")) == 960
    assert paused.due_at == at("2026-02-25T14:30")
    within = stood(clock, "2026-02-14T18:00", "2026-02-23T12:00")
    assert within.due_at == clock.due_at


def test_a_pause_that_lies_in_the_holidays_moves_nothing():
    """Nobody would have worked; a natural clock moves by all of it."""
    office = begun("2026-02-14T16:30", "120 work_minutes")
    assert (
        stood(office, "2026-02-16T00:00", "2026-02-20T00:00").due_at
        == office.due_at
        == at("2026-02-24T09:30")
    )
    natural = begun("2026-02-14T16:30", "7 natural_days")
    moved = stood(natural, "2026-02-16T00:00", "2026-02-20T00:00")
    assert moved.due_at == natural.due_at + timedelta(days=4)


def test_lunch_within_a_pause_is_no_pause():
    """11:30 to 14:30 is one hour of work."""
    clock = begun("2026-11-24T09:00", "240 work_minutes")
    assert stood(clock, "2026-11-24T11:30", "2026-11-24T14:30").due_at == clock.due_at + timedelta(hours=1)


# the year's end


def test_over_the_years_end_nothing_is_lost():
    """2025-12-31 is a Wednesday; 1 to 3 January are off and the 4th, a Sunday, is worked."""
    assert begun("2025-12-31T17:00", "60 work_minutes").due_at == at("2026-01-04T09:00")
    assert begun("2025-12-31T10:00", "1 workdays").due_at == at("2026-01-04T17:30")
    assert begun("2025-12-31T23:59:59", "2 natural_minutes").due_at == at("2026-01-01T00:01:59")
    assert OFFICE_HOURS.elapsed_work_minutes(at("2025-12-31T17:29"), at("2026-01-04T08:31")) == 2


def test_a_year_that_is_not_announced_is_provisional_from_its_first_instant_on():
    """The last office hour of the year before is certain; announced, the same clock is computed anew, and is certain."""
    calendar = announced(2026, off=[], worked=[])
    sure = clock_arithmetic.begin(
        calendar, ClockKind.DISPOSE, at("2026-12-31T16:30"), span_of("60 work_minutes")
    )
    unsure = clock_arithmetic.begin(
        calendar, ClockKind.DISPOSE, at("2026-12-31T16:30"), span_of("61 work_minutes")
    )
    assert (sure.due_at, sure.provisional) == (at("2026-12-31T17:30"), False)
    assert (unsure.due_at, unsure.provisional) == (at("2027-01-01T08:31"), True)
    years = [CalendarYear(2026, {}, frozenset()), CalendarYear(2027, {date(2027, 1, 1): "元旦"}, frozenset())]
    later = WorkCalendar([OfficeHours(date(2020, 1, 1), OFFICE)], years)
    anew = clock_arithmetic.recomputed(later, unsure, span_of(unsure.limit))
    assert (anew.due_at, anew.provisional) == (at("2027-01-04T08:31"), False)


def test_a_pause_in_a_year_that_is_not_announced_is_provisional():
    """How much of the pause was worked follows from that year's notice, wherever the deadline is."""
    calendar = announced(2026, off=[], worked=[])
    clock = begun("2025-12-30T09:00", "3 natural_days + 1 workdays", calendar)
    assert clock.provisional is False
    assert stood(clock, "2025-12-30T10:00", "2025-12-30T11:00", calendar).provisional is True


def test_the_last_instant_of_the_calendar_can_be_asked_about():
    """A clock that is due with the last second of its last year has marks and used time as every other."""
    clock = begun(f"{LAST_YEAR}-12-30T12:00", "1 workdays", ALL_DAY)
    assert clock.due_at == at(f"{LAST_YEAR + 1}-01-01T00:00")
    assert clock_arithmetic.allowed(ALL_DAY, clock) == timedelta(hours=36)
    assert clock_arithmetic.mark(ALL_DAY, clock, 50) == at(f"{LAST_YEAR}-12-31T06:00")
