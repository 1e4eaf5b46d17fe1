"""Requests of a team on site, or of the desk for it: 吹哨, 挂账, 延期, 作废, 移送. At most one a leg."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum, auto
from random import Random
from typing import Final, Self

from pipeline.simulate.people.person_steps import Habits, PersonStep, action_id, is_urgent, leader, minutes
from pipeline.simulate.people.rule_knowledge import PARTNERS
from schemas.inputs.action import Extend, Suspend, Transfer, Void, Whistle
from schemas.inputs.action_base import Actor
from schemas.outputs import Assignment
from schemas.values.terms import ExtensionReason, Role, SuspensionReason, VoidReason


class FieldRequest(Enum):
    """The request made on a leg."""

    NOTHING = auto()
    VOID = auto()
    WHISTLE = auto()
    SUSPENSION = auto()
    TRANSFER = auto()
    EXTENSION = auto()

    @classmethod
    def of(cls, task: Assignment, draw: Random, habits: Habits) -> Self:
        """Drawn in turn with the habits' shares, rarer requests first; partners are called only for their matters."""
        if task.leg == 1 and not is_urgent(task.severity) and draw.random() < habits.voids:
            return cls(FieldRequest.VOID)
        if draw.random() < habits.transfers:
            return cls(FieldRequest.TRANSFER)
        if draw.random() < habits.suspends:
            return cls(FieldRequest.SUSPENSION)
        if task.matter in PARTNERS and draw.random() < habits.whistles:
            return cls(FieldRequest.WHISTLE)
        return cls(
            FieldRequest.EXTENSION
            if task.leg == 1 and draw.random() < habits.extends
            else FieldRequest.NOTHING
        )


def void(task: Assignment, draw: Random) -> PersonStep:
    """作废: the desk sees that the case was entered twice, and requests voiding before anybody goes."""
    at = task.at + minutes(draw, 0.3, 1)
    ask = Void(
        action_id=action_id(task, "void"),
        case_id=task.case_id,
        actor=_seat(task),
        acted_at=at,
        reason=VoidReason.ENTERED_TWICE,
        note="与另一来件重复录入",
    )
    return PersonStep(at, ask)


def _whistle(task: Assignment, arrived: datetime, draw: Random) -> PersonStep:
    """吹哨: two departments must come, a third is optional."""
    at = arrived + minutes(draw, 2, 10)
    partners = PARTNERS[task.matter]
    ask = Whistle(
        action_id=action_id(task, "whistle"),
        case_id=task.case_id,
        actor=leader(task),
        acted_at=at,
        departments=partners[:2],
        optional=partners[2:3],
        note="请相关部门到场联合处置",
    )
    return PersonStep(at, ask)


def _suspend(task: Assignment, arrived: datetime, draw: Random) -> PersonStep:
    """挂账 for some hours, until the weather is better or the owner is known."""
    at = arrived + minutes(draw, 2, 10)
    ask = Suspend(
        action_id=action_id(task, "suspend"),
        case_id=task.case_id,
        actor=leader(task),
        acted_at=at,
        reason=draw.choice((SuspensionReason.WEATHER, SuspensionReason.OWNERSHIP_UNCLEAR)),
        until=at + minutes(draw, 120, 480),
        note="现场暂不具备处置条件",
    )
    return PersonStep(at, ask)


def _extend(task: Assignment, arrived: datetime, draw: Random) -> PersonStep:
    """延期: a complex case needs more time; the work goes on meanwhile."""
    at = arrived + minutes(draw, 2, 10)
    ask = Extend(
        action_id=action_id(task, "extend"),
        case_id=task.case_id,
        actor=leader(task),
        acted_at=at,
        reason=ExtensionReason.COMPLEX,
        more="1 natural_hours" if is_urgent(task.severity) else "2 work_hours",
        note="情况复杂，需多部门资料",
    )
    return PersonStep(at, ask)


def _transfer(task: Assignment, arrived: datetime, draw: Random) -> PersonStep:
    """移送: on site the case turns out to be the district's; the district's receipt precedes the action."""
    at = arrived + minutes(draw, 20, 60)
    gone = Transfer(
        action_id=action_id(task, "transfer"),
        case_id=task.case_id,
        actor=_seat(task),
        acted_at=at,
        to="区城市管理局",
        receipt=f"YS-{task.case_id[-13:]}",
        note="现场核实超出街道权限，已由区里接收",
    )
    return PersonStep(at, gone)


def _seat(task: Assignment) -> Actor:
    return Actor(id=f"{task.street}-seat-2", role=Role.DISPATCHER)


AFTER_ARRIVAL: Final[Mapping[FieldRequest, Callable[[Assignment, datetime, Random], PersonStep]]] = {
    FieldRequest.WHISTLE: _whistle,
    FieldRequest.SUSPENSION: _suspend,
    FieldRequest.EXTENSION: _extend,
    FieldRequest.TRANSFER: _transfer,
}
LEAVES_THE_STREET: Final = frozenset({FieldRequest.VOID, FieldRequest.TRANSFER})
"""Requests that take the case away from the street, so that no penalty procedure begins."""
NOT_FINISHED: Final = frozenset({FieldRequest.WHISTLE, FieldRequest.SUSPENSION, FieldRequest.TRANSFER})
"""Requests after which the team does not finish at once: others come first, or the case is no longer the team's."""
