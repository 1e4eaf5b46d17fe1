"""The oracle, checked by hand: what verifies the clocks must itself be right, and must not be the same code."""

import ast
from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.audit.model import oracle as oracle_module
from pipeline.audit.model.oracle import (
    AFTER,
    DAY,
    FIRST,
    MINUTE,
    Deadline,
    Halt,
    More,
    Oracle,
    OutOfYears,
    day_of,
    runs,
)
from pipeline.core.worktime.office_hours import FIRST_YEAR, LAST_YEAR, CalendarYear, OfficeHours

SPLIT = ((510, 720), (840, 1050))
OFF = {
    2025: (),
    2026: [
        *(date(2026, 2, day) for day in range(15, 24)),
        *(date(2026, 5, day) for day in range(1, 6)),
        *(date(2026, 10, day) for day in range(1, 8)),
    ],
}
WORKED = [
    date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
]  # fmt: skip
YEARS = [
    CalendarYear(year, dict.fromkeys(OFF[year], "off"), frozenset(day for day in WORKED if day.year == year))
    for year in (2025, 2026)
]
ORACLE = Oracle([OfficeHours(date(2020, 1, 1), SPLIT)], YEARS)
AROUND_THE_CLOCK = Oracle([OfficeHours(date(2020, 1, 1), ((0, 1440),))], YEARS, every_day=True)


def at(text: str) -> int:
    """A moment of Shanghai, to the microsecond."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1)) // datetime.resolution  # noqa: DTZ001


DEADLINES = """
start                limit                             due                  why
2026-02-13T16:30     240 work_minutes                  2026-02-14T11:30     the Saturday is a make-up workday
2026-02-14T17:00     60 work_minutes                   2026-02-24T09:00     over the Spring Festival
2026-11-24T11:40     30 work_minutes                   2026-11-24T14:10     over lunch
2026-11-24T12:30     2 work_hours                      2026-11-24T16:00     begun at lunch
2026-11-27T17:20     30 work_minutes                   2026-11-30T08:50     over a weekend
2026-09-30T17:30     30 work_minutes                   2026-10-08T09:00     over the National Day holidays
2026-10-10T09:00     7 work_hours                      2026-10-12T09:00     from a Saturday that is worked
2026-11-24T08:30     210 work_minutes                  2026-11-24T12:00     the end of the morning stays there
2026-11-24T08:30     7 work_hours                      2026-11-24T17:30     the end of the day stays there
2026-11-24T11:59:30  1 work_minutes                    2026-11-24T14:00:30  half a minute before lunch, half after
2026-11-24T12:30     0 work_minutes                    2026-11-24T12:30     nothing is due at once
2026-09-30T10:00     3 workdays                        2026-10-10T17:30     to a Saturday that is worked
2026-02-14T10:00     1 workdays                        2026-02-24T17:30     over the Spring Festival
2026-04-30T16:00     5 workdays                        2026-05-11T17:30     05-09 is a Saturday that is worked
2026-11-28T10:00     1 workdays                        2026-11-30T17:30     begun on a Saturday
2026-11-24T23:59:59  1 workdays                        2026-11-25T17:30     the day of the start is not counted
2026-11-24T23:50     30 natural_minutes                2026-11-25T00:20     day and night
2026-11-24T09:00     2 natural_days                    2026-11-26T09:00     the same
2026-11-24T20:00     4 natural_hours + 3 workdays      2026-11-30T17:30     midnight is of the 25th: 26, 27 and 30
2026-11-24T09:00     1 calendar_days                   2026-11-25T17:30     a workday
2026-11-24T09:00     4 calendar_days                   2026-11-30T17:30     a Saturday: the next workday
2026-09-15T09:00     15 calendar_days                  2026-09-30T17:30     the last day before a holiday
2026-09-16T09:00     15 calendar_days                  2026-10-08T17:30     the first day of it
"""


def rows(table: str) -> list[list[str]]:
    """Start, limit, due and why; limits have spaces, columns are two apart."""
    return [
        [cell.strip() for cell in line.split("  ") if cell.strip()] for line in table.strip().splitlines()[1:]
    ]


@pytest.mark.parametrize(("start", "limit", "due", "why"), rows(DEADLINES))
def test_deadlines_computed_by_hand(start, limit, due, why):
    """Each by the definitions, from a wall calendar."""
    assert ORACLE.deadline(at(start), limit, ()) == Deadline(at(due), False), why


MOVED = """
start             limit                moves                                              due
2026-11-24T09:00  240 work_minutes     2026-11-24T10:00/2026-11-25T09:30                  2026-11-25T14:30
2026-11-24T09:00  240 work_minutes     2026-11-24T12:00/2026-11-24T14:00                  2026-11-24T15:00
2026-11-24T09:00  180 work_minutes     2026-11-24T12:00/2026-11-24T15:00                  2026-11-24T12:00
2026-11-24T09:00  180 work_minutes     2026-11-24T11:59/2026-11-24T15:00                  2026-11-24T15:01
2026-11-24T09:00  1 workdays           2026-11-25T17:00/2026-11-26T09:00                  2026-11-26T09:30
2026-11-24T09:00  24 natural_hours     2026-11-24T10:00/2026-11-24T22:00                  2026-11-25T21:00
2026-11-24T09:00  60 work_minutes      2026-11-24T09:30+60 work_minutes                   2026-11-24T11:00
2026-11-24T09:00  60 work_minutes      2026-11-24T10:00+60 work_minutes                   2026-11-24T10:00
2026-11-24T09:00  60 work_minutes      2026-11-24T09:30+1 workdays                        2026-11-25T17:30
2026-11-24T09:00  60 work_minutes      2026-11-24T09:30/2026-11-24T10:00,2026-11-24T10:15/2026-11-24T10:20  2026-11-24T10:35
"""


def moves_of(text: str) -> tuple[Halt | More, ...]:
    """Halts as "from/until", more time as "from+limit"."""
    moves: list[Halt | More] = []
    for part in text.split(","):
        begun, sign, rest = part.partition("/") if "/" in part else part.partition("+")
        moves.append(Halt(at(begun), at(rest)) if sign == "/" else More(at(begun), rest))
    return tuple(moves)


@pytest.mark.parametrize(("start", "limit", "moves", "due"), rows(MOVED))
def test_moves_computed_by_hand(start, limit, moves, due):
    """A halt moves by the clock's own time that it took, more time from where the deadline is; neither after it."""
    assert ORACLE.deadline(at(start), limit, moves_of(moves)) == Deadline(at(due), False)


def test_marks_computed_by_hand():
    """Half and four fifths of 240 minutes, with lunch and with a halt in between."""
    start = at("2026-11-24T09:00")
    assert ORACLE.mark(start, "240 work_minutes", (), 50) == at("2026-11-24T11:00")
    assert ORACLE.mark(start, "240 work_minutes", (), 80) == at("2026-11-24T14:12")
    halt = Halt(at("2026-11-24T10:00"), at("2026-11-25T09:30"))
    assert ORACLE.mark(start, "240 work_minutes", (halt,), 20) == at("2026-11-24T09:48")
    assert ORACLE.mark(start, "240 work_minutes", (halt,), 25) == at("2026-11-24T10:00")
    assert ORACLE.mark(start, "240 work_minutes", (halt,), 50) == at("2026-11-25T10:30")
    assert ORACLE.mark(start, "10 natural_hours", (), 50) == at("2026-11-24T14:00")


def test_used_time_computed_by_hand():
    """Worked time between, but for the halts; nothing before the start."""
    start, limit = at("2026-11-24T09:00"), "240 work_minutes"
    halt = Halt(at("2026-11-24T10:00"), at("2026-11-25T09:30"))
    used = {text: ORACLE.used(start, limit, (halt,), at(text)) / MINUTE for text in (
        "2026-11-24T08:00", "2026-11-24T09:30:30", "2026-11-24T18:00", "2026-11-25T09:30", "2026-11-25T13:00",
    )}  # fmt: skip
    assert list(used.values()) == [0, 30.5, 60, 60, 210]
    assert list(runs(start, (halt,), at("2026-11-25T09:30"))) == [(start, halt.at), (halt.until, halt.until)]


def test_what_is_worked_computed_by_hand():
    """Holidays, weekends and make-up days; a first instant is worked, an end is not."""
    truth = {
        "2026-11-24T08:29:59.999999": False, "2026-11-24T08:30": True, "2026-11-24T11:59:59.999999": True,
        "2026-11-24T12:00": False, "2026-11-28T09:00": False, "2026-10-01T09:00": False, "2026-10-10T09:00": True,
    }  # fmt: skip
    assert {text: ORACLE.is_work_time(at(text)) for text in truth} == truth
    assert ORACLE.next_work_time(at("2026-09-30T17:30")) == at("2026-09-30T17:30")
    assert ORACLE.next_work_time(at("2026-09-30T17:30:01")) == at("2026-10-08T08:30")
    assert ORACLE.next_work_time(at("2026-09-30T17:29:59.999999")) == at("2026-09-30T17:29:59.999999")
    assert ORACLE.elapsed(at("2026-11-24T11:59:59.999999"), at("2026-11-24T14:00:00.000001")) == 2
    assert ORACLE.elapsed(at("2026-11-24T17:30"), at("2026-11-25T08:30")) == 0
    assert ORACLE.elapsed(at("2026-11-24T00:00"), at("2026-12-01T00:00")) == 5 * 420 * MINUTE


def test_hours_hold_from_their_day_on_and_the_earliest_before():
    """Summer hours from June on, the first hours before any."""
    summer = OfficeHours(date(2026, 6, 1), ((510, 720), (870, 1080)))
    oracle = Oracle([summer, OfficeHours(date(2026, 1, 1), SPLIT)], YEARS)
    ends = {"2025-06-02": "17:30", "2026-05-28": "17:30", "2026-05-29": "18:00"}
    for start, end in ends.items():
        due = oracle.deadline(at(f"{start}T10:00"), "1 workdays", ()).at
        assert due % DAY == at(f"1970-01-01T{end}")


def test_a_roster_of_every_day_ends_at_midnight_and_is_never_provisional():
    """24:00 of the day is 00:00 of the next, and no notice changes what is worked."""
    due = AROUND_THE_CLOCK.deadline(at("2027-01-01T10:00"), "1 workdays", ())
    assert due == Deadline(at("2027-01-03T00:00"), False)
    assert AROUND_THE_CLOCK.elapsed(at("2026-12-31T23:59"), at("2027-01-01T00:01")) == 2 * MINUTE


@pytest.mark.parametrize(
    ("start", "limit", "moves", "provisional"),
    [
        ("2026-12-30T10:00", "1 workdays", (), False),
        ("2026-12-30T10:00", "3 workdays", (), True),
        ("2026-12-31T10:00", "24 natural_hours", (), False),
        ("2027-01-04T09:00", "10 work_minutes", (), True),
        ("2024-12-31T09:00", "1 workdays", (), True),
        ("2026-12-31T16:00", "60 work_minutes", (Halt(at("2026-12-31T16:30"), at("2027-01-04T09:00")),), True),
        ("2026-12-31T16:00", "60 work_minutes", (Halt(at("2026-12-31T17:00"), at("2027-01-04T09:00")),), False),
        ("2024-12-31T20:00", "12 natural_hours + 1 workdays", (), False),
        (
            "2024-12-31T10:00", "24 natural_hours + 1 workdays",
            (Halt(at("2024-12-31T11:00"), at("2024-12-31T12:00")),), True,
        ),
    ],
)  # fmt: skip
def test_provisional_is_what_asks_for_a_year_that_is_not_announced(start, limit, moves, provisional):
    """Any step that looks into one; natural time looks into none, and what moves nothing neither."""
    assert ORACLE.deadline(at(start), limit, moves).provisional is provisional


def test_out_of_the_years_the_oracle_says_so():
    """Nothing is guessed."""
    for ask in (
        lambda: ORACLE.elapsed(FIRST - 1, FIRST),
        lambda: ORACLE.next_work_time(AFTER - 1),
        lambda: ORACLE.deadline(AFTER - DAY, "3 workdays", ()),
        lambda: ORACLE.deadline(AFTER - DAY, "10000 work_minutes", ()),
        lambda: ORACLE.is_work_time(AFTER),
    ):
        with pytest.raises(OutOfYears):
            ask()
    assert ORACLE.elapsed(AFTER - MINUTE, AFTER) == 0
    assert day_of(date(1970, 1, 2)) == 1


def test_the_oracle_shares_no_arithmetic_with_what_it_judges():
    """It imports nothing of this project, and reaches as far as the calendar that it judges."""
    assert (oracle_module.FIRST_YEAR, oracle_module.LAST_YEAR) == (FIRST_YEAR, LAST_YEAR)
    tree = ast.parse(Path(oracle_module.__file__).read_text())
    ours = {
        name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(("pipeline", "schemas"))
        for name in node.names
    }
    assert ours == set()
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not any(name.startswith(("pipeline", "schemas")) for name in modules)
