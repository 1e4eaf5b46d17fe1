"""The steps of a case that ended in an entry by being done, as rows. Halts, returns and other ends are none.

Written from the definitions of `docs/metrics.md` (what each ending counts as), not from the metrics' code. A clock says that a step ended; the events beside it say that it was done, and not merely left.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from pipeline.audit.model.audit_tables import name_of
from pipeline.audit.model.fold import Touched
from pipeline.core.rules.rules import Rules
from pipeline.core.stages.joint import department_of
from pipeline.core.worktime.office_hours import day_of
from pipeline.monthly.rows.own_time import is_office_time, own_time
from pipeline.monthly.rows.row_types import Ending
from schemas.journal.clock_events import ClocksChanged, RequestDecided, RequestLapsed, TimerFired
from schemas.journal.entry import JournalEntry
from schemas.journal.events import Event
from schemas.journal.joint_events import JointTaskMoved
from schemas.state.case import Clock
from schemas.values.terms import ClockEvent, ClockKind
from schemas.values.text import category_of

_DONE: Final = """
accept           case_accepted case_rejected case_self_disposed case_answered
dispatch         case_dispatched case_offered case_claimed
claim            case_claimed timer_fired:claim_lapsed
sign             case_signed
arrive           case_arrived
dispose          case_disposed case_self_disposed
stage            stage_reached
joint            case_disposed
verify           verification_passed verification_failed
contact          caller_contacted verification_passed
callback         call_back_recorded request_decided:unreasonable
whole            case_closed
legal            penalty_moved measure_moved
partner_respond  joint_task_moved:responded joint_task_moved:arrived joint_task_moved:refused
partner_arrive   joint_task_moved:arrived
partner_finish   joint_task_moved:done
decide           request_decided request_lapsed:end_passed
"""
DONE_BY: Final[Mapping[ClockKind, tuple[str, ...]]] = {
    ClockKind(kind): tuple(events) for kind, *events in map(str.split, _DONE.strip().splitlines())
}
"""Which events say so; behind the colon what the event must say. The joint clock ends with the handling: that is what the partners' tasks hold up, and no task of theirs ends it."""

_MADE: Final[Mapping[ClockKind, str]] = {
    ClockKind.CLAIM: "case_claimed",
    ClockKind.DECIDE: "request_decided",
    ClockKind.CONTACT: "caller_contacted",
}
"""Of the clocks whose time may lapse: which event keeps it."""
PARTNERS: Final = frozenset({ClockKind.PARTNER_RESPOND, ClockKind.PARTNER_ARRIVE, ClockKind.PARTNER_FINISH})


def endings(rules: Rules, touch: Touched, entry: JournalEntry) -> Iterator[Ending]:
    """In the order of the journal."""
    for event in touch.events:
        if isinstance(event, ClocksChanged):
            for change in event.changes:
                clock = change.clock
                done = {name for one in touch.events for name in _said(one, clock)}
                if change.change is ClockEvent.STOPPED and not done.isdisjoint(DONE_BY[clock.kind]):
                    yield _ending(rules, touch, entry, clock)


def _said(event: Event, clock: Clock) -> Iterator[str]:
    """An event's name, alone or with what it says; of partners and of requests only those of this clock."""
    department = department_of(clock.name or "") if clock.kind in PARTNERS else None
    match event:
        case RequestDecided() if clock.kind is ClockKind.CALLBACK:
            yield f"request_decided:{event.kind.value}"
        case RequestDecided() | RequestLapsed() if event.kind.value != clock.name:
            pass
        case RequestLapsed():
            yield f"request_lapsed:{event.why.value}"
        case TimerFired():
            yield f"timer_fired:{event.timer.kind.value}"
        case JointTaskMoved():
            if event.department == department:
                yield f"joint_task_moved:{event.status.value}"
        case _:
            yield name_of(event)


def _ending(rules: Rules, touch: Touched, entry: JournalEntry, clock: Clock) -> Ending:
    case, facts = touch.after, touch.after.facts
    stopped_at = clock.stopped_at or entry.at
    made = _MADE.get(clock.kind)
    lapsed = made is not None and made not in {name for event in touch.events for name in _said(event, clock)}
    is_partners = clock.kind in PARTNERS
    return Ending(
        day=day_of(stopped_at),
        partition=entry.partition,
        seq=entry.seq,
        case_id=case.case_id,
        clock=clock.kind.value,
        name=None if is_partners else clock.name,
        department=department_of(clock.name or "") if is_partners else None,
        street=case.street,
        matter=facts.matter,
        category=category_of(facts.matter),
        severity=facts.severity.value,
        source=facts.source.value,
        team=case.team or (touch.before.team if touch.before else None),
        hours="office" if is_office_time(clock.limit) else "natural",
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=stopped_at,
        kept=stopped_at <= clock.due_at and not lapsed,
        own_seconds=own_time(rules.hours_of(clock.roster), clock, stopped_at).total_seconds(),
        calendar_seconds=(stopped_at - clock.started_at).total_seconds(),
    )
