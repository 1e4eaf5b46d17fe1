"""The penalty procedure (行政处罚) in `enforcement case`: steps, intended and decided penalty, hearing, late payment, measures."""

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
    """Label and content of each line. The surcharge for late payment (行政处罚法 72) needs `rules`."""
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
    parts = []
    for kind in PenaltyKind:  # in the law's order
        if kind in kinds_of(facts):
            amount = penalty_label("yuan", lang, yuan=facts.fine_yuan) if kind is PenaltyKind.FINE else ""
            parts.append(f"{PENALTY_KINDS[kind][lang]} {amount}".rstrip())
    if facts.confiscated_yuan is not None:
        parts.append(penalty_label("worth", lang, yuan=facts.confiscated_yuan))
    return " · ".join(parts)


def _measure(measure: Measure, lang: Lang) -> str:
    steps = []
    for record in measure.records:
        parts = [MEASURE_STEPS[record.step][lang], moment(record.at)]
        facts = record.facts
        if facts is not None:
            parts += [limit(facts.more, lang)] if facts.more else []
            parts += [penalty_label("until", lang, at=moment(facts.until))] if facts.until else []
            parts += [penalty_label("approved_by", lang, by=facts.approved_by)] if facts.approved_by else []
            parts += [DISPOSALS[facts.disposal][lang]] if facts.disposal else []
        steps.append(" ".join(parts))
    return f"{MEASURE_KINDS[measure.kind][lang]} · {' → '.join(steps)}"
