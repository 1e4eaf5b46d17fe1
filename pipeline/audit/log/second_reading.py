"""T0 and T2: nobody holds readers up, and a second reader of its own finds the same bytes at the same offsets.

Of the first reading only a hash of each record is kept, sixteen bytes a record.
"""

import hashlib
from array import array
from collections.abc import Iterator
from typing import Final

from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.partition_log import AuditRecord, Held, Log, LogPlace
from schemas import topics
from schemas.journal.entry import JournalEntry

NOT_READ_AGAIN: Final = "the log was read once only"
_COMPACTED: Final = frozenset(topic.name for topic in topics.TOPICS if topic.compacted)
_HASH_BYTES: Final = 8


class RememberingLog:
    """A log that keeps a hash of each record it hands over."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._offsets = {topic.name: array("q") for topic in topics.TOPICS}
        self._hashes = {topic.name: array("Q") for topic in topics.TOPICS}

    @property
    def partition(self) -> int:
        """Which partition it is of."""
        return self._log.partition

    def may_read(self, topic: str) -> bool:
        """As the log says."""
        return self._log.may_read(topic)

    def begin(self, topic: str) -> int:
        """As the log says."""
        return self._log.begin(topic)

    def oldest(self, topic: str) -> int:
        """As the log says."""
        return self._log.oldest(topic)

    def end(self, topic: str) -> int:
        """As the log says."""
        return self._log.end(topic)

    def later(self) -> Iterator[JournalEntry]:
        """As the log says."""
        return self._log.later()

    def records(self, topic: str) -> Iterator[AuditRecord]:
        """The same records, each remembered."""
        offsets, hashes = self._offsets[topic], self._hashes[topic]
        for record in self._log.records(topic):
            offsets.append(record.offset)
            hashes.append(hash_of(record))
            yield record

    def compare(self, findings: Findings) -> None:
        """Read again, and compare what both readings cover; compaction and retention may have taken some meanwhile."""
        for topic, offsets in self._offsets.items():
            again = self._log.again(topic)
            if again is None:
                findings.skip((Invariant.T2,), NOT_READ_AGAIN, len(offsets))
            elif offsets:
                self._compare(topic, again, findings)

    def _compare(self, topic: str, again: Iterator[AuditRecord], findings: Findings) -> None:
        offsets, hashes, number = self._offsets[topic], self._hashes[topic], 0
        place = LogPlace(topic, self.partition)
        first = True
        for record in again:
            if record.offset > offsets[-1]:
                break
            while number < len(offsets) and offsets[number] < record.offset:
                if topic not in _COMPACTED and not first:
                    findings.holds("read_missing", False, place._replace(offset=offsets[number]))
                number += 1
            first = False
            is_same_offset = number < len(offsets) and offsets[number] == record.offset
            findings.holds(
                "read_otherwise", is_same_offset and hashes[number] == hash_of(record), record.place
            )
            number += is_same_offset
        if topic not in _COMPACTED:
            for offset in offsets[number:]:
                findings.holds("read_missing", False, place._replace(offset=offset))


def hash_of(record: AuditRecord) -> int:
    """Of key, value and headers; a deletion differs from an empty value."""
    digest = hashlib.blake2b(
        repr((record.key, record.value, tuple(record.headers))).encode(), digest_size=_HASH_BYTES
    )
    return int.from_bytes(digest.digest())


def held_up(held: Held, partition: int, seconds_max: float, findings: Findings) -> None:
    """No open transaction keeps readers from the records behind it for longer than a transaction may take."""
    words = {"seconds": round(held.seconds), "behind": held.high - held.stable}
    place = LogPlace(held.topic, partition, held.stable)
    findings.holds(
        "transaction_hangs", held.high == held.stable or held.seconds <= seconds_max, place, None, **words
    )
