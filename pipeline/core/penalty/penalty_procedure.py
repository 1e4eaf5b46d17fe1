"""The penalty procedure (行政处罚程序) beside the service case: which step follows which.

It begins on site and is independent of the service case, which may close while the procedure continues; its clocks are set
by law, not by the service policy. What must hold before a step is in `guards`, each with its article; which facts may be
stated with it in `allowed_facts`; what is done to things meanwhile in `measures`.

    clue ─┬► filed ─► investigated ─► noticed ─┬─► hearing_notified ─► heard ─┬─► reviewed ─┬─► decided ─► served
          │                                    └──────────────────────────────┴─────────────┘                │ ▲
          └► simple_decided ─────────────────────────────────────────────────────────────────────────────────┼─┘
                          archived ◄─┬─ paid ◄─── from each of these ──┬────────────────────────────── demanded ◄──┤
                                     └─ enforced ◄─┬─ court_granted ◄─ court_applied ◄──────────────────┤          │
                                                   └─ coercion_decided ◄────────────────────────────────┘          │
                                                   └─ an order, by the street itself ◄─────────────────────────────┘
    before a decision, except from nothing ─► no_penalty · transferred ─► archived

Beside these, what the party asks for, pays and contests, and what the organ sees to besides (`BESIDE`): it is on record and opens or closes guards, and the procedure
stays where it is. A decision that was revoked leaves nothing but the archive, and to take it from where it was published.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.clocks import running_clocks
from pipeline.core.penalty import guards
from pipeline.core.penalty.late_fee import deferral
from pipeline.core.rules.penalty_records import is_revoked, pending_appeals
from pipeline.core.rules.refusals import Refusal
from schemas import limits
from schemas.inputs.action import Penalise
from schemas.journal.clock_events import ClocksChanged, PenaltyMoved
from schemas.state.case import Case, Penalty
from schemas.values.terms import ClockKind
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
    Step.SERVED: frozenset({Step.PAID, Step.DEMANDED, Step.ENFORCED, Step.ARCHIVED}),
    Step.DEMANDED: frozenset(
        {Step.PAID, Step.COERCION_DECIDED, Step.COURT_APPLIED, Step.ENFORCED, Step.ARCHIVED}
    ),
    Step.COERCION_DECIDED: frozenset({Step.PAID, Step.ENFORCED}),
    Step.COURT_APPLIED: frozenset({Step.PAID, Step.COURT_GRANTED, Step.COURT_REFUSED}),
    Step.COURT_GRANTED: frozenset({Step.PAID, Step.ENFORCED}),
    Step.COURT_REFUSED: frozenset({Step.PAID, Step.COURT_GRANTED, Step.ARCHIVED}),
    Step.PAID: frozenset({Step.ENFORCED, Step.ARCHIVED}),
    Step.ENFORCED: frozenset({Step.ARCHIVED}),
    Step.NO_PENALTY: frozenset({Step.ARCHIVED}),
    Step.TRANSFERRED: frozenset({Step.ARCHIVED}),
    Step.ARCHIVED: frozenset(),
}
"""No step is taken twice. Whether a hearing or a decision is too early, or a fine still open, the guards judge. A court that refused
may grant it yet, when the court above it says so (行政强制法 56, 58)."""


class Beside(NamedTuple):
    """A step that leaves the procedure where it is: possible while that stands at one of `during`, if `after` was taken and `until`
    was not; once, unless it may be taken `again`."""

    during: frozenset[Step]
    after: Step | None = None
    until: Step | None = None
    again: bool = False


_HEARABLE: Final = frozenset({Step.NOTICED, Step.HEARING_NOTIFIED})
_UNPAID: Final = frozenset({Step.SERVED, Step.DEMANDED})
_SERVED: Final = frozenset(
    {
        *(Step.SERVED, Step.DEMANDED, Step.COERCION_DECIDED, Step.COURT_APPLIED, Step.COURT_GRANTED),
        *(Step.COURT_REFUSED, Step.PAID, Step.ENFORCED),
    }
)
_UNDECIDED: Final = frozenset(
    {
        *(Step.CLUE, Step.FILED, Step.INVESTIGATED, Step.NOTICED, Step.HEARING_NOTIFIED),
        *(Step.HEARD, Step.REVIEWED),
    }
)
BESIDE: Final[Mapping[Step, Beside]] = {
    Step.HEARING_REQUESTED: Beside(_HEARABLE),
    Step.HEARING_WITHDRAWN: Beside(_HEARABLE, after=Step.HEARING_REQUESTED),
    Step.PAYMENT_DEFERRED: Beside(_UNPAID),
    Step.INSTALMENT_PAID: Beside(_UNPAID, after=Step.PAYMENT_DEFERRED, again=True),
    Step.COERCION_HEARD: Beside(frozenset({Step.DEMANDED})),
    Step.RECONSIDERATION_FILED: Beside(_SERVED, until=Step.SUIT_FILED),
    Step.RECONSIDERATION_ENDED: Beside(_SERVED, after=Step.RECONSIDERATION_FILED),
    Step.SUIT_FILED: Beside(_SERVED),
    Step.SUIT_ENDED: Beside(_SERVED, after=Step.SUIT_FILED),
    Step.RECUSED: Beside(_UNDECIDED, again=True),
    Step.CRIME_SUSPECTED: Beside(_UNDECIDED),
    Step.CRIME_DECIDED: Beside(_UNDECIDED, after=Step.CRIME_SUSPECTED),
    Step.ANNOUNCED: Beside(_UNPAID),
    Step.PUBLISHED: Beside(_SERVED),
    Step.UNPUBLISHED: Beside(_SERVED, after=Step.PUBLISHED),
}
"""What the party asks for, pays and contests; 回避, 涉嫌犯罪, 公告, 公开."""


def standing(penalty: Penalty | None) -> Step | None:
    """At which step of `NEXT` the procedure stands; None before it has begun."""
    steps = penalty.steps if penalty else ()
    return next((step for step in reversed(steps) if step not in BESIDE), None)


def possible(penalty: Penalty | None) -> frozenset[Step]:
    """The steps that may come next by their order; the guards ask for more."""
    now, steps = standing(penalty), penalty.steps if penalty else ()
    pending = pending_appeals(penalty)
    if is_revoked(penalty):
        still_public = Step.PUBLISHED in steps and Step.UNPUBLISHED not in steps
        return frozenset({Step.ARCHIVED, *((Step.UNPUBLISHED,) if still_public else ())} - {now})
    beside = {
        step
        for step, row in BESIDE.items()
        if now in row.during and (row.again or step not in steps)
        if (row.after is None or row.after in steps) and (row.until is None or row.until not in steps)
    }
    return (NEXT[now] - {Step.ARCHIVED} if pending else NEXT[now]) | beside


def decide_penalty(context: DecisionContext, action: Penalise) -> Decided:
    """The event of the next step; refused if it is out of order, states what does not belong to it, or is against the law."""
    rules, _, _, case, at = context
    refusal = _out_of_order(case, action) or guards.refuse_step(context, action)
    if refusal:
        return refusal
    moved = PenaltyMoved(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        step=action.step,
        facts=action.facts,
        evidence=action.evidence,
        note=action.note,
    )
    name = rules.procedure.parameters.payment_limit
    clock = running_clocks.clock_of(case, ClockKind.LEGAL, name)
    later = deferral(clock, case.penalty, action, at)
    if later is None:
        return (moved,)
    changes = running_clocks.extended(rules, case, later, action.step.value, at, (ClockKind.LEGAL,), name)
    return (moved, ClocksChanged(case_id=case.case_id, changes=changes)) if changes else (moved,)


def is_open(case: Case) -> bool:
    """Whether a procedure has begun and is not archived; until then the snapshot of the case is kept."""
    return case.penalty is not None and case.penalty.steps[-1] is not Step.ARCHIVED


def _out_of_order(case: Case, action: Penalise) -> Refusal | None:
    steps = possible(case.penalty)
    if action.step not in steps:
        now = standing(case.penalty)
        after = ", ".join(sorted(steps)) or "none: it is archived"
        return Refusal("penalty_step", "step", f"after {now.value if now else 'nothing'}: {after}")
    taken = case.penalty.steps.count(action.step) if case.penalty else 0
    return Refusal("case_full", "case_id") if taken >= limits.INSTALMENTS_MAX else None
