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
        return self.at(self.real())

    def at(self, real_s: float) -> datetime:
        """What it shows, in UTC, when the real clock shows `real_s`, in seconds since the epoch."""
        return self.origin + timedelta(seconds=(real_s - self.started) * self.speed)

    def real_s(self, shown: datetime) -> float:
        """When it shows `shown`: in seconds since the epoch of the real clock."""
        return self.started + (shown - self.origin).total_seconds() / self.speed


def clock_of(settings: Settings) -> WorkerClock:
    """The real clock, or the virtual one that the settings ask for."""
    if settings.clock_origin is None:
        return WorkerClock(datetime.fromtimestamp(0, UTC), 0.0, 1.0)
    started = time.time() if settings.clock_started is None else settings.clock_started
    return WorkerClock(settings.clock_origin.astimezone(UTC), started, settings.clock_speed)
