"""The clocks agree with the oracle on random lives, and the comparison is not blind: whatever is wrong on purpose is found."""

import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from pipeline.audit.model.oracle import DAY, MINUTE, Halt, More
from pipeline.clockcheck.clock_command import clock_group
from pipeline.clockcheck.compare import sides_of
from pipeline.clockcheck.random_cases import CASES_PER_SETTING, Anew, Stand, case_of, setting_of
from pipeline.clockcheck.verify import check, verify
from pipeline.core.worktime.office_hours import SHANGHAI, CalendarYear, Due, OfficeHours, WorkCalendar

CASES = 1_000


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_the_clocks_agree_with_the_oracle(seed):
    """A part of what `enforcement clock verify --cases 1000000` does."""
    differences = [case.as_text() for part in verify(seed, CASES) for case in part.differing]
    assert differences == []


def test_the_cases_are_the_same_whatever_the_number_of_processes():
    """And a shorter run has the first of them."""
    alone, together = list(verify(9, 600)), list(verify(9, 600, processes=2))
    assert alone == together
    assert [part.cases for part in alone] == [250, 250, 100]
    assert alone[0] == next(iter(verify(9, 250)))
    assert alone[0] != next(iter(verify(10, 250)))


def test_the_cases_reach_what_they_should():
    """Every kind of step, every unit, off hours, edges, midnights, years' ends, rosters, years not announced."""
    reached, sides = set(), None
    for number in range(0, 20 * CASES_PER_SETTING, 7):
        setting = setting_of(1, number)
        if number % CASES_PER_SETTING < 7 or sides is None:
            sides = sides_of(setting)
            reached |= {f"every day: {setting.every_day}", f"hours: {len(setting.hours)}"}
            reached.add(f"announced: {len(setting.announced) - len(setting.announced_later) < 0}")
        case = case_of(1, number, setting, sides.oracle)
        reached |= {type(doing).__name__ for doing in case.doings}
        reached |= {part.split()[1] for part in case.limit.split(" + ")}
        reached.add(f"parts: {len(case.limit.split(' + '))}")
        if case.start % DAY == 0:
            reached.add("midnight")
        if case.start % MINUTE:
            reached.add("seconds")
        if any(doing.at == sides.oracle.deadline(case.start, case.limit, ()).at for doing in case.doings[:1]):
            reached.add("at the deadline")
    expected = {move_type.__name__ for move_type in (Halt, More, Anew, Stand)} | {
        "midnight",
        "seconds",
        "at the deadline",
    }
    expected |= {"work_minutes", "work_hours", "workdays", "natural_minutes", "natural_hours", "natural_days"}
    expected |= {
        "calendar_days",
        "every day: True",
        "every day: False",
        "announced: True",
        "announced: False",
    }
    expected |= {f"parts: {parts}" for parts in (1, 2, 3, 4)} | {f"hours: {sets}" for sets in (1, 2, 3, 4)}
    assert expected - reached == set()


# wrong on purpose


class WholeMinutes(WorkCalendar):
    """Forgets the seconds of what was worked."""

    __slots__ = ()

    def worked_between(self, start: datetime, end: datetime) -> timedelta:
        """Floored."""
        return super().worked_between(start, end) // timedelta(minutes=1) * timedelta(minutes=1)


class AfterLunch(WorkCalendar):
    """A deadline at the end of an interval goes on to the next one's beginning."""

    __slots__ = ()

    def due_work_minutes(self, start: datetime, minutes: int) -> Due:
        """14:00 and not 12:00."""
        due = super().due_work_minutes(start, minutes)
        return Due(self.next_work_time(due.at), due.provisional)


class MidnightMinuteLost(WorkCalendar):
    """Loses a minute of a night that is worked through."""

    __slots__ = ()

    def worked_between(self, start: datetime, end: datetime) -> timedelta:
        """Counts a day up to 23:59."""
        worked = super().worked_between(start, end)
        if start.astimezone(SHANGHAI).date() >= end.astimezone(SHANGHAI).date():
            return worked
        midnight = start.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
            days=1
        )
        last_minute = max(start, midnight - timedelta(minutes=1))
        return worked - super().worked_between(last_minute, midnight)


class TodayCounts(WorkCalendar):
    """The day of the start is the first of the workdays."""

    __slots__ = ()

    def due_workdays(self, start: datetime, days: int) -> Due:
        """A day early."""
        return super().due_workdays(start - timedelta(days=1), days)


class UtcDays(WorkCalendar):
    """A day begins when it does in Greenwich."""

    __slots__ = ()

    def due_workdays(self, start: datetime, days: int) -> Due:
        """A day early for what begins before eight in the morning."""
        return super().due_workdays(start - timedelta(hours=8), days)


class EightHours(WorkCalendar):
    """Takes a workday for eight hours."""

    __slots__ = ()

    def due_workdays(self, start: datetime, days: int) -> Due:
        """N times eight hours on."""
        return self.due_work_minutes(start, days * 480)


class NeverProvisional(WorkCalendar):
    """Believes that it knows every year."""

    __slots__ = ()

    def due_workdays(self, start: datetime, days: int) -> Due:
        """Says nothing of the years that are not announced."""
        return Due(super().due_workdays(start, days).at, False)


class EndIsOpen(WorkCalendar):
    """Counts the last instant of an interval as work time."""

    __slots__ = ()

    def is_work_time(self, at: datetime) -> bool:
        """12:00 is."""
        return super().is_work_time(at) or super().is_work_time(at - timedelta(microseconds=1))


class NoMakeUpDays(WorkCalendar):
    """Every weekend is off."""

    __slots__ = ()

    def __init__(
        self, hours: list[OfficeHours], years: list[CalendarYear], *, every_day: bool = False
    ) -> None:
        """Leaves them out."""
        bare = [CalendarYear(year.year, year.holidays, frozenset()) for year in years]
        super().__init__(hours, bare, every_day=every_day)


class HoursADayLate(WorkCalendar):
    """Changed hours hold from the day after."""

    __slots__ = ()

    def __init__(
        self, hours: list[OfficeHours], years: list[CalendarYear], *, every_day: bool = False
    ) -> None:
        """Effective a day late."""
        late = [OfficeHours(entry.effective + timedelta(days=1), entry.intervals) for entry in hours]
        super().__init__(late, years, every_day=every_day)


@pytest.mark.parametrize(
    "wrong",
    [WholeMinutes, AfterLunch, MidnightMinuteLost, TodayCounts, UtcDays, EightHours, NeverProvisional, EndIsOpen,
     NoMakeUpDays, HoursADayLate],
)  # fmt: skip
def test_a_calendar_that_is_wrong_on_purpose_is_found(wrong):
    """Within a few thousand cases, each by more than one of them."""
    differing = []
    for first in range(0, 10 * CASES_PER_SETTING, CASES_PER_SETTING):
        differing += check(1, range(first, first + CASES_PER_SETTING), make=wrong).differing
        if len(differing) > 1:
            return
    pytest.fail(f"{wrong.__name__} was not found")


def test_a_difference_is_told_in_one_line_that_runs_it_again():
    """With both answers in Shanghai's time, and as JSON with all that they follow from."""
    case = check(1, range(CASES_PER_SETTING), make=TodayCounts).differing[0]
    text = case.as_text()
    assert "\n" not in text
    assert text.endswith(f"again: enforcement clock verify --seed 1 --case {case.case.number}")
    document = json.loads(case.as_json())
    assert document["case"] == case.case.number
    assert document["clocks"] != document["oracle"]
    assert document["start"].endswith("+08:00")
    assert {"limit", "doings", "hours", "announced", "holidays", "make_up_workdays", "every_day"} <= set(
        document
    )


# the command


def run(*words: str):
    """`enforcement clock verify` with these words."""
    return CliRunner().invoke(clock_group, ["verify", *words])


def test_the_command_ends_with_no_differences():
    """And says what it looked at."""
    result = run("--cases", "300", "--seed", "3")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "0 differences"
    assert "300 cases of seed 3" in result.stdout


def test_one_case_can_be_run_alone_and_told_as_json():
    """The number is that of the case in the whole run."""
    result = run("--seed", "3", "--case", "4711", "--json")
    assert result.exit_code == 0
    totals = json.loads(result.stdout)
    assert (totals["what"], totals["cases"], totals["differences"]) == ("totals", 1, 0)
    assert totals["answers"] > 10


@pytest.mark.parametrize(
    "words", [("--cases", "0"), ("--cases", "many"), ("--seed", "-1"), ("--processes", "0")]
)
def test_numbers_that_make_no_sense_are_refused(words):
    """Before anything runs."""
    assert run(*words).exit_code == 2
