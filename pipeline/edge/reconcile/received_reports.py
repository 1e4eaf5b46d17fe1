"""What the journal says of one source's reports: each number with what became of it. The journal is kept for years."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from schemas.journal.entry import JournalEntry
from schemas.journal.events import CaseOpened, ReportMerged, ReportRefused
from schemas.journal.update_events import ReportUpdated
from schemas.state.case import ReportRef
from schemas.values.order_number import comparable
from schemas.values.terms import Source


class ReceivedReport(NamedTuple):
    """One number as the pipeline has it. `reported_at` is when the sender says it was reported, `at` when it came.

    In no case where `refusal` holds the code of its refusal. `digests` are of all that came under it and is in the case; empty where
    that is not kept.
    """

    number: str
    at: datetime
    reported_at: datetime | None = None
    case_id: str | None = None
    digests: frozenset[str] = frozenset()
    refusal: str | None = None
    field: str = ""


def received_reports(entries: Iterable[JournalEntry], source: Source) -> dict[str, ReceivedReport]:
    """By comparable number. What was refused and pushed again rightly is in a case; a case that took a report over has it now."""
    found: dict[str, ReceivedReport] = {}
    for entry in entries:
        for event in entry.events:
            if isinstance(event, ReportUpdated) and event.source is source:
                _note(found, event)
        for report in _reports(entry, source):
            key = comparable(report.number)
            before = found.get(key)
            if report.refusal is None or before is None or before.refusal is not None:
                at = before.at if before and report.refusal is None and before.refusal is None else report.at
                found[key] = report._replace(at=at)
    return found


def _note(found: dict[str, ReceivedReport], event: ReportUpdated) -> None:
    key = comparable(event.source_no)
    if key in found:
        report = found[key]
        found[key] = report._replace(digests=report.digests | {event.update.content})


def _reports(entry: JournalEntry, source: Source) -> Iterator[ReceivedReport]:
    for event in entry.events:
        match event:
            case CaseOpened(case_id=case_id, facts=facts, report=report) if report.source is source:
                yield _in_case(case_id, report, (report.facts or facts).reported_at)
            case ReportMerged(case_id=case_id, report=report) if report.source is source:
                yield _in_case(case_id, report, report.facts.reported_at if report.facts else None)
            case ReportRefused(source=of, source_no=number, code=code, field=field) if of is source:
                yield ReceivedReport(number, entry.at, refusal=code, field=field)


def _in_case(case_id: str, report: ReportRef, reported_at: datetime | None) -> ReceivedReport:
    contents = (report.content, *(update.content for update in report.updates))
    return ReceivedReport(
        report.source_no, report.at, reported_at, case_id, frozenset(filter(None, contents))
    )
