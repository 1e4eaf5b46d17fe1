"""代处置 and 代履行: the street has done what an owner or a party did not do, and claims what it cost.

owner         the unit of the roster that owns the pipe, the cover or the lamp did not act
at once       litter and obstacles on roads, rivers and public places (行政强制法 52): no demand; the party is told afterwards
after demand  a duty to remove or restore, not done though demanded (50): by a decision, three days after the demand, somebody present (51)
"""

from datetime import timedelta

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.instead_costs import with_open_costs
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.worktime.office_hours import local_text
from schemas import limits
from schemas.inputs.instead_actions import ActInstead, ClaimCosts
from schemas.journal.instead_events import ActedInstead, CostsMoved
from schemas.state.instead import DoneInstead
from schemas.values.penalty_terms import CostState, InsteadGround
from schemas.values.placeholders import says_nothing
from schemas.values.terms import Role


def decide_act(context: DecisionContext, action: ActInstead) -> Decided:
    """It is for whom it is said to be, the ground is one for this matter, and a record of it was made; the costs are open."""
    case = context.case
    if len(case.done_instead) >= limits.INSTEADS_MAX:
        return Refusal("case_full", "case_id")
    refusal = all_of(
        (
            Refusal("instead_incomplete", "what", "what was done") if says_nothing(action.what) else None,
            None if action.evidence else Refusal("instead_unrecorded", "evidence", "the record of it"),
            _refuse_owner(context, action)
            if action.ground is InsteadGround.OWNER
            else _refuse_party(context, action),
        )
    )
    if refusal:
        return refusal
    said = {name: getattr(action, name) for name in _SAID}
    done = DoneInstead(at=context.at, by=action.actor.id, **said)
    return (ActedInstead(case_id=case.case_id, done=done, evidence=action.evidence),)


_SAID = (
    *("ground", "what", "performer", "cost_yuan", "unit", "party"),
    *("demanded_at", "paper", "present", "told"),
)


def _refuse_owner(context: DecisionContext, action: ActInstead) -> Refusal | None:
    rules, matter = context.rules, context.case.facts.matter
    owners = sorted(name for name, unit in rules.departments.items() if matter in unit.handles)
    if action.unit in owners and action.party is None:
        return None
    return Refusal(
        "instead_of_nobody", "unit", f"who owns it: {', '.join(owners) or 'no unit of the roster'}"
    )


def _refuse_party(context: DecisionContext, action: ActInstead) -> Refusal | None:
    policy, matter, at_once = (
        context.rules.policy,
        context.case.facts.matter,
        action.ground is InsteadGround.AT_ONCE,
    )
    matters = policy.instead_at_once if at_once else policy.instead_after_demand
    if matter not in matters:
        return Refusal("instead_without_ground", "ground", f"of {', '.join(sorted(matters))}")
    if action.party is None or action.unit is not None:
        return Refusal("instead_of_nobody", "party", "who was to do it")
    if at_once:
        # 行政强制法 52: a party that was not there is told at once
        return None if action.told else Refusal("instead_untold", "told", "true: the party was told of it")
    # 行政强制法 50, 51
    if action.paper is None:
        return Refusal("instead_incomplete", "paper", "the number of the decision that was served")
    if action.present is None:
        return Refusal("instead_incomplete", "present", "who of the street was present")
    earliest = (
        None
        if action.demanded_at is None
        else action.demanded_at + timedelta(days=policy.instead_demand_days)
    )
    if earliest is not None and min(action.acted_at, context.at) >= earliest:
        return None
    allowed = f"from {local_text(earliest)} on" if earliest else "when it was demanded"
    return Refusal("instead_before_demand", "demanded_at", allowed)


def decide_claim(context: DecisionContext, action: ClaimCosts) -> Decided:
    """Claimed first; then recovered, or given up by a head who says why."""
    done = with_open_costs(context.case)
    if done is None:
        return Refusal("no_open_costs", "action", "costs of what was done in somebody's stead")
    following = {
        CostState.OPEN: (CostState.CLAIMED, CostState.GIVEN_UP),
        CostState.CLAIMED: (CostState.RECOVERED, CostState.GIVEN_UP),
    }[done.costs]
    if action.costs not in following:
        return Refusal("costs_step", "costs", ", ".join(following))
    if action.costs is CostState.GIVEN_UP and action.actor.role is not Role.DUTY_CHIEF:
        return Refusal("role_not_allowed", "actor.role", Role.DUTY_CHIEF.value)
    if action.costs is CostState.GIVEN_UP and says_nothing(action.note):
        return Refusal("instead_incomplete", "note", "why nobody pays")
    moved = CostsMoved(
        case_id=context.case.case_id, at=context.at, by=action.actor.id, costs=action.costs, note=action.note
    )
    return (moved,)
