"""What a fine that is not paid in time has grown by (加处罚款). It is told; nothing is decided by it."""

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
    """How many days a fine is late, or was when it was paid, and what that adds to it, in fen (hundredths of a yuan)."""

    days: int
    surcharge_fen: int


def surcharge_fen(fine_yuan: int, days: int, terms: Surcharge) -> int:
    """So many percent of the fine for each day, and never more than the most there may be; a percent of a yuan is a fen."""
    return fine_yuan * min(days * terms.percent_a_day, terms.percent_max)


def late_payment(rules: Rules, penalty: Penalty | None, now: datetime) -> LateFee | None:
    """None where nothing is, or was, late: no fine, not served, paid in time, or still time to pay."""
    terms = rules.procedure.terms
    served, fine = record_of(penalty, PenaltyStep.SERVED), decision_of(penalty).fine_yuan
    if served is None or not fine:
        return None
    over = record_of(penalty, PenaltyStep.PAID) or record_of(penalty, PenaltyStep.ENFORCED)
    last = day_of(clock_arithmetic.after(rules.calendar, served.at, terms.payment_window).at)
    days = (day_of(over.at if over else now) - last).days
    return LateFee(days, surcharge_fen(fine, days, terms.surcharge)) if days > 0 else None
