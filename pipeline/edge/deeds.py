"""Building actions: who acts is said once, ids and times are filled in."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypedDict

from schemas.action import (
    Actor,
    Arrive,
    CallBack,
    Claim,
    Decide,
    Dispatch,
    Dispose,
    Extend,
    Penalise,
    ReachStage,
    Resume,
    Return,
    Sign,
    Suspend,
    Verify,
)
from schemas.evidence import Evidence
from schemas.penalty import PenaltyFacts
from schemas.place import Point
from schemas.terms import ExtensionReason, PenaltyStep, ReturnReason, Role, SuspensionReason


def now_utc() -> datetime:
    """The time of day by this machine's clock."""
    return datetime.now(UTC)


def new_id() -> str:
    """An id that nobody else has."""
    return uuid.uuid4().hex


class _Said(TypedDict):
    action_id: str
    case_id: str
    actor: Actor
    acted_at: datetime
    expected_version: int | None


class Deeds:
    """What one person may do, each as an action ready to be pushed.

    Keep an action and push the same one again when no receipt came: its id makes that safe. `expected_version` lets the
    pipeline refuse (`stale_version`) what was decided on an older state of the case.
    """

    def __init__(
        self,
        actor: Actor,
        clock: Callable[[], datetime] = now_utc,
        ids: Callable[[], str] = new_id,
    ) -> None:
        """`actor` acts, at the time that `clock` shows."""
        self._actor = actor
        self._clock = clock
        self._ids = ids

    @classmethod
    def of(cls, person: str, role: Role, team: str | None = None) -> "Deeds":
        """The deeds of `person` in that role, for `team`, by this machine's clock."""
        return cls(Actor(id=person, role=role, team=team))

    def claim(self, case_id: str, *, expected_version: int | None = None) -> Claim:
        """领单: take an offered case."""
        return Claim(
            **self._said(case_id, expected_version),
        )

    def dispatch(
        self, case_id: str, to: str, *, designated: bool = False, expected_version: int | None = None
    ) -> Dispatch:
        """派单: send an offered case to team `to`; a `designated` team may not return it."""
        return Dispatch(
            **self._said(case_id, expected_version),
            team=to,
            designated=designated,
        )

    def sign(self, case_id: str, *, expected_version: int | None = None) -> Sign:
        """签收: the team has the task."""
        return Sign(
            **self._said(case_id, expected_version),
        )

    def give_back(
        self, case_id: str, reason: ReturnReason, note: str = "", *, expected_version: int | None = None
    ) -> Return:
        """退单: not ours."""
        return Return(
            **self._said(case_id, expected_version),
            reason=reason,
            note=note,
        )

    def arrive(
        self,
        case_id: str,
        officers: Sequence[str],
        point: Point | None = None,
        *,
        expected_version: int | None = None,
    ) -> Arrive:
        """到场: these officers are on site."""
        return Arrive(
            **self._said(case_id, expected_version),
            officers=tuple(officers),
            point=point,
        )

    def dispose(
        self,
        case_id: str,
        evidence: Sequence[Evidence] = (),
        note: str = "",
        *,
        expected_version: int | None = None,
    ) -> Dispose:
        """处置: dealt with, and here is the proof."""
        return Dispose(
            **self._said(case_id, expected_version),
            evidence=tuple(evidence),
            note=note,
        )

    def verify(
        self,
        case_id: str,
        *,
        passed: bool,
        note: str = "",
        evidence: Sequence[Evidence] = (),
        expected_version: int | None = None,
    ) -> Verify:
        """核查: looked, and it is solved or not; a failure says why in `note`."""
        return Verify(
            **self._said(case_id, expected_version),
            passed=passed,
            note=note,
            evidence=tuple(evidence),
        )

    def call_back(
        self,
        case_id: str,
        *,
        reached: bool,
        solved: bool | None = None,
        satisfied: bool | None = None,
        note: str = "",
        expected_version: int | None = None,
    ) -> CallBack:
        """回访: the caller was asked, or not reached."""
        return CallBack(
            **self._said(case_id, expected_version),
            reached=reached,
            solved=solved,
            satisfied=satisfied,
            note=note,
        )

    def suspend(
        self,
        case_id: str,
        reason: SuspensionReason,
        until: datetime,
        note: str = "",
        *,
        expected_version: int | None = None,
    ) -> Suspend:
        """申请挂账: it cannot be worked on `until` then; every clock runs until somebody grants it."""
        return Suspend(
            **self._said(case_id, expected_version),
            reason=reason,
            until=until,
            note=note,
        )

    def extend(
        self,
        case_id: str,
        reason: ExtensionReason,
        more: str,
        note: str = "",
        *,
        expected_version: int | None = None,
    ) -> Extend:
        """申请延期: `more` time, such as "2 workdays"."""
        return Extend(
            **self._said(case_id, expected_version),
            reason=reason,
            more=more,
            note=note,
        )

    def decide(
        self, case_id: str, *, granted: bool, note: str = "", expected_version: int | None = None
    ) -> Decide:
        """审批: what a team asked for is granted or not."""
        return Decide(
            **self._said(case_id, expected_version),
            granted=granted,
            note=note,
        )

    def resume(self, case_id: str, note: str = "", *, expected_version: int | None = None) -> Resume:
        """恢复办理: a suspended case goes on before its time."""
        return Resume(
            **self._said(case_id, expected_version),
            note=note,
        )

    def reach_stage(
        self,
        case_id: str,
        stage: str,
        evidence: Sequence[Evidence] = (),
        note: str = "",
        *,
        expected_version: int | None = None,
    ) -> ReachStage:
        """阶段完成: `stage` of the matter is done."""
        return ReachStage(
            **self._said(case_id, expected_version),
            stage=stage,
            evidence=tuple(evidence),
            note=note,
        )

    def penalise(
        self,
        case_id: str,
        step: PenaltyStep,
        facts: PenaltyFacts | None = None,
        evidence: Sequence[Evidence] = (),
        note: str = "",
        *,
        expected_version: int | None = None,
    ) -> Penalise:
        """行政处罚: the next step of the penalty procedure, and the `facts` that it rests on."""
        return Penalise(
            **self._said(case_id, expected_version),
            step=step,
            facts=facts,
            evidence=tuple(evidence),
            note=note,
        )

    def _said(self, case_id: str, expected_version: int | None) -> _Said:
        """What every action says."""
        return {
            "action_id": self._ids(),
            "case_id": case_id,
            "actor": self._actor,
            "acted_at": self._clock(),
            "expected_version": expected_version,
        }
