"""The account of a case's clocks: every second is accounted for, and it says in words why a deadline is where it is."""

import json
from dataclasses import replace as changed
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.core.partition import Partition
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import CalendarYear, OfficeHours, WorkCalendar
from pipeline.core.worktime.policy import span_of
from pipeline.edge.explain.case_history import SILENT, NoBeginning
from pipeline.edge.explain.clock_account import clock_account
from pipeline.edge.explain.clock_account_rows import ClockAccount, ClockRow, IntervalState, as_json
from pipeline.edge.explain.why_text import lines
from pipeline.words.field_words import Lang
from schemas.journal.entry import JournalEntry
from schemas.values.terms import ClockEvent, ClockKind, Paper, Stage, TimerKind
from tests.core.story import KEY, RULES, Story

GOLDEN = Path(__file__).parent / "golden"
NAMED: Rules = changed(RULES, version="2026.11-test")
"""The shipped rules under a version that does not change with every word in them."""


def at(text: str, year: int = 2026) -> datetime:
    """A local time, as "11-24 09:00"."""
    return datetime.fromisoformat(f"{year}-{text.replace(' ', 'T')}+08:00").astimezone(UTC)


def story_at(text: str, rules: Rules = NAMED) -> Story:
    """A story that begins then."""
    return Story(rules=rules, now=at(text))


def until(story: Story, text: str, year: int = 2026) -> Story:
    """Time passes until then; what is due fires in time."""
    end = at(text, year)
    while (due := story.core.next_due()) is not None and due <= end:
        story.wait(seconds=max(0.0, (due - story.now).total_seconds()))
    return story.wait(seconds=(end - story.now).total_seconds())


def entries(story: Story) -> list[JournalEntry]:
    """The journal of the story's one case."""
    return [outcome.entry for outcome in story.outcomes]


def explained(journal: list[JournalEntry], rules: Rules, when: datetime) -> ClockAccount:
    """The account of a case that was open then."""
    found = clock_account(journal, rules, when)
    assert found is not None
    return found


def told(story: Story, when: datetime | None = None) -> ClockAccount:
    """The account of the story's case, by its rules, now or then; that every sum is right is checked each time."""
    found = explained(entries(story), story.rules, when or story.now)
    for row in found.clocks:
        check(row, found.at)
    return found


def row(found: ClockAccount, kind: ClockKind, name: str | None = None) -> ClockRow:
    """The newest clock of this kind."""
    return [clock for clock in found.clocks if (clock.kind, clock.name) == (kind, name)][-1]


def check(row: ClockRow, now: datetime) -> None:
    """From the start until now without a gap or an overlap, and what ran and what is left is what is allowed."""
    edges = [row.started_at, *(interval.end for interval in row.intervals)]
    assert [interval.begin for interval in row.intervals] == edges[:-1]
    assert edges[-1] == now
    assert all(interval.begin < interval.end for interval in row.intervals)
    assert (
        sum(interval.own_s for interval in row.intervals if interval.state is IntervalState.RAN) == row.ran_s
    )
    assert row.ran_s + row.left_s == row.allowed_s
    assert row.limit_s + sum(deadline.more_s for deadline in row.deadlines) == row.allowed_s
    assert (row.deadlines[-1].due_at, row.deadlines[-1].provisional) == (row.due_at, row.provisional)
    assert (row.next is None) == (row.state is not IntervalState.RAN)


def spent(row: ClockRow) -> list[tuple[str, int]]:
    """What each interval was, and how many minutes of the clock's time it took."""
    return [(interval.state.value, interval.own_s // 60) for interval in row.intervals]


def text(story: Story, lang: Lang) -> str:
    """What a person reads."""
    return "\n".join(lines(told(story), story.rules, lang)) + "\n"


def test_a_plain_case():
    """Each step's clock from its start to its end; handling and the whole run on."""
    found = told(story_at("11-24 09:00").path("report", "sign", "arrive").wait(minutes=10))
    assert [(clock.kind.value, clock.state.value) for clock in found.clocks] == [
        ("sign", "over"),
        ("arrive", "over"),
        ("dispose", "ran"),
        ("whole", "ran"),
        ("contact", "ran"),
    ]
    sign, dispose = row(found, ClockKind.SIGN), row(found, ClockKind.DISPOSE)
    assert spent(sign) == [("ran", 1), ("over", 0)]
    assert sign.intervals[-1].by == "case_signed"
    assert (dispose.allowed_s, dispose.ran_s, dispose.left_s) == (7200, 12 * 60, 108 * 60)
    assert (dispose.hours, dispose.edition, dispose.rules_version) == (
        "office",
        date(2020, 1, 1),
        "2026.11-test",
    )
    assert (dispose.next.level, dispose.next.due_at, dispose.next.tells) == (
        0,
        at("11-24 10:01"),
        ("city-appearance",),
    )


def test_a_claimed_case_says_until_when_and_why_it_went_to_others():
    """Beside the clocks what ends the claim; afterwards who had it, until when, and who has it now."""
    story = story_at("11-24 09:00").path("offer", "claim", "sign")
    assert "next 2026-11-25 10:02:00+08:00  claimed and nobody came, it is dispatched" in text(story, Lang.EN)
    assert "领单 · 市容环卫组 (city-appearance) · 至 2026-11-25 10:02:00+08:00" in text(story, Lang.ZH)
    story.wait(days=2)
    assert "city-appearance claimed it and was not on site by 2026-11-25 10:02+08:00" in text(story, Lang.EN)
    assert "city-appearance领单后至2026-11-25 10:02+08:00仍未到场" in text(story, Lang.ZH)


def test_a_case_paused_over_a_weekend():
    """From Friday 16:30 to Monday 09:00 it stood for an hour and a half of its own time, and who granted it is named."""
    story = story_at("11-27 15:58").path("report", "sign")
    story.now = at("11-27 16:30")
    story.act("suspend", until=at("11-30 09:00").isoformat()).act("decide")
    resting = row(told(until(story, "11-28 12:00")), ClockKind.DISPOSE)
    assert (resting.state, resting.due_if_it_went_on) == (IntervalState.STOOD, at("11-30 09:59"))
    found = told(until(story, "11-30 10:00"))
    dispose = row(found, ClockKind.DISPOSE)
    assert spent(dispose) == [("ran", 31), ("stood", 90), ("ran", 60)]
    stood = dispose.intervals[1]
    assert (stood.stage, stood.asked_by, stood.suspension.approved_by) == (Stage.SUSPENDED, "O1", "C1")
    assert [(deadline.why.value, deadline.due_at) for deadline in dispose.deadlines] == [
        ("started", at("11-30 08:59")),
        ("went_on", at("11-30 10:29")),
    ]


def test_a_suspension_that_ran_out_unnoticed_ends_at_its_own_time():
    """The worker was down: the clock has run since 09:00, though it was noticed at 15:00."""
    story = story_at("11-24 09:00").path("report", "sign")
    story.act("suspend", until=at("11-26 09:00").isoformat()).act("decide")
    story.now = at("11-26 15:00")
    dispose = row(told(story.wait(seconds=0)), ClockKind.DISPOSE)
    assert dispose.intervals[1].end == at("11-26 09:00")
    assert dispose.climbed[0].late_s > 0


def test_a_reworked_case():
    """A day at the verifier's is no time of the team's; the verifier's clock is there for each visit."""
    story = story_at("11-24 09:00").path("report", "sign", "arrive")
    story.now = at("11-24 10:00")
    story.act("dispose")
    story.now = at("11-25 10:00")
    story.act("verify", passed=False, note="没清理").wait(minutes=20).act("dispose").wait(minutes=5)
    found = told(story)
    dispose = row(found, ClockKind.DISPOSE)
    assert spent(dispose) == [("ran", 59), ("stood", 420), ("ran", 20), ("stood", 5)]
    assert {interval.stage for interval in dispose.intervals if interval.state is IntervalState.STOOD} == {
        Stage.AWAITING_VERIFICATION
    }
    verify = [clock for clock in found.clocks if clock.kind is ClockKind.VERIFY]
    assert [(one.leg, one.state.value) for one in verify] == [(1, "over"), (2, "ran")]


def test_a_clock_that_stood_at_several_stages_has_an_interval_for_each():
    """At the verifier's, then at the call-back post's, then it was reopened and runs again."""
    story = story_at("11-24 09:00").path("report", "sign", "arrive", "dispose", "pass", "unsolved")
    dispose = row(told(story.wait(minutes=1)), ClockKind.DISPOSE)
    assert [(interval.state.value, interval.stage) for interval in dispose.intervals] == [
        ("ran", None),
        ("stood", Stage.AWAITING_VERIFICATION),
        ("stood", Stage.AWAITING_CALLBACK),
        ("ran", None),
    ]


def test_a_clock_that_a_new_visit_replaced_is_over():
    """The first team returned the task: its hour to sign ended there."""
    story = story_at("11-24 09:00").path("report").wait(minutes=50).act("return").wait(minutes=5)
    signs = [clock for clock in told(story).clocks if clock.kind is ClockKind.SIGN]
    assert [spent(sign) for sign in signs] == [[("ran", 50), ("over", 0)], [("ran", 5)]]
    assert signs[0].intervals[-1].by == "case_returned"


def test_an_extended_case():
    """How much more, why, by whom; the limit and what was added are what is allowed."""
    dispose = row(told(story_at("11-24 09:00").path("report", "sign", "extend")), ClockKind.DISPOSE)
    extended = dispose.deadlines[-1]
    assert (dispose.limit_s, extended.more_s, dispose.allowed_s) == (7200, 3600, 10800)
    assert (extended.why, extended.more, extended.reason) == (
        ClockEvent.EXTENDED,
        "60 work_minutes",
        "complex",
    )
    assert (extended.asked_by, extended.by) == ("O1", "C1")


def test_a_breached_and_escalated_case():
    """Every rung in order: when, how late, whom it told, with which paper; and whom it tells next."""
    dispose = row(told(until(story_at("11-24 09:00").path("report"), "12-10 10:00")), ClockKind.DISPOSE)
    assert dispose.left_s < 0
    assert [one.level for one in dispose.climbed] == [0, 1, 2, 3, 4, 5, None]
    assert [one.paper for one in dispose.climbed if one.paper] == [
        Paper.URGE,
        Paper.SUPERVISE,
        Paper.CRITICISE,
    ]
    assert dispose.climbed[1].tells == ("city-appearance", "grid_leader")
    assert all(one.at == one.due_at and one.late_s == 0 for one in dispose.climbed)
    assert (dispose.next.kind, dispose.next.tells) == (TimerKind.OVERDUE, ("discipline_list",))


def test_what_fired_after_an_outage_says_how_late():
    """Due at 10:01, told at 16:00."""
    story = story_at("11-24 09:00").path("report")
    story.now = at("11-24 16:00")
    first = row(told(story.wait(seconds=0)), ClockKind.DISPOSE).climbed[0]
    assert (first.due_at, first.at, first.late_s) == (
        at("11-24 10:01"),
        at("11-24 16:00"),
        5 * 3600 + 59 * 60,
    )


def test_rungs_that_were_passed_over_are_named():
    """Its warnings would have come at night, after its breach: they were not sent, and it is said."""
    story = until(story_at("11-24 17:00").report(matter="SR-011").act("sign").act("arrive"), "11-25 10:00")
    dispose = row(told(story), ClockKind.DISPOSE)
    assert (dispose.hours, dispose.passed_over) == ("day_and_night", (0, 1))
    assert [one.level for one in dispose.climbed] == [2]


def test_a_case_with_a_provisional_deadline_that_is_settled_later():
    """Over New Year it is provisional; when the year is announced, by other rules, it moves and says why."""
    hours = [OfficeHours(date(2020, 1, 1), ((510, 720), (840, 1050)))]
    known = [CalendarYear(2026, {}, frozenset())]
    announced = [*known, CalendarYear(2027, {date(2027, 1, 1): "元旦"}, frozenset())]
    before = changed(RULES, version="before", calendar=WorkCalendar(hours, known))
    after = changed(RULES, version="after", calendar=WorkCalendar(hours, announced))
    story = story_at("12-31 16:30", before).path("report")
    assert row(told(story), ClockKind.DISPOSE).provisional
    cases = list(story.core.cases())
    story.rules, story.core = after, Partition(after, KEY, "test")
    story.core.restore(cases)
    dispose = row(told(story.wait(seconds=1)), ClockKind.DISPOSE)
    moved = dispose.deadlines[-1]
    assert (moved.why, moved.rules_version, moved.provisional) == (ClockEvent.RECOMPUTED, "after", False)
    assert dispose.due_at == at("01-04 09:31", 2027)
    assert dispose.rules_version == "before"


def test_the_stages_of_a_matter_and_the_hours_of_a_roster():
    """Each stage by its name; a team on duty day and night is named by its roster where working time counts."""
    found = told(story_at("11-24 09:00").report(matter="WJ-001").act("sign").act("arrive").wait(minutes=1))
    stages = [(clock.name, clock.name_zh) for clock in found.clocks if clock.kind is ClockKind.STAGE]
    assert stages[0] == ("stop_work", "停工")
    assert row(found, ClockKind.STAGE, "penalty_filed").hours == "office"


def test_explained_by_other_rules_it_says_so():
    """The deadline stands as it was decided; that the words are another version's is told."""
    story = story_at("11-24 09:00").path("report", "sign")
    other = changed(NAMED, version="other")
    found = explained(entries(story), other, story.now)
    assert (found.rules_version, found.explained_by) == ("2026.11-test", "other")
    assert "explained by rules other" in "\n".join(lines(found, other, Lang.EN))


def test_it_may_be_asked_for_any_time_in_the_past():
    """What it says about then is what it said then."""
    story, said = story_at("11-24 09:00"), {}
    for step in (
        "report",
        "sign",
        "ask",
        "suspend",
        "resume",
        "arrive",
        "dispose",
        "fail",
        "dispose",
        "pass",
    ):
        story.path(step)
        story.wait(minutes=7, microseconds=123_457)
        said[story.now] = told(story)
    assert {then: told(story, then) for then in said} == said


def test_before_it_opened_there_is_nothing_and_without_its_beginning_an_error():
    """The first is no account; the second would be a wrong one."""
    story = story_at("11-24 09:00").path("report", "sign")
    assert clock_account(entries(story), NAMED, at("11-24 08:59")) is None
    with pytest.raises(NoBeginning):
        clock_account(entries(story)[1:], NAMED, story.now)


def test_refusals_and_repetitions_are_not_in_it():
    """They touched nothing."""
    story = story_at("11-24 09:00").path("report", "sign")
    before = told(story)
    story.act("sign").again()
    assert told(story) == before


def test_the_story_names_who_did_what_and_why():
    """The routing trace, the request and its decision."""
    found = told(story_at("11-24 09:00").path("report", "sign", "extend"))
    deeds = {one.event: one.about for one in found.story}
    assert deeds["case_dispatched"]["why"].endswith("dispatch to city-appearance")
    assert (deeds["request_decided"]["granted"], deeds["request_decided"]["by"]) == ("true", "C1")
    assert deeds["case_extended"]["more"] == "1 work_hours"
    assert {one.__name__ for one in SILENT}.isdisjoint(deeds)


def test_json_has_the_same_rows():
    """Names as in the rows, times with their offset, lengths in seconds."""
    found = told(story_at("11-24 09:00").path("report", "sign", "suspend"))
    content = json.loads(json.dumps(as_json(found)))
    assert set(content) == set(ClockAccount._fields)
    assert {tuple(clock) for clock in content["clocks"]} == {ClockRow._fields}
    assert content["suspension"]["reason"] == "weather"
    assert datetime.fromisoformat(content["at"]) == found.at


STEPS = (
    "report",
    "sign",
    "arrive",
    "dispose",
    "pass",
    "fail",
    "call",
    "unsolved",
    "return",
    "suspend",
    "resume",
)
WAITS = st.timedeltas(timedelta(), timedelta(days=3))
BEGUN = st.sampled_from(((), ("sign",), ("sign", "arrive"), ("sign", "arrive", "dispose")))
TALES = st.lists(st.tuples(st.sampled_from((*STEPS, "extend", "offer", "claim")), WAITS), max_size=14)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(BEGUN, TALES)
def test_every_second_of_every_clock_is_accounted_for(begun, tale):
    """Whatever happens, to the microsecond: no gap, no overlap, and the core's own arithmetic agrees."""
    story = story_at("12-24 09:00").path("report", *begun)
    for step, wait in tale:
        story.path(step).wait(seconds=wait.total_seconds())
    case_id = story.case_id
    own = [
        entry for entry in entries(story) if any(getattr(e, "case_id", None) == case_id for e in entry.events)
    ]
    found = explained(own, NAMED, story.now)
    for one in found.clocks:
        check(one, story.now)
    for clock in story.case.clocks:
        calendar, told_of = NAMED.hours_of(clock.roster), row(found, clock.kind, clock.name)
        assert told_of.ran_s == clock_arithmetic.used(calendar, clock, story.now) // timedelta(seconds=1)
        assert told_of.allowed_s == clock_arithmetic.allowed(calendar, clock) // timedelta(seconds=1)
        assert (
            told_of.due_at
            == clock_arithmetic.due(calendar, clock.started_at, span_of(clock.limit), clock.moves).at
        )
    for lang in Lang:
        assert all(lines(found, NAMED, lang)) is False  # the empty lines between the clocks


@pytest.mark.parametrize("lang", list(Lang))
def test_the_words(lang: Lang):
    """Paused, extended, reworked, breached: the whole text, as a person reads it."""
    story = story_at("11-27 15:58").path("report", "sign", "extend")
    story.now = at("11-27 16:30")
    story.act("suspend", until=at("11-30 09:00").isoformat()).act("decide")
    until(story, "11-30 09:30").path("arrive", "dispose").wait(minutes=30)
    story.act("verify", passed=False, note="没清理")
    until(story, "11-30 16:00")
    assert text(story, lang) == (GOLDEN / f"why.{lang.value}.txt").read_text(encoding="utf-8")
