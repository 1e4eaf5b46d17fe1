"""Brings together what belongs together: each entry of the journal with its input record and with all that it wrote.

    journal ──► entry n ─┬─ inputs     at the offset that the entry names
                         └─ outputs    by entry id; receipts by the record that they answer

All topics are read side by side, once, each a little ahead: the worker writes them in the journal's order. What belongs to no
entry is left over, and told in the end. Nothing is judged here but whether something is there.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.partition_log import AuditRecord, LogPlace, LogSource
from schemas import topics
from schemas.errors import BadMessage
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.journal.events import CaseRetired
from schemas.outputs import Assignment, DeadLetter, Notice, Position, Receipt
from schemas.state.case import Case
from schemas.wire import codecs
from schemas.wire.codec import Codec
from schemas.wire.envelope import CAUSE

TOLD: Final = (topics.ASSIGNMENTS, topics.RECEIPTS, topics.NOTICES, topics.DEAD_LETTERS)
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

Content = Case | Assignment | Receipt | Notice | DeadLetter


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
    outputs: dict[str, list[Output]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    def contents(self, topic: str) -> list[Content]:
        """What it wrote to `topic`."""
        return [one.content for one in self.outputs.get(topic, ()) if one.content is not None]


class Outputs:
    """The records of one output topic, by what they belong to."""

    def __init__(self, topic: str, log: LogSource, found: Findings) -> None:
        self.topic: Final = topic
        self.positions: deque[tuple[AuditRecord, Position]] = deque()
        """Of `cases.v1`: the positions that were read and not looked at yet, in the order of the log."""
        self._found = found
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
            old = [name for name in self._ahead if _is_earlier(name, entry)]
            if not old:
                return
            for name in old:
                self._waiting -= len(self._ahead.pop(name))

    def take(self, name: str, many: int) -> list[Output]:
        """What belongs to `name`, looked for further ahead where fewer than `many` are at hand."""
        self._begins_here = False
        taken = self._left.pop(name, [])
        self._fill(_AHEAD)
        while name in self._ahead:
            new = self._ahead.pop(name)
            self._waiting -= len(new)
            taken += new
            self._fill(_AHEAD)
        if len(taken) < many and self._begun and self._fill(_AHEAD_MAX):
            return taken + self.take(name, many - len(taken))
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
        """Only the first of what belongs to `name`: of a case that went, came again and went again."""
        found = self.take(name, 1)
        if len(found) > 1:
            self._left[name] = found[1:]
        return found[0] if found else None

    @property
    def begun(self) -> bool:
        """Whether the topic reaches back to the entry that was asked for last: not if it may begin in the middle of it."""
        return self._begun and not self._begins_here

    def leftover(self, later: frozenset[str]) -> Iterator[Output]:
        """What belongs to no entry: neither to one that was read nor to a `later` one."""
        while True:
            self._fill(_AHEAD_MAX)
            for name in list(self._ahead):
                self._left.setdefault(name, []).extend(self._ahead.pop(name))
            self._waiting = 0
            for name in list(self._left):
                outputs = self._left.pop(name)
                yield from () if name in later else (one for one in outputs if self._is_known(one))
            if self._ended:
                break

    def _is_known(self, one: Output) -> bool:
        """Whether its entry would have been read."""
        return self._is_whole or 0 < self._first < one.number

    def _fill(self, many: int) -> bool:
        """Read on until so many wait; whether there was anything more."""
        before = self._number
        while self._waiting < many and not self._ended:
            record = next(self._records, None)
            if record is None:
                self._ended = True
                break
            self._found.records[self.topic] += 1
            try:
                self._put(record)
            except BadMessage as why:
                self._found.holds("output_unreadable", False, record.place, why=f"{why.code} {why.field}")
        return self._number > before

    def _put(self, record: AuditRecord) -> None:
        if record.key == topics.POSITION_KEY and self.topic == topics.CASES:
            self.positions.append((record, codecs.POSITION.decode_as_published(record.value or b"")))
            return
        name, content = self._read(record)
        self._number += 1
        self._ahead.setdefault(name, []).append(Output(record, content, self._number))
        self._waiting += 1

    def _read(self, record: AuditRecord) -> tuple[str, Content | None]:
        if record.value is None:
            return tombstone_of((record.key or b"").decode(errors="replace")), None
        content = _CODECS[self.topic].decode_as_published(record.value)
        if isinstance(content, Receipt):
            return (record.header(CAUSE) or b"").decode(errors="replace"), content
        return content.entry_id, content

    def _sweep(self) -> None:
        """Put aside what was passed over."""
        before = self._last - _PASSED_OVER
        old = [name for name, outputs in self._ahead.items() if outputs[-1].number < before]
        for name in old:
            outputs = self._ahead.pop(name)
            self._waiting -= len(outputs)
            self._left.setdefault(name, []).extend(outputs)


class Inputs:
    """The records of one input topic, by offset."""

    def __init__(self, topic: str, log: LogSource, found: Findings, acknowledged: set[int]) -> None:
        self._is_whole = log.begin(topics.JOURNAL) == 0
        self._topic = topic
        self._found = found
        self._records = log.records(topic)
        self._begin = log.begin(topic)
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
        if (
            not self._is_whole
        ):  # what stands before the first that the rest of the journal names is not its concern
            self._is_whole = True
            self.skipped.clear()
        is_it = head is not None and head.offset == offset
        self._head = None if is_it else head
        return head if is_it else None

    def close(self) -> None:
        """Read the rest: what is still to be decided, and what was acknowledged and is not there."""
        waiting = 0
        head = self._head or self._next()
        while head is not None:
            waiting += 1
            head = self._next()
        for record in self.skipped.values():
            if record.offset < self.last:
                self._found.holds("input_lost", False, record.place)
            else:
                waiting += 1
        self._found.numbers[f"waiting {self._topic}"] += waiting
        for offset in sorted(self._acknowledged):
            place = LogPlace(self._topic, self._partition, offset)
            self._found.holds("acknowledged_lost", offset < self._begin, place)

    def _next(self) -> AuditRecord | None:
        record = next(self._records, None)
        if record is not None:
            self._found.records[self._topic] += 1
            if record.offset in self._acknowledged:
                self._acknowledged.remove(record.offset)
                self._found.checked[Invariant.T3] += 1
        return record


class Join:
    """The turns of a partition, and then what was left over."""

    def __init__(self, log: LogSource, found: Findings, acknowledged: dict[str, set[int]]) -> None:
        self._log = log
        self._found = found
        self.inputs = {
            topic: Inputs(topic, log, found, acknowledged.get(topic, set())) for topic in topics.INPUTS
        }
        self._told = [Outputs(topic, log, found) for topic in TOLD]
        self.cases = Outputs(topics.CASES, log, found)
        self.moved_on = False
        """Whether entries were committed since the journal's end was fixed."""

    def turns(self) -> Iterator[JoinedEntry]:
        """One for each entry that can be read, in the order of the log."""
        for record in self._log.records(topics.JOURNAL):
            self._found.records[topics.JOURNAL] += 1
            try:
                entry = codecs.JOURNAL_ENTRY.decode_as_published(record.value or b"")
            except BadMessage as why:
                self._found.holds("entry_unreadable", False, record.place, why=f"{why.code} {why.field}")
                continue
            yield self._turn(record, entry)

    def close(self) -> None:
        """Tell what belongs to no entry; call when all turns were taken."""
        for inputs in self.inputs.values():
            inputs.close()
        later = frozenset(name for entry in self._log.later() for name in _names(entry))
        self.moved_on = bool(later)
        for outputs in (*self._told, self.cases):
            for one in outputs.leftover(later):
                code = "tombstone_invented" if one.record.value is None else "output_invented"
                known = one.record.key.decode(errors="replace") if one.record.key else None
                self._found.holds(code, False, one.record.place, known, topic=outputs.topic)

    def _turn(self, record: AuditRecord, entry: JournalEntry) -> JoinedEntry:
        turn = JoinedEntry(record, entry, record.place)
        cause = entry.cause
        if isinstance(cause, RecordCause) and cause.topic in self.inputs:
            inputs = self.inputs[cause.topic]
            turn.gone = inputs.is_gone(cause.offset)
            turn.input = None if turn.gone else inputs.take(cause.offset)
        absent = []
        for outputs in self._told:
            many = getattr(entry.counts, _COUNTS[outputs.topic])
            name = _answered(entry) if outputs.topic == topics.RECEIPTS else entry.entry_id
            outputs.skip_to(entry)
            found = outputs.take(name, many) if name else []
            turn.outputs[outputs.topic] = found if outputs.begun else []
            if not outputs.begun:
                absent.append(outputs.topic)
        turn.outputs[topics.CASES] = self.cases.take(entry.entry_id, 0)
        for event in entry.events:
            if isinstance(event, CaseRetired):
                gone = self.cases.first(tombstone_of(event.case_id))
                turn.outputs[topics.CASES] += [gone] if gone else []
        turn.absent = frozenset(absent)
        return turn


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
