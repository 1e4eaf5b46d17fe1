"""What `enforcement case` says of the penalty procedure: its steps, what is meant or decided, the hearing, the measures."""

from collections.abc import Iterator
from datetime import datetime

from pipeline.core.penalty.late_fee import late_payment
from pipeline.core.rules.penalty_records import decision_of, facts_of, kinds_of
from pipeline.core.rules.rules import Rules
from pipeline.words.field_words import Lang, limit, moment
from pipeline.words.penalty_words import (
    DISPOSALS,
    MEASURE_KINDS,
    MEASURE_STEPS,
    PENALTY_KINDS,
    PENALTY_STEPS,
    penalty_label,
)
from schemas.state.case import Penalty
from schemas.state.penalty import Measure, PenaltyFacts
from schemas.values.penalty_terms import PenaltyKind
from schemas.values.terms import PenaltyStep


def lines(penalty: Penalty, rules: Rules | None, now: datetime, lang: Lang) -> Iterator[tuple[str, str]]:
    """Label and content of each line. What late payment costs by now is said with the rules alone."""
    steps = " → ".join(PENALTY_STEPS[step][lang] for step in penalty.steps)
    yield penalty_label("penalty", lang), steps
    noticed, decided = facts_of(penalty, PenaltyStep.NOTICED), decision_of(penalty)
    for name, facts in (("noticed", noticed), ("decided", decided)):
        if kinds_of(facts):
            yield penalty_label(name, lang), _laid_on(facts, lang)
    hearing = facts_of(penalty, PenaltyStep.HEARING_NOTIFIED)
    if hearing.hearing_at is not None:
        yield penalty_label("hearing", lang), f"{moment(hearing.hearing_at)} · {hearing.hearing_place}"
    late = late_payment(rules, penalty, now) if rules else None
    if late is not None:
        yuan = f"{late.surcharge_fen / 100:.2f}"
        yield penalty_label("late_payment", lang), penalty_label("grown", lang, days=late.days, yuan=yuan)
    for measure in penalty.measures:
        yield penalty_label("measure", lang), _measure(measure, lang)


def _laid_on(facts: PenaltyFacts, lang: Lang) -> str:
    said = []
    for kind in PenaltyKind:  # in the law's order
        if kind in kinds_of(facts):
            amount = penalty_label("yuan", lang, yuan=facts.fine_yuan) if kind is PenaltyKind.FINE else ""
            said.append(f"{PENALTY_KINDS[kind][lang]} {amount}".rstrip())
    if facts.confiscated_yuan is not None:
        said.append(penalty_label("worth", lang, yuan=facts.confiscated_yuan))
    return " · ".join(said)


def _measure(measure: Measure, lang: Lang) -> str:
    steps = []
    for one in measure.records:
        said = [MEASURE_STEPS[one.step][lang], moment(one.at)]
        facts = one.facts
        if facts is not None:
            said += [limit(facts.more, lang)] if facts.more else []
            said += [penalty_label("until", lang, at=moment(facts.until))] if facts.until else []
            said += [penalty_label("approved_by", lang, by=facts.approved_by)] if facts.approved_by else []
            said += [DISPOSALS[facts.disposal][lang]] if facts.disposal else []
        steps.append(" ".join(said))
    return f"{MEASURE_KINDS[measure.kind][lang]} · {' → '.join(steps)}"
