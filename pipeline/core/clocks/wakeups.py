"""What is due next: one wake-up per case in a heap.

A case that changes leaves its old wake-up in the heap: finding it there would cost more than passing it over when it comes
up. When more than half are stale, the heap is built anew, so that it stays as long as there are armed cases.
"""

import heapq
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from pipeline.core.clocks.running_clocks import wake
from schemas.state.case import Case

_STALE_SLACK: Final = 1_000


class Wakeups:
    """The wake-ups of all cases of a partition. `cases` is looked at to tell a wake-up that still stands from a stale one."""

    def __init__(
        self, cases: Mapping[str, Case], also: Callable[[Case], datetime | None] | None = None
    ) -> None:
        """`also`: when something of a case is due that is no timer of its own."""
        self._also = also
        self._cases = cases
        self._heap: list[tuple[datetime, str]] = []
        self._armed = 0
        self._outdated: set[str] = set()

    def note(self, before: Case | None, after: Case | None) -> None:
        """A case has changed; call after `cases` holds `after`."""
        was = self._wake(before)
        if before is not None:
            self._outdated.discard(before.case_id)  # whatever changes a case decides by the rules of now
        now = self._wake(after)
        self._armed += (now is not None) - (was is not None)
        if now is not None and after is not None and now != was:
            heapq.heappush(self._heap, (now, after.case_id))
        if len(self._heap) > 2 * self._armed + _STALE_SLACK:
            self._rebuild()

    def note_other_rules(self, case: Case) -> None:
        """Clocks of `case`, which was noted, are due at another time by the rules of now.

        Since it was opened they should have been: so it is due from then on, before any deadline by the earlier rules.
        """
        self._armed += self._wake(case) is None
        self._outdated.add(case.case_id)
        heapq.heappush(self._heap, (case.facts.opened_at, case.case_id))

    def is_outdated(self, case: Case) -> bool:
        """Whether the clocks of `case` are to be counted anew before anything else of it is due."""
        return case.case_id in self._outdated

    def is_also_due(self, case: Case) -> bool:
        """Whether what comes first of it is no timer of its own."""
        own, also = self._dues(case)
        return also is not None and (own is None or also <= own)

    def next_due(self) -> datetime | None:
        """When the first timer of any case is due."""
        while self._heap:
            due_at, case_id = self._heap[0]
            if self._wake(self._cases.get(case_id)) == due_at:
                return due_at
            heapq.heappop(self._heap)
        return None

    def first(self) -> Case | None:
        """The case that is due first; ties go by case id."""
        return None if self.next_due() is None else self._cases[self._heap[0][1]]

    def _wake(self, case: Case | None) -> datetime | None:
        if case is None:
            return None
        if case.case_id in self._outdated:
            return case.facts.opened_at
        own, also = self._dues(case)
        return own if also is None else also if own is None else min(own, also)

    def _dues(self, case: Case) -> tuple[datetime | None, datetime | None]:
        """When its first timer is due, and what is no timer."""
        return wake(case), self._also(case) if self._also else None

    def _rebuild(self) -> None:
        wakes = ((self._wake(case), case_id) for case_id, case in self._cases.items())
        self._heap = [(due_at, case_id) for due_at, case_id in wakes if due_at is not None]
        heapq.heapify(self._heap)
