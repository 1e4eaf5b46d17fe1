"""热线时限: the hotline's own deadline, told as the order's people live through it. Theirs is theirs; the earlier one holds."""

from datetime import UTC, datetime

import pytest

from pipeline.core.clocks.hotline_deadlines import owner_of
from pipeline.core.worktime.policy import span_of
from schemas.state.case import Case
from schemas.values.hotline_order import DeadlineOwner
from schemas.values.terms import ClockKind, NoticeKind, RequestKind, Stage
from tests.core.clocks.test_changed_rules import restored, rules_with
from tests.core.clocks.test_clock import at, story_at, until
from tests.core.story import ELSEWHERE, RULES, Story

SIGNBOARD = "SR-004"
"""Our policy gives it seven workdays, and the whole case three more."""
FRIDAY = at("11-27 17:30")


def order(due_at: str | None = None, **more: object) -> dict[str, object]:
    """The terms of an order."""
    return ({"due_at": at(due_at).isoformat()} if due_at else {}) | more


def ordered(due_at: str | None = "11-27 17:30", matter: str = SIGNBOARD, **changes: object) -> Story:
    """An order of Tuesday morning, due on Friday."""
    return story_at("11-24 09:00").report(matter=matter, order=order(due_at), **changes)


def held(story: Story) -> Story:
    """Its team has signed for it."""
    return story.path("sign")


def case_of(story: Story, case_id: str) -> Case:
    """A case by its id."""
    return next(case for case in story.core.cases() if case.case_id == case_id)


def whole(case: Case):
    """The clock of the whole case."""
    return next(clock for clock in case.clocks if clock.kind is ClockKind.WHOLE)


# which deadline holds


def test_a_hotline_order_due_on_friday_is_due_on_friday_though_our_policy_allows_longer():
    """The whole case and its handling end on Friday; the receipt and the team's assignment say so, and whose deadline it is."""
    story = ordered()
    assert story.clock("whole").due_at == story.clock("dispose").due_at == FRIDAY
    receipt, assignment = story.outcomes[0].receipts[0], story.outcomes[0].assignments[0]
    assert (receipt.due_at, receipt.due_by) == (FRIDAY, DeadlineOwner.HOTLINE)
    signed = held(story).last.assignments or [assignment]
    assert signed[-1].order is not None
    handled = [one for outcome in story.outcomes for one in outcome.assignments if one.kind.value == "handle"]
    assert {(one.due_at, one.due_by) for one in handled} == {(FRIDAY, DeadlineOwner.HOTLINE)}


def test_an_order_due_after_our_own_deadline_is_due_by_ours():
    """A vendor is to be gone in two hours whatever the hotline allows; the receipt says that the deadline is the policy's."""
    story = ordered(matter="SR-001")
    receipt = story.last.receipts[0]
    assert (receipt.due_at, receipt.due_by) == (at("11-24 11:00"), DeadlineOwner.POLICY)
    assert owner_of(story.clock("dispose")) is DeadlineOwner.POLICY
    assert whole(story.case).hotline_due_at == FRIDAY


def test_a_report_without_a_hotline_deadline_names_nobody():
    """As it always was."""
    story = story_at("11-24 09:00").report(matter=SIGNBOARD)
    assert (story.last.receipts[0].due_by, story.clock("whole").hotline_due_at) == (None, None)


@pytest.mark.parametrize(
    ("opened", "limit", "due"),
    [
        ("2026-11-24T09:00", "5 workdays", "2026-12-01T17:30"),
        ("2026-09-28T09:00", "5 workdays", "2026-10-10T17:30"),  # National Day, and a Saturday that is worked
        ("2026-12-30T16:00", "2 workdays", "2027-01-01T17:30"),  # 2027 is not announced: weekends only
        ("2026-11-24T09:00", "4 natural_hours", "2026-11-24T13:00"),
        ("2026-11-26T09:00", "3 calendar_days", "2026-11-30T17:30"),  # a Sunday moves to Monday
    ],
)
def test_days_alone_are_counted_by_the_streets_calendar_from_the_call(opened, limit, due):
    """Across National Day, its worked Saturday, and the year's end."""
    story = Story(now=_local(opened)).report(matter=SIGNBOARD, order=order(limit=limit))
    kept = story.case.reports[0].order
    assert kept is not None
    assert kept.due_at == _local(due)


def _local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


# what is no deadline


@pytest.mark.parametrize("due_at", ["2026-11-20T09:00:00+08:00", "2029-01-01T00:00:00+08:00"])
def test_a_deadline_before_the_call_or_years_off_is_left_out_and_the_order_is_a_case(due_at):
    """The receipt says which field; the rest of the order holds."""
    story = story_at("11-24 09:00").report(matter=SIGNBOARD, order={"due_at": due_at, "kind": "complaint"})
    receipt = story.last.receipts[0]
    assert receipt.code == "accepted"
    assert [(one.field, one.why.value) for one in receipt.left_out] == [("order.due_at", "implausible")]
    kept = story.case.reports[0].order
    assert kept is not None
    assert (kept.kind, kept.due_at) == ("complaint", None)
    assert story.clock("whole").hotline_due_at is None


@pytest.mark.parametrize("due_at", ["下周五", "2026-13-45T00:00:00+08:00", 5, {"day": 1}])
def test_a_deadline_that_nobody_can_read_costs_no_order(due_at):
    """It is left out as unreadable, whatever stands there."""
    story = story_at("11-24 09:00").report(matter=SIGNBOARD, order={"due_at": due_at, "repeat_of": "GD-1"})
    receipt = story.last.receipts[0]
    assert receipt.code == "accepted"
    assert [(one.field, one.why.value) for one in receipt.left_out] == [("order.due_at", "unreadable")]
    assert story.case.reports[0].order.repeat_of == "GD-1"


@pytest.mark.parametrize("due_at", ["1970-01-01T00:00:00Z", "无", "", None])
def test_a_placeholder_is_no_deadline(due_at):
    """As in every optional field."""
    story = story_at("11-24 09:00").report(matter=SIGNBOARD, order={"due_at": due_at, "limit": "3 workdays"})
    assert story.answer == "accepted"
    assert story.clock("whole").hotline_due_at == FRIDAY


def test_terms_that_are_no_object_are_left_out_as_a_whole():
    """So is a kind that is on no list."""
    assert story_at("11-24 09:00").report(order="急").answer == "accepted"
    story = story_at("11-24 09:00").report(order={"kind": "rumour", "due_at": at("11-24 10:00").isoformat()})
    assert story.last.receipts[0].left_out[0].field == "order.kind"
    assert story.clock("dispose").due_at == at("11-24 10:00")


# what moves it, and what does not


def test_a_second_order_with_an_earlier_deadline_moves_the_clock_earlier_and_a_split_puts_it_back():
    """Of all that wait the earliest counts; once it is a case of its own it takes its deadline along."""
    story = (
        ordered().wait(minutes=10).report(source_no="SECOND", matter=SIGNBOARD, order=order("11-25 17:30"))
    )
    host = story.case_id
    receipt = story.last.receipts[0]
    assert (receipt.code, receipt.due_at, receipt.due_by) == (
        "merged",
        at("11-25 17:30"),
        DeadlineOwner.HOTLINE,
    )
    assert whole(story.case).due_at == story.clock("dispose").due_at == at("11-25 17:30")
    story.wait(minutes=5).act("split", source="12345", source_no="SECOND", note="不是同一处")
    assert story.answer == "accepted"
    assert whole(case_of(story, host)).due_at == FRIDAY
    assert story.case_id != host
    assert whole(story.case).due_at == at("11-25 17:30")


def test_a_case_merged_by_hand_brings_its_hotline_deadline_and_takes_it_back():
    """The host is due by the earlier one while it answers for both."""
    story = ordered(source_no="HOST", place=ELSEWHERE)
    host = story.case_id
    story.wait(minutes=5).report(source_no="PART", matter=SIGNBOARD, order=order("11-25 12:00"))
    story.wait(minutes=5).act("merge", into=host)
    assert (story.answer, whole(case_of(story, host)).due_at) == ("accepted", at("11-25 12:00"))
    story.act("split", case_id=host, source="12345", source_no="PART", note="两处")
    assert story.answer == "accepted"
    assert whole(case_of(story, host)).due_at == FRIDAY
    assert whole(story.case).due_at == at("11-25 12:00")


def test_an_order_pushed_again_with_another_deadline_moves_it_either_way():
    """The receipt says that the deadline is what is new; an order without one takes none back."""
    story = ordered(source_no="GD")
    story.wait(minutes=5).report(source_no="GD", matter=SIGNBOARD, order=order("11-30 17:30"))
    assert (story.answer, [part.value for part in story.last.receipts[0].added]) == ("updated", ["deadline"])
    assert whole(story.case).due_at == at("11-30 17:30")
    story.wait(minutes=5).report(source_no="GD", matter=SIGNBOARD, order=order("11-26 17:30"))
    assert whole(story.case).due_at == at("11-26 17:30")
    story.wait(minutes=5).report(source_no="GD", matter=SIGNBOARD)
    assert whole(story.case).due_at == at("11-26 17:30")


def test_suspension_and_other_rules_leave_the_hotlines_deadline_where_it_is():
    """Two days of rest move ours behind it, and never theirs; nor does a policy that allows more or less."""
    story = (
        held(ordered()).act("suspend", reason="weather", until=at("11-26 09:01").isoformat()).act("decide")
    )
    until(story, "11-26 09:30")
    assert story.stage is Stage.SIGNED
    assert story.clock("dispose").moves
    assert story.clock("dispose").due_at == whole(story.case).due_at == FRIDAY
    matters = dict(RULES.services[0].matters)
    matters[SIGNBOARD] = {**matters[SIGNBOARD], ClockKind.DISPOSE: span_of("9 workdays")}
    restored(story, rules_with(matters=matters)).wait(seconds=1)
    assert story.clock("dispose").limit == "9 workdays"
    assert story.clock("dispose").due_at == whole(story.case).due_at == FRIDAY


def test_whoever_is_late_for_the_hotline_is_late():
    """The ladder climbs at their deadline, before ours."""
    story = until(held(ordered()), "11-27 17:31")
    assert ("breach", 2, "duty_chief") in story.notified("whole")
    assert ("breach", 2, "duty_chief") in story.notified("dispose")


# a case that rests


def called(story: Story) -> list[tuple[str, datetime, datetime | None]]:
    """Who was told that the hotline's deadline comes, when, and when that is."""
    return [
        (notice.to, notice.at, notice.due_at)
        for outcome in story.outcomes
        for notice in outcome.notices
        if notice.kind is NoticeKind.HOTLINE_DUE
    ]


def resting(until_text: str) -> Story:
    """An order due on Friday whose case rests for the weather, beyond that."""
    return held(ordered()).act("suspend", reason="weather", until=at(until_text).isoformat()).act("decide")


def test_the_hotlines_day_does_not_pass_unnoticed_while_the_case_rests():
    """Its team and the centre are told on Thursday afternoon, when 80 % of the time is over, and once more when it has come."""
    story = resting("11-30 09:00")
    told_at = story.now + (FRIDAY - story.now) * 0.8
    until(story, "11-30 08:00")
    centre, team = RULES.policy.centre_team, story.case.task.team
    assert {to for to, _, _ in called(story)} == {team, centre}
    times = sorted({moment for _, moment, _ in called(story)})
    assert times == [RULES.calendar.next_work_time(told_at), FRIDAY]
    assert {due_at for _, _, due_at in called(story)} == {FRIDAY}


def test_a_case_that_goes_on_before_is_not_called_out():
    """Its clocks wake whoever is to act."""
    story = resting("11-25 09:00")
    until(story, "11-27 17:00")
    assert story.stage is Stage.SIGNED
    assert called(story) == []


def test_an_order_that_joins_a_case_at_rest_brings_its_deadline():
    """The first came without one; from the second on somebody is told."""
    story = held(ordered(due_at=None)).act("suspend", reason="weather", until=at("11-30 09:00").isoformat())
    host = story.case_id
    story.act("decide").wait(minutes=5)
    story.report(source_no="SECOND", matter=SIGNBOARD, order=order("11-27 17:30"))
    assert (story.answer, case_of(story, host).stage) == ("merged", Stage.SUSPENDED)
    until(story, "11-30 08:00")
    assert {due_at for _, _, due_at in called(story)} == {FRIDAY}


def test_an_order_to_correct_does_not_hide_the_hotlines_day():
    """The party has until Monday; the hotline wants it by Friday."""
    story = held(ordered()).path("arrive").act("order_correction", until=at("11-30 09:00").isoformat())
    assert story.stage is Stage.SUSPENDED
    until(story, "11-30 08:00")
    assert len({moment for _, moment, _ in called(story)}) == 2


# extensions


def test_an_extension_within_the_hotlines_day_stays_ours_to_grant():
    """A vendor's two hours become three, long before Friday."""
    story = held(ordered(matter="SR-001")).act("extend", more="1 work_hours")
    assert story.case.request.kind is RequestKind.EXTENSION
    story.act("decide")
    assert story.clock("dispose").due_at == at("11-24 12:00")
    assert whole(story.case).hotline_due_at == FRIDAY
    assert not [notice for notice in story.last.notices if notice.kind is NoticeKind.EXTENDED]


def test_an_extension_past_the_hotlines_day_needs_the_hotline_and_the_citizen_is_told():
    """The duty chief may not grant it; the hotline's post does, and each caller hears until when, and why."""
    story = held(ordered()).act("extend", more="2 workdays", reason="complex")
    request = story.case.request
    assert (request.kind, request.until) == (RequestKind.HOTLINE_EXTENSION, at("12-01 17:30"))
    asked = [one for one in story.last.assignments if one.kind.value == "approve"]
    assert [one.team for one in asked] == [RULES.policy.callback_post]
    story.act("decide", actor={"id": "C1", "role": "duty_chief", "team": RULES.policy.centre_team})
    assert (story.answer, whole(story.case).due_at) == ("role_not_allowed", FRIDAY)
    story.act("decide", actor={"id": "H9", "role": "hotline"})
    assert story.answer == "accepted"
    assert whole(story.case).due_at == story.clock("dispose").due_at == at("12-01 17:30")
    told = [notice for notice in story.last.notices if notice.kind is NoticeKind.EXTENDED]
    assert [(one.to, one.source_no, one.due_at) for one in told] == [
        ("12345", story.case.reports[0].source_no, at("12-01 17:30"))
    ]
    assert "2026年12月1日17:30" in told[0].text_zh
    assert "情况复杂" in told[0].text_zh


def test_what_the_hotline_does_not_grant_stays_due_on_its_day():
    """And nobody is told of an extension."""
    story = held(ordered()).act("extend", more="2 workdays").act("decide", granted=False)
    assert (story.answer, whole(story.case).due_at) == ("accepted", FRIDAY)
    assert NoticeKind.EXTENDED not in {notice.kind for notice in story.last.notices}


def test_asked_too_late_is_refused_and_says_by_when():
    """After the hotline's deadline there is nothing to extend, though ours had not come yet."""
    story = until(held(ordered()), "11-27 17:31").act("extend", more="1 workdays")
    assert story.answer == "extend_after_deadline"
    assert "hotline" in story.last.receipts[0].allowed


def test_a_request_that_the_hotline_leaves_lying_lapses_at_its_deadline():
    """Whoever decides later has nothing to decide."""
    story = until(held(ordered()).act("extend", more="1 workdays"), "11-27 17:31")
    assert story.case.request is None
    assert story.act("decide", request="hotline_extension").answer == "request_lapsed"


def test_only_one_extension_is_asked_for_at_a_time():
    """Whichever of both it is."""
    assert (
        held(ordered()).act("extend", more="1 workdays").act("extend", more="1 workdays").answer
        == "request_pending"
    )


def test_another_worker_takes_over_with_the_same_deadline():
    """All of it is in the snapshot."""
    story = held(ordered())
    before = story.case
    assert restored(story, RULES).case == before
