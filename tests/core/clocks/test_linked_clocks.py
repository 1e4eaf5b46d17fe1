"""What stood does not count after the deadline either, and what hangs on a deadline moves with it."""

from datetime import timedelta

from pipeline.core.worktime.policy import span_of
from schemas.values.terms import ClockKind, Stage
from tests.core.clocks.test_changed_rules import restored, rules_with
from tests.core.clocks.test_clock import at, story_at, until
from tests.core.story import RULES, Story

UNSOLVED = {"passed": False, "note": "仍有垃圾"}
STAGE = "purifier_installed_and_tested"
FIRST_STAGE = "notice_served"


def disposed_a_minute_late() -> Story:
    """Due 11:01, handled at 11:02: the team and its chief have heard of it, nobody higher."""
    story = until(story_at("11-24 09:00").path("report", "sign", "arrive"), "11-24 11:02").act("dispose")
    assert (story.clock("dispose").due_at, highest(story)) == (at("11-24 11:01"), 2)
    return story


def highest(story: Story, kind: str = "dispose") -> int:
    """The highest level that anybody heard of."""
    return max((level for _, level, _ in story.notified(kind) if level is not None), default=-1)


def later(story: Story, **duration: float) -> str:
    """A time from now, as an action says it."""
    return (story.now + timedelta(**duration)).isoformat()


def test_a_case_reopened_after_sixteen_days_climbs_on_from_where_it_was_closed():
    """One minute late when it was closed: the deputy hears after four hours of handling, the district after a workday of it."""
    story = disposed_a_minute_late().path("pass", "call")
    assert story.stage is Stage.CLOSED
    story.now = at("12-10 09:00")
    story.act("reopen")
    assert highest(until(story, "12-10 14:58")) == 2
    assert highest(until(story, "12-10 14:59")) == 3
    assert highest(until(story, "12-11 15:27")) == 3
    assert highest(until(story, "12-11 15:28")) == 4


def test_a_verification_that_fails_next_morning_tells_nobody_higher():
    """The night and the verifier's time are not the team's: what it used of the four hours is one minute."""
    story = disposed_a_minute_late()
    story.now = at("11-25 09:00")
    story.act("verify", **UNSOLVED)
    assert highest(until(story, "11-25 14:58")) == 2
    assert highest(until(story, "11-25 14:59")) == 3


def test_a_late_case_that_rested_for_twenty_days_is_told_of_no_higher_when_it_goes_on():
    """Suspended half an hour after its deadline: three hours and a half are left to the next level."""
    story = until(story_at("11-24 09:00").path("report", "sign", "arrive"), "11-24 11:31")
    story.act("suspend", reason="hearing", until=later(story, days=20)).act("decide")
    assert highest(until(story, "12-14 11:31")) == 2
    assert story.stage is Stage.ARRIVED
    assert highest(until(story, "12-14 17:00")) == 2
    assert highest(until(story, "12-14 17:01")) == 3


def test_several_halts_after_the_deadline_all_stand_aside():
    """Two failed verifications: the four hours are those that the team had the case in all."""
    story = disposed_a_minute_late()
    for morning, again in (("11-25 09:00", "11-25 10:00"), ("11-26 09:00", "11-26 10:00")):
        story.now = at(morning)
        story.act("verify", **UNSOLVED)
        story.now = at(again)
        story.act("dispose")
    story.now = at("11-27 09:00")
    story.act("verify", **UNSOLVED)
    assert highest(until(story, "11-27 10:58")) == 2
    assert highest(until(story, "11-27 10:59")) == 3


def test_a_level_in_office_hours_loses_nothing_by_a_night_of_a_matter_that_runs_day_and_night():
    """A spill, four hours day and night; the deputy hears four office hours later, and of those the halt by night took none."""
    story = until(story_at("11-24 09:00").report(matter="SR-011").path("sign", "arrive"), "11-24 17:35")
    story.act("dispose")
    story.now = at("11-25 08:25")
    story.act("verify", **UNSOLVED)
    assert (story.clock("dispose").due_at, highest(story)) == (at("11-24 13:00"), 2)
    assert highest(until(story, "11-25 08:59")) == 2
    assert highest(until(story, "11-25 09:00")) == 3


def test_who_was_late_on_site_has_the_rest_of_the_time_after_a_rest():
    """Single steps too: two hours late on site, two days of rain, two hours more before the chief hears."""
    story = until(story_at("11-24 08:30").path("report", "sign"), "11-24 15:31")
    assert story.clock("arrive").due_at == at("11-24 14:31")
    story.act("suspend", until=later(story, days=2)).act("decide")
    assert highest(until(story, "11-26 15:31"), "arrive") == 1
    assert highest(until(story, "11-27 09:00"), "arrive") == 1
    assert highest(until(story, "11-27 09:31"), "arrive") == 2


def test_a_late_partner_has_the_rest_of_the_time_after_a_rest():
    """An hour late to answer when the case was suspended: the deputy hears of the department three hours after that."""
    story = story_at("11-24 08:58").path("digging", "sign", "arrive").act("whistle").act("decide")
    name = "traffic_police"
    due = story.clock("partner_respond", name).due_at
    assert due == at("11-24 11:01")
    until(story, "11-24 12:00").act("suspend", until=later(story, days=2)).act("decide")
    until(story, "11-26 12:00")
    assert (story.stage, highest(story, "partner_respond")) == (Stage.JOINT_IN_PROGRESS, 1)
    assert highest(until(story, "11-26 17:00"), "partner_respond") == 1
    assert highest(until(story, "11-26 17:01"), "partner_respond") == 2


def test_an_extension_moves_the_stages_of_the_matter_too():
    """Kitchen smoke, three workdays more: the purifier is due with the handling, and nobody hears of the old day."""
    story = story_at("11-24 09:00").report(matter="HB-001").path("sign", "arrive")
    kinds = (("dispose", None), ("stage", STAGE), ("stage", FIRST_STAGE))
    assert [story.clock(*kind).due_at for kind in kinds] == [
        at("12-01 17:30"),
        at("12-01 17:30"),
        at("11-25 17:30"),
    ]
    story.act("extend", more="3 workdays").act("decide")
    assert [story.clock(*kind).due_at for kind in kinds] == [
        at("12-04 17:30"),
        at("12-04 17:30"),
        at("11-30 17:30"),
    ]
    story.act("reach_stage", stage=FIRST_STAGE)
    assert story.notified("stage") == []
    until(story, "12-04 17:29")
    assert story.notified("stage") == []
    until(story, "12-04 17:30")
    assert {kind for kind, _, _ in story.notified("stage")} == {"breach"}


def test_a_stage_that_is_done_or_late_stays_as_it_is():
    """The extension gives nothing back, and puts off no reminder of what is late."""
    story = story_at("11-24 09:00").report(matter="HB-001").path("sign", "arrive")
    until(story, "11-30 09:00")
    late = story.clock("stage", FIRST_STAGE)
    story.act("extend", more="3 workdays").act("decide")
    again = story.clock("stage", FIRST_STAGE)
    assert (again.due_at, again.wake_at, again.rung) == (late.due_at, late.wake_at, late.rung)
    assert story.clock("stage", STAGE).due_at == at("12-04 17:30")
    done = story_at("11-24 09:00").report(matter="HB-001").path("sign", "arrive")
    done.act("reach_stage", stage=FIRST_STAGE)
    stopped = done.clock("stage", FIRST_STAGE)
    done.act("extend", more="3 workdays").act("decide")
    assert done.clock("stage", FIRST_STAGE) == stopped


def test_what_an_extension_moved_is_moved_after_a_split_too():
    """Granted while an older report, late with its first stage, is part of the case: the case's own stage has the time all the same."""
    story = story_at("11-24 09:00").report(matter="HB-001")
    older = story.case_id
    story.now = at("11-25 09:00")
    story.report(matter="HB-001", place={"address": "长宁街9号"})
    own = story.clock("stage", FIRST_STAGE).due_at
    story.act("merge", case_id=older, into=story.case_id)
    assert story.clock("stage", FIRST_STAGE).due_at == at("11-25 17:30") < own
    until(story, "11-26 09:00").path("sign").act("extend", more="3 workdays").act("decide")
    assert story.clock("stage", FIRST_STAGE).due_at == at("11-25 17:30")
    story.act("split")
    assert story.clock("stage", FIRST_STAGE).due_at == at("12-01 17:30")
    assert story.clock("dispose").due_at == at("12-07 17:30")


def test_other_rules_move_a_partners_clock_while_the_case_rests():
    """With the joint enforcement stand its partners' tasks; a longer limit holds for all of them when they go on."""
    story = story_at("11-24 08:58").path("digging", "sign", "arrive").act("whistle").act("decide")
    story.wait(hours=1).act("suspend", until=later(story, days=2)).act("decide")
    severity = story.case.facts.severity
    steps = {kind: dict(limits) for kind, limits in RULES.services[0].steps.items()}
    steps[severity][ClockKind.PARTNER_RESPOND] = span_of("3 work_hours")
    restored(story, rules_with(steps=steps)).wait(seconds=1)
    name = "traffic_police"
    assert story.clock("partner_respond", name).limit == "180 work_minutes"
    assert story.act("resume").clock("partner_respond", name).due_at > at("11-24 12:01")


def test_a_rise_moves_a_partners_clock_while_the_case_rests():
    """An urgent report joins: when the case goes on, the partners have the quarter of an hour that such a case leaves them."""
    story = story_at("11-24 08:58").path("digging", "sign", "arrive").act("whistle").act("decide")
    story.wait(hours=1).act("suspend", until=later(story, days=2)).act("decide")
    story.wait(minutes=5).report(matter="SZ-001", urgency="critical")
    assert (story.answer, story.case.facts.severity.value) == ("merged", "P1")
    name = "traffic_police"
    story.wait(minutes=5).act("resume")
    assert story.clock("partner_respond", name).due_at == at("11-24 10:26")
