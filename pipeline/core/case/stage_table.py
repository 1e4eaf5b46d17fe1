"""The stages of a case, a row a stage: the events that move it on, the clocks that run there, who is asked for what.

The table is the law: an event that is missing from a stage's row is an illegal move. It is data about the contracts and
decides nothing; `transitions` moves a case by it, `running_clocks` and `outputs.assignments` read the other columns.

    reported ─┬─► answered ◄─► under assessment ─► as one that was reported complete
              ├─► verifying before filing ─► rejected        (an order that the centre doubts comes here from dispatched)
              └─► accepted ─┬─► offered ──claim──┐
                            ├────────────────────┴─► dispatched ─► signed ─► arrived ─┬─► joint
                            │       ▲                  │ return     │ return          │ dispose
                            │       └─ dispatch_pending ◄───────────┘                 ▼
                            └─ self-disposed ───────────────────────────► awaiting_verification ◄─ rework
                                                                            │ passed    └─ failed ─┘
                                     reopened ◄── not solved ── awaiting_callback ─► closed
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final, NamedTuple

from schemas.journal import assessment_events, clock_events, events, joint_events, merge_events
from schemas.journal.events import CaseEvent
from schemas.values.terms import AssignmentKind, ClockKind, Stage

Moves = Mapping[type[CaseEvent], Stage]

BACK: Final = Stage.SUSPENDED
"""Target of an event that leads back to where the case rested: it is resumed, or was merged and is split off again."""


class Addressee(Enum):
    """Whom a stage asks: a post of the street, the teams that may claim, or the team that holds the task."""

    CENTRE = auto()
    VERIFICATION_POST = auto()
    CALLBACK_POST = auto()
    OFFERED_TEAMS = auto()
    HOLDER = auto()


class StageTask(NamedTuple):
    """What a stage asks of somebody."""

    addressee: Addressee
    kind: AssignmentKind


class StageRow(NamedTuple):
    """All about one stage.

    `clocks` are the kinds that run while a case stands there; those of a matter's stages run with its handling.
    `is_attended`: somebody has arrived on site for the case, so that the task is not given back any more.
    `is_terminal`: the case is over, and its snapshot may be retired. `may_be_voided` (作废) and `may_be_merged` (并案 by hand):
    nobody has arrived yet. These three follow from the moves.
    """

    moves: Moves
    clocks: tuple[ClockKind, ...]
    task: StageTask | None
    is_attended: bool
    is_terminal: bool
    may_be_voided: bool
    may_be_merged: bool


def _row(
    moves: Moves,
    clocks: tuple[ClockKind, ...] = (),
    task: StageTask | None = None,
    *,
    is_attended: bool = False,
) -> StageRow:
    return StageRow(
        moves=moves,
        clocks=clocks,
        task=task,
        is_attended=is_attended,
        is_terminal=events.CaseRetired in moves,
        may_be_voided=joint_events.CaseVoided in moves,
        may_be_merged=merge_events.CaseMerged in moves,
    )


_GIVEN_UP: Final[Moves] = {
    joint_events.CaseTransferred: Stage.TRANSFERRED_OUT,
    joint_events.CaseTerminated: Stage.TERMINATED,
}
"""While it is worked on, a case may become another organ's at any time, or be given up by a written request."""

_NO_CASE: Final[Moves] = {
    joint_events.CaseVoided: Stage.VOIDED,
    merge_events.CaseMerged: Stage.MERGED,
    joint_events.CaseMoved: Stage.MOVED,
}
"""Before anybody has arrived, a case may be void, or part of another case, or another street's."""

_NOT_FOR_US: Final[Moves] = {
    joint_events.CaseDeclined: Stage.DECLINED,
    joint_events.CaseSentBack: Stage.SENT_BACK,
}
"""Nor need it be for the street to handle. Of one that is looked at first, whoever looks says so; what teams may claim a patrol has found."""

_HANDLING: Final = (ClockKind.DISPOSE, ClockKind.WHOLE)
_CONTACT: Final = (ClockKind.CONTACT,)
"""It runs where a caller is to be contacted and nobody has done so (`reporters.awaits_contact`)."""
_HANDLE: Final = StageTask(Addressee.HOLDER, AssignmentKind.HANDLE)

STAGE_TABLE: Final[Mapping[Stage, StageRow]] = {
    Stage.REPORTED: _row(
        moves={
            events.CaseAccepted: Stage.ACCEPTED,
            joint_events.CaseUnderCheck: Stage.VERIFYING_BEFORE_FILING,
            assessment_events.CaseUnderAssessment: Stage.UNDER_ASSESSMENT,
            assessment_events.CaseAnswered: Stage.ANSWERED,
        },
        clocks=(ClockKind.ACCEPT, ClockKind.WHOLE),
    ),
    Stage.UNDER_ASSESSMENT: _row(
        moves={
            events.CaseAccepted: Stage.ACCEPTED,
            joint_events.CaseUnderCheck: Stage.VERIFYING_BEFORE_FILING,
            assessment_events.CaseAnswered: Stage.ANSWERED,
            **_NO_CASE,
            **_NOT_FOR_US,
        },
        clocks=(ClockKind.ACCEPT,),  # how long the whole may take depends on what it is
        task=StageTask(Addressee.CENTRE, AssignmentKind.ASSESS),
    ),
    Stage.VERIFYING_BEFORE_FILING: _row(
        moves={
            events.CaseAccepted: Stage.ACCEPTED,
            joint_events.CaseRejected: Stage.REJECTED,
            **_NO_CASE,
        },
        clocks=(ClockKind.ACCEPT, ClockKind.WHOLE),
        task=StageTask(Addressee.CENTRE, AssignmentKind.CHECK),
    ),
    Stage.ACCEPTED: _row(
        moves={
            events.CaseOffered: Stage.OFFERED,
            events.CaseDispatched: Stage.DISPATCHED,
            events.CaseSelfDisposed: Stage.AWAITING_VERIFICATION,
        },
        clocks=(ClockKind.DISPATCH, *_HANDLING),
    ),
    Stage.OFFERED: _row(
        moves={
            events.CaseClaimed: Stage.DISPATCHED,
            events.CaseDispatched: Stage.DISPATCHED,
            **_NO_CASE,
            **_GIVEN_UP,
        },
        clocks=(ClockKind.CLAIM, *_HANDLING),
        task=StageTask(Addressee.OFFERED_TEAMS, AssignmentKind.OFFER),
    ),
    Stage.DISPATCH_PENDING: _row(
        moves={events.CaseDispatched: Stage.DISPATCHED, **_NO_CASE, **_NOT_FOR_US, **_GIVEN_UP},
        clocks=(ClockKind.DISPATCH, *_HANDLING),
        task=StageTask(Addressee.CENTRE, AssignmentKind.DISPATCH),
    ),
    Stage.DISPATCHED: _row(
        moves={
            events.CaseSigned: Stage.SIGNED,
            events.CaseReturned: Stage.DISPATCH_PENDING,
            events.CaseDispatched: Stage.DISPATCHED,
            joint_events.CaseUnderCheck: Stage.VERIFYING_BEFORE_FILING,
            clock_events.CaseSuspended: Stage.SUSPENDED,
            **_NO_CASE,
            **_NOT_FOR_US,
            **_GIVEN_UP,
        },
        clocks=(ClockKind.SIGN, ClockKind.ARRIVE, *_HANDLING),
        task=_HANDLE,
    ),
    Stage.SIGNED: _row(
        moves={
            events.CaseArrived: Stage.ARRIVED,
            events.CaseReturned: Stage.DISPATCH_PENDING,
            events.CaseDispatched: Stage.DISPATCHED,
            clock_events.CaseSuspended: Stage.SUSPENDED,
            **_NO_CASE,
            **_NOT_FOR_US,
            **_GIVEN_UP,
        },
        clocks=(ClockKind.ARRIVE, *_HANDLING, *_CONTACT),
        task=_HANDLE,
    ),
    Stage.ARRIVED: _row(
        moves={
            events.CaseDisposed: Stage.AWAITING_VERIFICATION,
            clock_events.CaseSuspended: Stage.SUSPENDED,
            joint_events.JointStarted: Stage.JOINT_IN_PROGRESS,
            joint_events.CaseMoved: Stage.MOVED,
            **_GIVEN_UP,
        },
        clocks=(*_HANDLING, *_CONTACT),
        task=_HANDLE,
        is_attended=True,
    ),
    Stage.IN_PROGRESS: _row(moves={}, clocks=_HANDLING),  # a released term that no event leads to
    Stage.JOINT_IN_PROGRESS: _row(
        moves={
            events.CaseDisposed: Stage.AWAITING_VERIFICATION,
            joint_events.JointTaskMoved: Stage.JOINT_IN_PROGRESS,
            clock_events.CaseSuspended: Stage.SUSPENDED,
            **_GIVEN_UP,
        },
        clocks=(ClockKind.JOINT, ClockKind.WHOLE, *_CONTACT),
        task=_HANDLE,
        is_attended=True,
    ),
    Stage.SUSPENDED: _row(moves={clock_events.CaseResumed: BACK}, task=_HANDLE),
    Stage.REWORK: _row(
        moves={
            joint_events.JointStarted: Stage.JOINT_IN_PROGRESS,
            **_GIVEN_UP,
            events.CaseArrived: Stage.ARRIVED,
            events.CaseDisposed: Stage.AWAITING_VERIFICATION,
            events.CaseDispatched: Stage.DISPATCHED,
            clock_events.CaseSuspended: Stage.SUSPENDED,
        },
        clocks=(*_HANDLING, *_CONTACT),
        task=_HANDLE,
        is_attended=True,
    ),
    Stage.AWAITING_VERIFICATION: _row(
        moves={
            events.VerificationPassed: Stage.AWAITING_CALLBACK,
            events.VerificationFailed: Stage.REWORK,
        },
        clocks=(ClockKind.VERIFY, ClockKind.WHOLE, *_CONTACT),
        task=StageTask(Addressee.VERIFICATION_POST, AssignmentKind.VERIFY),
        is_attended=True,
    ),
    Stage.AWAITING_CALLBACK: _row(
        moves={events.CaseReopened: Stage.REOPENED, events.CaseClosed: Stage.CLOSED},
        clocks=(ClockKind.CALLBACK, ClockKind.WHOLE),
        task=StageTask(Addressee.CALLBACK_POST, AssignmentKind.CALL_BACK),
        is_attended=True,
    ),
    Stage.REOPENED: _row(
        moves={events.CaseDispatched: Stage.DISPATCHED}, clocks=(ClockKind.DISPATCH, *_HANDLING)
    ),
    Stage.CLOSED: _row(moves={events.CaseReopened: Stage.REOPENED, events.CaseRetired: Stage.CLOSED}),
    Stage.ANSWERED: _row(
        moves={
            assessment_events.CaseUnderAssessment: Stage.UNDER_ASSESSMENT,
            events.CaseRetired: Stage.ANSWERED,
        }
    ),
    Stage.REJECTED: _row(moves={events.CaseRetired: Stage.REJECTED}),
    Stage.VOIDED: _row(moves={events.CaseRetired: Stage.VOIDED}),
    Stage.TRANSFERRED_OUT: _row(moves={events.CaseRetired: Stage.TRANSFERRED_OUT}),
    Stage.TERMINATED: _row(moves={events.CaseRetired: Stage.TERMINATED}),
    Stage.DECLINED: _row(moves={events.CaseRetired: Stage.DECLINED}),
    Stage.SENT_BACK: _row(moves={events.CaseRetired: Stage.SENT_BACK}),
    Stage.MOVED: _row(moves={events.CaseRetired: Stage.MOVED}),
    Stage.MERGED: _row(moves={merge_events.CaseUnmerged: BACK, events.CaseRetired: Stage.MERGED}),
}
"""Every stage has its row, in the order in which a case comes to it."""
