"""Requests of a team: it waits for the decision and for its partners, and then finishes."""

from dataclasses import replace as changed
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.core.rules.law import Power
from pipeline.core.rules.rules import Rules
from pipeline.rulebook import load_rules
from pipeline.simulate.people.actors import People, Timetable
from pipeline.simulate.people.person_steps import Habits
from pipeline.simulate.people.rule_knowledge import ORDINARY, PARTNERS, SIMPLE
from schemas.inputs.action import Action, JointStep, Suspend, Whistle
from schemas.outputs import Assignment
from schemas.values.terms import AssignmentKind, AssignmentStatus, ClockKind, JointStatus, Severity, Stage
from tests.simulate.test_people import BASE, CAREFUL, MORNING

DIGGING = replace(BASE, matter="SZ-001", team="utilities")
WHISTLING = changed(CAREFUL, whistles=1.0)


@cache
def rules() -> Rules:
    """The rules of the repository."""
    return load_rules(Path(__file__).parents[2] / "rules")


class Scene:
    """People who act at once when it is due, and hear what the test says."""

    def __init__(self, habits: Habits) -> None:
        self.done: list[Action] = []
        self._timetable = Timetable()
        self._people = People(7, self._timetable, self.done.append, habits)
        self._version = 0

    def hear(self, task: Assignment, *, over: bool = False, stage: Stage = Stage.ARRIVED) -> None:
        """An assignment is open, or over, at the time of the last deed; and all that is due because of it is done."""
        self._version += 1
        at = max([MORNING, *(action.acted_at for action in self.done)])
        status = AssignmentStatus.DONE if over else AssignmentStatus.OPEN
        self._people.hear(replace(task, at=at, status=status, stage=stage, case_version=self._version))
        while (deed := self._timetable.take()) is not None:
            deed()

    def names(self) -> list[str]:
        """What was done, in its order."""
        return [action.action for action in self.done]


def approval() -> Assignment:
    """The centre is asked to decide."""
    return replace(DIGGING, team="duty", kind=AssignmentKind.APPROVE)


def joint(department: str) -> Assignment:
    """A department's task."""
    return replace(DIGGING, team=department, kind=AssignmentKind.JOINT)


def whistled(habits: Habits = WHISTLING) -> tuple[Scene, Whistle]:
    """A team that blew the whistle, and the centre has decided."""
    scene = Scene(habits)
    scene.hear(DIGGING, stage=Stage.DISPATCHED)
    assert scene.names() == ["sign", "arrive", "whistle"]
    whistle = scene.done[-1]
    assert isinstance(whistle, Whistle)
    scene.hear(approval())
    assert scene.names()[-1] == "decide"
    return scene, whistle


def test_the_handbook_is_what_the_rules_say():
    """Whom to call for which matter, and what may be fined by the street itself, on the spot or not."""
    service = rules().services[-1]
    eligible = {code for code in rules().matters if service.limit(code, Severity.P3, ClockKind.JOINT)}
    assert set(PARTNERS) == eligible
    assert {department for partners in PARTNERS.values() for department in partners} <= set(
        rules().departments
    )
    own = {
        code: "simple" in matter.procedures
        for code, matter in rules().matters.items()
        if matter.street_power is Power.DEVOLVED and matter.may_fine
    }
    assert {code for code, simple in own.items() if simple} == SIMPLE
    assert {code for code, simple in own.items() if not simple} == ORDINARY


def test_who_whistled_waits_for_all_partners():
    """Not for the first: the work is finished when the last one is done, and after it."""
    scene, whistle = whistled()
    named = (*whistle.departments, *whistle.optional)
    scene.hear(approval(), over=True, stage=Stage.JOINT_IN_PROGRESS)
    for department in named:
        scene.hear(joint(department), stage=Stage.JOINT_IN_PROGRESS)
    assert scene.names().count("joint_step") == 3 * len(named)
    for department in named[:-1]:
        scene.hear(joint(department), over=True, stage=Stage.JOINT_IN_PROGRESS)
        assert "dispose" not in scene.names()
    last = max(action.acted_at for action in scene.done)
    scene.hear(joint(named[-1]), over=True, stage=Stage.JOINT_IN_PROGRESS)
    assert scene.names()[-1] == "dispose"
    assert scene.done[-1].acted_at > last


def test_who_refuses_is_let_be_by_the_centre_and_only_then_it_goes_on():
    """The department's task ends with its refusal; the case goes on with the centre's word."""
    scene, whistle = whistled(changed(WHISTLING, refuses=1.0))
    scene.hear(approval(), over=True, stage=Stage.JOINT_IN_PROGRESS)
    first, *others = (*whistle.departments, *whistle.optional)
    for department in (first, *others):
        scene.hear(joint(department), stage=Stage.JOINT_IN_PROGRESS)
        steps = [action for action in scene.done if isinstance(action, JointStep)]
        assert (steps[-1].status, bool(steps[-1].note)) == (JointStatus.REFUSED, True)
    assert scene.names().count("settle") == 1 + len(others)
    assert "dispose" not in scene.names()
    for department in (first, *others):
        scene.hear(joint(department), over=True, stage=Stage.JOINT_IN_PROGRESS)
    assert scene.names()[-1] == "dispose"


def test_a_whistle_that_is_denied_holds_nobody_up():
    """The team finishes by itself."""
    scene, _ = whistled()
    scene.hear(approval(), over=True, stage=Stage.ARRIVED)
    assert scene.names()[-1] == "dispose"


def test_who_asked_to_rest_goes_on_when_it_is_over():
    """And not before the end that was granted; denied, it goes on at once."""
    for stage in (Stage.SUSPENDED, Stage.ARRIVED):
        scene = Scene(changed(CAREFUL, suspends=1.0))
        scene.hear(DIGGING, stage=Stage.DISPATCHED)
        suspend = scene.done[-1]
        assert isinstance(suspend, Suspend)
        scene.hear(approval())
        scene.hear(approval(), over=True, stage=stage)
        assert scene.names()[-3:] == ["decide", "answer", "dispose"]
        assert (scene.done[-1].acted_at > suspend.until) == (stage is Stage.SUSPENDED)


@pytest.mark.parametrize(("habit", "last"), [("voids", "dispose"), ("transfers", "transfer")])
def test_the_desk_may_see_that_it_is_no_case_or_not_ours(habit, last):
    """A void is asked for before anybody goes, who goes all the same until it is granted; after a transfer nobody finishes."""
    scene = Scene(changed(CAREFUL, **{habit: 1.0}))
    scene.hear(BASE, stage=Stage.DISPATCHED)
    assert scene.names()[-1] == last
    assert (scene.names()[0] == "void") == (habit == "voids")


def test_a_task_that_comes_again_is_done_again_under_new_numbers():
    """A second request of the same leg is decided too; the same one heard again is not."""
    scene = Scene(CAREFUL)
    for _ in range(2):
        scene.hear(approval())
        scene.hear(replace(approval(), due_at=MORNING + timedelta(days=1)))  # its deadline moved
        scene.hear(approval(), over=True)
    assert scene.names() == ["decide", "decide"]
    assert len({action.action_id for action in scene.done}) == 2
    assert isinstance(scene.done[0].acted_at, datetime)
