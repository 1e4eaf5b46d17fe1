"""I12 and I17: nobody who reported is left without an answer, and no record without a receipt."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.log.partition_log import LogPlace, LogSource
from pipeline.audit.model.audit_tables import ANSWERING
from pipeline.audit.model.case_memory import CaseMemory, ReportNo
from pipeline.audit.model.fold import Touched
from schemas import topics
from schemas.errors import BadMessage
from schemas.journal import events as e
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.outputs import ActionSubject, DeadLetter, Notice, Receipt, ReportSubject, SealedOriginal
from schemas.values.terms import CaseOutcome, NoticeKind, ReportOutcome
from schemas.wire import codecs

_NOTICES_GONE: Final = "the notices are gone by retention"
_RECEIPTS_GONE: Final = "the receipts are gone by retention"
_CALLERS_CLOSED: Final = "callers.v1 may not be read"


class EveryoneAnswered:
    """I12: what is closed was answered, and what was opened again was handled again."""

    def __init__(self, ground: CheckContext) -> None:
        self._ground = ground
        self._holds = ground.found.holds

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry."""
        for one in touched:
            if one.has(*ANSWERING):
                self._answered(turn, one.after)
            if one.has("case_closed"):
                self._closed(turn, one)

    def end(self, join: Join) -> None:
        """Nothing is left to be said."""

    def _answered(self, turn: JoinedEntry, case: CaseMemory) -> None:
        """Every source of a report is told the end, by the number of its own report."""
        if topics.NOTICES in turn.absent:
            self._ground.found.skip((Invariant.I12,), _NOTICES_GONE)
            return
        told = {
            (one.source.value, one.source_no)
            for one in turn.contents(topics.NOTICES)
            if isinstance(one, Notice)
            and one.kind is NoticeKind.FINAL_ANSWER
            and one.case_id == case.case_id
            and one.source is not None
        }
        for report in case.answered():
            number = "/".join(report.number)
            self._holds("no_final_answer", report.number in told, turn.place, case.case_id, number=number)

    def _closed(self, turn: JoinedEntry, one: Touched) -> None:
        case, place = one.after, turn.place
        if one.before is not None and case.opened_here:
            self._holds("closed_unhandled", one.before.is_handled, place, case.case_id)
        asked = any(report.call_back for report in case.answered())
        missed = one.event("call_missed")
        called = one.has("call_back_recorded") or (isinstance(missed, e.CallMissed) and missed.given_up)
        if asked:
            self._holds("closed_uncalled", called, place, case.case_id)
        reached = case.outcome is not CaseOutcome.UNREACHED or missed is not None
        self._holds("closed_unreached", reached, place, case.case_id)


class Answers:
    """I17: one receipt for each record, that says what the entry says; and the bytes of every dead letter are kept."""

    def __init__(self, ground: CheckContext, log: LogSource) -> None:
        self._ground = ground
        self._holds = ground.found.holds
        self._log = log
        self._sealed: dict[str, tuple[str, LogPlace]] = {}

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry."""
        entry = turn.entry
        if not isinstance(entry.cause, RecordCause):
            return
        for letter in turn.contents(topics.DEAD_LETTERS):
            if isinstance(letter, DeadLetter):
                self._buried(turn, entry.cause, letter)
        if topics.RECEIPTS in turn.absent:
            self._ground.found.skip((Invariant.I17,), _RECEIPTS_GONE)
            return
        receipts = [one for one in turn.contents(topics.RECEIPTS) if isinstance(one, Receipt)]
        self._holds("no_receipt", len(receipts) == 1, turn.place, None, many=len(receipts))
        for receipt in receipts:
            self._agrees(turn, receipt)

    def end(self, join: Join) -> None:
        """What dead letters point to stands with the callers, unless it was erased."""
        if not self._log.may_read(topics.CALLERS):
            self._ground.found.skip((Invariant.I17,), _CALLERS_CLOSED, len(self._sealed))
            return
        for record in self._log.records(topics.CALLERS):
            self._ground.found.records[topics.CALLERS] += 1
            token = (record.key or b"").decode(errors="replace")
            if token in self._sealed and record.value is None:
                del self._sealed[token]
            elif token in self._sealed and record.value is not None:
                sha256, _ = self._sealed[token]
                same = _hash_of(record.value) in (sha256, None)
                self._holds("original_differs", same, record.place, None, token=token)
                self._sealed[token] = ("", record.place)
        for token, (sha256, place) in self._sealed.items():
            self._holds("original_missing", not sha256, place, None, token=token)

    def _agrees(self, turn: JoinedEntry, receipt: Receipt) -> None:
        said = sorted(_promised(turn.entry), key=str)
        right = _of(receipt) in said
        code = receipt.code if receipt.outcome is not ReportOutcome.ACCEPTED else "accepted"
        words = {"receipt": f"{code} {receipt.case_id or ''}".strip(), "entry": _told(turn.entry)}
        self._holds("other_receipt", right, turn.place, receipt.case_id, **words)

    def _buried(self, turn: JoinedEntry, cause: RecordCause, letter: DeadLetter) -> None:
        here = (letter.topic, letter.partition, letter.offset, letter.sha256)
        right = here == (cause.topic, cause.partition, cause.offset, cause.sha256)
        event = next((one for one in turn.entry.events if isinstance(one, e.MessageDead)), None)
        agrees = event is not None and (event.code, event.field) == (letter.code, letter.field)
        self._holds("other_letter", right and agrees, turn.place, None, why=letter.code)
        if not turn.gone:
            self._sealed[letter.original] = (letter.sha256, turn.outputs[topics.DEAD_LETTERS][0].record.place)


Promise = tuple[str, str, ReportNo | str | None]
"""The outcome and the code of a receipt, and whom it answers."""


def _promised(entry: JournalEntry) -> Iterator[Promise]:
    """What the receipt of this entry may say."""
    acted = any(isinstance(one, e.ActionAccepted) for one in entry.events)
    for event in entry.events:
        match event:
            case e.CaseOpened() | e.ReportMerged() if not acted:
                outcome = event.report.outcome.value
                yield outcome, outcome, (event.report.source.value, event.report.source_no)
            case e.ReportRepeated():
                for outcome in ("accepted", "merged"):
                    yield outcome, outcome, (event.source.value, event.source_no)
            case e.ReportRefused():
                yield "refused", event.code, (event.source.value, event.source_no)
            case e.MessageDead():
                yield "dead_letter", event.code, None
            case e.ActionAccepted() | e.ActionRepeated() | e.ActionRefused():
                yield _acted(event)
            case _:
                pass


def _acted(event: e.ActionAccepted | e.ActionRepeated | e.ActionRefused) -> Promise:
    if isinstance(event, e.ActionRefused):
        return "refused", event.code, event.action_id
    action_id = event.done.action_id if isinstance(event, e.ActionAccepted) else event.action_id
    return "accepted", "accepted", action_id


def _of(receipt: Receipt) -> Promise:
    outcome = receipt.outcome.value
    if receipt.outcome is ReportOutcome.DEAD_LETTER:
        return outcome, receipt.code, None
    match receipt.of:
        case ReportSubject():
            return outcome, receipt.code, (receipt.of.source.value, receipt.of.source_no)
        case ActionSubject():
            return outcome, receipt.code, receipt.of.action_id
    return outcome, receipt.code, None


def _told(entry: JournalEntry) -> str:
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
