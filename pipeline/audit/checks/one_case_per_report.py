"""I3, I16: one case per report number, the first answer again for a copy, and that everything adds up per street and in all."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.log.partition_log import LogPlace
from pipeline.audit.model.audit_tables import OUTCOMES, name_of
from pipeline.audit.model.case_memory import CaseMemory, ReportNo
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.number_form import number_form
from pipeline.audit.model.past_cases import PastCases, PastReport, ended
from schemas import topics
from schemas.errors import BadMessage
from schemas.inputs import intake
from schemas.journal.entry import RecordCause
from schemas.journal.events import (
    ActionAccepted,
    ActionRefused,
    ActionRepeated,
    CaseOpened,
    Event,
    ReportMerged,
    ReportRepeated,
)
from schemas.journal.merge_events import ReportSplit
from schemas.journal.update_events import ReportUpdated
from schemas.outputs import Receipt
from schemas.state.retired import Ended
from schemas.values.terms import Source
from schemas.values.text import street_of

_PARTLY: Final = "the journal is not read from its beginning"
_HASH_BYTES: Final = 12
_SAID_BESIDES: Final = frozenset({"differs", "ended", "message_zh", "message_en"})
_OF_THE_SENDING: Final = frozenset({"acted_at", "expected_version"})
"""An action that is sent again is the same, though it is sent later."""


class OneCasePerReport:
    """Which case holds a report, and which answer the report got.

    A report is one of its street: the same number pushed for two streets, which may be far apart in the log, is two.
    """

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds
        self._past = PastCases()
        self._case_of: dict[tuple[str, ReportNo], str] = {}
        self._first_answer: dict[tuple[str, str, str], bytes] = {}
        self._first_content: dict[tuple[str, str, str], bytes] = {}
        self._told_since: defaultdict[tuple[str, str, str], dict[bytes, bytes | None]] = defaultdict(dict)
        """Of each report what came under its number since, with the answer to it."""
        self._unread: set[tuple[str, str, str]] = set()
        """Reports of which something came since whose record is gone by retention."""
        self._answers_of: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        for event in joined.entry.events:
            self._event(joined, event)
        for touched in touched_cases:
            if touched.has("case_retired"):
                self._put_away(touched.after)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _event(self, joined: JoinedEntry, event: Event) -> None:
        match event:
            case CaseOpened() | ReportMerged():
                self._arrived(joined, event.case_id, _number_of(event.report.source, event.report.source_no))
            case ReportSplit():
                name = (street_of(event.case_id), _number_of(event.source, event.source_no))
                if self._case_of.get(name) == event.case_id:
                    del self._case_of[name]  # and comes with an opening again
            case ReportRepeated():
                self._repeated(joined, event)
            case ReportUpdated():
                self._updated(joined, event)
            case ActionAccepted():
                self._first(joined, ("action", event.case_id, event.done.action_id))
            case ActionRepeated():
                action = ("action", event.case_id, event.action_id)
                self._again(joined, action, event.case_id)
                self._told_apart(joined, action, event.case_id, same=True)
            case ActionRefused(code="id_used_otherwise"):
                self._told_apart(
                    joined, ("action", event.case_id, event.action_id), event.case_id, same=False
                )
            case ActionRefused(code="case_retired" | "unknown_case"):
                self._denied(joined, event)
            case _:
                pass

    def _arrived(self, joined: JoinedEntry, case_id: str, number: ReportNo) -> None:
        name = (street_of(case_id), number)
        past = self._past.report(*name)
        first_case = self._case_of.get(name) or (past.case_id if past else None)
        words = {"number": "/".join(number), "home": first_case}
        self._holds("report_twice", first_case is None, joined.place, case_id, **words)
        self._case_of[name] = case_id
        if isinstance(joined.entry.cause, RecordCause) and joined.entry.cause.topic == topics.REPORTS:
            self._first(joined, _named(case_id, number))

    def _repeated(self, joined: JoinedEntry, event: ReportRepeated) -> None:
        number = _number_of(event.source, event.source_no)
        name = (street_of(event.case_id), number)
        first_case, past = self._case_of.get(name), None
        if event.ended is not None:
            past = self._past.report(*name) if first_case is None else None
            first_case = past.case_id if past else None
        if first_case is None and not self._context.is_whole:
            self._context.findings.skip((Invariant.I3,), _PARTLY)
            return
        words = {"number": "/".join(number), "home": first_case}
        self._holds("repeat_of_other_case", first_case == event.case_id, joined.place, event.case_id, **words)
        if past is not None:
            again = _content_of(joined)
            if again is not None and past.content is not None:
                same = (past.content == again) is not event.differs
                self._holds("told_apart", same, joined.place, event.case_id, number="/".join(number))
        elif event.of is not None:
            self._update_again(joined, _named(event.case_id, number), event.case_id)
        else:
            self._again(joined, _named(event.case_id, number), event.case_id)
            self._told_apart(joined, _named(event.case_id, number), event.case_id, same=not event.differs)
        self._told_the_end(joined, event.case_id, event.ended)

    def _updated(self, joined: JoinedEntry, event: ReportUpdated) -> None:
        """Each content under a number is taken once, by the case that has the report; of a merged one its host hears of it, too."""
        number = _number_of(event.source, event.source_no)
        home = self._case_of.get((street_of(event.case_id), number))
        case = self._context.fold.cases.get(home) if home else None
        if case is not None and home != event.case_id and case.merged_into == event.case_id:
            return
        words = {"number": "/".join(number), "home": home}
        if home is not None or self._context.is_whole:
            self._holds("update_of_other_case", home == event.case_id, joined.place, event.case_id, **words)
        name, content = _named(event.case_id, number), _content_of(joined)
        receipts = joined.outputs.get(topics.RECEIPTS, ())
        if content is None:
            self._unread.add(name)
            return
        is_new = content != self._first_content.get(name) and content not in self._told_since[name]
        self._holds("update_twice", is_new, joined.place, event.case_id, number="/".join(number))
        self._told_since[name][content] = _answer_of(receipts[0].record.value) if receipts else None

    def _update_again(self, joined: JoinedEntry, name: tuple[str, str, str], case_id: str) -> None:
        """What came since the first is answered as it was then."""
        content, known = _content_of(joined), self._told_since.get(name, {})
        is_all_known = self._context.is_whole and name not in self._unread
        if content is None or (not is_all_known and content not in known):
            return
        self._holds("told_apart", content in known, joined.place, case_id, number="/".join(name[1:]))
        receipts, answer = joined.outputs.get(topics.RECEIPTS, ()), known.get(content)
        if answer is not None and receipts:
            same = _answer_of(receipts[0].record.value) == answer
            self._holds("other_answer", same, joined.place, case_id, number="/".join(name[1:]))

    def _told_the_end(self, joined: JoinedEntry, case_id: str, said: Ended | None) -> None:
        """Who comes again is told what became of the case, kept or not."""
        right = ended(self._context.fold.cases, self._past, case_id)
        if right is None and not self._context.is_whole:
            return
        words = {"right": _end_text(right)}
        if said is not None:
            self._holds("other_end", _same_end(said, right), joined.place, case_id, **words)
        for output in joined.outputs.get(topics.RECEIPTS, ()):
            receipt = output.content
            # a receipt of a version before has no such field
            if isinstance(receipt, Receipt) and b'"ended":' in (output.record.value or b""):
                self._holds("other_end", _same_end(receipt.ended, right), joined.place, case_id, **words)

    def _denied(self, joined: JoinedEntry, event: ActionRefused) -> None:
        """An action is told that its case is gone, or that there is none: is that so?"""
        is_kept = event.case_id in self._context.fold.cases
        is_past = self._past.case(event.case_id) is not None
        if event.field != "case_id" or not (self._context.is_whole or is_kept):
            return
        if event.code == "case_retired":
            self._holds("wrongly_gone", is_past and not is_kept, joined.place, event.case_id)
            self._told_the_end(joined, event.case_id, None)
        else:
            of_old = joined.entry.code_version != self._context.setup.code_version
            self._holds(
                "wrongly_unknown", not is_kept and (of_old or not is_past), joined.place, event.case_id
            )

    def _told_apart(
        self, joined: JoinedEntry, name: tuple[str, str, str], case_id: str, *, same: bool
    ) -> None:
        """A number that comes again is taken for the same message where it says the same, and only there."""
        first, again = self._first_content.get(name), _content_of(joined)
        if first is not None and again is not None:
            self._holds(
                "told_apart", (first == again) is same, joined.place, case_id, number="/".join(name[1:])
            )

    def _first(self, joined: JoinedEntry, name: tuple[str, str, str]) -> None:
        """Remember the answer, to tell whether copies get the same."""
        receipts = joined.outputs.get(topics.RECEIPTS, ())
        if receipts:
            self._first_answer[name] = _answer_of(receipts[0].record.value)
            if (content := _content_of(joined)) is not None:
                self._first_content[name] = content
            if name[0] == "action":
                self._answers_of[name[1]].append(name)

    def _again(self, joined: JoinedEntry, name: tuple[str, str, str], case_id: str) -> None:
        first, receipts = self._first_answer.get(name), joined.outputs.get(topics.RECEIPTS, ())
        if first is not None and receipts:
            same = _answer_of(receipts[0].record.value) == first
            self._holds("other_answer", same, joined.place, case_id, number="/".join(name[1:]))

    def _put_away(self, case: CaseMemory) -> None:
        """Of a case that is kept no longer only the answers are forgotten: a later report with its number is not a new one."""
        case_id = case.case_id
        self._past.add(case)
        for report in case.reports:
            number = report.number[0], number_form(report.source_no)
            self._case_of.pop((case.street, number), None)
            self._first_answer.pop(_named(case_id, number), None)
            content = self._first_content.pop(_named(case_id, number), None)
            self._told_since.pop(_named(case_id, number), None)
            self._unread.discard(_named(case_id, number))
            self._past.add_report(case.street, number, PastReport(case_id, content))
        for name in self._answers_of.pop(case_id, ()):
            self._first_answer.pop(name, None)
            self._first_content.pop(name, None)


class Balance:
    """Counts on both sides: what the entries say became of the records, and what stands in the topics."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._events: Counter[tuple[str, str]] = Counter()
        self._answers: Counter[tuple[str, str]] = Counter()
        self._decided: Counter[str] = Counter()
        self._snapshots: dict[str, bool] = {}

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        entry, cause = joined.entry, joined.entry.cause
        street = entry.street or "-"
        if isinstance(cause, RecordCause) and not joined.gone:
            self._decided[cause.topic] += any(name_of(event) in OUTCOMES for event in entry.events)
        if isinstance(cause, RecordCause) and topics.RECEIPTS not in joined.absent:
            self._answered(joined, street, cause.topic)
        for name in ("case_opened", "case_retired"):
            for touched in touched_cases:
                self._events[street_of(touched.after.case_id), name] += touched.has(name)
        for output in joined.outputs.get(topics.CASES, ()):
            key = (output.record.key or b"").decode(errors="replace")
            if output.content is None:
                self._snapshots.pop(key, None)
            else:
                self._snapshots[key] = getattr(output.content, "closed_at", None) is None

    def _answered(self, joined: JoinedEntry, street: str, topic: str) -> None:
        # of an update the host of a merged case has the same event
        for name in dict.fromkeys(map(name_of, joined.entry.events)):
            outcome = OUTCOMES.get(name)
            if outcome and not (outcome == "opened" and topic == topics.ACTIONS):
                self._events[street, _RECEIPT_NAME.get(outcome, outcome)] += 1
        for receipt in joined.contents(topics.RECEIPTS):
            if isinstance(receipt, Receipt):
                self._answers[street, receipt.outcome.value] += 1

    def end(self, join: Join) -> None:
        """Compare."""
        place = LogPlace(topics.JOURNAL, self._context.partition)
        findings, holds = self._context.findings, self._context.findings.holds
        for _, snapshot, _ in self._context.fold.last_of(join.cases.written_back):
            self._snapshots[snapshot.case_id] = snapshot.closed_at is None
        for topic in topics.INPUTS if self._context.is_whole else ():
            present = findings.records[topic] - findings.numbers[f"waiting {topic}"]
            decided = self._decided[topic]
            holds(
                "records_unbalanced",
                decided == present,
                place,
                None,
                journal=decided,
                present=present,
                topic=topic,
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
            (case.street, "open" if not case.is_over else "over")
            for case in self._context.fold.cases.values()
        )
        stored = Counter(
            (street_of(case_id), "open" if is_open else "over")
            for case_id, is_open in self._snapshots.items()
        )
        for street in sorted(streets):
            sides = {
                name: (self._events[street, name], self._answers[street, name])
                for name in ("refused", "dead_letter", "forwarded")
            }
            good = ("accepted", "merged", "repeated", "updated")
            sides["answered yes"] = (
                sum(self._events[street, name] for name in good),
                sum(self._answers[street, name] for name in ("accepted", "merged", "answered", "updated")),
            )
            if self._context.is_whole:
                kept = self._events[street, "case_opened"] - self._events[street, "case_retired"]
                sides["cases kept"] = (kept, stored[street, "open"] + stored[street, "over"])
                sides["cases open"] = (folded[street, "open"], stored[street, "open"])
            yield street, sides


_RECEIPT_NAME: Final = {"opened": "accepted", "dead": "dead_letter"}


def _number_of(source: Source, source_no: str) -> ReportNo:
    """The report's number in the one form of all its writings."""
    return source.value, number_form(source_no)


def _same_end(said: Ended | None, right: Ended | None) -> bool:
    """To the second: more is not kept."""
    return _end_text(said) == _end_text(right)


def _end_text(end: Ended | None) -> str:
    if end is None:
        return "-"
    at = end.at.replace(microsecond=0).isoformat() if end.at else "-"
    return f"{at} {end.outcome or '-'} {end.merged_into or ''} {end.moved_to or ''}".strip()


def _named(case_id: str, number: ReportNo) -> tuple[str, str, str]:
    """The key under which the answer to a report is kept."""
    return f"report of {street_of(case_id)}", *number


def _answer_of(receipt: bytes | None) -> bytes:
    """What a receipt answers: that a copy differs from the first is said besides."""
    answer = json.loads(receipt or b"{}")
    return _hash({name: value for name, value in answer.items() if name not in _SAID_BESIDES})


def _content_of(joined: JoinedEntry) -> bytes | None:
    """What the entry's report or action says, however it was written and whenever it was sent; None where it is not there to be read."""
    record = joined.input
    if record is None:
        return None
    read = intake.read_report if record.topic == topics.REPORTS else intake.read_action
    try:
        content = msgspec.to_builtins(read(record.key, record.headers, record.value))
    except BadMessage:
        return None
    if record.topic == topics.REPORTS:
        content["source_no"] = number_form(content["source_no"])
    return _hash({name: value for name, value in content.items() if name not in _OF_THE_SENDING})


def _hash(content: Mapping[str, object]) -> bytes:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=_HASH_BYTES).digest()
