"""Which action is possible at which stage, by whom, and which decider answers it.

`LEGAL` is the table; what is missing from it is refused with a code. The deciders only look at what is special to them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, assert_never

from pipeline.core.case.evidence_checks import examine_evidence
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.penalty import measures, penalty_procedure
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules, Street
from pipeline.core.stages import dispatch, feedback, filing_and_closing, handling, joint, merging, requests
from schemas import limits
from schemas.inputs.action import (
    Action,
    Arrive,
    CallBack,
    Check,
    Claim,
    Decide,
    Dispatch,
    Dispose,
    Extend,
    JointStep,
    Merge,
    Object,
    Penalise,
    Progress,
    ReachStage,
    Reopen,
    Resume,
    Return,
    Settle,
    Sign,
    Split,
    Suspend,
    TakeMeasure,
    Terminate,
    Transfer,
    Verify,
    Void,
    Whistle,
)
from schemas.journal.events import CaseEvent
from schemas.state.case import Case, Task
from schemas.values.terms import Stage

_ASKING: Final = ("suspend", "extend", "decide")
_ENDING: Final = ("transfer", "terminate")
_EARLY: Final = ("void", "merge", "split", "decide", *_ENDING)
_HELD: Final = ("claim", "dispatch", "return", "object", *_EARLY, *_ASKING)
_ON_SITE: Final = ("reach_stage", "penalise", "whistle", "progress", "split", *_ENDING)
LEGAL: Final[Mapping[Stage, frozenset[str]]] = {
    Stage.VERIFYING_BEFORE_FILING: frozenset({"check", "void", "merge", "split", "decide"}),
    Stage.OFFERED: frozenset({"claim", "dispatch", *_EARLY}),
    Stage.DISPATCH_PENDING: frozenset({"dispatch", *_EARLY}),
    Stage.DISPATCHED: frozenset({"sign", *_HELD}),
    Stage.SIGNED: frozenset({"arrive", "progress", *_HELD}),
    Stage.ARRIVED: frozenset({"claim", "dispose", *_ON_SITE, *_ASKING}),
    Stage.REWORK: frozenset({"arrive", "dispose", *_ON_SITE, *_ASKING}),
    Stage.JOINT_IN_PROGRESS: frozenset({"dispose", "joint_step", "settle", *_ON_SITE, *_ASKING})
    - {"whistle"},
    Stage.SUSPENDED: frozenset({"resume", "penalise", "progress", "split"}),
    Stage.AWAITING_VERIFICATION: frozenset({"verify", "penalise", "split"}),
    Stage.AWAITING_CALLBACK: frozenset({"call_back", "penalise", "split"}),
    Stage.CLOSED: frozenset({"reopen", "penalise", "split"}),
    Stage.REJECTED: frozenset({"split"}),
    Stage.VOIDED: frozenset({"split"}),
    Stage.TRANSFERRED_OUT: frozenset({"split"}),
    Stage.TERMINATED: frozenset({"split"}),
}
"""A claim after somebody else's is legal to ask and is answered with who won."""

_Doing = Claim | Dispatch | Sign | Return | Object | Arrive | Dispose | Verify | CallBack
_Asking = Suspend | Extend | Decide | Resume | Progress
_Leaving = Check | Void | Transfer | Terminate | Reopen
_Together = ReachStage | Penalise | TakeMeasure | Whistle | JointStep | Settle
_Alone = _Doing | _Asking | _Leaving | _Together
"""What concerns one case; merging and splitting concern two."""
_LAWFUL: Final = (Penalise, TakeMeasure)
_HOLDER_ONLY: Final = (
    *(Sign, Return, Object, Arrive, Dispose, Suspend, Extend, ReachStage, Progress, Whistle, *_LAWFUL),
)
_PROVING: Final = (Check, Dispose, Verify, ReachStage, JointStep, *_LAWFUL)
"""What hands in evidence."""


def decide(
    rules: Rules, street: Street, cases: Mapping[str, Case], case: Case, action: Action, at: datetime
) -> tuple[CaseEvent, ...] | Refusal:
    """What `action` makes of `case`, which is one of `cases`: events, or the reason why not."""
    refusal = _examine(rules, case, action, at)
    if refusal:
        return refusal
    if isinstance(action, Merge):
        return merging.decide_merge(rules, cases, case, action, at)
    if isinstance(action, Split):
        return merging.decide_split(rules, street, cases, case, action, at)
    return _decide(rules, street, case, action, at)


def _examine(rules: Rules, case: Case, action: Action, at: datetime) -> Refusal | None:
    """What every action must satisfy, cheapest first."""
    if case.merged is not None:
        return Refusal("case_merged", "case_id", case.merged.into)
    if isinstance(action, Reopen) and STAGE_TABLE[case.stage].is_terminal and case.stage is not Stage.CLOSED:
        return Refusal("reopen_voided", "case_id", "report anew")
    possible = _possible(case)
    if STAGE_TABLE[case.stage].is_terminal and action.action not in possible:
        return Refusal("case_closed", "case_id", "an open case")
    if action.actor.role not in rules.may[action.action]:
        return Refusal("role_not_allowed", "actor.role", ", ".join(sorted(rules.may[action.action])))
    if action.expected_version is not None and action.expected_version != case.version:
        return Refusal("stale_version", "expected_version", str(case.version))
    if action.acted_at > at + timedelta(seconds=rules.policy.future_skew_s):
        return Refusal("acted_in_future", "acted_at", f"at most {rules.policy.future_skew_s} s ahead")
    if action.action not in possible:
        return _not_now(case, action)
    if isinstance(action, _HOLDER_ONLY) and case.task is not None and action.actor.team != case.task.team:
        return Refusal("not_your_task", "actor.team", case.task.team or "", case.task.team)
    return Refusal("case_full", "case_id") if _is_full(case, action) else None


def _not_now(case: Case, action: Action) -> Refusal:
    if isinstance(action, Void) and not STAGE_TABLE[case.stage].may_be_voided:
        return Refusal("void_after_arrival", "action", "handle it, or transfer it")
    if isinstance(action, Merge) and not STAGE_TABLE[case.stage].may_be_voided:
        return Refusal("merge_after_arrival", "action", "merge the other into this one, or handle both")
    if isinstance(action, Return) and STAGE_TABLE[case.stage].is_attended:
        return Refusal("return_after_arrival", "action", "extend or ask for help instead")
    possible = ", ".join(sorted(_possible(case)))
    return Refusal("not_at_this_stage", "action", f"at {case.stage}: {possible}")


def _possible(case: Case) -> frozenset[str]:
    """What the table allows; beside it a penalty procedure that was begun goes on wherever its case stands, with its
    measures, and callers are asked at the deadline wherever it stands."""
    legal = LEGAL.get(case.stage, frozenset())
    if case.call_due and case.closed_at is None:
        legal |= {"call_back"}
    return legal | {"penalise", "measure"} if penalty_procedure.is_open(case) else legal


def _is_full(case: Case, action: Action) -> bool:
    more = len(action.evidence) if isinstance(action, _PROVING) else 0
    officers = len(action.officers) if isinstance(action, Arrive) else 0
    handlers = len(case.task.handlers) if case.task else 0
    return (
        len(case.actions) >= limits.ACTIONS_PER_CASE_MAX
        or len(case.evidence) + more > limits.EVIDENCE_PER_CASE_MAX
        or handlers + officers + 1 > limits.HANDLERS_MAX
    )


def _decide(
    rules: Rules, street: Street, case: Case, action: _Alone, at: datetime
) -> tuple[CaseEvent, ...] | Refusal:
    if isinstance(action, _Doing):
        return _do(rules, street, case, action, at)
    if isinstance(action, _Asking):
        return _ask(rules, street, case, action, at)
    if isinstance(action, _Leaving):
        return _leave(rules, street, case, action, at)
    return _together(rules, case, action, at)


def _do(
    rules: Rules, street: Street, case: Case, action: _Doing, at: datetime
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
        case Object():
            return dispatch.decide_object(case, _task(case), action, at)
        case Arrive():
            return handling.decide_arrive(rules, case, action, at)
        case Dispose():
            return handling.decide_dispose(rules, case, action, at)
        case Verify():
            return feedback.decide_verify(rules, case, action, at)
        case CallBack():
            return feedback.decide_call_back(rules, case, action, at)
    assert_never(action)


def _leave(
    rules: Rules, street: Street, case: Case, action: _Leaving, at: datetime
) -> tuple[CaseEvent, ...] | Refusal:
    match action:
        case Check():
            return filing_and_closing.decide_check(rules, street, case, action, at)
        case Void():
            return filing_and_closing.decide_void(case, action, at)
        case Transfer():
            return filing_and_closing.decide_transfer(rules, case, action, at)
        case Terminate():
            return filing_and_closing.decide_terminate(case, action, at)
        case Reopen():
            return filing_and_closing.decide_reopen(rules, case, action, at)
    assert_never(action)


def _ask(
    rules: Rules, street: Street, case: Case, action: _Asking, at: datetime
) -> tuple[CaseEvent, ...] | Refusal:
    match action:
        case Suspend():
            return requests.decide_suspend(rules, case, action, at)
        case Extend():
            return requests.decide_extend(rules, case, action, at)
        case Decide():
            return requests.decide_request(rules, street, case, action, at)
        case Resume():
            return requests.decide_resume(case, action, at)
        case Progress():
            return requests.decide_progress(case, action, at)
    assert_never(action)


def _together(rules: Rules, case: Case, action: _Together, at: datetime) -> tuple[CaseEvent, ...] | Refusal:
    if isinstance(action, ReachStage | JointStep):
        refusal = examine_evidence(rules, case, action.evidence, at)
        if refusal:
            return refusal
    match action:
        case ReachStage():
            return requests.decide_stage(rules, case, action)
        case Penalise():
            return penalty_procedure.decide_penalty(rules, case, action, at)
        case TakeMeasure():
            return measures.decide_measure(rules, case, action, at)
        case Whistle():
            return joint.decide_whistle(rules, case, action, at)
        case JointStep():
            return joint.decide_step(case, action, at)
        case Settle():
            return joint.decide_settle(case, action, at)
    assert_never(action)


def _task(case: Case) -> Task:
    if case.task is None:
        raise LookupError("a case at a stage that somebody holds has no task")
    return case.task
