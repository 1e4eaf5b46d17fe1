"""What must hold: at each commit, for each opening, and at the end. It reads the simulated log itself, not what workers say.

`Witness` is told of every committed transaction; `agree` compares log, fold, replay and memory once nothing moves.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from pydantic_core import from_json

from pipeline.core.case.transitions import fold
from pipeline.core.case.turn import InputRecord, Turn
from pipeline.stream.core_protocol import Core
from pipeline.stream.partition.digest import StateDigest
from schemas import topics
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.journal.events import Answer, CaseRetired, MessageDead, ReportRepeated
from schemas.partitioning import partition_of
from schemas.state.case import Case
from schemas.wire import codecs
from tests.chaos.simulated.cluster.log import Log, Place, Record, Transaction, is_visible
from tests.chaos.simulated.fleet import SPEED
from tests.chaos.simulated.workload import START

_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_COUNTED: Final = {
    topics.ASSIGNMENTS: "assignments", topics.RECEIPTS: "receipts", topics.NOTICES: "notices",
    topics.CALLERS: "callers", topics.DEAD_LETTERS: "dead_letters",
}  # fmt: skip


class Standing:
    """Where one partition stands by its committed records."""

    def __init__(self) -> None:
        self.seq = 0
        self.epoch = 0
        self.at = _LONG_AGO
        self.next = dict.fromkeys(topics.INPUTS, 0)
        self.cases: dict[bytes, bytes] = {}
        self.retired: dict[bytes, bytes] = {}
        """What is kept of cases that are gone, and `past`, their last snapshots."""
        self.past: dict[bytes, bytes] = {}
        self.digest = StateDigest()
        self.entries: list[bytes] = []


class Witness:
    """Keeps the account. `broken` is told in a sentence what does not hold."""

    def __init__(self, log: Log, partitions: int, broken: Callable[[str], None]) -> None:
        self.standing = {number: Standing() for number in range(partitions)}
        self.opened: dict[str, str] = {}
        """Of each report the case that it opened."""
        self.closed: set[int] = set()
        """Partitions that nobody may work any more."""
        self.repeats = self.late_repeats = 0
        self.heard: Callable[[str], None] = lambda what: None
        """Told of each commit, for a trace."""
        self._log = log
        self._broken = broken

    def committed(self, transaction: Transaction) -> None:
        """A worker's transaction is visible to everybody."""
        own = {place: part for place, part in transaction.parts.items() if place[0] not in topics.INPUTS}
        (partition,) = {number for _, number in own}
        records = {topic: part.records for (topic, _), part in own.items()}
        stands = self.standing[partition]
        if partition in self.closed:
            self._broken(f"partition {partition} is worked on, whose log is no longer what it was")
            return
        said: Counter[str] = Counter()
        hops: Counter[Place] = Counter()
        for record in records.get(topics.JOURNAL, ()):
            entry = from_json(record.value or b"")
            self._entry(stands, partition, entry)
            said.update(entry["counts"])
            hops.update(
                (entry["cause"]["topic"], event["to"])
                for event in entry["events"]
                if event["event"] == "record_forwarded.v1"
            )
            for event in entry["events"]:
                if event["event"] == "case_moved.v1":
                    hops[topics.REPORTS, partition_of(event["to"], len(self.standing))] += event["reports"]
            stands.entries.append(record.value or b"")
        self._outputs(said, records)
        sent = {place: len(part.records) for place, part in transaction.parts.items() if place not in own}
        if sent != hops:
            self._broken(
                f"a transaction of partition {partition} forwards {sent}, its entries say {dict(hops)}"
            )
        self._state(stands, partition, records.get(topics.CASES, []))
        self.heard(
            f"{transaction.tid} committed in epoch {transaction.epoch}: {len(records.get(topics.JOURNAL, ()))} entries to {stands.seq}"
        )

    def undecided(self) -> int:
        """How many input records there are that nobody has decided."""
        return sum(
            len(self._log.partitions[topic, number].visible(start, 10_000)[0])
            for number, stands in self.standing.items()
            for topic, start in stands.next.items()
        )

    def _entry(self, stands: Standing, partition: int, entry: dict[str, Any]) -> None:
        place = f"entry {entry['entry_id']}"
        if entry["seq"] != stands.seq + 1:
            self._broken(f"{place} follows entry {stands.seq} of its partition")
        stands.seq = entry["seq"]
        if entry["epoch"] < stands.epoch:
            self._broken(f"{place} is of an epoch before {stands.epoch}")
        stands.epoch = entry["epoch"]
        at = datetime.fromisoformat(entry["at"])
        self._time(stands, partition, place, entry, at)
        for event in entry["events"]:
            if event["event"] == "case_opened.v1":
                report = f"{event['report']['source']}/{event['report']['source_no']}"
                if report in self.opened:
                    self._broken(f"{place}: report {report} opens a second case")
                self.opened[report] = event["case_id"]
            elif event["event"] == "report_repeated.v1":
                self.repeats += 1
                self.late_repeats += event.get("ended") is not None

    def _time(
        self, stands: Standing, partition: int, place: str, entry: dict[str, Any], at: datetime
    ) -> None:
        """It never runs back, and counts from the arrival of a record, and from the due time of a timer."""
        before, cause = stands.at, entry["cause"]
        if at < before:
            self._broken(f"{place}: time runs back from {before} to {at}")
        stands.at = at
        if datetime.fromisoformat(entry["decided_at"]) < at:
            self._broken(f"{place} was decided at {entry['decided_at']}, before {at}")
        if cause["kind"] == "record":
            self._cause(stands, partition, place, cause, at)
        elif at != max(before, datetime.fromisoformat(cause["due_at"])) and cause["timer"] != "rules_changed":
            self._broken(f"{place}: a timer due at {cause['due_at']} counts as of {at}, after {before}")

    def _cause(
        self, stands: Standing, partition: int, place: str, cause: dict[str, Any], at: datetime
    ) -> None:
        topic, offset = cause["topic"], cause["offset"]
        due, _ = self._log.partitions[topic, partition].visible(stands.next[topic], 1)
        if cause["partition"] != partition or not due or due[0].offset != offset:
            next_due = due[0].offset if due else "nothing"
            self._broken(f"{place} decides {topic}/{cause['partition']}:{offset} where {next_due} is next")
        elif sha256(due[0].value or b"").hexdigest() != cause["sha256"]:
            self._broken(f"{place}: {topic}:{offset} is another record than it says")
        elif at != (arrived := START + timedelta(milliseconds=due[0].stamp_ms * SPEED)):
            # here every record is stamped by one clock, and nothing that came later or was due later may be decided before
            self._broken(f"{place}: {topic}:{offset} arrived at {arrived} and counts as of {at}")
        stands.next[topic] = offset + 1

    def _outputs(self, said: Counter[str], records: dict[str, list[Record]]) -> None:
        for topic, name in _COUNTED.items():
            if said[name] != len(records.get(topic, ())):
                self._broken(
                    f"a transaction holds {len(records.get(topic, ()))} {name}, its entries {said[name]}"
                )

    def _state(self, stands: Standing, partition: int, records: list[Record]) -> None:
        if not records or records[-1].key != topics.POSITION_KEY:
            self._broken(f"a transaction of partition {partition} does not end with the position")
            return
        *cases, last = records
        for record in cases:
            key = record.key or b""
            stands.digest.put(key, record.value)
            if record.value is None:
                stands.past[key] = stands.cases.pop(key)
            elif topics.is_case_key(key):
                stands.cases[key] = record.value
            else:
                stands.retired[key] = record.value
        position = from_json(last.value or b"")
        if position["seq"] != stands.seq or position["epoch"] != stands.epoch:
            self._broken(
                f"the position of partition {partition} says {position['seq']}, the journal {stands.seq}"
            )
        if position["digest"] != stands.digest.hex():
            self._broken(
                f"partition {partition}: the digest at seq {stands.seq} is not that of the snapshots"
            )
        for one in position["inputs"]:
            if one["next_offset"] != stands.next[one["topic"]]:
                self._broken(
                    f"the position of partition {partition} and its entries differ in {one['topic']}"
                )
        if datetime.fromisoformat(position["at"]) < stands.at:
            self._broken(f"the position of partition {partition} is older than its entries")


def agree(log: Log, stands: Standing, partition: int, new_core: Callable[[str], Core]) -> Iterable[str]:
    """What differs between the compacted log, the fold of the journal, a replay of it, and what was committed one by one."""
    cases = {
        record.key: record.value
        for record in log.partitions[topics.CASES, partition].records
        if is_visible(record)
    }
    position = cases.pop(topics.POSITION_KEY, None)
    kept = {key: value for key, value in cases.items() if value is not None}
    if stands.seq and (position is None or codecs.POSITION.decode(position).seq != stands.seq):
        yield f"partition {partition}: the log's position is not that of its last commit"
    if kept != stands.cases | stands.retired:
        yield f"partition {partition}: the compacted log holds other snapshots than were committed"
    entries = [(value, codecs.JOURNAL_ENTRY.decode(value)) for value in stands.entries]
    yield from _fold(stands, partition, [entry for _, entry in entries])
    yield from _replay(log, entries, partition, new_core)


def _fold(stands: Standing, partition: int, entries: Iterable[JournalEntry]) -> Iterable[str]:
    folded: dict[str, Case] = {}
    for entry in entries:
        if not entry.counts.cases:
            continue
        events = [event for event in entry.events if not isinstance(event, Answer | ReportRepeated)]
        for case_id in dict.fromkeys(event.case_id for event in events):
            own = [event for event in events if event.case_id == case_id]
            folded[case_id] = fold(folded.get(case_id), own, entry.entry_id, entry.rules_version)
            if any(isinstance(event, CaseRetired) for event in own):
                del folded[case_id]
    snapshots = {codecs.CASE.encode(case) for case in folded.values()}
    if snapshots != set(stands.cases.values()):
        yield f"partition {partition}: the snapshots are not the fold of the journal"


def _replay(
    log: Log, entries: Iterable[tuple[bytes, JournalEntry]], partition: int, new_core: Callable[[str], Core]
) -> Iterable[str]:
    """One core that never stopped but to change its rules, given the same inputs at the same times, writes the same entries to the
    byte.
    """
    core: Core | None = None
    version = ""
    inputs = {
        (topic, one.offset): one
        for topic in topics.INPUTS
        for one in log.partitions[topic, partition].records
    }
    for value, entry in entries:
        if core is None or entry.rules_version != version:
            before, core, version = core, new_core(entry.rules_version), entry.rules_version
            if before is not None:
                core.restore(*before.held())
        turn = Turn(partition, entry.epoch, entry.seq, entry.at, entry.decided_at)
        if isinstance(entry.cause, RecordCause):
            found = inputs.get((entry.cause.topic, entry.cause.offset))
            if found is None:
                return  # retention has taken it
            topic, offset = entry.cause.topic, entry.cause.offset
            record = InputRecord(topic, partition, offset, found.key, found.value, found.headers)
            event = entry.events[0]
            buried = isinstance(event, MessageDead) and event.code == "internal_error"
            outcome = core.bury(record, turn) if buried else core.step(record, turn)
        else:
            outcome = core.fire(turn)
        if codecs.JOURNAL_ENTRY.encode(outcome.entry) != value:
            yield f"partition {partition}: replaying entry {entry.entry_id} gives another entry"
            return
