"""A case as it stands at an instant, as a row."""

from datetime import datetime

from pipeline.audit.model.case_memory import CaseMemory
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime.clock_arithmetic import BREACH_PERCENT
from pipeline.core.worktime.office_hours import day_of
from pipeline.monthly.rows.closing_kinds import ground_of
from pipeline.monthly.rows.conduct import Conduct
from pipeline.monthly.rows.row_types import CaseRow
from schemas.state.case import Clock
from schemas.values.penalty_terms import CorrectionState
from schemas.values.terms import ClockKind, PenaltyStep, Stage
from schemas.values.text import category_of


def running_handling(case: CaseMemory) -> Clock | None:
    """The clock of the handling, where it runs; while it is joint enforcement, that of joint enforcement."""
    if case.is_over:
        return None
    clocks = (case.clocks.get((kind, None)) for kind in (ClockKind.DISPOSE, ClockKind.JOINT))
    return next((clock for clock in clocks if clock is not None and clock.stopped_at is None), None)


def case_row(
    rules: Rules, case: CaseMemory, partition: int, at: datetime, ended_at: datetime | None, *, recent: bool
) -> CaseRow:
    """The row of `case` as it stands at `at`, without its conduct."""
    facts, is_open = case.facts, not case.is_over
    running, whole = running_handling(case), case.clocks.get((ClockKind.WHOLE, None))
    clock = running or case.clocks.get((ClockKind.DISPOSE, None))
    overdue = running is not None and running.due_at <= at
    return CaseRow(
        case_id=case.case_id,
        partition=partition,
        street=case.street,
        grid=facts.place.grid,
        matter=facts.matter,
        category=category_of(facts.matter),
        severity=facts.severity.value,
        source=facts.source.value,
        team=case.team,
        opened_at=facts.opened_at,
        stage=case.stage,
        outcome=case.outcome.value if case.outcome else None,
        ended_at=ended_at,
        reports=len(case.answered()),
        returns=case.returns,
        reworks=case.reworks,
        reopens=case.reopens,
        extensions=case.extensions,
        suspensions=case.suspensions,
        relapse=facts.relapse_of is not None,
        joint=case.joint is not None,
        handling_due_at=clock.due_at if clock else None,
        whole_due_at=whole.due_at if whole else None,
        whole_stopped_at=whole.stopped_at if whole else None,
        open=is_open,
        handling=running is not None,
        overdue=overdue,
        whole_overdue=is_open and whole is not None and whole.stopped_at is None and whole.due_at <= at,
        due_today=running is not None and not overdue and day_of(running.due_at) == day_of(at),
        at_risk=running is not None and not overdue and _is_warned(rules, facts.opened_at, running),
        suspended=case.stage == Stage.SUSPENDED.value,
        supervised=is_open and "supervised" in case.of_district,
        ordered=is_open and _is_ordered(case),
        recent=recent,
    )


def with_conduct(row: CaseRow, case: CaseMemory, conduct: Conduct, *, is_of_window: bool) -> CaseRow:
    """The row with how the case was conducted, and where it ended in the window of which kind its end was."""
    closing = None
    if is_of_window:
        closing = ground_of(case.outcome, conduct.all_faults, is_late=bool(conduct.late))
    return row._replace(
        closing=closing.kind.value if closing else None,
        closing_ground=closing.code if closing else None,
        passed_on=conduct.passed_on,
        overdue_multiple=conduct.multiple,
    )


def _is_warned(rules: Rules, opened_at: datetime, clock: Clock) -> bool:
    """Whether the clock is past every warning of its ladder that comes before the deadline."""
    ladder = rules.service_of(opened_at).clocks[clock.kind].ladder
    return clock.rung >= sum(rung.percent < BREACH_PERCENT for rung in ladder.rungs)


def _is_ordered(case: CaseMemory) -> bool:
    """Whether something is still to follow from its order to correct: it was not inspected again, or is disobeyed and not penalised."""
    if case.order is None or case.order.state in (CorrectionState.OBEYED, CorrectionState.RELEASED):
        return False
    followed = case.order.is_done_instead or bool(set(case.penalty.taken) - {PenaltyStep.CLUE})
    return case.order.state is CorrectionState.RUNNING or not followed
