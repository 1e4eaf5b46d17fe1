"""A core that counts: one entry, one case and one receipt a record. It stands in for the field where only the log matters.

A record's value says what is wanted of it, in words: `raise` makes `step` raise, `quote …` makes it raise and say all of it,
`arm:SECONDS` arms a timer.
"""

import heapq
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from msgspec.structs import replace

from pipeline.core.case.turn import Change, InputRecord, Outcome, Turn
from schemas.duty.street_duty import StreetDuty
from schemas.journal import events
from schemas.journal.clock_events import TimerFired
from schemas.journal.entry import JournalEntry, OutputCounts, RecordCause, TimerCause
from schemas.outputs import CallerRecord, DeadLetter, Receipt, RecordSubject, SealedOriginal
from schemas.state.case import Case, Facts, ReportRef, Timer
from schemas.state.retired import RetiredReports
from schemas.values.place import Place
from schemas.values.terms import ReportOutcome, Severity, Source, Stage, TimerKind, Urgency

STREET = "140109004"
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_FACTS = Facts(
    matter="SR-001",
    severity=Severity.P3,
    urgency=Urgency.NORMAL,
    source=Source.PATROL,
    place=Place(address="somewhere"),
    text="",
    reported_at=_AT,
    opened_at=_AT,
)


def case_id(partition: int, seq: int) -> str:
    """Made of where the entry stands."""
    number, digits = partition * 10**12 + seq, ""
    for _ in range(13):
        number, digit = divmod(number, 32)
        digits = _DIGITS[digit] + digits
    return f"{STREET}-{digits}"


class CountingCore:
    """Keeps the cases it was given; `next_due` is that of the timers they carry."""

    provisional = 0

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self._due: list[tuple[datetime, str]] = []

    def restore(
        self,
        cases: Iterable[Case],
        retired: Iterable[RetiredReports] = (),
        duties: Iterable[StreetDuty] = (),
    ) -> None:
        for case in cases:
            self._keep(case)

    def held(self) -> tuple[Iterable[Case], Iterable[RetiredReports], Iterable[StreetDuty]]:
        return self.cases.values(), (), ()

    def next_due(self) -> datetime | None:
        return self._due[0][0] if self._due else None

    def fire(self, turn: Turn) -> Outcome:
        due, which = heapq.heappop(self._due)
        before = self.cases[which]
        timer = before.timers[0]
        case = replace(before, version=before.version + 1, timers=(), entry_id=turn.entry_id)
        self.cases[which] = case
        late = int(((turn.decided_at or turn.at) - due).total_seconds())
        event = TimerFired(case_id=which, timer=timer, late_s=late)
        cause = TimerCause(case_id=which, timer=timer.kind, clock=None, due_at=due)
        return Outcome(_entry(turn, cause, event, OutputCounts(cases=1)), changes=[Change(before, case)])

    def read_ahead(self) -> bool:
        return False

    def step(self, record: InputRecord, turn: Turn) -> Outcome:
        said = (record.value or b"").decode()
        if said == "raise":
            raise RuntimeError("a bug of the core")
        if said.startswith("quote "):
            raise ValueError(said)
        which = case_id(turn.partition, turn.seq)
        digest = sha256(record.value or b"").hexdigest()
        ref = ReportRef(source=Source.PATROL, source_no=f"{record.topic}-{record.offset}", sha256=digest,
                        entry_id=turn.entry_id, at=turn.at, outcome=ReportOutcome.ACCEPTED, due_at=None, team=None)  # fmt: skip
        timers: tuple[Timer, ...] = ()
        if said.startswith("arm:"):
            due = turn.at + timedelta(seconds=float(said[4:]))
            timers = (Timer(kind=TimerKind.WARNING, due_at=due),)
        case = Case(case_id=which, street=STREET, version=1, stage=Stage.REPORTED, facts=_FACTS, reports=(ref,),
                    timers=timers, entry_id=turn.entry_id, rules_version="counting")  # fmt: skip
        self._keep(case)
        cause = _cause(record, digest)
        event = events.CaseOpened(case_id=which, facts=_FACTS, report=ref)
        entry = _entry(turn, cause, event, OutputCounts(cases=1, receipts=1))
        return Outcome(
            entry, changes=[Change(None, case)], receipts=[_receipt(record, turn, ReportOutcome.ACCEPTED)]
        )

    def bury(self, record: InputRecord, turn: Turn) -> Outcome:
        digest = sha256(record.value or b"").hexdigest()
        token = f"d-{digest[:32]}"
        letter = DeadLetter(dead_letter_id=f"{turn.entry_id}:dead:0", entry_id=turn.entry_id, at=turn.at,
                            topic=record.topic, partition=record.partition, offset=record.offset, sha256=digest,
                            size_bytes=len(record.value or b""), code="internal_error", original=token)  # fmt: skip
        sealed: CallerRecord = SealedOriginal(token=token, at=turn.at, value_base64="")
        counts = OutputCounts(receipts=1, callers=1, dead_letters=1)
        entry = _entry(turn, _cause(record, digest), events.MessageDead(code="internal_error"), counts)
        return Outcome(entry, receipts=[_receipt(record, turn, ReportOutcome.DEAD_LETTER)], callers=[sealed],
                       dead_letters=[letter])  # fmt: skip

    def _keep(self, case: Case) -> None:
        self.cases[case.case_id] = case
        for timer in case.timers:
            heapq.heappush(self._due, (timer.due_at, case.case_id))


def _cause(record: InputRecord, digest: str) -> RecordCause:
    return RecordCause(topic=record.topic, partition=record.partition, offset=record.offset, sha256=digest)


def _receipt(record: InputRecord, turn: Turn, outcome: ReportOutcome) -> Receipt:
    subject = RecordSubject(topic=record.topic, partition=record.partition, offset=record.offset)
    return Receipt(receipt_id=f"{turn.entry_id}:receipt:0", entry_id=turn.entry_id, at=turn.at, of=subject,
                   outcome=outcome, code=outcome.value)  # fmt: skip


def _entry(
    turn: Turn, cause: RecordCause | TimerCause, event: events.Event, counts: OutputCounts
) -> JournalEntry:
    return JournalEntry(
        entry_id=turn.entry_id,
        partition=turn.partition,
        epoch=turn.epoch,
        seq=turn.seq,
        at=turn.at,
        street=STREET,
        cause=cause,
        rules_version="counting",
        code_version="counting",
        events=(event,),
        counts=counts,
        decided_at=turn.decided_at,
    )
