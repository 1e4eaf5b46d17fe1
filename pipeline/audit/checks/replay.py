"""I14, I13 and I15 to the byte: the pipeline's own core once more over the same inputs at the same times.

The only place of the auditor that imports the core. It knows nothing of the checks; it says what would have been written.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.audit.checks.check_context import OTHER_CODE, OTHER_RULES, CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import EXPIRING_TOPICS, Join, JoinedEntry
from pipeline.audit.log.partition_log import AuditRecord, LogPlace
from pipeline.audit.model.fold import Touched
from pipeline.core.case.transitions import fold
from pipeline.core.case.turn import InputRecord, Outcome
from pipeline.core.case.turn import Turn as CoreTurn
from pipeline.core.partition import Partition
from pipeline.core.rules.identity import caller_token, report_key
from pipeline.core.rules.rules import Rules
from schemas import topics
from schemas.errors import BadMessage, CorruptLog
from schemas.inputs import intake
from schemas.journal.entry import JournalEntry, RecordCause, SetBackCause, TimerCause
from schemas.journal.events import Answer, CaseEvent, MessageDead
from schemas.state.case import Case
from schemas.state.retired import RetiredReports
from schemas.wire import codecs

ReplayRulesOf = Callable[[str], Rules | None]
"""The core's values of the rules of a version, None where they are not at hand; callers pass them on unread."""

REPLAYED: Final = (Invariant.I13, Invariant.I14, Invariant.I15)
NO_KEY: Final = "the key of the callers' tokens is not at hand"
OTHER_KEY: Final = "the key at hand is not the one that the callers' tokens were made with"
PARTLY: Final = "the journal is not read from its beginning"
GONE: Final = "an input record is gone by retention"
DIVERGED: Final = "the replay went another way before"
_CRASHED: Final = "internal_error"


class _Comparison(NamedTuple):
    """Whether the replay makes the same bytes, and what is found if it does not."""

    code: str
    same: bool
    place: LogPlace
    case_id: str | None
    words: Mapping[str, object]


class Replay:
    """Decides one partition once more; stops at the first entry that it cannot decide, or decides otherwise.

    What another version of the code decided is decided again too: the same bytes prove it, and other bytes prove nothing.
    """

    def __init__(self, context: CheckContext, rules_of: ReplayRulesOf) -> None:
        self._context = context
        self._holds = context.findings.holds
        self._rules_of = rules_of
        self._versions: tuple[str, str] | None = None
        """Of rules and code, of the entry before."""
        self._stopped: str | None = None if context.is_whole else PARTLY
        self._core: Partition | None = None
        self._retired: dict[tuple[str, str], RetiredReports] = {}
        """The latest of each record of reports whose cases are gone."""
        self._unproved: set[str] = set()
        """Cases that other code has changed and whose snapshot compaction took: they may be others in its memory than here."""
        self._key_is_known = False

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        if isinstance(joined.entry.cause, SetBackCause):
            return  # the core had no part in it
        self._stopped = self._stopped or self._obstacle(joined)
        if self._stopped is None:
            self._replay(joined)
            if self._stopped != OTHER_CODE:
                return
        self._context.findings.skip(REPLAYED, self._stopped)
        if self._stopped in (OTHER_CODE, OTHER_RULES) and self._context.has_rules:
            self._context.findings.not_checked[self._stopped] += 1

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _obstacle(self, joined: JoinedEntry) -> str | None:
        """Why this entry cannot be decided again."""
        entry, setup = joined.entry, self._context.setup
        if setup.caller_key is None:
            return NO_KEY
        if not self._context.has_rules:
            return OTHER_RULES
        if isinstance(entry.cause, RecordCause) and joined.input is None:
            return GONE if joined.gone else DIVERGED
        if not self._key_is_known and joined.input is not None:
            return self._try_key(joined.input, entry, setup.caller_key)
        return None

    def _try_key(self, record: AuditRecord, entry: JournalEntry, key: bytes) -> str | None:
        """Checks the key by the first token in the journal: a wrong key would make every entry differ."""
        token = next((event.report.caller for event in entry.events if hasattr(event, "report")), None)
        if token is None:
            return None
        self._key_is_known = True
        try:
            report = intake.read_report(record.key, record.headers, record.value)
        except BadMessage:
            return None
        caller = report.caller
        made = caller and caller_token(key, caller, report_key(report.source, report.source_no))
        return None if made == token else OTHER_KEY

    def _replay(self, joined: JoinedEntry) -> None:
        entry = joined.entry
        is_others = entry.code_version != self._context.setup.code_version
        may_differ = is_others or bool(self._unproved)
        try:
            outcome = self._decide_again(joined)
        except Exception as why:  # what other code left may be more than this code can take
            if may_differ:
                self._stopped = OTHER_CODE
                return
            if not isinstance(why, LookupError | CorruptLog):
                raise
            self._holds("entry_not_replayable", False, joined.place, None, entry_id=entry.entry_id, why=why)
            self._stopped = DIVERGED
            return
        compared = list(_compared(joined, outcome))
        if may_differ and not all(one.same for one in compared):
            self._stopped = OTHER_CODE
            return
        for one in compared:
            self._holds(one.code, one.same, one.place, one.case_id, **one.words)
        if not compared[0].same:
            self._stopped = DIVERGED
        self._retired.update({(record.street, record.low): record for record in outcome.retired_reports})
        if is_others:
            self._unproved.update(change.after.case_id for change in outcome.changes)
        self._unproved.difference_update(outcome.retired, (one.case_id or "" for one in compared))

    def _decide_again(self, joined: JoinedEntry) -> Outcome:
        entry = joined.entry
        core_turn = CoreTurn(entry.partition, entry.epoch, entry.seq, entry.at, entry.decided_at)
        core = self._core_of(entry)
        if isinstance(entry.cause, TimerCause) or joined.input is None:
            return core.fire(core_turn)
        record = _as_input(joined.input)
        if any(isinstance(event, MessageDead) and event.code == _CRASHED for event in entry.events):
            return core.bury(record, core_turn)
        return core.step(record, core_turn)

    def _core_of(self, entry: JournalEntry) -> Partition:
        """The core with the rules of the entry: where they are others than before, or the code was, it takes over the state as a
        worker does that opens the partition with them.
        """
        core, setup, versions = self._core, self._context.setup, (entry.rules_version, entry.code_version)
        if core is None or versions != self._versions:
            rules = self._rules_of(entry.rules_version)
            if rules is None:
                raise LookupError(f"rules {entry.rules_version} are not at hand")
            taken_over = core
            core = Partition(rules, setup.caller_key or b"", entry.code_version, setup.partitions)
            if taken_over is not None:
                _, _, duties = taken_over.held()
                core.restore(taken_over.cases(), self._retired.values(), duties)
            self._core, self._versions = core, versions
        return core


def _compared(joined: JoinedEntry, outcome: Outcome) -> Iterator[_Comparison]:
    """The entry first, then its outputs; of snapshots only those that compaction has kept."""
    entry_id = joined.entry.entry_id
    same = codecs.JOURNAL_ENTRY.encode(outcome.entry) == joined.record.value
    words: dict[str, object] = {
        "entry_id": entry_id,
        "fields": ", ".join(_differing_fields(outcome.entry, joined.entry)),
    }
    yield _Comparison("entry_not_replayed", same, joined.place, None, words)
    made = written(outcome)
    for topic in EXPIRING_TOPICS:
        if topic in joined.absent:
            continue
        present = [output.record.value for output in joined.outputs.get(topic, ())]
        if made[topic] or present:
            words = {"topic": topic, "entry_id": entry_id, "many": len(made[topic])}
            place = joined.outputs[topic][0].record.place if present else joined.place
            yield _Comparison("outputs_not_replayed", made[topic] == present, place, None, words)
    snapshots = {case.case_id.encode(): codecs.CASE.encode(case) for case in outcome.cases}
    for output in joined.outputs.get(topics.CASES, ()):
        record = output.record
        if record.value is not None:
            same = snapshots.get(record.key or b"") == record.value
            case_id = (record.key or b"").decode(errors="replace")
            yield _Comparison("snapshot_not_replayed", same, record.place, case_id, {"entry_id": entry_id})
    kept = {codecs.RETIRED.encode(record) for record in outcome.retired_reports}
    if outcome.duty is not None:
        kept.add(codecs.STREET_DUTY.encode(outcome.duty))
    for output in joined.others:
        record, same = output.record, output.record.value in kept
        yield _Comparison("snapshot_not_replayed", same, record.place, None, {"entry_id": entry_id})


def written(outcome: Outcome) -> Mapping[str, list[bytes | None]]:
    """The bytes that a turn writes to each topic that readers follow."""
    return {
        topics.ASSIGNMENTS: [codecs.ASSIGNMENT.encode(assignment) for assignment in outcome.assignments],
        topics.RECEIPTS: [codecs.RECEIPT.encode(assignment) for assignment in outcome.receipts],
        topics.NOTICES: [codecs.NOTICE.encode(assignment) for assignment in outcome.notices],
        topics.DEAD_LETTERS: [codecs.DEAD_LETTER.encode(assignment) for assignment in outcome.dead_letters],
    }


class CaseMoment(NamedTuple):
    """A case after an entry."""

    entry: JournalEntry
    case: Case


def history(case_id: str, entries: Iterable[JournalEntry]) -> Iterator[CaseMoment]:
    """The case after each entry that touches it, from the journal alone; the entries begin with its opening.

    Raises:
        CorruptLog: the entries do not begin with the opening, or one is no legal move.
    """
    case: Case | None = None
    for entry in entries:
        events: list[CaseEvent] = [
            event for event in entry.events if not isinstance(event, Answer) and event.case_id == case_id
        ]
        if any(event.event not in ("report_repeated.v1", "action_repeated.v1") for event in events):
            case = fold(case, events, entry.entry_id, entry.rules_version)
            yield CaseMoment(entry, case)


def _as_input(record: AuditRecord) -> InputRecord:
    return InputRecord(
        record.topic, record.partition, record.offset, record.key, record.value, tuple(record.headers)
    )


def _differing_fields(made: JournalEntry, recorded: JournalEntry) -> Iterator[str]:
    """The fields of an entry that are not the same; of the events, those by name that are only on one side."""
    for name in ("entry_id", "at", "street", "cause", "rules_version", "counts"):
        if getattr(made, name) != getattr(recorded, name):
            yield name
    for event in made.events:
        if event not in recorded.events:
            yield f"+{event.event}"
    for event in recorded.events:
        if event not in made.events:
            yield f"-{event.event}"
