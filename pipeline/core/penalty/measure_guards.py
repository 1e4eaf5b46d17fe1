"""The guards of the measures beside the penalty procedure (查封、扣押、先行登记保存): of each, what it looks at."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.clocks.running_clocks import clock_of
from pipeline.core.penalty.guard_context import GuardCheck, GuardContext, Missing
from pipeline.core.rules.law import LegalLimit
from pipeline.core.rules.penalty_records import measure_of, open_measures
from pipeline.core.worktime.policy import Span, span_of, text_of
from schemas.inputs.action import TakeMeasure
from schemas.values.penalty_terms import MeasureKind
from schemas.values.penalty_terms import MeasureStep as Step
from schemas.values.terms import ClockKind, PenaltyStep


def _form(asked: GuardContext) -> Missing | None:
    there, wanted = len(set(asked.said.officers)), asked.terms.measure_officers_min
    if there < wanted:
        return Missing("facts.officers", f"{wanted} or more certificate numbers, not {there}")
    return (
        None
        if asked.said.identity_shown
        else Missing("facts.identity_shown", "true: certificates are shown first")
    )


def _approved(asked: GuardContext) -> Missing | None:
    by = asked.said.approved_by
    if by is None or by in (*asked.said.officers, asked.action.actor.id):
        return Missing("facts.approved_by", "a head of the organ, none of who carries it out")
    return None


def _extended(asked: GuardContext) -> Missing | None:
    limit, kind = _limit(asked)
    if limit is None or limit.extension is None:
        return Missing("step", f"{kind.value} is not extended: decide on the things")
    latest = measure_of(asked.case.penalty, kind)
    if latest and any(one.step is Step.EXTENDED for one in latest.records):
        return Missing("step", "extended once already: decide on the things")
    clock = clock_of(asked.case, ClockKind.LEGAL, kind.value)
    if clock is None or asked.at >= clock.due_at:
        return Missing("step", "extended before its time is over, or not at all: decide on the things")
    if not asked.said.more or not _is_within(span_of(asked.said.more), limit.extension):
        return Missing("facts.more", f"at most {text_of(limit.extension)}")
    return _told(asked)


def _is_within(more: Span, most: Span) -> bool:
    """Counted alike and no longer; not by where it ends, which a holiday may move."""
    alike = {unit for _, unit in more} == {unit for _, unit in most}
    return alike and sum(value for value, _ in more) <= sum(value for value, _ in most)


def _tested(asked: GuardContext) -> Missing | None:
    limit, kind = _limit(asked)
    if limit is None or not limit.testing:
        return Missing("step", f"{kind.value} does not stand for testing: decide on the things")
    if asked.said.until is None or asked.said.until <= asked.at:
        return Missing("facts.until", "when testing ends, after now")
    return _told(asked)


def _told(asked: GuardContext) -> Missing | None:
    told = asked.said.told_in_writing
    return None if told else Missing("facts.told_in_writing", "true: the party is told in writing")


def _disposed(asked: GuardContext) -> Missing | None:
    disposal = asked.said.disposal
    if disposal is None:
        return Missing("facts.disposal", "what becomes of the things")
    if disposal in asked.terms.on_decision and asked.record(PenaltyStep.DECIDED) is None:
        return Missing("facts.disposal", f"no {disposal} before it is decided")
    return None


def _none_open(asked: GuardContext) -> Missing | None:
    lasting = open_measures(asked.case.penalty)
    return Missing("step", f"decide on the things first: {', '.join(lasting)}") if lasting else None


def _limit(asked: GuardContext) -> tuple[LegalLimit | None, MeasureKind]:
    if not isinstance(asked.action, TakeMeasure):
        raise TypeError(f"no measure: {asked.step}")
    kind = asked.action.measure_kind
    return next((one for one in asked.rules.legal if one.begins is kind), None), kind


CHECKS: Final[Mapping[str, GuardCheck]] = {
    "MEASURE_OUT_OF_FORM": GuardCheck(frozenset({Step.BEGUN}), _form),
    "MEASURE_NOT_APPROVED": GuardCheck(frozenset({Step.BEGUN, Step.EXTENDED}), _approved),
    "MEASURE_EXTENDED_TOO_FAR": GuardCheck(frozenset({Step.EXTENDED}), _extended),
    "TESTING_NOT_STATED": GuardCheck(frozenset({Step.TESTING}), _tested),
    "THINGS_NOT_DECIDED_ON": GuardCheck(frozenset({Step.ENDED}), _disposed),
    "ARCHIVED_WITH_OPEN_MEASURE": GuardCheck(frozenset({PenaltyStep.ARCHIVED}), _none_open),
}
"""By the guard's id; part of `guards.CHECKS`."""
