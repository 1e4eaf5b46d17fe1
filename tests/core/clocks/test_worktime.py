"""Working time: the vectors computed by hand or with a second library, laws, and a slow oracle that walks each minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.worktime.office_hours import FIRST_YEAR, LAST_YEAR, CalendarYear, OfficeHours, WorkCalendar
from tests.core.story import RULES

CALENDAR = RULES.calendar
HOURS = ((510, 720), (840, 1050))


def at(text: str) -> datetime:
    """A moment of Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


WORK_MINUTES = """
start             minutes  due               why
2026-02-13T16:30      240  2026-02-14T11:30  the Saturday is a make-up workday
2026-02-14T17:00       60  2026-02-24T09:00  over the Spring Festival
2026-11-24T11:40       30  2026-11-24T14:10  over lunch
2026-11-24T12:30      120  2026-11-24T16:00  begun at lunch
2026-11-27T17:20       30  2026-11-30T08:50  over a weekend
2026-09-30T17:30       30  2026-10-08T09:00  over the National Day holidays
2026-10-10T09:00      420  2026-10-12T09:00  from a Saturday that is worked over a Sunday that is not
2026-11-24T08:30      210  2026-11-24T12:00  the end of the morning stays there
2026-11-24T08:30      420  2026-11-24T17:30  the end of the day stays there
2026-11-24T12:00        1  2026-11-24T14:01  the morning's end is no time of work
2026-11-24T23:00        1  2026-11-25T08:31  begun at night
2026-11-24T12:30        0  2026-11-24T12:30  nothing is due at once
"""
WORKDAYS = """
start             days  due               why
2026-09-30T10:00     3  2026-10-10T17:30  over the holidays to a Saturday that is worked
2026-02-14T10:00     1  2026-02-24T17:30  over the Spring Festival
2026-04-30T16:00     5  2026-05-11T17:30  05-09 is a Saturday that is worked
2026-11-28T10:00     1  2026-11-30T17:30  begun on a Saturday
2026-11-24T00:00     1  2026-11-25T17:30  the day of the start does not count, at whatever hour
2026-11-24T23:59     1  2026-11-25T17:30  the same at its end
"""


def rows(table: str) -> list[list[str]]:
    """The lines of a table without its head, split into its first three columns."""
    return [line.split(maxsplit=3) for line in table.strip().splitlines()[1:]]


@pytest.mark.parametrize(("start", "minutes", "due", "why"), rows(WORK_MINUTES))
def test_work_minutes(start, minutes, due, why):
    """Minutes of office hours end where the table says."""
    answer = CALENDAR.due_work_minutes(at(start), int(minutes))
    assert answer == (at(due), False), why
    assert answer.at.tzinfo is UTC


@pytest.mark.parametrize(("start", "days", "due", "why"), rows(WORKDAYS))
def test_workdays(start, days, due, why):
    """So many workdays end with the last hour of the day that the table says."""
    answer = CALENDAR.due_workdays(at(start), int(days))
    assert answer == (at(due), False), why
    assert answer.at.tzinfo is UTC


def test_a_deadline_in_a_year_not_announced_is_provisional():
    """A case open at the end of 2026 has a deadline in 2027, counted with weekends only, and says so."""
    assert CALENDAR.due_workdays(at("2026-12-30T10:00"), 3) == (at("2027-01-04T17:30"), True)
    assert CALENDAR.due_workdays(at("2026-12-30T10:00"), 1) == (at("2026-12-31T17:30"), False)
    assert CALENDAR.due_work_minutes(at("2026-12-31T17:00"), 31) == (at("2027-01-01T08:31"), True)
    assert CALENDAR.due_work_minutes(at("2026-12-31T17:00"), 30) == (at("2026-12-31T17:30"), False)


def test_before_the_first_announced_year_is_provisional():
    """An old case whose year nobody wrote down is not dealt with as if we knew."""
    assert CALENDAR.due_workdays(at("2023-12-29T10:00"), 2).provisional
    assert not CALENDAR.due_workdays(at("2024-01-02T10:00"), 2).provisional


def test_natural_minutes_ask_no_calendar():
    """Day and night, weekends and holidays, in any year, and never provisional."""
    answer = CALENDAR.due_natural_minutes(at("2026-12-31T23:50"), 30)
    assert answer == (at("2027-01-01T00:20"), False)
    assert answer.at.tzinfo is UTC
    assert CALENDAR.due_natural_minutes(at("2050-01-01T00:00"), 1).at == at("2050-01-01T00:01")


def test_a_pause_moves_the_deadline_by_working_time():
    """240 minutes from 9:00, paused from 10:00 to 9:30 the next day: 180 are left, due at 14:30."""
    used = CALENDAR.elapsed_work_minutes(at("2026-11-24T09:00"), at("2026-11-24T10:00"))
    assert used == 60
    assert CALENDAR.due_work_minutes(at("2026-11-25T09:30"), 240 - used).at == at("2026-11-25T14:30")


def test_elapsed_counts_whole_minutes_of_office_hours_only():
    """A night, a weekend and a half minute count nothing; what ends before it begins is nothing."""
    assert CALENDAR.elapsed_work_minutes(at("2026-11-24T17:30"), at("2026-11-25T08:30")) == 0
    assert CALENDAR.elapsed_work_minutes(at("2026-11-27T17:00"), at("2026-11-30T09:00")) == 60
    assert CALENDAR.elapsed_work_minutes(at("2026-11-24T09:00"), at("2026-11-24T09:01:59")) == 1
    assert CALENDAR.elapsed_work_minutes(at("2026-11-24T10:00"), at("2026-11-24T09:00")) == 0


def test_office_hours_are_open_at_their_beginning_and_over_at_their_end():
    """8:30 is work time and 12:00 is not, on a workday only."""
    truth = {"08:29": False, "08:30": True, "11:59": True, "12:00": False, "14:00": True, "17:30": False}
    assert {hour: CALENDAR.is_work_time(at(f"2026-11-24T{hour}")) for hour in truth} == truth
    assert not CALENDAR.is_work_time(at("2026-10-01T09:00"))
    assert CALENDAR.is_work_time(at("2026-10-10T09:00"))


def test_hours_change_with_their_effective_date():
    """Summer hours count from their date on, not before; before the first date the first hours count."""
    summer = OfficeHours(date(2026, 6, 1), ((510, 720), (870, 1080)))
    calendar = WorkCalendar([summer, OfficeHours(date(2026, 1, 1), HOURS)], [])
    assert calendar.due_workdays(at("2026-05-28T10:00"), 1).at == at("2026-05-29T17:30")
    assert calendar.due_workdays(at("2026-05-29T10:00"), 1).at == at("2026-06-01T18:00")
    assert calendar.due_workdays(at("2025-06-02T10:00"), 1).at == at("2025-06-03T17:30")


def test_without_any_announced_year_everything_is_provisional():
    """No calendar at all is weekends only, and every answer says so."""
    calendar = WorkCalendar([OfficeHours(date(2020, 1, 1), HOURS)], [])
    assert calendar.due_work_minutes(at("2026-10-01T09:00"), 10) == (at("2026-10-01T09:10"), True)


@pytest.mark.parametrize("moment", [f"{FIRST_YEAR - 1}-12-31T23:59", f"{LAST_YEAR + 1}-01-01T00:01"])
def test_out_of_the_compiled_years_is_an_error_that_names_them(moment):
    """Nothing is guessed about a time that is in no table."""
    for ask in (
        lambda: CALENDAR.due_work_minutes(at(moment), 1),
        lambda: CALENDAR.due_workdays(at(moment), 1),
        lambda: CALENDAR.is_work_time(at(moment)),
        lambda: CALENDAR.elapsed_work_minutes(at(moment), at("2026-01-01T00:00")),
    ):
        with pytest.raises(ValueError, match="2020 to 2040"):
            ask()


def test_a_limit_that_ends_after_the_compiled_years_is_an_error():
    """A start in the table and an end beyond it."""
    with pytest.raises(ValueError, match="2020 to 2040"):
        CALENDAR.due_workdays(at("2040-12-28T09:00"), 10)
    with pytest.raises(ValueError, match="2020 to 2040"):
        CALENDAR.due_work_minutes(at("2040-12-31T09:00"), 10_000)


def test_a_negative_limit_is_an_error():
    """Nothing is due before it begins."""
    for due in (CALENDAR.due_work_minutes, CALENDAR.due_workdays, CALENDAR.due_natural_minutes):
        with pytest.raises(ValueError, match="negative"):
            due(at("2026-11-24T09:00"), -1)


@pytest.mark.parametrize(
    "intervals", [(), ((720, 510),), ((510, 720), (700, 800)), ((-1, 10),), ((1000, 1441),), ((510, 510),)]
)
def test_hours_that_make_no_day_are_refused(intervals):
    """Empty, backwards, overlapping or longer than a day."""
    with pytest.raises(ValueError, match="hours"):
        OfficeHours(date(2026, 1, 1), intervals)


def test_a_gap_between_announced_years_and_a_year_twice_are_refused():
    """Between two years that we know is none that we do not."""
    hours = [OfficeHours(date(2020, 1, 1), HOURS)]
    for years in ([2024, 2026], [2025, 2025]):
        with pytest.raises(ValueError, match="years"):
            WorkCalendar(hours, [CalendarYear(year, {}, frozenset()) for year in years])


def test_shanghai_is_eight_hours_ahead_in_all_compiled_years():
    """The fixed offset is that of the zone's own data."""
    zone = ZoneInfo("Asia/Shanghai")
    months = [
        datetime(year, month, 1, tzinfo=zone)
        for year in range(FIRST_YEAR, LAST_YEAR + 2)
        for month in range(1, 13)
    ]
    assert {moment.utcoffset() for moment in months} == {timedelta(hours=8)}


# laws

STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 30), timezones=st.just(UTC))  # noqa: DTZ001 made aware here
LIMITS = st.integers(0, 20_000)
LAWFUL = settings(max_examples=300, deadline=None)


@LAWFUL
@given(STARTS, STARTS, LIMITS)
def test_whoever_starts_later_is_not_due_earlier(one, other, minutes):
    """Deadlines are monotone in their start."""
    first, last = sorted((one, other))
    assert CALENDAR.due_work_minutes(first, minutes).at <= CALENDAR.due_work_minutes(last, minutes).at
    days = minutes // 420
    assert CALENDAR.due_workdays(first, days).at <= CALENDAR.due_workdays(last, days).at


@LAWFUL
@given(STARTS, LIMITS, LIMITS)
def test_a_longer_limit_is_not_due_earlier(start, one, other):
    """Deadlines are monotone in their limit, and a start that is provisional stays so."""
    short, long = sorted((one, other))
    early, late = CALENDAR.due_work_minutes(start, short), CALENDAR.due_work_minutes(start, long)
    assert start <= early.at <= late.at
    assert early.provisional <= late.provisional
    assert CALENDAR.due_workdays(start, short // 420).at <= CALENDAR.due_workdays(start, long // 420).at


@LAWFUL
@given(STARTS, LIMITS)
def test_at_the_deadline_just_the_limit_has_elapsed(start, minutes):
    """Counting back what was counted forward gives the same minutes, seconds and microseconds included."""
    assert CALENDAR.elapsed_work_minutes(start, CALENDAR.due_work_minutes(start, minutes).at) == minutes


@LAWFUL
@given(STARTS, LIMITS, LIMITS)
def test_two_limits_one_after_the_other_are_their_sum(start, one, other):
    """Splitting a limit changes nothing, for minutes and for workdays."""
    whole = CALENDAR.due_work_minutes(start, one + other).at
    assert CALENDAR.due_work_minutes(CALENDAR.due_work_minutes(start, one).at, other).at == whole
    days = one // 420, other // 420
    assert (
        CALENDAR.due_workdays(CALENDAR.due_workdays(start, days[0]).at, days[1]).at
        == CALENDAR.due_workdays(start, sum(days)).at
    )


@LAWFUL
@given(STARTS, st.integers(1, 20_000))
def test_a_deadline_is_in_office_hours_or_at_their_end(start, minutes):
    """Nobody is due at night: a moment before the deadline is work time."""
    due = CALENDAR.due_work_minutes(start, minutes).at
    assert CALENDAR.is_work_time(due - timedelta(microseconds=1))


# the oracle: walks minute by minute over days given by hand

OFF = {date(2026, 10, day) for day in range(1, 8)}
WORKED = {date(2026, 9, 20), date(2026, 10, 10)}
SMALL = WorkCalendar(
    [OfficeHours(date(2020, 1, 1), HOURS)],
    [CalendarYear(2026, dict.fromkeys(OFF, "国庆节"), frozenset(WORKED))],
)


def is_open(minute: datetime) -> bool:
    """Whether the local minute that begins here is worked."""
    day = minute.date()
    if day in OFF or (day.weekday() >= 5 and day not in WORKED):
        return False
    return any(first <= minute.hour * 60 + minute.minute < last for first, last in HOURS)


def walk(start: datetime, minutes: int) -> datetime:
    """The moment when so many worked minutes have passed, found by looking at each."""
    moment = start
    while minutes:
        minutes -= is_open(moment)
        moment += timedelta(minutes=1)
    return moment


LOCAL = st.builds(
    lambda minute: datetime.fromisoformat("2026-09-15T00:00+08:00") + timedelta(minutes=minute),
    st.integers(0, 40_000),
)


@settings(max_examples=150, deadline=None)
@given(LOCAL, st.integers(1, 1500))
def test_the_tables_agree_with_walking_each_minute(start, minutes):
    """Index arithmetic and a minute-by-minute walk give the same deadline and the same count."""
    due = walk(start, minutes)
    assert SMALL.due_work_minutes(start, minutes).at == due
    assert SMALL.elapsed_work_minutes(start, due) == minutes
    assert SMALL.is_work_time(start) == is_open(start)


@settings(max_examples=150, deadline=None)
@given(LOCAL, st.integers(1, 15))
def test_the_tables_agree_with_walking_each_day(start, days):
    """The n-th workday after the day of the start, found by looking at each day."""
    day, left = start.date(), days
    while left:
        day += timedelta(days=1)
        left -= is_open(datetime.fromisoformat(f"{day}T09:00"))
    assert SMALL.due_workdays(start, days).at == at(f"{day}T17:30")
