"""Moving a case from stage to stage, by the table of stages: the fold of its events.

`evolve` raises on an illegal move, because deciders refuse before they write. What an event changes beside the stage
is in `case.evolve`. Nothing is decided here.
"""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from pipeline.core.case.changes import claims
from pipeline.core.case.evolve import CHANGES, opened
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.instead_costs import ORDER_CHANGES
from schemas.errors import CorruptLog
from schemas.journal import (
    answer_events,
    assessment_events,
    clock_events,
    joint_events,
    merge_events,
    supervision_events,
    update_events,
)
from schemas.journal import events as journal_events
from schemas.journal.events import CaseEvent, CaseOpened
from schemas.state.case import Case

STAYING: Final[frozenset[type[CaseEvent]]] = frozenset(
    {
        clock_events.CaseAsked,
        clock_events.RequestDecided,
        clock_events.RequestLapsed,
        clock_events.CaseExtended,
        clock_events.StageReached,
        clock_events.PenaltyMoved,
        clock_events.MeasureMoved,
        assessment_events.CaseRecognised,
        assessment_events.CaseLocated,
        joint_events.CaseChecked,
        joint_events.TaskHandedOver,
        joint_events.TaskAssigned,
        joint_events.OfficersProposed,
        clock_events.ClocksChanged,
        clock_events.TimerArmed,
        clock_events.TimerFired,
        journal_events.CallBackDue,
        journal_events.CallMissed,
        journal_events.CallBackRecorded,
        journal_events.ProgressReported,
        answer_events.CallerContacted,
        answer_events.AnswerWritten,
        supervision_events.CaseSupervised,
        supervision_events.SupervisionEnded,
        supervision_events.CaseFoundHard,
        *ORDER_CHANGES,
        supervision_events.DemeritCounted,
        supervision_events.DemeritLifted,
        merge_events.CaseJoined,
        merge_events.ReportSplit,
        merge_events.CaseAmended,
        journal_events.ReportMerged,
        update_events.ReportUpdated,
        update_events.CaseChanged,
        journal_events.ActionAccepted,
    }
)
"""Events that change a case and leave it at its stage."""

TOUCHING_NOTHING: Final[frozenset[type[CaseEvent]]] = frozenset(
    {journal_events.ReportRepeated, journal_events.ActionRepeated}
)
"""Answers given again: no new version, no new snapshot."""


def fold(case: Case | None, events: Iterable[CaseEvent], entry_id: str, rules_version: str) -> Case:
    """The snapshot after one journal entry: one version on, however many events it holds.

    Raises:
        CorruptLog: an illegal move, or a case that is opened twice or never.
    """
    version = case.version + 1 if case else 1
    for event in events:
        if isinstance(event, CaseOpened):
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


def evolve(case: Case, event: CaseEvent) -> Case:
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
    stage = STAGE_TABLE[case.stage].moves.get(kind)
    if stage is None:
        raise CorruptLog("illegal_move", f"{kind.__name__} at {case.stage}")
    after = change(case, event, stage)
    return claims.still_leased(case, after) if case.timers and case.task and case.task.claimed else after
