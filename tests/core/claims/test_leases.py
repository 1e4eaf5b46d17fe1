"""A claim (领单) holds until its team is on site: whoever does not come in time loses the task, and the case tells of it."""

from datetime import UTC, datetime, timedelta

from pipeline.core.stages.dispatch import tried
from schemas.values.terms import Stage, TimerKind
from tests.audit.logs import audited, story_log
from tests.core.story import ELSEWHERE, Story

TEAM = {"id": "O1", "role": "team", "team": "city-appearance"}
LEASE_ENDS = datetime(2026, 11, 25, 2, 2, tzinfo=UTC)
"""Eight hours of work after a claim of Tuesday, 9:02."""


def claimed(*then: str) -> Story:
    """A patrol's find that the matter's own team has claimed."""
    return Story().path("offer").wait(minutes=1).act("claim", actor=TEAM).path(*then)


def leases(story: Story) -> list[datetime]:
    """Until when the case is leased."""
    return [timer.due_at for timer in story.case.timers if timer.kind is TimerKind.LEASE_LAPSED]


def is_sound(story: Story) -> bool:
    """The auditor finds nothing."""
    return not audited(story_log(story)).kept


def test_whoever_claims_is_told_until_when_to_be_on_site():
    """The task says it, and it still does after the team has signed for it."""
    story = claimed()
    assert [one.claim_until for one in story.last.assignments if one.status.value == "open"] == [LEASE_ENDS]
    story.path("sign")
    assert leases(story) == [LEASE_ENDS]


def test_whoever_is_on_site_in_time_keeps_the_task():
    """From then on nothing is taken away any more, however long the work lasts."""
    story = claimed("sign", "arrive")
    assert not leases(story)
    story.wait(days=3)
    assert story.case.task.team == "city-appearance"
    assert not story.case.lapsed_claims


def test_a_claim_that_nobody_keeps_returns_the_case_with_its_history():
    """The next of the line has it; both and the chief are told; the case knows who had it, since when and until when."""
    story = claimed("sign").wait(days=2)
    (gone,) = story.case.lapsed_claims
    assert (gone.team, gone.until) == ("city-appearance", LEASE_ENDS)
    assert gone.since == LEASE_ENDS.replace(day=24, hour=1)
    lapse = next(o for o in story.outcomes for n in o.notices if n.kind.value == "lease_lapsed")
    assert [notice.to for notice in lapse.notices] == ["city-appearance", "duty"]
    assert {(task.team, task.status.value) for task in lapse.assignments} == {
        ("city-appearance", "withdrawn"),
        ("area-middle", "open"),
    }
    task = story.case.task
    assert (task.team, task.leg, task.claimed) == ("area-middle", 2, False)
    assert story.act("sign", actor=TEAM).answer == "not_your_task"
    story.path("sign", "arrive", "dispose", "pass")
    assert story.stage is Stage.CLOSED
    assert is_sound(story)


def test_a_return_after_a_lapsed_claim_does_not_go_back_to_who_had_it():
    """Two have had it: the third of the line has it now."""
    story = claimed("sign").wait(days=2).path("return")
    assert story.case.task.team == "duty"
    assert is_sound(story)


def test_what_nobody_claims_in_time_is_the_territorial_teams():
    """That of the area has it, as the line of the routing says, and no lease."""
    story = Story().path("offer").wait(hours=2)
    line = tried(story.rules, story.case.facts, story.now)[-1].rule
    assert line.then[0] == "territorial"
    assert story.case.task.team == "area-middle"
    assert not leases(story)
    assert not story.case.lapsed_claims


def test_a_granted_objection_ends_the_lease():
    """Another team has it by decision: it did not claim it."""
    story = claimed("sign").act("object").act("decide")
    assert story.answer == "accepted"
    assert story.case.task.team == "area-west"
    assert not leases(story)
    story.wait(days=2)
    assert story.case.task.team == "area-west"
    assert is_sound(story)


def test_a_lease_that_ends_while_an_objection_waits_settles_it():
    """The team that objected has lost the task anyhow; nobody decides about it afterwards."""
    story = claimed("sign").wait(hours=6).act("object").wait(days=1)
    assert story.case.task.team == "area-middle"
    assert story.case.request is None
    assert is_sound(story)


def test_a_suspension_ends_the_lease():
    """What rests nobody can come to; when it goes on the team has it, and its arrival is measured."""
    story = claimed("sign", "suspend")
    assert story.stage is Stage.SUSPENDED
    assert not leases(story)
    story.wait(days=4)
    assert story.stage is Stage.SIGNED
    assert story.case.task.team == "city-appearance"
    assert is_sound(story)


def test_a_merged_case_has_no_lease_and_gets_none_when_it_is_split_off():
    """What happens to it is the other one's; split off it is its team's again, which has signed for it or is to sign."""
    story = Story().report(source_no="HOST", place=ELSEWHERE)
    host = story.case_id
    story.wait(minutes=9).report(source="patrol", source_no="PART", caller=None)
    story.wait(minutes=1).act("claim", actor=TEAM)
    assert leases(story)
    story.act("merge", into=host)
    assert story.answer == "accepted"
    assert not leases(story)
    story.wait(minutes=9).act("split", case_id=host, source="patrol", source_no="PART", note="不是同一处")
    assert story.answer == "accepted"
    story.wait(days=2)
    assert not story.case.lapsed_claims
    assert is_sound(story)


def test_another_worker_takes_the_case_back_at_the_same_instant():
    """All that it has is the bytes of the state."""
    story = claimed("sign").restart()
    assert leases(story) == [LEASE_ENDS]
    story.wait(days=2)
    assert story.case.task.team == "area-middle"


def test_over_a_weekend_a_lease_does_not_run():
    """Claimed on Friday afternoon, it ends on Monday."""
    story = Story(now=datetime(2026, 11, 27, 7, tzinfo=UTC)).path("offer", "claim")
    (until,) = leases(story)
    assert until.astimezone(UTC).date() == datetime(2026, 11, 30, tzinfo=UTC).date()
    story.wait(days=2)
    assert not story.case.lapsed_claims
    assert until - story.now < timedelta(days=2)
