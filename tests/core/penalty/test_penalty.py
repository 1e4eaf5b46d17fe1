"""The penalty procedure: whole procedures, and the law's own clocks beside the service case."""

from dataclasses import replace as changed
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from pipeline.core.partition import Partition
from pipeline.core.rules.law import Procedure
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.policy import span_of
from schemas.values.terms import PenaltyStep, Stage
from tests.core.clocks.test_clock import at, running, until
from tests.core.proceedings import (
    HEARING,
    INQUIRY,
    NOTICE,
    ORDER,
    SERVED,
    Said,
    on_site,
    take,
    taken,
)
from tests.core.story import KEY, RULES, sha

# whole procedures


def test_the_ordinary_procedure_from_end_to_end():
    """A large fine: noticed with the offer of a hearing, told of it, heard, reviewed, decided, served, paid, archived."""
    story = taken(on_site(), "clue filed investigated")
    large = {"fine_yuan": 8000}
    assert take(story, "noticed", {**large, "hearing_offered": True}) == "accepted"
    taken(story.wait(days=2), [("hearing_notified", {}), ("heard", {"defence_done": True}), ("reviewed", {})])
    assert take(story, "decided", {**large, "defence_done": None}) == "accepted"
    taken(story, "served paid archived")
    records = story.case.penalty.records
    assert tuple(record.step for record in records) == story.case.penalty.steps
    assert [record.step.value for record in records] == [
        *("clue", "filed", "investigated", "noticed", "hearing_notified", "heard", "reviewed", "decided", "served", "paid", "archived"),
    ]  # fmt: skip
    assert (records[3].facts.fine_yuan, records[3].facts.hearing_offered) == (8000, True)
    hearing_notice = records[4]
    assert (hearing_notice.facts.hearing_at, hearing_notice.facts.hearing_place) == (
        hearing_notice.at + timedelta(days=14),
        "街道办会议室",
    )
    assert records[5].at >= hearing_notice.at + timedelta(days=14)
    assert len(story.case.evidence) == len(records)


def test_the_simple_procedure_on_the_spot():
    """Two officers, certificates shown, rights told, fifty yuan collected, and the file is closed within minutes."""
    story = on_site()
    assert take(story, "simple_decided", {"collected_on_spot_yuan": 50}) == "accepted"
    taken(story, "served paid archived")
    assert running(story) == {"dispose", "whole"}


def test_a_warning_is_not_paid():
    """Decided on the spot without a fine: served, and archived."""
    story = on_site()
    assert take(story, "simple_decided", {"fine_yuan": None, "kinds": ["warning"]}) == "accepted"
    taken(story, "served")
    assert "legal" not in running(story)
    taken(story, "archived")


def test_who_breaches_a_little_for_the_first_time_is_taught():
    """首违不罚: from the clue itself, put right and taught; a crime goes to the police."""
    story = taken(on_site(), "clue no_penalty archived")
    assert story.case.penalty.records[1].facts.ground == "first_minor"
    story = taken(on_site(), "filed investigated transferred archived")
    assert story.case.penalty.records[2].facts.crime


def test_an_illegal_building_is_pulled_down_when_nobody_can_appeal_any_more():
    """A removal disobeyed: announced, then sixty days and six months from service, whichever is later; the last day is the party's."""
    story = taken(on_site("01-12 09:00", matter="WJ-001"), [*ORDER, ("announced", {})])
    assert take(story, "archived", {"corrected": None}) == "archived_with_open_order"
    until(story, "07-13 10:00")
    assert take(story, "enforced", {"emergency": True}) == "demolish_before_appeal_window"
    assert "after 2026-07-13" in story.last.receipts[0].allowed  # the twelfth is a Sunday
    until(story, "07-14 10:00")
    assert take(story, "enforced", {"ordered_by": None}) == "demolition_not_ordered"
    assert take(story, "enforced") == "accepted"
    assert take(story, "archived", {"corrected": None}) == "accepted"


def test_a_removal_that_is_obeyed_closes_its_file_once_it_was_looked_at_again():
    """Nobody has to be forced, and nobody waits for the time to appeal."""
    story = taken(on_site(matter="WJ-001"), ORDER)
    assert take(story, "archived", {"corrected": None}) == "archived_with_open_order"
    assert take(story, "archived") == "accepted"


def test_nothing_is_pulled_down_while_the_order_is_contested():
    """A suit stops it however long it lasts; what was revoked stands, and its file is closed."""
    story = taken(on_site("01-12 09:00", matter="WJ-001"), [*ORDER, ("announced", {}), ("suit_filed", {})])
    until(story, "10-12 10:00")
    assert take(story, "enforced") == "demolish_before_appeal_window"
    assert story.last.receipts[0].allowed == "suit_ended first: the decision is contested"
    taken(story, [("suit_ended", {"outcome": "revoked"})])
    assert take(story, "enforced") == "penalty_step"
    assert take(story, "archived", {"corrected": None}) == "accepted"


def test_a_smaller_fine_needs_no_review_where_the_rules_say_so():
    """The law asks for it in weighty cases; how weighty is a number in the rules."""
    procedure = RULES.procedure
    lenient = Procedure(procedure.guards, changed(procedure.parameters, review_fine=1000), {})
    story = on_site(rules=changed(RULES, procedure=lenient))
    taken(story, f"{NOTICE} decided")
    story = taken(on_site(rules=changed(RULES, procedure=lenient)), HEARING)
    assert take(story, "decided") == "close_penalty_without_legal_review"
    for grave in ({"kinds": ["business_closed"]}, {"confiscated_yuan": 5000}, {"complex": True}):
        heavy = {"hearing_offered": True, **grave}
        story = taken(on_site(rules=changed(RULES, procedure=lenient)), [*INQUIRY, ("noticed", heavy)])
        answer = take(story, "decided", {"hearing_waived": True, **grave})
        assert answer == "close_penalty_without_legal_review"


def test_a_guard_holds_from_its_day_on():
    """What a law did not ask yet is not asked."""
    procedure = RULES.procedure
    later = tuple(guard._replace(effective=at("12-01 00:00").date()) for guard in procedure.guards)
    rules = changed(RULES, procedure=Procedure(later, procedure.parameters, {}))
    story = taken(on_site("11-24 09:00", rules=rules), "filed")
    assert take(story, "investigated", {"officers": None, "identity_shown": None}) == "accepted"
    story = taken(on_site("12-01 09:00", rules=rules), "filed")
    assert take(story, "investigated", {"officers": None}) == "single_officer_penalty"


@pytest.mark.parametrize("matter", ["HB-002"])
def test_holidays_are_those_of_the_calendar(matter):
    """National Day: nothing is forced; the Saturday that is worked instead is a day like any other."""
    story = taken(on_site("09-28 09:00", matter=matter), ORDER)
    until(story, "10-05 10:00")  # a Monday
    assert take(story, "enforced") == "coercion_at_night_or_holiday"
    until(story, "10-10 10:00")
    assert take(story, "enforced") == "accepted"


# what is said


@pytest.mark.parametrize(
    ("step", "facts", "code", "field"),
    [
        ("filed", {"fine_yuan": 5}, "penalty_fact", "facts.fine_yuan"),
        ("filed", {"emergency": False}, "penalty_fact", "facts.emergency"),
        ("clue", {"officers": ["W1"]}, "penalty_fact", "facts.officers"),
        ("filed", {"party": "dog"}, "not_allowed", "facts.party"),
        ("filed", {"officers": ["张三"]}, "wrong_format", "facts.officers.0"),
        ("filed", {"colour": "red"}, "unknown_field", "facts.colour"),
        ("simple_decided", {"fine_yuan": -1}, "out_of_range", "facts.fine_yuan"),
        ("simple_decided", {"fine_yuan": 1.5}, "wrong_type", "facts.fine_yuan"),
        ("simple_decided", {"fine_yuan": 10**9}, "out_of_range", "facts.fine_yuan"),
        ("execution", {}, "not_allowed", "step"),
    ],
)
def test_what_is_said_is_checked(step, facts, code, field):
    """What makes no sense, and what does not belong to the step, is refused at its field."""
    story = on_site()
    take(story, step, facts)
    assert (story.last.receipts[0].code, story.last.receipts[0].field) == (code, field)
    assert story.case.penalty is None


def test_the_evidence_of_a_step_is_examined():
    """It is not older than the case, unless it is a document, and not from the future."""
    story = on_site()
    for taken_at, code in (("11-20 09:00", "evidence_predates_case"), ("11-25 09:00", "evidence_in_future")):
        clip = {"sha256": sha(taken_at), "kind": "bodycam", "taken_at": at(taken_at).isoformat()}
        assert take(story, "filed", {"evidence": [clip]}) == code


def test_a_procedure_whose_records_are_not_there_is_refused_and_not_stuck():
    """A snapshot of before records were kept: what cannot be shown does not count, and it can be transferred."""
    story = taken(on_site(), f"{NOTICE} reviewed")
    assert story.case.penalty is not None
    old = replace(story.case, penalty=replace(story.case.penalty, records=()))
    story.core = Partition(RULES, KEY, "test")
    story.core.restore([old])
    assert take(story, "decided") == "decision_without_notice"
    assert take(story, "transferred") == "accepted"


# the law's own clocks


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
    assert clock_arithmetic.after(RULES.calendar, at(start), span_of(limit)).at == at(due)


def test_ninety_days_reach_into_a_year_not_announced():
    """Filed in November: due in February, which no day off can move; the party's time may still move, and says so."""
    clock = taken(on_site(), "filed").clock("legal", "decision")
    assert (clock.due_at.isoformat(), clock.provisional) == ("2027-02-22T09:30:00+00:00", False)
    suit = taken(on_site(), SERVED).clock("legal", "suit")
    assert suit.provisional


UNPAID = "court payment reconsideration suit"
OFFERED: Said = {"fine_yuan": 5000, "hearing_offered": True}
RUNNING = [
    ({}, "clue filed investigated noticed reviewed decided served paid archived",
     f"filing|decision|decision|decision|decision|service|{UNPAID}||"),
    (OFFERED, "filed investigated noticed hearing_notified heard reviewed decided served paid",
     f"decision|decision|decision hearing_request|decision|decision|decision|service|{UNPAID}|"),
    ({"fine_yuan": None}, "filed investigated noticed reviewed decided served archived",
     "decision|decision|decision|decision|service||"),
    ({}, "clue no_penalty archived", "filing||"),
]  # fmt: skip


@pytest.mark.parametrize(("laid_on", "steps", "legal"), RUNNING)
def test_each_legal_limit_runs_from_its_step_until_it_is_met(laid_on, steps, legal):
    """Beside each other, and none is left when the file is closed; nobody is waited for to pay where there is no fine."""
    story, found = on_site(), []
    for step in steps.split():
        decides = laid_on | ({"hearing_offered": None} if step == "decided" else {})
        taken(story, [(step, decides if step in ("noticed", "decided") else {})])
        running_now = [str(c.name) for c in story.case.clocks if c.kind.value == "legal" and not c.stopped_at]
        found.append(" ".join(sorted(running_now)))
    assert found == legal.split("|")


def test_a_window_that_lapses_is_no_breach():
    """The party's time to ask for a hearing is over: the team is told that it may go on, and nobody above it."""
    offered = [*INQUIRY, ("noticed", OFFERED)]
    story = taken(on_site("11-24 09:00"), offered)
    until(story, "12-02 09:00")
    clock = story.clock("legal", "hearing_request")
    assert clock.stopped_at == clock.due_at == at("12-01 17:30")
    assert clock.wake_at is None
    assert story.notified("legal") == [("window_lapsed", None, "city-appearance")]
    taken(story, "reviewed")
    until(story, "12-20 09:00")
    assert story.clock("legal", "hearing_request") == clock
    assert {kind for kind, _, _ in story.notified("legal")} == {"window_lapsed"}


def test_a_window_that_was_used_tells_nobody():
    """Asked for in time: the hearing is notified, and the window is shut."""
    story = taken(on_site("11-24 09:00"), [*INQUIRY, ("noticed", OFFERED), ("hearing_notified", {})])
    until(story, "12-05 09:00")
    clock = story.clock("legal", "hearing_request")
    assert clock.stopped_at == at("11-24 09:06")
    assert clock.due_at == at("12-01 17:30")
    assert story.notified("legal") == []


def test_a_clue_is_filed_within_fifteen_days():
    """Late is told of, as any limit of the law."""
    story = taken(on_site("11-24 09:00"), "clue")
    clock = story.clock("legal", "filing")
    assert clock.due_at == at("12-09 17:30")
    until(story, "12-10 12:00")
    assert ("breach", 2, "city-appearance") in story.notified("legal")
    taken(story, "filed")
    assert story.clock("legal", "filing").stopped_at == story.now


def test_the_ninety_days_are_told_of_and_forbid_nothing():
    """Late is late, and better decided than not."""
    story = taken(on_site("01-12 09:00"), f"{NOTICE} reviewed")
    until(story, "05-06 09:00")
    assert ("breach", 2, "city-appearance") in story.notified("legal")
    assert take(story, "decided") == "accepted"


def test_the_service_case_closes_while_the_procedure_runs_on():
    """The clocks of the law neither stop with the case nor for a suspension, and its snapshot stays until the end."""
    story = taken(on_site("11-02 09:00"), "filed").path("suspend")
    assert running(story) == {"legal"}
    story.path("resume", "dispose", "pass", "call")
    assert story.stage is Stage.CLOSED
    assert running(story) == {"legal"}
    until(story, "12-31 09:00")
    assert story.case.penalty.steps == (PenaltyStep.FILED,)
    taken(story, "no_penalty archived")
    assert running(story) == set()
    story.wait(days=RULES.policy.retire_days + 1)
    assert list(story.core.cases()) == []


def test_the_limit_of_the_law_is_told_of():
    """At four fifths of the ninety days, and at the end, whoever holds the case and above."""
    story = taken(on_site("01-12 09:00"), "filed").path("dispose", "pass")
    until(story, "04-30 09:00")
    notified = story.notified("legal")
    assert notified[:4] == [
        ("warning", 1, "city-appearance"),
        ("warning", 1, "duty_chief"),
        ("breach", 2, "city-appearance"),
        ("breach", 2, "street_deputy"),
    ]
    due = datetime.fromisoformat("2026-04-12T17:30:00+08:00")
    assert story.clock("legal", "decision").due_at == due
