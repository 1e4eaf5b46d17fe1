"""I12 and I17: nobody who reported is left without an answer, and no record without a receipt."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.checks.privacy import Erasures
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.log.partition_log import LogPlace, LogSource
from pipeline.audit.model.audit_tables import ANSWERING, WAITS_AFTER_DISPOSAL
from pipeline.audit.model.case_memory import CaseMemory, ReportNo
from pipeline.audit.model.fold import Touched
from schemas import topics
from schemas.duty.duty_events import DutyActionAccepted, DutyActionRefused, DutyActionRepeated
from schemas.errors import BadMessage
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.journal.events import (
    ActionAccepted,
    ActionRefused,
    ActionRepeated,
    CallMissed,
    CaseOpened,
    MessageDead,
    RecordForwarded,
    ReportMerged,
    ReportRefused,
    ReportRepeated,
)
from schemas.journal.partition_events import LetterDiscarded
from schemas.journal.update_events import ReportUpdated
from schemas.outputs import ActionSubject, DeadLetter, Notice, Receipt, ReportSubject, SealedOriginal
from schemas.values.terms import CaseOutcome, NoticeKind, ReportOutcome, Source
from schemas.values.update_terms import UpdateCode
from schemas.wire import codecs
from schemas.wire.retried_letter import read_retry

_NOTICES_GONE: Final = "the notices are gone by retention, or were not asked for"
_RECEIPTS_GONE: Final = "the receipts are gone by retention, or were not asked for"
_CALLERS_CLOSED: Final = "callers.v1 may not be read"


class EveryoneAnswered:
    """I12: what is closed was answered, and what was opened again was handled again."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        for touched in touched_cases:
            if touched.has(*ANSWERING):
                self._answered(joined, touched.after)
            if touched.has("case_closed"):
                self._closed(joined, touched)
            if touched.has("caller_contacted"):
                is_secret = touched.after.is_secret
                self._holds("secret_contacted", not is_secret, joined.place, touched.after.case_id)
            if self._context.measures(joined, Invariant.I12):
                self._contradicted(joined, touched)
                self._joined_by(joined, touched)
                self._updated(joined, touched)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _answered(self, joined: JoinedEntry, case: CaseMemory) -> None:
        """Every source gets the final answer under the number of its own report."""
        if topics.NOTICES in joined.absent:
            self._context.findings.skip((Invariant.I12,), _NOTICES_GONE)
            return
        answered_numbers = {
            (notice.source.value, notice.source_no)
            for notice in joined.contents(topics.NOTICES)
            if isinstance(notice, Notice)
            and notice.kind is NoticeKind.FINAL_ANSWER
            and notice.case_id == case.case_id
            and notice.source is not None
        }
        for report in case.answered():
            number = "/".join(report.number)
            self._holds(
                "no_final_answer",
                report.number in answered_numbers,
                joined.place,
                case.case_id,
                number=number,
            )

    def _closed(self, joined: JoinedEntry, touched: Touched) -> None:
        case, place = touched.after, joined.place
        if touched.before is not None and case.opening_was_read:
            self._holds("closed_unhandled", touched.before.is_handled, place, case.case_id)
        is_call_wanted = any(report.call_back for report in case.answered())
        missed = touched.event("call_missed")
        called = (
            touched.has("call_back_recorded")
            or (isinstance(missed, CallMissed) and missed.given_up)
            or case.outcome is CaseOutcome.UNREASONABLE  # whether the hotline consented: `request_checks`
        )
        if is_call_wanted:
            self._holds("closed_uncalled", called, place, case.case_id)
        if is_call_wanted and case.team is not None and self._context.measures(joined, Invariant.I12):
            self._holds("closed_unanswered", case.answered_leg == case.leg, place, case.case_id)
        reached = case.outcome is not CaseOutcome.UNREACHED or missed is not None
        self._holds("closed_unreached", reached, place, case.case_id)

    def _contradicted(self, joined: JoinedEntry, touched: Touched) -> None:
        """What is reported again after the disposal is told to whoever confirms it, and answered before that is done."""
        before, after = touched.before, touched.after
        merged = touched.event("report_merged")
        if before is not None and isinstance(merged, ReportMerged) and merged.report.facts is not None:
            disposed_at = before.disposed_at if before.stage in WAITS_AFTER_DISPOSAL else None
            reported_at, at = merged.report.facts.reported_at, joined.entry.at
            speaks = disposed_at is not None and (reported_at > disposed_at or disposed_at > at)
            words = {"number": f"{merged.report.source.value}/{merged.report.source_no}"}
            same = merged.report.against == speaks
            self._holds("contradiction_missed", same, joined.place, after.case_id, **words)
        new = after.contradicted - (before.contradicted if before else frozenset())
        if new and topics.NOTICES not in joined.absent:
            told = {
                (notice.source.value, notice.source_no)
                for notice in joined.contents(topics.NOTICES)
                if isinstance(notice, Notice)
                and notice.kind is NoticeKind.REPORTED_AGAIN
                and notice.source is not None
            }
            for number in new:
                self._holds(
                    "contradiction_untold",
                    number in told,
                    joined.place,
                    after.case_id,
                    number="/".join(number),
                )
        if before is None or not before.contradicted or not touched.has("verification_passed", "case_closed"):
            return
        passed = touched.event("verification_passed", "call_back_recorded", "call_missed")
        answer = getattr(passed, "answer", "")
        numbers = ", ".join("/".join(number) for number in sorted(before.contradicted))
        self._holds("contradiction_unanswered", answer, joined.place, after.case_id, number=numbers)

    def _updated(self, joined: JoinedEntry, touched: Touched) -> None:
        """Whoever has the case, or the centre, hears what came under a report's number; of a merged case its host's holder does."""
        event = touched.event("report_updated")
        if not isinstance(event, ReportUpdated) or topics.NOTICES in joined.absent:
            return
        is_new = event.update.code is not UpdateCode.NOTHING_NEW
        told = any(
            isinstance(notice, Notice)
            and (notice.source, notice.source_no) == (event.source, event.source_no)
            for notice in joined.contents(topics.NOTICES)
        )
        words = {"number": f"{event.source.value}/{event.source_no}"}
        self._holds("update_untold", told or not is_new, joined.place, touched.after.case_id, **words)

    def _joined_by(self, joined: JoinedEntry, touched: Touched) -> None:
        """A case is as urgent as the most urgent report that joined it, and its holder is told when it rises."""
        merged = touched.event("report_merged")
        if not isinstance(merged, ReportMerged) or merged.report.facts is None or touched.before is None:
            return
        severity, before = merged.report.facts.severity, touched.before.facts.severity
        wanted, now = min(severity, before), touched.after.facts.severity
        words = {"number": f"{merged.report.source.value}/{merged.report.source_no}"}
        self._holds("urgency_lost", now == wanted, joined.place, touched.after.case_id, **words)
        if wanted != before and topics.NOTICES not in joined.absent:
            told = any(
                isinstance(notice, Notice) and notice.kind is NoticeKind.RAISED
                for notice in joined.contents(topics.NOTICES)
            )
            self._holds("rise_untold", told, joined.place, touched.after.case_id, **words)


class Answers:
    """I17: each record has one receipt that agrees with its entry; the original of every dead letter is kept."""

    def __init__(self, context: CheckContext, log: LogSource) -> None:
        self._context = context
        self._holds = context.findings.holds
        self._log = log
        self._sealed: dict[str, tuple[str, LogPlace]] = {}
        self._erasures = Erasures(context)

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        entry = joined.entry
        if not isinstance(entry.cause, RecordCause):
            return
        for letter in joined.contents(topics.DEAD_LETTERS):
            if isinstance(letter, DeadLetter):
                self._dead_letter(joined, entry.cause, letter)
        if topics.RECEIPTS in joined.absent:
            self._context.findings.skip((Invariant.I17,), _RECEIPTS_GONE)
            return
        receipts = [receipt for receipt in joined.contents(topics.RECEIPTS) if isinstance(receipt, Receipt)]
        self._holds("no_receipt", len(receipts) == 1, joined.place, None, many=len(receipts))
        for receipt in receipts:
            self._agrees(joined, receipt)

    def end(self, join: Join) -> None:
        """The sealed original of each dead letter stands in callers.v1, unless it was erased."""
        if not self._log.may_read(topics.CALLERS):
            self._context.findings.skip((Invariant.I17,), _CALLERS_CLOSED, len(self._sealed))
            self._context.findings.skip((Invariant.I18,), _CALLERS_CLOSED)
            return
        for record in self._log.records(topics.CALLERS):
            self._context.findings.records[topics.CALLERS] += 1
            self._erasures.look(record)
            token = (record.key or b"").decode(errors="replace")
            if token in self._sealed and record.value is None:
                del self._sealed[token]
            elif token in self._sealed and record.value is not None:
                sha256, _ = self._sealed[token]
                same = _hash_of(record.value) in (sha256, None)
                self._holds("original_differs", same, record.place, None, token=token)
                self._sealed[token] = ("", record.place)
        self._erasures.end()
        for token, (sha256, place) in self._sealed.items():
            if not self._erasures.is_forgotten(token):
                self._holds("original_missing", not sha256, place, None, token=token)

    def _agrees(self, joined: JoinedEntry, receipt: Receipt) -> None:
        promised = sorted(_promised(joined.entry), key=str)
        right = _promise_of(receipt) in promised
        code = receipt.code if receipt.outcome is not ReportOutcome.ACCEPTED else "accepted"
        words = {"receipt": f"{code} {receipt.case_id or ''}".strip(), "entry": _promised_text(joined.entry)}
        self._holds("other_receipt", right, joined.place, receipt.case_id, **words)
        said_no = receipt.outcome not in _YES
        first = next(((one.code, one.field, one.allowed) for one in receipt.faults), None)
        told = (receipt.code, receipt.field, receipt.allowed) if said_no else None
        known = said_no and not receipt.faults  # written before there were several
        self._holds(
            "other_faults", first == told or known, joined.place, receipt.case_id, receipt=receipt.code
        )

    def _dead_letter(self, joined: JoinedEntry, cause: RecordCause, letter: DeadLetter) -> None:
        place = (letter.topic, letter.partition, letter.offset, letter.sha256)
        right = place == (cause.topic, cause.partition, cause.offset, cause.sha256)
        event = next((event for event in joined.entry.events if isinstance(event, MessageDead)), None)
        agrees = event is not None and (event.code, event.field) == (letter.code, letter.field)
        self._holds("other_letter", right and agrees, joined.place, None, why=letter.code)
        if not joined.gone:
            self._sealed[letter.original] = (
                letter.sha256,
                joined.outputs[topics.DEAD_LETTERS][0].record.place,
            )


class Letters:
    """I17: what is said of a dead letter holds: a record that is pushed again for one says so itself, and none is discarded that never was."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds
        self._dead: set[str] = set()

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        entry = joined.entry
        if not isinstance(entry.cause, RecordCause):
            return
        self._context.findings.letters.note(entry)
        if joined.input is not None:
            told, recorded = read_retry(joined.input.headers), entry.cause.retry_of
            words = {"told": told or "-", "recorded": recorded or "-"}
            self._holds("retry_untraced", told == recorded, joined.place, None, **words)
        for event in entry.events:
            if isinstance(event, MessageDead):
                self._dead.add(entry.entry_id)
            elif isinstance(event, LetterDiscarded) and self._context.is_whole:
                letter = event.letter
                known = letter.removesuffix(":deadletter:0") in self._dead
                self._holds("discard_unknown", known, joined.place, None, letter=letter)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""


_FIRST: Final = (ReportOutcome.ACCEPTED, ReportOutcome.MERGED, ReportOutcome.ANSWERED)
_YES: Final = (*_FIRST, ReportOutcome.UPDATED)
Promise = tuple[str, str, ReportNo | str | None]
"""The outcome and the code of a receipt, and whom it answers."""


def _promised(entry: JournalEntry) -> Iterator[Promise]:
    """What the receipt of this entry may say."""
    acted = any(isinstance(event, ActionAccepted) for event in entry.events)
    for event in entry.events:
        match event:
            case CaseOpened() | ReportMerged() if not acted:
                outcome = event.report.outcome.value
                yield outcome, outcome, (event.report.source.value, event.report.source_no)
            case ReportUpdated() | ReportRepeated():
                yield from _came_again(event)
            case ReportRefused():
                yield "refused", event.code, (event.source.value, event.source_no)
            case RecordForwarded(code=code, source=None):
                yield "forwarded", code, event.action_id
            case RecordForwarded(code=code, source=Source() as source):
                yield "forwarded", code, (source.value, event.source_no or "")
            case MessageDead():
                yield "dead_letter", event.code, None
            case ActionAccepted() | ActionRepeated() | ActionRefused() | LetterDiscarded():
                yield _acted(event)
            case DutyActionAccepted() | DutyActionRepeated() | DutyActionRefused():
                yield _acted(event)
            case _:
                pass


def _came_again(event: ReportUpdated | ReportRepeated) -> Iterator[Promise]:
    number = (event.source.value, event.source_no)
    if isinstance(event, ReportUpdated):
        yield "updated", event.update.code.value, number
    elif event.of is not None:
        yield from (("updated", code.value, number) for code in UpdateCode)
    else:
        yield from ((outcome.value, outcome.value, number) for outcome in _FIRST)


_Done = ActionAccepted | DutyActionAccepted
_NotDone = ActionRefused | DutyActionRefused


def _acted(event: _Done | _NotDone | ActionRepeated | DutyActionRepeated | LetterDiscarded) -> Promise:
    if isinstance(event, _NotDone):
        return "refused", event.code, event.action_id
    action_id = event.done.action_id if isinstance(event, _Done) else event.action_id
    return "accepted", "accepted", action_id


def _promise_of(receipt: Receipt) -> Promise:
    outcome = receipt.outcome.value
    if receipt.outcome is ReportOutcome.DEAD_LETTER:
        return outcome, receipt.code, None
    match receipt.of:
        case ReportSubject():
            return outcome, receipt.code, (receipt.of.source.value, receipt.of.source_no)
        case ActionSubject():
            return outcome, receipt.code, receipt.of.action_id
    return outcome, receipt.code, None


def _promised_text(entry: JournalEntry) -> str:
    return ", ".join(f"{outcome} {code}" for outcome, code, _ in _promised(entry)) or "-"


def _hash_of(value: bytes) -> str | None:
    """The hash of the sealed bytes; None where only the first part of them was kept."""
    try:
        sealed = codecs.CALLER.decode_as_published(value)
    except BadMessage:
        return ""
    if not isinstance(sealed, SealedOriginal):
        return ""
    return None if sealed.truncated else hashlib.sha256(base64.b64decode(sealed.value_base64)).hexdigest()
