"""What a fine grows by when it is paid late (加处罚款): three percent a day, never more than the fine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.penalty.late_fee import LateFee, late_payment, surcharge_fen
from pipeline.core.rules.law import Surcharge
from tests.core.clocks.test_clock import at, until
from tests.core.proceedings import ORDER, SERVED, on_site, taken
from tests.core.story import RULES

LAW = Surcharge(3, 100)


@pytest.mark.parametrize(
    ("fine", "days", "fen"),
    [(500, 1, 1_500), (500, 33, 49_500), (500, 34, 50_000), (500, 3_650, 50_000), (1, 1, 3), (0, 9, 0)],
)
def test_what_a_late_fine_grows_by(fine, days, fen):
    """On the thirty-fourth day it has doubled, and there it stays."""
    assert surcharge_fen(fine, days, LAW) == fen


@given(st.integers(0, 10**8), st.integers(0, 10**4))
def test_it_grows_day_by_day_and_never_over_the_fine(fine, days):
    """Whatever the fine and however late."""
    today, tomorrow = surcharge_fen(fine, days, LAW), surcharge_fen(fine, days + 1, LAW)
    assert today <= tomorrow <= fine * 100
    assert tomorrow - today <= fine * 3


@pytest.mark.parametrize(
    ("steps", "now", "late"),
    [
        ("filed", "12-31 09:00", None),
        (SERVED, "12-09 23:59", None),
        (SERVED, "12-10 00:01", LateFee(1, 1_500)),
        (SERVED, "12-19 09:00", LateFee(10, 15_000)),
        (f"{SERVED} paid", "12-31 09:00", None),
        (ORDER, "12-31 09:00", None),
    ],
)
def test_how_late_a_payment_is(steps, now, late):
    """From the day after the last day to pay; nothing is late that was paid in time, or that has no fine."""
    story = taken(on_site("11-24 09:00"), steps)
    assert late_payment(RULES, story.case.penalty, at(now)) == late


def test_what_was_paid_late_grows_no_more():
    """The day it was paid is the last one that counts."""
    story = taken(on_site("11-24 09:00"), SERVED)
    until(story, "12-12 10:00")
    taken(story, "paid")
    assert late_payment(RULES, story.case.penalty, at("12-31 09:00")) == LateFee(3, 4_500)
