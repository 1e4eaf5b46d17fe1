"""The moves of a case, as a table.

The table is the law: an event that is missing from a stage's row is an illegal move, and `evolve` raises on it,
because deciders refuse before they write. What an event changes beside the stage is in `changes`. Nothing decides here.

    reported ─┬─► verifying before filing ─► rejected
              └─► accepted ─┬─► offered ──claim──┐
                            ├────────────────────┴─► dispatched ─► signed ─► arrived ─┬─► joint
                            │       ▲                  │ return     │ return          │ dispose
                            │       └─ dispatch_pending ◄───────────┘                 ▼
                            └─ self-disposed ───────────────────────────► awaiting_verification ◄─ rework
                                                                            │ passed    └─ failed ─┘
                                     reopened ◄── not solved ── awaiting_callback ─► closed
"""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from pipeline.core.case.evolve import CHANGES, opened
from schemas.errors import CorruptLog
from schemas.journal import clock_events as ce
from schemas.journal import events as e
from schemas.journal import joint_events as je
from schemas.journal import merge_events as me
from schemas.state.case import Case
from schemas.values.terms import Stage

BACK: Final = Stage.SUSPENDED
"""A case that is resumed, or was merged and is split off again, goes back to the stage where it rested."""

_ENDING: Final[Mapping[type[e.CaseEvent], Stage]] = {
    je.CaseTransferred: Stage.TRANSFERRED_OUT,
    je.CaseTerminated: Stage.TERMINATED,
}
"""A case may become another organ's, or be given up by a written request, at any time while it is worked on."""

_LEAVING: Final[Mapping[type[e.CaseEvent], Stage]] = {
    je.CaseVoided: Stage.VOIDED,
    me.CaseMerged: Stage.MERGED,
    **_ENDING,
}
"""Before anybody has arrived it may be void, or part of another case."""

MOVES: Final[Mapping[Stage, Mapping[type[e.CaseEvent], Stage]]] = {
    Stage.REPORTED: {e.CaseAccepted: Stage.ACCEPTED, je.CaseUnderCheck: Stage.VERIFYING_BEFORE_FILING},
    Stage.VERIFYING_BEFORE_FILING: {
        e.CaseAccepted: Stage.ACCEPTED,
        je.CaseRejected: Stage.REJECTED,
        je.CaseVoided: Stage.VOIDED,
        me.CaseMerged: Stage.MERGED,
    },
    Stage.ACCEPTED: {
        e.CaseOffered: Stage.OFFERED,
        e.CaseDispatched: Stage.DISPATCHED,
        e.CaseSelfDisposed: Stage.AWAITING_VERIFICATION,
    },
    Stage.OFFERED: {e.CaseClaimed: Stage.DISPATCHED, e.CaseDispatched: Stage.DISPATCHED, **_LEAVING},
    Stage.DISPATCH_PENDING: {e.CaseDispatched: Stage.DISPATCHED, **_LEAVING},
    Stage.DISPATCHED: {
        e.CaseSigned: Stage.SIGNED,
        e.CaseReturned: Stage.DISPATCH_PENDING,
        e.CaseDispatched: Stage.DISPATCHED,
        ce.CaseSuspended: Stage.SUSPENDED,
        **_LEAVING,
    },
    Stage.SIGNED: {
        e.CaseArrived: Stage.ARRIVED,
        e.CaseReturned: Stage.DISPATCH_PENDING,
        e.CaseDispatched: Stage.DISPATCHED,
        ce.CaseSuspended: Stage.SUSPENDED,
        **_LEAVING,
    },
    Stage.ARRIVED: {
        e.CaseDisposed: Stage.AWAITING_VERIFICATION,
        ce.CaseSuspended: Stage.SUSPENDED,
        je.JointStarted: Stage.JOINT_IN_PROGRESS,
        **_ENDING,
    },
    Stage.JOINT_IN_PROGRESS: {
        e.CaseDisposed: Stage.AWAITING_VERIFICATION,
        je.JointTaskMoved: Stage.JOINT_IN_PROGRESS,
        ce.CaseSuspended: Stage.SUSPENDED,
        **_ENDING,
    },
    Stage.SUSPENDED: {ce.CaseResumed: BACK},
    Stage.REWORK: {
        je.JointStarted: Stage.JOINT_IN_PROGRESS,
        **_ENDING,
        e.CaseArrived: Stage.ARRIVED,
        e.CaseDisposed: Stage.AWAITING_VERIFICATION,
        e.CaseDispatched: Stage.DISPATCHED,
        ce.CaseSuspended: Stage.SUSPENDED,
    },
    Stage.AWAITING_VERIFICATION: {
        e.VerificationPassed: Stage.AWAITING_CALLBACK,
        e.VerificationFailed: Stage.REWORK,
    },
    Stage.AWAITING_CALLBACK: {
        e.CaseReopened: Stage.REOPENED,
        e.CaseClosed: Stage.CLOSED,
    },
    Stage.REOPENED: {e.CaseDispatched: Stage.DISPATCHED},
    Stage.CLOSED: {e.CaseReopened: Stage.REOPENED, e.CaseRetired: Stage.CLOSED},
    Stage.REJECTED: {e.CaseRetired: Stage.REJECTED},
    Stage.VOIDED: {e.CaseRetired: Stage.VOIDED},
    Stage.TRANSFERRED_OUT: {e.CaseRetired: Stage.TRANSFERRED_OUT},
    Stage.TERMINATED: {e.CaseRetired: Stage.TERMINATED},
    Stage.MERGED: {me.CaseUnmerged: BACK, e.CaseRetired: Stage.MERGED},
}

STAYING: Final[frozenset[type[e.CaseEvent]]] = frozenset(
    {
        ce.CaseAsked,
        ce.RequestDecided,
        ce.CaseExtended,
        ce.StageReached,
        ce.PenaltyMoved,
        ce.MeasureMoved,
        je.CaseChecked,
        ce.ClocksChanged,
        ce.TimerArmed,
        ce.TimerFired,
        e.CallBackDue,
        e.CallMissed,
        e.CallBackRecorded,
        e.ProgressReported,
        me.CaseJoined,
        me.ReportSplit,
        e.ReportMerged,
        e.ActionAccepted,
    }
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
            case = opened(event, rules_version)
        elif case is None:
            raise CorruptLog("never_opened", event.case_id)
        else:
            case = evolve(case, event)
    if case is None:
        raise CorruptLog("no_events", entry_id)
    return replace(case, version=version, entry_id=entry_id, rules_version=rules_version)


def evolve(case: Case, event: e.CaseEvent) -> Case:
    """The snapshot after `event`, at the same version.

    Raises:
        CorruptLog: the table has no such move.
    """
    kind = type(event)
    change = CHANGES.get(kind)
    if change is None:
        raise CorruptLog("unknown_event", kind.__name__)
    if kind in STAYING:
        return change(case, event, case.stage)
    stage = MOVES.get(case.stage, _NO_MOVES).get(kind)
    if stage is None:
        raise CorruptLog("illegal_move", f"{kind.__name__} at {case.stage}")
    return change(case, event, stage)


_NO_MOVES: Final[Mapping[type[e.CaseEvent], Stage]] = {}
