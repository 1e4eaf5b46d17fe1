"""T1, T4, T5, T6, I1, I2, I11: whether the journal is whole, in order, and caused by what stands in the inputs."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import EXPIRING_TOPICS, Join, JoinedEntry
from pipeline.audit.model.audit_tables import FORWARDING, OUTCOMES, name_of
from pipeline.audit.model.fold import Touched
from schemas import topics
from schemas.journal.entry import JournalEntry, RecordCause, SetBackCause, TimerCause
from schemas.journal.partition_events import TimeSetBack
from schemas.partitioning import partition_of
from schemas.values.terms import TimerKind
from schemas.values.text import street_of

_GONE: Final = "its input record is gone by retention, or was not asked for"
_OUTPUTS_GONE: Final = "its outputs are gone by retention, or were not asked for"
_BY_DECIDING: Final = "the entry counts from when it was decided: its worker was of a version that judged so"
_BY_SENDER: Final = "its input record is stamped by its sender, not by the broker"
_VIRTUAL: Final = "the worker's clock is a virtual one"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTED: Final[Mapping[str, str]] = {
    topics.ASSIGNMENTS: "assignments",
    topics.RECEIPTS: "receipts",
    topics.NOTICES: "notices",
    topics.DEAD_LETTERS: "dead_letters",
}
_GAP_MAX: Final = 100_000


def is_forwarded(entry: JournalEntry) -> bool:
    """Whether the record was sent on to its street's partition, and nothing else."""
    return name_of(entry.events[0]) == FORWARDING


class LogOrder:
    """Knows of each entry only its place, its cause and the numbers of its outputs."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds
        self._highest = 0
        self._missing: set[int] = set()
        self._last: JournalEntry | None = None
        self._offsets: dict[str, int] = {}

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        self._number(joined)
        if isinstance(joined.entry.cause, RecordCause):
            self._input(joined, joined.entry.cause)
        self._outputs(joined)
        self._time(joined)
        self._last = joined.entry

    def end(self, join: Join) -> None:
        """Nothing is left to check: `Join.close` tells what no entry named."""

    def _number(self, joined: JoinedEntry) -> None:
        entry, last, place = joined.entry, self._last, joined.place
        new = entry.seq > self._highest or entry.seq in self._missing
        self._holds("entry_twice", new, place, entry_id=entry.entry_id)
        self._missing.discard(entry.seq)
        if last is not None and entry.seq > self._highest:
            self._missing.update(range(self._highest + 1, min(entry.seq, self._highest + _GAP_MAX)))
        self._highest = max(self._highest, entry.seq)
        expected_id = f"{entry.partition}:{entry.epoch}:{entry.seq}"
        right = entry.entry_id == expected_id and entry.partition == self._context.partition
        self._holds("entry_misnamed", right, place, entry_id=entry.entry_id)
        if last is not None:
            follows = entry.seq == last.seq + 1 and entry.epoch >= last.epoch
            self._holds("entry_gap", follows, place, seq=entry.seq, last=last.seq)
        elif self._context.is_whole:
            self._holds("entry_gap", entry.seq == 1, place, seq=entry.seq, last=0)

    def _input(self, joined: JoinedEntry, cause: RecordCause) -> None:
        entry, place = joined.entry, joined.place
        where = f"{cause.topic}/{cause.partition}@{cause.offset}"
        last = self._offsets.get(cause.topic, -1)
        rises = self._holds("input_order", cause.offset > last, place, where=where, last=last)
        is_input = cause.topic in topics.INPUTS and cause.partition == self._context.partition
        self._holds("cause_elsewhere", is_input, place, where=where)
        outcomes = [
            OUTCOMES[name]
            for event in entry.events
            if (name := name_of(event)) in OUTCOMES and not getattr(event, "host", None)
        ]  # of an update the host of a merged case has the event that counts
        if outcomes.count("opened") and "accepted" in outcomes:
            outcomes.remove("opened")  # a report that is split off opens a case, by an action
        outcome_text = ", ".join(outcomes)
        self._holds("outcome_unclear", len(outcomes) == 1, place, where=where, outcomes=outcome_text or "-")
        self._offsets[cause.topic] = max(last, cause.offset)
        if joined.gone:
            self._context.findings.skip((Invariant.T1, Invariant.I2), _GONE)
        elif joined.input is not None:
            self._context.findings.checked[Invariant.T1] += 1
            value = joined.input.value or b""
            same = hashlib.sha256(value).hexdigest() == cause.sha256
            self._holds("cause_differs", same, place, where=where)
            keyed = joined.input.key or not is_forwarded(entry)  # it may be forwarded for want of a key
            street = entry.street is None or not keyed or joined.input.key == entry.street.encode()
            self._holds("cause_other_street", street, place, where=where, street=entry.street)
        else:
            code = "input_unseen" if rises else "input_decided_twice"
            self._holds(code, False, place, where=where)
        self._own_partition(joined)

    def _own_partition(self, joined: JoinedEntry) -> None:
        """Everything about a street stands in the street's partition."""
        street = joined.entry.street
        for event in joined.entry.events:
            case_id: str | None = getattr(event, "case_id", None)
            if case_id is not None and street is not None:
                self._holds(
                    "case_other_street", street_of(case_id) == street, joined.place, case_id, street=street
                )
        if street is not None and not is_forwarded(joined.entry):
            right = partition_of(street, self._context.setup.partitions) == self._context.partition
            self._holds("wrong_partition", right, joined.place, street=street)

    def _outputs(self, joined: JoinedEntry) -> None:
        counts = joined.entry.counts
        for topic in EXPIRING_TOPICS:
            counted, present = getattr(counts, _COUNTED[topic]), len(joined.outputs.get(topic, ()))
            if topic in joined.absent:
                if counted:
                    self._context.findings.skip((Invariant.T6,), _OUTPUTS_GONE)
                continue
            if counted or present:
                self._holds(
                    "outputs_counted", counted == present, joined.place, topic=topic, counted=counted, present=present,
                    entry_id=joined.entry.entry_id,
                )  # fmt: skip
        present = len(joined.outputs.get(topics.CASES, ()))  # older snapshots are compacted away
        if counts.cases or present:
            self._holds(
                "outputs_counted", present <= counts.cases, joined.place, topic=topics.CASES, counted=counts.cases,
                present=present, entry_id=joined.entry.entry_id,
            )  # fmt: skip

    def _time(self, joined: JoinedEntry) -> None:
        entry, setup, place = joined.entry, self._context.setup, joined.place
        if self._last is not None and isinstance(entry.cause, SetBackCause):
            self._set_back(joined, self._last)
        elif self._last is not None:
            self._holds("time_back", entry.at >= self._last.at, place, at=entry.at, last=self._last.at)
        if entry.decided_at is None:
            self._context.findings.skip((Invariant.I11,), _BY_DECIDING)
        else:
            words = {"decided": entry.decided_at, "at": entry.at}
            self._holds("decided_before", entry.decided_at >= entry.at, place, None, **words)
            self._counts_from(joined)
        if setup.skew_s is None:
            self._context.findings.skip((Invariant.I11,), _VIRTUAL)
            return
        skew_s = setup.skew_s if entry.decided_at is None else setup.offset_s
        written = _EPOCH + timedelta(milliseconds=joined.record.timestamp_ms)
        latest = written + timedelta(seconds=skew_s)
        limit = f"{skew_s:g}"
        self._holds("time_ahead", entry.at <= latest, place, at=entry.at, written=written, skew_s=limit)
        if entry.decided_at is not None:
            early, decided = entry.decided_at <= latest, entry.decided_at
            self._holds("decided_ahead", early, place, decided=decided, written=written, skew_s=limit)

    def _set_back(self, joined: JoinedEntry, last: JournalEntry) -> None:
        """It does nothing else, names the time it ends, and that time was ahead of the brokers' when the log took it."""
        entry, place = joined.entry, joined.place
        (event, *more) = entry.events
        before = event.before if isinstance(event, TimeSetBack) else None
        is_right = not more and entry.at < last.at == before
        self._holds("set_back_wrong", is_right, place, at=entry.at, before=before, last=last.at)
        written = _EPOCH + timedelta(milliseconds=joined.record.timestamp_ms)
        if self._context.setup.skew_s is not None:
            self._holds(
                "set_back_unfounded", last.at > written, place, at=entry.at, last=last.at, written=written
            )

    def _counts_from(self, joined: JoinedEntry) -> None:
        """What a person did counts from when the broker took it, what was due from when it was due; never before the last entry."""
        entry, record = joined.entry, joined.input
        if isinstance(entry.cause, SetBackCause):
            return
        if isinstance(entry.cause, TimerCause):
            # a change of the rules is due to whoever has them first
            due_at = entry.at if entry.cause.timer is TimerKind.RULES_CHANGED else entry.cause.due_at
            self._dated("time_not_due", joined, due_at)
        elif record is None:
            self._context.findings.skip((Invariant.I11,), _GONE)
        elif self._context.setup.skew_s is None:
            self._context.findings.skip((Invariant.I11,), _VIRTUAL)
        elif not record.by_broker:
            self._context.findings.skip((Invariant.I11,), _BY_SENDER)
        else:
            self._dated("time_not_arrival", joined, _EPOCH + timedelta(milliseconds=record.timestamp_ms))

    def _dated(self, code: str, joined: JoinedEntry, when: datetime) -> None:
        """`at` is `when`, or that of the entry before where that is later; without the entry before it may be any later one."""
        entry, last = joined.entry, self._last
        if last is None and not self._context.is_whole:
            is_right = entry.at >= when
        else:
            is_right = entry.at == (when if last is None else max(when, last.at))
        self._holds(code, is_right, joined.place, at=entry.at, right=when)
