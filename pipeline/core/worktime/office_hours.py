"""Office hours: when a limit is used up, and how much of it is.

Here lives the arithmetic of working time over tables compiled once; which hours and holidays those are is data in
`rules/`. Instants are aware and given back in UTC; days and hours are those of Asia/Shanghai. A year whose holidays
are not announced yet counts with weekends only, and every answer that touches it is marked provisional.

    starts   ─┬──────┬────────┬──────┬─►   of each work interval
    ends      └─12:00└─17:30  └─12:00└─►
    done        3.5 h  7 h      10.5 h     work up to its end, from the first compiled day on
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Final, NamedTuple

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""No summer time since 1991: within the compiled years the zone is this offset."""
FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2040
MINUTES_PER_DAY: Final = 24 * 60

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)
_MINUTE_US: Final = 60_000_000
_DAY_US: Final = MINUTES_PER_DAY * _MINUTE_US
_OFFSET_US: Final = 8 * 60 * _MINUTE_US
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_SATURDAY: Final = 5


class Due(NamedTuple):
    """When something is due, in UTC. `provisional`: a year whose holidays are not announced yet was counted."""

    at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The hours of a working day from `effective` on: (first minute, minute after the last) of the local day."""

    effective: date
    intervals: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        """Refuse hours that are empty, out of the day, out of order or overlapping."""
        edges = [edge for interval in self.intervals for edge in interval]
        if not edges or edges[0] < 0 or edges[-1] > MINUTES_PER_DAY:
            raise ValueError("office hours within one day are needed")
        if any(late <= early for early, late in self.intervals) or any(b < a for a, b in pairwise(edges)):
            raise ValueError("office hours must ascend and not overlap")


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """What the State Council announced for a year: days off by name, and weekend days that are worked (调休)."""

    year: int
    holidays: Mapping[date, str]
    make_up_workdays: frozenset[date]


class WorkCalendar:
    """Working time of the years 2020 to 2040, by index. Immutable once made."""

    __slots__ = (
        "_done",
        "_ends",
        "_every_day",
        "_known_from",
        "_known_to",
        "_last_ends",
        "_starts",
        "_workdays",
    )

    def __init__(
        self, hours: Sequence[OfficeHours], years: Iterable[CalendarYear], *, every_day: bool = False
    ) -> None:
        """Compile the tables. Before the earliest effective date the earliest hours count.

        With `every_day`, of a roster that works weekends and holidays too, no day is off and nothing is provisional.

        Raises:
            ValueError: no hours; two hours or two calendars for one date or year; a gap between announced years.
        """
        announced = sorted(years, key=lambda year: year.year)
        if any(later.year != earlier.year + 1 for earlier, later in pairwise(announced)):
            raise ValueError("announced years must follow one another, each once")
        ordered = sorted(hours, key=lambda edition: edition.effective)
        if not ordered or any(a.effective == b.effective for a, b in pairwise(ordered)):
            raise ValueError("office hours are needed, each with its own effective date")
        self._known_from = _start_of(announced[0].year) if announced else _start_of(LAST_YEAR + 1)
        self._known_to = _start_of(announced[-1].year + 1) if announced else _start_of(FIRST_YEAR)
        self._every_day = every_day
        self._compile(ordered, {year.year: year for year in announced})

    def due_work_minutes(self, start: datetime, minutes: int) -> Due:
        """When `minutes` of office hours after `start` have passed; at once for 0.

        A deadline at the end of an interval stays there: 12:00 and not 14:00, 17:30 and not the next morning.

        >>> year = CalendarYear(2026, holidays={}, make_up_workdays=frozenset())
        >>> hours = OfficeHours(date(2020, 1, 1), ((8 * 60 + 30, 12 * 60), (14 * 60, 17 * 60 + 30)))
        >>> calendar = WorkCalendar([hours], [year])
        >>> tuesday = datetime(2026, 11, 24, 11, 0, tzinfo=SHANGHAI)
        >>> f"{calendar.due_work_minutes(tuesday, 60).at.astimezone(SHANGHAI):%a %H:%M}"
        'Tue 12:00'
        >>> f"{calendar.due_work_minutes(tuesday, 61).at.astimezone(SHANGHAI):%a %H:%M}"
        'Tue 14:01'
        >>> f"{calendar.due_work_minutes(tuesday, 5 * 60).at.astimezone(SHANGHAI):%a %H:%M}"
        'Wed 09:00'

        Raises:
            ValueError: negative minutes, or out of the compiled years.
        """
        return self._due(self._inside(start, minutes), minutes * _MINUTE_US)

    def due_work(self, start: datetime, amount: timedelta) -> Due:
        """When `amount` of office hours after `start` has passed, to the microsecond; at once for nothing.

        Raises:
            ValueError: a negative amount, or out of the compiled years.
        """
        begun = self._inside(start, amount.days)
        return self._due(begun, (amount.days * 86_400 + amount.seconds) * 1_000_000 + amount.microseconds)

    def due_workdays(self, start: datetime, days: int) -> Due:
        """The end of the `days`-th workday after the day of `start`; at once for 0.

        Raises:
            ValueError: negative days, or out of the compiled years.
        """
        begun = self._inside(start, days)
        if not days:
            return Due(start.astimezone(UTC), self._is_provisional(begun, begun))
        at = bisect_right(self._workdays, (begun + _OFFSET_US) // _DAY_US) + days - 1
        if at >= len(self._last_ends):
            raise _out_of_calendar()
        end = self._last_ends[at]
        return Due(_instant(end), self._is_provisional(begun, end))

    def due_calendar_days(self, start: datetime, days: int) -> Due:
        """The end of the `days`-th day after the day of `start`, or of the next workday where that day is off.

        Raises:
            ValueError: negative days, or out of the compiled years.
        """
        begun = self._inside(start, days)
        if not days:
            return Due(start.astimezone(UTC), self._is_provisional(begun, begun))
        at = bisect_left(self._workdays, (begun + _OFFSET_US) // _DAY_US + days)
        if at >= len(self._last_ends):
            raise _out_of_calendar()
        end = self._last_ends[at]
        return Due(_instant(end), self._is_provisional(begun, end))

    def due_natural_minutes(self, start: datetime, minutes: int) -> Due:
        """`minutes` after `start`, day and night; never provisional, since no calendar is asked.

        Raises:
            ValueError: negative minutes.
        """
        if minutes < 0:
            raise ValueError("a limit is not negative")
        return Due(start.astimezone(UTC) + timedelta(minutes=minutes), False)

    def elapsed_work_minutes(self, start: datetime, end: datetime) -> int:
        """Whole minutes of office hours between the two; 0 where `end` is not after `start`.

        Raises:
            ValueError: out of the compiled years.
        """
        return self.worked_between(start, end) // _MINUTE

    def worked_between(self, start: datetime, end: datetime) -> timedelta:
        """The office hours between the two, to the microsecond; none where `end` is not after `start`.

        Raises:
            ValueError: out of the compiled years.
        """
        begun, ended = self._inside(start), self._inside(end)
        return timedelta(microseconds=max(0, self._done_at(ended) - self._done_at(begun)))

    def next_work_time(self, at: datetime) -> datetime:
        """`at` where it lies in office hours or ends them, else when they next begin.

        Raises:
            ValueError: out of the compiled years.
        """
        moment = self._inside(at)
        interval = bisect_left(self._ends, moment)
        if interval == len(self._ends):
            raise _out_of_calendar()
        return _instant(max(moment, self._starts[interval]))

    def is_provisional(self, start: datetime, end: datetime) -> bool:
        """Whether what is worked between the two counts on a year whose holidays are not announced yet.

        Raises:
            ValueError: out of the compiled years.
        """
        return self._is_provisional(self._inside(start), self._inside(end))

    def is_work_time(self, at: datetime) -> bool:
        """Whether `at` lies in office hours; their first instant does, their end does not.

        Raises:
            ValueError: out of the compiled years.
        """
        moment = self._inside(at)
        if moment == _AFTER_US:
            raise _out_of_calendar()
        interval = bisect_right(self._starts, moment) - 1
        return interval >= 0 and moment < self._ends[interval]

    def _compile(self, hours: Sequence[OfficeHours], announced: Mapping[int, CalendarYear]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._done: list[int] = []
        self._workdays: list[int] = []
        self._last_ends: list[int] = []
        done = 0
        for ordinal in range(date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR + 1, 1, 1).toordinal()):
            day = date.fromordinal(ordinal)
            if not self._every_day and not _is_workday(day, announced.get(day.year)):
                continue
            midnight = (ordinal - _EPOCH_DAY) * _DAY_US - _OFFSET_US
            for first, last in _hours_of(day, hours).intervals:
                done += (last - first) * _MINUTE_US
                self._starts.append(midnight + first * _MINUTE_US)
                self._ends.append(midnight + last * _MINUTE_US)
                self._done.append(done)
            self._workdays.append(ordinal - _EPOCH_DAY)
            self._last_ends.append(self._ends[-1])

    def _due(self, begun: int, amount: int) -> Due:
        if not amount:
            return Due(_instant(begun), self._is_provisional(begun, begun))
        target = self._done_at(begun) + amount
        at = bisect_left(self._done, target)
        if at == len(self._done):
            raise _out_of_calendar()
        end = self._ends[at] - (self._done[at] - target)
        return Due(_instant(end), self._is_provisional(begun, end))

    def _done_at(self, moment: int) -> int:
        """The work that is done at `moment`, counted from the first compiled day on."""
        interval = bisect_right(self._starts, moment) - 1
        if interval < 0:
            return 0
        left = self._ends[interval] - moment
        return self._done[interval] - left if left > 0 else self._done[interval]

    def _is_provisional(self, begun: int, end: int) -> bool:
        return not self._every_day and (begun < self._known_from or end >= self._known_to)

    def _inside(self, moment: datetime, limit: int = 0) -> int:
        """`moment` in microseconds since the epoch, checked."""
        if limit < 0:
            raise ValueError("a limit is not negative")
        since = moment - _EPOCH
        at = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        if not _FIRST_US <= at <= _AFTER_US:
            raise _out_of_calendar()
        return at


def local_text(at: datetime, timespec: str = "minutes") -> str:
    """A time as people read it: that of the street's clocks, with its offset."""
    return at.astimezone(SHANGHAI).isoformat(sep=" ", timespec=timespec)


def spoken_date(at: datetime) -> str:
    """A time as it is said to a citizen.

    >>> spoken_date(datetime(2026, 12, 4, 9, 30, tzinfo=UTC))
    '2026年12月4日17:30'
    """
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"


def day_of(at: datetime) -> date:
    """The local day of an instant.

    >>> day_of(datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
    datetime.date(2026, 11, 25)
    """
    return at.astimezone(SHANGHAI).date()


def _is_workday(day: date, year: CalendarYear | None) -> bool:
    if year is not None:
        if day in year.make_up_workdays:
            return True
        if day in year.holidays:
            return False
    return day.weekday() < _SATURDAY


def _hours_of(day: date, hours: Sequence[OfficeHours]) -> OfficeHours:
    in_force = [edition for edition in hours if edition.effective <= day]
    return in_force[-1] if in_force else hours[0]


def _start_of(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _EPOCH_DAY) * _DAY_US - _OFFSET_US


def _instant(moment: int) -> datetime:
    return _EPOCH + timedelta(microseconds=moment)


def _out_of_calendar() -> ValueError:
    return ValueError(f"working time is known from {FIRST_YEAR} to {LAST_YEAR} only")


_FIRST_US: Final = _start_of(FIRST_YEAR)
_AFTER_US: Final = _start_of(LAST_YEAR + 1)
