"""The events of an entry as rows, each with what it happened to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.audit.model.audit_tables import name_of
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.fold import Touched
from pipeline.core.worktime.office_hours import day_of
from pipeline.monthly.rows.row_types import EventRow
from schemas.journal import events as e
from schemas.journal import joint_events as je
from schemas.journal.clock_events import CaseExtended, CaseSuspended
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.topics import REPORTS
from schemas.values.terms import EvidenceKind, Source
from schemas.values.text import category_of

_ANSWERS: Final = {
    e.CaseOpened: "opened",
    e.ReportMerged: "merged",
    e.ReportRepeated: "repeated",
    e.ReportRefused: "refused",
}
"""What becomes of a report."""

_NEW_LEG: Final = (e.CaseOffered, e.CaseDispatched, e.CaseSelfDisposed)
"""Whoever came on site came for the leg before."""


class Events:
    """Remembers of each case what an event's row says and the auditor does not keep: who came, and whether it was filmed."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._filmed: set[str] = set()
        self._officers: dict[str, int] = {}

    def remember(self, entry: JournalEntry) -> None:
        """Of every entry, before its rows."""
        for event in entry.events:
            self._remember(getattr(event, "case_id", None), event)

    def rows(
        self, entry: JournalEntry, touched: Sequence[Touched], cases: Mapping[str, CaseMemory]
    ) -> Iterator[EventRow]:
        """The rows of an entry, in order. `cases` are all that are known after it."""
        there = {one.after.case_id: one for one in touched}
        for number, event in enumerate(entry.events):
            case_id = getattr(event, "case_id", "")
            one = there.get(case_id)
            case = one.after if one else cases.get(case_id)
            yield self._row(entry, number, event, case, one.before if one else None)

    def forget(self, case_id: str) -> None:
        """Nothing happens to it any more."""
        self._filmed.discard(case_id)
        self._officers.pop(case_id, None)

    def _remember(self, case_id: str | None, event: e.Event) -> None:
        if case_id is None:
            return
        if any(item.kind is EvidenceKind.BODYCAM for item in getattr(event, "evidence", ())):
            self._filmed.add(case_id)
        if isinstance(event, e.CaseArrived):
            self._officers[case_id] = len(event.officers)
        elif isinstance(event, _NEW_LEG):
            self._officers.pop(case_id, None)

    def _row(
        self,
        entry: JournalEntry,
        number: int,
        event: e.Event,
        case: CaseMemory | None,
        before: CaseMemory | None,
    ) -> EventRow:
        cause, facts = entry.cause, case.facts if case else None
        is_report = isinstance(cause, RecordCause) and cause.topic == REPORTS
        source = _source(event) or (facts.source if facts else None)
        disposed = event.case_id if isinstance(event, e.CaseDisposed) else None
        return EventRow(
            at=entry.at,
            day=day_of(entry.at),
            partition=entry.partition,
            seq=entry.seq,
            number=number,
            event=name_of(event),
            case_id=getattr(event, "case_id", None),
            street=entry.street,
            grid=facts.place.grid if facts else None,
            matter=facts.matter if facts else None,
            category=category_of(facts.matter) if facts else None,
            severity=facts.severity.value if facts else None,
            source=source.value if source else None,
            team=_team(event, case, before),
            report=_ANSWERS.get(type(event)) if is_report else None,
            reason=_reason(event),
            code=getattr(event, "code", None),
            department=event.department if isinstance(event, je.JointTaskMoved) else None,
            relapse=event.facts.relapse_of is not None if isinstance(event, e.CaseOpened) else None,
            solved=getattr(event, "solved", None),
            satisfied=getattr(event, "satisfied", None),
            filmed=disposed in self._filmed if disposed else None,
            officers=self._officers.get(disposed, 0) if disposed else None,
        )


def _source(event: e.Event) -> Source | None:
    """Where the report came from that it tells of, if it tells of one."""
    match event:
        case e.ReportMerged():
            return event.report.source
        case e.ReportRepeated() | e.ReportRefused():
            return event.source
        case _:
            return None


def _team(event: e.Event, case: CaseMemory | None, before: CaseMemory | None) -> str | None:
    match event:
        case e.CaseDispatched() | e.CaseClaimed() | e.CaseReturned():
            return event.team
        case _:
            return (case.team if case else None) or (before.team if before else None)


def _reason(event: e.Event) -> str | None:
    match event:
        case CaseSuspended():
            return event.suspension.reason.value
        case e.CaseReturned() | CaseExtended() | je.CaseRejected() | je.CaseVoided():
            return event.reason.value
        case e.CaseClosed():
            return event.outcome.value
        case _:
            return None
