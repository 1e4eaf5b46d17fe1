"""An open partition at work: one batch is one transaction. Knows nothing of ownership (see `owner`).

wait ──► what came or was due first ──► core.fire, core.step ──► digest, ledger.write ──┐
 ▲           ▲       (inbox)                (pure)             (sent in background)   │
 │           └── until entries_max are written or batch_decide_ms_max is over ◄───────┤
 │                                                                                    ▼
 │                                                            write the position, commit
 ├── committed ──► count ◄────────────────────────────────────────────────────────────┤
 ├── Crashed      the core raised: abort, open anew, retry one by one, then bury ◄────┤
 └── Fenced, Lost the state in memory is worthless: dropped; `owner` decides ◄────────┘
"""

import logging
from datetime import UTC, datetime
from typing import Final

from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.stream.core_protocol import Core, WorkerParts
from pipeline.stream.fetching.inbox import UNKNOWN, Fetched, Inbox
from pipeline.stream.partition.digest import StateDigest
from pipeline.stream.partition.ledger import Fenced, Ledger, Lost
from pipeline.stream.partition.outgoing_records import outgoing, position_record, rfc3339
from pipeline.stream.partition.work_metrics import Counting, Written
from pipeline.stream.worker_clock import WorkerClock
from schemas import topics
from schemas.duty.street_duty import StreetDuty
from schemas.errors import CorruptLog
from schemas.outputs import Position, TopicPosition
from schemas.state.case import Case
from schemas.state.retired import RetiredReports
from schemas.wire import codecs
from schemas.wire.codec import Codec

log: Final = logging.getLogger("enforcement.partition")
HELD_S: Final = 0.02
"""The longest pause before it is looked again whether what came first is certain."""
READ_AHEAD_S: Final = 0.01
"""So long the core reads ahead after each tick in which nothing came: a record that comes meanwhile waits no longer."""
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
        written: Position | None,
        counting: Counting,
    ) -> None:
        """`written` is the position that the log holds, None where it holds none; `last` is it with the epoch of this opening.

        `counting` knows its cases.
        """
        self.settings: Final = parts.settings
        self.ledger: Final = ledger
        self.core: Final = core
        self.digest: Final = digest
        self.last: Final = last
        self.written = written
        self.counting: Final = counting
        self.at = last.at or LONG_AGO
        self.seq = last.seq
        self.next = {position.topic: position.next_offset for position in last.inputs}
        """Of each input topic (contract name): the first offset that is not decided."""
        self._parts = parts
        self._is_held = False
        self._may_read_ahead = True
        self.inbox = self._new_inbox()

    @property
    def cases(self) -> int:
        """How many snapshots there are."""
        return self.digest.cases

    def now_s(self) -> float:
        """The broker's time, in seconds since 1970."""
        return self._parts.broker_time.now_s()

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
        self._is_held = False
        self.inbox = self._new_inbox()

    def _new_inbox(self) -> Inbox:
        fetch_from = {self.settings.topic(name): offset for name, offset in self.next.items()}
        return Inbox(
            fetch_from, self.settings.inbox_records_max, self._parts.machine.flag(), self._trusted_until_s
        )

    def _trusted_until_s(self) -> float:
        return self.now_s() + self.settings.clock_offset_max_s

    def wait(self) -> None:
        """Until there may be something to do: a record has come, a timer is due, what was uncertain may be certain now.

        Where nothing came, the core reads ahead for a moment.
        """
        if self._is_held:
            self.inbox.wait_for_more(HELD_S)
            return
        seconds = self.seconds_to_wait()
        if seconds > 0 and not self.inbox.wait(seconds):
            self._read_ahead()

    def _read_ahead(self) -> None:
        now_s = self._parts.machine.monotonic
        with self._parts.decide_lock:
            until_s = now_s() + READ_AHEAD_S
            try:
                while self._may_read_ahead and self.core.read_ahead() and now_s() < until_s:
                    pass
            except Exception:  # the marked edge: the step that needs it fails too, and isolates its record
                self._may_read_ahead = False
                log.exception("partition %d reads nothing ahead", self.last.partition)

    def seconds_to_wait(self) -> float:
        """Until the next timer may fire, by the real clock, and never longer than a tick."""
        tick, due = self.settings.tick_s, self.core.next_due()
        if due is None or due <= self.at:
            return tick if due is None else 0.0
        fires_s = self._parts.clock.real_s(due) + self.settings.settle_s
        return min(tick, max(0.0, fires_s - self._parts.broker_time.now_s()))

    def work(self, entries_max: int, bury: Place | None = None) -> int:
        """Fire what is due, decide what is there, commit it. Returns the number of entries; 0 opens no transaction.

        Args:
            entries_max: in one transaction; deciding time is bounded besides.
            bury: the record that gets a dead letter instead of a decision.

        Raises:
            Fenced, Lost: see `Ledger`.
            ClockWrong: this worker's clock is wrong; nothing was committed.
            Crashed: the core raised; nothing was committed.
            Unavailable: the brokers do not say how far the inputs reach.
        """
        if self._parts.broker_time.is_stale():
            self.ledger.compare_clocks()
            if self.ledger.doubt is not None:
                return 0
        now_s = self._parts.machine.monotonic
        self._make_certain()
        with self._parts.decide_lock:
            batch = _Batch(self, self._parts.clock)
            started_s = now_s()
            ends_at_s = started_s + self.settings.batch_decide_ms_max / 1_000
            while batch.entries < entries_max and batch.take(bury) and now_s() < ends_at_s:
                pass
            self._is_held = not batch.entries and (len(self.inbox) > 0 or self.seconds_to_wait() == 0)
            if batch.entries == 0:
                return 0
            position = batch.close()
        self.ledger.commit()
        self.written = position
        self._parts.known_log.committed(position)
        batch.count(now_s() - started_s)
        return batch.entries

    def _make_certain(self) -> None:
        """Where it is not certain what came first, ask the brokers how far the inputs reach now.

        A record that arrived just before a timer was due may not be fetched yet when the timer's time has come; so may one of
        the other input that arrived before the record at hand. Both inputs must have been read to an end that they had at a later
        moment. Ends are those of all that was ever written, uncommitted records too: what stands behind somebody's open
        transaction has arrived, and is only not readable yet. A timer gives late replicas `settle_s` besides.
        """
        inbox = self.inbox
        now_s = self._parts.broker_time.now_s()
        if inbox.is_behind() or not self._is_uncertain(now_s):
            return
        # taken before asking; the broker's clock has shown what it stamped
        moment_s = max(now_s, inbox.latest_s())
        ends = self._parts.brokers.highs(topics.INPUTS, self.last.partition)
        inbox.ends_at({self.settings.topic(name): end for name, end in ends.items()}, moment_s)

    def _is_uncertain(self, now_s: float) -> bool:
        inbox, due, settle_s = self.inbox, self.core.next_due(), self.settings.settle_s
        if len(inbox) and inbox.next() is None:
            return True
        if due is None or due <= self.at:
            return False
        return due <= self._parts.clock.at(now_s - settle_s) and not self.is_known(due)

    def is_known(self, due: datetime) -> bool:
        """Whether all that arrived until `due` is decided or waits here. Compared as the clock shows it, like an arrival: turned into
        real seconds and back, `due` and the arrival of the same instant might differ by a rounding, and neither would ever be first.
        """
        known_s = self.inbox.known_until(self.settings.settle_s)
        return known_s != UNKNOWN and due <= self._parts.clock.at(known_s)


class _Batch:
    """One transaction under way. All of it is decided at about the same time; each entry counts from a time of its own."""

    def __init__(self, opened: OpenPartition, clock: WorkerClock) -> None:
        self._opened = opened
        self._clock = clock
        self._now = clock.at(opened.now_s())
        self._read_back = opened.settings.read_back
        self._came_s, self._came = UNKNOWN, self._now
        self._stamp = ""
        self._stamped: datetime | None = None
        self.entries = 0
        self._written: list[Written] = []
        self._versions = ("", "")

    def take(self, bury: Place | None) -> bool:
        """Write the next due timer or the next record; False when there is neither, or which of them is not certain."""
        opened = self._opened
        place: Place | None = None
        try:
            fetched = opened.inbox.next()
            arrived = None if fetched is None else self._arrival(fetched)
            due = opened.core.next_due()
            if due is not None and (arrived is None or due <= arrived):
                return self._fire_if_certain(due, fetched)
            if fetched is None or arrived is None:
                return False
            opened.inbox.pop(fetched)
            place = (opened.contract_name(fetched.topic), fetched.offset)
            if not opened.has_passed(place):
                self._decide(place, fetched, arrived, place == bury)
        except (Fenced, Lost, CorruptLog, MemoryError):
            raise
        except Exception as error:
            # the marked edge: whatever a bug raises, its record is isolated and gets a dead letter
            raise Crashed(place, place is not None and place == bury) from error
        return True

    def _arrival(self, fetched: Fetched) -> datetime:
        """When the record came, never before the entry before it: by that time it is judged.

        What no broker has stamped, or one whose clock is wrong, counts as come now: its sender may write anything.
        """
        came_s = self._opened.inbox.came_s(fetched)
        if came_s != self._came_s:  # what the broker took in one request has one stamp
            self._came_s, self._came = came_s, self._now if came_s == UNKNOWN else self._clock.at(came_s)
        return max(self._came, self._opened.at)

    def _fire_if_certain(self, due: datetime, first: Fetched | None) -> bool:
        """Fire the timer, unless something that came before it was due may still be on its way here.

        It counts from when it was due: what follows from it is then the same, however late it is noticed.
        """
        opened = self._opened
        if due > opened.at:
            is_dateless = first is not None and opened.inbox.came_s(first) == UNKNOWN
            if not is_dateless and not opened.is_known(due):
                return False
        turn = self._turn(max(due, opened.at))
        self._write(opened.core.fire(turn), None, turn)
        return True

    def _decide(self, place: Place, fetched: Fetched, arrived: datetime, bury: bool) -> None:
        topic, offset = place
        record = InputRecord(topic, fetched.partition, offset, fetched.key, fetched.value, fetched.headers)
        turn = self._turn(arrived)
        core = self._opened.core
        outcome = core.bury(record, turn) if bury else core.step(record, turn)
        self._write(outcome, record, turn)
        self._opened.next[topic] = offset + 1

    def _turn(self, at: datetime) -> Turn:
        opened = self._opened
        return Turn(opened.last.partition, opened.last.epoch, opened.seq + 1, at, max(at, self._now))

    def _stamp_of(self, at: datetime) -> str:
        if at != self._stamped:
            self._stamped, self._stamp = at, rfc3339(at)
        return self._stamp

    def _write(self, outcome: Outcome, record: InputRecord | None, turn: Turn) -> None:
        entry = outcome.entry
        if entry.seq != turn.seq or entry.entry_id != turn.entry_id:
            raise ValueError(f"entry {entry.entry_id} where {turn.entry_id} is due")
        # all are encoded before the first is written: a failing one leaves nothing in the transaction
        records = list(outgoing(outcome, record, self._stamp_of(turn.at)))
        opened = self._opened
        ledger = opened.ledger
        for outgoing_record in records:
            if outgoing_record.topic == topics.CASES and outgoing_record.key is not None:
                if self._read_back and outgoing_record.value is not None:
                    _codec_of(outgoing_record.key).decode_strictly(outgoing_record.value)
                opened.digest.put(outgoing_record.key, outgoing_record.value)
        if not ledger.in_transaction:
            ledger.begin()
        for outgoing_record in records:
            ledger.write(outgoing_record)
        opened.seq = turn.seq
        opened.at = turn.at
        self.entries += 1
        self._versions = (entry.rules_version, entry.code_version)
        self._written.append((outcome, tuple(outgoing_record.topic for outgoing_record in records)))

    def close(self) -> Position:
        """Add the position: the last record of the transaction."""
        opened = self._opened
        last = opened.last
        rules_version, code_version = self._versions
        position = Position(
            partition=last.partition,
            partitions=last.partitions,
            epoch=last.epoch,
            seq=opened.seq,
            at=opened.at,
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
            caller_key=last.caller_key,
        )
        written = position_record(position, self._stamp_of(opened.at))
        # an unreadable position would keep the partition closed for ever
        codecs.POSITION.decode(written.value or b"")
        opened.ledger.write(written)
        return position

    def count(self, seconds: float) -> None:
        """The transaction is committed."""
        self._opened.counting.committed(self._written, self.entries, seconds)


def _codec_of(key: bytes) -> Codec[Case] | Codec[RetiredReports] | Codec[StreetDuty]:
    """What reads a record of `cases.v1` under this key."""
    if topics.is_case_key(key):
        return codecs.CASE
    return codecs.STREET_DUTY if key.startswith(topics.DUTY_KEY) else codecs.RETIRED
