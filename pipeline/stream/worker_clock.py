"""The worker's clock. The only place of the worker that reads the time of day."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class WorkerClock:
    """Shows `origin` at `started` (seconds since the epoch) and runs `speed` times as fast as the real clock."""

    origin: datetime
    started: float
    speed: float
    real: Callable[[], float] = time.time

    def __call__(self) -> datetime:
        """Now, in UTC."""
        return self.origin + timedelta(seconds=(self.real() - self.started) * self.speed)

    def real_seconds_until(self, due: datetime) -> float:
        """Seconds of the real clock until `due`; never negative."""
        return max(0.0, (due - self()).total_seconds() / self.speed)


def clock_of(settings: Settings) -> WorkerClock:
    """The real clock, or the virtual one that the settings ask for."""
    if settings.clock_origin is None:
        return WorkerClock(datetime.fromtimestamp(0, UTC), 0.0, 1.0)
    started = time.time() if settings.clock_started is None else settings.clock_started
    return WorkerClock(settings.clock_origin.astimezone(UTC), started, settings.clock_speed)
