"""A log as Kafka keeps it, as far as transactions show: offsets, markers, last stable offset, epochs, fencing, compaction.

Each method is one request arriving at the broker, and atomic. What goes wrong on the way to it is the business of `network` and `producer`.
A transaction's markers are written one partition after the other, by whoever drives the log (`write_marker`).
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

Place = tuple[str, int]
"""A topic and a partition."""
Headers = Sequence[tuple[str, bytes | None]]
Content = tuple[bytes | None, bytes | None, Headers]
"""Key, value and headers of a record."""


class Refused(Exception):
    """The broker's answer is an error."""


class Fenced(Refused):
    """The producer's epoch is over."""


class Busy(Refused):
    """A transaction of this id is ending: ask again."""


class NotInTransaction(Refused):
    """The partition is in no transaction of this producer, or there is none to end so."""


class OutOfOrder(Refused):
    """A producer's records are not followed by the one that should come next."""


class Record(NamedTuple):
    """One offset. `part` is the transaction it belongs to; a marker belongs to none and is never seen. `stamp_ms`: LogAppendTime."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    part: "Part | None"
    marker: bool = False
    stamp_ms: int = 0


class Part:
    """A transaction's share of one partition. `committed` is None until its marker is written."""

    __slots__ = ("committed", "first", "log", "records")

    def __init__(self, log: "PartitionLog") -> None:
        self.log = log
        self.first: int | None = None
        self.committed: bool | None = None
        self.records: list[Record] = []


class PartitionLog:
    """One partition."""

    def __init__(self, place: Place, now_s: Callable[[], float] = lambda: 0.0) -> None:
        """`now_s` is the broker's clock."""
        self.place = place
        self._now_s = now_s
        self.begin = 0
        self.high = 0
        self.records: list[Record] = []
        self._open: list[Part] = []

    @property
    def stable(self) -> int:
        """The first offset of which it is not known whether it is committed."""
        return min((part.first for part in self._open if part.first is not None), default=self.high)

    def append(self, content: Content, part: Part | None = None, *, marker: bool = False) -> Record:
        """Returns what stands there now."""
        record = Record(self.high, *content, part, marker, int(self._now_s() * 1_000))
        self.high += 1
        self.records.append(record)
        if part is not None:
            if part.first is None:
                part.first = record.offset
                self._open.append(part)
            part.records.append(record)
        return record

    def mark(self, part: Part, committed: bool) -> None:
        """Write the marker: from now on readers of committed records see the part, or never do."""
        part.committed = committed
        if part in self._open:
            self._open.remove(part)
        self.append((None, None, ()), marker=True)

    def visible(self, start: int, limit: int) -> tuple[list[Record], int]:
        """At most `limit` committed records from `start` on, and where to read on."""
        found: list[Record] = []
        stable = self.stable
        for record in self._from(start):
            if record.offset >= stable:
                return found, stable
            if len(found) == limit:
                return found, record.offset
            if is_visible(record):
                found.append(record)
        return found, max(start, stable)

    def compact(self, until: int, *, keep_tombstones: bool) -> int:
        """Of what is committed below `until` keep the latest of each key. Returns how many records went."""
        until = min(until, self.stable)
        cut = bisect_left(self.records, until, key=_offset)
        latest = {record.key: record.offset for record in self.records[:cut] if is_visible(record)}
        kept = [
            record
            for record in self.records[:cut]
            if is_visible(record)
            and latest[record.key] == record.offset
            and (keep_tombstones or record.value is not None)
        ]
        self.records[:cut] = kept
        return cut - len(kept)

    def drop_before(self, offset: int) -> None:
        """Retention."""
        self.begin = max(self.begin, min(offset, self.stable))
        del self.records[: bisect_left(self.records, self.begin, key=_offset)]

    def lose_from(self, offset: int) -> None:
        """What no healthy cluster does: acknowledged records are gone."""
        del self.records[bisect_left(self.records, offset, key=_offset) :]
        self.high = offset

    def _from(self, start: int) -> Sequence[Record]:
        return self.records[bisect_left(self.records, start, key=_offset) :]


def is_visible(record: Record) -> bool:
    """Whether readers of committed records see it, its transaction being over."""
    return not record.marker and (record.part is None or record.part.committed is True)


def _offset(record: Record) -> int:
    return record.offset


class Transaction:
    """`commits` is None while it is under way; once set, only markers are left to be written."""

    def __init__(self, tid: str, epoch: int, began: float) -> None:
        self.tid = tid
        self.epoch = epoch
        self.began = began
        self.commits: bool | None = None
        self.parts: dict[Place, Part] = {}


class _Producing:
    """What the coordinator knows of one transactional id."""

    def __init__(self, epoch: int = -1, last: bool | None = None) -> None:
        self.epoch = epoch
        self.current: Transaction | None = None
        self.last = last
        """How the last transaction ended: that very request may be repeated."""


class Log:
    """All partitions, and the transactions' coordinator. `ending` is told when a transaction begins to end."""

    def __init__(
        self,
        configs: Mapping[str, Mapping[str, str]],
        partitions: int,
        ending: Callable[[Transaction], None],
        now_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """`configs`: of each topic."""
        self.configs: dict[str, dict[str, str | None]] = {
            topic: {**config} for topic, config in configs.items()
        }
        self.counts = dict.fromkeys(configs, partitions)
        """Of each topic's partitions."""
        self.partitions = {
            (topic, number): PartitionLog((topic, number), now_s)
            for topic in configs
            for number in range(partitions)
        }
        self._now_s = now_s
        self._ending = ending
        self._producing: dict[str, _Producing] = {}
        self._sequences: dict[tuple[str, Place], tuple[int, int]] = {}
        """Of each producer in each partition: its epoch, and the number of its next record."""

    def add_partition(self, topic: str) -> None:
        """One more, which is empty."""
        number = self.counts[topic]
        self.counts[topic] += 1
        self.partitions[topic, number] = PartitionLog((topic, number), self._now_s)

    def init(self, tid: str) -> int:
        """InitProducerId: older epochs are over from now on; what they left open is aborted first."""
        producing = self._producing.setdefault(tid, _Producing())
        current = producing.current
        if current is not None:
            if current.commits is None:
                producing.epoch += 1
                self._end(current, commits=False)
            raise Busy
        producing.epoch += 1
        return producing.epoch

    def epoch(self, tid: str) -> int:
        """The epoch of that id: who has a lower one is fenced. -1 before anybody has it."""
        return self._producing[tid].epoch if tid in self._producing else -1

    def join(self, tid: str, epoch: int, place: Place, now: float) -> None:
        """AddPartitionsToTxn: it begins the transaction where there is none."""
        producing = self._of(tid, epoch)
        current = producing.current
        if current is None:
            current = producing.current = Transaction(tid, epoch, now)
        if current.commits is not None:
            raise Busy
        current.parts.setdefault(place, Part(self.partitions[place]))

    def append(
        self, tid: str, epoch: int, place: Place, content: Content, sequence: int | None = None
    ) -> Record:
        """Produce. The partition takes what belongs to a transaction open in it, also of an owner fenced just now, and in its order
        where `sequence` tells it: a new epoch counts from 0. Of whom a partition knows nothing it takes whatever number.
        """
        producing = self._producing.get(tid)
        if producing is None:
            raise NotInTransaction
        current = producing.current
        part = current.parts.get(place) if current is not None and current.epoch == epoch else None
        if part is None or part.committed is not None:
            raise Fenced if epoch < producing.epoch else NotInTransaction
        if sequence is not None:
            last_epoch, next_in_order = self._sequences.get((tid, place), (epoch, sequence))
            if sequence != (next_in_order if last_epoch == epoch else 0):
                raise OutOfOrder
            self._sequences[tid, place] = epoch, sequence + 1
        return part.log.append(content, part)

    def end(self, tid: str, epoch: int, *, commits: bool) -> None:
        """EndTxn. It names no transaction: one that comes late ends whatever is open in that epoch."""
        producing = self._of(tid, epoch)
        current = producing.current
        if current is None:
            if producing.last is not commits:
                raise NotInTransaction
        elif current.commits is None:
            self._end(current, commits=commits)
        else:
            raise Busy

    def expire(self, now: float, timeout: float) -> list[Transaction]:
        """Abort what has been open for too long, and fence who left it so."""
        expired = [
            current
            for producing in self._producing.values()
            if (current := producing.current) is not None
            and current.commits is None
            and now - current.began > timeout
        ]
        for one in expired:
            self._producing[one.tid].epoch += 1
            self._end(one, commits=False)
        return expired

    def write_marker(self, transaction: Transaction, place: Place) -> bool:
        """Whether that was the last: the transaction is over."""
        part = transaction.parts[place]
        part.log.mark(part, transaction.commits is True)
        if any(one.committed is None for one in transaction.parts.values()):
            return False
        producing = self._producing[transaction.tid]
        producing.current = None
        producing.last = transaction.commits
        return True

    def ending(self) -> list[Transaction]:
        """Those of which only markers are to be written."""
        current = [one.current for one in self._producing.values()]
        return [one for one in current if one is not None and one.commits is not None]

    def open_since(self) -> float | None:
        """When the oldest transaction began that is under way."""
        begun = [one.current.began for one in self._producing.values() if one.current is not None]
        return min(begun, default=None)

    def copied(self) -> Callable[[], None]:
        """A copy of all of it while no transaction is under way; called, it is the log from then on."""
        partitions = [(log, log.begin, log.high, list(log.records)) for log in self.partitions.values()]
        producing = {tid: (one.epoch, one.last) for tid, one in self._producing.items()}
        sequences = dict(self._sequences)

        def go_back() -> None:
            for log, begin, high, records in partitions:
                log.begin, log.high, log.records = begin, high, list(records)
            self._producing = {tid: _Producing(*known) for tid, known in producing.items()}
            self._sequences = dict(sequences)

        return go_back

    def _of(self, tid: str, epoch: int) -> _Producing:
        producing = self._producing.get(tid)
        if producing is None:
            raise NotInTransaction  # an id that an older copy of the log does not know
        if epoch != producing.epoch:
            raise Fenced
        return producing

    def _end(self, transaction: Transaction, *, commits: bool) -> None:
        transaction.commits = commits
        self._ending(transaction)
