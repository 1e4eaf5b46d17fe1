"""The penalty procedure and the law's own clocks: beside the service case, in order, and to their own end."""

from datetime import datetime

import pytest

from pipeline.core import clocks
from pipeline.core.penalty import NEXT
from pipeline.core.service import span_of
from schemas.terms import PenaltyStep, Stage
from tests.core.story import RULES, Story
from tests.core.test_clock import at, running, story_at, until


def story_on_site(text: str) -> Story:
    """Somebody is there and may begin a procedure."""
    return story_at(text).path("report", "sign", "arrive")


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("09-17 10:00", "15 calendar_days", "10-08 17:30"),  # the 15th day is in the National Day holiday
        ("09-25 10:00", "15 calendar_days", "10-10 17:30"),  # a Saturday that is worked
        ("11-24 23:59", "2 calendar_days", "11-26 17:30"),
        ("09-30 10:00", "5 workdays", "10-13 17:30"),
        ("02-13 17:30", "7 workdays", "03-02 17:30"),
    ],
)
def test_what_a_legal_limit_counts(start, limit, due):
    """The first day is not counted; a last day that is off moves to the next workday."""
    assert clocks.after(RULES.calendar, at(start), span_of(limit)).at == at(due)


def test_ninety_days_reach_into_a_year_not_announced():
    """Filed in November: due in February, provisional, and never a crash."""
    story = story_on_site("11-24 09:00").act("penalise")
    clock = story.clock("legal", "decision")
    assert clock.due_at.isoformat() == "2027-02-22T09:30:00+00:00"
    assert clock.provisional


def test_the_procedure_goes_through_its_steps_in_order():
    """No step is skipped; each limit runs from its step until it is met."""
    story = story_on_site("11-24 09:00")
    assert story.act("penalise", step="decided").answer == "penalty_step"
    legal = []
    for step in ("filed", "investigated", "noticed", "reviewed", "decided", "served", "paid", "archived"):
        assert story.wait(minutes=1).act("penalise", step=step).answer == "accepted"
        legal.append({c.name for c in story.case.clocks if c.kind.value == "legal" and not c.stopped_at})
    assert legal == [
        {"decision"}, {"decision"}, {"decision", "hearing_request"}, {"decision"},
        {"service"}, {"payment"}, set(), set(),
    ]  # fmt: skip
    assert story.act("penalise", step="filed").answer == "penalty_step"


def test_the_service_case_closes_while_the_procedure_runs_on():
    """The clocks of the law neither stop with the case nor for a suspension, and its snapshot stays until the end."""
    story = story_on_site("11-02 09:00").act("penalise").path("suspend")
    assert running(story) == {"legal"}
    story.path("resume", "dispose", "pass", "call")
    assert story.stage is Stage.CLOSED
    assert running(story) == {"legal"}
    until(story, "12-31 09:00")
    assert story.case.penalty.steps == (PenaltyStep.FILED,)
    for step in ("no_penalty", "archived"):
        assert story.act("penalise", step=step).answer == "accepted"
    assert running(story) == set()
    story.wait(days=RULES.policy.retire_days + 1)
    assert list(story.precinct.cases()) == []


def test_the_limit_of_the_law_is_told_of():
    """At four fifths of the ninety days, and at the end, whoever holds the case and above."""
    story = story_on_site("01-12 09:00").act("penalise").path("dispose", "pass", "call")
    until(story, "04-30 09:00")
    told = story.told("legal")
    assert told[:4] == [
        ("warning", 1, "city-appearance"),
        ("warning", 1, "duty_chief"),
        ("breach", 2, "city-appearance"),
        ("breach", 2, "street_deputy"),
    ]
    due = datetime.fromisoformat("2026-04-13T17:30:00+08:00")
    assert story.clock("legal", "decision").due_at == due


def test_every_step_of_the_procedure_leads_to_the_archive():
    """None is a dead end, and each is reached from the beginning."""
    reached, waiting = set(), [None]
    while waiting:
        for step in NEXT[waiting.pop()]:
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    assert reached == set(PenaltyStep)
    assert all(NEXT[step] for step in reached - {PenaltyStep.ARCHIVED})
