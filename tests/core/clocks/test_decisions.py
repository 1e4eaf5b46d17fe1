"""What somebody asks for waits for somebody else: who is reminded of it and when, how it ends undecided, and that it is in nobody's way."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from pipeline.core.case.open_requests import requests_of
from pipeline.core.partition import Partition
from pipeline.core.stages.requested.request_lapse import can_be_granted
from schemas.journal.clock_events import RequestLapsed
from schemas.values.terms import LapseReason, RequestKind, Stage
from tests.core.clocks.test_clock import at, story_at, until
from tests.core.story import KEY, RULES, Story

CHIEF = {"id": "C1", "role": "duty_chief", "team": "duty"}
HOTLINE = {"id": "H1", "role": "hotline"}
DIGGING = ("digging", "sign", "arrive")


def asked_at_nine(*before: str, action: str = "suspend", **said: object) -> Story:
    """A team asks on a Tuesday at 9:00, when these steps are done."""
    return story_at(f"11-24 08:{60 - len(before):02}").path(*before).act(action, **said)


def lapses(story: Story) -> list[RequestLapsed]:
    """Every lapse in the journal."""
    return [e for o in story.outcomes for e in o.entry.events if isinstance(e, RequestLapsed)]


def told(story: Story, kind: str) -> list[tuple[str, str]]:
    """Whom each notice of this kind went to, and about which request."""
    return [
        (notice.to, notice.request.value)
        for outcome in story.outcomes
        for notice in outcome.notices
        if notice.kind.value == kind and notice.request is not None
    ]


def approvals(story: Story) -> dict[str, object]:
    """What the deciders have on their lists, and until when."""
    tasks = {}
    for outcome in story.outcomes:
        for task in outcome.assignments:
            if task.kind.value == "approve":
                tasks[task.request.kind.value] = task if task.status.value == "open" else None
    return {kind: task.due_at for kind, task in tasks.items() if task}


# reminded and escalated


def test_who_decides_sees_the_request_with_its_time_on_the_list():
    """Four work hours from when it was asked for; with what, why and until when."""
    story = asked_at_nine("report")
    (task,) = [t for t in story.last.assignments if t.kind.value == "approve"]
    assert (task.team, task.due_at) == ("duty", at("11-24 15:00"))
    assert (task.request.kind, task.request.reason, task.request.by) == (
        RequestKind.SUSPENSION,
        "weather",
        "O1",
    )
    (notice,) = story.last.notices
    assert (notice.to, notice.request, notice.due_at) == ("duty", RequestKind.SUSPENSION, task.due_at)


def test_nobody_decided_for_four_work_hours_and_who_decides_is_reminded():
    """The post and the duty chief; the lunch break does not count, and before nobody is told."""
    story = until(asked_at_nine("report", "sign"), "11-24 14:59")
    assert story.notified("decide") == []
    until(story, "11-24 15:00")
    assert story.notified("decide") == [("breach", 1, "duty"), ("breach", 1, "duty_chief")]
    assert story.case.request is not None


def test_a_request_that_nobody_decides_is_escalated_and_told_of_again_each_day():
    """Four work hours later to the street's deputy, the next day to the district; and so on until somebody decides."""
    story = until(asked_at_nine("report", "sign", action="terminate"), "11-27 17:30")
    assert story.notified("decide")[:4] == [
        ("breach", 1, "callback"),  # a termination is the hotline's to decide
        ("breach", 1, "duty_chief"),
        ("escalation", 2, "street_deputy"),
        ("escalation", 3, "district_office"),
    ]
    assert set(story.notified("decide")[4:]) == {("overdue", None, "district_office")}
    climbed = [o.entry.at for o in story.outcomes for n in o.notices if n.clock and n.clock.value == "decide"]
    assert climbed[2:4] == [at("11-25 10:00"), at("11-25 17:30")]


def test_a_decision_ends_the_reminders():
    """Granted or not: its clock stands, and nobody hears of it any more."""
    story = until(asked_at_nine("report", "sign"), "11-24 15:10").act("decide", granted=False)
    assert story.clock("decide", "suspension").stopped_at == story.now
    many = len(story.notified("decide"))
    assert len(until(story, "12-20 09:00").notified("decide")) == many
    assert approvals(story) == {}


def test_the_next_request_of_the_kind_has_its_own_time():
    """What the first one used does not count."""
    story = until(asked_at_nine("report", "sign"), "11-24 11:00").act("decide", granted=False)
    story.act("suspend")
    assert story.clock("decide", "suspension").started_at == at("11-24 11:00")
    assert story.clock("decide", "suspension").due_at == at("11-24 17:00")


def test_the_time_for_deciding_does_not_begin_anew_when_the_case_gets_another_team():
    """A request to void it is of the case, whoever has it."""
    story = asked_at_nine("report", action="void").wait(minutes=30).act("dispatch", team="planning")
    clock = story.clock("decide", "void")
    assert (clock.started_at, clock.stopped_at, clock.due_at) == (at("11-24 09:00"), None, at("11-24 15:00"))


def test_the_decision_is_waited_for_in_the_hours_of_who_decides():
    """A team that works at night has no say in when the chief is reminded, nor do its hours put it off."""
    story = until(story_at("11-24 22:00").report(matter="XF-001").act("suspend"), "11-25 14:29")
    assert story.notified("decide") == []
    assert until(story, "11-25 14:30").notified("decide")[0] == ("breach", 1, "duty")


# it lapses at its own end


def test_a_suspension_whose_end_has_passed_undecided_lapses_and_both_sides_are_told():
    """Who asked and who was to decide; there is an entry, the list is empty, and nothing reminds of it any more."""
    story = until(asked_at_nine("report", "sign"), "11-26 09:00")
    (lapse,) = lapses(story)
    assert (lapse.kind, lapse.why, lapse.at) == (RequestKind.SUSPENSION, LapseReason.END_PASSED, story.now)
    assert (lapse.by, lapse.team, lapse.asked_at) == ("O1", "city-appearance", at("11-24 09:00"))
    assert told(story, "request_lapsed") == [("city-appearance", "suspension"), ("duty", "suspension")]
    assert (story.case.request, story.case.suspension, approvals(story)) == (None, None, {})
    many = len(story.notified("decide"))
    assert len(until(story, "12-20 09:00").notified("decide")) == many


def test_it_cannot_be_granted_after_its_end_and_blocks_nothing():
    """The chief who comes too late hears that it has lapsed; the team may ask for the same and for anything else."""
    story = until(asked_at_nine(*DIGGING), "11-26 09:00").act("decide", actor=CHIEF)
    assert story.answer == "request_lapsed"
    assert story.act("decide", actor=CHIEF, request="suspension").answer == "request_lapsed"
    assert story.act("decide", actor=CHIEF, request="extension").answer == "nothing_asked"
    assert [story.act(action).answer for action in ("suspend", "whistle", "terminate")] == ["accepted"] * 3
    assert story.act("decide", actor=CHIEF, request="suspension").answer == "accepted"
    assert story.stage is Stage.SUSPENDED


def test_a_second_before_its_end_it_is_granted():
    """Arrived in time is in time."""
    story = until(asked_at_nine("report", "sign", until=at("11-24 12:00").isoformat()), "11-24 11:59")
    story.wait(seconds=59).act("decide")
    assert (story.answer, story.stage) == ("accepted", Stage.SUSPENDED)


def test_an_extension_lapses_at_the_deadline_that_it_was_to_move():
    """Then it is too late; the breach is told as always."""
    story = until(asked_at_nine("report", "sign", action="extend"), "11-24 12:00")
    due = story.clock("dispose").due_at
    assert [lapse.at for lapse in lapses(story)] == [due]
    assert told(story, "request_lapsed") == [("city-appearance", "extension"), ("duty", "extension")]
    assert ("breach", 2, "duty_chief") in story.notified()


def test_an_extension_lapses_at_once_when_the_case_takes_over_a_deadline_that_has_passed():
    """What was still possible a moment ago is not any more."""
    story = story_at("11-24 09:00").path("report", "sign").wait(minutes=90)
    late = story.case_id
    story.report(matter="SR-001", place={"address": "学苑街7号"}).act("sign").act("extend")
    until(story, "11-24 14:00").act(
        "merge", case_id=late, into=story.case_id, actor={"id": "D1", "role": "dispatcher"}
    )
    assert story.answer == "accepted"
    assert [lapse.kind for lapse in lapses(story)] == [RequestKind.EXTENSION]
    assert not requests_of(story.case)


# it lapses when the case moves on


@pytest.mark.parametrize(
    ("before", "asked", "then"),
    [
        (("report", "sign"), "void", "arrive"),
        (("report", "sign"), "object", "arrive"),
        (("report",), "object", "return"),
        (("report", "sign", "arrive"), "suspend", "dispose"),
        (("report", "sign", "arrive"), "terminate", "dispose"),
        (("report", "sign"), "terminate", "transfer"),
        (("report", "sign"), "extend", "suspend"),
        (("report",), "suspend", "merge"),
        (DIGGING, "extend", "whistle"),
        (DIGGING, "whistle", "suspend"),
    ],
)
def test_a_request_lapses_when_the_case_moves_on_to_where_it_cannot_be_granted(before, asked, then):
    """Whatever moves it: arrival, disposal, a return, a rest, another case, its end. Both sides are told, and it has no clock."""
    story = Story().path("host", *before).act(asked)
    kind = story.case.request.kind
    if then in ("suspend", "whistle"):
        granted = "suspension" if then == "suspend" else "joint"
        story.act(then).act("decide", actor=CHIEF, request=granted)
    else:
        story.path(then)
    assert story.answer == "accepted"
    (lapse,) = lapses(story)
    assert (lapse.kind, lapse.why) == (kind, LapseReason.CASE_MOVED_ON)
    assert {to for to, _ in told(story, "request_lapsed")} >= {"callback" if asked == "terminate" else "duty"}
    assert not requests_of(story.case)
    assert story.clock("decide", kind.value).stopped_at == story.now


def test_what_a_team_asked_for_itself_lapses_when_another_team_has_the_task():
    """The new team never asked for a rest; a termination is of the case and waits on."""
    story = Story().path("report").act("suspend").act("terminate").act("dispatch", team="planning")
    assert [lapse.kind for lapse in lapses(story)] == [RequestKind.SUSPENSION]
    assert told(story, "request_lapsed") == [("city-appearance", "suspension"), ("duty", "suspension")]
    assert [request.kind for request in requests_of(story.case)] == [RequestKind.TERMINATION]


# several at a time


def test_a_newer_request_of_another_kind_is_accepted_while_one_waits():
    """Each waits by its own clock, is on its decider's list, and is decided alone."""
    story = asked_at_nine("report", "sign").wait(minutes=20).act("extend")
    assert story.answer == "accepted"
    assert approvals(story) == {"suspension": at("11-24 15:00"), "extension": at("11-24 15:20")}
    assert story.act("extend").answer == "request_pending"
    assert story.act("decide", actor=CHIEF, request="extension").answer == "accepted"
    assert [request.kind for request in requests_of(story.case)] == [RequestKind.SUSPENSION]
    assert approvals(story) == {"suspension": at("11-24 15:00")}


def test_of_several_requests_none_is_guessed():
    """Whoever decides says which; the answer names them."""
    story = asked_at_nine("report", "sign").act("extend").act("decide", actor=CHIEF)
    assert story.answer == "several_requests"
    assert story.last.receipts[0].allowed == "suspension, extension"


def test_each_request_is_decided_by_whom_it_concerns_and_never_by_who_asked():
    """The hotline decides the termination and no suspension; who asked for one may decide another's."""
    story = Story().path("report", "sign").act("suspend").act("terminate")
    assert story.act("decide", actor=HOTLINE, request="suspension").answer == "role_not_allowed"
    assert story.act("decide", actor=CHIEF, request="termination").answer == "role_not_allowed"
    own = {"id": "D1", "role": "hotline"}
    assert story.act("decide", actor=own, request="termination").answer == "self_approval"
    assert story.act("decide", actor=HOTLINE, request="termination").answer == "accepted"
    assert story.stage is Stage.TERMINATED


def test_all_kinds_may_wait_at_once_and_end_with_the_case():
    """As many as there are; each of both sides hears of each, and nobody is asked to decide any more."""
    story = Story().path("report").act("suspend").act("extend").act("void").act("object").act("terminate")
    story.act("decline").act("decline", reason="other_street").report(source_no="R1", matter="SZ-001")
    story.act("supervise").act("raise_hard")
    assert len(requests_of(story.case)) == 10
    story.act("transfer")
    assert {lapse.kind for lapse in lapses(story)} == set(RequestKind) - {
        RequestKind.JOINT,
        RequestKind.DUPLICATE,
        RequestKind.HOTLINE_EXTENSION,  # one extension at a time
        RequestKind.UNREASONABLE,  # once all is verified
        RequestKind.APPEAL,  # it does not end with the case
    }
    assert approvals(story) == {}


# what is in the log already


def as_an_earlier_version_left_it(story: Story) -> Story:
    """The worker starts anew with the snapshots as they were written before decisions had clocks."""
    cases = [
        replace(
            case,
            clocks=tuple(clock for clock in case.clocks if clock.kind.value != "decide"),
            rules_version="2026.10-before",
        )
        for case in story.core.cases()
    ]
    story.core = Partition(RULES, KEY, "test")
    story.core.restore(cases)
    return story


def test_a_request_that_waited_before_there_were_clocks_gets_one_when_a_worker_takes_the_case_over():
    """From then on: nobody is late at once."""
    story = asked_at_nine("report", "sign", action="terminate")
    story.now = at("11-30 09:00")
    as_an_earlier_version_left_it(story).wait(seconds=0)
    assert story.clock("decide", "termination").started_at == at("11-30 09:00")
    assert until(story, "11-30 15:00").notified("decide")[0] == ("breach", 1, "callback")


@pytest.mark.parametrize("asked", ["suspend", "extend"])
def test_a_request_whose_end_passed_before_there_were_clocks_lapses_when_a_worker_takes_the_case_over(asked):
    """At once, with the notices; and it blocks nothing."""
    story = asked_at_nine("report", "sign", action=asked)
    story.now = at("11-30 09:00")
    as_an_earlier_version_left_it(story).wait(seconds=0)
    (lapse,) = lapses(story)
    assert (lapse.why, lapse.at) == (LapseReason.END_PASSED, at("11-30 09:00"))
    assert len(told(story, "request_lapsed")) == 2
    assert story.act("suspend").answer == "accepted"


def test_an_old_request_that_cannot_be_granted_where_its_case_stands_lapses_too():
    """An objection of which an earlier version made no end: the team is on site."""
    story = asked_at_nine("report", "sign", action="object")
    objection = story.case.request
    assert objection is not None
    story.path("arrive")
    (case,) = story.core.cases()
    assert not can_be_granted(case, objection)
    story.core = Partition(RULES, KEY, "test")
    story.core.restore([replace(case, request=objection, lapsed_requests=(), rules_version="2026.10-before")])
    story.wait(seconds=0)
    assert [lapse.why for lapse in lapses(story)][-1] is LapseReason.CASE_MOVED_ON
    assert story.case.request is None


def test_a_worker_that_starts_again_fires_nothing_twice_and_forgets_no_end():
    """Restored between the reminder and the end: told the same as without a stop."""
    straight = until(asked_at_nine("report", "sign"), "11-26 12:00")
    story = until(asked_at_nine("report", "sign"), "11-25 09:30")
    cases = list(story.core.cases())
    story.core = Partition(RULES, KEY, "test")
    story.core.restore(cases)
    until(story, "11-26 12:00")
    assert story.notified("decide") == straight.notified("decide")
    assert lapses(story) == lapses(straight)
    assert story.state() == straight.state()


def test_a_timer_that_fires_late_ends_it_all_the_same():
    """The worker was away over its end: it lapses when it is back, before anything else is decided."""
    story = asked_at_nine("report", "sign")
    story.now += timedelta(days=5)
    story.act("extend")
    assert [lapse.kind for lapse in lapses(story)] == [RequestKind.SUSPENSION]


# steps that wait at the centre


def test_a_task_that_was_given_back_is_the_centres_to_dispatch_and_the_centre_is_reminded():
    """Not the team that gave it back, though the snapshot still names it."""
    story = story_at("11-24 09:00").path("report", "return", "return", "return")
    assert story.stage is Stage.DISPATCH_PENDING
    until(story, "11-24 17:30")
    assert story.notified("dispatch")[0] == ("breach", 1, "duty")
    assert {to for _, _, to in story.notified("dispatch")} == {"duty", "grid_leader", "duty_chief"}
    assert "duty" in {to for _, _, to in story.notified("dispose")}
    assert not {"city-appearance", "area-west", "area-middle"} & {
        to for _, _, to in story.notified("dispose")
    }


def test_a_partner_that_refused_is_the_centres_to_settle_and_the_centre_is_reminded():
    """Not the department, which has said that it does not come."""
    story = (
        story_at("11-24 09:00").path(*DIGGING, "whistle").act("joint_step", status="refused", note="警力不足")
    )
    late = [n for n in until(story, "12-02 10:00").notified("partner_finish") if n[0] == "breach"]
    assert ("breach", 1, "duty") in late
    assert "traffic-police" not in {to for _, _, to in late}
    assert "sanitation" in {to for _, _, to in late}
