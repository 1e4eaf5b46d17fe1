"""An open partition at work: one batch is one transaction. Knows nothing of ownership (see `owner`).

wait ──► due timers, then records ──► core.fire, core.step ──► digest, ledger.write ──┐
 ▲           ▲       (inbox)                (pure)             (sent in background)   │
 │           └── until entries_max are written or batch_decide_ms_max is over ◄───────┤
 │                                                                                    ▼
 │                                                            write the position, commit
 ├── committed ──► count ◄────────────────────────────────────────────────────────────┤
 ├── Crashed      the core raised: abort, open anew, retry one by one, then bury ◄────┤
 └── Fenced, Lost the state in memory is worthless: dropped; `owner` decides ◄────────┘
"""

from datetime import UTC, datetime
from typing import Final

from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.stream.core_protocol import Core, WorkerParts
from pipeline.stream.fetching.inbox import Fetched, Inbox
from pipeline.stream.partition.digest import StateDigest
from pipeline.stream.partition.ledger import Fenced, Ledger, Lost
from pipeline.stream.partition.outgoing_records import outgoing, position_record, rfc3339
from pipeline.stream.partition.work_metrics import Counting, Written
from schemas import topics
from schemas.outputs import Position, TopicPosition
from schemas.wire import codecs

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
Place = tuple[str, int]
"""An input topic's contract name, and an offset."""


class Crashed(Exception):
    """The core raised an exception. `at` is the record it was given; None for a timer."""

    def __init__(self, at: Place | None, buried: bool) -> None:
        super().__init__(f"the core raised at {at or 'a timer'}")
        self.at = at
        self.buried = buried


class OpenPartition:
    """State and position of a partition as of its last commit. After any exception it is worthless."""

    def __init__(
        self,
        parts: WorkerParts,
        ledger: Ledger,
        core: Core,
        digest: StateDigest,
        last: Position,
        counting: Counting,
    ) -> None:
        """`last` is the position that the log holds, with the epoch of this opening; `counting` knows its cases."""
        self.settings: Final = parts.settings
        self.ledger: Final = ledger
        self.core: Final = core
        self.digest: Final = digest
        self.last: Final = last
        self.counting: Final = counting
        self.at = last.at or LONG_AGO
        self.seq = last.seq
        self.next = {position.topic: position.next_offset for position in last.inputs}
        """Of each input topic (contract name): the first offset that is not decided."""
        self._parts = parts
        self.inbox = self._new_inbox()

    @property
    def cases(self) -> int:
        """How many snapshots there are."""
        return len(self.digest)

    def contract_name(self, topic: str) -> str:
        """The contract's name of a topic on the broker."""
        return self.settings.contract_name(topic)

    def has_passed(self, place: Place) -> bool:
        """Whether that record is decided."""
        topic, offset = place
        return self.next[topic] > offset

    def renew_inbox(self) -> None:
        """Forget what was fetched; fetch again from the first undecided record."""
        self.inbox.close()
        self.inbox = self._new_inbox()

    def _new_inbox(self) -> Inbox:
        fetch_from = {self.settings.topic(name): offset for name, offset in self.next.items()}
        return Inbox(fetch_from, self.settings.inbox_records_max, self._parts.machine.flag())

    def seconds_to_wait(self) -> float:
        """Until the next timer is due, by the real clock, and never longer than a tick."""
        tick = self.settings.tick_s
        due = self.core.next_due()
        return tick if due is None else min(tick, self._parts.clock.real_seconds_until(due))

    def work(self, entries_max: int, bury: Place | None = None) -> int:
        """Fire what is due, decide what is there, commit it. Returns the number of entries; 0 opens no transaction.

        Args:
            entries_max: in one transaction; deciding time is bounded besides.
            bury: the record that gets a dead letter instead of a decision.

        Raises:
            Fenced, Lost: see `Ledger`.
            Crashed: the core raised; nothing was committed.
        """
        now_s = self._parts.machine.monotonic
        with self._parts.decide_lock:
            batch = _Batch(self, max(self._parts.clock(), self.at))
            started_s = now_s()
            ends_at_s = started_s + self.settings.batch_decide_ms_max / 1_000
            while batch.entries < entries_max and batch.take(bury) and now_s() < ends_at_s:
                pass
            if batch.entries == 0:
                return 0
            batch.close()
        self.ledger.commit()
        batch.count(now_s() - started_s)
        return batch.entries


class _Batch:
    """One transaction under way."""

    def __init__(self, opened: OpenPartition, at: datetime) -> None:
        self._opened = opened
        self._at = at
        self._read_back = opened.settings.read_back
        self._stamp = rfc3339(at)
        self.entries = 0
        self._written: list[Written] = []
        self._versions = ("", "")

    def take(self, bury: Place | None) -> bool:
        """Write the next due timer or the next record; False when there is neither."""
        opened = self._opened
        place: Place | None = None
        try:
            due = opened.core.next_due()
            if due is not None and due <= self._at:
                self._fire()
                return True
            fetched = opened.inbox.pop()
            if fetched is None:
                return False
            place = (opened.contract_name(fetched.topic), fetched.offset)
            if not opened.has_passed(place):
                self._decide(place, fetched, place == bury)
        except (Fenced, Lost, MemoryError):
            raise
        except Exception as error:
            # the marked edge: whatever a bug raises, its record is isolated and gets a dead letter
            raise Crashed(place, place is not None and place == bury) from error
        return True

    def _fire(self) -> None:
        turn = self._turn()
        outcome = self._opened.core.fire(turn)
        self._write(outcome, None, turn)

    def _decide(self, place: Place, fetched: Fetched, bury: bool) -> None:
        topic, offset = place
        record = InputRecord(topic, fetched.partition, offset, fetched.key, fetched.value, fetched.headers)
        turn = self._turn()
        core = self._opened.core
        outcome = core.bury(record, turn) if bury else core.step(record, turn)
        self._write(outcome, record, turn)
        self._opened.next[topic] = offset + 1

    def _turn(self) -> Turn:
        opened = self._opened
        return Turn(opened.last.partition, opened.last.epoch, opened.seq + 1, self._at)

    def _write(self, outcome: Outcome, record: InputRecord | None, turn: Turn) -> None:
        entry = outcome.entry
        if entry.seq != turn.seq or entry.entry_id != turn.entry_id:
            raise ValueError(f"entry {entry.entry_id} where {turn.entry_id} is due")
        # all are encoded before the first is written: a failing one leaves nothing in the transaction
        records = list(outgoing(outcome, record, self._stamp))
        opened = self._opened
        ledger = opened.ledger
        for outgoing_record in records:
            if outgoing_record.topic == topics.CASES and outgoing_record.key is not None:
                if self._read_back and outgoing_record.value is not None:
                    codecs.CASE.decode_strictly(outgoing_record.value)
                opened.digest.put(outgoing_record.key, outgoing_record.value)
        if not ledger.in_transaction:
            ledger.begin()
        for outgoing_record in records:
            ledger.write(outgoing_record)
        opened.seq = turn.seq
        self.entries += 1
        self._versions = (entry.rules_version, entry.code_version)
        self._written.append((outcome, tuple(outgoing_record.topic for outgoing_record in records)))

    def close(self) -> None:
        """Add the position: the last record of the transaction."""
        opened = self._opened
        last = opened.last
        opened.at = self._at
        rules_version, code_version = self._versions
        position = Position(
            partition=last.partition,
            partitions=last.partitions,
            epoch=last.epoch,
            seq=opened.seq,
            at=self._at,
            inputs=tuple(
                TopicPosition(
                    topic=input_position.topic,
                    topic_id=input_position.topic_id,
                    next_offset=opened.next[input_position.topic],
                )
                for input_position in last.inputs
            ),
            cases_topic_id=last.cases_topic_id,
            journal_topic_id=last.journal_topic_id,
            digest=opened.digest.hex(),
            rules_version=rules_version,
            code_version=code_version,
        )
        written = position_record(position, self._stamp)
        # an unreadable position would keep the partition closed for ever
        codecs.POSITION.decode(written.value or b"")
        opened.ledger.write(written)

    def count(self, seconds: float) -> None:
        """The transaction is committed."""
        self._opened.counting.committed(self._written, self.entries, seconds)
