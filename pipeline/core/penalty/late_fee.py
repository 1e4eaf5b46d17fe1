"""Until when a fine is to be paid (行政处罚法 66, 67), and the surcharge on one that is paid late (加处罚款, 行政处罚法 72).

The surcharge is shown only; nothing is decided by it.
"""

from datetime import date, datetime
from typing import NamedTuple

from pipeline.core.rules.law import Surcharge
from pipeline.core.rules.penalty_records import (
    facts_of,
    fine_of,
    instalments_of_plan,
    paid_in_instalments,
    pay_by,
    record_of,
    times_contested,
)
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import day_of
from pipeline.core.worktime.policy import Limit, LimitUnit, Span
from schemas.inputs.action import Penalise
from schemas.state.case import Clock, Penalty
from schemas.values.terms import PenaltyStep


class LateFee(NamedTuple):
    """By how many days a fine is late, or was when it was paid, and the surcharge in fen (hundredths of a yuan).

    On `stood` of these days it did not grow: there was a reconsideration or a suit.
    """

    days: int
    surcharge_fen: int
    stood: int = 0


def surcharge_fen(fine_yuan: int, days_late: int, rate: Surcharge) -> int:
    """A percentage of the fine for each day late, up to a cap. One percent of a yuan is one fen.

    >>> rate = Surcharge(percent_a_day=3, percent_max=100)
    >>> surcharge_fen(1000, 2, rate)  # 6 % of 1,000 yuan are 60 yuan
    6000
    >>> surcharge_fen(1000, 34, rate)  # capped: never more than the fine itself
    100000
    """
    # 行政处罚法 72: 3 % a day, at most the fine
    return fine_yuan * min(days_late * rate.percent_a_day, rate.percent_max)


def last_day_to_pay(rules: Rules, penalty: Penalty | None) -> date | None:
    """The last day on which the fine, or its next instalment, is paid in time; None before service."""
    served, deferred = record_of(penalty, PenaltyStep.SERVED), pay_by(penalty)
    if served is None:
        return None
    window = rules.procedure.parameters.payment_window
    if deferred is not None:  # 行政处罚法 66: put off, or in instalments
        days = (day_of(deferred) - day_of(served.at)).days
        window = (Limit(days, LimitUnit.CALENDAR_DAYS),)
    return day_of(clock_arithmetic.after(rules.calendar, served.at, window).at)


def deferral(clock: Clock | None, penalty: Penalty | None, action: Penalise, now: datetime) -> Span | None:
    """By how much the time to pay becomes longer with this step: until the first instalment, or the one after that which is paid.

    None where it does not, or is over already: what was late stays late.
    """
    if clock is None or clock.stopped_at is not None or now >= clock.due_at:
        return None
    plan = action.facts.pay_by if action.facts else ()
    number = 0
    if action.step is PenaltyStep.INSTALMENT_PAID:
        plan = facts_of(penalty, PenaltyStep.PAYMENT_DEFERRED).pay_by
        number = instalments_of_plan(penalty) + 1
    if number >= len(plan):
        return None
    days = (day_of(plan[number]) - day_of(clock.due_at)).days
    return (Limit(days, LimitUnit.CALENDAR_DAYS),) if days > 0 else None


def late_payment(rules: Rules, penalty: Penalty | None, now: datetime) -> LateFee | None:
    """How late the fine is at `now`, or was when it was settled; None without a fine, before service, or within the time to pay.

    Of a fine that is paid in instalments, what is left of it grows.
    """
    # 行政处罚法 67: the party pays within 15 days of receipt
    last_day, fine = last_day_to_pay(rules, penalty), fine_of(penalty) - paid_in_instalments(penalty)
    if last_day is None or fine <= 0:
        return None
    settled = record_of(penalty, PenaltyStep.PAID) or record_of(penalty, PenaltyStep.ENFORCED)
    until = day_of(settled.at if settled else now)
    days_late = (until - last_day).days
    if days_late <= 0:
        return None
    stood = _days_contested(penalty, last_day, until)
    return LateFee(
        days_late, surcharge_fen(fine, days_late - stood, rules.procedure.parameters.surcharge), stood
    )


def _days_contested(penalty: Penalty | None, last_day: date, until: date) -> int:
    """On how many days after `last_day`, `until` the last, there was a reconsideration or a suit; its first and last day count in."""
    # 行政处罚法 73: the surcharge is not counted meanwhile
    days: set[int] = set()
    for begun, ended in times_contested(penalty):
        first = max(day_of(begun).toordinal(), last_day.toordinal() + 1)
        last = min(day_of(ended).toordinal() if ended else until.toordinal(), until.toordinal())
        days.update(range(first, last + 1))
    return len(days)
