"""How many instants lie behind a moment that moves on: what is overdue, without looking at any case.

Instants are kept by the minute, so the memory does not grow with their number; a group's count is right to the minute.
"""

import heapq
from collections import Counter
from typing import Final, Generic, TypeVar

G = TypeVar("G")
MINUTE_S: Final = 60


class Horizon(Generic[G]):
    """Counts of instants (seconds since 1970) by group. An instant that is no whole minute counts as the next one."""

    def __init__(self, moment_s: float) -> None:
        """Nothing is known; `moment_s` is now."""
        self._moment = int(moment_s // MINUTE_S)
        self._ahead: dict[int, dict[G, int]] = {}
        self._minutes: list[int] = []
        self.behind: Final[Counter[G]] = Counter()
        """Of each group, how many instants are not after the moment."""

    def add(self, group: G, at_s: float, by: int = 1) -> None:
        """One more instant, or with -1 one less of those that were added."""
        minute = -int(-at_s // MINUTE_S)
        if minute <= self._moment:
            self.behind[group] += by
            return
        bucket = self._ahead.get(minute)
        if bucket is None:
            bucket = self._ahead[minute] = {}
            heapq.heappush(self._minutes, minute)
        many = bucket.get(group, 0) + by
        if many:
            bucket[group] = many
        else:
            bucket.pop(group, None)

    def advance(self, moment_s: float) -> None:
        """The moment is now `moment_s`; it never moves back."""
        self._moment = max(self._moment, int(moment_s // MINUTE_S))
        while self._minutes and self._minutes[0] <= self._moment:
            for group, many in self._ahead.pop(heapq.heappop(self._minutes)).items():
                self.behind[group] += many

    def until(self, end_s: float) -> Counter[G]:
        """Of each group, how many instants are after the moment and not after `end_s`."""
        there: Counter[G] = Counter()
        for minute, bucket in self._ahead.items():
            if minute <= end_s // MINUTE_S:
                for group, many in bucket.items():
                    there[group] += many
        return there
