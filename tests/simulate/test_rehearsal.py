"""The whole loop against the core alone; and that counting and truth would notice if something were wrong."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

from pipeline.core.rules import Rules
from pipeline.rulebook import load_rules
from pipeline.simulate.count import Tally
from pipeline.simulate.day import Day, generate_day
from pipeline.simulate.rehearsal import Rehearsal
from pipeline.simulate.truth import merging, surprises
from schemas import codecs
from schemas.events import CaseOpened
from schemas.journal import JournalEntry, RecordCause
from schemas.topics import REPORTS

TUESDAY = date(2026, 11, 24)
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
def played(scale: float = 1.0) -> Rehearsal:
    """The day, worked until two in the morning."""
    rehearsal = Rehearsal(rules(), 7)
    rehearsal.play(day(scale), END)
    return rehearsal


def fed(entries: list[JournalEntry]) -> Tally:
    """The day's counts, were this its journal."""
    tally = Tally()
    for outcome in played().outcomes:
        cause = outcome.entry.cause
        if isinstance(cause, RecordCause):
            tally.input(cause.topic, cause.partition, cause.offset)
        for receipt in outcome.receipts:
            tally.receipt(receipt)
    for entry in entries:
        tally.entry(entry)
    return tally


def first_opening() -> int:
    """Where in the journal the first case is opened."""
    return next(n for n, entry in enumerate(played().entries) if isinstance(entry.events[0], CaseOpened))


def test_the_same_day_gives_the_same_journal():
    """Byte for byte, people and all."""
    again = Rehearsal(rules(), 7)
    again.play(day(), END)
    journal = [codecs.JOURNAL_ENTRY.encode(entry) for entry in again.entries]
    assert journal == [codecs.JOURNAL_ENTRY.encode(entry) for entry in played().entries]


def test_every_report_is_accounted_for():
    """Nothing is lost or doubled, each report has one outcome, each case is open or closed."""
    tally = played().tally()
    counts = tally.counts(END)
    assert (counts.lost, counts.doubled) == (0, 0)
    assert counts.reports == len(day().pushes)
    assert tally.unaccounted(counts) == 0
    assert counts.open + counts.closed == counts.cases > 150
    assert counts.on_time > 10 * counts.breached > 0


def test_every_turn_of_the_loop_is_taken():
    """A long day shows everything that a case can go through."""
    seen = Counter(event.event for entry in played(4.0).entries for event in entry.events)
    wanted = """case_opened case_accepted case_self_disposed case_offered case_dispatched case_claimed case_signed
    case_returned case_arrived case_disposed verification_passed verification_failed call_missed call_back_recorded
    case_reopened case_closed timer_fired report_merged report_repeated report_refused action_refused message_dead"""
    assert {f"{name}.v1" for name in wanted.split()} <= set(seen)


def test_people_are_refused_only_for_their_own_mistakes():
    """Nothing they do is out of turn; what is refused is what they forgot."""
    refused = played(4.0).tally().action_refusals
    assert set(refused) == {"evidence_missing", "too_few_officers", "self_verification"}


def test_a_lost_record_is_counted():
    """An entry that is missing from the journal."""
    entries = list(played().entries)
    del entries[first_opening()]
    assert fed(entries).counts(END).lost == 1


def test_a_doubled_record_is_counted():
    """An entry that stands twice: one record too many, one case too many for its number, one receipt too few."""
    entries = list(played().entries)
    entries.insert(0, entries[first_opening()])
    counts = fed(entries).counts(END)
    assert counts.doubled == 2
    assert counts.lost == 1


def test_two_cases_for_one_number_are_counted():
    """Even when each record has its one entry."""
    entries = list(played().entries)
    openings = [n for n, entry in enumerate(entries) if isinstance(entry.events[0], CaseOpened)]
    one, other = entries[openings[0]].events[0], entries[openings[1]]
    assert isinstance(one, CaseOpened)
    event = other.events[0]
    assert isinstance(event, CaseOpened)
    entries[openings[1]] = replace(other, events=(replace(event, report=one.report), *other.events[1:]))
    assert fed(entries).counts(END).doubled >= 1


def test_a_missing_receipt_is_counted():
    """An accepted push that nobody answered."""
    tally, receipts = Tally(), [receipt for outcome in played().outcomes for receipt in outcome.receipts]
    for entry in played().entries:
        tally.entry(entry)
    for receipt in receipts[1:]:
        tally.receipt(receipt)
    assert tally.counts(END).lost == 1
    tally.receipt(receipts[0])
    tally.receipt(receipts[0])
    counts = tally.counts(END)
    assert (counts.lost, counts.doubled) == (0, 1)


def test_a_push_that_the_topic_lost_is_counted():
    """Acknowledged to the pusher, not there any more."""
    tally = fed(played().entries)
    tally.pushed(REPORTS, 0, 10_000_000)
    assert tally.counts(END).lost == 1


def test_merging_is_judged_by_the_truth():
    """The simple rule finds what it can see and is seldom wrong; what it cannot see is said."""
    judged = merging(day(4.0), played(4.0).entries)
    assert judged.right > 50
    assert judged.precision > 0.75  # two false alarms of one camera are two events of nothing, and one case
    assert judged.recall_in_reach > 0.95
    assert judged.recall < judged.recall_in_reach
    assert judged.missed >= judged.beyond_rule + judged.case_over > 0


def test_pushes_are_answered_as_the_truth_says():
    """And a wrong answer is noticed."""
    assert surprises(day(), played().entries) == []
    without = [entry for n, entry in enumerate(played().entries) if n != first_opening()]
    found = surprises(day(), without)
    assert len(found) == 1
    assert found[0].expected["case"] == found[0].got["case"] + 1
