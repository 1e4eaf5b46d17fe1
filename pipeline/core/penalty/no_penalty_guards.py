"""The guards of the ways out without a penalty (不予处罚, 移送): as in `guards`, one function per guard.

What an investigation or a review finds binds: on some grounds nobody is punished, and what may be a crime is not for the street.
"""

from collections.abc import Mapping
from typing import Final

from pipeline.core.correction_orders import uncorrected
from pipeline.core.penalty.guard_context import GuardCheck, GuardContext, Missing
from pipeline.core.rules.penalty_records import NO_FACTS
from schemas.values.terms import PenaltyStep as Step

_FINDING: Final = (Step.INVESTIGATED, Step.REVIEWED)


def _ground(context: GuardContext) -> Missing | None:
    # 行政处罚法 33
    ground = context.facts.ground
    if ground is None:
        return Missing("facts.ground", "why nobody is punished")
    if ground in context.parameters.corrected and not context.facts.corrected:
        return Missing("facts.corrected", f"true: {ground} asks that it was put right in time")
    if ground in context.parameters.first_time and not context.facts.first_time:
        return Missing("facts.first_time", "true: the records show no breach before")
    if context.facts.corrected and uncorrected(context.case) is not None:
        return Missing("facts.corrected", "as the re-inspection finds: reinspect first")
    harm = context.parameters.harm_of_ground.get(ground)
    if harm is not None and context.latest(lambda facts: facts.harm) not in harm:
        return Missing("facts.harm", f"{' or '.join(sorted(harm))} with {ground}")
    if ground in context.parameters.discretionary and not context.has_head():
        return Missing(
            "facts.approved_by", f"a head of the organ: with {ground} a penalty may be spared, or not"
        )
    if ground in context.parameters.educated and not context.facts.educated:
        return Missing("facts.educated", "true: the party is to be educated")
    return None


def _receiver(context: GuardContext) -> Missing | None:
    # 行政处罚法 27
    return None if context.facts.receiver else Missing("facts.receiver", "the organ that takes it over")


def _no_mandatory_ground(context: GuardContext) -> Missing | None:
    """The newest finding counts: one that names no ground takes an earlier one back."""
    # 行政处罚法 33; also 30, 31, 36
    found = next((record for record in reversed(context.records) if record.step in _FINDING), None)
    ground = (found.facts or NO_FACTS).ground if found else None
    if ground is None or ground not in context.parameters.mandatory:
        return None
    return Missing("step", f"no_penalty: {ground}, as found")


def _crime(context: GuardContext) -> Missing | None:
    # 行政处罚法 27
    if context.step is Step.CRIME_DECIDED:
        has_head = context.has_head(context.facts_of(Step.CRIME_SUSPECTED).officers)
        return None if has_head else Missing("facts.approved_by", "a head of the organ, not who suspects it")
    if not context.record(Step.CRIME_SUSPECTED):
        return None
    decided = context.record(Step.CRIME_DECIDED)
    if decided is None:
        return Missing("step", "crime_decided first")
    return Missing("step", "transferred: it may be a crime") if (decided.facts or NO_FACTS).crime else None


CHECKS: Final[Mapping[str, GuardCheck]] = {
    "PUNISHED_DESPITE_GROUND": GuardCheck(frozenset({Step.NOTICED, Step.DECIDED}), _no_mandatory_ground),
    "CRIME_NOT_DECIDED": GuardCheck(
        frozenset({Step.CRIME_DECIDED, Step.DECIDED, Step.SIMPLE_DECIDED, Step.NO_PENALTY}), _crime
    ),
    "NO_PENALTY_WITHOUT_GROUND": GuardCheck(frozenset({Step.NO_PENALTY}), _ground),
    "TRANSFER_WITHOUT_RECEIVER": GuardCheck(frozenset({Step.TRANSFERRED}), _receiver),
}
"""By the guard's id."""
