"""How what joins a case, and what is split off again, changes its snapshot; part of `case.evolve`."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from pipeline.core.case.reporters import answered
from schemas.errors import CorruptLog
from schemas.journal import events, merge_events
from schemas.state.case import Amended, Case, LaterReport, Merged, ReportRef
from schemas.values.terms import CaseOutcome, Stage

NO_CALLS: Final[Mapping[str, object]] = {"failed_calls": 0, "failed_days": 0, "missed_at": None}
"""Calls are counted anew."""
NO_REQUESTS: Final[Mapping[str, object]] = {"request": None, "further_requests": ()}
"""Whatever was asked for is open no more."""


def merged(case: Case, event: merge_events.CaseMerged, stage: Stage) -> Case:
    """It is part of another case now, and keeps where it stood."""
    merged = Merged(into=event.into, since=event.at, stage=case.stage)
    return replace(
        case, stage=stage, merged=merged, outcome=CaseOutcome.MERGED, closed_at=event.at, **NO_REQUESTS
    )


def unmerged(case: Case, _: merge_events.CaseUnmerged, __: Stage) -> Case:
    """It goes on where it stood."""
    if case.merged is None:
        raise CorruptLog("not_merged", case.case_id)
    return replace(case, stage=case.merged.stage, merged=None, outcome=None, closed_at=None, timers=())


def joined(case: Case, event: merge_events.CaseJoined, _: Stage) -> Case:
    """It answers the reports of another case, too."""
    return _answering(replace(case, joined=(*case.joined, event.joined)), event.joined.reports)


def report_split(case: Case, event: merge_events.ReportSplit, _: Stage) -> Case:
    """It answers them no more, nor is it contradicted by them."""
    gone = (event.source, event.source_no)
    case = replace(
        case,
        reports=tuple(report for report in case.reports if (report.source, report.source_no) != gone),
        joined=tuple(joined for joined in case.joined if joined.case_id != event.to),
    )
    if not case.contradicted_by:
        return case
    left = {(report.source, report.source_no) for report in answered(case)}
    against = tuple(later for later in case.contradicted_by if (later.source, later.source_no) in left)
    return replace(case, contradicted_by=against)


def amended(case: Case, event: merge_events.CaseAmended, _: Stage) -> Case:
    """The facts as opened are kept while anything is otherwise; since when it is of a higher severity, too."""
    opened_with = case.amended.facts if case.amended else case.facts
    facts = replace(case.facts, severity=event.severity, urgency=event.urgency, place=event.place)
    if facts == opened_with:
        return replace(case, facts=facts, amended=None)
    since = case.amended.raised_at if case.amended else None
    raised_at = None if facts.severity is opened_with.severity else since or event.at
    return replace(case, facts=facts, amended=Amended(facts=opened_with, raised_at=raised_at))


def report_merged(case: Case, event: events.ReportMerged, _: Stage) -> Case:
    """It answers one report more."""
    return _answering(replace(case, reports=(*case.reports, event.report)), (event.report,))


def _answering(case: Case, reports: tuple[ReportRef, ...]) -> Case:
    """More reports wait for the case: whoever is to be called is called as often as the others were, whoever speaks against it is answered."""
    if any(report.call_back for report in reports):
        case = replace(case, **NO_CALLS)
    against = tuple(
        LaterReport(source=report.source, source_no=report.source_no) for report in reports if report.against
    )
    return replace(case, contradicted_by=(*case.contradicted_by, *against)) if against else case
