"""The moves of a case, as a table, and how each event changes the snapshot.

The table is the law: an event that is missing from a stage's row is an illegal move, and `evolve` raises on it,
because deciders refuse before they write. Nothing decides here and nothing here knows a rule.

    reported ─► accepted ─┬─► offered ──claim──┐
                          ├────────────────────┴─► dispatched ─► signed ─► arrived ─┐
                          │       ▲                  │ return     │ return          │ dispose
                          │       └─ dispatch_pending ◄───────────┘                 ▼
                          └─ self-disposed ───────────────────────────► awaiting_verification ◄─ rework
                                                                            │ passed    └─ failed ─┘
                                     reopened ◄── not solved ── awaiting_callback ─► closed
"""

from collections.abc import Iterable, Mapping
from typing import Final

from pipeline.core.errors import CorruptLog
from schemas import events as e
from schemas.base import replace
from schemas.case import Case, Clock, Returned, Task
from schemas.terms import Stage

MOVES: Final[Mapping[Stage, Mapping[type[e.CaseEvent], Stage]]] = {
    Stage.REPORTED: {e.CaseAccepted: Stage.ACCEPTED},
    Stage.ACCEPTED: {
        e.CaseOffered: Stage.OFFERED,
        e.CaseDispatched: Stage.DISPATCHED,
        e.CaseSelfDisposed: Stage.AWAITING_VERIFICATION,
    },
    Stage.OFFERED: {e.CaseClaimed: Stage.DISPATCHED, e.CaseDispatched: Stage.DISPATCHED},
    Stage.DISPATCH_PENDING: {e.CaseDispatched: Stage.DISPATCHED},
    Stage.DISPATCHED: {e.CaseSigned: Stage.SIGNED, e.CaseReturned: Stage.DISPATCH_PENDING},
    Stage.SIGNED: {e.CaseArrived: Stage.ARRIVED, e.CaseReturned: Stage.DISPATCH_PENDING},
    Stage.ARRIVED: {e.CaseDisposed: Stage.AWAITING_VERIFICATION},
    Stage.REWORK: {
        e.CaseArrived: Stage.ARRIVED,
        e.CaseDisposed: Stage.AWAITING_VERIFICATION,
        e.CaseDispatched: Stage.DISPATCHED,
    },
    Stage.AWAITING_VERIFICATION: {
        e.VerificationPassed: Stage.AWAITING_CALLBACK,
        e.VerificationFailed: Stage.REWORK,
    },
    Stage.AWAITING_CALLBACK: {
        e.CallMissed: Stage.AWAITING_CALLBACK,
        e.CallBackRecorded: Stage.AWAITING_CALLBACK,
        e.CaseReopened: Stage.REOPENED,
        e.CaseClosed: Stage.CLOSED,
    },
    Stage.REOPENED: {e.CaseDispatched: Stage.DISPATCHED},
    Stage.CLOSED: {e.CaseRetired: Stage.CLOSED},
}

STAYING: Final[frozenset[type[e.CaseEvent]]] = frozenset(
    {e.ClockStarted, e.ClockStopped, e.TimerArmed, e.TimerFired, e.ReportMerged, e.ActionAccepted}
)
"""Events that change a case and leave it at its stage."""

TOUCHING_NOTHING: Final[frozenset[type[e.CaseEvent]]] = frozenset({e.ReportRepeated, e.ActionRepeated})
"""Answers given again: no new version, no new snapshot."""

TERMINAL: Final = frozenset({Stage.REJECTED, Stage.MERGED, Stage.CLOSED, Stage.VOIDED, Stage.TRANSFERRED_OUT,
                             Stage.TERMINATED})  # fmt: skip


def fold(case: Case | None, events: Iterable[e.CaseEvent], entry_id: str, rules_version: str) -> Case:
    """The snapshot after one journal entry: one version on, however many events it holds.

    Raises:
        CorruptLog: an illegal move, or a case that is opened twice or never.
    """
    version = case.version + 1 if case else 1
    for event in events:
        if isinstance(event, e.CaseOpened):
            if case is not None:
                raise CorruptLog("opened_twice", event.case_id)
            case = _open(event, rules_version)
        elif case is None:
            raise CorruptLog("never_opened", event.case_id)
        else:
            case = evolve(case, event)
    if case is None:
        raise CorruptLog("no_events", entry_id)
    return replace(case, version=version, entry_id=entry_id, rules_version=rules_version)


def _open(event: e.CaseOpened, rules_version: str) -> Case:
    return Case(
        case_id=event.case_id,
        street=event.case_id[:9],
        version=1,
        stage=Stage.REPORTED,
        facts=event.facts,
        reports=(event.report,),
        evidence=event.evidence,
        entry_id=event.report.entry_id,
        rules_version=rules_version,
    )


def evolve(case: Case, event: e.CaseEvent) -> Case:
    """The snapshot after `event`, at the same version.

    Raises:
        CorruptLog: the table has no such move.
    """
    kind = type(event)
    if kind in STAYING:
        return _stay(case, event)
    stage = MOVES.get(case.stage, {}).get(kind)
    if stage is None:
        raise CorruptLog("illegal_move", f"{kind.__name__} at {case.stage}")
    return _move(case, event, stage)


def _move(case: Case, event: e.CaseEvent, stage: Stage) -> Case:
    task = case.task
    match event:
        case e.CaseSelfDisposed():
            done = Task(leg=1, team=None, since=event.at, disposed_at=event.at, handlers=(event.by,))
            return replace(case, stage=stage, task=done)
        case e.CaseOffered() | e.CaseDispatched():
            return replace(case, stage=stage, task=_assigned(task, event))
        case e.CaseReturned():
            gone = Returned(team=event.team, reason=event.reason, at=event.at)
            return replace(case, stage=stage, returned=(*case.returned, gone))
        case e.CallMissed():
            return replace(case, stage=stage, failed_calls=case.failed_calls + 1)
        case e.CaseReopened():
            return replace(case, stage=stage, reopens=case.reopens + 1)
        case e.CaseClosed():
            return replace(
                case,
                stage=stage,
                outcome=event.outcome,
                closed_at=event.at,
                timers=(),
                clocks=tuple(
                    clock if clock.stopped_at else replace(clock, stopped_at=event.at)
                    for clock in case.clocks
                ),
            )
        case e.VerificationPassed():
            return replace(case, stage=stage, evidence=case.evidence + event.evidence)
        case e.CaseAccepted() | e.CallBackRecorded() | e.CaseRetired():
            return replace(case, stage=stage)
    if task is None:
        raise CorruptLog("no_task", f"{type(event).__name__} for a case that nobody holds")
    return _move_task(case, task, event, stage)


def _move_task(case: Case, task: Task, event: e.CaseEvent, stage: Stage) -> Case:
    match event:
        case e.CaseClaimed():
            return replace(
                case, stage=stage, task=replace(task, team=event.team, offered_to=(), since=event.at)
            )
        case e.CaseSigned():
            return replace(case, stage=stage, task=replace(task, handlers=_with(task.handlers, (event.by,))))
        case e.CaseArrived():
            on_site = replace(
                task,
                officers=event.officers,
                arrived_at=event.at,
                handlers=_with(task.handlers, (event.by, *event.officers)),
            )
            return replace(case, stage=stage, task=on_site)
        case e.CaseDisposed():
            done = replace(task, disposed_at=event.at, handlers=_with(task.handlers, (event.by,)))
            return replace(case, stage=stage, task=done, evidence=case.evidence + event.evidence)
        case e.VerificationFailed():
            again = replace(task, leg=task.leg + 1, since=event.at, disposed_at=None)
            return replace(
                case,
                stage=stage,
                task=again,
                reworks=case.reworks + 1,
                evidence=case.evidence + event.evidence,
            )
    raise CorruptLog("unknown_event", type(event).__name__)


def _stay(case: Case, event: e.CaseEvent) -> Case:
    match event:
        case e.ClockStarted():
            others = tuple(clock for clock in case.clocks if clock.kind is not event.clock.kind)
            return replace(case, clocks=(*others, event.clock), timers=case.timers + event.timers)
        case e.ClockStopped():
            clocks = tuple(_stopped(clock, event) for clock in case.clocks)
            timers = tuple(timer for timer in case.timers if timer.clock is not event.clock)
            return replace(case, clocks=clocks, timers=timers)
        case e.TimerArmed():
            return replace(case, timers=(*case.timers, event.timer))
        case e.TimerFired():
            timers = tuple(timer for timer in case.timers if timer != event.timer)
            return replace(case, clocks=tuple(_fired(clock, event) for clock in case.clocks), timers=timers)
        case e.ReportMerged():
            return replace(case, reports=(*case.reports, event.report))
        case e.ActionAccepted():
            return replace(case, actions=(*case.actions, event.done))
    raise CorruptLog("unknown_event", type(event).__name__)


def _assigned(task: Task | None, event: e.CaseOffered | e.CaseDispatched) -> Task:
    leg = task.leg + 1 if task else 1
    handlers = task.handlers if task else ()
    if isinstance(event, e.CaseOffered):
        return Task(leg=leg, team=None, offered_to=event.teams, since=event.at, handlers=handlers)
    return Task(leg=leg, team=event.team, designated=event.designated, since=event.at, handlers=handlers)


def _stopped(clock: Clock, event: e.ClockStopped) -> Clock:
    running = clock.kind is event.clock and clock.stopped_at is None
    return replace(clock, stopped_at=event.at) if running else clock


def _fired(clock: Clock, event: e.TimerFired) -> Clock:
    percent = event.timer.percent
    if clock.kind is not event.timer.clock or percent is None or percent in clock.fired:
        return clock
    return replace(clock, fired=tuple(sorted((*clock.fired, percent))))


def _with(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return known + tuple(dict.fromkeys(one for one in more if one not in known))
