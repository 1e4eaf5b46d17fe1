"""The slow second opinion on every deadline: looks at each minute, one after the other, and knows nothing cleverer.

Written from the definitions alone. Nothing of this project may be imported here; no table over days, no running sum. Of a
day that lies wholly within what is counted, all its minutes are taken at once. Answers just given are given again, since the
questions about one case repeat themselves.

Instants are whole microseconds since 1970-01-01 00:00 of Shanghai, so that a day is `instant // DAY`. Office hours begin
and end on whole minutes: a minute is worked or it is not, and only the first and the last minute of a walk are cut.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2040
"""How far the calendar reaches."""
MINUTE: Final = 60_000_000
DAY: Final = 24 * 60 * MINUTE
_FIRST_ORDINAL: Final = date(1970, 1, 1).toordinal()
_MIDNIGHT: Final = datetime(1969, 12, 31, 16, tzinfo=UTC)  # of 1970-01-01 in Shanghai
_MICROSECOND: Final = timedelta(microseconds=1)
_KEPT: Final = 256


def day_of(day: date) -> int:
    """The number of a day, and `day_of(day) * DAY` its midnight."""
    return day.toordinal() - _FIRST_ORDINAL


def date_of(day: int) -> date:
    """The day of this number."""
    return date.fromordinal(day + _FIRST_ORDINAL)


def number_of(at: datetime) -> int:
    """An aware instant as the oracle has it."""
    return (at - _MIDNIGHT) // _MICROSECOND


def instant_of(number: int) -> datetime:
    """The instant of this number, in UTC."""
    return _MIDNIGHT + timedelta(microseconds=number)


FIRST: Final = day_of(date(FIRST_YEAR, 1, 1)) * DAY
AFTER: Final = day_of(date(LAST_YEAR + 1, 1, 1)) * DAY


class Hours(Protocol):
    """The hours of a working day from a date on: (first minute, minute after the last) of the day."""

    @property
    def effective(self) -> date: ...

    @property
    def intervals(self) -> Sequence[tuple[int, int]]: ...


class Year(Protocol):
    """What is announced for a year: days off, and weekend days that are worked."""

    @property
    def year(self) -> int: ...

    @property
    def holidays(self) -> Collection[date]: ...

    @property
    def make_up_workdays(self) -> Collection[date]: ...


class OutOfYears(Exception):
    """The question needs a day outside the years of the calendar."""


class Halt(NamedTuple):
    """The clock stood from `at` until `until`."""

    at: int
    until: int


class More(NamedTuple):
    """From `at` on the clock has more time, such as "1 workdays"."""

    at: int
    limit: str


Move = Halt | More


class Deadline(NamedTuple):
    """When a clock is used up, and whether a year that is not announced had a say in it."""

    at: int
    provisional: bool


class Oracle:
    """Answers for one calendar: these hours, these announced years."""

    def __init__(self, hours: Sequence[Hours], years: Iterable[Year], *, every_day: bool = False) -> None:
        """Nothing is worked out beforehand but which minutes of a day given office hours are."""
        self._hours = sorted(hours, key=lambda entry: entry.effective)
        self._minutes = {entry.effective: _minutes(entry.intervals) for entry in hours}
        self._years = {entry.year: entry for entry in years}
        self._every_day = every_day
        self._days: dict[int, tuple[int, ...]] = {}
        self.deadline = lru_cache(_KEPT)(self._deadline)
        self.elapsed = lru_cache(_KEPT)(self._elapsed)

    # what is worked

    def is_workday(self, day: int) -> bool:
        """Weekends and announced holidays are off, make-up days (调休) are worked; a roster of every day knows no day off."""
        today = date_of(day)
        if self._every_day:
            return True
        announced = self._years.get(today.year)
        if announced and today in announced.make_up_workdays:
            return True
        if announced and today in announced.holidays:
            return False
        return today.isoweekday() not in (6, 7)

    def worked(self, day: int) -> tuple[int, ...]:
        """The minutes of a day that are worked, each as its first µs after midnight, ascending."""
        if day not in self._days:
            if not FIRST <= day * DAY < AFTER:
                raise OutOfYears
            self._days[day] = self._minutes_of(day) if self.is_workday(day) else ()
        return self._days[day]

    def is_work_time(self, at: int) -> bool:
        """Whether the minute that `at` lies in is worked."""
        _check(at)
        return at % DAY // MINUTE * MINUTE in self.worked(at // DAY)

    def next_work_time(self, at: int) -> int:
        """The first instant from `at` on that is worked, or that ends what is worked."""
        _check(at)
        day = max(at // DAY - 1, FIRST // DAY)  # 24:00 of a day is 00:00 of the next
        while True:
            for minute in self.worked(day):
                if day * DAY + minute + MINUTE >= at:
                    return max(at, day * DAY + minute)
            day += 1

    def after_work(self, start: int, amount: int) -> int:
        """The first instant at which `amount` has been worked since `start`."""
        _check(start)
        if not amount:
            return start
        day = start // DAY
        while True:
            since = start - day * DAY
            minutes = self.worked(day)
            if since <= 0 and amount > len(minutes) * MINUTE:
                amount -= len(minutes) * MINUTE
                day += 1
                continue
            for minute in minutes:
                if minute >= since:
                    if amount <= MINUTE:
                        return day * DAY + minute + amount
                    amount -= MINUTE
                elif minute + MINUTE > since:
                    if amount <= minute + MINUTE - since:
                        return start + amount
                    amount -= minute + MINUTE - since
            day += 1

    # deadlines

    def after(self, start: int, limit: str) -> Deadline:
        """When `limit`, such as "4 natural_hours + 3 workdays", is used up: its parts one after the other."""
        at, provisional = start, False
        for part in limit.split(" + "):
            number, unit = part.split(" ")
            end = self._after_part(at, int(number), unit)
            if not unit.startswith("natural_"):
                provisional = provisional or self._is_provisional(at, end)
            at = end
        return Deadline(at, provisional)

    def in_days(self, start: int, limit: str) -> str:
        """A limit of the rules as a clock that begins at `start` says it: so many calendar days for months."""
        at, said = start, []
        for part in limit.split(" + "):
            number, unit = part.split(" ")
            months = unit == "months"
            said.append(f"{_days_of_months(at // DAY, int(number))} calendar_days" if months else part)
            at = self._after_part(at, int(number), unit)
        return " + ".join(said)

    def _elapsed(self, start: int, end: int) -> int:
        """How much of the time between the two is worked; none where `end` is not after `start`."""
        _check(start)
        if end != AFTER:
            _check(end)
        if end <= start:
            return 0
        total = 0
        for day in range(start // DAY, end // DAY + 1 if end < AFTER else AFTER // DAY):
            since, until = start - day * DAY, end - day * DAY
            minutes = self.worked(day)
            if since <= 0 and until >= DAY:
                total += len(minutes) * MINUTE
                continue
            for minute in minutes:
                if minute >= until:
                    break
                if since <= minute and minute + MINUTE <= until:
                    total += MINUTE
                elif since < minute + MINUTE:
                    total += min(minute + MINUTE, until) - max(minute, since)
        return total

    def _deadline(self, start: int, limit: str, moves: tuple[Move, ...]) -> Deadline:
        """When a clock of this start and limit is used up, its moves applied in order."""
        if not moves:
            return self.after(start, limit)
        before, move = self.deadline(start, limit, moves[:-1]), moves[-1]
        if move.at >= before.at:
            return before  # used up already: nothing is left to be moved
        if isinstance(move, More):
            end = self.after(before.at, move.limit)
            return Deadline(end.at, before.provisional or end.provisional)
        if not counts_work(limit):
            return Deadline(before.at + (move.until - move.at), before.provisional)
        at = self.after_work(before.at, self.elapsed(move.at, move.until))
        touched = self._is_provisional(move.at, move.until) or self._is_provisional(before.at, at)
        return Deadline(at, before.provisional or touched)

    def used(self, start: int, limit: str, moves: tuple[Move, ...], at: int) -> int:
        """How much of its own time the clock has run until `at`."""
        return sum(self._own(limit, begun, end) for begun, end in runs(start, moves, at))

    def mark(
        self, start: int, limit: str, moves: tuple[Move, ...], percent: int, no_later: int | None = None
    ) -> int:
        """The first instant at which `percent` (below 100) of the time that the clock has in all is used; whole µs.

        `no_later`: all of it is over by then.
        """
        due = self.deadline(start, limit, moves).at
        due = due if no_later is None else min(due, no_later)
        left = self.used(start, limit, moves, due) * percent // 100
        for begun, end in runs(start, moves, due):
            ran = self._own(limit, begun, end)
            if left <= ran:
                return self.after_work(begun, left) if counts_work(limit) else begun + left
            left -= ran
        raise ArithmeticError("no part of a whole is more than the whole")

    def _after_part(self, at: int, number: int, unit: str) -> int:
        match unit:
            case "work_minutes":
                return self.after_work(at, number * MINUTE)
            case "work_hours":
                return self.after_work(at, number * 60 * MINUTE)
            case "workdays":
                return self._after_workdays(at, number)
            case "calendar_days":
                return self._after_calendar_days(at, number)
            case "months":
                return self._after_calendar_days(at, _days_of_months(at // DAY, number))
            case "natural_minutes":
                return at + number * MINUTE
            case "natural_hours":
                return at + number * 60 * MINUTE
            case "natural_days":
                return at + number * DAY
        raise ValueError(f"no such unit: {unit}")

    def _after_workdays(self, at: int, number: int) -> int:
        """The last worked minute of the n-th workday after today is over; the day of the start is not counted."""
        _check(at)
        day, left = at // DAY, number
        while left:
            day += 1
            left -= 1 if self.worked(day) else 0
        return self._close(day) if number else at

    def _after_calendar_days(self, at: int, number: int) -> int:
        """The same of the n-th day after today, and where that is off, of the next workday."""
        _check(at)
        day = at // DAY + number
        while number and not self.worked(day):
            day += 1
        return self._close(day) if number else at

    def _close(self, day: int) -> int:
        return day * DAY + self.worked(day)[-1] + MINUTE

    def _own(self, limit: str, start: int, end: int) -> int:
        return self.elapsed(start, end) if counts_work(limit) else max(0, end - start)

    def _is_provisional(self, first: int, last: int) -> bool:
        """Whether the time from `first` to `last`, both included, touches a year that is not announced."""
        years = range(date_of(first // DAY).year, date_of(last // DAY).year + 1)
        return not self._every_day and any(year not in self._years for year in years)

    def _minutes_of(self, day: int) -> tuple[int, ...]:
        """By the hours in force that day; before the earliest, by those."""
        in_force = self._hours[0].effective
        for entry in self._hours:
            if day_of(entry.effective) <= day:
                in_force = entry.effective
        return self._minutes[in_force]


def _days_of_months(day: int, months: int) -> int:
    """How many days after `day` the same day of a later month is, or the last of a shorter one."""
    start = date_of(day)
    later = start.replace(day=1)
    for _ in range(months):
        later = (later + timedelta(days=31)).replace(day=1)
    following = (later + timedelta(days=31)).replace(day=1)
    return (min(later + timedelta(days=start.day - 1), following - timedelta(days=1)) - start).days


def runs(start: int, moves: Iterable[Move], end: int) -> Iterator[tuple[int, int]]:
    """From when until when a clock runs until `end`, in order: from its start, but for its halts."""
    since = start
    for move in moves:
        if isinstance(move, Halt) and move.at < end:
            yield since, move.at
            since = min(move.until, end)
    yield since, end


def counts_work(limit: str) -> bool:
    """Whether a clock of this limit runs in office hours only: where any part of it counts work."""
    return any(part.split(" ")[1].startswith("work") for part in limit.split(" + "))


def _minutes(intervals: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    return tuple(minute * MINUTE for first, after in intervals for minute in range(first, after))


def _check(at: int) -> None:
    if not FIRST <= at <= AFTER:
        raise OutOfYears
