"""Which clocks of a case run by its stage, and whether one that was stopped stands and goes on with its case, or is over."""

from pipeline.core.case.reporters import awaits_contact
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.rules.penalty_records import measure_of, state_of
from pipeline.core.rules.rules import Rules
from schemas.state.case import Case, Clock
from schemas.values.penalty_terms import MeasureKind, MeasureStep
from schemas.values.terms import ClockKind


def is_suspended(rules: Rules, case: Case, clock: Clock) -> bool:
    """Whether the suspension of the case halts the clock: of its step, its handling or a partner's task."""
    suspension = case.suspension
    if suspension is None or clock.stopped_at is None or clock.stopped_at < suspension.since:
        return False
    return rules.service_of(case.facts.opened_at).clocks[clock.kind].pausable


def is_tested(case: Case, clock: Clock) -> bool:
    """Whether the clock of a measure stands because the things are tested (行政强制法 25)."""
    if clock.kind is not ClockKind.LEGAL or clock.name not in set(MeasureKind):
        return False
    tested = state_of(measure_of(case.penalty, MeasureKind(clock.name))) is MeasureStep.TESTING
    return tested and clock.stopped_at is not None


def clocks_of_stage(case: Case) -> tuple[ClockKind, ...]:
    """Of where the case stands, or rests; the caller's own only where a caller waits."""
    stage = case.suspension.stage if case.suspension is not None else case.stage
    clocks = STAGE_TABLE[stage].clocks
    if ClockKind.CONTACT not in clocks or awaits_contact(case):
        return clocks
    return tuple(kind for kind in clocks if kind is not ClockKind.CONTACT)
