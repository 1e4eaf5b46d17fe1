"""What is counted against whoever handles a case, and what became of appeals, as the auditor remembers it; part of `apply_event`."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from pipeline.audit.model.case_memory import CaseMemory
from schemas import limits
from schemas.journal.clock_events import RequestDecided
from schemas.journal.events import Event
from schemas.journal.supervision_events import DemeritCounted, DemeritLifted
from schemas.state.case import Request
from schemas.state.demerit import Demerit
from schemas.values.terms import RequestKind


def deny_appeal(case: CaseMemory, event: Event) -> None:
    """What an appeal that is denied was against stands; before the event takes the appeal away."""
    if isinstance(event, RequestDecided) and event.kind is RequestKind.APPEAL and not event.granted:
        appeal = case.request_of(RequestKind.APPEAL)
        _decide(case, appeal.demerit if appeal else None, lifted=False)


def appeals_of(case: CaseMemory) -> tuple[Request, ...]:
    """What is asked for and outlives the handling, and the case: the open appeal."""
    return tuple(request for request in case.requests if request.demerit is not None)


def _counted(case: CaseMemory, event: DemeritCounted) -> None:
    case.demerits = (*case.demerits, event.demerit)[-limits.DEMERITS_PER_CASE_MAX :]


def _lifted(case: CaseMemory, event: DemeritLifted) -> None:
    _decide(case, event.demerit, lifted=True)


def _decide(case: CaseMemory, demerit: Demerit | None, *, lifted: bool) -> None:
    case.demerits = tuple(replace(one, lifted=lifted) if one == demerit else one for one in case.demerits)


DEMERIT_APPLIERS: Final[Mapping[type, Callable[..., None]]] = {
    DemeritCounted: _counted,
    DemeritLifted: _lifted,
}
