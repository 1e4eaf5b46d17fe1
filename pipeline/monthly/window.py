"""The time that a report is about: a month or any other, half open, with the days of Asia/Shanghai in it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from pipeline.core.worktime.office_hours import SHANGHAI
from schemas.errors import PipelineError

_MONTH: Final = re.compile(r"(?P<year>20\d\d)-(?P<month>0[1-9]|1[0-2])", re.ASCII)
_DAY: Final = timedelta(days=1)


class WrongWindow(PipelineError):
    """There is no such window."""


class Window(NamedTuple):
    """From `since` up to, but without, `until`."""

    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Whether `at` lies in it."""
        return self.since <= at < self.until

    def before(self) -> "Window":
        """The month before a month; before any other window one that is as long."""
        if self.month is not None:
            return _month_from((_local(self.since) - _DAY).date().replace(day=1))
        return Window(self.since - (self.until - self.since), self.since)

    @property
    def month(self) -> str | None:
        """Such as 2026-11, where it is a month."""
        first = _local(self.since)
        whole = _month_from(first.date().replace(day=1))
        return f"{first:%Y-%m}" if whole == self else None

    @property
    def in_names(self) -> str:
        """As names of files and folders hold it: the month, or both ends."""
        return self.month or "-".join(f"{_local(at):%Y%m%dT%H%M}" for at in self)

    def midnights(self) -> Iterator[datetime]:
        """Every midnight in it, its beginning not counted; at last its end."""
        at = datetime.combine(_local(self.since).date() + _DAY, time(), SHANGHAI)
        while at < self.until:
            yield at.astimezone(UTC)
            at += _DAY
        yield self.until


def month_of(text: str) -> Window:
    """The month that `text` such as 2026-11 names.

    Raises:
        WrongWindow: it names none.
    """
    match = _MONTH.fullmatch(text)
    if match is None:
        raise WrongWindow("wrong_month", f"{text} is no month; allowed: as 2026-11, from 2000-01 to 2099-12")
    return _month_from(date(int(match["year"]), int(match["month"]), 1))


def window_of(since: datetime, until: datetime) -> Window:
    """Any window.

    Raises:
        WrongWindow: it ends before it begins, or at once.
    """
    if since >= until:
        raise WrongWindow("wrong_window", f"--to {_written(until)} is not after --from {_written(since)}")
    return Window(since.astimezone(UTC), until.astimezone(UTC))


def local(at: datetime) -> str:
    """As the street's clocks show it, with the offset: 2026-11-24 17:30+08:00."""
    return _local(at).isoformat(sep=" ", timespec="minutes")


def _local(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI)


def _written(at: datetime) -> str:
    return _local(at).isoformat(timespec="minutes")


def _month_from(first: date) -> Window:
    following = (first + timedelta(days=31)).replace(day=1)
    since, until = (datetime.combine(day, time(), SHANGHAI).astimezone(UTC) for day in (first, following))
    return Window(since, until)
