"""Whom a case answers: its own reports, those merged into it one by one, and those of cases that were merged into it."""

from datetime import datetime

from schemas.state.case import Case, ReportRef
from schemas.values.terms import Stage
from schemas.values.update_terms import UpdatePart


def answered(case: Case) -> tuple[ReportRef, ...]:
    """Every report that waits for what becomes of this case, its own first; none is there twice."""
    if not case.joined:
        return case.reports
    return (*case.reports, *(report for joined in case.joined for report in joined.reports))


def urges_of(case: Case) -> int:
    """How often it was asked for again (催办), by whichever of its reports."""
    return sum(
        UpdatePart.URGE in update.added
        for report in answered(case)
        if report.updates
        for update in report.updates
    )


def speaks_against(case: Case, reported_at: datetime, at: datetime) -> bool:
    """Whether a report of then speaks against what was done: it came after the disposal that waits to be verified or called about.

    So does all that joins it at a time before the disposal's: that was dated ahead, and the time was set back since.
    """
    disposed_at = case.task.disposed_at if case.task else None
    is_waiting = case.stage in (Stage.AWAITING_VERIFICATION, Stage.AWAITING_CALLBACK)
    return is_waiting and disposed_at is not None and not reported_at <= disposed_at <= at


def wants_call_back(case: Case) -> bool:
    """Whether a hotline's caller, of any of these reports, waits for a call."""
    return any(report.call_back for report in answered(case))
