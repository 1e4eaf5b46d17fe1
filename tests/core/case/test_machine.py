"""How a case is filed or not, leaves the street, comes back, and is worked with partners."""

import pytest

from pipeline.core.stages import joint
from schemas.values.terms import CaseOutcome, ClockKind, JointStatus, Stage
from tests.core.clocks.test_clock import at, running, story_at, until
from tests.core.story import RULES, Story

FAR = {"lon": 112.52, "lat": 37.88, "crs": "WGS84"}


def open_to(story: Story) -> set[tuple[str, str]]:
    """Who is asked to do what, as the assignments have it."""
    held: set[tuple[str, str]] = set()
    for outcome in story.outcomes:
        for assignment in outcome.assignments:
            (held.add if assignment.status.value == "open" else held.discard)(
                (assignment.team, assignment.kind.value)
            )
    return held


def whistled(text: str = "11-24 09:00") -> Story:
    """Joint enforcement is under way: the traffic police must come, sanitation may."""
    return story_at(text).path("digging", "sign", "arrive", "whistle")


# filed or not


def test_an_alarm_is_looked_at_before_it_is_filed():
    """On its accept clock; nobody is sent before, and then the whole path is as ever."""
    story = Story().path("alarm")
    assert (story.answer, story.stage) == ("accepted", Stage.VERIFYING_BEFORE_FILING)
    assert open_to(story) == {("duty", "check")}
    assert running(story) == {"accept", "whole"}
    story.path("check")
    assert story.stage is Stage.DISPATCHED
    story.path("sign", "arrive", "dispose", "pass")
    assert story.case.outcome is CaseOutcome.RESOLVED


def test_a_false_alarm_is_rejected_with_a_reason_and_its_source_is_told():
    """Nobody was sent, the case is over, and its snapshot goes in time."""
    story = Story().path("alarm").act("check", valid=False)
    assert story.answer == "rejection_reason_missing"
    story.path("reject")
    assert story.case.outcome is CaseOutcome.REJECTED
    assert [(n.kind.value, n.to, n.outcome) for n in story.last.notices] == [
        ("final_answer", "monitor", CaseOutcome.REJECTED)
    ]
    assert (open_to(story), running(story)) == (set(), set())
    story.wait(days=RULES.policy.retire_days + 1)
    assert list(story.core.cases()) == []


def test_the_same_alarm_again_joins_the_one_under_check():
    """A storm is one case, and one look."""
    story = Story().path("alarm")
    for _ in range(5):
        story.wait(minutes=1).report(source="monitor", caller=None)
        assert story.answer == "merged"
    assert len(list(story.core.cases())) == 1


def test_a_person_who_reports_the_same_confirms_the_alarm():
    """Somebody else has seen it: it is filed at once, and nobody need look first."""
    story = Story().path("alarm").wait(minutes=2).report()
    assert (story.answer, story.stage) == ("merged", Stage.DISPATCHED)
    assert open_to(story) == {("area-middle", "handle")}


def test_an_alarm_that_nobody_looks_at_escalates():
    """Its accept clock is breached like any other."""
    story = until(story_at("11-24 09:00").path("alarm"), "11-24 11:00")
    assert ("breach", 1, "duty") in story.notified("accept")


# leaving and coming back


def test_a_void_needs_a_second_person():
    """Who asked does not decide; the reporter is told."""
    story = Story().path("report").act("void")
    assert open_to(story) == {("city-appearance", "handle"), ("duty", "approve")}
    assert story.act("decide", actor={"id": "D1", "role": "duty_chief"}).answer == "self_approval"
    story.act("decide")
    assert (story.stage, story.case.outcome) == (Stage.VOIDED, CaseOutcome.VOIDED)
    assert open_to(story) == set()


def test_a_void_asked_for_before_arrival_is_not_granted_after_it():
    """Meanwhile officers arrived: it is handled, and the request has lapsed."""
    story = Story().path("report", "sign").act("void")
    story.path("arrive").act("decide")
    assert story.answer == "request_lapsed"
    assert story.act("void").answer == "void_after_arrival"


def test_a_transfer_needs_the_receivers_receipt():
    """Without one the message is malformed and the case stays; with one it is theirs."""
    story = Story().path("report", "sign", "arrive").act("transfer", receipt=None)
    assert story.answer == "wrong_type"
    assert story.stage is Stage.ARRIVED
    story.path("transfer")
    assert (story.stage, story.case.outcome) == (Stage.TRANSFERRED_OUT, CaseOutcome.TRANSFERRED)
    assert [n.kind.value for n in story.last.notices] == ["final_answer"]


def test_a_penalty_goes_on_wherever_its_case_stands():
    """Transferred or reopened, the procedure that was begun is not lost: it may go on, and its snapshot stays."""
    story = Story().path("report", "sign", "arrive").act("penalise").act("transfer")
    assert (story.answer, story.stage) == ("accepted", Stage.TRANSFERRED_OUT)
    story.wait(days=RULES.policy.retire_days + 1).act("penalise", step="transferred")
    assert story.answer != "case_closed"
    assert len(list(story.core.cases())) == 1


def test_a_closed_case_is_reopened_while_it_is_kept():
    """The same team goes, on the first clock: what it had used stays used."""
    story = story_at("11-24 09:00").path("report", "sign", "arrive", "dispose", "pass", "call")
    used = story.clock("dispose")
    story.wait(days=1).act("reopen")
    assert (story.stage, story.case.closed_at, story.case.reopens) == (Stage.DISPATCHED, None, 1)
    clock = story.clock("dispose")
    assert (clock.started_at, clock.stopped_at) == (used.started_at, None)
    assert [move.why for move in clock.moves] == ["closed"]
    assert [timer.kind.value for timer in story.case.timers] == []
    story.path("sign", "arrive", "dispose", "pass", "call")
    story.act("reopen").path("sign", "arrive", "dispose", "pass", "call")
    assert story.act("reopen").answer == "reopen_limit"


def test_the_same_again_within_a_week_is_linked_as_a_relapse():
    """Not reopened by itself, not merged: a case of its own that knows the first."""
    story = story_at("11-02 09:00").path("report", "sign", "arrive", "dispose", "pass", "call")
    first = story.case_id
    story.wait(days=6).report(source_no="again")
    assert story.case.facts.relapse_of == first
    story.wait(days=20).report(source_no="later", place={"address": "别处"})
    assert story.case.facts.relapse_of is None


def test_after_a_week_it_is_a_new_thing():
    """And a find that was disposed of on the spot never relapses."""
    story = story_at("11-02 09:00").path("report", "sign", "arrive", "dispose", "pass", "call")
    story.wait(days=8).report(source_no="again")
    assert story.case.facts.relapse_of is None


def test_a_redirected_task_has_a_new_holder_and_the_old_one_is_told():
    """改派 by the dispatcher before arrival."""
    story = Story().path("report", "sign").act("dispatch", team="area-west")
    assert (story.stage, story.case.task.team) == (Stage.DISPATCHED, "area-west")
    assert open_to(story) == {("area-west", "handle")}


def test_who_says_to_be_on_site_is_near():
    """A point two kilometres away is refused, one without a point is believed."""
    story = Story().path("report", "sign").act("arrive", point=FAR)
    assert story.answer == "not_on_site"
    assert story.act("arrive").answer == "accepted"


# joint enforcement


def test_a_whistle_is_decided_by_the_centre():
    """Asking sends nobody; granting gives each partner a task of its own, in parallel."""
    story = story_at("11-24 09:00").path("digging", "sign", "arrive").act("whistle")
    assert open_to(story) == {("utilities", "handle"), ("duty", "approve")}
    story.act("decide")
    assert story.stage is Stage.JOINT_IN_PROGRESS
    assert open_to(story) == {("utilities", "handle"), ("traffic-police", "joint"), ("sanitation", "joint")}
    assert story.clock("joint").due_at == at("11-27 17:30")
    names = {(c.kind.value, c.name) for c in story.case.clocks if c.stopped_at is None and c.name}
    assert names == {
        (kind, name)
        for kind in ("partner_respond", "partner_arrive", "partner_finish")
        for name in ("traffic_police", "sanitation")
    }
    assert story.clock("dispose").stopped_at == story.now
    assert [move.why for move in story.clock("whole").moves] == ["joint"]


def test_the_barrier_opens_when_all_is_done_or_waived():
    """One done of two: the lead waits. The optional one waived: it disposes, and is verified by others as ever."""
    story = whistled()
    for status in ("responded", "arrived", "done"):
        story.wait(minutes=5).act("joint_step", status=status)
    assert story.act("dispose").answer == "joint_open_tasks"
    assert story.last.receipts[0].allowed == "sanitation"
    lead = {"id": "O1", "role": "team", "team": "utilities"}
    assert story.act("settle", actor=lead).answer == "accepted"
    story.path("dispose", "pass", "call")
    assert story.stage is Stage.CLOSED
    assert running(story) == set()


def test_a_partner_that_refuses_goes_to_the_coordinator():
    """With a reason; the lead cannot wave a mandatory one away, the centre may insist or waive."""
    story = whistled()
    assert story.act("joint_step", status="refused").answer == "refusal_reason_missing"
    story.act("joint_step", status="refused", note="警力不足")
    assert [(n.kind.value, n.to, n.team) for n in story.last.notices] == [
        ("joint_refused", "duty", "traffic-police")
    ]
    assert ("traffic-police", "joint") not in open_to(story)
    lead = {"id": "O1", "role": "team", "team": "utilities"}
    assert story.act("settle", department="traffic-police", actor=lead).answer == "settled_by_centre"
    story.act("settle", department="traffic-police", waive=False)
    assert ("traffic-police", "joint") in open_to(story)
    assert joint.task_of(story.case, "traffic-police").status is JointStatus.ASKED


def test_a_late_partner_escalates_its_task_and_not_the_case():
    """The department itself and the chief are notified; no level of the case's own clock is climbed."""
    story = until(whistled(), "11-24 17:30")
    notices = story.notified("partner_respond")
    assert ("breach", 1, "traffic-police") in notices
    assert ("breach", 1, "sanitation") in notices
    assert story.notified("dispose") == []
    assert story.notified("joint") == []


def test_what_blocks_the_case_and_its_critical_path():
    """Open tasks by their deadlines, the last of them the path; done ones are gone."""
    story = whistled().wait(minutes=5)
    assert [one.department for one in joint.blocking(story.case)] == ["traffic-police", "sanitation"]
    story.act("joint_step", status="arrived").act("joint_step", status="done")
    assert [(one.department, one.status.value) for one in joint.blocking(story.case)] == [
        ("sanitation", "asked")
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"departments": ["nobody", "sanitation"]}, "unknown_department"),
        ({"departments": ["sanitation"], "optional": []}, "too_few_partners"),
        ({"departments": ["sanitation", "sanitation"]}, "too_few_partners"),
        ({"departments": ["x"] * 11}, "too_many"),
    ],
)
def test_an_impossible_whistle_is_refused(changes, code):
    """Known departments, each once, and enough of them."""
    story = Story().path("digging", "sign", "arrive").act("whistle", **changes)
    assert story.answer == code


def test_a_stranger_is_no_partner():
    """And a step that does not follow is refused with what may."""
    story = whistled()
    stranger = {"id": "P9", "role": "department", "team": "parks"}
    assert story.act("joint_step", actor=stranger).answer == "not_a_partner"
    assert story.act("joint_step", status="done").answer == "joint_step"


def test_more_time_for_handling_is_asked_for_before_or_after_joint_enforcement():
    """Meanwhile handling has no clock: whoever asks hears that it is the stage, not that a deadline has passed."""
    story = whistled()
    before = story.state()
    assert story.act("extend").answer == "not_at_this_stage"
    assert story.state() == before


def test_a_joint_case_can_be_suspended_and_goes_on_as_joint():
    """Its partners' clocks stand with it."""
    story = whistled().path("suspend")
    assert story.stage is Stage.SUSPENDED
    story.wait(hours=3).act("resume")
    assert story.stage is Stage.JOINT_IN_PROGRESS
    assert story.clock("partner_finish", "sanitation").stopped_at is None
    assert ClockKind.JOINT.value in running(story)


def test_a_second_joint_enforcement_has_clocks_of_its_own():
    """After a failed verification the partners are called again, with as much time as the first time."""
    story = whistled()
    for status in ("arrived", "done"):
        story.wait(minutes=5).act("joint_step", status=status)
    story.act("settle").path("dispose", "fail")
    story.wait(days=1).path("whistle")
    assert story.stage is Stage.JOINT_IN_PROGRESS
    clock = story.clock("partner_finish", "traffic_police")
    assert (clock.started_at, clock.moves) == (story.now, ())
    assert story.clock("joint").started_at == story.now
