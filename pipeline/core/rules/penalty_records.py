"""Reads the records of a penalty procedure: of a step, of the decision, of the appeals against it, of the measures beside it.

Nothing is judged here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from schemas.state.case import Penalty
from schemas.state.penalty import Measure, PenaltyFacts, PenaltyRecord
from schemas.values.penalty_terms import AppealOutcome, MeasureKind, MeasureStep, PenaltyKind
from schemas.values.terms import PenaltyStep as Step

NO_FACTS: Final = PenaltyFacts()
APPEALS: Final[Mapping[Step, Step]] = {
    Step.RECONSIDERATION_FILED: Step.RECONSIDERATION_ENDED,
    Step.SUIT_FILED: Step.SUIT_ENDED,
}
"""The ways in which a party contests a decision (复议, 诉讼): how each begins and ends."""
_OVERTURNING: Final = frozenset({AppealOutcome.CHANGED, AppealOutcome.REVOKED})


def record_of(penalty: Penalty | None, step: Step) -> PenaltyRecord | None:
    """The record of `step`; None where it was not taken."""
    return next((record for record in penalty.records if record.step is step), None) if penalty else None


def facts_of(penalty: Penalty | None, step: Step) -> PenaltyFacts:
    """The facts of `step`; `NO_FACTS` where it was not taken or states none."""
    record = record_of(penalty, step)
    return (record.facts if record else None) or NO_FACTS


def decision_of(penalty: Penalty | None) -> PenaltyFacts:
    """The facts of the decision, simple or ordinary; `NO_FACTS` before it."""
    decided = facts_of(penalty, Step.DECIDED)
    return facts_of(penalty, Step.SIMPLE_DECIDED) if decided is NO_FACTS else decided


def fine_of(penalty: Penalty | None) -> int:
    """The fine as it stands: as decided, changed or revoked by a reconsideration or a suit; 0 where none is owed."""
    fine = decision_of(penalty).fine_yuan or 0
    for end in APPEALS.values():
        facts = facts_of(penalty, end)
        if facts.outcome is AppealOutcome.REVOKED:
            return 0
        if facts.outcome is AppealOutcome.CHANGED:
            fine = facts.fine_yuan or 0
    return fine


def paid_in_instalments(penalty: Penalty | None) -> int:
    """What was paid of the fine in instalments, in yuan."""
    return sum(facts.paid_yuan or 0 for facts in _instalments(penalty))


def is_revoked(penalty: Penalty | None) -> bool:
    """Whether a reconsideration or a suit has revoked the decision: nothing of it is left."""
    return any(facts_of(penalty, end).outcome is AppealOutcome.REVOKED for end in APPEALS.values())


def is_overturned(penalty: Penalty | None) -> bool:
    """Whether a reconsideration or a suit has revoked or changed the decision."""
    return any(facts_of(penalty, end).outcome in _OVERTURNING for end in APPEALS.values())


def pending_appeals(penalty: Penalty | None) -> tuple[Step, ...]:
    """How the appeals end that are pending."""
    return tuple(
        end for begin, end in APPEALS.items() if record_of(penalty, begin) and not record_of(penalty, end)
    )


def times_contested(penalty: Penalty | None) -> tuple[tuple[datetime, datetime | None], ...]:
    """From when until when there was a reconsideration or a suit; None as the end of what is pending."""
    found = ((record_of(penalty, begin), record_of(penalty, end)) for begin, end in APPEALS.items())
    return tuple((begun.at, ended.at if ended else None) for begun, ended in found if begun)


def pay_by(penalty: Penalty | None) -> datetime | None:
    """Until when the next instalment, or the deferred fine, is to be paid; None where nothing was deferred."""
    days = facts_of(penalty, Step.PAYMENT_DEFERRED).pay_by
    return days[min(len(_instalments(penalty)), len(days) - 1)] if days else None


def _instalments(penalty: Penalty | None) -> tuple[PenaltyFacts, ...]:
    records = penalty.records if penalty else ()
    return tuple(record.facts or NO_FACTS for record in records if record.step is Step.INSTALMENT_PAID)


def kinds_of(facts: PenaltyFacts) -> frozenset[PenaltyKind]:
    """The kinds of penalty that `facts` state; the amount of a fine implies its kind."""
    return frozenset((*facts.kinds, PenaltyKind.FINE) if facts.fine_yuan else facts.kinds)


def measure_of(penalty: Penalty | None, kind: MeasureKind) -> Measure | None:
    """The newest measure of this kind, ended or not."""
    measures = penalty.measures if penalty else ()
    return next((measure for measure in reversed(measures) if measure.kind is kind), None)


def state_of(measure: Measure | None) -> MeasureStep | None:
    """The latest step of an open measure; None without one, so that another may begin."""
    step = measure.records[-1].step if measure else None
    return None if step is MeasureStep.ENDED else step


def open_measures(penalty: Penalty | None) -> tuple[MeasureKind, ...]:
    """The kinds of which a measure is open, each once."""
    newest: Mapping[MeasureKind, Measure] = {
        measure.kind: measure for measure in (penalty.measures if penalty else ())
    }
    return tuple(kind for kind, measure in newest.items() if state_of(measure))
