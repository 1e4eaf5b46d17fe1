"""What everybody who acts in a generated day shares: how often they err, and a step they take."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from schemas.action import Action
from schemas.outputs import Assignment


@dataclass(frozen=True, slots=True)
class Habits:
    """How often people do what is out of the ordinary; shares from 0 to 1."""

    claims: float = 0.8
    returns: float = 0.05
    late: float = 0.05
    false_alarms: float = 0.3
    asks: float = 0.04
    grants: float = 0.8
    slow: float = 0.4
    forgets_evidence: float = 0.07
    comes_alone: float = 0.03
    fails_verification: float = 0.06
    verifies_own_work: float = 0.02
    not_reached: float = 0.18
    not_solved: float = 0.06
    not_satisfied: float = 0.05


class Step(NamedTuple):
    """One action, done at `due`."""

    due: datetime
    action: Action


HABITS: Final = Habits()


def action_id(task: Assignment, name: str) -> str:
    """Names the action for ever: doing it again under the same id changes nothing."""
    return f"{task.case_id}-{task.team}-{task.leg}-{name}"


def minutes(draw: Random, least: float, most: float) -> timedelta:
    """A span between the two."""
    return timedelta(seconds=int(draw.uniform(least, most) * 60))
