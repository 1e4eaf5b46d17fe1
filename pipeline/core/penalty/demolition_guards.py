"""The guards of a building that is pulled down by force (强制拆除): as in `guards`, one function per guard.

served ─► announced, with a term ─► the term and the time to contest the order over, nothing pending ─► ordered, and enforced
       └► pulled down by the party itself: looked at again, and archived
an order to correct of the service case (责令限期改正) that is disobeyed ─► enforced, obeyed as a re-inspection says, or released, and archived
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from pipeline.core.correction_orders import uncorrected
from pipeline.core.penalty.coercion_guards import contestable_until
from pipeline.core.penalty.guard_context import GuardCheck, GuardContext, Missing
from pipeline.core.rules.penalty_records import is_revoked
from pipeline.core.worktime.office_hours import day_of
from schemas.values.penalty_terms import CorrectionState
from schemas.values.terms import PenaltyStep as Step


def _ordered(context: GuardContext) -> Missing | None:
    # 城乡规划法 68
    if not _is_demolition(context) or context.facts.ordered_by:
        return None
    return Missing("facts.ordered_by", "the government of the county or district that ordered it")


def _announced(context: GuardContext) -> Missing | None:
    # 行政强制法 44
    if context.step is Step.ANNOUNCED:
        until = context.facts.until
        if until and until > context.at:
            return None
        return Missing("facts.until", "until when the party is to pull it down itself, after now")
    if not _is_demolition(context):
        return None
    until = context.facts_of(Step.ANNOUNCED).until
    if until is None:
        return Missing("step", "announced first")
    if day_of(context.done_at) > day_of(until):
        return None
    return Missing("acted_at", f"after {day_of(until)}, as announced")


def _uncontested(context: GuardContext) -> Missing | None:
    # 行政强制法 44
    if not _is_demolition(context):
        return None
    last_day = contestable_until(context)
    if not isinstance(last_day, date):
        return last_day
    return Missing("acted_at", f"after {last_day}, when no appeal is possible")


def _obeyed(context: GuardContext) -> Missing | None:
    # 行政处罚法 28, 66
    enforced = context.record(Step.ENFORCED) is not None
    order, goes_on = uncorrected(context.case), enforced or context.record(Step.TRANSFERRED) is not None
    if order is not None and not (goes_on and order.state is CorrectionState.DISOBEYED):
        return Missing("step", f"reinspect first: {order.paper}; enforced, or release_correction by a head")
    is_ordered = _is_demolition(context) and context.record(Step.DECIDED) is not None
    if enforced or not is_ordered or is_revoked(context.case.penalty):
        return None
    if context.facts.corrected:
        return None
    return Missing("facts.corrected", "true: looked at again, and it is gone; or enforced first")


def _is_demolition(context: GuardContext) -> bool:
    return context.case.facts.matter in context.parameters.demolition


CHECKS: Final[Mapping[str, GuardCheck]] = {
    "DEMOLITION_NOT_ORDERED": GuardCheck(frozenset({Step.ENFORCED}), _ordered),
    "DEMOLISHED_UNANNOUNCED": GuardCheck(frozenset({Step.ANNOUNCED, Step.ENFORCED}), _announced),
    "DEMOLISH_BEFORE_APPEAL_WINDOW": GuardCheck(frozenset({Step.ENFORCED}), _uncontested),
    "ARCHIVED_WITH_OPEN_ORDER": GuardCheck(frozenset({Step.ARCHIVED}), _obeyed),
}
"""By the guard's id; part of `guards.CHECKS`."""
