"""How what joins a case, what is split off again, and what its reports say when they come again, change its snapshot; part of `case.evolve`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from pipeline.core.case.reporters import answered
from schemas.errors import CorruptLog
from schemas.journal import clock_events, events, merge_events, update_events
from schemas.state import chain
from schemas.state.case import Amended, Case, Facts, Merged, ReportRef
from schemas.state.later_report import LaterReport
from schemas.values.hotline_order import HotlineOrder
from schemas.values.place import Place
from schemas.values.terms import CaseOutcome, Severity, Stage, Urgency
from schemas.values.update_terms import UpdatePart

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


def as_opened(case: Case) -> Facts:
    """The facts of the case before anything joined it: what joins it may say where it is, but not draw in what is near to that."""
    return case.amended.facts if case.amended else case.facts


def is_elsewhere_now(before: Case, after: Case) -> bool:
    """Whether the case is of another matter or place than it was opened with (变更), by which it is found."""
    was, now = as_opened(before), as_opened(after)
    return was is not now and (was.matter, was.place) != (now.matter, now.place)


def amended(case: Case, event: merge_events.CaseAmended, _: Stage) -> Case:
    """The facts as opened are kept while anything is otherwise; since when it is of a higher severity, too."""
    opened_with = as_opened(case)
    geocode = case.facts.geocode if event.place.grid == case.facts.place.grid else None
    facts = replace(
        case.facts, severity=event.severity, urgency=event.urgency, place=event.place, geocode=geocode
    )
    if facts == opened_with:
        return replace(case, facts=facts, amended=None)
    since = case.amended.raised_at if case.amended else None
    raised_at = None if facts.severity is opened_with.severity else since or event.at
    return replace(case, facts=facts, amended=Amended(facts=opened_with, raised_at=raised_at))


def report_merged(case: Case, event: events.ReportMerged, _: Stage) -> Case:
    """It answers one report more."""
    return _answering(replace(case, reports=(*case.reports, event.report)), (event.report,))


def report_updated(case: Case, event: update_events.ReportUpdated, _: Stage) -> Case:
    """The report remembers what it said; of the one that opened the case, text and evidence are the case's."""
    opened_by, *others = case.reports
    if not _is_its(opened_by, event):
        others = [_with_update(report, event) if _is_its(report, event) else report for report in others]
        joined = [
            replace(one, reports=tuple(_again(report, event) for report in one.reports))
            for one in case.joined
        ]
        case = replace(case, reports=(opened_by, *others), joined=tuple(joined))
    else:
        evidence, head = chain.grown(case.evidence, case.evidence_head, event.evidence)
        case = replace(
            case, reports=(_again(opened_by, event), *others), evidence=evidence, evidence_head=head
        )
        if event.text is not None:
            case = _saying(case, event.text)
        if case.stage is Stage.UNDER_ASSESSMENT:  # nobody was promised anything yet
            case = replace(case, facts=facts_with(case.facts, event.update.urgency, None))
    return replace(case, **NO_CALLS) if event.caller and case.closed_at is None else case


def case_changed(case: Case, event: update_events.CaseChanged, _: Stage) -> Case:
    """As if it had been opened so."""
    facts = replace(case.facts, matter=event.matter, severity=event.severity, place=event.place, geocode=None)
    return replace(case, facts=facts, amended=None)


def extended(case: Case, event: clock_events.CaseExtended, _: Stage) -> Case:
    """Once more; what the hotline granted holds for all orders that would be due before."""
    case = replace(case, extensions=case.extensions + 1)
    due_at = event.hotline_due_at
    if due_at is None:
        return case
    joined = (
        replace(one, reports=tuple(_due(report, due_at, earlier_only=True) for report in one.reports))
        for one in case.joined
    )
    reports = tuple(_due(report, due_at, earlier_only=True) for report in case.reports)
    return replace(case, reports=reports, joined=tuple(joined))


def facts_with(facts: Facts, urgency: Urgency | None, place: Place | None) -> Facts:
    """What a report said, with what it said of urgency and place when it came again."""
    if urgency is Urgency.CRITICAL:
        facts = replace(facts, severity=Severity.P1)
    return replace(facts, urgency=urgency or facts.urgency, place=place or facts.place)


def _is_its(report: ReportRef, event: update_events.ReportUpdated) -> bool:
    return (report.source, report.source_no) == (event.source, event.source_no)


def _again(report: ReportRef, event: update_events.ReportUpdated) -> ReportRef:
    """With the update; another report as it is."""
    if not _is_its(report, event):
        return report
    due_at = event.update.due_at
    report = report if due_at is None else _due(report, due_at)
    return replace(
        report,
        updates=(*report.updates, event.update),
        set_aside=(*report.set_aside, *event.set_aside),
        caller=event.caller or report.caller,
        call_back=report.call_back or event.call_back,
    )


def _due(report: ReportRef, due_at: datetime, *, earlier_only: bool = False) -> ReportRef:
    """With this deadline of its hotline; with `earlier_only` only one that had an earlier one."""
    order = report.order or HotlineOrder()
    if earlier_only and (order.due_at is None or order.due_at >= due_at):
        return report
    return replace(report, order=replace(order, due_at=due_at))


def _with_update(report: ReportRef, event: update_events.ReportUpdated) -> ReportRef:
    """A report that joined the case keeps what it says itself."""
    again, update, facts = _again(report, event), event.update, report.facts
    if facts is not None:
        facts = facts_with(facts, update.urgency, update.place if UpdatePart.PLACE in update.added else None)
        facts = facts if event.text is None else replace(facts, text=event.text)
    return replace(again, facts=facts, evidence=(*again.evidence, *event.evidence))


def _saying(case: Case, text: str) -> Case:
    amended = case.amended
    if amended is not None:
        amended = replace(amended, facts=replace(amended.facts, text=text))
    return replace(case, facts=replace(case.facts, text=text), amended=amended)


def _answering(case: Case, reports: tuple[ReportRef, ...]) -> Case:
    """More reports wait for the case: whoever is to be called is called as often as the others were, whoever speaks against it is answered."""
    if any(report.call_back for report in reports):
        case = replace(case, **NO_CALLS)
    against = tuple(
        LaterReport(source=report.source, source_no=report.source_no) for report in reports if report.against
    )
    return replace(case, contradicted_by=(*case.contradicted_by, *against)) if against else case
