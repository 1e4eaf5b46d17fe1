"""How a partition is worked after a failure: with which batch size, and which record gets a dead letter instead."""

from collections import deque
from collections.abc import Callable
from typing import Final

from pipeline.stream.machine import MACHINE, Machine
from pipeline.stream.partition.batch import Place

BURIED_PER_MINUTE_MAX: Final = 3
"""More crashing records than this in a minute mean a bad release, not bad records."""
TIMER_CRASHES_MAX: Final = 2


class FailurePolicy:
    """Kept across the openings of one partition."""

    def __init__(self, entries_max: int, machine: Machine = MACHINE) -> None:
        self.entries_max = entries_max
        self.bury: Place | None = None
        self._full = entries_max
        self._machine = machine
        self._suspect: Place | None = None
        self._losses = 0
        self._timer_crashes = 0
        self._buried: deque[float] = deque()

    def committed(self, has_passed: Callable[[Place], bool]) -> None:
        """A batch is committed: once the suspect record is decided, the batch size doubles up to its limit."""
        self._losses = 0
        self._timer_crashes = 0
        if self._suspect is not None:
            if not has_passed(self._suspect):
                return
            self._suspect = self.bury = None
        self.entries_max = min(self._full, self.entries_max * 2)

    def lost(self) -> None:
        """A batch was lost to the brokers; from the second loss in a row the size is halved, since it may be the cause."""
        self._losses += 1
        if self._losses > 1:
            self.entries_max = max(1, self.entries_max // 2)

    def crashed(self, at: Place | None, *, buried: bool) -> str:
        """The core raised at that record (None: a timer). First retry one by one, then bury the record.

        Returns why to stop the worker, if it is to stop.
        """
        self.entries_max = 1
        if buried:
            return f"the core cannot even bury {at}"
        if at is None:
            self._timer_crashes += 1
            return "a timer cannot be fired" if self._timer_crashes > TIMER_CRASHES_MAX else ""
        if at != self._suspect:
            self._suspect = at
            return ""
        self.bury = at
        now = self._machine.monotonic()
        self._buried.append(now)
        while now - self._buried[0] > 60:
            self._buried.popleft()
        return "too many records crash the core" if len(self._buried) > BURIED_PER_MINUTE_MAX else ""
