"""流转: who is asked to handle a case, by 派单 or 领单, and what happens when a team gives it back or nobody takes it."""

from collections.abc import Set
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.rules.heirs import heir
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import (
    LEAD,
    TERRITORIAL,
    Daytime,
    Routed,
    RouteMode,
    RoutingRule,
    Rules,
    Street,
    kind_of,
)
from pipeline.core.stages.requested import request_filing
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import SHANGHAI, local_text
from schemas import limits
from schemas.inputs.action import Claim, Decide, Dispatch, Object, Return, Sign
from schemas.inputs.supervision_actions import Assign
from schemas.journal.events import (
    CaseClaimed,
    CaseDispatched,
    CaseEvent,
    CaseOffered,
    CaseReturned,
    CaseSigned,
)
from schemas.journal.joint_events import TaskAssigned
from schemas.state.case import Case, Facts
from schemas.state.task import Task
from schemas.values.terms import RequestKind, Stage
from schemas.values.text import street_of

_MINUTES: Final = 60


class Assigned(NamedTuple):
    """The events that give the case to somebody, and the team that is responsible meanwhile."""

    events: tuple[CaseEvent, ...]
    team: str


class Tried(NamedTuple):
    """A line of the routing table that was looked at, and the conditions that the case does not meet."""

    rule: RoutingRule
    unmet: tuple[str, ...]


def first(rules: Rules, street: Street, case_id: str, facts: Facts, at: datetime) -> Assigned:
    """The first dispatch or offer of a case."""
    offers, pool, why = _pool(rules, street, _routed(rules, facts, at), _community(facts))
    if rules.heirs:
        pool = tuple(dict.fromkeys(heir(rules.heirs, street.code, team, at) for team in pool))
    if offers and len(pool) > 1:
        offered = CaseOffered(case_id=case_id, at=at, teams=pool, why=why[: limits.NOTE_MAX])
        return Assigned((offered,), pool[0])
    return Assigned(to_team(rules, case_id, pool[0], at, why), pool[0])


@lru_cache(maxsize=65_536)
def _pool(
    rules: Rules, street: Street, case: Routed, community: str | None
) -> tuple[bool, tuple[str, ...], str]:
    """Whether it is offered, to whom, and why; the same for all cases alike."""
    rule = _route(rules, case)
    pool = _teams(rules, street, case.matter, community, rule.to)
    why = f"{rule.id}: {rule.mode.value} to {', '.join(pool)}"
    return rule.mode is RouteMode.OFFER and len(pool) > 1, pool, why


def to_team(
    rules: Rules, case_id: str, team: str, at: datetime, why: str, *, designated: bool = False
) -> tuple[CaseEvent, ...]:
    """`team`, or whoever has taken its place, holds the task and is to sign for it."""
    team = heir(rules.heirs, street_of(case_id), team, at)
    why = why[: limits.NOTE_MAX]
    return (CaseDispatched(case_id=case_id, at=at, team=team, designated=designated, why=why),)


def again(
    rules: Rules, street: Street, case: Case, at: datetime, gone: str | None = None
) -> tuple[CaseEvent, ...]:
    """The next dispatch of a case that came back: the first team in the rule's order that has not returned it.

    When every team has, the matter's lead team is designated (首接负责) and may not return it.
    """
    rule, refused = route(rules, case.facts, at), _had_it(case) | ({gone} if gone else set())
    team, is_left = _next(rules, street, case, rule, at, refused)
    if is_left:
        return to_team(
            rules, case.case_id, team, at, f"{rule.id}: next after {', '.join(sorted(refused)) or 'nobody'}"
        )
    returns = len(case.returned) + (1 if gone else 0)
    why = f"{rule.id}: designated after {returns} returns"
    return to_team(rules, case.case_id, team, at, why, designated=True)


def lapse(rules: Rules, street: Street, case: Case, at: datetime) -> tuple[CaseEvent, ...]:
    """Nobody claimed in time: the first of the rule's `then` gets it."""
    rule = route(rules, case.facts, at)
    team = _teams(rules, street, case.facts.matter, _community(case.facts), (*rule.then, *rule.to))[0]
    return to_team(rules, case.case_id, team, at, f"{rule.id}: nobody claimed in time")


def lease_over(
    rules: Rules, street: Street, case: Case, until: datetime, at: datetime
) -> tuple[CaseEvent, ...]:
    """Whoever claimed it has not come in time: the next in the rule's order has it, and is not asked whether it wants to."""
    late = case.task.team if case.task and case.task.team else ""
    rule = route(rules, case.facts, at)
    team, is_left = _next(rules, street, case, rule, at, _had_it(case) | {late})
    why = f"{rule.id}: {late} claimed it and was not on site by {local_text(until)}"
    return to_team(rules, case.case_id, team, at, why, designated=not is_left)


def _next(
    rules: Rules, street: Street, case: Case, rule: RoutingRule, at: datetime, gone: Set[str]
) -> tuple[str, bool]:
    """The first team in the rule's order that has not had it; where all have, the matter's lead team, and False."""
    order = _teams(rules, street, case.facts.matter, _community(case.facts), (*rule.then, *rule.to))
    heirs = dict.fromkeys(heir(rules.heirs, street.code, name, at) for name in order)
    left = next((team for team in heirs if team not in gone), None)
    return (left, True) if left else (rules.matters[case.facts.matter].lead_team, False)


def reopened(rules: Rules, case: Case, at: datetime) -> tuple[CaseEvent, ...]:
    """The team that handled it goes again."""
    team = case.task.team if case.task and case.task.team else rules.matters[case.facts.matter].lead_team
    return to_team(rules, case.case_id, team, at, "reopened: the same team again")


def route(rules: Rules, facts: Facts, at: datetime) -> RoutingRule:
    """The line of the routing table that decides. There always is a line: the rules were checked at load."""
    return _route(rules, _routed(rules, facts, at))


def tried(rules: Rules, facts: Facts, at: datetime) -> tuple[Tried, ...]:
    """The lines that were looked at, in their order, each with the conditions that the case does not meet; the last one decides."""
    case = _routed(rules, facts, at)
    found = []
    for rule in rules.routing:
        found.append(Tried(rule, rule.unmet(case)))
        if not found[-1].unmet:
            break
    return tuple(found)


def _route(rules: Rules, case: Routed) -> RoutingRule:
    for rule in rules.routing:
        if not rule.unmet(case):
            return rule
    raise LookupError(f"no routing rule for {case.matter}; the rule check lets no such table pass")


def _routed(rules: Rules, facts: Facts, at: datetime) -> Routed:
    """What no line asks for is left out, so that more cases are alike."""
    digits, is_timed = _asked(rules)
    grid = facts.place.grid[:digits] if digits and facts.place.grid else None
    daytime = _daytime(rules, at) if is_timed else None
    return Routed(facts.matter, facts.severity, facts.source, facts.urgency, grid, daytime)


@lru_cache(maxsize=64)
def _asked(rules: Rules) -> tuple[int, bool]:
    """How many digits of a grid the longest of the lines names, and whether any asks what time it is."""
    digits = max((len(grid) for rule in rules.routing for grid in rule.grids), default=0)
    return digits, any(rule.is_timed for rule in rules.routing)


def _daytime(rules: Rules, at: datetime) -> Daytime:
    local = at.astimezone(SHANGHAI)
    return Daytime(local.hour * _MINUTES + local.minute, local.date(), kind_of(rules.calendar, local.date()))


def decide_claim(context: DecisionContext, action: Claim) -> Decided:
    """The first claim in the log wins; a later one is refused with the team that has it, and one too many with how many there are."""
    case, team = context.case, action.actor.team
    task = case.task
    if task is not None and team is not None and task.team == team:
        return Refusal("already_there", "case_id", "sign for it", team)
    if case.stage is not Stage.OFFERED or task is None:
        return Refusal("claim_lost", "case_id", "an offered case", task.team if task else None)
    if team not in task.offered_to:
        return Refusal("not_offered_to_team", "actor.team", ", ".join(task.offered_to))
    policy, unfinished = context.rules.policy, context.cases.claims_of(team)
    if policy.claims_open_max is not None and unfinished >= policy.claims_open_max:
        allowed = f"{unfinished} unfinished, at most {policy.claims_open_max}; deal with or return one of them first"
        return Refusal("too_many_claims", "actor.team", allowed)
    lease = policy.claim_lease
    until = clock_arithmetic.after(context.rules.calendar, context.at, lease).at if lease else None
    return (CaseClaimed(case_id=case.case_id, at=context.at, team=team, by=action.actor.id, until=until),)


def decide_dispatch(context: DecisionContext, action: Dispatch) -> Decided:
    """A dispatcher names the team: for an offered case, instead of the team that has it, or after too many returns."""
    case, teams = context.case, _teams_of(context)
    if action.team not in teams:
        return Refusal("unknown_team", "team", ", ".join(sorted(teams)))
    if case.task is not None and case.task.team == action.team and case.stage is not Stage.DISPATCH_PENDING:
        return Refusal("already_there", "team", "another team", action.team)
    binding = action.designated or case.stage is Stage.DISPATCH_PENDING
    return to_team(
        context.rules,
        case.case_id,
        action.team,
        context.at,
        f"by hand: {action.actor.id}",
        designated=binding,
    )


def decide_sign(context: DecisionContext, action: Sign) -> Decided:
    """The team has it; now it is to arrive."""
    return (CaseSigned(case_id=context.case.case_id, by=action.actor.id),)


def decide_assign(context: DecisionContext, action: Assign) -> Decided:
    """The leader names who of the team does it; every clock goes on, and so does whoever acted already in what they did."""
    members = tuple(dict.fromkeys(action.members))
    if not members:
        return Refusal("members_missing", "members", "at least one")
    if members == _task(context.case).members:
        return Refusal("already_there", "members", "other members", ", ".join(members))
    proposed = _task(context.case).proposed
    if proposed and proposed.is_enough and set(members) != set(proposed.officers) and not action.note:
        return Refusal(
            "override_reason_missing", "note", f"why others than {', '.join(proposed.officers)} go"
        )
    return (
        TaskAssigned(
            case_id=context.case.case_id,
            at=context.at,
            by=action.actor.id,
            members=members,
            note=action.note,
        ),
    )


def decide_return(context: DecisionContext, action: Return) -> Decided:
    """A task is returned within the policy's time, before arrival, and never by a designated team.

    After the last return that the policy routes anew, the centre decides.
    """
    rules, street, _, case, at, _ = context
    task = _task(case)
    if task.designated:
        return Refusal("return_by_designated_team", "action", "handle it")
    latest = clock_arithmetic.after(rules.calendar, task.since, rules.policy.return_within).at
    if at > latest:
        return Refusal("return_too_late", "action", f"until {local_text(latest)}; handle it, or ask for help")
    team = task.team or ""
    back = CaseReturned(
        case_id=case.case_id,
        at=at,
        team=team,
        by=action.actor.id,
        reason=action.reason,
        note=action.note,
    )
    if len(case.returned) >= rules.policy.returns_max:
        return (back,)  # the centre decides, and its decision binds
    return (back, *again(rules, street, case, at, gone=team))


def decide_object(context: DecisionContext, action: Object) -> Decided:
    """The team objects to having the task; until that is decided it holds the task, and every clock runs."""
    if _task(context.case).designated:
        return Refusal("object_when_bound", "action", "handle it: that was decided")
    return request_filing.file_once(context, action, RequestKind.OBJECTION, action.reason.value)


def redirected(context: DecisionContext, action: Decide) -> Decided:
    """The objection is granted: another team has the task; a designated team may not return it."""
    case, teams = context.case, _teams_of(context)
    if case.stage not in (Stage.DISPATCHED, Stage.SIGNED):
        return Refusal("return_after_arrival", "granted", "false: the team is on site")
    if action.team is None or action.team not in teams:
        return Refusal("unknown_team", "team", ", ".join(sorted(teams)))
    if case.task is not None and action.team == case.task.team:
        return Refusal("already_there", "team", "another team, or not granted", action.team)
    why = f"objection granted: {action.actor.id}"
    return to_team(context.rules, case.case_id, action.team, context.at, why, designated=action.designated)


def _had_it(case: Case) -> set[str]:
    """The teams that gave the case back, or claimed it and did not come."""
    return {back.team for back in case.returned} | {claim.team for claim in case.lapsed_claims}


def _teams_of(context: DecisionContext) -> Set[str]:
    """The teams that there are in the street now, and the departments that may have a case of this matter."""
    street, rules, matter = context.street, context.rules, context.case.facts.matter
    owners = (name for name, department in rules.departments.items() if matter in department.handles)
    return {
        team for team in (*street.teams, *owners) if heir(rules.heirs, street.code, team, context.at) == team
    }


def _task(case: Case) -> Task:
    if case.task is None:
        raise LookupError(f"{case.case_id}: nobody holds a task at {case.stage}")
    return case.task


def _teams(
    rules: Rules, street: Street, matter: str, community: str | None, named: tuple[str, ...]
) -> tuple[str, ...]:
    """The teams that `named` stands for in this street, each once; at least the matter's lead team."""
    lead = rules.matters[matter].lead_team
    by_name = {LEAD: lead, TERRITORIAL: street.territorial_team(community)}
    teams = (by_name.get(name, name) for name in named)
    return tuple(dict.fromkeys(team for team in teams if team)) or (lead,)


def _community(facts: Facts) -> str | None:
    grid = facts.place.grid
    return grid[9:12] if grid else None
