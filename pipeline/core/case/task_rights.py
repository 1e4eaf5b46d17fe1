"""On whose task an action is done: whether it is this actor's, whatever the role. Which roles may do it is `may` of `rules/roles.yaml`.

street ─► post ─► task      of the case's street, of the post that the role belongs to, of the team that the task is
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from pipeline.core.case.decision_context import DecisionContext
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules
from schemas.inputs.action_base import Actor
from schemas.state.case import Case
from schemas.values.terms import Role, Stage


class Whose(StrEnum):
    """On whose task an action is done.

    `PROCEDURE`: that team's which handles the case, or handled it last. `HOLDER_OR_POST`: who acts for a team must hold the
    task, a post acts on any of its street. `OFFERED` and `PARTNER` are told by their deciders, with codes of their own.
    `STREET`: on no team's task, so that the role alone decides.
    """

    HOLDER = "holder"
    HOLDER_OR_POST = "holder_or_post"
    PROCEDURE = "procedure"
    OFFERED = "offered"
    PARTNER = "partner"
    STREET = "street"


FOR_A_TEAM: Final = frozenset({Role.TEAM, Role.OFFICER})
"""Who acts in these roles acts for a team that handles cases; for a department that was given one (权属单位) its own role does."""

_NOBODY: Final = frozenset({Stage.OFFERED, Stage.DISPATCH_PENDING})
"""Nobody holds the task there; of a case that was given back its snapshot still names who had it."""


def holder(case: Case) -> str | None:
    """The team that holds the task now."""
    return case.task.team if case.task is not None and case.stage not in _NOBODY else None


def refuse_stranger(context: DecisionContext, actor: Actor, whose: Whose) -> Refusal | None:
    """Why the action is not this actor's: another street's, of another post than its role, or on another team's task."""
    case = context.case
    if actor.street is not None and actor.street != case.street:
        return Refusal("not_your_task", "actor.street", case.street)
    post = post_of(context.rules, actor.role)
    if post is not None and actor.team not in (None, post):
        return Refusal("not_your_task", "actor.team", post, post)
    owner = _OWNERS.get(whose)
    if owner is None or (whose is Whose.HOLDER_OR_POST and actor.role not in FOR_A_TEAM):
        return None
    team = owner(case)
    is_of_its_kind = (actor.role is Role.DEPARTMENT) == (team in context.rules.departments)
    if team is not None and actor.team == team and is_of_its_kind:
        return None
    return Refusal("not_your_task", "actor.team", team or "nobody holds it", team)


def _handled_last(case: Case) -> str | None:
    return case.task.team if case.task is not None else None


_OWNERS: Final[Mapping[Whose, Callable[[Case], str | None]]] = {
    Whose.HOLDER: holder,
    Whose.HOLDER_OR_POST: holder,
    Whose.PROCEDURE: _handled_last,
}


def post_of(rules: Rules, role: Role) -> str | None:
    """The post that a role belongs to; None where it belongs to none."""
    policy, field = rules.policy, rules.of_post.get(role)
    if field is None:
        return None
    posts = {
        "centre_team": policy.centre_team,
        "verification_post": policy.verification_post,
        "callback_post": policy.callback_post,
    }
    return posts[field]
