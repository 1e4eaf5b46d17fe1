"""Joins each entry of the journal with its input record and with every record that it wrote.

    journal ──► entry n ─┬─ inputs     at the offset that the entry names
                         └─ outputs    by entry id; receipts by the record that they answer

All topics are read side by side, once, each a little ahead: the worker writes them in the journal's order. A record that
belongs to no entry is reported in the end. Only presence is judged here.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.partition_log import AuditRecord, LogPlace, LogSource
from schemas import topics
from schemas.duty.street_duty import StreetDuty
from schemas.errors import BadMessage
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.journal.events import CaseRetired
from schemas.outputs import Assignment, DeadLetter, Notice, Position, Receipt
from schemas.state.case import Case
from schemas.state.retired import RetiredReports
from schemas.wire import codecs
from schemas.wire.codec import Codec
from schemas.wire.envelope import CAUSE, WRITTEN_BACK

EXPIRING_TOPICS: Final = (topics.ASSIGNMENTS, topics.RECEIPTS, topics.NOTICES, topics.DEAD_LETTERS)
"""Written once and kept for some days; snapshots are kept for ever, but only the latest."""

_COUNTS: Final = {
    topics.ASSIGNMENTS: "assignments",
    topics.RECEIPTS: "receipts",
    topics.NOTICES: "notices",
    topics.DEAD_LETTERS: "dead_letters",
}
_CODECS: Final[
    Mapping[str, Codec[Case] | Codec[Assignment] | Codec[Receipt] | Codec[Notice] | Codec[DeadLetter]]
] = {
    topics.CASES: codecs.CASE,
    topics.ASSIGNMENTS: codecs.ASSIGNMENT,
    topics.RECEIPTS: codecs.RECEIPT,
    topics.NOTICES: codecs.NOTICE,
    topics.DEAD_LETTERS: codecs.DEAD_LETTER,
}
_AHEAD: Final = 64
_AHEAD_MAX: Final = 2_048
_PASSED_OVER: Final = 256
"""A record that stands so many before one that was wanted belongs to no entry."""

Other = RetiredReports | StreetDuty
"""What stands in `cases.v1` beside snapshots of cases."""
Content = Case | Other | Assignment | Receipt | Notice | DeadLetter


class Output(NamedTuple):
    """A record of an output topic; a tombstone has no content."""

    record: AuditRecord
    content: Content | None
    number: int


@dataclass(slots=True)
class JoinedEntry:
    """An entry of the journal with what belongs to it.

    `input` is None for a timer, and where the record is not there; `gone`: retention took it. `absent` are the topics
    that do not reach back to this entry.
    """

    record: AuditRecord
    entry: JournalEntry
    place: LogPlace
    """Where the entry stands."""
    input: AuditRecord | None = None
    gone: bool = False
    others: list[Output] = field(default_factory=list)
    """What it wrote to `cases.v1` beside the snapshots of cases, which are in `outputs`."""
    outputs: dict[str, list[Output]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    def contents(self, topic: str) -> list[Content]:
        """What it wrote to `topic`."""
        return [output.content for output in self.outputs.get(topic, ()) if output.content is not None]


class JoinedOutputs:
    """The records of one output topic, by what they belong to."""

    def __init__(self, topic: str, log: LogSource, findings: Findings) -> None:
        self.topic: Final = topic
        self.positions: deque[tuple[AuditRecord, Position]] = deque()
        """Of `cases.v1`: the positions that were read and not looked at yet, in the order of the log."""
        self.written_back: list[Output] = []
        """Of `cases.v1`: what the log had lost, and was written once more. It stands far from its entry."""
        self._findings = findings
        self._records = log.records(topic)
        self._is_whole = log.begin(topics.JOURNAL) == 0
        self._begun = self._is_whole and log.begin(topic) == 0
        self._begins_here = False
        self._first = 0
        """The first record that an entry asked for; of a journal that is read from its middle, all before it is older."""
        self._ahead: dict[str, list[Output]] = {}
        self._waiting = self._number = self._last = self._swept = 0
        self._left: dict[str, list[Output]] = {}
        self._ended = False

    def skip_to(self, entry: JournalEntry) -> None:
        """Leave out what was written before the first entry that is read."""
        while not self._begun and not self._is_whole:
            self._fill(_AHEAD)
            old = [self._ahead[name][-1].number for name in self._ahead if _is_earlier(name, entry)]
            if not old:
                return
            for name in [name for name, outputs in self._ahead.items() if outputs[-1].number <= max(old)]:
                self._waiting -= len(self._ahead.pop(name))

    def take(self, name: str, count: int) -> list[Output]:
        """The records that belong to `name`; reads further ahead if fewer than `count` are at hand."""
        self._begins_here = False
        taken = self._left.pop(name, [])
        self._fill(_AHEAD)
        while name in self._ahead:
            new = self._ahead.pop(name)
            self._waiting -= len(new)
            taken += new
            self._fill(_AHEAD)
        if len(taken) < count and self._begun and self._fill(_AHEAD_MAX):
            return taken + self.take(name, count - len(taken))
        if taken:
            self._begins_here = not self._begun
            self._begun = True
            self._first = self._first or taken[0].number
            self._last = max(self._last, taken[-1].number)
        if self._last >= self._swept + _PASSED_OVER:
            self._swept = self._last
            self._sweep()
        return taken

    def first(self, name: str) -> Output | None:
        """Only the first record that belongs to `name`: a case may be retired, opened again and retired again."""
        outputs = self.take(name, 1)
        if len(outputs) > 1:
            self._left[name] = outputs[1:]
        return outputs[0] if outputs else None

    @property
    def begun(self) -> bool:
        """Whether the topic reaches back to the last entry asked for; not if it may begin in the middle of its records."""
        return self._begun and not self._begins_here

    def leftover(self, later: frozenset[str]) -> Iterator[Output]:
        """Records that belong to no entry: neither to one that was read nor to a `later` one."""
        while True:
            self._fill(_AHEAD_MAX)
            for name in list(self._ahead):
                self._left.setdefault(name, []).extend(self._ahead.pop(name))
            self._waiting = 0
            for name in list(self._left):
                outputs = self._left.pop(name)
                yield from () if name in later else (output for output in outputs if self._is_known(output))
            if self._ended:
                break

    def _is_known(self, output: Output) -> bool:
        """Whether its entry would have been read."""
        return self._is_whole or 0 < self._first < output.number

    def _fill(self, count: int) -> bool:
        """Read on until so many wait; whether there was anything more."""
        before = self._number
        while self._waiting < count and not self._ended:
            record = next(self._records, None)
            if record is None:
                self._ended = True
                break
            self._findings.records[self.topic] += 1
            try:
                self._put(record)
            except BadMessage as error:
                self._findings.holds(
                    "output_unreadable", False, record.place, why=f"{error.code} {error.field}"
                )
        return self._number > before

    def _put(self, record: AuditRecord) -> None:
        if record.key == topics.POSITION_KEY and self.topic == topics.CASES:
            self.positions.append((record, codecs.POSITION.decode_as_published(record.value or b"")))
            return
        name, content = self._read(record)
        self._number += 1
        output = Output(record, content, self._number)
        if record.header(WRITTEN_BACK) is not None and self.topic == topics.CASES:
            self.written_back.append(output)
            return
        self._ahead.setdefault(name, []).append(output)
        self._waiting += 1

    def _read(self, record: AuditRecord) -> tuple[str, Content | None]:
        if record.value is None:
            return tombstone_of((record.key or b"").decode(errors="replace")), None
        content: Content
        if self.topic == topics.CASES and (record.key or b"").startswith(topics.RETIRED_KEY):
            content = codecs.RETIRED.decode_as_published(record.value)
        elif self.topic == topics.CASES and (record.key or b"").startswith(topics.DUTY_KEY):
            content = codecs.STREET_DUTY.decode_as_published(record.value)
        else:
            content = _CODECS[self.topic].decode_as_published(record.value)
        if isinstance(content, Receipt):
            return (record.header(CAUSE) or b"").decode(errors="replace"), content
        return content.entry_id, content

    def _sweep(self) -> None:
        """Put aside records that the entries have passed by."""
        before = self._last - _PASSED_OVER
        old = [name for name, outputs in self._ahead.items() if outputs[-1].number < before]
        for name in old:
            outputs = self._ahead.pop(name)
            self._waiting -= len(outputs)
            self._left.setdefault(name, []).extend(outputs)


class Inputs:
    """The records of one input topic, by offset."""

    def __init__(self, topic: str, log: LogSource, findings: Findings, acknowledged: set[int]) -> None:
        self._is_whole = self._all_is_read = log.begin(topics.JOURNAL) == 0
        self._topic = topic
        self._findings = findings
        self._records = log.records(topic)
        self._begin = log.begin(topic)
        self._oldest = log.oldest(topic)
        self._partition = log.partition
        self._acknowledged = acknowledged
        self._head: AuditRecord | None = None
        self.skipped: dict[int, AuditRecord] = {}
        """Records that no entry named so far."""
        self.last = -1
        """The last offset that an entry named."""

    def is_gone(self, offset: int) -> bool:
        """Whether retention took the record at `offset`."""
        return offset < self._begin

    def take(self, offset: int) -> AuditRecord | None:
        """The record at `offset`, unless it is not there or was taken before."""
        self.last = max(self.last, offset)
        if offset in self.skipped:
            return self.skipped.pop(offset)
        head = self._head or self._next()
        while head is not None and head.offset < offset:
            self.skipped[head.offset] = head
            head = self._next()
        if not self._is_whole:
            # records before the first that the rest of the journal names are not its concern
            self._is_whole = True
            self.skipped.clear()
        is_it = head is not None and head.offset == offset
        self._head = None if is_it else head
        return head if is_it else None

    def close(self) -> None:
        """Read the rest; count what is still undecided, and report what was acknowledged and is missing."""
        waiting = 0
        head = self._head or self._next()
        while head is not None:
            waiting += 1
            self._findings.waits(head)
            head = self._next()
        for record in self.skipped.values():
            if record.offset < self.last:
                self._findings.holds("input_lost", False, record.place)
            else:
                waiting += 1
                self._findings.waits(record)
        self._findings.numbers[f"waiting {self._topic}"] += waiting
        for offset in sorted(self._acknowledged):
            place = LogPlace(self._topic, self._partition, offset)
            self._findings.holds(
                "acknowledged_lost", offset < self._begin and not self._is_undecided(offset), place
            )
        if self._all_is_read or self.last >= 0:
            self._findings.holds(
                "undecided_gone",
                not self._is_undecided(self._oldest - 1),
                LogPlace(self._topic, self._partition, self.last + 1),
                begin=self._oldest,
                last=self.last if self.last >= 0 else "-",
                many=self._oldest - self.last - 1,
            )

    def _is_undecided(self, offset: int) -> bool:
        """Whether retention took this offset before any entry named it or a later one."""
        return self.last < offset < self._oldest and (self._all_is_read or self.last >= 0)

    def _next(self) -> AuditRecord | None:
        record = next(self._records, None)
        if record is not None:
            self._findings.records[self._topic] += 1
            if record.offset in self._acknowledged:
                self._acknowledged.remove(record.offset)
                self._findings.checked[Invariant.T3] += 1
        return record


class Join:
    """The joined entries of a partition, and then the records that belong to none."""

    def __init__(self, log: LogSource, findings: Findings, acknowledged: dict[str, set[int]]) -> None:
        self._log = log
        self._findings = findings
        self.inputs = {
            topic: Inputs(topic, log, findings, acknowledged.get(topic, set())) for topic in topics.INPUTS
        }
        self._expiring = [JoinedOutputs(topic, log, findings) for topic in EXPIRING_TOPICS]
        self.cases = JoinedOutputs(topics.CASES, log, findings)
        self.moved_on = False
        """Whether entries were committed since the journal's end was fixed."""

    def entries(self) -> Iterator[JoinedEntry]:
        """One for each entry that can be read, in the order of the log."""
        for record in self._log.records(topics.JOURNAL):
            self._findings.records[topics.JOURNAL] += 1
            try:
                entry = codecs.JOURNAL_ENTRY.decode_as_published(record.value or b"")
            except BadMessage as error:
                self._findings.holds(
                    "entry_unreadable", False, record.place, why=f"{error.code} {error.field}"
                )
                continue
            yield self._joined(record, entry)

    def close(self) -> None:
        """Report every record that belongs to no entry; call after the last of `entries`."""
        for inputs in self.inputs.values():
            inputs.close()
        later = frozenset(name for entry in self._log.later() for name in _names(entry))
        self.moved_on = bool(later)
        for outputs in (*self._expiring, self.cases):
            for output in outputs.leftover(later):
                code = "tombstone_invented" if output.record.value is None else "output_invented"
                key = output.record.key.decode(errors="replace") if output.record.key else None
                self._findings.holds(code, False, output.record.place, key, topic=outputs.topic)

    def _joined(self, record: AuditRecord, entry: JournalEntry) -> JoinedEntry:
        joined = JoinedEntry(record, entry, record.place)
        cause = entry.cause
        if isinstance(cause, RecordCause) and cause.topic in self.inputs:
            inputs = self.inputs[cause.topic]
            joined.gone = inputs.is_gone(cause.offset)
            joined.input = None if joined.gone else inputs.take(cause.offset)
        for outputs in self._expiring:
            count = getattr(entry.counts, _COUNTS[outputs.topic])
            name = _answered(entry) if outputs.topic == topics.RECEIPTS else entry.entry_id
            outputs.skip_to(entry)
            outputs_found = outputs.take(name, count) if name else []
            joined.outputs[outputs.topic] = outputs_found if outputs.begun else []
        self.cases.skip_to(entry)
        kept = self.cases.take(entry.entry_id, 0)
        joined.others = [output for output in kept if isinstance(output.content, Other)]
        joined.outputs[topics.CASES] = [output for output in kept if output not in joined.others]
        for event in entry.events:
            if isinstance(event, CaseRetired):
                gone = self.cases.first(tombstone_of(event.case_id))
                joined.outputs[topics.CASES] += [gone] if gone else []
        joined.absent = frozenset(outputs.topic for outputs in self._expiring if not outputs.begun)
        return joined


def tombstone_of(case_id: str) -> str:
    """The name under which the deletion of a snapshot is looked for."""
    return f"gone {case_id}"


def _is_earlier(name: str, entry: JournalEntry) -> bool:
    """Whether it belongs to an entry before this one: by the number of the entry, or of the record that it answers."""
    head, _, number = name.rpartition(":")
    if not number.isdigit():
        return False
    topic = head.rpartition(":")[0]
    if topic.isdigit():
        return int(number) < entry.seq
    cause = entry.cause
    return isinstance(cause, RecordCause) and cause.topic == topic and int(number) < cause.offset


def _answered(entry: JournalEntry) -> str:
    cause = entry.cause
    return f"{cause.topic}:{cause.partition}:{cause.offset}" if isinstance(cause, RecordCause) else ""


def _names(entry: JournalEntry) -> Iterator[str]:
    """All names under which outputs of the entry may be waiting."""
    yield entry.entry_id
    yield _answered(entry)
    for event in entry.events:
        if isinstance(event, CaseRetired):
            yield tombstone_of(event.case_id)
