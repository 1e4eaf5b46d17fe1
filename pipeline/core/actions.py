"""The actions, a row each: what it is, where it is legal, who may do it, what it hands in, and which decider answers it.

    record ─► known? ─► free of personal data ─► role ─► stage ─► whose task ─► who is there ─► apart ─► decided
                        (`CHECKS`, in their order: the first that objects refuses the action)

What a row cannot say is special to the action and stands in its decider. Which roles may do it is `may` of `rules/roles.yaml`,
by the action's name.
"""

from collections.abc import Mapping, Set
from datetime import timedelta
from typing import Final

from pipeline.core.action_rows import (
    DISPATCHED,
    ON_SITE,
    ORDERED,
    ActionRow,
    HandsIn,
    TooLate,
    action_row,
    evidence_of,
    is_answered,
    is_appealed,
    is_call_due,
)
from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.evidence_checks import examine_evidence
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.task_rights import Whose, refuse_stranger
from pipeline.core.duty.field_guards import refuse_absent
from pipeline.core.order_actions import ORDER_ACTIONS
from pipeline.core.other_street import leaving
from pipeline.core.penalty import measures, penalty_procedure
from pipeline.core.rules.identity import person, persons
from pipeline.core.rules.redaction import without_personal_data
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.stages import correcting, dispatch, feedback, filing_and_closing, handling, joint, merging
from pipeline.core.stages.answers import answering, contacting
from pipeline.core.stages.assessment import settling
from pipeline.core.stages.requested import appealing, declining, request_lapse, requests, supervising
from schemas import limits
from schemas.inputs import action as contracts
from schemas.inputs import supervision_actions
from schemas.inputs.action import Action
from schemas.inputs.move_actions import Move
from schemas.journal.joint_events import CaseMoved
from schemas.state.case import Case
from schemas.values.terms import RequestKind, Stage

_ASSESSED: Final = frozenset({Stage.UNDER_ASSESSMENT})
_CHECKED: Final = frozenset({Stage.VERIFYING_BEFORE_FILING})
_BEFORE_ARRIVAL: Final = frozenset({Stage.OFFERED, Stage.DISPATCH_PENDING}) | DISPATCHED
_WORKED_ON: Final = _BEFORE_ARRIVAL | ON_SITE
_DECIDED_ON: Final = _ASSESSED | _CHECKED | _WORKED_ON | {Stage.AWAITING_CALLBACK}
_EXTENDABLE: Final = frozenset(
    stage for stage in Stage if request_lapse.is_grantable_at(RequestKind.EXTENSION, stage)
)
_DONE: Final = frozenset({Stage.AWAITING_VERIFICATION, Stage.AWAITING_CALLBACK, Stage.CLOSED})

_ONCE_GIVEN: Final = (
    _WORKED_ON | {Stage.SUSPENDED, Stage.TRANSFERRED_OUT, Stage.TERMINATED, Stage.MOVED} | _DONE
)
_OVER: Final = frozenset(stage for stage, row in STAGE_TABLE.items() if row.is_terminal)
_ATTENDED: Final = frozenset(stage for stage, row in STAGE_TABLE.items() if row.is_attended)
_VOIDABLE: Final = frozenset(stage for stage, row in STAGE_TABLE.items() if row.may_be_voided)
_MERGEABLE: Final = frozenset(stage for stage, row in STAGE_TABLE.items() if row.may_be_merged)
_MOVABLE: Final = frozenset(stage for stage, row in STAGE_TABLE.items() if CaseMoved in row.moves)


def _passed(in_time: Set[Stage], refusal: Refusal) -> TooLate:
    """Too late at every stage behind those, until the case is over."""
    return TooLate(frozenset(Stage) - in_time - _OVER, refusal)


ACTIONS: Final[Mapping[str, ActionRow]] = {
    # before filing
    "recognise": action_row(
        contracts.Recognise, settling.decide_recognise, _ASSESSED, Whose.STREET, also=is_answered
    ),
    "locate": action_row(contracts.Locate, settling.decide_locate, _ASSESSED, Whose.STREET),
    "check": action_row(
        contracts.Check,
        filing_and_closing.decide_check,
        _CHECKED,
        Whose.STREET,
        hands_in=HandsIn.EXAMINED_FIRST,
    ),
    "order_check": action_row(
        contracts.OrderCheck,
        filing_and_closing.decide_order_check,
        {Stage.DISPATCHED},
        Whose.STREET,
        too_late=TooLate(
            _ATTENDED | {Stage.SIGNED, Stage.SUSPENDED},
            Refusal("check_after_signing", "action", "the team that has it looks itself"),
        ),
    ),
    # 流转. A claim after somebody else's is legal, and answered with who won
    "claim": action_row(
        contracts.Claim, dispatch.decide_claim, {Stage.OFFERED, Stage.ARRIVED} | DISPATCHED, Whose.OFFERED
    ),
    "dispatch": action_row(contracts.Dispatch, dispatch.decide_dispatch, _BEFORE_ARRIVAL, Whose.STREET),
    "sign": action_row(contracts.Sign, dispatch.decide_sign, {Stage.DISPATCHED}, Whose.HOLDER),
    "assign": action_row(
        supervision_actions.Assign,
        dispatch.decide_assign,
        DISPATCHED | ON_SITE | {Stage.SUSPENDED},
        Whose.HOLDER,
    ),
    "return": action_row(
        contracts.Return,
        dispatch.decide_return,
        DISPATCHED,
        Whose.HOLDER,
        too_late=TooLate(
            _ATTENDED, Refusal("return_after_arrival", "action", "extend or ask for help instead")
        ),
    ),
    "object": action_row(contracts.Object, dispatch.decide_object, DISPATCHED, Whose.HOLDER),
    # 处置
    "arrive": action_row(
        contracts.Arrive, handling.decide_arrive, {Stage.SIGNED, Stage.REWORK}, Whose.HOLDER
    ),
    "dispose": action_row(
        contracts.Dispose,
        handling.decide_dispose,
        ON_SITE,
        Whose.HOLDER,
        hands_in=HandsIn.EXAMINED_BY_DECIDER,
    ),
    "reach_stage": action_row(
        contracts.ReachStage,
        requests.decide_stage,
        ON_SITE,
        Whose.HOLDER,
        hands_in=HandsIn.EXAMINED_FIRST,
    ),
    "progress": action_row(
        contracts.Progress, requests.decide_progress, {Stage.SIGNED} | ORDERED, Whose.HOLDER
    ),
    **ORDER_ACTIONS,
    # 联系: the team turns to whoever reported it
    "contact": action_row(
        contracts.Contact,
        contacting.decide_contact,
        {Stage.SIGNED, Stage.SUSPENDED, Stage.AWAITING_VERIFICATION} | ON_SITE,
        Whose.HOLDER,
    ),
    "answer": action_row(
        contracts.WriteAnswer, answering.decide_answer, ON_SITE | {Stage.AWAITING_VERIFICATION}, Whose.HOLDER
    ),
    # requested, and decided by somebody else
    "suspend": action_row(contracts.Suspend, requests.decide_suspend, DISPATCHED | ON_SITE, Whose.HOLDER),
    "extend": action_row(contracts.Extend, requests.decide_extend, _EXTENDABLE, Whose.HOLDER),
    "decide": action_row(
        contracts.Decide, requests.decide_request, _DECIDED_ON, Whose.STREET, also=is_appealed
    ),
    "resume": action_row(contracts.Resume, requests.decide_resume, {Stage.SUSPENDED}, Whose.HOLDER_OR_POST),
    # 考核申诉: whether it is that unit's is told by the decider
    "appeal": action_row(
        supervision_actions.Appeal,
        appealing.decide_appeal,
        _ONCE_GIVEN,
        Whose.STREET,
        hands_in=HandsIn.EXAMINED_FIRST,
    ),
    # 挂牌督办, 疑难工单: asked of the district
    "supervise": action_row(
        supervision_actions.Supervise, supervising.decide_supervise, _WORKED_ON, Whose.STREET
    ),
    "end_supervision": action_row(
        supervision_actions.EndSupervision,
        supervising.decide_end,
        _WORKED_ON | {Stage.SUSPENDED, Stage.AWAITING_VERIFICATION},
        Whose.STREET,
    ),
    "raise_hard": action_row(
        supervision_actions.RaiseHard, supervising.decide_raise, _EXTENDABLE, Whose.HOLDER
    ),
    # 联合执法
    "whistle": action_row(
        contracts.Whistle, joint.decide_whistle, {Stage.ARRIVED, Stage.REWORK}, Whose.HOLDER
    ),
    "joint_step": action_row(
        contracts.JointStep,
        joint.decide_step,
        {Stage.JOINT_IN_PROGRESS},
        Whose.PARTNER,
        hands_in=HandsIn.EXAMINED_FIRST,
    ),
    "settle": action_row(
        contracts.Settle, joint.decide_settle, {Stage.JOINT_IN_PROGRESS}, Whose.HOLDER_OR_POST
    ),
    # 反馈. CJ/T 292: supervision (监督) verifies what command (指挥) had done
    "verify": action_row(
        contracts.Verify,
        feedback.decide_verify,
        {Stage.AWAITING_VERIFICATION},
        Whose.STREET,
        hands_in=HandsIn.EXAMINED_FIRST,
        apart="self_verification",
    ),
    "call_back": action_row(
        contracts.CallBack,
        feedback.decide_call_back,
        {Stage.AWAITING_CALLBACK},
        Whose.STREET,
        also=is_call_due,
        hands_in=HandsIn.EXAMINED_FIRST,
        apart="callback_by_handler",
    ),
    # leaving, and coming back
    "void": action_row(
        contracts.Void,
        filing_and_closing.decide_void,
        _VOIDABLE,
        Whose.STREET,
        too_late=_passed(_VOIDABLE, Refusal("void_after_arrival", "action", "handle it, or transfer it")),
    ),
    "transfer": action_row(contracts.Transfer, filing_and_closing.decide_transfer, _WORKED_ON, Whose.STREET),
    "move": action_row(Move, leaving.decide_move, _MOVABLE, Whose.STREET),
    "terminate": action_row(
        contracts.Terminate, filing_and_closing.decide_terminate, _WORKED_ON, Whose.HOLDER_OR_POST
    ),
    "decline": action_row(
        contracts.Decline,
        declining.decide_decline,
        _VOIDABLE - _CHECKED - {Stage.OFFERED},
        Whose.STREET,
        too_late=_passed(
            _VOIDABLE, Refusal("decline_after_arrival", "action", "handle it, or ask for its termination")
        ),
    ),
    "reopen": action_row(
        contracts.Reopen,
        filing_and_closing.decide_reopen,
        {Stage.CLOSED},
        Whose.STREET,
        too_late=TooLate(_OVER - {Stage.CLOSED}, Refusal("reopen_voided", "case_id", "report anew")),
    ),
    # 并案 and 拆案: the only actions that concern two cases. What was merged wrongly is taken apart even of a case that is over
    "merge": action_row(
        contracts.Merge,
        merging.decide_merge,
        _MERGEABLE,
        Whose.STREET,
        too_late=_passed(
            _MERGEABLE,
            Refusal("merge_after_arrival", "action", "merge the other into this one, or handle both"),
        ),
    ),
    "split": action_row(
        contracts.Split,
        merging.decide_split,
        _ASSESSED | _CHECKED | _WORKED_ON | {Stage.SUSPENDED} | _DONE | (_OVER - {Stage.MERGED, Stage.MOVED}),
        Whose.STREET,
    ),
    # 行政处罚: a procedure that was begun goes on wherever its case stands, with its measures
    "penalise": action_row(
        contracts.Penalise,
        penalty_procedure.decide_penalty,
        ON_SITE | {Stage.SUSPENDED} | _DONE,
        Whose.PROCEDURE,
        also=penalty_procedure.is_open,
        hands_in=HandsIn.EXAMINED_BY_DECIDER,
    ),
    "measure": action_row(
        contracts.TakeMeasure,
        measures.decide_measure,
        frozenset(),
        Whose.PROCEDURE,
        also=penalty_procedure.is_open,
        hands_in=HandsIn.EXAMINED_BY_DECIDER,
    ),
}
"""Every action of the contract, by its name."""


def decide(context: DecisionContext, action: Action) -> Decided:
    """What `action` makes of its case: events, or why not: the first reason, and others that hold besides.

    Of a case that is merged or over nothing else is told: all that is asked for is impossible there.
    """
    row = ACTIONS[action.action]
    action = without_personal_data(action)
    refusals = (check(context, action, row) for check in CHECKS)
    for check, refusal in zip(CHECKS, refusals, strict=True):
        if refusal is not None and check in (_is_not_merged, _is_not_over):
            return refusal
        if refusal is not None:
            return all_of((refusal, *refusals)) or refusal
    decided = row.decider(context, action)
    if isinstance(decided, Refusal):
        return decided
    ending = supervising.refuse_ending(context.case, decided) or correcting.refuse_leaving(
        context.case, decided
    )
    return ending or decided


def _is_not_merged(context: DecisionContext, _: Action, __: ActionRow) -> Refusal | None:
    merged = context.case.merged
    return Refusal("case_merged", "case_id", merged.into) if merged is not None else None


def _is_not_over(context: DecisionContext, _: Action, row: ActionRow) -> Refusal | None:
    case = context.case
    if case.stage not in _OVER or row.is_possible(case):
        return None
    return row.refuse_late(case) or Refusal("case_closed", "case_id", "an open case")


def _role_may(context: DecisionContext, action: Action, _: ActionRow) -> Refusal | None:
    roles = context.rules.may[action.action]
    if action.actor.role in roles:
        return None
    return Refusal("role_not_allowed", "actor.role", ", ".join(sorted(roles)))


def _version_stands(context: DecisionContext, action: Action, _: ActionRow) -> Refusal | None:
    version = context.case.version
    if action.expected_version is None or action.expected_version == version:
        return None
    return Refusal("stale_version", "expected_version", str(version))


def _is_not_from_the_future(context: DecisionContext, action: Action, _: ActionRow) -> Refusal | None:
    skew_s = context.rules.policy.future_skew_s
    if action.acted_at <= context.at + timedelta(seconds=skew_s):
        return None
    return Refusal("acted_in_future", "acted_at", f"at most {skew_s} s ahead")


def _stage_allows(context: DecisionContext, _: Action, row: ActionRow) -> Refusal | None:
    case = context.case
    if row.is_possible(case):
        return None
    possible = ", ".join(sorted(possible_actions(case)))
    return row.refuse_late(case) or Refusal("not_at_this_stage", "action", f"at {case.stage}: {possible}")


def _task_is_the_actors(context: DecisionContext, action: Action, row: ActionRow) -> Refusal | None:
    return refuse_stranger(context, action.actor, row.whose)


def _people_are_there(context: DecisionContext, action: Action, row: ActionRow) -> Refusal | None:
    return refuse_absent(context, action, row)


def _case_has_room(context: DecisionContext, action: Action, row: ActionRow) -> Refusal | None:
    case = context.case
    officers = len(action.officers) if isinstance(action, contracts.Arrive) else 0
    handlers = len(case.task.handlers) if case.task else 0
    is_full = (
        len(case.actions) >= limits.ACTIONS_PER_CASE_MAX
        or len(case.evidence) + len(evidence_of(action, row)) > limits.EVIDENCE_PER_CASE_MAX
        or handlers + officers + 1 > limits.HANDLERS_MAX
    )
    return Refusal("case_full", "case_id") if is_full else None


def _actor_is_apart(context: DecisionContext, action: Action, row: ActionRow) -> Refusal | None:
    """Who handled the case neither verifies it nor calls back; that nobody decides their own request is `decide_request`'s."""
    task = context.case.task
    if row.apart is None or task is None or person(action.actor.id) not in persons(task.handlers):
        return None
    return Refusal(row.apart, "actor.id", "somebody who did not handle the case")


def _evidence_makes_sense(context: DecisionContext, action: Action, row: ActionRow) -> Refusal | None:
    if row.hands_in is not HandsIn.EXAMINED_FIRST:
        return None
    return examine_evidence(context, evidence_of(action, row))


CHECKS: Final = (
    _is_not_merged,
    _is_not_over,
    _role_may,
    _version_stands,
    _is_not_from_the_future,
    _stage_allows,
    _task_is_the_actors,
    _case_has_room,
    _people_are_there,
    _actor_is_apart,
    _evidence_makes_sense,
)
"""What every action must satisfy. Recorded days hold their order: an action that fails two gets the answer of the first."""


def possible_actions(case: Case) -> Set[str]:
    """The names of all that is legal where `case` stands."""
    return {name for name, row in ACTIONS.items() if row.is_possible(case)}
