"""The guards of what comes again: a notice given anew, a file sent back, a decision changed, revoked, made anew: as in `guards`, one
function per guard.

noticed ─► sent_back ─► investigated ─► noticed anew, and heavier if so found
decided ─┬► changed, never for the worse ─► served anew
         └► revoked ─► money given back, withdrawn from public ─► reopened, if so ordered
"""

from collections.abc import Mapping
from typing import Final

from pipeline.core.penalty.guard_context import GuardCheck, GuardContext, Missing
from pipeline.core.rules.penalty_records import (
    NO_FACTS,
    decision_of,
    fine_of,
    is_outdated_in_public,
    is_to_be_remade,
    kinds_of,
    owed_back,
)
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import AppealOutcome
from schemas.values.terms import PenaltyStep as Step

_STANDS: Final = frozenset({AppealOutcome.UPHELD, AppealOutcome.CHANGED})


def _heavier_after_defence(context: GuardContext) -> Missing | None:
    """Something worse has to be found out first: nothing becomes heavier between two notices by itself."""
    # 行政处罚法 45
    steps = [record.step for record in context.history]
    if Step.NOTICED not in steps:
        return None
    number = len(steps) - 1 - steps[::-1].index(Step.NOTICED)
    before = context.history[number].facts or NO_FACTS
    if Step.INVESTIGATED in steps[number:] or not _is_heavier(context, context.facts, before):
        return None
    return Missing("step", "sent_back first, and investigated more: nothing is heavier for a defence")


def _sent_back(context: GuardContext) -> Missing | None:
    # 行政处罚法 58, a head 57
    if context.facts.reviewer or context.has_head():
        return None
    return Missing("facts.reviewer", "who sends it back: the legal reviewer, or facts.approved_by a head")


def _not_for_the_worse(context: GuardContext) -> Missing | None:
    # 行政复议法 63; a court 行政诉讼法 77
    facts, owed = context.facts, fine_of(context.case.penalty)
    is_changed = context.step is Step.CHANGED or facts.outcome is AppealOutcome.CHANGED
    if not is_changed or (facts.contrary_claim and context.step is not Step.CHANGED):
        return None
    if (facts.fine_yuan or 0) > owed:
        return Missing("facts.fine_yuan", f"at most {owed} yuan: nobody is worse off for having contested it")
    if context.step is Step.CHANGED and _is_heavier(context, facts, decision_of(context.case.penalty)):
        return Missing("facts.kinds", "what was decided or less; what is heavier is revoked and reopened")
    return None


def _corrected(context: GuardContext) -> Missing | None:
    # 行政处罚法 75; what a court has upheld is not the organ's to change
    if context.facts_of(Step.SUIT_ENDED).outcome in _STANDS:
        return Missing("step", "none: a court has judged the decision")
    if context.step is Step.CHANGED and not kinds_of(context.facts):
        return Missing("facts.kinds", "what is laid on the party now; nothing at all: revoked")
    return None


def _reopened(context: GuardContext) -> Missing | None:
    # 行政复议法 64; a court 行政诉讼法 70, 71
    penalty = context.case.penalty
    if not is_to_be_remade(penalty):
        return Missing("step", "archived: nobody has ordered that it is decided anew (facts.remake)")
    if is_outdated_in_public(penalty):
        return Missing("step", "unpublished first: the decision stands no longer")
    return _given_back(context)


def _refund(context: GuardContext) -> Missing | None:
    # 国家赔偿法 36
    owed = owed_back(context.case.penalty)
    if context.facts.refunded_yuan == owed:
        return None
    return Missing("facts.refunded_yuan", f"{owed} yuan, all of it")


def _given_back(context: GuardContext) -> Missing | None:
    # 国家赔偿法 36
    owed = owed_back(context.case.penalty)
    return Missing("step", f"refunded first: {owed} yuan are the party's") if owed else None


def _is_heavier(context: GuardContext, now: PenaltyFacts, before: PenaltyFacts) -> bool:
    return (
        (now.fine_yuan or 0) > (before.fine_yuan or 0)
        or (now.confiscated_yuan or 0) > (before.confiscated_yuan or 0)
        or bool(kinds_of(now) - kinds_of(before) - context.parameters.lighter)
    )


CHECKS: Final[Mapping[str, GuardCheck]] = {
    "HEAVIER_FOR_DEFENDING": GuardCheck(frozenset({Step.NOTICED}), _heavier_after_defence),
    "SENT_BACK_BY_NOBODY": GuardCheck(frozenset({Step.SENT_BACK}), _sent_back),
    "WORSE_FOR_CONTESTING": GuardCheck(
        frozenset({Step.CHANGED, Step.RECONSIDERATION_ENDED, Step.SUIT_ENDED}), _not_for_the_worse
    ),
    "CHANGED_AGAINST_JUDGMENT": GuardCheck(frozenset({Step.CHANGED, Step.REVOKED}), _corrected),
    "REOPENED_WITHOUT_ORDER": GuardCheck(frozenset({Step.REOPENED}), _reopened),
    "REFUND_NOT_OWED": GuardCheck(frozenset({Step.REFUNDED}), _refund),
    "ARCHIVED_WITH_MONEY_OWED": GuardCheck(frozenset({Step.ARCHIVED}), _given_back),
}
"""By the guard's id; part of `guards.CHECKS`."""
