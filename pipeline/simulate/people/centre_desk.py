"""Actions of the centre's desk and the partner departments: check alarms, decide requests, dispatch, answer the whistle.

As in `decisions`, every action is a function of the seed and the assignment.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Final

from pipeline.simulate.people.person_steps import Habits, PersonStep, action_id, minutes
from pipeline.simulate.world.day import Truth
from schemas.inputs.action import Check, Decide, Dispatch, JointStep, Locate, Recognise, Settle
from schemas.inputs.action_base import Actor
from schemas.outputs import Assignment
from schemas.values.request_terms import RejectReason
from schemas.values.terms import JointStatus, MissingFact, RequestKind, Role
from schemas.values.text import category_of

LEADS: Final = {
    "SR": "city-appearance",
    "WJ": "planning",
    "SZ": "utilities",
    "YL": "ecology",
    "HB": "ecology",
    "SC": "market-property",
    "WY": "market-property",
    "SW": "utilities",
    "XF": "emergency",
    "YQ": "city-appearance",
    "JT": "city-appearance",
}
"""The group that leads each category's matters in the shipped rules."""


def check(task: Assignment, draw: Random, habits: Habits) -> Iterator[PersonStep]:
    """立案核实: the desk checks an alarm on the screen; three in ten are false."""
    at = task.at + minutes(draw, 1, 6)
    valid = draw.random() >= habits.false_alarms
    seat = _seat(task, draw)
    yield PersonStep(
        at,
        Check(
            action_id=action_id(task, "check"),
            case_id=task.case_id,
            actor=seat,
            acted_at=at,
            valid=valid,
            reason=None if valid else RejectReason.NOTHING_FOUND,
            note="" if valid else "回看视频，未发现问题",
        ),
    )


def assess(task: Assignment, draw: Random, known: Truth | None = None) -> Iterator[PersonStep]:
    """研判: the desk calls the reporter, and is told what it is and where; of a caller unknown to it, it mostly takes the better of the
    two that were named.
    """
    at = task.at + minutes(draw, 2, 14)
    seat = _seat(task, draw)
    if MissingFact.MATTER in task.missing:
        code = (known.matter or known.kind) if known else _of_both(task, draw)
        is_matter = re.fullmatch(r"[A-Z]{2}-[0-9]{3}", code) is not None
        yield PersonStep(
            at,
            Recognise(
                action_id=action_id(task, "recognise"),
                case_id=task.case_id,
                actor=seat,
                acted_at=at,
                matter=code if is_matter else None,
                kind=None if is_matter else code,
            ),
        )
        at += minutes(draw, 1, 4)
        if not is_matter:
            return
    if MissingFact.PLACE in task.missing:
        yield PersonStep(
            at,
            Locate(
                action_id=action_id(task, "locate"),
                case_id=task.case_id,
                actor=seat,
                acted_at=at,
                grid=known.grid if known else f"{task.street}001001",
                note="已电话核实位置",
            ),
        )


def _of_both(task: Assignment, draw: Random) -> str:
    """The better of the two that the text may be about, or the other."""
    if task.recognised is None:
        return "SR-001"
    return draw.choices((task.recognised.best.code, task.recognised.second.code), (3, 1))[0]


def dispatch(task: Assignment, draw: Random) -> Iterator[PersonStep]:
    """派单 by hand: a case returned three times goes to the group that leads its matter, and stays there."""
    at = task.at + minutes(draw, 2, 15)
    seat = Actor(id="seat-1", role=Role.DISPATCHER, team=task.team)
    to = Dispatch(
        action_id=action_id(task, "dispatch"),
        case_id=task.case_id,
        actor=seat,
        acted_at=at,
        team=LEADS[category_of(task.matter)],
    )
    yield PersonStep(at, to)


_OF_HOTLINE: Final = frozenset(
    {
        RequestKind.TERMINATION,
        RequestKind.HOTLINE_EXTENSION,
        RequestKind.SENDING_BACK,
        RequestKind.UNREASONABLE,
    }
)


def approve(
    task: Assignment, draw: Random, habits: Habits, is_one: bool | None = None
) -> Iterator[PersonStep]:
    """审批: the duty chief decides soon, and mostly grants; a termination is the hotline's. Of what is likely one a seat says whether it
    is, which it sees (`is_one`).
    """
    at = task.at + minutes(draw, 1, 6)
    kind = task.request.kind if task.request else None
    decider = Actor(id="chief-1", role=Role.DUTY_CHIEF, team=task.team)
    if kind in _OF_HOTLINE:
        decider = Actor(id="hotline-1", role=Role.HOTLINE)
    if kind in (RequestKind.SUPERVISION, RequestKind.HARD_CASE):
        decider = Actor(id="district-1", role=Role.DISTRICT)
    granted = draw.random() < habits.grants
    if kind is RequestKind.DUPLICATE:
        decider, granted = _seat(task, draw), granted if is_one is None else is_one
    yield PersonStep(
        at,
        Decide(
            action_id=action_id(task, f"decide.{kind.value}" if kind else "decide"),
            case_id=task.case_id,
            actor=decider,
            acted_at=at,
            granted=granted,
            request=kind,
        ),
    )


def partner(task: Assignment, draw: Random, habits: Habits) -> Iterator[PersonStep]:
    """报到: a department responds, arrives and does its part; or refuses, and the centre waives it (协调)."""
    at = task.at + minutes(draw, 5, 40)
    if draw.random() < habits.refuses:
        yield PersonStep(at, _joint_step(task, JointStatus.REFUSED, at, "今日警力不足，无法到场"))
        at += minutes(draw, 10, 30)
        yield PersonStep(at, _waive(task, at), outlives_task=True)
        return
    yield PersonStep(at, _joint_step(task, JointStatus.RESPONDED, at))
    for status in (JointStatus.ARRIVED, JointStatus.DONE):
        at += minutes(draw, 20, 100)
        yield PersonStep(at, _joint_step(task, status, at))


def _seat(task: Assignment, draw: Random) -> Actor:
    return Actor(id=f"seat-{draw.randrange(1, 4)}", role=Role.DISPATCHER, team=task.team)


def _joint_step(task: Assignment, status: JointStatus, at: datetime, note: str = "") -> JointStep:
    return JointStep(
        action_id=action_id(task, status.value),
        case_id=task.case_id,
        actor=Actor(id=f"{task.team}-1", role=Role.DEPARTMENT, team=task.team),
        acted_at=at,
        status=status,
        note=note,
    )


def _waive(task: Assignment, at: datetime) -> Settle:
    return Settle(
        action_id=action_id(task, "settle"),
        case_id=task.case_id,
        actor=Actor(id="chief-1", role=Role.DUTY_CHIEF, team="duty"),
        acted_at=at,
        department=task.team,
        waive=True,
        note="由主办队先行处置",
    )
