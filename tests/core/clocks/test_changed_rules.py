"""Other rules on the same cases: deadlines move as if it had always been so, each move is told, and nothing else happens."""

from dataclasses import replace as changed
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipeline.core.partition import Partition
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import CalendarYear, OfficeHours, WorkCalendar
from pipeline.core.worktime.policy import span_of
from schemas.errors import CorruptLog
from schemas.values.terms import ClockKind
from tests.core.clocks.test_clock import at, story_at
from tests.core.story import KEY, RULES, Story


def rules_with(**services: Any) -> Rules:
    """The shipped rules, their service policy changed, as a new version."""
    edition = changed(RULES.services[0], **services)
    return changed(RULES, version="changed", services=(edition,))


def restored(story: Story, rules: Rules) -> Story:
    """A worker starts with other rules on the same cases."""
    cases = list(story.core.cases())
    story.rules, story.core = rules, Partition(rules, KEY, "test")
    story.core.restore(cases)
    return story


def test_a_changed_policy_moves_the_deadlines_of_open_cases():
    """Twice the time: the deadline is as if it had always been so, the team hears of it, and nothing else happens."""
    story = story_at("11-24 09:00").path("report", "sign")
    matters = dict(RULES.services[0].matters)
    matters["SR-001"] = {**matters["SR-001"], ClockKind.DISPOSE: span_of("4 work_hours")}
    restored(story, rules_with(matters=matters))
    assert story.core.next_due() == story.case.facts.opened_at
    seen = len(story.outcomes)
    story.wait(seconds=1)
    (outcome,) = story.outcomes[seen:]
    assert outcome.entry.cause.timer.value == "rules_changed"
    assert story.clock("dispose").due_at == at("11-24 15:01")
    assert [(assignment.kind.value, assignment.due_at) for assignment in outcome.assignments] == [
        ("handle", at("11-24 15:01"))
    ]
    assert outcome.notices == []
    assert story.case.rules_version == "changed"
    assert story.core.next_due() == story.clock("dispose").wake_at == at("11-24 11:01")


def test_a_shorter_limit_makes_a_case_late_at_once_and_says_so_once():
    """The new deadline has passed already: its levels fire now, each once."""
    story = story_at("11-24 09:00").path("report", "sign", "arrive").wait(minutes=60)
    matters = dict(RULES.services[0].matters)
    matters["SR-001"] = {**matters["SR-001"], ClockKind.DISPOSE: span_of("30 work_minutes")}
    restored(story, rules_with(matters=matters)).wait(seconds=1)
    assert [kind for kind, _, to in story.notified() if to == "city-appearance"] == [
        "warning",
        "warning",
        "breach",
    ]


def test_rules_that_move_nothing_touch_nothing():
    """Another version whose clocks are the same writes no entry."""
    story = restored(story_at("11-24 09:00").path("report"), changed(RULES, version="other"))
    assert (story.core.next_due() or story.now) > story.now


def test_a_case_keeps_the_edition_it_was_opened_under():
    """An edition from tomorrow on moves no deadline of today's cases, and holds for tomorrow's."""
    matters = {
        code: {**matter, ClockKind.DISPOSE: span_of("1 work_minutes")}
        for code, matter in RULES.services[0].matters.items()
    }
    later = changed(RULES.services[0], effective=date(2026, 11, 25), since=at("11-25 00:00"), matters=matters)
    rules = changed(RULES, version="two", services=(RULES.services[0], later))
    story = story_at("11-24 09:00").path("report")
    due = story.clock("dispose").due_at
    restored(story, rules).wait(seconds=1)
    assert story.clock("dispose").due_at == due
    story.now = at("11-25 09:00")
    story.report(source_no="next", place={"address": "长宁街9号"})
    assert story.clock("dispose").due_at == at("11-25 09:01")


def test_a_provisional_deadline_is_settled_when_the_year_is_announced():
    """Over New Year: provisional, counted as such, and recomputed with the holidays when their file is there."""
    hours = [OfficeHours(date(2020, 1, 1), ((510, 720), (840, 1050)))]
    known = [CalendarYear(2026, {}, frozenset())]
    announced = [*known, CalendarYear(2027, {date(2027, 1, 1): "元旦"}, frozenset())]
    before = changed(RULES, version="before", calendar=WorkCalendar(hours, known))
    after = changed(RULES, version="after", calendar=WorkCalendar(hours, announced))
    story = story_at("12-31 16:30", before).path("report")
    assert story.clock("dispose").provisional
    assert story.core.provisional == 1
    restored(story, after).wait(seconds=1)
    clock = story.clock("dispose")
    assert (clock.provisional, story.core.provisional) == (False, 0)
    assert clock.due_at == datetime.fromisoformat("2027-01-04T09:31:00+08:00").astimezone(UTC)


def test_a_clock_that_a_suspension_halts_is_recomputed_too():
    """It goes on later, by the new limit."""
    story = story_at("11-24 09:00").path("report", "sign", "suspend")
    steps = {kind: dict(limits) for kind, limits in RULES.services[0].steps.items()}
    severity = story.case.facts.severity
    steps[severity][ClockKind.ARRIVE] = span_of("60 work_minutes")
    restored(story, rules_with(steps=steps)).wait(seconds=1)
    assert story.clock("arrive").limit == "60 work_minutes"
    story.act("resume")
    assert clock_arithmetic.allowed(RULES.calendar, story.clock("arrive")) == timedelta(minutes=60)


def test_another_ladder_wakes_at_another_time():
    """Told at a tenth instead of at half: the same deadline, an earlier warning."""
    story = story_at("11-24 09:00").path("report", "sign")
    before = story.clock("dispose")
    kinds = dict(RULES.services[0].clocks)
    ladder = kinds[ClockKind.DISPOSE].ladder
    early = ladder._replace(rungs=(ladder.rungs[0]._replace(percent=10), *ladder.rungs[1:]))
    kinds[ClockKind.DISPOSE] = kinds[ClockKind.DISPOSE]._replace(ladder=early)
    restored(story, rules_with(clocks=kinds)).wait(seconds=1)
    now = story.clock("dispose")
    assert (now.due_at, now.wake_at) == (before.due_at, before.started_at + timedelta(minutes=12))


def test_a_matter_that_is_gone_stops_the_opening_by_name():
    """Its open cases could not be decided."""
    story = story_at("11-24 09:00").path("report")
    rest = {code: matter for code, matter in RULES.matters.items() if code != "SR-001"}
    with pytest.raises(CorruptLog, match=r"unknown_matter.*SR-001"):
        restored(story, changed(RULES, version="less", matters=rest))
