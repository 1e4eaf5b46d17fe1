"""I3, I16: one case per report number, the first answer again for a copy, and that everything adds up per street and in all."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.log.partition_log import LogPlace
from pipeline.audit.model.audit_tables import OUTCOMES, name_of
from pipeline.audit.model.case_memory import ReportNo
from pipeline.audit.model.fold import Touched
from schemas import topics
from schemas.journal import events as e
from schemas.journal import merge_events as me
from schemas.journal.entry import RecordCause
from schemas.outputs import Receipt
from schemas.values.text import street_of

_PARTLY: Final = "the journal is not read from its beginning"
_HASH_BYTES: Final = 12


class OneCasePerReport:
    """Which report is in which case, and the answer that it was given.

    A report is one of its street: the same number pushed for two streets, which may be far apart in the log, is two.
    """

    def __init__(self, ground: CheckContext) -> None:
        self._ground = ground
        self._holds = ground.found.holds
        self._home: dict[tuple[str, ReportNo], str] = {}
        self._answer: dict[tuple[str, str, str], bytes] = {}
        self._answers_of: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry."""
        for event in turn.entry.events:
            self._happened(turn, event)
        for one in touched:
            if one.has("case_retired"):
                self._forget(one.after.case_id, [told.number for told in one.after.reports])

    def end(self, join: Join) -> None:
        """Nothing is left to be said."""

    def _happened(self, turn: JoinedEntry, event: e.Event) -> None:
        match event:
            case e.CaseOpened() | e.ReportMerged():
                self._arrived(turn, event.case_id, (event.report.source.value, event.report.source_no))
            case me.ReportSplit():
                name = (street_of(event.case_id), (event.source.value, event.source_no))
                if self._home.get(name) == event.case_id:
                    del self._home[name]  # and comes with an opening again
            case e.ReportRepeated():
                self._repeated(turn, event)
            case e.ActionAccepted():
                self._first(turn, ("action", event.case_id, event.done.action_id))
            case e.ActionRepeated():
                self._again(turn, ("action", event.case_id, event.action_id), event.case_id)
            case _:
                pass

    def _arrived(self, turn: JoinedEntry, case_id: str, number: ReportNo) -> None:
        name = (street_of(case_id), number)
        home = self._home.get(name)
        words = {"number": "/".join(number), "home": home}
        self._holds("report_twice", home is None, turn.place, case_id, **words)
        self._home[name] = case_id
        if isinstance(turn.entry.cause, RecordCause) and turn.entry.cause.topic == topics.REPORTS:
            self._first(turn, _named(case_id, number))

    def _repeated(self, turn: JoinedEntry, event: e.ReportRepeated) -> None:
        number = (event.source.value, event.source_no)
        home = self._home.get((street_of(event.case_id), number))
        if home is None and not self._ground.is_whole:
            self._ground.found.skip((Invariant.I3,), _PARTLY)
            return
        words = {"number": "/".join(number), "home": home}
        self._holds("repeat_of_other_case", home == event.case_id, turn.place, event.case_id, **words)
        self._again(turn, _named(event.case_id, number), event.case_id)

    def _first(self, turn: JoinedEntry, name: tuple[str, str, str]) -> None:
        """Remember the answer, to tell whether copies get the same."""
        receipts = turn.outputs.get(topics.RECEIPTS, ())
        if receipts:
            self._answer[name] = _hash(receipts[0].record.value)
            if name[0] == "action":
                self._answers_of[name[1]].append(name)

    def _again(self, turn: JoinedEntry, name: tuple[str, str, str], case_id: str) -> None:
        first, receipts = self._answer.get(name), turn.outputs.get(topics.RECEIPTS, ())
        if first is not None and receipts:
            same = _hash(receipts[0].record.value) == first
            self._holds("other_answer", same, turn.place, case_id, number="/".join(name[1:]))

    def _forget(self, case_id: str, numbers: Sequence[ReportNo]) -> None:
        """A case that is no longer kept: what comes after it opens another."""
        for number in numbers:
            self._home.pop((street_of(case_id), number), None)
            self._answer.pop(_named(case_id, number), None)
        for name in self._answers_of.pop(case_id, ()):
            self._answer.pop(name, None)


class Balance:
    """Counts on both sides: what the entries say became of the records, and what stands in the topics."""

    def __init__(self, ground: CheckContext) -> None:
        self._ground = ground
        self._events: Counter[tuple[str, str]] = Counter()
        self._answers: Counter[tuple[str, str]] = Counter()
        self._decided: Counter[str] = Counter()
        self._snapshots: dict[str, bool] = {}

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry."""
        entry, cause = turn.entry, turn.entry.cause
        street = entry.street or "-"
        if isinstance(cause, RecordCause) and not turn.gone:
            self._decided[cause.topic] += any(name_of(event) in OUTCOMES for event in entry.events)
        if isinstance(cause, RecordCause) and topics.RECEIPTS not in turn.absent:
            self._answered(turn, street, cause.topic)
        for name in ("case_opened", "case_retired"):
            for one in touched:
                self._events[street_of(one.after.case_id), name] += one.has(name)
        for output in turn.outputs.get(topics.CASES, ()):
            key = (output.record.key or b"").decode(errors="replace")
            if output.content is None:
                self._snapshots.pop(key, None)
            else:
                self._snapshots[key] = getattr(output.content, "closed_at", None) is None

    def _answered(self, turn: JoinedEntry, street: str, topic: str) -> None:
        for event in turn.entry.events:
            outcome = OUTCOMES.get(name_of(event))
            if outcome and not (outcome == "opened" and topic == topics.ACTIONS):
                self._events[street, _SAID.get(outcome, outcome)] += 1
        for receipt in turn.contents(topics.RECEIPTS):
            if isinstance(receipt, Receipt):
                self._answers[street, receipt.outcome.value] += 1

    def end(self, join: Join) -> None:
        """Compare."""
        place = LogPlace(topics.JOURNAL, self._ground.partition)
        found, holds = self._ground.found, self._ground.found.holds
        for topic in topics.INPUTS if self._ground.is_whole else ():
            there = found.records[topic] - found.numbers[f"waiting {topic}"]
            decided = self._decided[topic]
            holds(
                "records_unbalanced", decided == there, place, None, journal=decided, there=there, topic=topic
            )
        for street, sides in self._sides():
            for name, (journal, stored) in sides.items():
                words: dict[str, object] = {
                    "street": street,
                    "name": name,
                    "journal": journal,
                    "topic": stored,
                }
                holds("unbalanced", journal == stored, place, None, **words)

    def _sides(self) -> Iterator[tuple[str, Mapping[str, tuple[int, int]]]]:
        """By street: what the journal says, and what stands in the other topics."""
        streets = {street for street, _ in (*self._events, *self._answers)}
        folded = Counter(
            (case.street, "open" if not case.is_over else "over") for case in self._ground.fold.cases.values()
        )
        stored = Counter(
            (street_of(case_id), "open" if is_open else "over")
            for case_id, is_open in self._snapshots.items()
        )
        for street in sorted(streets):
            sides = {
                one: (self._events[street, one], self._answers[street, one])
                for one in ("refused", "dead_letter")
            }
            good = ("accepted", "merged", "repeated")
            sides["answered yes"] = (
                sum(self._events[street, one] for one in good),
                sum(self._answers[street, one] for one in ("accepted", "merged")),
            )
            if self._ground.is_whole:
                kept = self._events[street, "case_opened"] - self._events[street, "case_retired"]
                sides["cases kept"] = (kept, stored[street, "open"] + stored[street, "over"])
                sides["cases open"] = (folded[street, "open"], stored[street, "open"])
            yield street, sides


_SAID: Final = {"opened": "accepted", "dead": "dead_letter"}


def _named(case_id: str, number: ReportNo) -> tuple[str, str, str]:
    """What an answer to a report is remembered under."""
    return f"report of {street_of(case_id)}", *number


def _hash(value: bytes | None) -> bytes:
    return hashlib.blake2b(value or b"", digest_size=_HASH_BYTES).digest()
