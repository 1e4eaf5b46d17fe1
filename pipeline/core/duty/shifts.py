"""Shifts (班次) and how they follow one another (轮班): when somebody is planned to be there. Days and hours are Shanghai's."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from pipeline.core.worktime.office_hours import SHANGHAI


class Presence(NamedTuple):
    """From when until when (excluded) somebody is on duty, in Shanghai's time or any other that is aware."""

    begins: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        """Whether `at` lies in it."""
        return self.begins <= at < self.ends


@dataclass(frozen=True, slots=True)
class Shift:
    """班次: begins at this minute of a day of Shanghai and lasts so many minutes; a night shift ends on the next day."""

    id: str
    name_zh: str
    name_en: str
    begins: int
    minutes: int

    def on(self, day: date) -> Presence:
        """When it is, begun on that day."""
        begins = datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=self.begins)
        return Presence(begins, begins + timedelta(minutes=self.minutes))


@dataclass(frozen=True, slots=True)
class ShiftPattern:
    """轮班: which shift on which day, from `since` on, over and over; None is a day off."""

    id: str
    since: date
    days: tuple[str | None, ...]

    def shift(self, day: date, offset: int = 0) -> str | None:
        """The id of the shift on that day, of somebody who is `offset` days further in the pattern; before `since` none."""
        passed = (day - self.since).days
        return None if passed < 0 else self.days[(passed + offset) % len(self.days)]
