"""How many instants lie behind a moment that moves on: what is overdue, without looking at any case.

Instants are kept by the minute, so the memory does not grow with their number; what is behind is right to the minute, never early.
What lies before a full minute, such as the end of a day, is exact: a full minute and what lies between two are kept apart.

    between 23:58 and 23:59 │ 23:59 │ between 23:59 and 24:00 │ 24:00
                                     └ still of the day         └ of the next
"""

import heapq
from collections import Counter
from typing import Final, Generic, TypeVar

G = TypeVar("G")
MINUTE_S: Final = 60


class Horizon(Generic[G]):
    """Counts of instants (seconds since 1970) by group. One that is no full minute is behind from the next full minute on."""

    def __init__(self, moment_s: float) -> None:
        """Nothing is known; `moment_s` is now."""
        self._moment = _full_minute(moment_s)
        self._ahead: dict[int, dict[G, int]] = {}
        self._slots: list[int] = []
        self.behind: Final[Counter[G]] = Counter()
        """Of each group, how many instants are not after the moment."""

    def add(self, group: G, at_s: float, by: int = 1) -> None:
        """One more instant, or with -1 one less of those that were added."""
        slot = _slot(at_s)
        if slot <= self._moment:
            self.behind[group] += by
            return
        bucket = self._ahead.get(slot)
        if bucket is None:
            bucket = self._ahead[slot] = {}
            heapq.heappush(self._slots, slot)
        many = bucket.get(group, 0) + by
        if many:
            bucket[group] = many
        else:
            bucket.pop(group, None)

    def advance(self, moment_s: float) -> None:
        """The moment is now `moment_s`; it never moves back."""
        self._moment = max(self._moment, _full_minute(moment_s))
        while self._slots and self._slots[0] <= self._moment:
            for group, many in self._ahead.pop(heapq.heappop(self._slots)).items():
                self.behind[group] += many

    def before(self, end_s: float) -> Counter[G]:
        """Of each group, how many instants are after the moment and before `end_s`, which is a full minute."""
        end, there = _full_minute(end_s), Counter[G]()
        for slot, bucket in self._ahead.items():
            if slot < end:
                for group, many in bucket.items():
                    there[group] += many
        return there


def _full_minute(at_s: float) -> int:
    """The slot of the full minute at `at_s`, or of the last one before it."""
    return 2 * int(at_s // MINUTE_S)


def _slot(at_s: float) -> int:
    """Even for a full minute; the odd number above it for what lies between that and the next."""
    minutes, seconds = divmod(at_s, MINUTE_S)
    return 2 * int(minutes) + (seconds > 0)
