"""A whole day against the core alone, and errors planted in it that counting and truth have to notice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace as changed
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from pipeline.core.rules.rules import Rules
from pipeline.rulebook import load_rules
from pipeline.simulate.demo.dry_run import DryRun
from pipeline.simulate.people.person_steps import HABITS
from pipeline.simulate.people.rule_knowledge import PARTNERS
from pipeline.simulate.tally.against_truth import (
    against_truth,
    cased_reports,
    location_of,
    recognition_of,
    surprises,
)
from pipeline.simulate.tally.day_counts import AuditCounts, DayCounts, audit_counts, count_day
from pipeline.simulate.world.day import Day, generate_day
from schemas.duty.duty_events import DutyActionAccepted, DutyActionRefused
from schemas.journal.assessment_events import CaseLocated, CaseRecognised, CaseUnderAssessment
from schemas.journal.clock_events import CaseAsked, PenaltyMoved
from schemas.journal.entry import RecordCause
from schemas.journal.events import ActionAccepted, ActionRefused, CaseArrived, CaseOpened
from schemas.topics import JOURNAL, RECEIPTS, REPORTS
from schemas.values.terms import RequestKind, Stage
from schemas.wire import codecs
from tests.audit.logs import MemoryLog, audited, logged

TUESDAY = date(2026, 11, 24)
FEW = 0.2
"""Of a day's reports: what is spoilt here needs no more."""
KEEN = changed(HABITS, penalises=0.1, reopens=0.05)
WORKDAYS = 250
"""A year's."""
_ANSWERS = (ActionAccepted, ActionRefused, DutyActionAccepted, DutyActionRefused)
END = datetime.fromisoformat("2026-11-25T02:00:00+08:00")


@cache
def rules() -> Rules:
    """The rules of the repository."""
    return load_rules(Path(__file__).parents[2] / "rules")


@cache
def day(scale: float = 1.0) -> Day:
    """A generated Tuesday."""
    return generate_day(7, TUESDAY, scale=scale, rules=rules())


@cache
def played(scale: float = 1.0) -> DryRun:
    """The day, worked until two in the morning by people who fine more often than most."""
    dry_run = DryRun(rules(), 7, KEEN)
    dry_run.play(day(scale), END)
    return dry_run


def counts(dry_run: DryRun) -> DayCounts:
    """What came of it, its journal alone counted."""
    reports = sum(record.topic == REPORTS for record in dry_run.inputs)
    return count_day({0: dry_run.entries}, END, rules(), AuditCounts(reports))


@cache
def log(scale: float = FEW) -> MemoryLog:
    """The day as a worker would have written it."""
    dry_run = played(scale)
    decided = {
        outcome.entry.cause.offset: outcome.entry.at
        for outcome in dry_run.outcomes
        if isinstance(outcome.entry.cause, RecordCause)
    }
    return logged([(record, decided[record.offset]) for record in dry_run.inputs], dry_run.outcomes)


def audit_of(spoilt: MemoryLog, acknowledged: Sequence[int] = ()) -> AuditCounts:
    """What the auditor finds lost and doubled in such a log."""
    places = {(REPORTS, 0): frozenset(acknowledged)}
    return audit_counts(audited(spoilt, replayed=False, acknowledged=places))


def first_opening(scale: float = FEW) -> int:
    """Where in the journal the first case is opened."""
    return next(n for n, entry in enumerate(played(scale).entries) if isinstance(entry.events[0], CaseOpened))


def test_the_same_day_gives_the_same_journal():
    """Byte for byte, people and all."""
    again = DryRun(rules(), 7, KEEN)
    again.play(day(), END)
    journal = [codecs.JOURNAL_ENTRY.encode(entry) for entry in again.entries]
    assert journal == [codecs.JOURNAL_ENTRY.encode(entry) for entry in played().entries]


def test_every_report_is_accounted_for():
    """Nothing is lost or doubled, each report has one outcome, each case is open or closed."""
    audit = audit_of(log(1.0))
    assert audit == AuditCounts(reports=len(day().pushes))
    day_counts = count_day({0: played().entries}, END, rules(), audit)
    assert (day_counts.lost, day_counts.doubled, day_counts.reports) == (0, 0, len(day().pushes))
    assert day_counts.open + day_counts.closed == day_counts.cases > 150
    assert day_counts.on_time > 10 * day_counts.breached > 0


def test_every_turn_of_the_loop_is_taken():
    """A long day shows everything that a case can go through."""
    counts = Counter(event.event for entry in played(4.0).entries for event in entry.events)
    wanted = """case_opened case_accepted case_self_disposed case_offered case_dispatched case_claimed case_signed
    case_returned case_arrived case_disposed verification_passed verification_failed call_missed call_back_recorded
    case_reopened case_closed timer_fired report_merged report_repeated report_refused action_refused message_dead
    case_asked request_decided joint_started joint_task_moved case_suspended case_resumed case_extended case_voided
    case_transferred penalty_moved"""
    assert {f"{name}.v1" for name in wanted.split()} <= set(counts)


def test_people_are_refused_only_for_their_own_mistakes():
    """Nothing they do is out of turn; what is refused is what they forgot."""
    events = [event for entry in played(4.0).entries for event in entry.events]
    refused = {event.code for event in events if isinstance(event, ActionRefused)}
    assert refused == {"evidence_missing", "too_few_officers", "self_verification"}


def test_what_people_did_is_what_the_journal_answered():
    """Each deed has its one answer, under its own name; nothing was done that nobody did."""
    events = [event for entry in played(4.0).entries for event in entry.events]
    answered = Counter(event.action for event in events if isinstance(event, _ANSWERS))
    acted = played(4.0).acted
    assert answered == acted
    assert {"whistle", "joint_step", "suspend", "extend", "void", "transfer", "reopen", "penalise"} <= set(
        acted
    )


def test_who_goes_is_there_and_carries_what_is_handed_out():
    """Where the street's people are known, nobody else arrives; cameras go out and come back, and at night somebody is called out."""
    dry_run = played(4.0)
    events = [event for entry in dry_run.entries for event in entry.events]
    known = rules().people["140109004"]
    arrived = {officer for event in events if isinstance(event, CaseArrived) for officer in event.officers}
    assert arrived <= set(known.officers)
    assert len(arrived) > 20
    assert not [event for event in events if isinstance(event, DutyActionRefused)]
    acted = dry_run.acted
    assert acted["hand_out"] > acted["hand_back"] > 40
    assert acted["call_out"] > 0


def test_untidy_weeks_are_told_and_nothing_is_refused_for_them():
    """Leave, swaps, broken cameras and a certificate that is taken away at noon: the others go, by what works."""
    days = DryRun(rules(), 7, KEEN)
    days.play(day(), END + timedelta(days=26))
    events = [event for entry in days.entries for event in entry.events]
    wanted = {"take_leave", "swap_shift", "mark_device", "withdraw_certificate", "hand_out", "hand_back"}
    assert wanted <= set(days.acted)
    assert not [event for event in events if isinstance(event, DutyActionRefused)]
    refused = {event.code for event in events if isinstance(event, ActionRefused)}
    assert refused <= {"evidence_missing", "too_few_officers", "self_verification"}


def test_what_is_out_of_the_ordinary_adds_up():
    """Counted from the journal as the snapshots show it at the end."""
    day_counts = counts(played(4.0))
    cases = {case.case_id: case for outcome in played(4.0).outcomes for case in outcome.cases}
    stages = Counter(case.stage for case in cases.values())
    assert day_counts.voided == stages[Stage.VOIDED] > 0
    assert day_counts.transferred == stages[Stage.TRANSFERRED_OUT] > 0
    assert day_counts.penalties == sum(case.penalty is not None for case in cases.values()) > 0
    assert day_counts.joint == sum(case.joint is not None for case in cases.values()) > 0
    assert day_counts.suspended == sum(case.suspensions for case in cases.values()) > 0
    assert day_counts.extended == sum(case.extensions for case in cases.values()) > 0
    assert day_counts.reopened == sum(case.reopens for case in cases.values()) > 0
    assert day_counts.returned == sum(len(case.returned) for case in cases.values()) > 0
    assert day_counts.open + day_counts.closed == day_counts.cases


def test_partners_are_called_as_often_as_in_the_field():
    """25 of 179 orders, of what is eligible and handled; few cases rest."""
    events = [event for entry in played(6.0).entries for event in entry.events]
    arrived = {event.case_id for event in events if isinstance(event, CaseArrived)} & {
        event.case_id for event in events if isinstance(event, CaseOpened) and event.facts.matter in PARTNERS
    }
    called = [
        event for event in events if isinstance(event, CaseAsked) and event.request.kind is RequestKind.JOINT
    ]
    assert 0.10 < len(called) / len(arrived) < 0.18
    day_counts = counts(played(6.0))
    assert day_counts.joint > 0
    assert day_counts.suspended < 0.02 * day_counts.cases


def test_penalties_are_as_many_as_in_the_field():
    """A street has 103 a year and more, some 0.4 a workday: so often of all that it may fine by itself, whoever is there."""
    everybody = DryRun(changed(rules(), people={}), 7, changed(HABITS, penalises=1.0))
    everybody.play(day(4.0), END)
    possible = counts(everybody).penalties / 4.0
    assert 103 / WORKDAYS < possible * HABITS.penalises < 0.6


def test_penalties_go_all_the_way_to_the_archive():
    """Nothing in them is refused; a month later each file is closed, though its case was long before."""
    keen = DryRun(rules(), 7, changed(HABITS, penalises=0.5))
    keen.play(day(), END + timedelta(days=32))
    moves = [event for entry in keen.entries for event in entry.events if isinstance(event, PenaltyMoved)]
    steps = Counter(event.step.value for event in moves)
    assert keen.acted["penalise"] == len(moves) > 100
    assert steps["archived"] == steps["simple_decided"] + steps["filed"] > 20
    assert min(steps["simple_decided"], steps["filed"]) > 0


def test_a_lost_record_is_counted():
    """An entry that is missing from the journal; its receipt answers nothing any more."""
    spoilt = log().copy()
    del spoilt.topics[JOURNAL][first_opening()]
    audit = audit_of(spoilt)
    assert (audit.lost, audit.doubled) == (1, 1)
    assert audit.unaccounted > 0


def test_a_record_that_waits_for_ever_is_counted():
    """Pushed at the end, and decided by nobody."""
    spoilt = log().copy()
    spoilt.add(REPORTS, b"140109004", b"{}", END)
    assert audit_of(spoilt).lost == 1


def test_a_doubled_record_is_counted():
    """An entry that stands twice: the record is decided twice, and one receipt answers both."""
    spoilt = log().copy()
    spoilt.topics[JOURNAL].insert(0, spoilt.topics[JOURNAL][first_opening()])
    audit = audit_of(spoilt)
    assert audit.doubled >= 1
    assert audit.lost >= 1


def test_two_cases_for_one_number_are_counted():
    """Even when each record has its one entry."""
    spoilt = log().copy()
    journal = spoilt.topics[JOURNAL]
    openings = [n for n, entry in enumerate(played(FEW).entries) if isinstance(entry.events[0], CaseOpened)]
    one, other = (played(FEW).entries[n] for n in openings[:2])
    first, event = one.events[0], other.events[0]
    assert isinstance(first, CaseOpened)
    assert isinstance(event, CaseOpened)
    twice = replace(other, events=(replace(event, report=first.report), *other.events[1:]))
    journal[openings[1]] = journal[openings[1]]._replace(value=codecs.JOURNAL_ENTRY.encode(twice))
    assert audit_of(spoilt).doubled >= 1


def test_a_missing_receipt_and_one_too_many_are_counted():
    """An accepted push that nobody answered, and one that was answered twice."""
    spoilt = log().copy()
    first = spoilt.topics[RECEIPTS].pop(0)
    audit = audit_of(spoilt)
    assert (audit.lost, audit.doubled) == (1, 0)
    spoilt.topics[RECEIPTS][:0] = [first, first]
    audit = audit_of(spoilt)
    assert (audit.lost, audit.doubled) == (0, 1)


def test_a_push_that_the_topic_lost_is_counted():
    """Acknowledged to the pusher, not there any more."""
    assert audit_of(log(), acknowledged=[10_000_000]).lost == 1


def test_what_is_joined_is_judged_by_the_truth():
    """Hardly anything is joined wrongly; half of what belongs together is found by words, and what came too late is said."""
    judged = against_truth(day(4.0), played(4.0).entries).joined
    assert judged.right > 50
    assert judged.precision > 0.9
    assert 0.4 < judged.recall < judged.recall_in_time
    assert judged.missed > judged.case_over > 0


def test_what_is_said_is_recognised_or_asked_about():
    """Most of what names no matter is understood; hardly anybody is turned away, and somebody is asked where it is not plain."""
    judged = against_truth(day(4.0), played(4.0).entries).recognised
    texts = judged.right + judged.asked + judged.wrong + judged.turned_away + judged.sent_in
    assert texts > 300
    assert judged.right > 0.6 * texts
    assert 0 < judged.asked < 0.35 * texts
    assert judged.wrong + judged.turned_away + judged.sent_in < 0.08 * texts


def test_what_is_said_of_a_place_is_found_or_asked_about():
    """Addresses in the street's own names are found; a wrong grid is rare."""
    judged = against_truth(day(4.0), played(4.0).entries).located
    words = judged.right + judged.asked + judged.unfound + judged.wrong
    assert words > 250
    assert judged.right > 0.8 * words
    assert judged.asked > 0
    assert judged.wrong < 0.05 * words


def test_whoever_is_asked_says_what_is_true():
    """The desk calls back: each case that waited for it is then about what really happened, and in the real grid."""
    played(4.0)
    opening_first = [*cased_reports(day(4.0), played(4.0).entries)][
        ::-1
    ]  # what was joined to it later may tell of another thing
    truth_of = {report.case_id: report.truth for report in opening_first}
    events = [event for entry in played(4.0).entries for event in entry.events]
    matters = [event for event in events if isinstance(event, CaseRecognised)]
    places = [event for event in events if isinstance(event, CaseLocated)]
    assert min(len(matters), len(places)) > 5
    assert all(event.matter == truth_of[event.case_id].matter for event in matters)
    assert all(event.place.grid == truth_of[event.case_id].grid for event in places)


def test_nobody_waits_long_for_the_desk():
    """What is asked of the centre is said within its clock of acceptance."""
    events = [event for entry in played(4.0).entries for event in entry.events]
    asked = {event.case_id: event.at for event in events if isinstance(event, CaseUnderAssessment)}
    settled = [event for event in events if isinstance(event, CaseRecognised | CaseLocated)]
    waits = [event.at - asked[event.case_id] for event in settled]
    assert max(waits) < timedelta(minutes=30)


def test_a_wrong_matter_or_place_is_counted():
    """The same day held against another truth: what was right is wrong."""
    report = next(
        report
        for report in cased_reports(day(), played().entries)
        if recognition_of(report) == location_of(report) == "right"
    )
    lied = report._replace(
        truth=report.truth._replace(matter="SR-016", grid="140109004001001", lonlat=(112.0, 37.0))
    )
    assert (recognition_of(lied), location_of(lied)) == ("wrong", "wrong")
    asked = report._replace(truth=report.truth._replace(matter="", kind="consult"))
    assert (recognition_of(asked), location_of(asked)) == ("sent_in", "")


def test_pushes_are_answered_as_the_truth_says():
    """And a wrong answer is noticed."""
    assert surprises(day(), played().entries) == []
    without = [entry for n, entry in enumerate(played().entries) if n != first_opening(1.0)]
    found = surprises(day(), without)
    assert len(found) == 1
    assert found[0].expected["case"] == found[0].got["case"] + 1
