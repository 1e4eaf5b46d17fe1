"""Virtual time: a day that runs faster than the real one. The worker's settings give it the same clock."""

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
        """Real seconds until the virtual time `due`; never negative."""
        return max(0.0, (due - self.now()).total_seconds() / self.speed)

    def settings(self) -> dict[str, str]:
        """The environment variables that give a worker the same clock."""
        return {
            "ENFORCEMENT_CLOCK_ORIGIN": self.origin.isoformat(),
            "ENFORCEMENT_CLOCK_STARTED": repr(self.started),
            "ENFORCEMENT_CLOCK_SPEED": repr(self.speed),
        }
