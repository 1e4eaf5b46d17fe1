"""The clocks of a case: what runs when, what stops and moves them, who is told, and that each of it happens once."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.clocks import running_clocks
from pipeline.core.partition import Partition
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import SHANGHAI
from pipeline.core.worktime.policy import span_of
from schemas.journal.entry import TimerCause
from schemas.values.terms import ClockKind, Stage
from tests.core.story import KEY, RULES, Story


def at(text: str) -> datetime:
    """A local time, of 2026 where no year is given, as "11-24 09:00"."""
    dated = text if text.startswith("20") else f"2026-{text}"
    return datetime.fromisoformat(f"{dated.replace(' ', 'T')}:00+08:00").astimezone(UTC)


def story_at(text: str, rules: Rules = RULES) -> Story:
    """A story that begins then."""
    return Story(rules=rules, now=at(text))


def until(story: Story, text: str) -> Story:
    """Time passes until then; what is due fires in time, minute by minute where something is due."""
    end = at(text)
    while (due := story.core.next_due()) is not None and due <= end:
        story.wait(seconds=max(0.0, (due - story.now).total_seconds()))
    return story.wait(seconds=(end - story.now).total_seconds())


def running(story: Story) -> set[str]:
    """The clocks of the case that run."""
    return {clock.kind.value for clock in story.case.clocks if clock.stopped_at is None}


def test_which_clocks_run_follows_from_the_stage():
    """Each step has its own, handling and the whole go on beside them, and a closed case has none."""
    story = Story().path("report")
    seen = [running(story)]
    for step in ("sign", "arrive", "dispose", "pass", "call"):
        story.path(step)
        seen.append(running(story))
    assert seen == [
        {"sign", "arrive", "dispose", "whole"},
        {"arrive", "dispose", "whole", "contact"},
        {"dispose", "whole", "contact"},
        {"verify", "whole", "contact"},
        {"callback", "whole"},
        set(),
    ]
    assert running_clocks.wake(story.case) == story.case.timers[0].due_at


def test_a_clock_runs_on_until_its_suspension_is_granted():
    """Asking stops nothing; only what was granted does, and from then on."""
    story = story_at("11-24 09:00").path("report", "sign", "ask")
    asked = story.clock("dispose")
    assert asked.stopped_at is None
    assert [assignment.kind.value for assignment in story.last.assignments] == ["approve"]
    story.wait(minutes=10).act("decide")
    assert story.stage is Stage.SUSPENDED
    assert story.clock("dispose").stopped_at == story.now
    assert story.clock("dispose").due_at == asked.due_at


def test_a_pause_over_a_weekend_moves_the_deadline_by_working_time():
    """Stood from Friday 16:30 to Monday 09:00: an hour on Friday and half an hour on Monday."""
    story = story_at("11-27 15:58").path("report", "sign")
    due = story.clock("dispose").due_at
    story.now = at("11-27 16:30")
    story.act("suspend", until=at("11-30 09:00").isoformat()).act("decide")
    until(story, "11-30 10:00")
    assert story.stage is Stage.SIGNED
    assert (
        story.clock("dispose").due_at
        == clock_arithmetic.after(RULES.calendar, due, span_of("90 work_minutes")).at
    )
    assert story.clock("dispose").moves[0].why == "suspended"


def test_a_suspension_ends_at_its_own_time_however_late_that_is_noticed():
    """The worker was down when it ran out: the clock has run since, and its deadline tells."""
    ways, notified = [], set[str]()
    for noticed in ("11-26 09:01", "11-26 15:00"):
        story = story_at("11-24 09:00").path("report", "sign")
        story.act("suspend", until=at("11-26 09:00").isoformat()).act("decide")
        story.now = at(noticed)
        story.wait(seconds=0)
        ways.append(story.clock("dispose").due_at)
        notified |= {n.kind.value for o in story.outcomes for n in o.notices}
    assert ways[0] == ways[1]
    assert notified >= {"resumed", "granted", "request"}


def test_resumed_early_by_the_team():
    """Who resumes says so, and no timer of the suspension is left."""
    story = story_at("11-24 09:00").path("report", "sign", "suspend")
    story.wait(hours=1).act("resume")
    assert (story.stage, story.case.suspension, story.case.timers) == (Stage.SIGNED, None, ())
    assert running(story) == {"arrive", "dispose", "whole", "contact"}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"until": at("11-24 08:00").isoformat()}, "suspension_end", "until"),
        ({"until": at("12-24 08:00").isoformat()}, "suspension_end", "until"),
        ({"reason": "holiday"}, "not_allowed", "reason"),
        ({"until": "soon"}, "wrong_time", "until"),
        ({"until": "2026-11-25T09:00:00"}, "naive_time", "until"),
    ],
)
def test_an_impossible_suspension_is_refused(changes, code, field):
    """An end is needed, after now and within the cap of its reason."""
    story = story_at("11-24 09:00").path("report", "sign").act("suspend", **changes)
    assert (story.answer, story.last.receipts[0].field) == (code, field)
    assert running(story) == {"arrive", "dispose", "whole", "contact"}


def test_no_third_suspension():
    """How often is the policy's."""
    story = story_at("11-24 09:00").path("report", "sign", "suspend", "resume", "suspend", "resume", "ask")
    assert story.answer == "suspension_limit"


def test_who_asks_does_not_decide():
    """Not even a chief; and what was not granted changes nothing."""
    story = story_at("11-24 09:00").path("report", "sign", "ask")
    chief = {"id": "O1", "role": "duty_chief", "team": "duty"}
    assert story.act("decide", actor=chief).answer == "self_approval"
    story.act("decide", granted=False)
    assert (story.answer, story.stage, story.case.request) == ("accepted", Stage.SIGNED, None)
    assert [n.kind.value for n in story.last.notices] == ["denied"]
    assert story.act("decide").answer == "nothing_asked"


def test_an_extension_moves_handling_and_the_whole_once():
    """Two hours of work and one more; the team hears of its new deadline."""
    story = story_at("11-24 09:00").path("report", "sign")
    dispose, whole = story.clock("dispose").due_at, story.clock("whole").due_at
    story.path("extend")
    more = span_of("1 work_hours")
    assert story.clock("dispose").due_at == clock_arithmetic.after(RULES.calendar, dispose, more).at
    assert story.clock("whole").due_at == clock_arithmetic.after(RULES.calendar, whole, more).at
    assigned = [(assignment.kind.value, assignment.status.value) for assignment in story.last.assignments]
    assert story.last.assignments[1].due_at == story.clock("dispose").due_at
    assert assigned == [("approve", "done"), ("handle", "open")]
    assert story.act("extend").answer == "extension_limit"


def test_an_extension_comes_before_the_deadline_or_not_at_all():
    """Neither asked nor granted after it; and by no more than the original limit."""
    story = story_at("11-24 09:00").path("report", "sign")
    assert story.act("extend", more="3 work_hours").answer == "extension_too_long"
    assert story.act("extend", more="2 weeks").answer == "wrong_format"
    assert story.act("extend").answer == "accepted"
    until(story, "11-24 15:00").act("decide")
    assert story.answer == "request_lapsed"
    assert story.act("extend").answer == "extend_after_deadline"


def test_time_in_other_hands_does_not_count_for_the_team():
    """Cumulative: half used, a day at the verifier's, and half is left."""
    story = story_at("11-24 09:00").path("report", "sign", "arrive")
    story.now = at("11-24 10:00")
    story.act("dispose")
    story.now = at("11-25 10:00")
    story.act("verify", passed=False, note="没清理")
    assert story.clock("dispose").due_at == at("11-25 11:01")
    assert clock_arithmetic.used(RULES.calendar, story.clock("dispose"), story.now) == timedelta(minutes=59)


def test_what_was_late_stays_late():
    """A rework after the breach gives no new time, and no level fires twice."""
    story = until(story_at("11-24 09:00").path("report", "sign", "arrive"), "11-24 15:00")
    late = story.clock("dispose").due_at
    story.act("dispose").wait(hours=1).act("verify", passed=False, note="没清理")
    assert story.clock("dispose").due_at == late
    until(story, "12-20 10:00")
    levels = [level for _, level, _ in story.notified() if level is not None]
    assert sorted(set(levels)) == [0, 1, 2, 3, 4, 5]
    assert levels.count(2) == 2  # one rung, two recipients
    assert levels == sorted(levels)


def test_a_step_that_comes_again_has_a_new_clock():
    """Single: the second team has as long to sign as the first had."""
    story = story_at("11-24 09:00").path("report")
    story.wait(minutes=50).act("return")
    clock = story.clock("sign")
    assert (clock.leg, clock.started_at, clock.moves) == (2, story.now, ())


def test_editing_a_case_restarts_no_clock():
    """A merged report, a refused action and the same action again leave every deadline where it was."""
    story = story_at("11-24 09:00").path("report", "sign")
    before = story.case.clocks
    story.wait(minutes=3).report(source_no="again", text="又来了")
    assert story.answer == "merged"
    story.act("sign").act("claim")
    story.again()
    assert story.case.clocks == before


def test_a_warning_waits_for_duty_time_and_a_breach_of_an_urgent_matter_does_not():
    """Four hours from 17:00: the warnings would come at night, the breach does, and then they are passed over."""
    story = until(story_at("11-24 17:00").report(matter="SR-011").act("sign").act("arrive"), "11-25 10:00")
    assert story.notified() == [("breach", 2, "city-appearance"), ("breach", 2, "duty_chief")]
    breach = next(o for o in story.outcomes for n in o.notices if n.clock is ClockKind.DISPOSE)
    assert breach.entry.at == at("11-24 21:00")


def test_a_warning_that_was_overtaken_comes_after_all_when_the_deadline_moves():
    """Suspended over the night, the deadline and its warnings lie in duty hours again: each is told, once."""
    story = story_at("11-24 17:00").report(matter="SR-011").act("sign").act("arrive")
    story.now = at("11-24 17:30")
    story.act("suspend", until=at("11-25 09:00").isoformat()).act("decide")
    until(story, "11-25 13:00")
    assert [(kind, level) for kind, level, to in story.notified() if to == "city-appearance"] == [
        ("warning", 0),
        ("warning", 1),
        ("breach", 2),
    ]


def test_reminders_every_workday_come_every_workday():
    """The last office hour of one day, then of the next: none is lost between."""
    story = until(story_at("11-24 09:00").path("report"), "12-03 18:00")
    again = [
        o.entry.at
        for o in story.outcomes
        for n in o.notices
        if n.kind.value == "overdue" and n.clock is ClockKind.SIGN
    ]
    assert [f"{one.astimezone(SHANGHAI):%m-%d %H:%M}" for one in again] == [
        "11-25 17:30", "11-26 17:30", "11-27 17:30", "11-30 17:30", "12-01 17:30", "12-02 17:30", "12-03 17:30",
    ]  # fmt: skip


def test_a_team_on_duty_at_night_is_warned_at_night():
    """The emergency group's hours are day and night."""
    story = until(story_at("11-24 22:00").report(matter="XF-001").act("sign").act("arrive"), "11-25 00:30")
    assert [level for _, level, _ in story.notified()] == [0, 1, 1, 2, 2]
    assert story.clock("sign").roster == "all_day"


def test_a_breach_at_the_end_of_duty_is_told_then():
    """17:30 is the deadline and the end of duty: not a minute early, and not the next morning."""
    story = until(story_at("11-24 15:30").report(matter="SR-001").act("sign").act("arrive"), "11-25 08:31")
    assert story.clock("dispose").due_at == at("11-24 17:30")
    notified = [
        (o.entry.at, n.level, n.due_at) for o in story.outcomes for n in o.notices if n.kind.value == "breach"
    ]
    assert notified[0] == (at("11-24 17:30"), 2, at("11-24 17:30"))


def test_a_case_that_nobody_takes_escalates_all_the_same():
    """Offered, lapsed, dispatched, never signed for: leaders hear of it, up to the last rung, and again."""
    story = until(story_at("11-24 09:00").path("offer"), "12-31 10:00")
    assert story.stage is Stage.DISPATCHED
    assert [level for _, level, _ in story.notified("claim")] == [None]
    assert ("escalation", 2, "duty_chief") in story.notified("sign")
    assert [to for _, level, to in story.notified() if level == 5] == ["discipline_list"]
    assert story.notified()[-1] == ("overdue", None, "discipline_list")


def test_the_papers_of_the_ladder():
    """催办 with the breach, 督办单 four hours later, criticism after five days."""
    story = until(story_at("11-24 09:00").path("report"), "12-10 10:00")
    papers = {
        n.level: n.paper.value
        for o in story.outcomes
        for n in o.notices
        if n.paper and n.clock is ClockKind.DISPOSE
    }
    assert papers == {2: "urge", 3: "supervise", 5: "criticise"}


def test_after_an_outage_each_level_fires_once_in_order_of_its_deadline():
    """Down for a week: everything due is told in due order, with its own time, and how late."""
    story = story_at("11-24 09:00").report().report(matter="SR-008", place={"address": "兴华街20号"})
    story.now = at("12-01 09:00")
    story.wait(seconds=0)
    fired = [o.entry for o in story.outcomes if isinstance(o.entry.cause, TimerCause)]
    assert [e.cause.due_at for e in fired] == sorted(e.cause.due_at for e in fired)
    keys = [(e.cause.case_id, e.cause.clock, e.events[0].timer.level) for e in fired]
    assert len(keys) == len(set(keys))
    assert all(e.events[0].late_s == (e.at - e.cause.due_at).total_seconds() for e in fired)


def test_a_restart_fires_nothing_twice():
    """Restored from the snapshots in the middle of a ladder, it goes on with the next rung."""
    story = until(story_at("11-24 09:00").path("report"), "11-24 11:00")
    straight = until(story_at("11-24 09:00").path("report"), "11-25 17:00").notified()
    cases = list(story.core.cases())
    story.core = Partition(RULES, KEY, "test")
    story.core.restore(cases)
    assert until(story, "11-25 17:00").notified() == straight


def test_the_stages_of_a_matter_have_clocks_of_their_own():
    """A construction is to be stopped in hours and gone in weeks; each is reported done once."""
    story = story_at("11-24 09:00").report(matter="WJ-001").act("sign").act("arrive")
    due = {clock.name: clock.due_at for clock in story.case.clocks if clock.kind is ClockKind.STAGE}
    assert list(due) == ["stop_work", "penalty_filed", "removed_or_rectified"]
    assert due["stop_work"] == at("11-24 13:00")
    assert due["penalty_filed"] == at("12-03 17:30")
    story.act("reach_stage")
    assert story.clock("stage", "stop_work").stopped_at == story.now
    assert story.clock("stage", "penalty_filed").stopped_at is None
    assert story.act("reach_stage").answer == "no_such_stage"
    assert "penalty_filed" in story.last.receipts[0].allowed


def test_no_reminder_comes_on_a_weekend_or_a_holiday():
    """Breached on a Friday and left alone over the National Day: whoever is not on duty is told nothing."""
    story = until(story_at("09-25 09:00").report(matter="SR-001").act("sign"), "10-20 10:00")
    times = [o.entry.at for o in story.outcomes for n in o.notices if n.clock is ClockKind.DISPOSE]
    assert len(times) > 6
    assert all(RULES.calendar.next_work_time(time) == time for time in times)


def test_an_escalation_at_midnight_is_on_the_right_day():
    """Due at 24:00 of one day, which is 00:00 of the next: once, at that instant, by a team that is on duty."""
    story = until(story_at("11-24 22:00").report(matter="XF-001"), "11-25 09:00")
    breach = [
        o.entry.at for o in story.outcomes for n in o.notices if (n.clock, n.level) == (ClockKind.DISPOSE, 2)
    ]
    assert breach[0] == at("11-25 00:00")
    assert len(set(breach)) == 1


def test_a_case_opened_out_of_hours_starts_with_the_next_hours():
    """Reported on a Saturday night: its working clocks have run nothing by Monday 08:30, and then they run."""
    story = story_at("11-28 23:10").path("report")
    assert clock_arithmetic.used(RULES.calendar, story.clock("dispose"), at("11-30 08:30")) == timedelta()
    assert story.clock("dispose").due_at == at("11-30 10:30")
    assert story.clock("sign").due_at == at("11-30 09:30")


def test_a_holiday_that_ends_on_a_make_up_day():
    """The last day of Spring Festival is followed by a workday, and the Saturday before it is worked."""
    story = story_at("02-14 16:30").path("report")
    assert story.clock("dispose").due_at == at("02-24 09:31")
    assert until(story, "02-24 09:31").notified()[-1][0] == "breach"


def test_forty_short_halts_lose_no_microsecond():
    """Suspended and resumed at odd instants: what ran and what stood add up to the microsecond."""
    calendar, span = RULES.calendar, span_of("120 work_minutes")
    clock = clock_arithmetic.begin(calendar, ClockKind.DISPOSE, at("11-24 09:00"), span)
    now = clock.started_at
    for number in range(40):
        now += timedelta(seconds=7, microseconds=333_333)
        clock = clock_arithmetic.halt(clock, now)
        now += timedelta(seconds=13 + number, microseconds=1)
        clock = clock_arithmetic.go_on(calendar, clock, now, "suspended")
    assert clock_arithmetic.allowed(calendar, clock) == timedelta(minutes=120)
    assert clock_arithmetic.used(calendar, clock, now) == 40 * timedelta(seconds=7, microseconds=333_333)
    assert clock_arithmetic.used(calendar, clock, clock.due_at) == timedelta(minutes=120)
