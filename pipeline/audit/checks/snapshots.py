"""I13 and I15: outputs stand under the right key, and a snapshot says what the journal's entries add up to."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry, Output
from pipeline.audit.log.partition_log import AuditRecord, LogPlace
from pipeline.audit.model.case_memory import CaseMemory, RememberedReport, measures_of
from pipeline.audit.model.fold import Touched
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
    """I13 by the eye: ids, keys and headers of what an entry wrote. Its bytes are compared by the replay."""

    def __init__(self, ground: CheckContext) -> None:
        self._ground = ground
        self._holds = ground.found.holds

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry."""
        record, entry = turn.record, turn.entry
        self._holds("key_wrong", record.key == _entry_key(entry), turn.place, None, topic=topics.JOURNAL)
        others = [one.after.case_id for one in touched if one.after.case_id.encode() != record.key]
        if others or record.header(ALSO) is not None:
            named = (record.header(ALSO) or b"").decode(errors="replace").split(",")
            self._holds(
                "also_wrong", sorted(named) == sorted(others), turn.place, None, cases=", ".join(others)
            )
        for topic, outputs in turn.outputs.items():
            for number, output in enumerate(outputs):
                self._output(turn, topic, number, output)

    def end(self, join: Join) -> None:
        """Nothing is left to be said."""

    def _output(self, turn: JoinedEntry, topic: str, number: int, output: Output) -> None:
        record, content = output.record, output.content
        if content is None:
            return
        kind = _KINDS.get(topic)
        if kind is not None:
            name = f"{turn.entry.entry_id}:{kind}:{number}"
            said = getattr(content, f"{kind}_id", None) or getattr(content, "dead_letter_id", None)
            self._holds("output_misnumbered", said == name, record.place, None, topic=topic, name=name)
        if not isinstance(content, DeadLetter) or turn.input is not None:
            right = record.key == _key_of(content, turn)
            self._holds("key_wrong", right, record.place, None, topic=topic)
        if isinstance(content, Assignment):
            right = record.header("team") == content.team.encode()
            self._holds("team_header", right, record.place, content.case_id, team=content.team)
        if isinstance(content, Assignment | Notice):
            right = content.at == turn.entry.at
            self._holds("output_other_time", right, record.place, content.case_id, topic=topic)


class Snapshots:
    """I15: each snapshot that is there, the last of every case, its deletion, and the position's digest of them all."""

    def __init__(self, ground: CheckContext) -> None:
        self._ground = ground
        self._holds = ground.found.holds
        self._seen: dict[str, tuple[str, int]] = {}
        self._position: tuple[AuditRecord, Position] | None = None
        self._last: JournalEntry | None = None
        self._next: dict[str, int] = {}

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry."""
        written: dict[str, Output] = {}
        for output in turn.outputs.get(topics.CASES, ()):
            case_id = (output.record.key or b"").decode(errors="replace")
            written[case_id] = output
            self._note(case_id, output)
        for one in touched:
            self._compare(turn, one, written.pop(one.after.case_id, None))
        for case_id, output in written.items():
            known = case_id in self._ground.fold.strangers
            self._holds("snapshot_untouched", known, output.record.place, case_id)
        if isinstance(turn.entry.cause, RecordCause):
            self._next[turn.entry.cause.topic] = turn.entry.cause.offset + 1
        self._last = turn.entry

    def end(self, join: Join) -> None:
        """Of each case the last snapshot is there; of one that was retired none is."""
        place = LogPlace(topics.CASES, self._ground.partition)
        cases = self._ground.fold.cases
        for case_id, case in cases.items():
            seen, _ = self._seen.get(case_id, (None, 0))
            if case.opened_here or seen is not None:
                words = {"entry_id": case.entry_id, "seen": seen}
                self._holds("snapshot_missing", seen == case.entry_id, place, case_id, **words)
        for case_id in self._seen:
            self._holds("tombstone_missing", case_id in cases, place, case_id)
        self._positions(join)

    def _note(self, case_id: str, output: Output) -> None:
        if output.content is None:
            self._seen.pop(case_id, None)
            return
        key, value = output.record.key or b"", output.record.value or b""
        digest = hashlib.blake2b(key + value, digest_size=_DIGEST_BYTES).digest()
        entry_id = getattr(output.content, "entry_id", "")
        self._seen[case_id] = (entry_id, int.from_bytes(digest))

    def _compare(self, turn: JoinedEntry, one: Touched, output: Output | None) -> None:
        case_id, retired = one.after.case_id, one.has("case_retired")
        if output is None:
            self._ground.found.skip((Invariant.I15,), _UNSEEN)
            return
        place = output.record.place
        self._holds("tombstone_unasked", (output.content is None) == retired, place, case_id)
        if isinstance(output.content, Case) and not retired:
            differs = [name for name, told, known in sides(output.content, one.after) if told != known]
            self._holds("snapshot_differs", not differs, place, case_id, fields=", ".join(differs))

    def _positions(self, join: Join) -> None:
        """The last word on the partition says how far it came, and digests all that is kept."""
        last, best = self._last, None
        before = (0, 0)
        for record, position in join.cases.positions:
            here = (position.epoch, position.seq)
            rises = position.seq >= before[1] and position.epoch >= before[0]
            self._holds("position_back", rises, record.place, None, seq=position.seq)
            before = here
            if last is not None and position.seq <= last.seq:
                best = (record, position)
        if best is None or last is None:
            return
        record, position = best
        if position.seq != last.seq or join.moved_on:
            self._ground.found.skip((Invariant.I15,), _MOVED_ON)
            return
        self._holds("position_epoch", position.epoch == last.epoch, record.place, None, seq=position.seq)
        for one in position.inputs:
            right = one.next_offset == self._next.get(one.topic, one.next_offset)
            self._holds("position_input", right, record.place, None, topic=one.topic, offset=one.next_offset)
        if self._ground.is_whole:
            total = 0
            for _, digest in self._seen.values():
                total ^= digest
            self._holds(
                "position_digest", position.digest == f"{total:032x}", record.place, None, seq=position.seq
            )


def sides(case: Case, known: CaseMemory) -> Iterator[tuple[str, object, object]]:
    """What the auditor follows of a case: by name, as the snapshot says it, and as the journal adds up."""
    task, suspension, merged = case.task, case.suspension, case.merged
    yield "version", case.version, known.version
    yield "entry_id", case.entry_id, known.entry_id
    yield "rules_version", case.rules_version, known.rules_version
    yield "stage", case.stage.value, known.stage
    yield "facts", case.facts, known.facts
    yield "task.team", task.team if task else None, known.team
    yield "task.offered_to", task.offered_to if task else (), known.pool
    yield "task.leg", task.leg if task else 0, known.leg
    yield "task.handlers", frozenset(task.handlers) if task else frozenset(), known.handlers
    yield "reports", tuple(map(RememberedReport.of, case.reports)), known.reports
    joined = {one.case_id: tuple(map(RememberedReport.of, one.reports)) for one in case.joined}
    yield "joined", joined, dict(known.joined)
    yield "clocks", {(one.kind, one.name): one for one in case.clocks}, dict(known.clocks)
    yield "timers", sorted(case.timers, key=repr), sorted(known.timers, key=repr)
    yield "request", case.request, known.request
    yield "suspension", suspension.until if suspension else None, known.until
    yield "merged", merged.into if merged else None, known.merged_into
    joint = {one.department: one.status for one in case.joint.tasks} if case.joint else None
    yield "joint", joint, dict(known.joint) if known.joint is not None else None
    yield "penalty", case.penalty.steps if case.penalty else (), known.steps
    yield "measures", dict(measures_of(case.penalty)), dict(known.measures)
    yield "stages_done", case.stages_done, known.stages_done
    counted = (len(case.actions), len(case.returned), case.reworks, case.reopens)
    yield "counts", counted, (known.actions, known.returns, known.reworks, known.reopens)
    granted = (case.suspensions, case.extensions)
    yield "granted", granted, (known.suspensions, known.extensions)
    yield "call_due", case.call_due, known.call_due
    yield "outcome", case.outcome, known.outcome
    yield "closed_at", case.closed_at is not None, known.is_over


def _key_of(content: object, turn: JoinedEntry) -> bytes | None:
    match content:
        case Case() | Assignment():
            return content.case_id.encode()
        case Notice():
            return content.to.encode()
        case Receipt(of=ReportSubject(source=source)):
            return source.value.encode()
        case Receipt(of=ActionSubject(actor=actor)):
            return actor.encode()
        case DeadLetter() if turn.input is not None:
            return turn.input.key
    return None


def _entry_key(entry: JournalEntry) -> bytes | None:
    """The case that the entry is about first; None where it is about none."""
    if isinstance(entry.cause, TimerCause):
        return entry.cause.case_id.encode()
    ids = (getattr(event, "case_id", None) for event in entry.events)
    first: str | None = next((one for one in ids if one), None)
    return first.encode() if first else None
