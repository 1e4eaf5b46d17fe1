"""The surcharge on a fine that is paid late (加处罚款, 行政处罚法 72). It is shown only; nothing is decided by it."""

from datetime import datetime
from typing import NamedTuple

from pipeline.core.rules.law import Surcharge
from pipeline.core.rules.penalty_records import decision_of, record_of
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import day_of
from schemas.state.case import Penalty
from schemas.values.terms import PenaltyStep


class LateFee(NamedTuple):
    """By how many days a fine is late, or was when it was paid, and the surcharge in fen (hundredths of a yuan)."""

    days: int
    surcharge_fen: int


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


def late_payment(rules: Rules, penalty: Penalty | None, now: datetime) -> LateFee | None:
    """How late the fine is at `now`, or was when it was settled; None without a fine, before service, or within the time to pay."""
    parameters = rules.procedure.parameters
    served, fine = record_of(penalty, PenaltyStep.SERVED), decision_of(penalty).fine_yuan
    if served is None or not fine:
        return None
    settled = record_of(penalty, PenaltyStep.PAID) or record_of(penalty, PenaltyStep.ENFORCED)
    # 行政处罚法 67: the party pays within 15 days of receipt
    last_day = day_of(clock_arithmetic.after(rules.calendar, served.at, parameters.payment_window).at)
    days_late = (day_of(settled.at if settled else now) - last_day).days
    if days_late <= 0:
        return None
    return LateFee(days_late, surcharge_fen(fine, days_late, parameters.surcharge))
