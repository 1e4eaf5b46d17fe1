"""Checks of hours and calendars: no time counts twice, and no day has two meanings."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from pipeline.core.worktime.office_hours import CalendarYear, OfficeHours, WorkCalendar
from pipeline.rulebook.sheet import Filled, Problem
from pipeline.rulebook.tables.rule_tables import CalendarTable, HoursEntry, HoursTable

_SATURDAY: Final = 5
_LONGEST_HOLIDAY_DAYS: Final = 31


def minutes_of(text: str) -> tuple[int, int]:
    """The first minute and the minute after the last of hours such as "08:30-12:00"."""
    first, last = (int(clock_time[:2]) * 60 + int(clock_time[3:]) for clock_time in text.split("-"))
    return first, last


def check_hours(page: Filled[HoursTable]) -> Iterator[Problem]:
    """For the office and each roster: intervals must be in order, each effective day unique."""
    yield from _working_hours(page, ("hours",), page.table.hours)
    for name, roster in page.table.rosters.items():
        yield from _working_hours(page, ("rosters", name, "hours"), roster.hours)


def _working_hours(
    page: Filled[HoursTable], path: tuple[object, ...], entries: Sequence[HoursEntry]
) -> Iterator[Problem]:
    days = [entry.effective for entry in entries]
    for number, entry in enumerate(entries):
        before = 0
        if entry.effective in days[:number]:
            at = (*path, number, "effective")
            yield page.problem(at, f"{entry.effective} is there twice", "each once")
        for place, text in enumerate(entry.intervals):
            first, last = minutes_of(text)
            at = (*path, number, "intervals", place)
            if last <= first:
                yield page.problem(at, f"{text} ends before it begins", "an end after the beginning")
            elif first < before:
                yield page.problem(at, f"{text} overlaps what is before it", "ascending hours")
            before = max(before, last)


def check_calendars(pages: Sequence[Filled[CalendarTable] | None]) -> Iterator[Problem]:
    """Years must be unique and without a gap, and so must be the days within each."""
    filled = sorted((page for page in pages if page), key=lambda page: page.table.year)
    for page in filled:
        yield from _days(page)
    for earlier, later in pairwise(filled):
        year, before = later.table.year, earlier.table.year
        if year == before:
            yield later.problem(("year",), f"{year} is also in {earlier.sheet.file}", "each year once")
        elif year != before + 1 and len(filled) == len(pages):
            yield later.problem(("year",), f"no calendar of {before + 1}", "years without a gap")


def _days(page: Filled[CalendarTable]) -> Iterator[Problem]:
    """Each day must have one meaning and lie in its year."""
    year, kinds = page.table.year, dict[date, str]()
    for number, holiday in enumerate(page.table.holidays):
        at = ("holidays", number)
        length = (holiday.last - holiday.first).days + 1
        if not 1 <= length <= _LONGEST_HOLIDAY_DAYS:
            yield page.problem((*at, "last"), f"{length} days", f"1 to {_LONGEST_HOLIDAY_DAYS} days")
            continue
        for day in (holiday.first + timedelta(days=n) for n in range(length)):
            yield from _day(page, at, day, holiday.name_en, kinds)
    for number, day in enumerate(page.table.make_up_workdays):
        at = ("make_up_workdays", number)
        yield from _day(page, at, day, "a make-up workday", kinds)
        if day.weekday() < _SATURDAY:
            yield page.problem(at, f"{day} is no weekend day", "a Saturday or a Sunday")
    if not any(day.year == year for day in kinds):
        yield page.problem(("holidays",), "no day of the year", f"days of {year}")


def _day(
    page: Filled[CalendarTable], at: tuple[str, int], day: date, name: str, kinds: dict[date, str]
) -> Iterator[Problem]:
    if day in kinds:
        yield page.problem(at, f"{day} is {kinds[day]} already", "each day once")
    elif day.year != page.table.year:
        yield page.problem(at, f"{day} is not in {page.table.year}", f"days of {page.table.year}")
    kinds.setdefault(day, name)


def work_calendar(
    hours: Sequence[HoursEntry],
    years: Sequence[CalendarTable],
    *,
    every_day: bool = False,
) -> WorkCalendar:
    """The working time of these hours and years."""
    return WorkCalendar(
        [OfficeHours(entry.effective, tuple(map(minutes_of, entry.intervals))) for entry in hours],
        [CalendarYear(year.year, _days_off(year), frozenset(year.make_up_workdays)) for year in years],
        every_day=every_day,
    )


def _days_off(table: CalendarTable) -> dict[date, str]:
    return {
        holiday.first + timedelta(days=n): holiday.name_zh
        for holiday in table.holidays
        for n in range((holiday.last - holiday.first).days + 1)
    }
