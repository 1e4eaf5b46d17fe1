"""What becomes of an order to correct (责令限期改正), as the auditor remembers it; part of `apply_event`."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.procedure.remembered_orders import RememberedOrder
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
    order = event.order
    case.order = RememberedOrder(
        order.until,
        CorrectionState.RUNNING,
        party=order.party,
        served_at=order.at,
        by=frozenset((order.by,)),
    )


def _extended(case: CaseMemory, event: CorrectionExtended) -> None:
    """The case rests until the new date."""
    if case.order is not None:
        by = case.order.by | {event.by}
        case.order = case.order._replace(until=event.until, is_extended=True, by=by)
    if case.suspended_until is not None:
        case.suspended_until = event.until
        case.timers = tuple(
            replace(timer, due_at=event.until) if timer.kind is TimerKind.RESUME else timer
            for timer in case.timers
        )


def _inspected(case: CaseMemory, event: CorrectionInspected) -> None:
    case.handlers |= {event.by}
    if case.order is not None:
        case.order = case.order._replace(state=CorrectionState(event.result.value), settled_at=event.at)


def _released(case: CaseMemory, event: CorrectionReleased) -> None:
    if case.order is not None:
        case.order = case.order._replace(state=CorrectionState.RELEASED, settled_at=event.at)


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
