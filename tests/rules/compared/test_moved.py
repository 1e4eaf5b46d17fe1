"""Other rules and the open cases: which deadlines move, who would be late, and that a worker then does just that."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from pipeline.core.case.turn import Turn
from pipeline.core.partition import Partition
from pipeline.rulebook import load_rules
from pipeline.rulebook.moved import is_open, survey
from schemas.values.terms import ClockKind
from tests.core.story import KEY, RULES, START, Story
from tests.rules.conftest import RENAMED

SLA = "sla/2020-01-01"
SHORTER = (SLA, "SR-001: {dispose: 2 work_hours}", "SR-001: {dispose: 1 work_hours}")
LONGER = (SLA, "SR-001: {dispose: 2 work_hours}", "SR-001: {dispose: 3 work_hours}")


def at(text: str) -> datetime:
    """A time of the day of the stories."""
    return datetime.fromisoformat(f"2026-11-24T{text}+08:00")


def place(number: int) -> dict[str, object]:
    """Far enough from all others to be another case."""
    return {"point": {"lon": 112.48 + number * 0.003, "lat": 37.88, "crs": "WGS84"}}


def some_cases() -> Story:
    """Six cases as they come: handled, returned, suspended, awaiting verification, offered, closed."""
    story = Story()
    story.report(matter="WJ-001", place=place(0)).path("sign", "arrive")
    story.report(matter="SR-002", place=place(1)).path("sign", "return")
    story.report(matter="SR-004", place=place(2)).path("sign", "suspend")
    story.report(place=place(3)).path("sign", "arrive", "dispose")
    story.report(place=place(4), source="patrol", caller=None)
    story.report(place=place(5)).path("sign", "arrive", "dispose", "pass", "call")
    return story


def test_a_shorter_limit_makes_late_what_was_in_time(rewritten):
    """Due at 11:00 and now at 10:00: at half past ten it would be late by half an hour."""
    story = Story().report()
    rules = load_rules(rewritten(SHORTER))
    result = survey(rules, story.core.cases(), at("10:30"))
    moved = {deadline.now.kind.value: deadline for deadline in result.moved}
    assert (moved["dispose"].was.due_at, moved["dispose"].now.due_at) == (at("11:00"), at("10:00"))
    assert (moved["dispose"].becomes_late, moved["dispose"].no_longer_late) == (True, False)
    assert result.becoming_late() == {story.case_id}
    assert result.no_longer_late() == set()
    assert result.moved[0] is moved["dispose"]


@pytest.mark.parametrize(
    ("now", "becomes"),
    [("09:59", False), ("10:00", False), ("10:01", True), ("11:00", True), ("11:01", False)],
)
def test_late_is_what_is_due_before_now(rewritten, now, becomes):
    """At the deadline itself it is in time; late already, it does not become so."""
    result = survey(load_rules(rewritten(SHORTER)), Story().report().core.cases(), at(now))
    assert [deadline.becomes_late for deadline in result.moved if deadline.now.kind.value == "dispose"] == [
        becomes
    ]


def test_a_longer_limit_takes_back_what_was_late(rewritten):
    """Late since 11:00, due at 12:00 by the new rules: at half past eleven it is in time again."""
    story = Story().report().wait(hours=2, minutes=30)
    result = survey(load_rules(rewritten(LONGER)), story.core.cases(), at("11:30"))
    assert result.no_longer_late() == {story.case_id}
    assert result.becoming_late() == set()


def test_a_clock_that_stands_is_judged_by_when_it_was_stopped(rewritten):
    """Disposed of at 9:03: a limit of an hour was kept, however late it is now; one of a minute was not."""
    story = Story().path("report", "sign", "arrive", "dispose")
    hour = survey(load_rules(rewritten(SHORTER)), story.core.cases(), at("16:00"))
    minute = (SLA, "SR-001: {dispose: 2 work_hours}", "SR-001: {dispose: 1 work_minutes}")
    late = survey(load_rules(rewritten(minute, name="minute")), story.core.cases(), at("16:00"))
    for entry, becomes in ((hour, False), (late, True)):
        assert [
            deadline.becomes_late for deadline in entry.moved if deadline.now.kind.value == "dispose"
        ] == [becomes]


def test_only_open_cases_are_looked_at(rewritten):
    """What is closed keeps its deadlines."""
    story = some_cases()
    cases = list(story.core.cases())
    result = survey(load_rules(rewritten(SHORTER)), cases, at("10:30"))
    closed = [case.case_id for case in cases if not is_open(case)]
    assert len(closed) == 1
    assert result.open_cases == 5
    assert not {deadline.case.case_id for deadline in result.moved} & set(closed)


def test_the_same_rules_move_nothing():
    """Nor do rules that differ elsewhere only."""
    result = survey(RULES, some_cases().core.cases(), at("10:30"))
    assert (result.open_cases, result.moved, result.re_limited, result.obstacles) == (5, [], 0, [])
    assert result.decided_by == {RULES.version: 5}


def test_a_day_off_moves_all_limits_of_working_time(rewritten):
    """A calendar, not a limit, and what was late before it is not moved."""
    holiday = "  - {name_zh: 国庆节"
    more = "  - {name_zh: 停工日, name_en: Day off, first: 2026-11-25, last: 2026-11-25}\n" + holiday
    folder = rewritten(("calendar/2026", holiday, more))
    story = Story().report(matter="SR-003").report(matter="HB-003", place=place(1))
    result = survey(load_rules(folder), story.core.cases(), START)
    shifts = {
        (deadline.case.facts.matter, deadline.now.kind.value): deadline.now.due_at - deadline.was.due_at
        for deadline in result.moved
    }
    assert shifts[("SR-003", "dispose")] == timedelta(days=1)
    assert ("HB-003", "dispose") not in shifts


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ((SLA, "  SR-001: {dispose: 2 work_hours}", "  SR-001: {dispose: 2 work_hours}"), None),
        (None, "no matter SR-001"),
    ],
)
def test_a_case_whose_matter_is_gone_is_an_obstacle(rewritten, edit, why):
    """A worker could not go on with it, open or closed, so it is said before one is started."""
    story = some_cases()
    folder = rewritten(*([edit] if edit else RENAMED))
    result = survey(load_rules(folder), story.core.cases(), START)
    assert {obstacle.why for obstacle in result.obstacles} == ({why} if why else set())
    assert len(result.obstacles) == (3 if why else 0)


def test_a_case_of_a_street_that_is_gone_is_an_obstacle():
    """Its partition would not be opened."""
    case = replace(Story().report().case, street="140109999")
    result = survey(RULES, [case], START)
    assert [obstacle.why for obstacle in result.obstacles] == ["no street 140109999"]


@pytest.mark.parametrize(
    "edits",
    [
        (SHORTER,),
        (LONGER,),
        (("hours", '"14:00-17:30"', '"13:30-18:00"'),),
        (("hours", '"08:30-12:00"', '"09:10-10:30"'), (SLA, "sign: 60 work", "sign: 20 work")),
        ((SLA, "WJ-001:\n    dispose: 4 natural_hours", "WJ-001:\n    dispose: 1 workdays"),),
    ],
    ids=["shorter", "longer", "hours", "hours and a step", "another unit"],
)
def test_a_worker_with_the_new_rules_re_arms_exactly_what_was_listed(rewritten, edits):
    """The listing is not an estimate: restored by the new rules, the cases have the deadlines that were told."""
    story = some_cases()
    cases = list(story.core.cases())
    rules = load_rules(rewritten(*edits))
    result = survey(rules, cases, story.now)
    told = {
        (deadline.case.case_id, deadline.now.kind, deadline.now.name): deadline.now.due_at
        for deadline in result.moved
    }
    assert told

    core = Partition(rules, KEY, "test")
    core.restore(cases)
    before = {case.case_id: case for case in cases}
    moved: dict[tuple[str, ClockKind, str | None], datetime] = {}
    turns = 0
    opened = {case.facts.opened_at for case in cases}
    while core.next_due() in opened:
        turns += 1
        [after] = core.fire(Turn(0, 2, turns, story.now)).cases
        was = {(clock.kind, clock.name): clock.due_at for clock in before[after.case_id].clocks}
        now = {(clock.kind, clock.name): clock.due_at for clock in after.clocks}
        moved |= {(after.case_id, *key): due_at for key, due_at in now.items() if was[key] != due_at}
    assert moved == told
    assert survey(rules, core.cases(), story.now).moved == []
