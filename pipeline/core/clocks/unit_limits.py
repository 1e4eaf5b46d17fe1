"""A unit's own limits (权属单位时限): whoever is no team of the street may have another time for handling than the matter's.

the matter's limit ─► so many percent of it, in its own units, rounded up ─► the handling; and the whole case with it
dispatched to such a unit, or from one to somebody else ─► counted anew from where it began (`new_holder`)
"""

from pipeline.core.rules.rules import Rules
from pipeline.core.worktime.policy import Service, Span
from schemas.state.case import Case
from schemas.values.terms import ClockKind, Severity


def percent_of(rules: Rules, case: Case) -> int | None:
    """The percent of the matter's limit that whoever has the case has; None where it has the matter's own."""
    return (
        rules.unit_percent(case.task.team if case.task else None, case.facts) if rules.unit_limits else None
    )


def limit_of(
    rules: Rules, service: Service, case: Case, kind: ClockKind, name: str | None, severity: Severity
) -> Span | None:
    """How long a clock of the service may run for whoever has the case; None where there is no such clock."""
    percent = percent_of(rules, case)
    if percent is None:
        return service.limit(case.facts.matter, severity, kind, name)
    return service.limit_of_unit(case.facts.matter, severity, kind, name, percent)
