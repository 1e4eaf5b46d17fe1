"""T7: the log goes on from where an earlier audit saw it end; nothing went back, and no entry was written anew."""

from collections.abc import Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.checkpoint import Checkpoint, entry_hash
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.log.partition_log import AuditRecord, LogPlace, LogSource
from pipeline.audit.model.fold import Touched
from schemas import topics
from schemas.state import chain

_NOT_READ: Final = "the entry of the checkpoint is gone by retention, or was not asked for"


class Continuity:
    """Links the entries, compares them with the checkpoint of an earlier audit, and leaves one for the next."""

    def __init__(self, context: CheckContext, log: LogSource) -> None:
        self._context = context
        self._holds = context.findings.holds
        self._log = log
        self._seen = context.setup.checkpoints.get(context.partition)
        begin = log.begin(topics.JOURNAL)
        self._goes_on = self._seen is not None and begin == self._seen.offset
        self._links = self._goes_on or begin == log.oldest(topics.JOURNAL)
        self._begun, self._head = 0, chain.START
        self._last: tuple[int, AuditRecord] | None = None
        self._met = False

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        seq, value = joined.entry.seq, joined.record.value or b""
        if self._goes_on and self._seen is not None and self._last is None:
            self._begun, self._head = self._seen.begun, self._seen.head
        else:
            self._begun = self._begun or seq
            self._head = chain.link(self._head, value)
        self._last = seq, joined.record
        if self._seen is not None and seq == self._seen.seq:
            self._met = True
            is_same = entry_hash(value) == self._seen.entry
            if self._begun == self._seen.begun:
                is_same = is_same and self._head == self._seen.head
            self._is_the_one(self._seen, joined.place, holds=is_same)

    def end(self, join: Join) -> None:
        """What reached further before; and then how far all reaches now."""
        if self._seen is not None:
            self._compare_ends(self._seen)
        if self._last is None or not self._links:
            return
        seq, record = self._last
        self._context.findings.checkpoints[self._context.partition] = Checkpoint(
            seq=seq,
            offset=record.offset,
            stamped_ms=record.timestamp_ms,
            entry=entry_hash(record.value or b""),
            begun=self._begun,
            head=self._head,
            inputs={topic: self._decided(topic, join) for topic in topics.INPUTS},
            ends={
                topic.name: self._log.end(topic.name)
                for topic in topics.TOPICS
                if self._log.may_read(topic.name)
            },
        )

    def _compare_ends(self, seen: Checkpoint) -> None:
        for topic, before in seen.ends.items():
            if not self._log.may_read(topic):
                continue
            end = self._log.end(topic)
            place = LogPlace(topic, self._context.partition, end)
            self._holds(
                "log_went_back", end >= before, place, topic=topic, end=end, before=before, at=seen.at
            )
        if self._met or self._log.end(topics.JOURNAL) <= seen.offset:
            return
        if self._log.begin(topics.JOURNAL) > seen.offset:
            self._context.findings.skip((Invariant.T7,), _NOT_READ)
        else:
            self._is_the_one(
                seen, LogPlace(topics.JOURNAL, self._context.partition, seen.offset), holds=False
            )

    def _is_the_one(self, seen: Checkpoint, place: LogPlace, *, holds: bool) -> None:
        self._holds("entry_replaced", holds, place, seq=seen.seq, at=seen.at)

    def _decided(self, topic: str, join: Join) -> int:
        last = join.inputs[topic].last
        if last >= 0:
            return last + 1
        return self._seen.inputs[topic] if self._goes_on and self._seen else self._log.begin(topic)
