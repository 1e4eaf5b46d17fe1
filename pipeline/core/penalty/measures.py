"""Measures beside the penalty procedure: 查封, 扣押, 先行登记保存. Which step follows which; what the law asks of each is in `guards`.

    begun ─► extended ─┬─► ended, with a decision on the things
      └► testing ─► tested ─┘     (while things are tested the law's clock stands: 行政强制法 25)

One of a kind lasts at a time. Its clock follows from where it stands (`LegalLimit.runs`); testing ends at the time that
the party was told, at the latest.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pipeline.core.case.evidence_checks import examine_evidence
from pipeline.core.clocks import running_clocks
from pipeline.core.penalty import guards
from pipeline.core.penalty.allowed_facts import said_in_vain
from pipeline.core.rules.penalty_records import measure_of, state_of
from pipeline.core.rules.redaction import scrub
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules
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
"""After one that has ended another of its kind begins, from None. A second extension, after testing, is for the guards."""
_LEFT_TO_END: Final = 2
"""The steps that any measure may still have to take: things are tested, and it ends."""


def decide_measure(
    rules: Rules, case: Case, action: TakeMeasure, at: datetime
) -> tuple[CaseEvent, ...] | Refusal:
    """The next step of a measure, in its order and within its law; an extension moves the deadline."""
    refusal = (
        _out_of_order(case, action)
        or said_in_vain(action.step, action.facts)
        or guards.refuse(rules, case, action, at)
        or examine_evidence(rules, case, action.evidence, at)
    )
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
        note=scrub(action.note, limits.NOTE_MAX),
    )
    more = action.facts.more if action.facts else None
    if more is None:
        return (moved,)
    changes = running_clocks.extended(
        rules, case, span_of(more), "complex", at, (ClockKind.LEGAL,), action.measure_kind.value
    )
    return (moved, ClocksChanged(case_id=case.case_id, changes=changes)) if changes else (moved,)


def run_out(case: Case, timer: Timer) -> tuple[CaseEvent, ...]:
    """The time for testing is over, as the party was told: the clock goes on from there."""
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
    full = limits.MEASURES_MAX if state is None else limits.MEASURE_STEPS_MAX - _LEFT_TO_END
    there = len(measures) if state is None or latest is None else len(latest.records)
    if there >= full and action.step not in (Step.TESTED, Step.ENDED):
        return Refusal("case_full", "case_id")
    return None
