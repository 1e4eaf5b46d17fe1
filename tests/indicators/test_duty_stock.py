"""People, devices and certificates as the metrics count them."""

from datetime import timedelta

from pipeline.indicators.duty_stock import DutyReading
from pipeline.indicators.stock import Stock
from tests.core.duty.duty_story import KNOWN_PEOPLE, DutyStory
from tests.core.story import STREET


def test_people_devices_and_certificates_of_a_listed_street_are_counted_as_they_are_now():
    """By team and state; who is on leave is not there, and a certificate that is taken away is told of."""
    story = DutyStory()
    stock = Stock(KNOWN_PEOPLE, story.now, [STREET])

    def told() -> DutyReading:
        for outcome in story.outcomes:
            if outcome.duty is not None:
                stock.duty.note(outcome.duty)
        return stock.read(story.now).duty

    before = told()
    assert before.on_duty == {(STREET, "area-east"): 2, (STREET, "city-appearance"): 1}
    assert before.devices == {(STREET, "camera", "in"): 3, (STREET, "vehicle", "in"): 1}
    assert before.ending == {(STREET, "area-east"): 1}
    later = (story.now + timedelta(hours=9)).isoformat()
    story.on_duty(
        "take_leave", officer="XH-001", begins=story.now.isoformat(), ends=later, reason="sick", note="发热"
    )
    story.on_duty("hand_out", device="CAM-01", officer="XH-002")
    story.on_duty("withdraw_certificate", number="140100005", note="停职")
    after = told()
    assert after.on_duty == {(STREET, "area-east"): 1, (STREET, "city-appearance"): 1}
    assert after.devices[STREET, "camera", "out"] == 1
    assert after.ending == {(STREET, "area-east"): 1, (STREET, "city-appearance"): 1}
