"""The penalty procedure (行政处罚程序) beside the service case: which step follows which.

It begins on site and is independent of the service case, which may close while the procedure continues; its clocks are set
by law, not by the service policy. What must hold before a step is in `guards`, each with its article; which facts may be
stated with it in `allowed_facts`; what is done to things meanwhile in `measures`.

    clue ─┬► filed ─► investigated ─► noticed ─┬─► hearing_notified ─► heard ─┬─► reviewed ─┬─► decided ─► served
          │                                    └──────────────────────────────┴─────────────┘                │ ▲
          └► simple_decided ─────────────────────────────────────────────────────────────────────────────────┼─┘
                                          archived ◄─┬─ paid ◄───────────────────────────────────────────────┤
                                                     └─ enforced ◄───────────────────────────────────────────┘
    before a decision, except from nothing ─► no_penalty · transferred ─► archived
"""

from collections.abc import Mapping
from typing import Final

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.penalty import guards
from pipeline.core.rules.refusals import Refusal
from schemas.inputs.action import Penalise
from schemas.journal.clock_events import PenaltyMoved
from schemas.state.case import Case
from schemas.values.terms import PenaltyStep as Step

_WITHOUT_PENALTY: Final = (Step.NO_PENALTY, Step.TRANSFERRED)
_TO_DECIDE: Final = (Step.REVIEWED, Step.DECIDED, *_WITHOUT_PENALTY)

NEXT: Final[Mapping[Step | None, frozenset[Step]]] = {
    None: frozenset({Step.CLUE, Step.FILED, Step.SIMPLE_DECIDED}),
    Step.CLUE: frozenset({Step.FILED, Step.SIMPLE_DECIDED, Step.ARCHIVED, *_WITHOUT_PENALTY}),
    Step.FILED: frozenset({Step.INVESTIGATED, *_WITHOUT_PENALTY}),
    Step.INVESTIGATED: frozenset({Step.NOTICED, *_WITHOUT_PENALTY}),
    Step.NOTICED: frozenset({Step.HEARING_NOTIFIED, Step.HEARD, *_TO_DECIDE}),
    Step.HEARING_NOTIFIED: frozenset({Step.HEARD, *_TO_DECIDE}),
    Step.HEARD: frozenset(_TO_DECIDE),
    Step.REVIEWED: frozenset({Step.DECIDED, *_WITHOUT_PENALTY}),
    Step.DECIDED: frozenset({Step.SERVED}),
    Step.SIMPLE_DECIDED: frozenset({Step.SERVED}),
    Step.SERVED: frozenset({Step.PAID, Step.ENFORCED, Step.ARCHIVED}),
    Step.PAID: frozenset({Step.ENFORCED, Step.ARCHIVED}),
    Step.ENFORCED: frozenset({Step.ARCHIVED}),
    Step.NO_PENALTY: frozenset({Step.ARCHIVED}),
    Step.TRANSFERRED: frozenset({Step.ARCHIVED}),
    Step.ARCHIVED: frozenset(),
}
"""No step is taken twice. Whether a hearing or a decision is too early, or a fine still open, the guards judge."""


def decide_penalty(context: DecisionContext, action: Penalise) -> Decided:
    """The event of the next step; refused if it is out of order, states what does not belong to it, or is against the law."""
    case, at = context.case, context.at
    refusal = _out_of_order(case, action) or guards.refuse_step(context, action)
    if refusal:
        return refusal
    return (
        PenaltyMoved(
            case_id=case.case_id,
            at=at,
            by=action.actor.id,
            step=action.step,
            facts=action.facts,
            evidence=action.evidence,
            note=action.note,
        ),
    )


def is_open(case: Case) -> bool:
    """Whether a procedure has begun and is not archived; until then the snapshot of the case is kept."""
    return case.penalty is not None and case.penalty.steps[-1] is not Step.ARCHIVED


def _out_of_order(case: Case, action: Penalise) -> Refusal | None:
    step = case.penalty.steps[-1] if case.penalty else None
    if action.step in NEXT[step]:
        return None
    possible = ", ".join(sorted(NEXT[step])) or "none: it is archived"
    return Refusal("penalty_step", "step", f"after {step.value if step else 'nothing'}: {possible}")
