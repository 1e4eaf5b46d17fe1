"""Every action against somebody of the right role whose task it is not: another team, department, post or street."""

from collections.abc import Iterator

import pytest

from pipeline.core.actions import ACTIONS
from schemas.values.terms import RequestKind, Role
from tests.core.proceedings import NOTICE_5000, on_site, taken
from tests.core.story import RULES, STREET, Story

OTHER_STREET = "140109001"
ON_SITE = ("report", "sign", "arrive")
HANDLED = (*ON_SITE, "dispose")
JOINT = ("digging", "sign", "arrive", "whistle")
WHERE = {
    "check": ("alarm",),
    "order_check": ("report",),
    "supervise": ("report",),
    "end_supervision": ("report", "supervise"),
    "raise_hard": ON_SITE,
    "order_correction": ON_SITE,
    "extend_correction": (*ON_SITE, "order_correction"),
    "reinspect": (*ON_SITE, "order_correction"),
    "release_correction": (*ON_SITE, "order_correction"),
    "act_instead": ("dumped", "sign", "arrive"),
    "claim_costs": ("dumped", "sign", "arrive", "act_instead"),
    "appeal": (*ON_SITE, "late", "dispose"),
    "recognise": ("unclear",),
    "locate": ("unclear",),
    "claim": ("offer",),
    "dispatch": ("report",),
    "sign": ("report",),
    "assign": ("report",),
    "return": ("report",),
    "object": ("report",),
    "arrive": ("report", "sign"),
    "dispose": ON_SITE,
    "reach_stage": ON_SITE,
    "progress": ("report", "sign"),
    "contact": ("report", "sign"),
    "answer": ON_SITE,
    "suspend": ON_SITE,
    "extend": ON_SITE,
    "decide": (*ON_SITE, "ask"),
    "resume": ("report", "sign", "suspend"),
    "whistle": ("digging", "sign", "arrive"),
    "joint_step": JOINT,
    "settle": JOINT,
    "verify": (*HANDLED, "answer"),
    "call_back": (*HANDLED, "pass"),
    "void": ("report",),
    "transfer": ("report",),
    "move": ("report",),
    "terminate": ("report",),
    "decline": ("report",),
    "reopen": (*HANDLED, "pass", "call"),
    "merge": ("host", "report"),
    "split": ("report", "told"),
    "penalise": ON_SITE,
}
"""A way to where each action is legal; a measure needs a procedure of its own."""
STRANGERS = {
    Role.TEAM: ("area-west",),
    Role.OFFICER: ("area-west",),
    Role.DEPARTMENT: ("fire-brigade", "city-appearance"),
    Role.DISPATCHER: ("city-appearance", "verification"),
    Role.DUTY_CHIEF: ("planning", "callback"),
    Role.VERIFIER: ("city-appearance", "duty"),
    Role.CALLBACK_CLERK: ("area-west", "verification"),
}
"""Teams that are not theirs; a hotline and a grid member are of no team of the roster."""
UNBOUND = {"claim": "not_offered_to_team", "joint_step": "not_a_partner"}
"""Refused with a code of their own, which says who may."""


def where(action: str) -> Story:
    """A story in which it is this action's turn."""
    if action == "measure":
        return taken(on_site(), NOTICE_5000[:1])
    story = Story()
    if action == "reach_stage":
        return story.report(matter="WJ-001").path("sign", "arrive")
    return story.path(*WHERE[action])


def of_the_role(story: Story, action: str, role: Role) -> dict[str, object]:
    """Somebody who may do it in this role, of the task's own team or post."""
    task = story.case.task
    holder = task.team or task.offered_to[0] if task else None
    teams = {
        Role.TEAM: holder,
        Role.OFFICER: holder,
        Role.DEPARTMENT: "traffic-police",
        Role.VERIFIER: "verification",
        Role.CALLBACK_CLERK: "callback",
        Role.DISPATCHER: "duty",
        Role.DUTY_CHIEF: "duty",
    }
    team = teams.get(role)
    actor: dict[str, object] = {"id": "S1", "role": role.value}
    return actor | ({"team": team} if team else {})


def roles_of(action: str) -> list[Role]:
    """Who may do it; of a decision, whoever decides what was asked for here."""
    return sorted(RULES.decides[RequestKind.SUSPENSION] if action == "decide" else RULES.may[action])


def strangers() -> Iterator[tuple[str, Role, str]]:
    """Every action, every role that may do it, every team that it is not."""
    for action in ACTIONS:
        for role in roles_of(action):
            yield from ((action, role, team) for team in STRANGERS.get(role, ()))


@pytest.mark.parametrize("action", ACTIONS)
def test_whoever_has_the_role_and_the_task_may(action):
    """In each role, of the team, post or department whose task it is, and of the case's own street."""
    for role in roles_of(action):
        if role is Role.DEPARTMENT and action != "joint_step":
            continue  # of cases that it was given itself: `requested.test_owners`
        story = where(action).wait(minutes=1)
        by_centre = action == "settle" and role is not Role.DUTY_CHIEF
        what = {"department": "sanitation"} if by_centre else {}
        actor = of_the_role(story, action, role) | {"street": STREET}
        assert story.act(action, actor=actor, **what).answer == "accepted", (action, role)


@pytest.mark.parametrize(("action", "role", "team"), list(strangers()))
def test_somebody_of_the_right_role_and_another_team_may_not(action, role, team):
    """An officer of another squad resumes nobody's case but its own; a verifier of the team that handled verifies nothing."""
    story = where(action)
    before = story.state()
    story.act(action, actor=of_the_role(story, action, role) | {"team": team})
    is_team = role not in RULES.of_post
    assert story.answer == (UNBOUND.get(action, "not_your_task") if is_team else "not_your_task")
    assert story.state() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_people_of_another_street_may_not(action):
    """A team of the same name is in every street; who says of which street they are acts on that one's cases only."""
    for role in roles_of(action):
        story = where(action)
        before = story.state()
        story.act(action, actor=of_the_role(story, action, role) | {"street": OTHER_STREET})
        assert (story.answer, story.state()) == ("not_your_task", before), (action, role)


@pytest.mark.parametrize("role", ["team", "officer"])
def test_nobodys_task_is_no_teams_task(role):
    """Offered, or given back by all: a team it was taken from, or that names none, asks for nothing; the centre may."""
    for path in (("offer",), ("report", "return", "return", "return")):
        story = Story().path(*path)
        for team in (None, "area-west", "city-appearance", story.case.task.team if story.case.task else None):
            actor = {"id": "O9", "role": role} | ({"team": team} if team else {})
            assert story.act("terminate", actor=actor).answer == "not_your_task", (path, team)
        assert story.act("terminate").answer == "accepted"


def test_a_find_that_its_finder_dealt_with_is_no_officers_to_punish():
    """No team held it: an officer without a team is not of that team."""
    story = Story().report(
        source="patrol",
        caller=None,
        reporter="W1",
        self_disposed=True,
        evidence=Story().evidence("photo_after"),
    )
    assert story.stage.value == "awaiting_verification"
    assert story.act("penalise", actor={"id": "O9", "role": "officer"}).answer == "not_your_task"
