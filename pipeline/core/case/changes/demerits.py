"""考核扣分: what is counted against whoever handles a case follows from its events and clocks; and what an appeal makes of it.

returned, called, handled or contacted too late ─► counted ─┬─ appeal granted ─► lifted: counted no longer, and still on file
                                                           └─ appeal denied ──► stands, and is not appealed again
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from schemas import limits
from schemas.journal.clock_events import ClockChange
from schemas.journal.events import CallBackRecorded, CaseEvent, CaseReturned
from schemas.journal.supervision_events import DemeritCounted, DemeritLifted
from schemas.state.case import Case, Clock
from schemas.state.demerit import Demerit
from schemas.values.request_terms import DemeritKind
from schemas.values.terms import ClockEvent, ClockKind, Stage

_HANDLING: Final = (ClockKind.DISPOSE, ClockKind.JOINT)


def following(
    before: Case | None, after: Case, events: Sequence[CaseEvent], clocks: Sequence[ClockChange], at: datetime
) -> Iterator[DemeritCounted]:
    """What an entry brings that is counted: `clocks` are those that it has moved, `after` the case with them."""
    called = before.task.team if before is not None and before.task is not None else None
    for event in events:
        if isinstance(event, CaseReturned):
            yield _counted(after, event.team, event.at, DemeritKind.RETURNED)
        elif isinstance(event, CallBackRecorded) and called is not None:
            if not event.solved:
                yield _counted(after, called, at, DemeritKind.UNSOLVED)
            if not event.satisfied:
                yield _counted(after, called, at, DemeritKind.UNSATISFIED)
    team = after.task.team if after.task is not None else None
    for change in clocks:
        if change.change is not ClockEvent.STOPPED or team is None:
            continue
        kind = _of_clock(after, change.clock)
        if kind is not None:
            yield _counted(after, team, at, kind)


def counted(case: Case, event: DemeritCounted, _: Stage) -> Case:
    """One more; of many the newest stay."""
    return replace(case, demerits=(*case.demerits, event.demerit)[-limits.DEMERITS_PER_CASE_MAX :])


def lifted(case: Case, event: DemeritLifted, _: Stage) -> Case:
    """The appeal against it was granted."""
    return judged(case, event.demerit, is_lifted=True)


def judged(case: Case, demerit: Demerit, *, is_lifted: bool) -> Case:
    """An appeal against it is decided."""
    demerits = tuple(replace(one, lifted=is_lifted) if one == demerit else one for one in case.demerits)
    return replace(case, demerits=demerits)


def _counted(case: Case, team: str, at: datetime, kind: DemeritKind) -> DemeritCounted:
    return DemeritCounted(case_id=case.case_id, demerit=Demerit(kind=kind, team=team, at=at))


def _of_clock(case: Case, clock: Clock) -> DemeritKind | None:
    """Of a clock that stands because the case rests, left or has other hands nothing is said."""
    is_late = clock.stopped_at is not None and clock.stopped_at > clock.due_at
    if clock.kind in _HANDLING:
        is_disposed = case.task is not None and case.task.disposed_at == clock.stopped_at
        return DemeritKind.OVERDUE if is_late and is_disposed else None
    if clock.kind is not ClockKind.CONTACT:
        return None
    is_contacted = case.contact is not None and case.contact.is_over
    missed = is_late if is_contacted else case.stage is Stage.AWAITING_CALLBACK
    return DemeritKind.NOT_CONTACTED if missed else None
