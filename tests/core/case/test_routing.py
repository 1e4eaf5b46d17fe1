"""Who a case goes to, by matter, place, day and hour; and what is looked at on the way."""

from dataclasses import replace
from datetime import date

import pytest
from msgspec.structs import replace as changed

from pipeline.core.rules.rules import DayKind, RouteMode, RoutingRule, Rules
from pipeline.core.stages import dispatch
from tests.core.clocks.test_clock import at, story_at, until
from tests.core.story import HERE, RULES, STREET

NIGHT = RoutingRule("night", RouteMode.DISPATCH, ("duty",), (), hours=(22 * 60, 6 * 60))
DAYS_OFF = RoutingRule("days-off", RouteMode.DISPATCH, ("duty",), (), days=DayKind.DAYS_OFF)
AT_THE_GATE = RoutingRule("at-the-gate", RouteMode.DISPATCH, ("territorial",), (), grids=(f"{STREET}005",))
CAMPAIGN = RoutingRule(
    "campaign", RouteMode.DISPATCH, ("territorial",), (), since=date(2026, 12, 1), until=date(2026, 12, 31)
)


def with_first(line: RoutingRule) -> Rules:
    """The shipped rules with one line before all others."""
    return replace(RULES, routing=(line, *RULES.routing))


@pytest.mark.parametrize(
    ("line", "when", "is_met"),
    [
        (NIGHT, "11-24 21:59", False),
        (NIGHT, "11-24 22:00", True),
        (NIGHT, "11-25 05:59", True),
        (NIGHT, "11-25 06:00", False),
        (DAYS_OFF, "11-28 10:00", True),  # Saturday
        (DAYS_OFF, "11-27 23:59", False),
        (DAYS_OFF, "10-01 10:00", True),  # National Day
        (DAYS_OFF, "10-10 10:00", False),  # a Saturday that is worked instead
        (CAMPAIGN, "11-30 23:59", False),
        (CAMPAIGN, "12-01 00:00", True),
        (CAMPAIGN, "12-31 23:59", True),
        (AT_THE_GATE, "11-24 09:00", True),
    ],
)
def test_a_case_goes_to_whoever_is_there_at_its_hour(line: RoutingRule, when: str, is_met: bool) -> None:
    """At night and on days off the duty post, in a campaign's month the squad of the grid; the minute of the dispatch counts."""
    story = story_at(when, with_first(line)).report(matter="SR-002", place=HERE, caller=None, source="patrol")
    sent = [
        event
        for event in story.last.entry.events
        if type(event).__name__ in ("CaseDispatched", "CaseOffered")
    ]
    assert sent[0].why.startswith(f"{line.id}: ") is is_met


def test_a_place_that_nobody_knows_meets_no_line_that_names_a_place() -> None:
    """It is for whom the other lines say."""
    story = story_at("11-24 09:00", with_first(AT_THE_GATE)).report(
        matter="SR-002", source="patrol", caller=None
    )
    facts = story.case.facts
    facts = changed(facts, place=changed(facts.place, grid=None))
    assert dispatch.route(with_first(AT_THE_GATE), facts, story.now).id == "patrol-find"


def test_what_comes_back_at_night_is_routed_by_the_night() -> None:
    """Given back at 22:05 it goes by the line of the night, though it came in the afternoon."""
    story = story_at("11-24 17:00", with_first(NIGHT)).report(matter="WJ-001")
    story = until(story, "11-24 22:05")
    assert dispatch.route(with_first(NIGHT), story.case.facts, story.now).id == "night"
    assert dispatch.route(with_first(NIGHT), story.case.facts, at("11-24 17:00")).id == "urgent-matter"


def test_every_line_that_was_looked_at_says_what_it_missed() -> None:
    """The last is the one that decides."""
    story = story_at("11-24 09:00", with_first(NIGHT)).report(matter="SR-002", source="patrol", caller=None)
    tried = dispatch.tried(with_first(NIGHT), story.case.facts, story.now)
    assert [(line.rule.id, line.unmet) for line in tried] == [
        ("night", ("hours",)),
        ("urgent-matter", ("severities",)),
        ("urgent-report", ("urgencies",)),
        ("alarm", ("sources",)),
        ("patrol-find", ()),
    ]
