"""Counts from the topics alone, independently of the worker and of the core: what went in, what came of it, what is missing.

A record is named by its topic (the contract's name), partition and offset. Feed everything that stands in the topics into a
`Tally`, in any order between topics and in log order within one.

reports       records in reports.v1, bad ones and repeats too
cases         cases opened
merged        reports that joined an open case
repeated      reports whose number was known already; they got their first receipt again
refused       reports understood and refused
dead_letters  records of either input that could not be read
closed, open  cases with and without an end
on_time       cases whose handling clock (of joint enforcement the joint one) last stopped at or before its deadline
breached      cases whose handling clock stopped after its deadline, or runs although the deadline is over
              (in neither: a find disposed of on the spot, a case that rests, is void or another organ's)
returned, suspended, extended, reopened   how often a task was given back, a case rested, had more time, was taken up again
joint, voided, transferred, penalties     cases with joint enforcement, void ones, those gone elsewhere, those with a procedure
lost          input records without any journal entry (those acknowledged to a pusher but not found in the topic too),
              and entries whose receipt is missing
doubled       input records with more than one journal entry, report numbers that opened or joined more than one case,
              and receipts beyond one per entry

reports = cases + merged + repeated + refused + the dead letters among the reports.
"""

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from pipeline.settings import Settings
from pipeline.simulate.tally.topic_reader import TopicRecord, read_all
from schemas import topics
from schemas.journal import events as e
from schemas.journal.clock_events import CaseResumed, CaseSuspended, ClocksChanged, PenaltyMoved
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.journal.joint_events import CaseRejected, CaseTerminated, CaseTransferred, CaseVoided
from schemas.journal.merge_events import CaseMerged, CaseUnmerged
from schemas.outputs import ActionSubject, Receipt, ReportSubject
from schemas.state.case import Clock
from schemas.values.terms import ClockKind, ReportOutcome
from schemas.wire import codecs

COUNTED: Final = (topics.REPORTS, topics.ACTIONS, topics.JOURNAL, topics.RECEIPTS)
Place = tuple[str, int, int]
"""Topic, partition, offset of an input record."""


@dataclass(frozen=True, slots=True)
class Counts:
    """See the module. All are numbers of things, none is a share."""

    reports: int = 0
    cases: int = 0
    merged: int = 0
    repeated: int = 0
    refused: int = 0
    dead_letters: int = 0
    closed: int = 0
    open: int = 0
    on_time: int = 0
    breached: int = 0
    lost: int = 0
    doubled: int = 0
    returned: int = 0
    joint: int = 0
    suspended: int = 0
    extended: int = 0
    voided: int = 0
    transferred: int = 0
    reopened: int = 0
    penalties: int = 0

    def as_dict(self) -> dict[str, int]:
        """By name, in this order."""
        return asdict(self)


class Tally:
    """Counts what it is fed. Not for several threads at once."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._inputs: set[Place] = set()
        self._pushed: set[Place] = set()
        self._entries: Counter[Place] = Counter()
        self._dead_reports = 0
        self._events: Counter[str] = Counter()
        self._opened: set[str] = set()
        self._closed: set[str] = set()
        self._handling: dict[str, Clock] = {}
        self._resting: set[str] = set()
        self._left: set[str] = set()
        self._punished: set[str] = set()
        self._owed: Counter[object] = Counter()
        self._given: Counter[object] = Counter()
        self._homes: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self.actions: Counter[str] = Counter()
        """Actions that were answered the first time, accepted or refused, by name."""
        self.action_refusals: Counter[str] = Counter()

    def feed(self, record: TopicRecord) -> None:
        """A record of any topic; those that are not counted are passed over."""
        match record.topic:
            case topics.REPORTS | topics.ACTIONS:
                self.input(record.topic, record.partition, record.offset)
            case topics.JOURNAL:
                self.entry(codecs.JOURNAL_ENTRY.decode(record.value))
            case topics.RECEIPTS:
                self.receipt(codecs.RECEIPT.decode(record.value))

    def input(self, topic: str, partition: int, offset: int) -> None:
        """A record stands in `reports.v1` or `actions.v1`."""
        self._inputs.add((topic, partition, offset))

    def pushed(self, topic: str, partition: int, offset: int) -> None:
        """The broker acknowledged a record there to whoever pushed it; it must stand there and have its entry."""
        self._pushed.add((topic, partition, offset))

    def entry(self, entry: JournalEntry) -> None:
        """An entry stands in the journal."""
        if isinstance(entry.cause, RecordCause):
            cause = entry.cause
            self._entries[cause.topic, cause.partition, cause.offset] += 1
            self._owed[_owed_to(entry)] += 1
        for event in entry.events:
            self._events[event.event] += 1
            self._note(entry, event)

    def receipt(self, receipt: Receipt) -> None:
        """A receipt stands in `receipts.v1`."""
        self._given[_given_to(receipt)] += 1

    @property
    def entries(self) -> int:
        """How many journal entries of records there are."""
        return self._entries.total()

    def counts(self, now: datetime) -> Counts:
        """All counts; `now` (of the same clock as the journal) says which running clocks are past their deadline."""
        number = self._events
        working = [one for case, one in self._handling.items() if case not in self._resting | self._left]
        late = [one for one in working if (one.stopped_at or now) > one.due_at]
        stopped = sum(one.stopped_at is not None for one in working)
        late_stopped = sum(one.stopped_at is not None for one in late)
        return Counts(
            reports=sum(topic == topics.REPORTS for topic, _, _ in self._inputs),
            cases=len(self._opened),
            merged=number["report_merged.v1"],
            repeated=number["report_repeated.v1"],
            refused=number["report_refused.v1"],
            dead_letters=number["message_dead.v1"],
            closed=len(self._closed),
            open=len(self._opened - self._closed),
            on_time=stopped - late_stopped,
            breached=len(late),
            lost=self.unanswered() + (self._owed - self._given).total(),
            doubled=self._doubled(),
            returned=number["case_returned.v1"],
            joint=number["joint_started.v1"],
            suspended=number["case_suspended.v1"],
            extended=number["case_extended.v1"],
            voided=number["case_voided.v1"],
            transferred=number["case_transferred.v1"],
            reopened=number["case_reopened.v1"],
            penalties=len(self._punished),
        )

    def unaccounted(self, counts: Counts) -> int:
        """Reports that are in none of the outcomes; 0 when all are accounted for."""
        outcomes = counts.cases + counts.merged + counts.repeated + counts.refused + self._dead_reports
        return counts.reports - outcomes

    def unanswered(self) -> int:
        """Records in the topics, or acknowledged as pushed, that have no entry (yet)."""
        return len((self._inputs | self._pushed) - set(self._entries))

    def homes(self) -> dict[tuple[str, str], str]:
        """The case of every report that has one, by source and number."""
        return {number: cases[0] for number, cases in self._homes.items()}

    def _doubled(self) -> int:
        records = sum(times - 1 for times in self._entries.values())
        numbers = sum(len(cases) - 1 for cases in self._homes.values())
        return records + numbers + (self._given - self._owed).total()

    def _note(self, entry: JournalEntry, event: e.Event) -> None:
        match event:
            case e.CaseOpened():
                self._opened.add(event.case_id)
                self._homes[event.report.source.value, event.report.source_no].append(event.case_id)
            case e.ReportMerged():
                self._homes[event.report.source.value, event.report.source_no].append(event.case_id)
            case e.CaseClosed() | CaseRejected():
                self._closed.add(event.case_id)
            case CaseVoided() | CaseTransferred() | CaseTerminated() | CaseMerged():
                self._closed.add(event.case_id)
                self._left.add(event.case_id)
            case e.CaseReopened() | CaseUnmerged():
                self._closed.discard(event.case_id)
                self._left.discard(event.case_id)
            case e.MessageDead():
                self._dead_reports += (
                    isinstance(entry.cause, RecordCause) and entry.cause.topic == topics.REPORTS
                )
            case e.ActionAccepted():
                self.actions[event.action] += 1
            case e.ActionRefused():
                self.actions[event.action] += 1
                self.action_refusals[event.code] += 1
            case _:
                self._note_handling(event)

    def _note_handling(self, event: e.Event) -> None:
        """The clock by which a case is handled: of joint enforcement its own."""
        match event:
            case ClocksChanged():
                for change in event.changes:
                    if change.clock.kind in (ClockKind.DISPOSE, ClockKind.JOINT):
                        self._handling[event.case_id] = change.clock
            case CaseSuspended():
                self._resting.add(event.case_id)
            case CaseResumed():
                self._resting.discard(event.case_id)
            case PenaltyMoved():
                self._punished.add(event.case_id)
            case _:
                pass


def count_topics(settings: Settings) -> tuple[Tally, list[JournalEntry]]:
    """Everything that stands in the topics of this deployment, counted; and the journal, in log order by partition.

    Raises:
        Unavailable: the brokers do not answer.
        BadMessage: a record of the pipeline's own topics is not what the contract says.
    """
    tally, entries = Tally(), []
    for record in read_all(settings, COUNTED):
        tally.feed(record)
        if record.topic == topics.JOURNAL:
            entries.append(codecs.JOURNAL_ENTRY.decode(record.value))
    return tally, entries


def _owed_to(entry: JournalEntry) -> object:
    """Whom the entry of a record answers: a report or an action by its number, a dead record by its entry."""
    for event in entry.events:
        match event:
            case e.CaseOpened() | e.ReportMerged():
                return "report", event.report.source.value, event.report.source_no
            case e.ReportRepeated() | e.ReportRefused():
                return "report", event.source.value, event.source_no
            case e.ActionAccepted():
                return "action", event.done.action_id
            case e.ActionRepeated() | e.ActionRefused():
                return "action", event.action_id
            case _:
                pass
    return "record", entry.entry_id


def _given_to(receipt: Receipt) -> object:
    if receipt.outcome is ReportOutcome.DEAD_LETTER:
        return "record", receipt.entry_id
    match receipt.of:
        case ReportSubject():
            return "report", receipt.of.source.value, receipt.of.source_no
        case ActionSubject():
            return "action", receipt.of.action_id
    return "record", receipt.entry_id
