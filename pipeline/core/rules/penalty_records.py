"""Reads the records of a penalty procedure: of a step, of the decision, of the measures beside it. Nothing is judged here."""

from collections.abc import Mapping
from typing import Final

from schemas.state.case import Penalty
from schemas.state.penalty import Measure, PenaltyFacts, PenaltyRecord
from schemas.values.penalty_terms import MeasureKind, MeasureStep, PenaltyKind
from schemas.values.terms import PenaltyStep as Step

NO_FACTS: Final = PenaltyFacts()


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
