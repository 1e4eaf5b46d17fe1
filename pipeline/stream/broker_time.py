"""What time it is at the brokers, as far as this worker can be sure, and whether the worker's own clock agrees.

The brokers stamp what they append to the journal. Between sending such a record and hearing of it the broker's clock showed
the stamp; so both are compared without any need to know how long the way was:

    worker:  sent ──────────── heard ─────────► now
    broker:        └─ stamp ─┘

Between two stamps the broker's time is reckoned by the machine's uptime, which nobody sets. The time of day at the worker decides
nothing: it is compared, and a worker whose clock is wrong beyond the limit stops, since people read its logs and metrics, and
since a machine whose clock is wrong may be wrong in more.
"""

import threading
from collections.abc import Callable
from typing import Final, NamedTuple

from pipeline import metrics
from pipeline.stream.machine import Machine
from schemas.errors import PipelineError

STALE_S: Final = 60.0
"""After so long without a stamp the clocks are compared anew."""


class ClockWrong(PipelineError):
    """The worker's clock is further from the broker's than it may be."""


class TwoClocks(NamedTuple):
    """Now, in seconds: of the worker's time of day, and of its machine's uptime."""

    wall_s: float
    boot_s: float


class BrokerTime:
    """Of one worker; its partitions share it. Times of day are in seconds since 1970."""

    def __init__(self, machine: Machine, wall: Callable[[], float], offset_max_s: float) -> None:
        """`wall` is the worker's time of day, which may differ from the broker's by `offset_max_s`."""
        self._machine = machine
        self._wall = wall
        self._offset_max_s = offset_max_s
        self._lock = threading.Lock()  # held for a few comparisons, never while waiting
        self._least: float | None = None
        self._most = 0.0
        self._heard_boot_s = 0.0

    def both(self) -> TwoClocks:
        """Now."""
        return TwoClocks(self._wall(), self._machine.boot_seconds())

    def now_s(self) -> float:
        """The broker's time: never later than it is there, mostly some milliseconds earlier.

        Raises:
            LookupError: no stamp was heard of yet.
        """
        if self._least is None:
            raise LookupError("the broker's time is unknown until it has stamped a record")
        return self._least + self._machine.boot_seconds()

    def is_stale(self) -> bool:
        """Whether the clocks are to be compared anew: never done, long ago, or this worker's time of day was set meanwhile."""
        if self._least is None or self._machine.boot_seconds() - self._heard_boot_s > STALE_S:
            return True
        return abs(self._wall() - self.now_s()) > self._offset_max_s

    def stamped(self, stamp_ms: int, sent: TwoClocks, heard: TwoClocks) -> None:
        """A record sent at `sent` was stamped by the broker; of that was heard at `heard`.

        Raises:
            ClockWrong: the worker's time of day is wrong beyond the limit.
        """
        stamp_s = stamp_ms / 1_000
        self._reckon(stamp_s - heard.boot_s, stamp_s - sent.boot_s)
        self._heard_boot_s = heard.boot_s
        ahead_s, behind_s = sent.wall_s - stamp_s, stamp_s - heard.wall_s
        offset_s = ahead_s if ahead_s > 0 else -max(0.0, behind_s)
        metrics.CLOCK_OFFSET.set(offset_s)
        if abs(offset_s) > self._offset_max_s:
            raise ClockWrong(
                "clock_wrong",
                f"this machine's clock is {abs(offset_s):.1f} s {'ahead of' if offset_s > 0 else 'behind'} the broker's, "
                f"{self._offset_max_s:g} s are allowed (ENFORCEMENT_CLOCK_OFFSET_MAX_S): set it (NTP), then start again; "
                "nothing was decided by it",
            )

    def _reckon(self, least: float, most: float) -> None:
        """What the broker's time is beyond the uptime, between two bounds. What contradicts the bounds so far replaces them."""
        with self._lock:
            if self._least is not None and least <= self._most and most >= self._least:
                least, most = max(least, self._least), min(most, self._most)
            self._least, self._most = least, most
