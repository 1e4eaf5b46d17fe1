"""The guards of the measures beside the penalty procedure (查封、扣押、先行登记保存): one function per guard, with its article."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.clocks.running_clocks import clock_of
from pipeline.core.penalty.guard_context import GuardCheck, GuardContext, Missing
from pipeline.core.rules.identity import persons
from pipeline.core.rules.law import LegalLimit
from pipeline.core.rules.law_in_time import holding
from pipeline.core.rules.penalty_records import is_revoked, measure_of, open_measures
from pipeline.core.worktime.office_hours import day_of
from pipeline.core.worktime.policy import Span, span_of, text_of
from schemas.inputs.action import TakeMeasure
from schemas.values.penalty_terms import MeasureKind
from schemas.values.penalty_terms import MeasureStep as Step
from schemas.values.terms import ClockKind, PenaltyStep


def _power(context: GuardContext) -> Missing | None:
    """The law of the day on which it is taken; the refusal names the matters for which it may be."""
    # 行政强制法 16; preservation, of every matter, 行政处罚法 56
    _, kind = _limit(context)
    if kind in context.parameters.measures_of_all:
        return None
    day = day_of(context.done_at)
    given = [
        code
        for code, matter in sorted(context.rules.matters.items())
        if any(kind in power.kinds for power in holding(matter.measures, day))
    ]
    if context.matter.code in given:
        return None
    return Missing("measure_kind", f"{kind.value} only for {', '.join(given)}")


def _form(context: GuardContext) -> Missing | None:
    # 行政强制法 18; preservation 行政处罚法 42, 55
    officers, officers_min = len(persons(context.facts.officers)), context.parameters.measure_officers_min
    if officers < officers_min:
        return Missing("facts.officers", f"{officers_min} or more certificate numbers, not {officers}")
    if context.facts.identity_shown:
        return None
    return Missing("facts.identity_shown", "true: certificates are shown first")


def _approved(context: GuardContext) -> Missing | None:
    # 行政强制法 18, extension 25; preservation 行政处罚法 56
    if context.has_head(context.facts.officers):
        return None
    return Missing("facts.approved_by", "a head of the organ, none of who carries it out")


def _extended(context: GuardContext) -> Missing | None:
    # 行政强制法 25
    limit, kind = _limit(context)
    if limit is None or limit.extension is None:
        return Missing("step", f"{kind.value} is not extended: decide on the things")
    latest = measure_of(context.case.penalty, kind)
    if latest and any(record.step is Step.EXTENDED for record in latest.records):
        return Missing("step", "extended once already: decide on the things")
    clock = clock_of(context.case, ClockKind.LEGAL, kind.value)
    if clock is None or context.at >= clock.due_at:
        return Missing("step", "extended before its time is over, or not at all: decide on the things")
    if not context.facts.more or not _is_within(span_of(context.facts.more), limit.extension):
        return Missing("facts.more", f"at most {text_of(limit.extension)}")
    return _notified(context)


def _is_within(extension: Span, longest: Span) -> bool:
    """Whether it counts in the same unit and is no longer; its end is not compared, since a holiday may move that."""
    same_unit = {unit for _, unit in extension} == {unit for _, unit in longest}
    return same_unit and sum(value for value, _ in extension) <= sum(value for value, _ in longest)


def _tested(context: GuardContext) -> Missing | None:
    # 行政强制法 25
    limit, kind = _limit(context)
    if limit is None or not limit.testing:
        return Missing("step", f"{kind.value} does not stand for testing: decide on the things")
    if context.facts.until is None or context.facts.until <= context.at:
        return Missing("facts.until", "when testing ends, after now")
    return _notified(context)


def _notified(context: GuardContext) -> Missing | None:
    notified = context.facts.told_in_writing
    return None if notified else Missing("facts.told_in_writing", "true: the party is told in writing")


def _disposed(context: GuardContext) -> Missing | None:
    # 行政强制法 27; preservation 行政处罚法 56
    disposal = context.facts.disposal
    if disposal is None:
        return Missing("facts.disposal", "what becomes of the things")
    is_decided = context.record(PenaltyStep.DECIDED) and not is_revoked(context.case.penalty)
    if disposal in context.parameters.on_decision and not is_decided:
        return Missing("facts.disposal", f"no {disposal} before it is decided")
    return None


def _none_open(context: GuardContext) -> Missing | None:
    # 行政强制法 27
    kinds = open_measures(context.case.penalty)
    return Missing("step", f"decide on the things first: {', '.join(kinds)}") if kinds else None


def _limit(context: GuardContext) -> tuple[LegalLimit | None, MeasureKind]:
    if not isinstance(context.action, TakeMeasure):
        raise TypeError(f"no measure: {context.step}")
    kind = context.action.measure_kind
    return next((limit for limit in context.rules.legal if limit.begins is kind), None), kind


CHECKS: Final[Mapping[str, GuardCheck]] = {
    "MEASURE_WITHOUT_POWER": GuardCheck(frozenset({Step.BEGUN}), _power),
    "MEASURE_OUT_OF_FORM": GuardCheck(frozenset({Step.BEGUN}), _form),
    "MEASURE_NOT_APPROVED": GuardCheck(frozenset({Step.BEGUN, Step.EXTENDED}), _approved),
    "MEASURE_EXTENDED_TOO_FAR": GuardCheck(frozenset({Step.EXTENDED}), _extended),
    "TESTING_NOT_STATED": GuardCheck(frozenset({Step.TESTING}), _tested),
    "THINGS_NOT_DECIDED_ON": GuardCheck(frozenset({Step.ENDED}), _disposed),
    "ARCHIVED_WITH_OPEN_MEASURE": GuardCheck(frozenset({PenaltyStep.ARCHIVED}), _none_open),
}
"""By the guard's id; part of `guards.CHECKS`."""
