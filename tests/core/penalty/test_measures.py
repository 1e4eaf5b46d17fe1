"""Measures beside the penalty procedure (查封、扣押、先行登记保存): their order, and the law's clock that stands while things are tested."""

from datetime import timedelta

import pytest

from pipeline.core.partition import Partition
from pipeline.core.penalty.measures import NEXT
from pipeline.core.rules.penalty_records import measure_of, open_measures
from schemas import limits
from schemas.state.case import Clock
from schemas.values.penalty_terms import Disposal, MeasureKind, MeasureStep
from schemas.values.terms import Stage
from schemas.wire import codecs
from tests.core.clocks.test_clock import at, running, until
from tests.core.proceedings import SEIZABLE, SERVED, Said, on_site, take, taken
from tests.core.story import KEY, RULES, Story

# rows: the steps so far; columns: the step that is asked for. A dot is accepted, a dash out of order
TABLE = """
so_far               begun extended testing tested ended
-                    .     -        -       -      -
begun                -     .        .       -      .
begun,extended       -     -        .       -      .
begun,testing        -     -        -       .      .
begun,testing,tested -     .        .       -      .
begun,ended          .     -        -       -      -
"""
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CODES = {".": "accepted", "-": "measure_step"}
PAIRS = [(row[0], step, CODES[mark]) for row in ROWS for step, mark in zip(HEAD[1:], row[1:], strict=True)]


def held(text: str = "11-24 09:00", steps: str = "begun") -> Story:
    """Things were seized on the spot, from a clue."""
    return taken(on_site(text, matter=SEIZABLE), f"clue {steps}")


def limit(story: Story, kind: str = "seizure") -> Clock:
    """The clock of a measure."""
    return story.clock("legal", kind)


@pytest.mark.parametrize(("so_far", "step", "answer"), PAIRS)
def test_every_step_of_a_measure_after_every_step(so_far, step, answer):
    """Accepted, or refused with its code, and nothing has changed."""
    story = held(steps="" if so_far == "-" else so_far.replace(",", " "))
    before = story.state()
    assert take(story.wait(minutes=1), step) == answer
    if answer != "accepted":
        assert story.state() == before
        assert story.last.receipts[0].allowed
        return
    record = measure_of(story.case.penalty, MeasureKind.SEIZURE).records[-1]
    assert (record.step, record.at, record.by) == (MeasureStep(step), story.now, "O1")


def test_the_table_of_measures_is_whole():
    """Each step is a column, and what it accepts is what the core's table has."""
    assert HEAD[1:] == [step.value for step in MeasureStep]
    for so_far, *marks in ROWS:
        last = so_far.split(",")[-1]
        state = None if last in ("-", "ended") else MeasureStep(last)
        assert {MeasureStep(s) for s, m in zip(HEAD[1:], marks, strict=True) if m != "-"} == NEXT[state]


def test_a_measure_needs_a_procedure_that_is_open():
    """Somebody begins one with a clue, which asks for nothing; and after the archive nothing is seized any more."""
    story = on_site(matter=SEIZABLE)
    assert take(story, "begun") == "not_at_this_stage"
    taken(story, "clue archived")
    assert take(story, "begun") == "not_at_this_stage"


def test_each_kind_has_the_days_of_its_law():
    """Thirty days for what is sealed or seized, seven workdays for what is preserved; beside each other."""
    story = taken(on_site("11-24 09:00", matter=SEIZABLE), "clue begun")
    for kind in ("sealing", "preservation"):
        assert take(story, "begun", {"measure_kind": kind}) == "accepted"
    assert limit(story).due_at == limit(story, "sealing").due_at == at("12-24 17:30")
    assert limit(story, "preservation").due_at == at("12-03 17:30")
    assert open_measures(story.case.penalty) == tuple(
        map(MeasureKind, ("seizure", "sealing", "preservation"))
    )


def test_a_seizure_over_the_national_day_holiday_ends_on_the_thirtieth_day():
    """The authority's time does not move over days off, nor does its extension; the party's time to pay does."""
    story = held("09-03 09:00")
    clock = limit(story)
    assert (clock.limit, clock.due_at, clock.provisional) == ("30 calendar_days", at("10-03 17:30"), False)
    until(story, "09-30 09:00")
    assert take(story, "extended", {"more": "8 calendar_days"}) == "accepted"
    assert limit(story).due_at == at("10-11 17:30")  # a Sunday
    until(story, "10-12 09:00")
    told = [(n.kind.value, n.level) for o in story.outcomes for n in o.notices if n.clock_name == "seizure"]
    assert ("breach", 2) in told
    paid = taken(on_site("09-17 10:00"), "simple_decided served")
    assert paid.clock("legal", "payment").due_at == at("10-08 17:30")


def test_ninety_days_end_on_a_day_off_and_nobody_asks_for_the_next_workday():
    """行政处罚法 60: from filing; the decision is due on a Saturday."""
    clock = taken(on_site("03-01 09:00"), "filed").clock("legal", "decision")
    assert clock.due_at == at("05-30 17:30")


def test_the_courts_three_months_begin_when_the_partys_time_is_over():
    """That moves over days off, the authority's three months do not; the clock says both in days."""
    story = taken(on_site("02-12 09:00"), SERVED)
    suit, court = story.clock("legal", "suit"), story.clock("legal", "court")
    assert suit.due_at < court.due_at
    assert court.roster == "every_day"
    assert court.limit.count("calendar_days") == 2


def test_it_is_extended_once_and_its_deadline_moves():
    """By what was said, counted from where it was; the law's clock knows why."""
    story = held("03-02 09:00")
    assert limit(story).due_at == at("04-01 17:30")
    assert take(story, "extended", {"more": "20 calendar_days"}) == "accepted"
    assert limit(story).due_at == at("04-21 17:30")
    assert [(move.by, move.why) for move in limit(story).moves] == [("20 calendar_days", "complex")]
    assert story.clock("legal", "filing").moves == ()


def test_the_time_of_testing_does_not_count():
    """Four days and two hours of testing move the deadline by four days and two hours, and nobody is warned meanwhile."""
    story = held("03-02 09:00")
    story.now = at("03-10 10:00")
    taken(story, [("testing", {"until": at("03-20 17:30").isoformat()})])
    assert limit(story).stopped_at == story.now
    assert limit(story).wake_at is None
    story.wait(days=4, hours=2)
    assert take(story, "tested") == "accepted"
    clock = limit(story)
    assert clock.stopped_at is None
    assert clock.due_at == at("04-01 17:30") + timedelta(days=4, hours=2)
    [move] = clock.moves
    assert (move.until, move.why) == (move.at + timedelta(days=4, hours=2), "testing")
    assert story.case.timers == ()
    until(story, "03-21 09:00")
    assert measure_of(story.case.penalty, MeasureKind.SEIZURE).records[-1].by == "O1"


@pytest.mark.parametrize("closed", [False, True])
def test_testing_ends_when_the_party_was_told_it_would(closed):
    """Also when nobody says so, when it is noticed late, and when the service case is closed meanwhile."""
    story = held("03-02 09:00")
    story.now = at("03-10 10:00")
    taken(story, [("testing", {"until": at("03-20 17:30").isoformat()})])
    if closed:
        story.path("dispose", "pass", "call")
        assert story.stage is Stage.CLOSED
    story.now = at("03-22 09:00")
    story.wait(seconds=0)
    record = measure_of(story.case.penalty, MeasureKind.SEIZURE).records[-1]
    assert (record.step, record.at, record.by) == (MeasureStep.TESTED, at("03-20 17:30"), None)
    [move] = limit(story).moves
    assert (move.at, move.until) == (at("03-10 10:01"), at("03-20 17:30"))
    assert limit(story).due_at == at("04-01 17:30") + (at("03-20 17:30") - move.at)
    assert ("testing_over", None, "duty") in [
        (n.kind.value, n.level, n.to) for o in story.outcomes for n in o.notices
    ]


def test_a_measure_that_lasts_too_long_is_told_of():
    """At four fifths and at the end of the thirty days, as any limit of the law, also after the case is closed."""
    story = held("03-02 09:00").path("dispose", "pass", "call")
    taken(story, "filed")
    until(story, "04-02 09:00")
    told = [
        (n.kind.value, n.level, n.to) for o in story.outcomes for n in o.notices if n.clock_name == "seizure"
    ]
    assert told == [
        ("warning", 1, "market-property"),
        ("warning", 1, "duty_chief"),
        ("breach", 2, "market-property"),
        ("breach", 2, "street_deputy"),
    ]
    assert take(story, "ended") == "accepted"
    assert limit(story).stopped_at == story.now


def test_what_was_released_may_be_seized_again_with_a_clock_of_its_own():
    """The second begins at its own time, and is extended by itself."""
    story = held("03-02 09:00", "begun extended ended")
    first = limit(story)
    story.wait(days=10)
    taken(story, "begun")
    assert limit(story).started_at == story.now
    assert (limit(story).moves, first.moves[0].by) == ((), "20 calendar_days")
    assert take(story, "extended") == "accepted"
    assert len(story.case.penalty.measures) == 2


@pytest.mark.parametrize("disposal", list(Disposal))
def test_things_are_decided_on_before_the_file_is_closed(disposal):
    """Whatever becomes of them; what takes a decision comes after it."""
    steps: list[tuple[str, Said]] = [(step, {}) for step in SERVED.split()]
    story = taken(on_site(matter=SEIZABLE), [steps[0], ("begun", {}), *steps[1:], ("paid", {})])
    assert take(story, "archived") == "archived_with_open_measure"
    taken(story, [("ended", {"disposal": disposal.value}), ("archived", {})])
    assert running(story) <= {"dispose", "whole"}
    assert measure_of(story.case.penalty, MeasureKind.SEIZURE).records[-1].facts.disposal is disposal


def test_a_measure_has_room_to_end():
    """However often things are tested: what begins can be ended, and what is full says so."""
    story, answers = held(), []
    while "case_full" not in answers:
        answers += [take(story.wait(minutes=1), step) for step in ("testing", "tested")]
    assert answers.count("accepted") == limits.MEASURE_STEPS_MAX - 2
    taken(story, "ended begun")
    for _ in range(limits.MEASURES_MAX - 2):
        taken(story, "ended begun")
    taken(story, "ended")
    assert take(story, "begun") == "case_full"
    assert codecs.CASE.decode_strictly(codecs.CASE.encode(story.case)) == story.case


def test_a_restored_measure_goes_on():
    """From its snapshot: its clock, its timer and what may follow."""
    story = held("03-02 09:00", "begun testing")
    snapshots = [codecs.CASE.decode(value) for value in story.state()]
    story.core = Partition(RULES, KEY, "test")
    story.core.restore(snapshots)
    until(story, "03-20 09:00")
    assert limit(story).stopped_at is None
    assert take(story, "extended") == "accepted"
