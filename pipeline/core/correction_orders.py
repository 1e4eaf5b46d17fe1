"""责令限期改正 as a case keeps it: which order stands, whether what follows from it is done, and how events change it. Part of `case.evolve`.

running ──┬─► obeyed                                          the case goes on to its disposal
          ├─► disobeyed ─► a penalty filed or decided since, done instead, or released   then it may be disposed of
          └─► released   by a head, who says why
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from pipeline.core.rules.penalty_records import NO_FACTS, as_it_holds, decision_of, facts_of, is_revoked
from schemas.journal.correction_events import (
    CorrectionExtended,
    CorrectionInspected,
    CorrectionOrdered,
    CorrectionReleased,
)
from schemas.state import chain
from schemas.state.case import Case
from schemas.state.correction import CorrectionOrder
from schemas.values.evidence import Evidence
from schemas.values.penalty_terms import CorrectionState
from schemas.values.terms import PenaltyStep, Stage, SuspensionReason, TimerKind


def latest(case: Case) -> CorrectionOrder | None:
    """The order that was given last."""
    return case.corrections[-1] if case.corrections else None


def unsettled(case: Case) -> CorrectionOrder | None:
    """The order from which something follows that was not done: it was not inspected again, or it is disobeyed and nobody goes on."""
    order = uncorrected(case)
    if order is None or order.state is not CorrectionState.DISOBEYED:
        return order
    return None if _is_followed(case, order) else order


def uncorrected(case: Case) -> CorrectionOrder | None:
    """The order of which nobody has found that it was obeyed: it runs, or is disobeyed and nobody did it in the party's stead."""
    order = latest(case)
    if order is None or order.state in (CorrectionState.OBEYED, CorrectionState.RELEASED):
        return None
    return None if order.state is CorrectionState.DISOBEYED and _is_done_instead(case, order) else order


def rests_for_it(case: Case) -> bool:
    """Whether the case rests because the party has time to obey."""
    return case.suspension is not None and case.suspension.reason is SuspensionReason.CORRECTION


def _is_done_instead(case: Case, order: CorrectionOrder) -> bool:
    """Whether what was ordered was done in the party's stead since (代履行)."""
    return any(done.party is not None and done.at >= order.at for done in case.done_instead)


def is_penalised(case: Case) -> bool:
    """Whether the order is disobeyed, and a penalty was decided against its party since, and stands."""
    order = latest(case)
    if order is None or order.state is not CorrectionState.DISOBEYED:
        return False
    return _is_followed(case, order) and decision_of(case.penalty) is not NO_FACTS


def _is_followed(case: Case, order: CorrectionOrder) -> bool:
    """Whether something was filed or decided against its party since it was found disobeyed, and stands; a clue alone is nothing."""
    penalty, since = case.penalty, order.settled_at
    if penalty is None or since is None or is_revoked(penalty):
        return False
    parties = [record.facts.party for record in penalty.records if record.facts and record.facts.party]
    if parties and parties[-1] is not order.party:
        return False
    if facts_of(penalty, PenaltyStep.NO_PENALTY).corrected:
        return False  # it says what the re-inspection denies
    return any(record.step in _FOLLOWING and record.at >= since for record in as_it_holds(penalty).records)


_FOLLOWING: Final = frozenset(
    {
        *(PenaltyStep.FILED, PenaltyStep.SIMPLE_DECIDED, PenaltyStep.DECIDED),
        *(PenaltyStep.REOPENED, PenaltyStep.NO_PENALTY, PenaltyStep.TRANSFERRED),
    }
)
"""Where the organ says what follows: it goes on, it has decided, nobody is punished, another organ goes on."""


def _ordered(case: Case, event: CorrectionOrdered, _: Stage) -> Case:
    return replace(_with_evidence(case, event.evidence), corrections=(*case.corrections, event.order))


def _extended(case: Case, event: CorrectionExtended, _: Stage) -> Case:
    """The case rests until the new date."""
    order = case.corrections[-1]
    order = replace(
        order,
        until=event.until,
        extended_from=order.until,
        extended_why=event.reason,
        extended_by=event.by,
    )
    case = replace(case, corrections=(*case.corrections[:-1], order))
    if case.suspension is None or not rests_for_it(case):
        return case
    timers = tuple(
        replace(timer, due_at=event.until) if timer.kind is TimerKind.RESUME else timer
        for timer in case.timers
    )
    return replace(case, suspension=replace(case.suspension, until=event.until), timers=timers)


def _inspected(case: Case, event: CorrectionInspected, _: Stage) -> Case:
    state = CorrectionState(event.result.value)
    order = replace(
        case.corrections[-1], state=state, settled_at=event.at, settled_by=event.by, why=event.note
    )
    task = case.task
    if task is not None and event.by not in task.handlers:
        task = replace(task, handlers=(*task.handlers, event.by))
    case = replace(case, corrections=(*case.corrections[:-1], order), task=task)
    return _with_evidence(case, event.evidence)


def _released(case: Case, event: CorrectionReleased, _: Stage) -> Case:
    state = CorrectionState.RELEASED
    order = replace(
        case.corrections[-1], state=state, settled_at=event.at, settled_by=event.by, why=event.note
    )
    return replace(case, corrections=(*case.corrections[:-1], order))


def _with_evidence(case: Case, items: tuple[Evidence, ...]) -> Case:
    evidence, head = chain.grown(case.evidence, case.evidence_head, items)
    return replace(case, evidence=evidence, evidence_head=head)


CORRECTION_CHANGES: Final[Mapping[type, Callable[..., Case]]] = {
    CorrectionOrdered: _ordered,
    CorrectionExtended: _extended,
    CorrectionInspected: _inspected,
    CorrectionReleased: _released,
}
"""Part of `case.evolve.CHANGES`."""
