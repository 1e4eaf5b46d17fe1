"""Which records were forwarded from one partition to another, and which of them were decided there: exactly once each."""

from collections import defaultdict
from typing import NamedTuple

from pipeline.audit.log.partition_log import AuditRecord, LogPlace
from schemas.wire.hop import read_hop

_SHA_LENGTH = 32


class HopStart(NamedTuple):
    """Where a forwarded record stood first: topic, partition, offset."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}@{self.offset}"


class HopEnd(NamedTuple):
    """An entry at one end of a hop: the partition that the record goes to, its hash, cut, and where the entry stands."""

    to: int
    sha256: str
    place: LogPlace


def hop_end(to: int, sha256: str, place: LogPlace) -> HopEnd:
    """One end; half of a hash is enough to tell two records apart."""
    return HopEnd(to, sha256[:_SHA_LENGTH], place)


class HopAccount:
    """Fed partition by partition; only when all are read can it be said what is missing."""

    def __init__(self) -> None:
        """No partition is read yet."""
        self.left: dict[HopStart, HopEnd] = {}
        """Of each record that an entry says was forwarded."""
        self.came: defaultdict[HopStart, list[HopEnd]] = defaultdict(list)
        """Of each record that was decided as a forwarded one."""
        self.waiting: set[HopStart] = set()
        """Forwarded records that no entry decides yet."""
        self.read: set[int] = set()
        """The partitions that were read."""
        self.whole: set[int] = set()
        """Those whose journal was read from its very beginning."""

    def waits(self, record: AuditRecord) -> None:
        """An input record that no entry decides yet: forwarded, or not."""
        hop = read_hop(record.headers)
        if hop is not None:
            self.waiting.add(HopStart(hop.topic, hop.partition, hop.offset))

    def missing(self) -> dict[HopStart, HopEnd]:
        """What was forwarded to a partition that was read, and was neither decided nor waits there."""
        return {
            start: end
            for start, end in self.left.items()
            if end.to in self.read and start not in self.came and start not in self.waiting
        }

    def add(self, other: "HopAccount") -> None:
        """What another partition knows."""
        self.left |= other.left
        for start, ends in other.came.items():
            self.came[start] += ends
        self.waiting |= other.waiting
        self.read |= other.read
        self.whole |= other.whole
