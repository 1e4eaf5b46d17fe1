"""Reads the records of a penalty procedure: of a step, of the decision, of the appeals against it, of the measures beside it.

Steps may come again: a notice that is given anew, a file that is sent back, a decision that is changed, revoked, made anew. What is read
here is what holds now (`as_it_holds`); what no longer does stays in the file, for whoever looks at it. Nothing is judged here.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

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
DECISIONS: Final = frozenset({Step.DECIDED, Step.SIMPLE_DECIDED, Step.CHANGED})
"""What lays a penalty on somebody: as first decided, or as the organ changed it."""
_OVERTURNING: Final = frozenset({AppealOutcome.CHANGED, AppealOutcome.REVOKED})
_ENDED: Final = frozenset(APPEALS.values())

_ROUND: Final = frozenset(
    {
        *(Step.NOTICED, Step.HEARING_REQUESTED, Step.HEARING_WITHDRAWN, Step.HEARING_NOTIFIED),
        *(Step.HEARD, Step.REVIEWED),
    }
)
"""From the notice to the decision: what rests on what the party was told."""
_CARRIED_OUT: Final = frozenset(
    {
        *(Step.SERVED, Step.PAYMENT_DEFERRED, Step.DEMANDED, Step.COERCION_HEARD, Step.COERCION_DECIDED),
        *(Step.COURT_APPLIED, Step.COURT_GRANTED, Step.COURT_REFUSED, Step.ANNOUNCED),
    }
)
"""From the service on: what rests on how much was decided. What was paid or enforced stays so."""
_REMAIN: Final = frozenset(
    {
        *(Step.CLUE, Step.FILED, Step.INVESTIGATED),
        *(Step.RECUSED, Step.CRIME_SUSPECTED, Step.CRIME_DECIDED),
    }
)
"""What is left of a file whose decision is to be made anew."""
SUPERSEDES: Final[Mapping[Step, frozenset[Step]]] = {
    Step.NOTICED: _ROUND,
    Step.SENT_BACK: _ROUND | {Step.SENT_BACK},
    Step.CHANGED: _CARRIED_OUT | {Step.CHANGED},
    Step.REOPENED: frozenset(Step) - _REMAIN,
    Step.PUBLISHED: frozenset({Step.PUBLISHED, Step.UNPUBLISHED}),
    Step.UNPUBLISHED: frozenset({Step.PUBLISHED}),
}
"""After which step the records of which others hold no longer; after a reconsideration or a suit that changed the decision, those of
its carrying out."""
_TURNING: Final = frozenset({*SUPERSEDES, *_ENDED}) - {Step.NOTICED, Step.PUBLISHED}


def as_it_holds(penalty: Penalty) -> Penalty:
    """The procedure with the steps and records that hold now: every guard and every limit reads these."""
    steps = penalty.steps
    if _TURNING.isdisjoint(steps) and len(set(steps)) == len(steps):
        return penalty
    numbers = _holding(penalty)
    unread = len(steps) - len(penalty.records)
    return replace(
        penalty,
        steps=tuple(steps[number] for number in numbers),
        records=tuple(penalty.records[number - unread] for number in numbers if number >= unread),
    )


def holds(penalty: Penalty) -> tuple[bool, ...]:
    """Of each step that was taken, whether it holds now."""
    numbers = set(_holding(penalty))
    return tuple(number in numbers for number in range(len(penalty.steps)))


def _holding(penalty: Penalty) -> list[int]:
    """The numbers of the steps that hold, in their order. Of steps before records were kept nothing but the step is known."""
    unread, held = len(penalty.steps) - len(penalty.records), list[int]()
    for number, step in enumerate(penalty.steps):
        facts = (penalty.records[number - unread].facts if number >= unread else None) or NO_FACTS
        gone = _superseded(step, facts, {penalty.steps[one] for one in held})
        held = [one for one in held if penalty.steps[one] not in gone]
        held.append(number)
    return held


def _superseded(step: Step, facts: PenaltyFacts, held: set[Step]) -> frozenset[Step]:
    """Which of the steps that held until then hold no longer."""
    if step in _ENDED:
        return _CARRIED_OUT if facts.outcome is AppealOutcome.CHANGED else frozenset()
    gone = SUPERSEDES.get(step, frozenset())
    heard = held & {Step.HEARD, Step.HEARING_WITHDRAWN}
    if step in (Step.NOTICED, Step.SENT_BACK) and not heard:  # who asked for a hearing need not ask again
        gone -= {Step.HEARING_REQUESTED}
    if (
        step is Step.CHANGED
    ):  # against what was changed another appeal is possible; one that is pending goes on
        over = {one for begin, end in APPEALS.items() if end in held for one in (begin, end)}
        gone |= over
    return gone


def record_of(penalty: Penalty | None, step: Step) -> PenaltyRecord | None:
    """The record of `step` that holds now; None where there is none."""
    return next((record for record in reversed(_records(penalty)) if record.step is step), None)


def facts_of(penalty: Penalty | None, step: Step) -> PenaltyFacts:
    """The facts of `step`; `NO_FACTS` where it was not taken, holds no longer, or states none."""
    record = record_of(penalty, step)
    return (record.facts if record else None) or NO_FACTS


def decision_of(penalty: Penalty | None) -> PenaltyFacts:
    """The facts of the decision, simple or ordinary, as the organ changed it if it did; `NO_FACTS` before it."""
    decided = next((record for record in reversed(_records(penalty)) if record.step in DECISIONS), None)
    return (decided.facts if decided else None) or NO_FACTS


def fine_of(penalty: Penalty | None) -> int:
    """The fine as it stands: as decided, changed or revoked; 0 where none is owed."""
    fine = 0
    for record in _records(penalty):
        fine = _fine_after(record, fine)
    return 0 if is_revoked(penalty) else fine


def _fine_after(record: PenaltyRecord, fine: int) -> int:
    facts = record.facts or NO_FACTS
    is_changed = record.step in _ENDED and facts.outcome is AppealOutcome.CHANGED
    return facts.fine_yuan or 0 if is_changed or record.step in DECISIONS else fine


def paid_of(penalty: Penalty | None) -> int:
    """What was paid of the fine, or taken by force, and not given back, in yuan. What was given back before a file was reopened is settled."""
    fine = paid = 0
    is_forced = False
    for record in _since_reopened(penalty):
        facts, fine = record.facts or NO_FACTS, _fine_after(record, fine)
        is_forced = is_forced or record.step in (Step.COURT_GRANTED, Step.COERCION_DECIDED)
        match record.step:
            case Step.SIMPLE_DECIDED:
                paid = facts.collected_on_spot_yuan or 0
            case Step.INSTALMENT_PAID:
                paid += facts.paid_yuan or 0
            case Step.PAID:
                paid = max(paid, fine)
            case Step.ENFORCED if is_forced:
                paid = max(paid, fine)
            case Step.REFUNDED:
                paid -= facts.refunded_yuan or 0
    return paid


def owed_back(penalty: Penalty | None) -> int:
    """How much more was paid than is owed now, in yuan."""
    return max(0, paid_of(penalty) - fine_of(penalty))


def paid_in_instalments(penalty: Penalty | None) -> int:
    """What was paid of the fine in instalments, in yuan."""
    paid = (record.facts or NO_FACTS for record in _records(penalty) if record.step is Step.INSTALMENT_PAID)
    return sum(facts.paid_yuan or 0 for facts in paid)


def is_revoked(penalty: Penalty | None) -> bool:
    """Whether a reconsideration, a suit or the organ itself has revoked the decision: nothing of it is left."""
    return bool(_revoking(penalty))


def is_to_be_remade(penalty: Penalty | None) -> bool:
    """Whether who revoked the decision had another made."""
    return any((record.facts or NO_FACTS).remake for record in _revoking(penalty))


def _revoking(penalty: Penalty | None) -> tuple[PenaltyRecord, ...]:
    return tuple(record for record in _records(penalty) if _overturns(record) is AppealOutcome.REVOKED)


def is_overturned(penalty: Penalty | None) -> bool:
    """Whether a reconsideration, a suit or the organ has revoked the decision, or one of the former changed it."""
    return any(_overturns(record) and record.step is not Step.CHANGED for record in _records(penalty))


def is_changed(penalty: Penalty | None) -> bool:
    """Whether the decision was changed, by whomever."""
    return any(_overturns(record) is AppealOutcome.CHANGED for record in _records(penalty))


def is_outdated_in_public(penalty: Penalty | None) -> bool:
    """Whether a decision stands in public that was changed or revoked since."""
    is_public = is_outdated = False
    for record in _records(penalty):
        if record.step is Step.PUBLISHED:
            is_public, is_outdated = True, False
        elif _overturns(record):
            is_outdated = is_public
    return is_outdated


def _overturns(record: PenaltyRecord) -> AppealOutcome | None:
    if record.step is Step.CHANGED:
        return AppealOutcome.CHANGED
    if record.step is Step.REVOKED:
        return AppealOutcome.REVOKED
    outcome = (record.facts or NO_FACTS).outcome if record.step in _ENDED else None
    return outcome if outcome in _OVERTURNING else None


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
    """Until when the next instalment, or the deferred fine, is to be paid; None where nothing is deferred."""
    days = facts_of(penalty, Step.PAYMENT_DEFERRED).pay_by
    return days[min(instalments_of_plan(penalty), len(days) - 1)] if days else None


def instalments_of_plan(penalty: Penalty | None) -> int:
    """How many instalments were paid of the plan that holds."""
    steps = [record.step for record in _records(penalty)]
    planned = steps.index(Step.PAYMENT_DEFERRED) if Step.PAYMENT_DEFERRED in steps else len(steps)
    return steps[planned:].count(Step.INSTALMENT_PAID)


def _records(penalty: Penalty | None) -> tuple[PenaltyRecord, ...]:
    return as_it_holds(penalty).records if penalty else ()


def _since_reopened(penalty: Penalty | None) -> Iterator[PenaltyRecord]:
    """All records of the decision that holds, and of those that it took the place of by being changed."""
    records = penalty.records if penalty else ()
    reopened = [number for number, record in enumerate(records) if record.step is Step.REOPENED]
    yield from records[reopened[-1] :] if reopened else records


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
