"""The order of a penalty procedure as the auditor knows it: what has to come first or end before a step, who may not approve of it,
and which limits of the law last, and from when on."""

from collections.abc import Mapping
from typing import Final

from pipeline.audit.model.audit_tables import BEFORE_DEMOLITION, PUNISHING, WAITS_FOR
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.procedure.penalty_memory import APPROVED, PenaltyMemory, people
from pipeline.audit.model.rules_reader import AuditLegalLimit
from schemas.journal.clock_events import PenaltyMoved
from schemas.state.case import Clock
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import ClockKind, PenaltyStep

_RESTS_ON: Final[Mapping[PenaltyStep, PenaltyStep]] = {
    PenaltyStep.NOTICED: PenaltyStep.INVESTIGATED,
    PenaltyStep.REVIEWED: PenaltyStep.NOTICED,
    PenaltyStep.DECIDED: PenaltyStep.NOTICED,
    PenaltyStep.DEMANDED: PenaltyStep.SERVED,
    PenaltyStep.PAID: PenaltyStep.SERVED,
    PenaltyStep.ENFORCED: PenaltyStep.SERVED,
}
"""What a step rests on, and what has to count when it is taken: 行政处罚法 44, 57, 61."""
_AFTER_REVOKED: Final = frozenset(
    map(
        PenaltyStep,
        ["archived", "unpublished", "refunded", "reopened", "reconsideration_ended", "suit_ended"],
    )
)


def waited_for(case: CaseMemory, step: PenaltyStep, demolition: frozenset[str]) -> str:
    """What has to come first, or to end, before this step; empty where nothing stands in its way."""
    penalty = case.penalty
    facts = penalty.facts
    if "revoked" in facts and step not in _AFTER_REVOKED:
        return PenaltyStep.ARCHIVED.value
    if step in (PenaltyStep.ARCHIVED, PenaltyStep.REOPENED) and (open_step := _left_of_it(penalty)):
        return open_step.value
    if step is PenaltyStep.REOPENED and not {"revoked", "remake"} <= facts:  # 行政复议法 64
        return PenaltyStep.REVOKED.value
    if "crime" in facts and step in PUNISHING:  # 行政处罚法 27
        return PenaltyStep.TRANSFERRED.value
    first = _RESTS_ON.get(step)
    if first is not None and first not in penalty.counting:
        return first.value
    rows = WAITS_FOR.get(step, ())
    if step is PenaltyStep.ENFORCED and case.facts.matter in demolition:
        rows = BEFORE_DEMOLITION
    return ", ".join(
        begun for begun, *ends in rows if begun in penalty.counting and not set(ends) & set(penalty.counting)
    )


def _left_of_it(penalty: PenaltyMemory) -> PenaltyStep | None:
    """What is left to do of a decision that stands no longer."""
    if "overturned" in penalty.facts:  # 行政处罚法 48
        return PenaltyStep.UNPUBLISHED
    return PenaltyStep.REFUNDED if penalty.owed_back > 0 else None  # 国家赔偿法 36


def approving_handlers(before: PenaltyMemory, event: PenaltyMoved) -> frozenset[str]:
    """Who handles the case and approves of it, by this step or an earlier one: nobody does (行政处罚法 57, 58)."""
    handling, approving = people(event.step, event.by, event.facts)
    found = handling & before.approvers
    return found | (approving & (before.officers | handling) if event.step in APPROVED else frozenset())


def lasts(case: CaseMemory, limit: AuditLegalLimit) -> bool:
    """Whether a limit of the law runs; it does so after the service case is over, too."""
    if limit.measure is not None:
        state = case.measures.get(limit.measure, MeasureStep.ENDED)
        # 行政强制法 25: the time of testing is not counted
        return state is not MeasureStep.ENDED and not (limit.testing and state is MeasureStep.TESTING)
    clock, count = case.clocks.get((ClockKind.LEGAL, limit.name)), case.penalty.counting
    if (
        limit.is_window
        and clock is not None
        and clock.stopped_at is not None
        and is_current(case, limit, clock)
    ):
        return False  # it opens again with a step that is taken again, and with nothing else
    return limit.needs <= case.penalty.facts and limit.begins in count and not limit.ends.intersection(count)


def is_current(case: CaseMemory, limit: AuditLegalLimit, clock: Clock) -> bool:
    """Whether the clock counts from the step that counts, and from no earlier one of the same name."""
    again = case.penalty.again_at(limit.begins)
    return again is None or clock.started_at >= again
