"""Fetched, undecided records of one partition, taken in the order in which they arrived at the broker. One thread puts, one takes.

Each input topic is in order by itself. Which of two records of different topics came first is only certain once nothing earlier
can come of the other topic: it has a record here, or it was read to its end at a later moment (`read_to_end`).

    reports   ··· 09:04:10   09:05:02            next: 09:04:10
    actions   ··· (nothing)  read to its end at 09:04:30  ►  09:04:10 may be taken, and a timer due at 09:04:20; 09:05:02 may not
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from pipeline.stream.machine import Flag

APPENDED: Final = 1
"""The type of a timestamp that the broker has set (`message.timestamp.type=LogAppendTime`); 0 is the sender's own."""
UNKNOWN: Final = float("-inf")
"""An arrival that no broker vouches for: such a record is taken first, and counts as come now."""
_NEVER: Final = float("-inf")
_EVER: Final = float("inf")


class Fetched(Protocol):
    """A record as the consumer hands it over."""

    @property
    def topic(self) -> str:
        """The topic's name on the broker."""

    @property
    def partition(self) -> int: ...

    @property
    def offset(self) -> int: ...

    @property
    def timestamp(self) -> int:
        """In milliseconds since 1970; see `timestamp_type`."""

    @property
    def timestamp_type(self) -> int:
        """Whose clock the timestamp is of: see `APPENDED`."""

    @property
    def key(self) -> bytes | None: ...

    @property
    def value(self) -> bytes | None: ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


class Inbox:
    """Belongs to one opening of a partition: a later opening has its own, so nothing fetched for an earlier one counts.

    `fetch_from` is where each input topic is to be read on; only the fetching thread changes it.
    """

    def __init__(
        self,
        fetch_from: Mapping[str, int],
        records_max: int,
        has_news: Flag,
        trusted_until_s: Callable[[], float],
    ) -> None:
        """`has_news` wakes the thread that waits; at most so many records of each topic wait.

        A stamp beyond `trusted_until_s`, asked now, is of a broker whose clock is wrong: it counts as none.
        """
        self.fetch_from = dict(fetch_from)
        self._records_max = records_max
        self._records: dict[str, deque[Fetched]] = {topic: deque() for topic in fetch_from}
        self._read_until = dict.fromkeys(fetch_from, _NEVER)
        self._ends: dict[str, tuple[int, float]] = {}
        self._latest_s = _NEVER
        self._trusted_until_s = _NEVER
        self._ask_trusted_until_s = trusted_until_s
        self._has_news = has_news
        self._closed = False
        self._woken = False

    def __len__(self) -> int:
        """How many records wait."""
        return sum(map(len, self._records.values()))

    def wants(self, topic: str) -> bool:
        """Whether to fetch of this topic: below its limit, and still open."""
        return not self._closed and len(self._records[topic]) < self._records_max

    def put(self, topic: str, records: Sequence[Fetched], fetch_from: int) -> None:
        """`records` of `topic`, in log order; the next to be fetched stands at `fetch_from`."""
        if self._closed:
            return
        if records:
            self._records[topic].extend(records)
        if records or fetch_from != self.fetch_from[topic]:
            # after the records: who sees how far the topic was read finds here all that stands before
            self.fetch_from[topic] = fetch_from
            self._has_news.set()

    def next(self) -> Fetched | None:
        """The record that came first, if that is certain; it stays."""
        first, came, known = self._first()
        return first if came <= known else None

    def pop(self, record: Fetched) -> None:
        """Take the record that `next` gave."""
        self._latest_s = max(self._latest_s, self.came_s(record))
        self._records[record.topic].popleft()

    def oldest(self) -> Fetched | None:
        """The first record by its arrival, as far as is known, if one waits; it stays. Any thread may ask."""
        try:
            return self._first()[0]
        except IndexError:  # taken meanwhile
            return None

    def _first(self) -> tuple[Fetched | None, float, float]:
        """The record that came first of those that are here, when, and until when the topics without a record are read."""
        first, first_came, known = None, _EVER, _EVER
        for topic, records in self._records.items():
            if not records:
                known = min(known, self._read_until[topic])
                continue
            came = self.came_s(records[0])
            if first is None or came < first_came:
                first, first_came = records[0], came
        return first, first_came, known

    def known_until(self, settles_s: float) -> float:
        """Up to when, in seconds since 1970 by the broker, all that arrived is decided or waits here.

        Of a topic without a record here that is when it was last read to its end, less `settles_s`: a record just stamped may
        still be on its way to the other replicas.
        """
        known = _EVER
        for topic, records in self._records.items():
            until = self.came_s(records[0]) if records else self._read_until[topic] - settles_s
            known = min(known, until)
        return known

    def latest_s(self) -> float:
        """The latest arrival of any record that was ever here: the broker's clock has shown it."""
        waiting = (self.came_s(records[-1]) for records in self._records.values() if records)
        return max((self._latest_s, *waiting))

    def ends_at(self, ends: Mapping[str, int], moment_s: float) -> None:
        """The topics ended at these offsets at `moment_s` or later: once read so far, they are known until then."""
        for topic, end in ends.items():
            self._ends.setdefault(topic, (end, moment_s))
        self.is_behind()

    def is_behind(self) -> bool:
        """Whether a topic is not yet read up to the end that was asked for; notes those that are."""
        for topic, (end, moment_s) in list(self._ends.items()):
            if self.fetch_from[topic] >= end:
                self._read_until[topic] = moment_s
                del self._ends[topic]
            elif self._records[topic]:  # its first record says as much
                del self._ends[topic]
        return bool(self._ends)

    def came_s(self, record: Fetched) -> float:
        """When the broker took it, in seconds since 1970. What only its sender has stamped came before all else: nobody knows when."""
        if record.timestamp_type != APPENDED:
            return UNKNOWN
        came = record.timestamp / 1_000
        if came > self._trusted_until_s:  # asked again only then: time has passed since
            self._trusted_until_s = self._ask_trusted_until_s()
        return came if came <= self._trusted_until_s else UNKNOWN

    def wait(self, seconds: float) -> bool:
        """Whether a record is there, or the inbox was closed or woken, at the latest after `seconds`."""
        if not self._has_changed():
            self._has_news.clear()
            if not self._has_changed():  # put, woken or closed between the look and the clear
                return self._has_news.wait(seconds)
        return True

    def wait_for_more(self, seconds: float) -> None:
        """Until something is put, the inbox is closed or woken, or `seconds` are over: what is there cannot be taken yet."""
        was_behind = self.is_behind()
        self._has_news.clear()
        if not (self._is_called() or (was_behind and not self.is_behind())):
            self._has_news.wait(seconds)

    def _has_changed(self) -> bool:
        return self._is_called() or any(self._records.values())

    def _is_called(self) -> bool:
        woken, self._woken = self._woken, False
        return woken or self._closed

    def wake(self) -> None:
        """Wake the waiting thread once."""
        self._woken = True
        self._has_news.set()

    def close(self) -> None:
        """Take no more records, and wake the waiting thread."""
        self._closed = True
        self._has_news.set()
