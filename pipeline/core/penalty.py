"""The penalty procedure (行政处罚程序) beside the service case: which step follows which, and which legal limits run.

It begins on site and goes its own way: the service case may close while the procedure runs on, and its clocks are the
law's, not the service policy's.

    filed ─► investigated ─► noticed ─┬────────────► reviewed ─► decided ─► served ─┬─► paid ─────► archived
      │            │                  └─► heard ─►────┘                             └─► enforced ─►──┘
      └────────────┴───────────────► no_penalty · transferred ─► archived
    simple_decided ─► served
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from pipeline.core.privacy import scrub
from pipeline.core.refusals import Refusal
from pipeline.core.service import Span
from schemas import limits
from schemas.action import Penalise
from schemas.case import Case
from schemas.clock_events import PenaltyMoved
from schemas.events import CaseEvent
from schemas.terms import PenaltyStep as Step

NEXT: Final[Mapping[Step | None, frozenset[Step]]] = {
    None: frozenset({Step.FILED, Step.SIMPLE_DECIDED}),
    Step.FILED: frozenset({Step.INVESTIGATED, Step.NO_PENALTY, Step.TRANSFERRED}),
    Step.INVESTIGATED: frozenset({Step.NOTICED, Step.NO_PENALTY, Step.TRANSFERRED}),
    Step.NOTICED: frozenset({Step.HEARD, Step.REVIEWED}),
    Step.HEARD: frozenset({Step.REVIEWED}),
    Step.REVIEWED: frozenset({Step.DECIDED, Step.NO_PENALTY}),
    Step.DECIDED: frozenset({Step.SERVED}),
    Step.SIMPLE_DECIDED: frozenset({Step.SERVED}),
    Step.SERVED: frozenset({Step.PAID, Step.ENFORCED}),
    Step.PAID: frozenset({Step.ARCHIVED}),
    Step.ENFORCED: frozenset({Step.ARCHIVED}),
    Step.NO_PENALTY: frozenset({Step.ARCHIVED}),
    Step.TRANSFERRED: frozenset({Step.ARCHIVED}),
    Step.ARCHIVED: frozenset(),
}


class LegalLimit(NamedTuple):
    """A limit that a law sets, with its article: it runs from a step on until one of others is reached."""

    name: str
    name_zh: str
    begins: Step
    ends: frozenset[Step]
    span: Span
    law: str
    article: str

    def runs(self, steps: tuple[Step, ...]) -> bool:
        """Whether it runs after these steps."""
        return self.begins in steps and not self.ends.intersection(steps)


def decide_penalty(case: Case, action: Penalise, at: datetime) -> tuple[CaseEvent, ...] | Refusal:
    """The next step of the procedure, in its order."""
    step = case.penalty.steps[-1] if case.penalty else None
    if action.step not in NEXT[step]:
        possible = ", ".join(sorted(NEXT[step])) or "none: it is archived"
        return Refusal("penalty_step", "step", f"after {step.value if step else 'nothing'}: {possible}")
    return (
        PenaltyMoved(
            case_id=case.case_id,
            at=at,
            by=action.actor.id,
            step=action.step,
            evidence=action.evidence,
            note=scrub(action.note, limits.NOTE_MAX),
        ),
    )


def is_open(case: Case) -> bool:
    """Whether a procedure is under way, so that the case's snapshot must stay."""
    return case.penalty is not None and case.penalty.steps[-1] is not Step.ARCHIVED
