"""What is due next: one wake-up per case in a heap. Stale entries are passed over when they come up."""

import heapq
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pipeline.core.clocks.running_clocks import wake
from schemas.state.case import Case

_STALE_SLACK: Final = 1_000


class Wakeups:
    """The wake-ups of all cases of a partition. `cases` is looked at to tell a wake-up that still stands from a stale one."""

    def __init__(self, cases: Mapping[str, Case]) -> None:
        self._cases = cases
        self._heap: list[tuple[datetime, str]] = []
        self._armed = 0

    def note(self, before: Case | None, after: Case | None) -> None:
        """A case has changed; call after `cases` holds `after`."""
        was, now = _wake(before), _wake(after)
        self._armed += (now is not None) - (was is not None)
        if now is not None and after is not None and now != was:
            heapq.heappush(self._heap, (now, after.case_id))
        if len(self._heap) > 2 * self._armed + _STALE_SLACK:
            self._rebuild()

    def next_due(self) -> datetime | None:
        """When the first timer of any case is due."""
        while self._heap:
            due_at, case_id = self._heap[0]
            if _wake(self._cases.get(case_id)) == due_at:
                return due_at
            heapq.heappop(self._heap)
        return None

    def first(self) -> Case | None:
        """The case that is due first; ties go by case id."""
        return None if self.next_due() is None else self._cases[self._heap[0][1]]

    def _rebuild(self) -> None:
        wakes = ((_wake(case), case_id) for case_id, case in self._cases.items())
        self._heap = [(due_at, case_id) for due_at, case_id in wakes if due_at is not None]
        heapq.heapify(self._heap)


def _wake(case: Case | None) -> datetime | None:
    return None if case is None else wake(case)
