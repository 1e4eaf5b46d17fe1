"""Virtual time: the day runs so many times faster than the real one. The worker shows the same time by its settings."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class VirtualClock:
    """Shows `origin` at `started` (seconds since the epoch) and runs `speed` times as fast as the real clock."""

    origin: datetime
    started: float
    speed: float

    def now(self) -> datetime:
        """The virtual time, with the offset of `origin`."""
        return self.origin + timedelta(seconds=(time.time() - self.started) * self.speed)

    def real_seconds_until(self, due: datetime) -> float:
        """How long to wait by the real clock; never negative."""
        return max(0.0, (due - self.now()).total_seconds() / self.speed)

    def settings(self) -> dict[str, str]:
        """The environment that makes a worker show the same time."""
        return {
            "ENFORCEMENT_CLOCK_ORIGIN": self.origin.isoformat(),
            "ENFORCEMENT_CLOCK_STARTED": repr(self.started),
            "ENFORCEMENT_CLOCK_SPEED": repr(self.speed),
        }
