"""What a team on site, or the desk for it, asks for beside the work: 吹哨, 挂账, 延期, 作废, 移送. At most one thing a leg."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum, auto
from random import Random
from typing import Final, Self

from pipeline.simulate.people.person_steps import Habits, PersonStep, action_id, is_urgent, leader, minutes
from pipeline.simulate.people.rule_knowledge import PARTNERS
from schemas.inputs.action import Actor, Extend, Suspend, Transfer, Void, Whistle
from schemas.outputs import Assignment
from schemas.values.terms import ExtensionReason, Role, SuspensionReason, VoidReason


class Wish(Enum):
    """What is asked for on this leg."""

    NOTHING = auto()
    VOID = auto()
    WHISTLE = auto()
    SUSPENSION = auto()
    TRANSFER = auto()
    EXTENSION = auto()

    @classmethod
    def of(cls, task: Assignment, draw: Random, habits: Habits) -> Self:
        """Drawn with shares of their own, the rarer first; partners are called only for what they come for."""
        if task.leg == 1 and not is_urgent(task.severity) and draw.random() < habits.voids:
            return cls(Wish.VOID)
        if draw.random() < habits.transfers:
            return cls(Wish.TRANSFER)
        if draw.random() < habits.suspends:
            return cls(Wish.SUSPENSION)
        if task.matter in PARTNERS and draw.random() < habits.whistles:
            return cls(Wish.WHISTLE)
        return cls(Wish.EXTENSION if task.leg == 1 and draw.random() < habits.asks else Wish.NOTHING)


def void(task: Assignment, draw: Random) -> PersonStep:
    """作废: the desk sees at once that it was entered twice, and asks before anybody goes."""
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
    """吹哨: two departments must come, a third may."""
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
    """挂账: some hours, until the weather is better or it is known whose it is."""
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
    """延期: what turns out to be complex needs more time; the work goes on meanwhile."""
    at = arrived + minutes(draw, 2, 10)
    ask = Extend(
        action_id=action_id(task, "extend"),
        case_id=task.case_id,
        actor=leader(task),
        acted_at=at,
        reason=ExtensionReason.COMPLEX,
        more="1 natural_hours" if is_urgent(task.severity) else "2 work_hours",
        note="情况复杂,需多部门资料",
    )
    return PersonStep(at, ask)


def _transfer(task: Assignment, arrived: datetime, draw: Random) -> PersonStep:
    """移送: on site it turns out to be the district's; its receipt is there before it is written here."""
    at = arrived + minutes(draw, 20, 60)
    gone = Transfer(
        action_id=action_id(task, "transfer"),
        case_id=task.case_id,
        actor=_seat(task),
        acted_at=at,
        to="区城市管理局",
        receipt=f"YS-{task.case_id[-13:]}",
        note="现场核实超出街道权限,已由区里接收",
    )
    return PersonStep(at, gone)


def _seat(task: Assignment) -> Actor:
    return Actor(id=f"{task.street}-seat-2", role=Role.DISPATCHER)


AFTER_ARRIVAL: Final[Mapping[Wish, Callable[[Assignment, datetime, Random], PersonStep]]] = {
    Wish.WHISTLE: _whistle,
    Wish.SUSPENSION: _suspend,
    Wish.EXTENSION: _extend,
    Wish.TRANSFER: _transfer,
}
LEAVING: Final = frozenset({Wish.VOID, Wish.TRANSFER})
"""Where nobody begins what would go on afterwards."""
WAITING: Final = frozenset({Wish.WHISTLE, Wish.SUSPENSION, Wish.TRANSFER})
"""After these the team does not finish by itself: others come first, or it is no longer its own."""
