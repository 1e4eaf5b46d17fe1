"""The events of an entry as rows, each with what it happened to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.audit.model.audit_tables import name_of
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.fold import Touched
from pipeline.core.worktime.office_hours import day_of
from pipeline.monthly.rows.row_types import EventRow
from schemas.journal import events, joint_events
from schemas.journal.assessment_events import CaseUnderAssessment
from schemas.journal.clock_events import CaseExtended, CaseSuspended, RequestDecided
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.journal.supervision_events import DemeritLifted
from schemas.journal.update_events import ReportUpdated
from schemas.topics import REPORTS
from schemas.values.terms import EvidenceKind, RequestKind, Source, Stage
from schemas.values.text import category_of
from schemas.values.update_terms import ReportMark

_ANSWERS: Final = {
    events.CaseOpened: "opened",
    events.ReportMerged: "merged",
    events.ReportRepeated: "repeated",
    events.ReportRefused: "refused",
}
"""What becomes of a report."""

_NEW_LEG: Final = (events.CaseOffered, events.CaseDispatched, events.CaseSelfDisposed)
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
        self,
        entry: JournalEntry,
        touched: Sequence[Touched],
        cases: Mapping[str, CaseMemory],
        shirked: Mapping[int, bool],
    ) -> Iterator[EventRow]:
        """The rows of an entry, in order. `cases` are all that are kept after it, `shirked` what `Conducts.take` says of it."""
        touches = {touch.after.case_id: touch for touch in touched}
        for number, event in enumerate(entry.events):
            case_id = getattr(event, "case_id", "")
            touch = touches.get(case_id)
            case = touch.after if touch else cases.get(case_id)
            row = self._row(entry, number, event, case, touch.before if touch else None)
            yield row._replace(shirked=shirked[number]) if number in shirked else row

    def forget(self, case_id: str) -> None:
        """Nothing happens to it any more."""
        self._filmed.discard(case_id)
        self._officers.pop(case_id, None)

    def _remember(self, case_id: str | None, event: events.Event) -> None:
        if case_id is None:
            return
        if any(item.kind is EvidenceKind.BODYCAM for item in getattr(event, "evidence", ())):
            self._filmed.add(case_id)
        if isinstance(event, events.CaseArrived):
            self._officers[case_id] = len(event.officers)
        elif isinstance(event, _NEW_LEG):
            self._officers.pop(case_id, None)

    def _row(
        self,
        entry: JournalEntry,
        number: int,
        event: events.Event,
        case: CaseMemory | None,
        before: CaseMemory | None,
    ) -> EventRow:
        cause, facts = entry.cause, case.facts if case else None
        is_report = isinstance(cause, RecordCause) and cause.topic == REPORTS
        source = _source(event) or (facts.source if facts else None)
        disposed = event.case_id if isinstance(event, events.CaseDisposed) else None
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
            report=_answer(event) if is_report else None,
            reason=_reason(event, before),
            code=getattr(event, "code", None),
            department=event.department if isinstance(event, joint_events.JointTaskMoved) else None,
            relapse=event.facts.relapse_of is not None if isinstance(event, events.CaseOpened) else None,
            solved=getattr(event, "solved", None),
            satisfied=getattr(event, "satisfied", None),
            filmed=disposed in self._filmed if disposed else None,
            officers=self._officers.get(disposed, 0) if disposed else None,
            first=_is_first(event, case, before),
            final=_is_final(event, case, before),
        )


def _is_first(event: events.Event, case: CaseMemory | None, before: CaseMemory | None) -> bool | None:
    """Whether it is the case's first dispatch, the return of that, or the call about the first handling; None of other events."""
    match event:
        case events.CaseDispatched() | events.CaseClaimed():
            return case is not None and case.leg == 1
        case events.CaseReturned():
            return before is not None and before.leg == 1
        case events.CallBackRecorded() if (
            before is not None and before.stage == Stage.AWAITING_CALLBACK.value
        ):
            return before.reopens == 0
        case _:
            return None


def _is_final(event: events.Event, case: CaseMemory | None, before: CaseMemory | None) -> bool | None:
    """Whether the case is closed with the call; None of other events, and of a call while it is handled."""
    if not isinstance(event, events.CallBackRecorded) or case is None or before is None:
        return None
    return case.is_over if before.stage == Stage.AWAITING_CALLBACK.value else None


def _source(event: events.Event) -> Source | None:
    """The source of the report that the event answers; None of other events."""
    match event:
        case events.ReportMerged():
            return event.report.source
        case events.ReportRepeated() | events.ReportRefused() | ReportUpdated():
            return event.source
        case _:
            return None


def _team(event: events.Event, case: CaseMemory | None, before: CaseMemory | None) -> str | None:
    match event:
        case events.CaseDispatched() | events.CaseClaimed() | events.CaseReturned():
            return event.team
        case DemeritLifted():
            return event.demerit.team
        case RequestDecided(kind=RequestKind.OBJECTION) if before is not None:
            return before.team
        case _:
            return (case.team if case else None) or (before.team if before else None)


def _answer(event: events.Event) -> str | None:
    """What became of a report; one that is nothing to enforce is answered, and opens no case that is counted."""
    if isinstance(event, events.CaseOpened) and event.report.answer is not None:
        return "answered"
    if isinstance(event, ReportUpdated):
        urged = event.mark is ReportMark.URGED
        return (
            None if event.host else "urged" if urged else "updated"
        )  # of a merged case its host has the same event
    return _ANSWERS.get(type(event))


def _reason(event: events.Event, before: CaseMemory | None) -> str | None:
    match event:
        case CaseUnderAssessment():
            return before.stage if before else None
        case joint_events.CaseUnderCheck():
            return "ordered" if event.by is not None else None
        case RequestDecided(kind=RequestKind.OBJECTION):
            return "granted" if event.granted else "refused"
        case CaseSuspended():
            return event.suspension.reason.value
        case events.CaseReturned() | CaseExtended() | joint_events.CaseRejected() | joint_events.CaseVoided():
            return event.reason.value
        case events.CaseClosed():
            return event.outcome.value
        case DemeritLifted():
            return event.demerit.kind.value
        case _:
            return None
