"""Whom a case answers: its own reports, those merged into it one by one, and those of cases that were merged into it."""

from schemas.state.case import Case, ReportRef


def answered(case: Case) -> tuple[ReportRef, ...]:
    """Every report that waits for what becomes of this case, its own first; none is there twice."""
    if not case.joined:
        return case.reports
    return (*case.reports, *(report for joined in case.joined for report in joined.reports))


def wants_call_back(case: Case) -> bool:
    """Whether a hotline's caller, of any of these reports, waits for a call."""
    return any(report.call_back for report in answered(case))
