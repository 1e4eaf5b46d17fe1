"""Orders to correct (责令限期改正), and the steps of a penalty that may follow from them, as the auditor remembers them; part of `case_memory`."""

from datetime import datetime
from typing import NamedTuple

from schemas.journal.clock_events import PenaltyMoved
from schemas.state.case import Case
from schemas.state.penalty import PenaltyRecord
from schemas.values.penalty_terms import CorrectionState, CostState, PartyKind
from schemas.values.terms import PenaltyStep


class RememberedOrder(NamedTuple):
    """An order to correct (责令限期改正): its date, how it stands, whether its date was moved once, whether it was done in the party's stead.

    Also against whom and when it was served, who had to do with it, and since when it stands so.
    """

    until: datetime
    state: CorrectionState
    is_extended: bool = False
    is_done_instead: bool = False
    party: PartyKind | None = None
    served_at: datetime | None = None
    by: frozenset[str] = frozenset()
    settled_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has found that it was obeyed, nor released it, nor done it in the party's stead."""
        if self.state is CorrectionState.DISOBEYED:
            return not self.is_done_instead
        return self.state is CorrectionState.RUNNING


class RememberedStep(NamedTuple):
    """A step of a penalty: when, against whom as far as it says, whether it says that it was put right, and who acted."""

    step: PenaltyStep
    at: datetime
    party: PartyKind | None
    says_corrected: bool
    by: frozenset[str]

    @classmethod
    def of(cls, taken: PenaltyRecord | PenaltyMoved) -> "RememberedStep":
        """As a record or an event has it."""
        facts = taken.facts
        officers = facts.officers if facts else ()
        party, corrected = (facts.party, facts.corrected) if facts else (None, None)
        return cls(taken.step, taken.at, party, corrected is True, frozenset((taken.by, *officers)))


def costs_of(case: Case) -> tuple[tuple[int, CostState], ...]:
    """Of each thing done in somebody's stead: the yuan, and what became of them."""
    return tuple((done.cost_yuan, done.costs) for done in case.done_instead)


def order_of(case: Case) -> RememberedOrder | None:
    """The order to correct that was given last."""
    if not case.corrections:
        return None
    order = case.corrections[-1]
    done = any(done.party is not None and done.at >= order.at for done in case.done_instead)
    return RememberedOrder(
        order.until,
        order.state,
        order.extended_from is not None,
        done,
        order.party,
        order.at,
        frozenset(filter(None, (order.by, order.extended_by))),
        order.settled_at,
    )
