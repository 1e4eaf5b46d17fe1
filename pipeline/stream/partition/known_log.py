"""What this process has seen of the log, over all its assignments. A log that ends before that is an older copy of itself.

What brokers acknowledged stays, or nothing here can be promised: ends and entry numbers only rise. Compaction and retention leave a
log's end where it is, and a partition whose time is set back has one entry more.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pipeline.stream.brokers import Ends
from schemas import topics
from schemas.errors import CorruptLog
from schemas.outputs import Position

WENT_BACK: Final = "log_went_back"
RUNBOOK: Final = "docs/runbooks/CrashLoop.md"


@dataclass(frozen=True, slots=True)
class KnownPartition:
    """Of one partition: the epoch and the number of its last entry that this process committed or restored, where each topic
    (contract names) ended, and where its state began.
    """

    partition: int
    epoch: int = 0
    seq: int = 0
    ends: Mapping[str, int] = field(default_factory=dict)
    state_begin: int | None = None

    def with_ends(self, reached: Mapping[str, int]) -> "KnownPartition":
        """The same, with topics that reached so far."""
        further = {name: end for name, end in reached.items() if end > self.ends.get(name, 0)}
        return replace(self, ends={**self.ends, **further}) if further else self

    def compare_ends(self, ends: Mapping[str, Ends]) -> None:
        """With those that the brokers say now.

        Raises:
            CorruptLog: `log_went_back`.
        """
        for name, known in self.ends.items():
            if name in ends and ends[name].high < known:
                raise self._went_back(
                    f"{name}/{self.partition} ends at {ends[name].high}, and ended at {known}"
                )

    def compare_position(self, last: Position | None) -> None:
        """With the one that the log holds now; raises as `compare_ends`."""
        epoch, seq = (last.epoch, last.seq) if last else (0, 0)
        if seq < self.seq or epoch < self.epoch:
            raise self._went_back(f"partition {self.partition} is at entry {seq} of epoch {epoch}")

    def _went_back(self, what: str) -> CorruptLog:
        here = f" (this worker knows entry {self.seq} of epoch {self.epoch})" if self.seq else ""
        why = "the brokers have an older copy of their data, and lack what they acknowledged since"
        return CorruptLog(WENT_BACK, f"{what}{here}: {why}: {RUNBOOK}")


class KnownLog:
    """Of one process. Any thread may use it."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._lock = threading.Lock()
        self._partitions: dict[int, KnownPartition] = {}

    def of(self, partition: int) -> KnownPartition:
        """What is known now. Take it before the brokers are asked: what they said earlier is no contradiction."""
        return self._partitions.get(partition, KnownPartition(partition))

    def saw(self, partition: int, ends: Mapping[str, Ends]) -> None:
        """The topics reach from here to there."""
        with self._lock:
            known = self.of(partition).with_ends({name: there.high for name, there in ends.items()})
            if known.state_begin is None and topics.CASES in ends:
                known = replace(known, state_begin=ends[topics.CASES].begin)
            self._partitions[partition] = known

    def restored(self, partition: int, ends: Mapping[str, Ends], position: Position | None) -> None:
        """The state was read from where it begins now, and is whole."""
        with self._lock:
            self._partitions[partition] = replace(self.of(partition), state_begin=None)
        self.saw(partition, ends)
        if position is not None:
            self.committed(position)

    def committed(self, position: Position) -> None:
        """The log holds this position, and every input that it has decided."""
        with self._lock:
            known = self.of(position.partition)
            if position.seq > known.seq:
                decided = {place.topic: place.next_offset for place in position.inputs}
                after = replace(known, epoch=position.epoch, seq=position.seq)
                self._partitions[position.partition] = after.with_ends(decided)
