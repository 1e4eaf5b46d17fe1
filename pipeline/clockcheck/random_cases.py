"""Random calendars and random lives of a clock, from a seed: the same number gives the same case on every machine.

Instants are drawn where clocks break: at the edges of intervals, at midnight, around holidays and changed hours, at the end of a
year and of the announced years, at the deadline itself, and a microsecond before and after each. They are the oracle's instants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from pipeline.audit.model.oracle import (
    AFTER,
    DAY,
    FIRST,
    MINUTE,
    Deadline,
    Halt,
    More,
    Move,
    Oracle,
    OutOfYears,
    date_of,
    day_of,
)
from pipeline.core.worktime.office_hours import FIRST_YEAR, LAST_YEAR, CalendarYear, OfficeHours

CASES_PER_SETTING: Final = 250
HOUR: Final = 60 * MINUTE
SECOND: Final = 1_000_000
NUDGES: Final = (0, 0, 0, 1, -1, SECOND, -SECOND, MINUTE, -MINUTE)
USUAL_HOURS: Final = (
    ((510, 720), (840, 1050)),
    ((510, 720), (870, 1080)),
    ((510, 720), (840, 1020)),
    ((0, 1440),),
    ((480, 720), (720, 1020)),
    ((0, 360), (1080, 1440)),
    ((1380, 1440),),
    ((720, 721),),
)
"""Split, summer, winter, around the clock, without a lunch break, by night, an hour before midnight, a minute a day."""
MOVES_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Setting:
    """A calendar. `announced_later` also has the years whose notice came out afterwards; at `turning_days` hours or days off change."""

    hours: tuple[OfficeHours, ...]
    announced: tuple[CalendarYear, ...]
    announced_later: tuple[CalendarYear, ...]
    every_day: bool
    turning_days: tuple[int, ...]


class Anew(NamedTuple):
    """Rework of a step that is measured by the visit: a new clock runs from `at` on."""

    at: int


class Stand(NamedTuple):
    """The clock stands from `at` on, to the end of the case."""

    at: int


Doing = Move | Anew | Stand


@dataclass(frozen=True, slots=True)
class RandomCase:
    """The life of a clock in time order, and the questions about it at the end."""

    number: int
    start: int
    limit: str
    doings: tuple[Doing, ...]
    looks: tuple[int, ...]
    percents: tuple[int, ...]
    other_limit: str

    def instants(self) -> list[int]:
        """All instants of the case."""
        ends = [doing.until for doing in self.doings if isinstance(doing, Halt)]
        return [self.start, *(doing.at for doing in self.doings), *ends, *self.looks]


def setting_of(seed: int, number: int) -> Setting:
    """The calendar that CASES_PER_SETTING cases share."""
    chance = Random(f"setting/{seed}/{number // CASES_PER_SETTING}")
    hours = _hours(chance)
    first, last = sorted(chance.choices(range(FIRST_YEAR, LAST_YEAR + 1), k=2))
    years = tuple(_year(chance, year) for year in range(first, last + 1))
    announced = chance.choice((len(years), len(years), len(years) - 1, chance.randint(0, len(years))))
    return Setting(hours, years[:announced], years, chance.random() < 0.2, _turning_days(hours, years))


def case_of(seed: int, number: int, setting: Setting, oracle: Oracle) -> RandomCase:
    """Case `number`. The oracle only computes deadlines, so that events are drawn around them."""
    chance = Random(f"case/{seed}/{number}")
    start, limit = _start(chance, setting), _limit(chance)
    doings = tuple(_life(chance, setting, oracle, start, limit))
    named = [start, *(doing.at for doing in doings)]
    looks = (_shifted(chance, setting, start), _shifted(chance, setting, chance.choice(named)))
    percents = (50, 80, 100, chance.randint(1, 99))
    return RandomCase(number, start, limit, doings, looks, percents, _limit(chance))


def _turning_days(hours: Sequence[OfficeHours], years: Sequence[CalendarYear]) -> tuple[int, ...]:
    days = [date(year, 1, 1) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    days += [entry.effective for entry in hours]
    for year in years:
        days += [*year.holidays, *sorted(year.make_up_workdays)]
    return tuple(day_of(day) for day in days)


def _life(chance: Random, setting: Setting, oracle: Oracle, start: int, limit: str) -> list[Doing]:
    doings: list[Doing] = []
    moves: tuple[Move, ...] = ()
    now = begun = start
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, MOVES_MAX))):
        try:
            due = oracle.deadline(begun, limit, moves)
        except OutOfYears:
            break
        now = _next(chance, setting, now, due)
        doing = _doing(chance, setting, now)
        doings.append(doing)
        if isinstance(doing, Stand):
            break
        if isinstance(doing, Anew):
            begun, moves = now, ()
        else:
            moves = (*moves, doing)
        if isinstance(doing, Halt):
            now = doing.until
    return doings


def _next(chance: Random, setting: Setting, now: int, due: Deadline) -> int:
    """When the next event happens: mostly before the deadline, often right at it, sometimes after."""
    draw = chance.random()
    if draw < 0.6 and due.at > now:
        at = now + int((due.at - now) * chance.random())
        return max(now, _rounded(chance, setting, at))
    if draw < 0.8:
        return max(now, due.at + chance.choice(NUDGES))
    return _shifted(chance, setting, now)


def _doing(chance: Random, setting: Setting, now: int) -> Doing:
    draw = chance.random()
    if draw < 0.65:
        return Halt(now, _shifted(chance, setting, now))
    if draw < 0.85:
        return More(now, _limit(chance))
    return Anew(now) if draw < 0.95 else Stand(now)


def _shifted(chance: Random, setting: Setting, at: int) -> int:
    """A time from `at` on: at once, within hours, at some hour of a later day, after a festival, rarely next year."""
    draw = chance.random()
    if draw < 0.05:
        return at
    if draw < 0.15:
        return at + chance.randrange(90 * SECOND)
    if draw < 0.45:
        return max(at, _rounded(chance, setting, at + chance.randrange(8 * HOUR)))
    days = chance.choice((0, 1, 1, 2, 3, 4)) if draw < 0.85 else chance.randint(5, 12)
    if draw > 0.97:
        days = chance.randint(13, 60)
    if draw > 0.997:
        days = chance.randint(60, 400)
    return max(at, _moment(chance, setting, at // DAY + days))


def _start(chance: Random, setting: Setting) -> int:
    """Mostly near a turning day; one in a thousand outside the calendar."""
    draw = chance.random()
    if draw < 0.001:
        return chance.choice((FIRST - 1, AFTER))
    if draw < 0.01:
        day = AFTER // DAY - chance.randint(1, 12)
    elif draw < 0.65:
        day = chance.choice(setting.turning_days) + chance.randint(-4, 2)
    else:
        day = chance.randrange(FIRST // DAY, AFTER // DAY)
    return min(AFTER - 1, max(FIRST, _moment(chance, setting, day)))


def _moment(chance: Random, setting: Setting, day: int) -> int:
    """An instant of that day."""
    return _rounded(chance, setting, day * DAY + chance.randrange(DAY))


def _rounded(chance: Random, setting: Setting, at: int) -> int:
    """A round instant of the same day, or one just beside it."""
    midnight, draw = at // DAY * DAY, chance.random()
    if draw < 0.35:
        interval = chance.choice(chance.choice(setting.hours).intervals)
        return midnight + chance.choice(interval) * MINUTE + chance.choice(NUDGES)
    if draw < 0.43:
        return midnight + chance.choice(NUDGES)
    if draw < 0.7:
        return at // MINUTE * MINUTE
    return at // SECOND * SECOND if draw < 0.85 else at


def _limit(chance: Random) -> str:
    """A limit of mostly one part, up to four, in any units."""
    parts = chance.choice((1, 1, 1, 1, 1, 2, 2, 3, 4))
    return " + ".join(_part(chance) for _ in range(parts))


def _part(chance: Random) -> str:
    rare = chance.random() < 0.02
    match chance.randrange(8):
        case 0 | 1:
            round_number = chance.choice((0, 1, 15, 30, 60, 120, 210, 240, 419, 420, 421, 840))
            return f"{chance.randint(1, 20_000) if rare else round_number} work_minutes"
        case 2:
            return f"{chance.randint(1, 60 if rare else 16)} work_hours"
        case 3 | 4:
            return f"{chance.randint(0, 90) if rare else chance.choice((1, 1, 2, 3, 5, 7))} workdays"
        case 5:
            return f"{chance.randint(0, 90 if rare else 15)} calendar_days"
        case 6:
            return f"{chance.randint(0, 100_000 if rare else 3_000)} natural_minutes"
        case _:
            days = chance.randint(1, 60 if rare else 3)
            return chance.choice((f"{days * 2} natural_hours", f"{days} natural_days"))


def _hours(chance: Random) -> tuple[OfficeHours, ...]:
    """Hours with one to four effective dates; the earliest may lie after the first day of the calendar."""
    day = date(chance.randint(FIRST_YEAR - 1, LAST_YEAR), chance.randint(1, 12), chance.randint(1, 28))
    entries = []
    for _ in range(chance.randint(1, 4)):
        entries.append(OfficeHours(day, _intervals(chance)))
        day += timedelta(days=chance.choice((1, 7, 30, 122, 243, 700)))
    chance.shuffle(entries)
    return tuple(entries)


def _intervals(chance: Random) -> tuple[tuple[int, int], ...]:
    if chance.random() < 0.7:
        return chance.choice(USUAL_HOURS)
    edges = sorted(chance.sample(range(24 * 60 + 1), 2 * chance.randint(1, 4)))
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def _year(chance: Random, year: int) -> CalendarYear:
    """Up to eight holidays of up to nine days, with make-up days on weekends beside them, as in the official notices."""
    holidays: dict[date, str] = {}
    for name in range(chance.randint(0, 8)):
        first = day_of(date(year, 1, 1)) + chance.choice((0, 363, chance.randrange(365)))
        for day in range(first, first + chance.randint(1, 9)):
            holidays[date_of(day)] = f"holiday {name}"
    holidays = {day: name for day, name in holidays.items() if day.year == year}
    beside = {day_of(day) + step for day in holidays for step in (-3, -2, -1, 1, 2, 3)}
    weekend = [day for day in map(date_of, sorted(beside)) if day.isoweekday() > 5 and day.year == year]
    free = [day for day in weekend if day not in holidays]
    return CalendarYear(year, holidays, frozenset(_some(chance, free)))


def _some(chance: Random, days: Sequence[date]) -> list[date]:
    return [day for day in days if chance.random() < 0.5]
