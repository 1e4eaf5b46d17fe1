"""Measures beside the penalty procedure (查封, 扣押, 先行登记保存): which step follows which. What the law requires is in `measure_guards`.

    begun ─► extended ─┬─► ended, with a decision on the things
      └► testing ─► tested ─┘     (the clock is paused while things are tested: 行政强制法 25)

At most one measure of a kind is open at a time. Its clock runs by its latest step (`LegalLimit.runs`); testing ends at the
latest at the time of which the party was notified.
"""

from collections.abc import Mapping
from typing import Final

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.clocks import running_clocks
from pipeline.core.penalty import guards
from pipeline.core.rules.penalty_records import measure_of, state_of
from pipeline.core.rules.refusals import Refusal
from pipeline.core.worktime.policy import span_of
from schemas import limits
from schemas.inputs.action import TakeMeasure
from schemas.journal.clock_events import ClocksChanged, MeasureMoved
from schemas.journal.events import CaseEvent
from schemas.state.case import Case, Timer
from schemas.values.penalty_terms import MeasureKind
from schemas.values.penalty_terms import MeasureStep as Step
from schemas.values.terms import ClockKind

_ON: Final = frozenset({Step.EXTENDED, Step.TESTING, Step.ENDED})
NEXT: Final[Mapping[Step | None, frozenset[Step]]] = {
    None: frozenset({Step.BEGUN}),
    Step.BEGUN: _ON,
    Step.EXTENDED: frozenset({Step.TESTING, Step.ENDED}),
    Step.TESTING: frozenset({Step.TESTED, Step.ENDED}),
    Step.TESTED: _ON,
    Step.ENDED: frozenset(),
}
"""After the end of a measure another of its kind may begin, from None. A second extension, after testing, the guards refuse."""
_LEFT_TO_END: Final = 2
"""Steps that are kept free for the end of every measure: `tested` and `ended`."""


def decide_measure(context: DecisionContext, action: TakeMeasure) -> Decided:
    """The event of the next step, and of an extension the new deadline; refused as in `decide_penalty`."""
    rules, _, _, case, at, _ = context
    refusal = _out_of_order(case, action) or guards.refuse_step(context, action)
    if refusal:
        return refusal
    moved = MeasureMoved(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        measure_kind=action.measure_kind,
        step=action.step,
        facts=action.facts,
        evidence=action.evidence,
        note=action.note,
    )
    extension = action.facts.more if action.facts else None
    if extension is None:
        return (moved,)
    changes = running_clocks.extended(
        rules, case, span_of(extension), "complex", at, (ClockKind.LEGAL,), action.measure_kind.value
    )
    return (moved, ClocksChanged(case_id=case.case_id, changes=changes)) if changes else (moved,)


def run_out(case: Case, timer: Timer) -> tuple[CaseEvent, ...]:
    """Testing ends at the time of which the party was notified; the clock runs again from then."""
    kind = MeasureKind(str(timer.name))
    return (
        MeasureMoved(case_id=case.case_id, at=timer.due_at, by=None, measure_kind=kind, step=Step.TESTED),
    )


def _out_of_order(case: Case, action: TakeMeasure) -> Refusal | None:
    measures = case.penalty.measures if case.penalty else ()
    latest = measure_of(case.penalty, action.measure_kind)
    state = state_of(latest)
    if action.step not in NEXT[state]:
        possible = ", ".join(sorted(NEXT[state]))
        return Refusal("measure_step", "step", f"after {state.value if state else 'nothing'}: {possible}")
    limit = limits.MEASURES_MAX if state is None else limits.MEASURE_STEPS_MAX - _LEFT_TO_END
    count = len(measures) if state is None or latest is None else len(latest.records)
    if count >= limit and action.step not in (Step.TESTED, Step.ENDED):
        return Refusal("case_full", "case_id")
    return None
