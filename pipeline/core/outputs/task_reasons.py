"""Why a task came to its team, as the event that brought it says."""

from collections.abc import Callable, Mapping
from typing import Final

from schemas.journal.assessment_events import CaseUnderAssessment
from schemas.journal.events import CaseClaimed, CaseDispatched, CaseOffered, ReportMerged, VerificationFailed
from schemas.journal.joint_events import TaskHandedOver
from schemas.journal.merge_events import CaseAmended
from schemas.journal.update_events import CaseChanged, ReportUpdated


def _by_rule(event: CaseOffered | CaseDispatched) -> str:
    return event.why


def _claimed(event: CaseClaimed) -> str:
    return f"claimed by {event.by}"


def _not_passed(event: VerificationFailed) -> str:
    return event.note


def _taken_over(event: TaskHandedOver) -> str:
    return f"taken over: {event.gone} is gone"


def _reported_again(event: ReportMerged) -> str:
    report = event.report
    if not report.against:
        return ""
    return f"reported again after the disposal: {report.source.value}/{report.source_no}"


def _joined(event: CaseAmended) -> str:
    if event.source is None:
        return ""
    return f"joined by {event.source.value}/{event.source_no}: {event.severity.value}, {event.urgency.value}"


def _updated(event: ReportUpdated) -> str:
    added = ", ".join(event.update.added)
    return (
        f"{event.update.code.value} by {event.source.value}/{event.source_no}{f': {added}' if added else ''}"
    )


def _changed(event: CaseChanged) -> str:
    return f"changed by {event.by}: {event.matter}"


def _asked(event: CaseUnderAssessment) -> str:
    return f"not known yet: {', '.join(event.missing)}"


REASONS: Final[Mapping[type, Callable[..., str]]] = {
    CaseUnderAssessment: _asked,
    CaseOffered: _by_rule,
    CaseDispatched: _by_rule,
    CaseClaimed: _claimed,
    VerificationFailed: _not_passed,
    TaskHandedOver: _taken_over,
    ReportMerged: _reported_again,
    CaseAmended: _joined,
    ReportUpdated: _updated,
    CaseChanged: _changed,
}
"""Which events say why a task came to its team; the last one that says something counts."""
