"""What becomes of an order to correct (责令限期改正), as the auditor remembers it; part of `apply_event`."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from pipeline.audit.model.case_memory import CaseMemory, RememberedOrder
from schemas.journal.correction_events import (
    CorrectionExtended,
    CorrectionInspected,
    CorrectionOrdered,
    CorrectionReleased,
)
from schemas.journal.instead_events import ActedInstead, CostsMoved
from schemas.values.penalty_terms import CorrectionState
from schemas.values.terms import TimerKind


def _ordered(case: CaseMemory, event: CorrectionOrdered) -> None:
    case.order = RememberedOrder(event.order.until, CorrectionState.RUNNING)


def _extended(case: CaseMemory, event: CorrectionExtended) -> None:
    """The case rests until the new date."""
    if case.order is not None:
        case.order = case.order._replace(until=event.until, is_extended=True)
    if case.suspended_until is not None:
        case.suspended_until = event.until
        case.timers = tuple(
            replace(timer, due_at=event.until) if timer.kind is TimerKind.RESUME else timer
            for timer in case.timers
        )


def _inspected(case: CaseMemory, event: CorrectionInspected) -> None:
    case.handlers |= {event.by}
    if case.order is not None:
        case.order = case.order._replace(state=CorrectionState(event.result.value))


def _released(case: CaseMemory, _: CorrectionReleased) -> None:
    if case.order is not None:
        case.order = case.order._replace(state=CorrectionState.RELEASED)


def _acted(case: CaseMemory, event: ActedInstead) -> None:
    case.costs = (*case.costs, (event.done.cost_yuan, event.done.costs))
    if case.order is not None and event.done.party is not None:
        case.order = case.order._replace(is_done_instead=True)


def _costs(case: CaseMemory, event: CostsMoved) -> None:
    number = case.open_costs()
    if number is not None:
        yuan, _ = case.costs[number]
        case.costs = (*case.costs[:number], (yuan, event.costs), *case.costs[number + 1 :])


CORRECTION_APPLIERS: Final[Mapping[type, Callable[..., None]]] = {
    ActedInstead: _acted,
    CostsMoved: _costs,
    CorrectionOrdered: _ordered,
    CorrectionExtended: _extended,
    CorrectionInspected: _inspected,
    CorrectionReleased: _released,
}
