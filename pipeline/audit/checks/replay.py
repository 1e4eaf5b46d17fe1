"""I14, I13 and I15 to the byte: the pipeline's own core once more over the same inputs at the same times.

The only place of the auditor that imports the core. It knows nothing of the checks; it says what would have been written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.audit.checks.check_context import OTHER_RULES, CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import TOLD, Join, JoinedEntry
from pipeline.audit.log.partition_log import AuditRecord
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
from schemas.journal.entry import JournalEntry, RecordCause, TimerCause
from schemas.journal.events import Answer, CaseEvent, MessageDead
from schemas.state.case import Case
from schemas.wire import codecs

ReplayRules = Rules
"""The core's values of the rules, for whoever has them made and does not look into them."""

REPLAYED: Final = (Invariant.I13, Invariant.I14, Invariant.I15)
NO_KEY: Final = "the key of the callers' tokens is not at hand"
OTHER_KEY: Final = "the key at hand is not the one that the callers' tokens were made with"
OTHER_CODE: Final = "the entry was decided by another version of the code"
PARTLY: Final = "the journal is not read from its beginning"
GONE: Final = "an input record is gone by retention"
DIVERGED: Final = "the replay went another way before"
_BURIED: Final = "internal_error"


class Replay:
    """One partition, decided once more; stops for good at the first entry that it cannot or does not write the same."""

    def __init__(self, ground: CheckContext, rules: Rules) -> None:
        self._ground = ground
        self._holds = ground.found.holds
        self._rules = rules
        self._stopped: str | None = None if ground.is_whole else PARTLY
        self._core: Partition | None = None
        self._key_is_known = False

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry."""
        self._stopped = self._stopped or self._obstacle(turn)
        if self._stopped is not None:
            self._ground.found.skip(REPLAYED, self._stopped)
            return
        outcome = self._again(turn)
        if outcome is None:
            return
        same = codecs.JOURNAL_ENTRY.encode(outcome.entry) == turn.record.value
        words = {"entry_id": turn.entry.entry_id, "fields": ", ".join(_differs(outcome.entry, turn.entry))}
        if not self._holds("entry_not_replayed", same, turn.place, None, **words):
            self._stopped = DIVERGED
        self._outputs(turn, outcome)

    def end(self, join: Join) -> None:
        """Nothing is left to be said."""

    def _obstacle(self, turn: JoinedEntry) -> str | None:
        """Why this entry cannot be decided again."""
        entry, wanted = turn.entry, self._ground.wanted
        if wanted.caller_key is None:
            return NO_KEY
        if entry.rules_version != wanted.yardstick.version:
            return OTHER_RULES
        if entry.code_version != wanted.code_version:
            return OTHER_CODE
        if isinstance(entry.cause, RecordCause) and turn.input is None:
            return GONE if turn.gone else DIVERGED
        if not self._key_is_known and turn.input is not None:
            return self._try_key(turn.input, entry, wanted.caller_key)
        return None

    def _try_key(self, record: AuditRecord, entry: JournalEntry, key: bytes) -> str | None:
        """The first token in the journal tells whether the key is right: a wrong one would make every entry differ."""
        token = next((one.report.caller for one in entry.events if hasattr(one, "report")), None)
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

    def _again(self, turn: JoinedEntry) -> Outcome | None:
        entry, wanted = turn.entry, self._ground.wanted
        if self._core is None:
            key = wanted.caller_key or b""
            self._core = Partition(self._rules, key, entry.code_version, wanted.partitions)
        core_turn = CoreTurn(entry.partition, entry.epoch, entry.seq, entry.at)
        try:
            if isinstance(entry.cause, TimerCause) or turn.input is None:
                return self._core.fire(core_turn)
            record = _as_input(turn.input)
            if any(isinstance(one, MessageDead) and one.code == _BURIED for one in entry.events):
                return self._core.bury(record, core_turn)
            return self._core.step(record, core_turn)
        except (LookupError, CorruptLog) as why:
            self._holds("entry_not_replayable", False, turn.place, None, entry_id=entry.entry_id, why=why)
            self._stopped = DIVERGED
            return None

    def _outputs(self, turn: JoinedEntry, outcome: Outcome) -> None:
        """What stands beside the entry, against what would stand there; of snapshots those that are still there."""
        made = written(outcome)
        for topic in TOLD:
            if topic in turn.absent:
                continue
            there = [one.record.value for one in turn.outputs.get(topic, ())]
            if made[topic] or there:
                words = {"topic": topic, "entry_id": turn.entry.entry_id, "many": len(made[topic])}
                place = turn.outputs[topic][0].record.place if there else turn.place
                self._holds("outputs_not_replayed", made[topic] == there, place, None, **words)
        snapshots = {case.case_id.encode(): codecs.CASE.encode(case) for case in outcome.cases}
        for output in turn.outputs.get(topics.CASES, ()):
            record = output.record
            if record.value is not None:
                same = snapshots.get(record.key or b"") == record.value
                case_id = (record.key or b"").decode(errors="replace")
                self._holds(
                    "snapshot_not_replayed", same, record.place, case_id, entry_id=turn.entry.entry_id
                )


def written(outcome: Outcome) -> Mapping[str, list[bytes | None]]:
    """The bytes that a turn writes to each topic that readers follow."""
    return {
        topics.ASSIGNMENTS: [codecs.ASSIGNMENT.encode(one) for one in outcome.assignments],
        topics.RECEIPTS: [codecs.RECEIPT.encode(one) for one in outcome.receipts],
        topics.NOTICES: [codecs.NOTICE.encode(one) for one in outcome.notices],
        topics.DEAD_LETTERS: [codecs.DEAD_LETTER.encode(one) for one in outcome.dead_letters],
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
            one for one in entry.events if not isinstance(one, Answer) and one.case_id == case_id
        ]
        if any(one.event not in ("report_repeated.v1", "action_repeated.v1") for one in events):
            case = fold(case, events, entry.entry_id, entry.rules_version)
            yield CaseMoment(entry, case)


def _as_input(record: AuditRecord) -> InputRecord:
    return InputRecord(
        record.topic, record.partition, record.offset, record.key, record.value, tuple(record.headers)
    )


def _differs(made: JournalEntry, told: JournalEntry) -> Iterator[str]:
    """The fields of an entry that are not the same; of the events, those by name that are only on one side."""
    for name in ("entry_id", "at", "street", "cause", "rules_version", "counts"):
        if getattr(made, name) != getattr(told, name):
            yield name
    for one in made.events:
        if one not in told.events:
            yield f"+{one.event}"
    for one in told.events:
        if one not in made.events:
            yield f"-{one.event}"
