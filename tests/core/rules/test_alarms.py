"""Alarms: what a camera must be sure of before anybody is sent to look."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pipeline.core.rules.alarms import AlarmLimits, AlarmPolicy, MutedSpot
from schemas.values.terms import Stage
from tests.core.story import RULES, Story

VENDOR = AlarmLimits(confidence_min=0.8, dwell_min_s=180, confirmations=3, within=timedelta(minutes=10))
MUTED = MutedSpot("CAM-2", "any", date(2026, 11, 24), "墙上的画")
GATED = replace(
    RULES,
    policy=replace(RULES.policy, alarms=AlarmPolicy({"stall": VENDOR, "any": AlarmLimits(0.5)}, [MUTED])),
)
CAMERA = {"device": "CAM-1", "algorithm": "stall-2.3", "confidence": 0.9, "dwell_s": 200}


def alarmed(story: Story, **changes: object) -> Story:
    """A camera reports a stall."""
    alarm = {name: value for name, value in (CAMERA | changes).items() if value is not None}
    return story.report(source="monitor", caller=None, alarm=alarm)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"confidence": 0.79}, "alarm_unsure", "alarm.confidence"),
        ({"dwell_s": 179}, "alarm_too_brief", "alarm.dwell_s"),
        ({"device": "CAM-2"}, "alarm_muted", "alarm.device"),
        ({"algorithm": "smoke", "confidence": 0.4}, "alarm_unsure", "alarm.confidence"),
    ],
)
def test_an_alarm_that_is_not_what_its_algorithm_must_be_opens_no_case(
    changes: dict[str, object], code: str, field: str
) -> None:
    """Nobody is sent; the device's system is told which number was too low, and what would have been enough."""
    story = alarmed(Story(GATED), **changes)
    receipt = story.last.receipts[0]
    assert (receipt.code, receipt.field, receipt.outcome.value) == (code, field, "refused")
    assert receipt.allowed
    assert "alarms" in receipt.rule
    assert story.state() == []


@pytest.mark.parametrize(
    "changes", [{}, {"confidence": 0.8, "dwell_s": 180}, {"confidence": None, "dwell_s": None}]
)
def test_an_alarm_that_is_enough_is_looked_at_before_it_is_filed(changes: dict[str, object]) -> None:
    """A device that says neither is not held to it: somebody looks anyway."""
    assert alarmed(Story(GATED), **changes).case.stage is Stage.VERIFYING_BEFORE_FILING


def test_a_muted_spot_speaks_again_the_day_after() -> None:
    """The last muted day is the street's own calendar's."""
    story = Story(GATED)
    assert alarmed(story, device="CAM-2").answer == "alarm_muted"
    story.wait(hours=15)  # midnight in the street
    assert alarmed(story, device="CAM-2").answer == "accepted"


def test_alarms_that_confirm_one_another_need_nobody_who_looks() -> None:
    """The third within ten minutes files the case; the second, or one that comes too late, does not."""
    story = alarmed(Story(GATED))
    assert alarmed(story.wait(minutes=4)).case.stage is Stage.VERIFYING_BEFORE_FILING
    assert (
        alarmed(story.wait(minutes=7)).case.stage is Stage.VERIFYING_BEFORE_FILING
    )  # the first is 11 minutes ago
    assert alarmed(story.wait(minutes=2)).case.stage is not Stage.VERIFYING_BEFORE_FILING
    assert len(story.case.reports) == 4


def test_as_shipped_somebody_looks_however_often_it_comes() -> None:
    """A painted wall is seen again and again by the same camera."""
    story = Story()
    for _ in range(5):
        alarmed(story).wait(minutes=1)
    assert story.case.stage is Stage.VERIFYING_BEFORE_FILING
    assert len(story.case.reports) == 5
