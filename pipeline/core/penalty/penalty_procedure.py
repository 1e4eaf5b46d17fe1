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
    from investigated to reviewed ─► sent_back ─► investigated      from noticed to reviewed ─► noticed anew
    from a decision on ─┬► changed ─► served anew       a reconsideration or a suit that changes it ─► served anew
                        └► revoked ─► reopened ─► investigated      revoked there ─► reopened

Beside these, what the party asks for, pays and contests, and what the organ sees to besides (`BESIDE`): it is on record and opens or closes guards, and the procedure
stays where it is. A decision that was revoked leaves nothing but the archive, to take it from where it was published, to give back what
was paid, and to make another where so ordered. What comes again takes the place of what was: `penalty_records.as_it_holds`.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.clocks import running_clocks
from pipeline.core.penalty import guards
from pipeline.core.penalty.late_fee import deferral
from pipeline.core.rules.penalty_records import (
    DECISIONS,
    as_it_holds,
    is_changed,
    is_revoked,
    owed_back,
    pending_appeals,
)
from pipeline.core.rules.refusals import Refusal
from schemas import limits
from schemas.inputs.action import Penalise
from schemas.journal.clock_events import ClocksChanged, PenaltyMoved
from schemas.state.case import Case, Penalty
from schemas.values.terms import ClockKind
from schemas.values.terms import PenaltyStep as Step

_WITHOUT_PENALTY: Final = (Step.NO_PENALTY, Step.TRANSFERRED)
_TO_DECIDE: Final = (Step.REVIEWED, Step.DECIDED, *_WITHOUT_PENALTY)
_ANEW: Final = (Step.SENT_BACK, Step.NOTICED)
_OVER: Final = (Step.CHANGED, Step.REVOKED)

NEXT: Final[Mapping[Step | None, frozenset[Step]]] = {
    None: frozenset({Step.CLUE, Step.FILED, Step.SIMPLE_DECIDED}),
    Step.CLUE: frozenset({Step.FILED, Step.SIMPLE_DECIDED, Step.ARCHIVED, *_WITHOUT_PENALTY}),
    Step.FILED: frozenset({Step.INVESTIGATED, *_WITHOUT_PENALTY}),
    Step.INVESTIGATED: frozenset({Step.NOTICED, Step.SENT_BACK, *_WITHOUT_PENALTY}),
    Step.SENT_BACK: frozenset({Step.INVESTIGATED, *_WITHOUT_PENALTY}),
    Step.NOTICED: frozenset({Step.HEARING_NOTIFIED, Step.HEARD, *_TO_DECIDE, *_ANEW}),
    Step.HEARING_NOTIFIED: frozenset({Step.HEARD, *_TO_DECIDE, *_ANEW}),
    Step.HEARD: frozenset({*_TO_DECIDE, *_ANEW}),
    Step.REVIEWED: frozenset({Step.DECIDED, *_WITHOUT_PENALTY, *_ANEW}),
    Step.DECIDED: frozenset({Step.SERVED, *_OVER}),
    Step.SIMPLE_DECIDED: frozenset({Step.SERVED, *_OVER}),
    Step.CHANGED: frozenset({Step.SERVED, *_OVER}),
    Step.SERVED: frozenset({Step.PAID, Step.DEMANDED, Step.ENFORCED, Step.ARCHIVED, *_OVER}),
    Step.DEMANDED: frozenset(
        {Step.PAID, Step.COERCION_DECIDED, Step.COURT_APPLIED, Step.ENFORCED, Step.ARCHIVED, *_OVER}
    ),
    Step.COERCION_DECIDED: frozenset({Step.PAID, Step.ENFORCED, *_OVER}),
    Step.COURT_APPLIED: frozenset({Step.PAID, Step.COURT_GRANTED, Step.COURT_REFUSED, *_OVER}),
    Step.COURT_GRANTED: frozenset({Step.PAID, Step.ENFORCED, *_OVER}),
    Step.COURT_REFUSED: frozenset({Step.PAID, Step.COURT_GRANTED, Step.ARCHIVED, *_OVER}),
    Step.PAID: frozenset({Step.ENFORCED, Step.ARCHIVED, *_OVER}),
    Step.ENFORCED: frozenset({Step.ARCHIVED, *_OVER}),
    Step.REVOKED: frozenset({Step.ARCHIVED, Step.REOPENED}),
    Step.REOPENED: frozenset({Step.INVESTIGATED, *_WITHOUT_PENALTY}),
    Step.NO_PENALTY: frozenset({Step.ARCHIVED}),
    Step.TRANSFERRED: frozenset({Step.ARCHIVED}),
    Step.ARCHIVED: frozenset(),
}
"""Which steps come again the table of `penalty_records.SUPERSEDES` says. Whether a hearing or a decision is too early, or a fine still open, the guards judge. A court that refused
may grant it yet, when the court above it says so (行政强制法 56, 58)."""


class Beside(NamedTuple):
    """A step that leaves the procedure where it is: possible while that stands at one of `during`, if `after` was taken and `until`
    was not; once, unless it may be taken `again`, or the first does not hold any more."""

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
        *(Step.HEARD, Step.REVIEWED, Step.SENT_BACK, Step.REOPENED),
    }
)
_CONTESTABLE: Final = _SERVED | {Step.CHANGED}
BESIDE: Final[Mapping[Step, Beside]] = {
    Step.HEARING_REQUESTED: Beside(_HEARABLE),
    Step.HEARING_WITHDRAWN: Beside(_HEARABLE, after=Step.HEARING_REQUESTED),
    Step.PAYMENT_DEFERRED: Beside(_UNPAID),
    Step.INSTALMENT_PAID: Beside(_UNPAID, after=Step.PAYMENT_DEFERRED, again=True),
    Step.COERCION_HEARD: Beside(frozenset({Step.DEMANDED})),
    Step.RECONSIDERATION_FILED: Beside(_CONTESTABLE, until=Step.SUIT_FILED),
    Step.RECONSIDERATION_ENDED: Beside(_CONTESTABLE, after=Step.RECONSIDERATION_FILED),
    Step.SUIT_FILED: Beside(_CONTESTABLE),
    Step.SUIT_ENDED: Beside(_CONTESTABLE, after=Step.SUIT_FILED),
    Step.RECUSED: Beside(_UNDECIDED, again=True),
    Step.CRIME_SUSPECTED: Beside(_UNDECIDED),
    Step.CRIME_DECIDED: Beside(_UNDECIDED, after=Step.CRIME_SUSPECTED),
    Step.ANNOUNCED: Beside(_UNPAID),
    Step.PUBLISHED: Beside(_SERVED),
    Step.UNPUBLISHED: Beside(_CONTESTABLE, after=Step.PUBLISHED),
    Step.REFUNDED: Beside(_CONTESTABLE, again=True),
}
"""What the party asks for, pays and contests; 回避, 涉嫌犯罪, 公告, 公开, 退款."""


_WIDENING: Final = frozenset(
    {
        *(Step.SENT_BACK, Step.CHANGED, Step.REOPENED, Step.PUBLISHED, Step.RECUSED),
        Step.INSTALMENT_PAID,
    }
)


def standing(penalty: Penalty | None) -> Step | None:
    """At which step of `NEXT` the procedure stands; None before it has begun."""
    steps = as_it_holds(penalty).steps if penalty else ()
    now = next((step for step in reversed(steps) if step not in BESIDE), None)
    if now in _CONTESTABLE | DECISIONS and Step.SERVED not in steps and is_changed(penalty):
        return Step.CHANGED
    if now is Step.SERVED:  # served anew: what was paid or enforced before the change stays so
        return next((step for step in (Step.ENFORCED, Step.PAID) if step in steps), now)
    return now


def possible(penalty: Penalty | None) -> frozenset[Step]:
    """The steps that may come next by their order; the guards ask for more."""
    now, steps = standing(penalty), as_it_holds(penalty).steps if penalty else ()
    pending = pending_appeals(penalty)
    ends = frozenset({Step.ARCHIVED} if pending else ())
    refund = frozenset({Step.REFUNDED} if owed_back(penalty) else ())
    if is_revoked(penalty):
        still_public = frozenset({Step.UNPUBLISHED} if Step.PUBLISHED in steps else ())
        after = NEXT[Step.REVOKED] if now is not Step.ARCHIVED else frozenset[Step]()
        return (after - ends) | (still_public | refund | set(pending) if after else frozenset())
    beside = {
        step
        for step, row in BESIDE.items()
        if now in row.during and (row.again or step not in steps)
        if (row.after is None or row.after in steps) and (row.until is None or row.until not in steps)
    }
    return (NEXT[now] - ends) | (beside - {Step.REFUNDED}) | (refund if now in _CONTESTABLE else frozenset())


def decide_penalty(context: DecisionContext, action: Penalise) -> Decided:
    """The event of the next step; refused if it is out of order, states what does not belong to it, or is against the law."""
    rules, _, _, case, at, _ = context
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
    return Refusal("case_full", "case_id") if case.penalty and _is_full(case.penalty, action.step) else None


def _is_full(penalty: Penalty, step: Step) -> bool:
    """Whether the file has no room for a step with which others come again: half of it is kept to bring it to its end."""
    count = penalty.steps.count(step)
    is_again = step in _WIDENING or (step is Step.NOTICED and step in as_it_holds(penalty).steps)
    is_half_full = len(penalty.steps) >= limits.PENALTY_STEPS_MAX // 2
    return is_again and count > 0 and (is_half_full or count >= limits.INSTALMENTS_MAX)
