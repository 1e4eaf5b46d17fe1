"""A hearing as the party lives through it: asked for in time or too late, held, withdrawn, and what waits for it."""

import pytest

from pipeline.core.rules.law import Weight
from tests.core.clocks.test_clock import until
from tests.core.proceedings import INQUIRY, NOTICE_5000, Said, on_site, take, taken, with_parameters
from tests.core.story import RULES, Story

FINE_5000: Said = {"fine_yuan": 5000}


def noticed() -> Story:
    """Told on Tuesday the twenty-fourth that a hearing may be asked for."""
    return taken(on_site("11-24 09:00"), NOTICE_5000)


def test_a_hearing_that_is_asked_for_on_the_second_day_is_held():
    """Nothing is reviewed or decided before; the window is used, and nobody is told that it lapsed."""
    story = noticed()
    until(story, "11-26 10:00")
    assert take(story, "hearing_requested") == "accepted"
    assert story.clock("legal", "hearing_request").stopped_at == story.now
    until(story, "12-05 10:00")
    assert take(story, "reviewed") == "penalty_before_hearing_window"
    assert story.last.receipts[0].allowed.startswith("heard first, or hearing_withdrawn")
    assert take(story, "reviewed", {"hearing_waived": True}) == "penalty_before_hearing_window"
    taken(story, [("hearing_notified", {}), ("heard", {"defence_done": True}), ("reviewed", {})])
    assert take(story, "decided", FINE_5000) == "accepted"
    assert story.notified("legal") == []


def test_a_request_that_is_withdrawn_waits_for_nobody():
    """Also after the hearing was notified."""
    story = taken(noticed(), "hearing_requested hearing_notified")
    assert take(story, "reviewed") == "penalty_before_hearing_window"
    taken(story, "hearing_withdrawn reviewed")
    assert take(story, "decided", FINE_5000) == "accepted"


def test_who_asks_too_late_is_told_the_last_day():
    """Unless the organ chooses to hold one: then whoever chose is named, and it blocks as any other."""
    story = until(noticed(), "12-02 10:00")
    assert take(story, "hearing_requested") == "hearing_requested_too_late"
    assert "until 2026-12-01" in story.last.receipts[0].allowed
    assert take(story, "hearing_requested", {"hearing_decided_by": "L09"}) == "accepted"
    assert take(story, "reviewed") == "penalty_before_hearing_window"


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({"fine_yuan": 500}, "hearing_not_offered"),
        ({"fine_yuan": 500, "hearing_decided_by": "L09"}, "accepted"),
        ({"fine_yuan": 500, "hearing_offered": True}, "accepted"),
        ({"fine_yuan": None, "kinds": ["warning"]}, "accepted"),
        (
            {"fine_yuan": None, "kinds": ["business_stopped"], "hearing_decided_by": "L09"},
            "hearing_not_offered",
        ),
    ],
)
def test_where_nobody_knows_the_line_a_person_decides_and_is_named(facts, answer):
    """Without amounts in the rules; what the law itself names is offered all the same."""
    unknown = Weight(None, RULES.procedure.parameters.hearing.kinds, confirmed=False)
    story = taken(on_site(rules=with_parameters(hearing=unknown)), INQUIRY)
    assert take(story, "noticed", facts) == answer


def test_the_line_that_is_shipped_is_ours():
    """Nobody has read what the province set, and the rules say so."""
    hearing = RULES.procedure.parameters.hearing
    assert (hearing.amounts.citizen, hearing.amounts.legal_person, hearing.confirmed) == (5000, 50_000, False)
