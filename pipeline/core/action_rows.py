"""What a row of the registry of actions is: the columns, and what they may hold, such as of which cases an action is legal wherever they stand.
The rows themselves are in `actions`."""

from collections.abc import Callable, Set
from enum import Enum, auto
from typing import Final, NamedTuple, TypeVar

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.open_requests import request_of
from pipeline.core.case.task_rights import Whose
from pipeline.core.rules.refusals import Refusal
from schemas.inputs.action_base import ActionBase
from schemas.state.case import Case
from schemas.values.evidence import Evidence
from schemas.values.terms import RequestKind, Stage

A = TypeVar("A", bound=ActionBase)
DISPATCHED: Final = frozenset({Stage.DISPATCHED, Stage.SIGNED})
ON_SITE: Final = frozenset({Stage.ARRIVED, Stage.REWORK, Stage.JOINT_IN_PROGRESS})
ORDERED: Final = ON_SITE | {Stage.SUSPENDED}
"""On site, or resting until the date of an order."""


class HandsIn(Enum):
    """Whether an action hands in evidence, and who examines that: the registry before it is decided, or its decider."""

    NOTHING = auto()
    EXAMINED_FIRST = auto()
    EXAMINED_BY_DECIDER = auto()


class TooLate(NamedTuple):
    """At these stages the time for the action has passed, and the refusal says what to do instead."""

    stages: Set[Stage]
    refusal: Refusal


class ActionRow(NamedTuple):
    """All about one action.

    `stages`: where it is legal; `also`: of which cases it is legal wherever they stand. `whose`: on whose task it is done.
    `apart`: the code that refuses it to whoever handled the case.
    """

    contract: type[ActionBase]
    decider: Callable[..., Decided]
    stages: Set[Stage]
    also: Callable[[Case], bool] | None
    whose: Whose
    hands_in: HandsIn
    apart: str | None
    too_late: TooLate | None

    def is_possible(self, case: Case) -> bool:
        """Whether the action is legal where `case` stands."""
        return case.stage in self.stages or (self.also is not None and self.also(case))

    def refuse_late(self, case: Case) -> Refusal | None:
        """What to do instead, where the time for the action has passed."""
        return (
            self.too_late.refusal
            if self.too_late is not None and case.stage in self.too_late.stages
            else None
        )


def action_row(
    contract: type[A],
    decider: Callable[[DecisionContext, A], Decided],
    stages: Set[Stage],
    whose: Whose,
    *,
    also: Callable[[Case], bool] | None = None,
    hands_in: HandsIn = HandsIn.NOTHING,
    apart: str | None = None,
    too_late: TooLate | None = None,
) -> ActionRow:
    """A row whose decider takes its own contract: the type checker sees to it here, once."""
    return ActionRow(contract, decider, stages, also, whose, hands_in, apart, too_late)


def is_call_due(case: Case) -> bool:
    """At the deadline the callers are asked, wherever the case stands."""
    return case.call_due and case.closed_at is None


def is_appealed(case: Case) -> bool:
    """What is counted is appealed against mostly when the case is over, and decided then."""
    return request_of(case, RequestKind.APPEAL) is not None


def is_answered(case: Case) -> bool:
    """Whoever objects to a direct answer is heard as long as the case is kept."""
    return case.stage is Stage.ANSWERED


def evidence_of(action: ActionBase, row: ActionRow) -> tuple[Evidence, ...]:
    """What the action hands in."""
    if row.hands_in is HandsIn.NOTHING:
        return ()
    evidence: tuple[Evidence, ...] = getattr(action, "evidence", ())
    return evidence
