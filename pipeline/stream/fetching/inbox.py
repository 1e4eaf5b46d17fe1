"""Fetched, undecided records of one partition. One thread puts, one takes."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Protocol

from pipeline.stream.machine import Flag


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
        """When it was written, in milliseconds since 1970."""

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

    def __init__(self, fetch_from: Mapping[str, int], records_max: int, has_news: Flag) -> None:
        """`has_news` wakes the thread that waits."""
        self.fetch_from = dict(fetch_from)
        self._records_max = records_max
        self._records: deque[Fetched] = deque()
        self._has_news = has_news
        self._closed = False
        self._woken = False

    def __len__(self) -> int:
        """How many records wait."""
        return len(self._records)

    @property
    def wants_more(self) -> bool:
        """Whether to fetch for this partition: below its limit, and still open."""
        return not self._closed and len(self._records) < self._records_max

    def put(self, topic: str, records: Sequence[Fetched], fetch_from: int) -> None:
        """`records` of `topic`, in log order; the next to be fetched stands at `fetch_from`."""
        self.fetch_from[topic] = fetch_from
        if records and not self._closed:
            self._records.extend(records)
            self._has_news.set()

    def pop(self) -> Fetched | None:
        """The next record, if one is there."""
        try:
            return self._records.popleft()
        except IndexError:
            return None

    def oldest(self) -> Fetched | None:
        """The record that has waited longest, if one waits; it stays."""
        try:
            return self._records[0]
        except IndexError:
            return None

    def wait(self, seconds: float) -> bool:
        """Whether a record is there, or the inbox was closed or woken, at the latest after `seconds`."""
        if not self._has_changed():
            self._has_news.clear()
            if not self._has_changed():  # put, woken or closed between the look and the clear
                return self._has_news.wait(seconds)
        return True

    def _has_changed(self) -> bool:
        woken, self._woken = self._woken, False
        return woken or self._closed or bool(self._records)

    def wake(self) -> None:
        """Wake the waiting thread once."""
        self._woken = True
        self._has_news.set()

    def close(self) -> None:
        """Take no more records, and wake the waiting thread."""
        self._closed = True
        self._has_news.set()
