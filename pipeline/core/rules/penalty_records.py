"""What the records of a penalty procedure say: of a step, of the decision, of the measures beside it. Nothing is judged here."""

from collections.abc import Mapping
from typing import Final

from schemas.state.case import Penalty
from schemas.state.penalty import Measure, PenaltyFacts, PenaltyRecord
from schemas.values.penalty_terms import MeasureKind, MeasureStep, PenaltyKind
from schemas.values.terms import PenaltyStep as Step

NOTHING_SAID: Final = PenaltyFacts()


def record_of(penalty: Penalty | None, step: Step) -> PenaltyRecord | None:
    """The record of a step that was taken."""
    return next((one for one in penalty.records if one.step is step), None) if penalty else None


def facts_of(penalty: Penalty | None, step: Step) -> PenaltyFacts:
    """What was said at a step; nothing where it was not taken."""
    record = record_of(penalty, step)
    return (record.facts if record else None) or NOTHING_SAID


def decision_of(penalty: Penalty | None) -> PenaltyFacts:
    """What was decided, on the spot or not; nothing before that."""
    decided = facts_of(penalty, Step.DECIDED)
    return facts_of(penalty, Step.SIMPLE_DECIDED) if decided is NOTHING_SAID else decided


def kinds_of(facts: PenaltyFacts) -> frozenset[PenaltyKind]:
    """The kinds of penalty that are meant or decided; whoever names a fine's amount need not name it."""
    return frozenset((*facts.kinds, PenaltyKind.FINE) if facts.fine_yuan else facts.kinds)


def measure_of(penalty: Penalty | None, kind: MeasureKind) -> Measure | None:
    """The newest measure of this kind, ended or not."""
    measures = penalty.measures if penalty else ()
    return next((one for one in reversed(measures) if one.kind is kind), None)


def state_of(measure: Measure | None) -> MeasureStep | None:
    """How far it has come; None for none, or for one that has ended, after which another may begin."""
    step = measure.records[-1].step if measure else None
    return None if step is MeasureStep.ENDED else step


def open_measures(penalty: Penalty | None) -> tuple[MeasureKind, ...]:
    """The kinds of those that have not ended."""
    measures: Mapping[MeasureKind, Measure] = {one.kind: one for one in (penalty.measures if penalty else ())}
    return tuple(kind for kind, one in measures.items() if state_of(one))
