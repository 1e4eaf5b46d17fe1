"""How long a step took by its own clock, counted anew from the clock's beginning, its halts and its end.

The core keeps the same number by taking the halts from the whole (`pipeline.core.worktime.clock_arithmetic`); here the stretches between
the halts are added up. Which hours are worked is the calendar's, data of rules/.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from pipeline.core.worktime.office_hours import WorkCalendar
from schemas.state.case import Clock

_OFFICE_UNITS: Final = frozenset({"work_minutes", "work_hours", "workdays"})


def is_office_time(limit: str) -> bool:
    """Whether a limit such as "4 natural_hours + 3 workdays" counts office hours, if only in a part of it.

    >>> is_office_time("4 natural_hours + 3 workdays"), is_office_time("2 natural_hours")
    (True, False)
    """
    return not _OFFICE_UNITS.isdisjoint(limit.split())


def own_time(calendar: WorkCalendar, clock: Clock, stopped_at: datetime) -> timedelta:
    """How long the clock ran until it stopped: office hours where its limit counts those, else day and night."""
    stretches = _stretches(clock, stopped_at)
    if is_office_time(clock.limit):
        return sum((calendar.worked_between(begin, end) for begin, end in stretches), timedelta())
    return sum((end - begin for begin, end in stretches), timedelta())


def _stretches(clock: Clock, stopped_at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When the clock ran, in order; none is empty."""
    begin = clock.started_at
    for move in clock.moves:
        if move.until is not None:
            if begin < min(move.at, stopped_at):
                yield begin, min(move.at, stopped_at)
            begin = max(begin, move.until)
    if begin < stopped_at:
        yield begin, stopped_at
