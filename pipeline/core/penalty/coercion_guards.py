"""The guards of what follows on a decision that nobody obeys: deferred payment, demand, enforcement, the court; as in `guards`, one
function per guard. A refusal that time will mend names the day.

    time to pay over ─► demanded ─┬─ ten workdays, and the time to contest the decision ─► court_applied, within three months
                                  └─ own power only ─► coercion_decided ─► enforced
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from pipeline.core.clocks import legal_limits
from pipeline.core.penalty.guard_context import GuardCheck, GuardContext, Missing
from pipeline.core.penalty.late_fee import last_day_to_pay
from pipeline.core.rules.law import LegalLimit, appeal_state
from pipeline.core.rules.penalty_records import paid_of, pending_appeals
from pipeline.core.worktime.office_hours import SHANGHAI, day_of
from schemas.values.terms import PenaltyStep as Step

_MINUTES: Final = 60
_DAY: Final = timedelta(days=1)


def _deferred(context: GuardContext) -> Missing | None:
    # 行政处罚法 66
    plan = context.facts.pay_by
    if not context.has_head():
        return Missing("facts.approved_by", "a head of the organ, at the party's request")
    if not plan or plan[0] <= context.at or list(plan) != sorted(set(plan)):
        return Missing(
            "facts.pay_by", "until when it is paid, after now; of instalments each day, one after the other"
        )
    return None


def _term(context: GuardContext) -> Missing | None:
    # 行政强制法 34; the time to pay 行政处罚法 66, 67
    last_day = last_day_to_pay(context.rules, context.case.penalty)
    if last_day is None or not context.fine_yuan() or context.record(Step.PAID) or context.is_by_court:
        return None
    if day_of(context.done_at) > last_day:
        return None
    return Missing("acted_at", f"after {last_day}, the last day to pay")


def _demand(context: GuardContext) -> Missing | None:
    # 行政强制法 35
    if context.is_by_court:
        return None
    demanded = context.facts_of(Step.DEMANDED)
    if context.step is Step.DEMANDED:
        until = context.facts.until
        return (
            None
            if until and until > context.at
            else Missing("facts.until", "until when the party is to pay, after now")
        )
    if demanded.until is None:
        return (
            None if context.facts.demanded else Missing("facts.demanded", "true: demanded in writing first")
        )
    last_day = day_of(demanded.until)
    return (
        None if day_of(context.done_at) > last_day else Missing("acted_at", f"after {last_day}, as demanded")
    )


def _own_power(context: GuardContext) -> Missing | None:
    # 行政强制法 13; by a written decision 37
    if context.case.facts.matter in context.parameters.demolition:
        return None  # what is enforced is the order to pull it down, by 城乡规划法 68
    if not context.fine_yuan() or context.record(Step.PAID) or context.is_by_court:
        return None
    if not context.parameters.own_power:
        last_day = last_day_of(context, context.parameters.appeal_windows)
        if last_day is None:
            return Missing("step", "court_applied: a court enforces the fine, not the street")
        return Missing(
            "step", f"court_applied from {last_day + _DAY} on: a court enforces the fine, not the street"
        )
    if context.step is Step.ENFORCED and context.record(Step.COERCION_DECIDED) is None:
        return Missing("step", "coercion_decided first")
    return None


def _quiet_time(context: GuardContext) -> Missing | None:
    # 行政强制法 43
    quiet, local = context.parameters.quiet, context.done_at.astimezone(SHANGHAI)
    day_off = local.date() in quiet.holidays or (quiet.weekends and context.is_weekend(local.date()))
    is_quiet = day_off or quiet.is_night(local.hour * _MINUTES + local.minute)
    if context.facts.emergency or context.is_by_court or not is_quiet:
        return None
    daytime = f"{_clock(quiet.last)}-{_clock(quiet.first)}"
    return Missing("acted_at", f"{daytime} on a day that is not off, or facts.emergency")


def _uncontested(context: GuardContext) -> Missing | None:
    # 行政强制法 53; the time 行政复议法 20, 行政诉讼法 45, 46
    last_day = contestable_until(context)
    if not isinstance(last_day, date):
        return last_day
    return Missing(
        "acted_at", f"from {last_day + _DAY} on, when the time to contest the decision has lapsed unused"
    )


def _demand_lapsed(context: GuardContext) -> Missing | None:
    # 行政强制法 54; workdays 69
    demanded = context.record(Step.DEMANDED)
    if demanded is None:
        return Missing("step", "demanded first")
    last_day = context.last_day(demanded.at, context.parameters.court_demand)
    if day_of(context.done_at) > last_day:
        return None
    return Missing("acted_at", f"from {last_day + _DAY} on, when the demand has lapsed unheeded")


def _court_in_time(context: GuardContext) -> Missing | None:
    # 行政强制法 53
    last_day = last_day_of(context, context.parameters.court_limits)
    if last_day is None or day_of(context.done_at) <= last_day:
        return None
    return Missing("acted_at", f"until {last_day}; archived, as facts.approved_by decides")


def _settled(context: GuardContext) -> Missing | None:
    # 行政处罚法 66
    settled = context.record(Step.PAID) or context.record(Step.ENFORCED)
    left = context.fine_yuan() - paid_of(context.case.penalty)
    if settled or left <= 0 or context.record(Step.SERVED) is None:
        return None
    last_day = last_day_of(context, context.parameters.court_limits)
    is_lost = context.record(Step.COURT_REFUSED) or (last_day is not None and day_of(context.at) > last_day)
    if not is_lost:
        return Missing("step", f"paid or enforced first: {left} yuan are open")
    if context.has_head():
        return None
    return Missing("facts.approved_by", f"a head of the organ, who gives up {left} yuan")


def contestable_until(context: GuardContext) -> Missing | date | None:
    """What is pending against the decision; else the last day on which it can be contested, None where that is past or unknown."""
    pending = pending_appeals(context.case.penalty)
    if pending:
        return Missing("step", f"{pending[0].value} first: the decision is contested")
    last_day = last_day_of(context, context.parameters.appeal_windows)
    return last_day if last_day is not None and day_of(context.done_at) <= last_day else None


def last_day_of(context: GuardContext, names: Iterable[str]) -> date | None:
    """The last day of those of the limits that apply, by how far the decision was contested; None where none does."""
    days = []
    for limit in context.rules.legal:
        begun = context.record(limit.begins) if isinstance(limit.begins, Step) else None
        if limit.name in names and begun and _applies(context, limit):
            days.append(day_of(legal_limits.end_of(context.rules, limit, begun.at)))
    return max(days, default=None)


def _applies(context: GuardContext, limit: LegalLimit) -> bool:
    return limit.where is appeal_state(context.case.penalty)


def _clock(minute: int) -> str:
    return f"{minute // _MINUTES:02}:{minute % _MINUTES:02}"


CHECKS: Final[Mapping[str, GuardCheck]] = {
    "PAYMENT_DEFERRED_OUT_OF_FORM": GuardCheck(frozenset({Step.PAYMENT_DEFERRED}), _deferred),
    "ENFORCED_BEFORE_TERM": GuardCheck(frozenset({Step.DEMANDED, Step.ENFORCED}), _term),
    "ENFORCED_WITHOUT_DEMAND": GuardCheck(
        frozenset({Step.DEMANDED, Step.COERCION_DECIDED, Step.ENFORCED}), _demand
    ),
    "ENFORCED_WITHOUT_POWER": GuardCheck(frozenset({Step.COERCION_DECIDED, Step.ENFORCED}), _own_power),
    "COERCION_AT_NIGHT_OR_HOLIDAY": GuardCheck(frozenset({Step.ENFORCED}), _quiet_time),
    "COURT_BEFORE_APPEAL_WINDOW": GuardCheck(frozenset({Step.COURT_APPLIED}), _uncontested),
    "COURT_WITHOUT_DEMAND": GuardCheck(frozenset({Step.COURT_APPLIED}), _demand_lapsed),
    "COURT_TIME_LOST": GuardCheck(frozenset({Step.COURT_APPLIED}), _court_in_time),
    "ARCHIVED_WITH_OPEN_FINE": GuardCheck(frozenset({Step.ARCHIVED}), _settled),
}
"""By the guard's id; part of `guards.CHECKS`."""
