"""What all people of a generated day share: how often they err, their ids, their duty hours, and the step they take."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from pipeline.simulate.world.seeded_chance import LOCAL
from schemas.inputs.action import Action
from schemas.inputs.action_base import Actor
from schemas.outputs import Assignment
from schemas.values.terms import Role, Severity

OFFICERS_PER_TEAM: Final = 8
DUTY_BEGINS: Final = 8
DUTY_ENDS: Final = 21


@dataclass(frozen=True, slots=True)
class Habits:
    """How often people do what is out of the ordinary; shares from 0 to 1.

    `whistles` is a share of eligible cases that are handled: 25 of 179 orders in a town that counted them (隆阳区). `penalises` is a
    share of cases that a street fines by itself: about 0.45 procedures a workday, for a street with at least 103 a year.
    """

    claims: float = 0.8
    returns: float = 0.05
    late: float = 0.05
    false_alarms: float = 0.3
    extends: float = 0.04
    grants: float = 0.8
    whistles: float = 0.14
    refuses: float = 0.06
    suspends: float = 0.015
    voids: float = 0.01
    transfers: float = 0.01
    reopens: float = 0.015
    penalises: float = 0.0075
    slow: float = 0.4
    forgets_evidence: float = 0.07
    comes_alone: float = 0.03
    fails_verification: float = 0.06
    verifies_own_work: float = 0.02
    not_reached: float = 0.18
    not_solved: float = 0.06
    not_satisfied: float = 0.05


class PersonStep(NamedTuple):
    """One action at `due`. It is dropped when its assignment ends before, unless it `outlives_task`."""

    due: datetime
    action: Action
    outlives_task: bool = False


HABITS: Final = Habits()


def action_id(task: Assignment, name: str) -> str:
    """The id of an action: repeated under the same id it changes nothing. A later version of the case gives another id."""
    return f"{task.case_id}-{task.team}-{task.leg}.{task.case_version}-{name}"


def minutes(draw: Random, least: float, most: float) -> timedelta:
    """A random span between two numbers of minutes."""
    return timedelta(seconds=int(draw.uniform(least, most) * 60))


def on_duty(moment: datetime, severity: Severity, draw: Random) -> datetime:
    """The next duty time from `moment` on: P1 and P2 are worked day and night, the others wait for the morning."""
    local = moment.astimezone(LOCAL).replace(microsecond=0)
    if is_urgent(severity) or DUTY_BEGINS <= local.hour < DUTY_ENDS:
        return local
    days = 1 if local.hour >= DUTY_ENDS else 0
    morning = local.replace(hour=DUTY_BEGINS, minute=0, second=0) + timedelta(days=days)
    return morning + minutes(draw, 5, 55)


def leader(task: Assignment) -> Actor:
    """The team's leader, who acts where nobody has to be on site."""
    return Actor(id=f"{task.street}-{task.team}-lead", role=Role.TEAM, team=task.team)


def officers_of(task: Assignment) -> list[str]:
    """The ids of the team's officers."""
    return [f"{task.street}-{task.team}-{number:02d}" for number in range(1, OFFICERS_PER_TEAM + 1)]


def is_urgent(severity: Severity) -> bool:
    """Whether cases of this severity are worked day and night."""
    return severity in (Severity.P1, Severity.P2)
