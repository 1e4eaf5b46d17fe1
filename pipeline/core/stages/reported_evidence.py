"""发现: the photos and clips that come with a report.

kept, set aside   of whoever reports something: the problem is there whatever the camera's clock says, and nobody takes the photo again
refused           of a patrol that says it is dealt with: its photos are the proof, and who took them is still there
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from pipeline.core.case.case_book import CaseBook
from pipeline.core.case.evidence_checks import (
    AFTER,
    BEFORE,
    after_is_not_later,
    of_another_case,
    times_of,
    used_already,
    wrong_time,
)
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.rules.rules import Rules
from schemas.inputs.report import Report
from schemas.state.case import ReportRef, SetAside
from schemas.values.evidence import Evidence


def refuse_proof(
    rules: Rules, book: CaseBook, report: Report, at: datetime, case_id: str | None
) -> Refusal | None:
    """What is wrong with the evidence of a find that is said to be dealt with; of other reports nothing is refused. `case_id` has it already."""
    if not report.self_disposed:
        return None
    latest = at + timedelta(seconds=rules.policy.future_skew_s)
    earliest = _earliest(rules, report.reported_at, report.occurred_at, at)
    faults: list[Refusal] = []
    for number, item in enumerate(report.evidence):
        wrong = (
            of_another_case(book, item, case_id)
            or wrong_time(item, earliest, latest)
            or used_already(report.evidence[:number], item)
        )
        if wrong:
            faults.append(wrong._replace(field=f"evidence.{number}.{wrong.field}"))
    return all_of(faults) or after_is_not_later(
        times_of(report.evidence, BEFORE), times_of(report.evidence, AFTER)
    )


def marked(rules: Rules, book: CaseBook, report: Report, seen: ReportRef, host_id: str | None) -> ReportRef:
    """The report with what of its evidence is set aside: what another case than its host has, and what was not taken when it says."""
    if not report.evidence:
        return seen
    earliest = _earliest(rules, report.reported_at, report.occurred_at, seen.at)
    marks = tuple(_marks(book, report.evidence, earliest, seen.at, host_id))
    return replace(seen, set_aside=marks) if marks else seen


def marked_anew(rules: Rules, report: ReportRef) -> ReportRef:
    """A merged report that is split off: as it was marked, or as it would have been, where it came before there were marks."""
    if report.set_aside or report.facts is None:
        return report
    earliest = _earliest(rules, report.facts.reported_at, report.facts.occurred_at, report.at)
    marks = tuple(_marks(None, report.evidence, earliest, report.at, None))
    return replace(report, set_aside=marks) if marks else report


def _marks(
    book: CaseBook | None, items: tuple[Evidence, ...], earliest: datetime, at: datetime, host_id: str | None
) -> Iterator[SetAside]:
    """One for each content at most. Whatever comes with a report was taken before that arrived."""
    marked_already: set[str] = set()
    for item in items:
        if item.sha256 in marked_already:
            continue
        other = book.held_by_another(item, host_id) if book else None
        wrong = wrong_time(item, earliest, at)
        if other is not None:
            yield SetAside(sha256=item.sha256, code="evidence_of_other_case", case_id=other)
        elif wrong is not None:
            yield SetAside(sha256=item.sha256, code=wrong.code)
        else:
            continue
        marked_already.add(item.sha256)


def _earliest(rules: Rules, reported_at: datetime, occurred_at: datetime | None, at: datetime) -> datetime:
    """A photo is older than the report that it comes with, but not by any time."""
    first = min(moment for moment in (reported_at, occurred_at, at) if moment)
    return first - timedelta(days=rules.policy.report_photo_days)
