"""代处置 and 代履行 as a case keeps them: what was done in somebody's stead, and what became of its costs. Part of `case.evolve`.

done ─► costs open ─► claimed ─┬─► recovered
                       └───────┴─► given up, by a head who says why
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from pipeline.core.correction_orders import CORRECTION_CHANGES
from schemas.journal.instead_events import ActedInstead, CostsMoved
from schemas.state import chain
from schemas.state.case import Case
from schemas.state.instead import DoneInstead
from schemas.values.penalty_terms import CostState
from schemas.values.terms import Stage

_OPEN: Final = (CostState.OPEN, CostState.CLAIMED)


def with_open_costs(case: Case) -> DoneInstead | None:
    """What was done first of all whose costs are neither recovered nor given up."""
    return next((done for done in case.done_instead if done.costs in _OPEN), None)


def has_open_costs(case: Case) -> bool:
    """Whether somebody still bears costs of the case."""
    return with_open_costs(case) is not None


def _acted(case: Case, event: ActedInstead, _: Stage) -> Case:
    evidence, head = chain.grown(case.evidence, case.evidence_head, event.evidence)
    return replace(case, done_instead=(*case.done_instead, event.done), evidence=evidence, evidence_head=head)


def _moved(case: Case, event: CostsMoved, _: Stage) -> Case:
    open_one = with_open_costs(case)
    moved = tuple(
        replace(done, costs=event.costs, costs_at=event.at, costs_by=event.by, costs_why=event.note)
        if done is open_one
        else done
        for done in case.done_instead
    )
    return replace(case, done_instead=moved)


ORDER_CHANGES: Final[Mapping[type, Callable[..., Case]]] = {
    **CORRECTION_CHANGES,
    ActedInstead: _acted,
    CostsMoved: _moved,
}
"""Part of `case.evolve.CHANGES`, with those of orders to correct."""
