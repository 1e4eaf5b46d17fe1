"""Building actions: who acts is said once, ids and times are filled in."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypedDict

from schemas.action import Actor, Arrive, CallBack, Claim, Dispatch, Dispose, Return, Sign, Verify
from schemas.evidence import Evidence
from schemas.place import Point
from schemas.terms import ReturnReason, Role


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

    def _said(self, case_id: str, expected_version: int | None) -> _Said:
        """What every action says."""
        return {
            "action_id": self._ids(),
            "case_id": case_id,
            "actor": self._actor,
            "acted_at": self._clock(),
            "expected_version": expected_version,
        }
