"""I13 and I15: outputs stand under the right key, and a snapshot says what the journal's entries add up to."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry, Other, Output
from pipeline.audit.log.partition_log import AuditRecord, LogPlace
from pipeline.audit.model.case_memory import (
    CaseMemory,
    RememberedReport,
    measures_of,
    of_district,
)
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.procedure.remembered_orders import costs_of, order_of
from schemas import topics
from schemas.journal.entry import JournalEntry, RecordCause, TimerCause
from schemas.outputs import ActionSubject, Assignment, DeadLetter, Notice, Position, Receipt, ReportSubject
from schemas.state.case import Case
from schemas.wire.envelope import ALSO

_UNSEEN: Final = "compaction has left a later snapshot only"
_MOVED_ON: Final = "the log moved on behind the cut"
_DIGEST_BYTES: Final = 16
_KINDS: Final[Mapping[str, str]] = {
    topics.ASSIGNMENTS: "assignment",
    topics.NOTICES: "notice",
    topics.DEAD_LETTERS: "deadletter",
}


class Keys:
    """I13: ids, keys and headers of what an entry wrote. The bytes are compared by the replay."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        record, entry = joined.record, joined.entry
        self._holds("key_wrong", record.key == _entry_key(entry), joined.place, None, topic=topics.JOURNAL)
        others = [
            touched.after.case_id for touched in touched_cases if touched.after.case_id.encode() != record.key
        ]
        if others or record.header(ALSO) is not None:
            named = (record.header(ALSO) or b"").decode(errors="replace").split(",")
            self._holds(
                "also_wrong", sorted(named) == sorted(others), joined.place, None, cases=", ".join(others)
            )
        for topic, outputs in joined.outputs.items():
            for number, output in enumerate(outputs):
                self._output(joined, topic, number, output)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _output(self, joined: JoinedEntry, topic: str, number: int, output: Output) -> None:
        record, content = output.record, output.content
        if content is None:
            return
        kind = _KINDS.get(topic)
        if kind is not None:
            name = f"{joined.entry.entry_id}:{kind}:{number}"
            output_id = getattr(content, f"{kind}_id", None) or getattr(content, "dead_letter_id", None)
            self._holds("output_misnumbered", output_id == name, record.place, None, topic=topic, name=name)
        if not isinstance(content, DeadLetter) or joined.input is not None:
            right = record.key == _key_of(content, joined)
            self._holds("key_wrong", right, record.place, None, topic=topic)
        if isinstance(content, Assignment):
            right = record.header("team") == content.team.encode()
            self._holds("team_header", right, record.place, content.case_id, team=content.team)
        if isinstance(content, Assignment | Notice):
            right = content.at == joined.entry.at
            self._holds("output_other_time", right, record.place, content.case_id, topic=topic)


class Snapshots:
    """I15: each snapshot that is there, the last of every case, its deletion, and the position's digest of them all."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds
        self._seen: dict[str, tuple[str, int]] = {}
        self._others: dict[bytes, int] = {}
        """The digest of each record that is no case's: of reports whose cases are gone, of people and devices."""
        self._position: tuple[AuditRecord, Position] | None = None
        self._last: JournalEntry | None = None
        self._next: dict[str, int] = {}

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        written: dict[str, Output] = {}
        for output in joined.outputs.get(topics.CASES, ()):
            case_id = (output.record.key or b"").decode(errors="replace")
            written[case_id] = output
            self._note(case_id, output)
        for output in joined.others:
            self._others[output.record.key or b""] = _digest(output.record)
        for touched in touched_cases:
            self._compare(joined, touched, written.pop(touched.after.case_id, None))
        for case_id, output in written.items():
            memory = case_id in self._context.fold.strangers
            self._holds("snapshot_untouched", memory, output.record.place, case_id)
        if isinstance(joined.entry.cause, RecordCause):
            self._next[joined.entry.cause.topic] = joined.entry.cause.offset + 1
        self._last = joined.entry

    def end(self, join: Join) -> None:
        """Each open case has its last snapshot; a retired case has none."""
        place = LogPlace(topics.CASES, self._context.partition)
        cases = self._context.fold.cases
        for record, snapshot, memory in self._context.fold.last_of(join.cases.written_back):
            self._seen[snapshot.case_id] = (snapshot.entry_id, _digest(record))
            self._same(snapshot, memory, record.place)
        for output in join.cases.written_back:
            if isinstance(output.content, Other):
                self._others.setdefault(output.record.key or b"", _digest(output.record))
        for case_id, case in cases.items():
            seen, _ = self._seen.get(case_id, (None, 0))
            if case.opening_was_read or seen is not None:
                words = {"entry_id": case.entry_id, "seen": seen}
                self._holds("snapshot_missing", seen == case.entry_id, place, case_id, **words)
        for case_id in self._seen:
            self._holds("tombstone_missing", case_id in cases, place, case_id)
        self._positions(join)

    def _note(self, case_id: str, output: Output) -> None:
        if output.content is None:
            self._seen.pop(case_id, None)
            return
        entry_id = getattr(output.content, "entry_id", "")
        self._seen[case_id] = (entry_id, _digest(output.record))

    def _compare(self, joined: JoinedEntry, touched: Touched, output: Output | None) -> None:
        case_id, retired = touched.after.case_id, touched.has("case_retired")
        if output is None:
            self._context.findings.skip((Invariant.I15,), _UNSEEN)
            return
        place = output.record.place
        self._holds("tombstone_unasked", (output.content is None) == retired, place, case_id)
        if isinstance(output.content, Case) and not retired:
            self._same(output.content, touched.after, place)

    def _same(self, case: Case, memory: CaseMemory, place: LogPlace) -> None:
        differs = [name for name, in_snapshot, folded in sides(case, memory) if in_snapshot != folded]
        self._holds("snapshot_differs", not differs, place, case.case_id, fields=", ".join(differs))

    def _positions(self, join: Join) -> None:
        """The last position names the last entry, the next offsets, and the digest of all kept snapshots."""
        last, best = self._last, None
        before = (0, 0)
        for record, position in join.cases.positions:
            point = (position.epoch, position.seq)
            rises = position.seq >= before[1] and position.epoch >= before[0]
            self._holds("position_back", rises, record.place, None, seq=position.seq)
            before = point
            if last is not None and position.seq <= last.seq:
                best = (record, position)
        if best is None or last is None:
            return
        record, position = best
        if position.seq != last.seq or join.moved_on:
            self._context.findings.skip((Invariant.I15,), _MOVED_ON)
            return
        self._holds("position_epoch", position.epoch == last.epoch, record.place, None, seq=position.seq)
        for place in position.inputs:
            right = place.next_offset == self._next.get(place.topic, place.next_offset)
            self._holds(
                "position_input", right, record.place, None, topic=place.topic, offset=place.next_offset
            )
        if self._context.is_whole:
            total = 0
            for digest in (*(digest for _, digest in self._seen.values()), *self._others.values()):
                total ^= digest
            self._holds(
                "position_digest", position.digest == f"{total:032x}", record.place, None, seq=position.seq
            )


def sides(case: Case, memory: CaseMemory) -> Iterator[tuple[str, object, object]]:
    """Each field that the auditor follows: its name, its value in the snapshot, its value folded from the journal."""
    task, suspension, merged = case.task, case.suspension, case.merged
    yield "version", case.version, memory.version
    yield "entry_id", case.entry_id, memory.entry_id
    yield "rules_version", case.rules_version, memory.rules_version
    yield "stage", case.stage.value, memory.stage
    yield "moved_from", case.moved_from, memory.moved_from
    yield "moved_to", case.moved_to, memory.moved_to
    yield "facts", case.facts, memory.facts
    yield "task.team", task.team if task else None, memory.team
    yield "task.offered_to", task.offered_to if task else (), memory.offered_to
    yield "task.leg", task.leg if task else 0, memory.leg
    yield "task.members", task.members if task else (), memory.members
    yield "task.handlers", frozenset(task.handlers) if task else frozenset(), memory.handlers
    yield "reports", tuple(map(RememberedReport.of, case.reports)), memory.reports
    joined = {
        merged_case.case_id: tuple(map(RememberedReport.of, merged_case.reports))
        for merged_case in case.joined
    }
    yield "joined", joined, dict(memory.joined)
    against = frozenset((later.source.value, later.source_no) for later in case.contradicted_by)
    yield "contradicted_by", against, memory.contradicted
    yield "amended", case.amended.raised_at if case.amended else None, memory.raised_at
    yield "clocks", {(clock.kind, clock.name): clock for clock in case.clocks}, dict(memory.clocks)
    yield "timers", sorted(case.timers, key=repr), sorted(memory.timers, key=repr)
    yield "request", tuple(filter(None, (case.request, *case.further_requests))), memory.requests
    yield "lapsed_requests", frozenset(case.lapsed_requests), memory.lapsed_requests
    yield "not_duplicate_of", case.not_duplicate_of, memory.not_duplicate_of
    yield "suspension", suspension.until if suspension else None, memory.suspended_until
    yield "merged", merged.into if merged else None, memory.merged_into
    joint = (
        {joint_task.department: joint_task.status for joint_task in case.joint.tasks} if case.joint else None
    )
    yield "joint", joint, dict(memory.joint) if memory.joint is not None else None
    yield "penalty", case.penalty.steps if case.penalty else (), memory.penalty.taken
    yield "measures", dict(measures_of(case.penalty)), dict(memory.measures)
    yield "stages_done", case.stages_done, memory.stages_done
    case_counts = (len(case.actions), len(case.returned), case.reworks, case.reopens)
    yield "counts", case_counts, (memory.actions, memory.returns, memory.reworks, memory.reopens)
    case_grants = (case.suspensions, case.extensions)
    yield "granted", case_grants, (memory.suspensions, memory.extensions)
    yield "costs", costs_of(case), memory.costs
    yield "correction", order_of(case), memory.order
    yield "district", of_district(case), memory.of_district
    yield "demerits", case.demerits, memory.demerits
    yield "call_due", case.call_due, memory.call_due
    yield "outcome", case.outcome, memory.outcome
    yield "closed_at", case.closed_at is not None, memory.is_over
    yield "ended_at", case.closed_at, memory.ended_at


def _digest(record: AuditRecord) -> int:
    digest = hashlib.blake2b((record.key or b"") + (record.value or b""), digest_size=_DIGEST_BYTES)
    return int.from_bytes(digest.digest())


def _key_of(content: object, joined: JoinedEntry) -> bytes | None:
    match content:
        case Case() | Assignment():
            return content.case_id.encode()
        case Notice():
            return content.to.encode()
        case Receipt(of=ReportSubject(source=source)):
            return source.value.encode()
        case Receipt(of=ActionSubject(actor=actor)):
            return actor.encode()
        case DeadLetter() if joined.input is not None:
            return joined.input.key
    return None


def _entry_key(entry: JournalEntry) -> bytes | None:
    """The case that the entry is about first; None where it is about none."""
    if isinstance(entry.cause, TimerCause):
        return entry.cause.case_id.encode()
    ids = (getattr(event, "case_id", None) for event in entry.events)
    first: str | None = next((case_id for case_id in ids if case_id), None)
    return first.encode() if first else None
