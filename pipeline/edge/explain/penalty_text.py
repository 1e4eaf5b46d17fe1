"""The penalty procedure (行政处罚) in `enforcement case`: steps, intended and decided penalty, hearing, late payment, measures."""

from collections.abc import Iterator
from datetime import datetime

from pipeline.core.penalty.late_fee import late_payment
from pipeline.core.rules.law_in_time import bases
from pipeline.core.rules.penalty_records import (
    APPEALS,
    decision_of,
    facts_of,
    fine_of,
    holds,
    kinds_of,
    owed_back,
    paid_in_instalments,
    pay_by,
    record_of,
)
from pipeline.core.rules.rules import Rules
from pipeline.words.field_words import Lang, limit, moment
from pipeline.words.penalty_words import (
    APPEAL_OUTCOMES,
    DISPOSALS,
    GRAVITIES,
    MEASURE_KINDS,
    MEASURE_STEPS,
    MITIGATIONS,
    PENALTY_KINDS,
    PENALTY_STEPS,
    penalty_label,
)
from schemas.state.case import Case, Penalty
from schemas.state.penalty import Measure, PenaltyFacts
from schemas.values.penalty_terms import AppealOutcome, PenaltyKind
from schemas.values.terms import PenaltyStep


def lines(
    case: Case, penalty: Penalty, rules: Rules | None, now: datetime, lang: Lang
) -> Iterator[tuple[str, str]]:
    """Label and content of each line. The bases (行政处罚法 37) and the surcharge for late payment (72) need `rules`."""
    steps = " → ".join(
        PENALTY_STEPS[step][lang]
        if still
        else penalty_label("no_longer", lang, step=PENALTY_STEPS[step][lang])
        for step, still in zip(penalty.steps, holds(penalty), strict=True)
    )
    yield penalty_label("penalty", lang), steps
    laws = bases(rules.matter_of(case.facts.matter).legal_basis, case, now) if rules else ()
    if laws:
        yield penalty_label("basis", lang), ("；" if lang is Lang.ZH else "; ").join(laws)
    noticed, decided = facts_of(penalty, PenaltyStep.NOTICED), decision_of(penalty)
    for name, facts in (("noticed", noticed), ("decided", decided)):
        if kinds_of(facts):
            yield penalty_label(name, lang), _laid_on(facts, lang)
    hearing = facts_of(penalty, PenaltyStep.HEARING_NOTIFIED)
    if hearing.hearing_at is not None:
        yield penalty_label("hearing", lang), f"{moment(hearing.hearing_at)} · {hearing.hearing_place}"
    yield from _paying(penalty, rules, now, lang)
    for measure in penalty.measures:
        yield penalty_label("measure", lang), _measure(measure, lang)


def _paying(penalty: Penalty, rules: Rules | None, now: datetime, lang: Lang) -> Iterator[tuple[str, str]]:
    """How far the decision was contested, what was deferred, and what paying late costs."""
    for begin, end in APPEALS.items():
        if not record_of(penalty, begin):
            continue
        outcome = facts_of(penalty, end).outcome
        parts = [
            PENALTY_STEPS[begin][lang],
            APPEAL_OUTCOMES[outcome][lang] if outcome else penalty_label("pending", lang),
        ]
        if outcome in (AppealOutcome.CHANGED, AppealOutcome.REVOKED):
            parts.append(penalty_label("owed", lang, yuan=fine_of(penalty)))
        yield penalty_label("contested", lang), " · ".join(parts)
    corrected = [step for step in (PenaltyStep.CHANGED, PenaltyStep.REVOKED) if record_of(penalty, step)]
    if corrected:
        owed = penalty_label("owed", lang, yuan=fine_of(penalty))
        yield penalty_label("corrected", lang), f"{PENALTY_STEPS[corrected[-1]][lang]} · {owed}"
    if owed_back(penalty):
        yield penalty_label("refund", lang), penalty_label("owed_back", lang, yuan=owed_back(penalty))
    until = pay_by(penalty)
    if until is not None and not record_of(penalty, PenaltyStep.PAID):
        paid = paid_in_instalments(penalty)
        told = penalty_label("next_payment", lang, yuan=paid, at=moment(until))
        yield penalty_label("instalments", lang), told
    late = late_payment(rules, penalty, now) if rules else None
    if late is not None:
        yuan = f"{late.surcharge_fen / 100:.2f}"
        grown = penalty_label("grown", lang, days=late.days, yuan=yuan)
        stood = penalty_label("stood", lang, days=late.stood) if late.stood else ""
        yield penalty_label("late_payment", lang), " · ".join(filter(None, (grown, stood)))


def _laid_on(facts: PenaltyFacts, lang: Lang) -> str:
    parts = []
    for kind in PenaltyKind:  # in the law's order
        if kind in kinds_of(facts):
            amount = penalty_label("yuan", lang, yuan=facts.fine_yuan) if kind is PenaltyKind.FINE else ""
            parts.append(f"{PENALTY_KINDS[kind][lang]} {amount}".rstrip())
    if facts.confiscated_yuan is not None:
        parts.append(penalty_label("worth", lang, yuan=facts.confiscated_yuan))
    if facts.gravity is not None:
        parts.append(penalty_label("gravity", lang, gravity=GRAVITIES[facts.gravity][lang]))
    if facts.mitigation is not None:
        parts.append(penalty_label("mitigated", lang, why=MITIGATIONS[facts.mitigation][lang]))
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
