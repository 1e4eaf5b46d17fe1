"""Which action is possible at which stage, by whom, and which decider answers it.

`LEGAL` is the table; what is missing from it is refused with a code. The deciders only look at what is special to them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, assert_never

from pipeline.core import dispatch, feedback, handling, penalty, requests
from pipeline.core.moves import TERMINAL
from pipeline.core.refusals import Refusal
from pipeline.core.rules import Rules, Street
from schemas import limits
from schemas.action import (
    Action,
    Arrive,
    CallBack,
    Claim,
    Decide,
    Dispatch,
    Dispose,
    Extend,
    Penalise,
    ReachStage,
    Resume,
    Return,
    Sign,
    Suspend,
    Verify,
)
from schemas.case import Case, Task
from schemas.events import CaseEvent
from schemas.terms import Stage

_ASKING: Final = ("suspend", "extend", "decide")
LEGAL: Final[Mapping[Stage, frozenset[str]]] = {
    Stage.OFFERED: frozenset({"claim", "dispatch"}),
    Stage.DISPATCHED: frozenset({"claim", "sign", "return", *_ASKING}),
    Stage.SIGNED: frozenset({"claim", "arrive", "return", *_ASKING}),
    Stage.ARRIVED: frozenset({"claim", "dispose", "reach_stage", "penalise", *_ASKING}),
    Stage.REWORK: frozenset({"arrive", "dispose", "reach_stage", "penalise", *_ASKING}),
    Stage.SUSPENDED: frozenset({"resume", "penalise"}),
    Stage.AWAITING_VERIFICATION: frozenset({"verify", "penalise"}),
    Stage.AWAITING_CALLBACK: frozenset({"call_back", "penalise"}),
    Stage.CLOSED: frozenset({"penalise"}),
}
"""A claim after somebody else's is legal to ask and is answered with who won."""

_HOLDER_ONLY: Final = (Sign, Return, Arrive, Dispose, Suspend, Extend, ReachStage, Penalise)
_AFTER_ARRIVAL: Final = frozenset(
    {Stage.ARRIVED, Stage.REWORK, Stage.AWAITING_VERIFICATION, Stage.AWAITING_CALLBACK}
)


def decide(
    rules: Rules, street: Street, case: Case, action: Action, at: datetime
) -> tuple[CaseEvent, ...] | Refusal:
    """What `action` makes of `case`: events, or the reason why not."""
    return _examine(rules, case, action, at) or _decide(rules, street, case, action, at)


def _examine(rules: Rules, case: Case, action: Action, at: datetime) -> Refusal | None:
    """What every action must satisfy, cheapest first."""
    if case.stage in TERMINAL and action.action not in LEGAL.get(case.stage, frozenset()):
        return Refusal("case_closed", "case_id", "an open case")
    if action.actor.role not in rules.may[action.action]:
        return Refusal("role_not_allowed", "actor.role", ", ".join(sorted(rules.may[action.action])))
    if action.expected_version is not None and action.expected_version != case.version:
        return Refusal("stale_version", "expected_version", str(case.version))
    if action.acted_at > at + timedelta(seconds=rules.policy.future_skew_s):
        return Refusal("acted_in_future", "acted_at", f"at most {rules.policy.future_skew_s} s ahead")
    if action.action not in LEGAL.get(case.stage, frozenset()):
        return _not_now(case, action)
    if isinstance(action, _HOLDER_ONLY) and case.task is not None and action.actor.team != case.task.team:
        return Refusal("not_your_task", "actor.team", case.task.team or "", case.task.team)
    return Refusal("case_full", "case_id") if _is_full(case, action) else None


def _not_now(case: Case, action: Action) -> Refusal:
    if isinstance(action, Return) and case.stage in _AFTER_ARRIVAL:
        return Refusal("return_after_arrival", "action", "extend or ask for help instead")
    possible = ", ".join(sorted(LEGAL.get(case.stage, frozenset())))
    return Refusal("not_at_this_stage", "action", f"at {case.stage}: {possible}")


def _is_full(case: Case, action: Action) -> bool:
    more = len(action.evidence) if isinstance(action, Dispose | Verify | ReachStage | Penalise) else 0
    officers = len(action.officers) if isinstance(action, Arrive) else 0
    handlers = len(case.task.handlers) if case.task else 0
    return (
        len(case.actions) >= limits.ACTIONS_PER_CASE_MAX
        or len(case.evidence) + more > limits.EVIDENCE_PER_CASE_MAX
        or handlers + officers + 1 > limits.HANDLERS_MAX
    )


def _decide(
    rules: Rules, street: Street, case: Case, action: Action, at: datetime
) -> tuple[CaseEvent, ...] | Refusal:
    match action:
        case Claim():
            return dispatch.decide_claim(case, action, at)
        case Dispatch():
            return dispatch.decide_dispatch(street, case, action, at)
        case Sign():
            return dispatch.decide_sign(case, action)
        case Return():
            return dispatch.decide_return(rules, street, case, _task(case), action, at)
        case Arrive():
            return handling.decide_arrive(rules, case, action, at)
        case Dispose():
            return handling.decide_dispose(rules, case, action, at)
        case Verify():
            return feedback.decide_verify(rules, case, action, at)
        case CallBack():
            return feedback.decide_call_back(rules, case, action, at)
    return _ask(rules, case, action, at)


def _ask(
    rules: Rules, case: Case, action: Suspend | Extend | Decide | Resume | ReachStage | Penalise, at: datetime
) -> tuple[CaseEvent, ...] | Refusal:
    match action:
        case Suspend():
            return requests.decide_suspend(rules, case, action, at)
        case Extend():
            return requests.decide_extend(rules, case, action, at)
        case Decide():
            return requests.decide_request(rules, case, action, at)
        case Resume():
            return requests.decide_resume(case, action, at)
        case ReachStage():
            return requests.decide_stage(rules, case, action)
        case Penalise():
            return penalty.decide_penalty(case, action, at)
    assert_never(action)


def _task(case: Case) -> Task:
    if case.task is None:
        raise LookupError("a case at a stage that somebody holds has no task")
    return case.task
