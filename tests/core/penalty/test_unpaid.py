"""What becomes of a fine that is not paid at once: what the party lives through, told until the file is closed."""

from datetime import date, timedelta

import pytest

from pipeline.core.penalty.late_fee import LateFee, last_day_to_pay, late_payment
from tests.core.clocks.test_clock import at, until
from tests.core.proceedings import SERVED, on_site, take, taken, with_parameters
from tests.core.story import RULES, Story


def fined(text: str = "11-24 09:00") -> Story:
    """Five hundred yuan, served on that day."""
    return taken(on_site(text), SERVED)


def legal(story: Story) -> set[str]:
    """The limits of the law that run."""
    return {str(c.name) for c in story.case.clocks if c.kind.value == "legal" and c.stopped_at is None}


def takes(story: Story, steps: str) -> Story:
    """These steps now, all accepted."""
    for step in steps.split():
        assert take(story, step) == "accepted", (step, story.last.receipts[0])
    return story


def allowed(story: Story) -> str:
    """What the last refusal says would have been accepted."""
    return str(story.last.receipts[0].allowed)


def test_who_pays_in_time_is_left_alone():
    """Nothing is demanded, nothing runs on, nothing is added."""
    story = taken(until(fined(), "12-08 10:00"), "paid")
    assert legal(story) == set()
    assert late_payment(RULES, story.case.penalty, at("12-31 09:00")) is None
    taken(story, "archived")


def test_who_never_pays_meets_the_court_within_its_three_months():
    """The time to pay, the demand, half a year in which to go to court: then the court is applied to, grants it, and it is enforced."""
    story = fined()
    assert take(story, "demanded") == "enforced_before_term"
    assert allowed(story) == "after 2026-12-09, the last day to pay"
    taken(story, "demanded")
    assert legal(story) == {"court", "demand", "reconsideration", "suit"}
    until(story, "2027-02-01 10:00")
    assert ("window_lapsed", None, "city-appearance") in story.notified("legal")
    assert take(story, "court_applied") == "court_before_appeal_window"
    assert allowed(story) == "from 2027-05-25 on, when the time to contest the decision has lapsed unused"
    until(story, "2027-05-25 10:00")
    takes(story, "court_applied")
    assert legal(story) == set()
    taken(story, "court_granted enforced archived")


def test_no_street_enforces_a_fine_by_itself():
    """However long ago it was due: the way is the court's, and the refusal says from which day."""
    story = until(fined(), "12-31 10:00")
    assert take(story, "enforced") == "enforced_without_power"
    assert allowed(story) == "court_applied from 2027-05-25 on: a court enforces the fine, not the street"


def test_an_organ_with_the_power_hears_decides_and_enforces():
    """The demand has its term, the party is heard, the decision is written, and nothing happens at night."""
    story = taken(on_site(rules=with_parameters(own_power=True)), f"{SERVED} demanded coercion_heard")
    assert take(story, "coercion_decided") == "enforced_without_demand"
    assert allowed(story) == "after 2026-12-21, as demanded"
    until(story, "12-22 10:00")
    assert take(story, "enforced") == "enforced_without_power"
    takes(story, "coercion_decided")
    until(story, "2027-01-12 23:00")
    assert take(story, "enforced") == "coercion_at_night_or_holiday"
    until(story, "2027-01-13 10:00")
    taken(story, "enforced archived")


def test_the_three_months_of_the_court_are_called_out_before_they_are_lost():
    """Warned of at four fifths; after the last day the court is shut, and a head of the organ may give the money up."""
    story = taken(fined(), "demanded")
    until(story, "2027-08-24 10:00")
    assert ("warning", 1, "city-appearance") in story.notified("legal")
    until(story, "2027-08-25 10:00")
    assert ("breach", 2, "city-appearance") in story.notified("legal")
    assert take(story, "court_applied") == "court_time_lost"
    assert take(story, "archived", {"approved_by": None}) == "archived_with_open_fine"
    assert allowed(story).startswith("a head of the organ, who gives up 500 yuan")
    taken(story, [("archived", {"approved_by": "L09"})])


def test_what_the_court_refuses_may_be_granted_by_the_one_above_it():
    """Or the organ gives it up."""
    court = taken(fined(), "demanded court_applied court_refused")
    assert take(court, "archived", {"approved_by": None}) == "archived_with_open_fine"
    taken(court, "court_granted enforced archived")
    given_up = taken(fined(), "demanded court_applied court_refused")
    taken(given_up, [("archived", {"approved_by": "L09"})])


@pytest.mark.parametrize(
    "steps", ["", "demanded", "payment_deferred", "demanded court_applied court_granted"]
)
def test_paying_closes_every_way_at_any_time(steps):
    """Also when the court has granted it."""
    story = taken(fined(), steps)
    taken(story, "paid")
    assert legal(story) == set()
    taken(story, "archived")


# contested


def test_a_reconsideration_shuts_the_court_and_stops_the_surcharge():
    """It does not stop the demand; when it is over, fifteen days to go to court remain, then the three months begin."""
    story = taken(until(fined(), "12-15 09:00"), "reconsideration_filed")
    takes(story, "demanded")
    until(story, "2027-01-14 09:00")
    assert late_payment(RULES, story.case.penalty, story.now) == LateFee(36, 500 * 3 * 5, 31)
    assert take(story, "court_applied") == "court_before_appeal_window"
    assert allowed(story) == "reconsideration_ended first: the decision is contested"
    taken(story, "reconsideration_ended")
    assert legal(story) == {"court_after_reconsideration", "suit_after_reconsideration"}, (
        "the demand has lapsed"
    )
    assert take(story, "court_applied") == "court_before_appeal_window"
    assert allowed(story).startswith("from 2027-01-30 on")
    until(story, "2027-02-03 09:00")
    assert late_payment(RULES, story.case.penalty, story.now) == LateFee(56, 500 * 3 * 25, 31)
    takes(story, "court_applied")


def test_a_reconsideration_that_lowers_the_fine_changes_what_is_owed():
    """Served anew, it is to be paid within a new term: from then on it is the smaller fine that grows, and that is open."""
    story = taken(fined(), "reconsideration_filed")
    assert take(story, "reconsideration_ended", {"outcome": "changed"}) == "penalty_fact_missing"
    taken(story, [("reconsideration_ended", {"outcome": "changed", "fine_yuan": 200})])
    assert take(story, "demanded") == "penalty_step"
    taken(until(story, "12-01 09:00"), "served")
    assert last_day_to_pay(RULES, story.case.penalty) == date(2026, 12, 16)
    until(story, "12-20 09:00")
    assert late_payment(RULES, story.case.penalty, story.now) == LateFee(4, 200 * 3 * 4)
    assert take(story, "archived") == "archived_with_open_fine"
    assert "200 yuan are open" in allowed(story)


@pytest.mark.parametrize("appeal", ["reconsideration", "suit"])
def test_a_decision_that_is_revoked_leaves_nothing_to_pay(appeal):
    """The file ends; only the archive is left."""
    story = taken(fined(), f"{appeal}_filed")
    taken(story, [(f"{appeal}_ended", {"outcome": "revoked"})])
    assert legal(story) == set()
    until(story, "12-31 09:00")
    assert late_payment(RULES, story.case.penalty, story.now) is None
    assert take(story, "demanded") == "penalty_step"
    taken(story, "archived")


def test_a_suit_that_is_lost_opens_the_court_at_once():
    """For three months."""
    story = taken(fined(), "suit_filed demanded")
    until(story, "2027-03-01 09:00")
    assert legal(story) == set()
    taken(story, "suit_ended")
    assert legal(story) == {"court_after_suit"}
    assert story.clock("legal", "court_after_suit").due_at == at("2027-06-01 17:30")
    takes(story, "court_applied")


def test_a_reconsideration_that_is_withdrawn_leaves_it_as_it_was():
    """The half year to go to court runs on from service."""
    story = taken(fined(), "reconsideration_filed")
    taken(story, [("reconsideration_ended", {"outcome": "withdrawn"})])
    assert {"court", "suit"} <= legal(story)
    taken(story, "demanded")
    assert take(story, "court_applied") == "court_before_appeal_window"
    assert allowed(story).startswith("from 2027-05-25 on")


def test_what_is_contested_is_not_archived_before_that_has_ended():
    """Also when it was paid: it may have to be paid back."""
    story = taken(fined(), "paid reconsideration_filed")
    assert take(story, "archived") == "penalty_step"
    taken(story, "reconsideration_ended archived")


# more time


def test_instalments_that_are_kept():
    """Each has its own last day; what was paid is not open any more, and nothing is late."""
    story = fined()
    plan = [(story.now + timedelta(days=days)).isoformat() for days in (10, 40, 70)]
    taken(story, [("payment_deferred", {"pay_by": plan})])
    for first in ("12-03 10:00", "2027-01-02 10:00"):
        until(story, first)
        taken(story, [("instalment_paid", {"paid_yuan": 200})])
    assert last_day_to_pay(RULES, story.case.penalty) == date(2027, 2, 2)
    assert story.clock("legal", "payment").due_at == at("2027-02-02 17:30")
    until(story, "2027-02-01 10:00")
    assert late_payment(RULES, story.case.penalty, story.now) is None
    taken(story, "paid archived")
    assert not any(kind == "breach" for kind, _, _ in story.notified("legal"))


def test_an_instalment_that_is_missed():
    """What is left is demanded and grows, from the day after the one that was missed."""
    story = fined()
    plan = [(story.now + timedelta(days=days)).isoformat() for days in (20, 50)]
    taken(story, [("payment_deferred", {"pay_by": plan}), ("instalment_paid", {"paid_yuan": 300})])
    until(story, "2027-01-13 10:00")
    assert take(story, "demanded") == "enforced_before_term"
    until(story, "2027-01-15 10:00")
    assert ("breach", 2, "city-appearance") in story.notified("legal")
    assert late_payment(RULES, story.case.penalty, story.now) == LateFee(2, 200 * 3 * 2)
    assert take(story, "demanded") == "accepted"
    assert take(story, "archived") == "archived_with_open_fine"
    assert "200 yuan are open" in allowed(story)


def test_national_day_and_a_year_boundary_move_the_partys_last_day():
    """Fifteen days from the seventeenth of September end in the holiday; ten workdays from the end of December, in January."""
    story = fined("09-17 10:00")
    assert story.clock("legal", "payment").due_at == at("10-08 17:30")
    assert late_payment(RULES, story.case.penalty, at("10-08 20:00")) is None
    until(story, "10-08 20:00")
    assert take(story, "demanded") == "enforced_before_term"
    story = fined("2025-12-01 10:00")
    until(story, "2025-12-29 10:00")
    takes(story, "demanded")
    assert story.clock("legal", "demand").due_at == at("2026-01-13 17:30")
