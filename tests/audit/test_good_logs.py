"""What the auditor says of logs in which nothing is wrong, and of those that nobody could have written."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.audit.findings import Invariant
from pipeline.audit.log.partition_log import AuditRecord
from schemas import topics
from schemas.journal.clock_events import TimerFired
from schemas.journal.entry import JournalEntry, TimerCause
from schemas.wire import codecs
from tests.audit.faults.faults_of_forgetting import forget
from tests.audit.good_story.good import good_log, good_story, seen_before, small_log
from tests.audit.logs import (
    ALL,
    MemoryLog,
    audited,
    logged,
    play_log,
    played_log,
    story_log,
    worked,
    worked_log,
)
from tests.core.case.test_laws import LIVELY, STEPS, tell
from tests.core.players.play import MOODS, STARTS

PUSHED = {(topic, 0): frozenset(r.offset for r, _ in good_story().pushed if r.topic == topic)
          for topic in topics.INPUTS}  # fmt: skip


def test_a_good_log_is_clean_and_every_invariant_has_checked_something():
    """Weeks of a street in which everything happens: nothing is found, nothing is left out, each promise was looked at."""
    found = audited(good_log(), acknowledged=PUSHED, checkpoints=seen_before())
    assert found.kept == []
    assert {invariant for invariant in Invariant if not found.checked[invariant]} == set()
    assert {invariant for invariant, _ in found.skipped} == {
        Invariant.I11
    }  # it is of workers that had one time only
    assert len(found.late_s) == sum(isinstance(o.entry.cause, TimerCause) for o in good_story().outcomes)


def test_a_log_of_which_each_entry_says_when_it_was_decided_is_clean_and_all_of_it_is_checked():
    """Weeks of a street as a worker makes them, which counts from arrival and due time: nothing is found, nothing left out."""
    log = worked_log(good_story())
    found = audited(log, acknowledged=PUSHED)
    assert found.kept == []
    assert audited(log, replayed=False, checkpoints=found.checkpoints).kept == []
    assert found.skipped == {}


def test_after_an_outage_all_is_as_it_would_have_been_but_when_people_were_told():
    """The worker is away for two weeks amid deadlines: each entry is the same, but for when it was decided and how late a timer fired."""
    story = good_story()
    back = story.pushed[0][1] + timedelta(days=20)
    away = worked(story.pushed, story.now, lambda at: back if back - timedelta(days=15) < at < back else at)
    never_away = worked(story.pushed, story.now)
    late = [one for one in away if (one.entry.decided_at or one.entry.at) > one.entry.at]
    assert len(late) > 10
    assert [untold(one.entry) for one in away] == [untold(one.entry) for one in never_away]
    assert audited(logged(story.pushed, away), replayed=False, offset_s=15 * 86_400).kept == []


def untold(entry: JournalEntry) -> JournalEntry:
    """An entry without what tells when a worker came to it."""
    events = tuple(
        replace(event, late_s=0) if isinstance(event, TimerFired) else event for event in entry.events
    )
    return replace(entry, decided_at=None, events=events)


@LIVELY
@given(STEPS)
def test_any_history_is_clean(steps):
    """People who do anything at any time, also what they may not: the pipeline keeps its promises, and the auditor sees it."""
    assert audited(story_log(tell(steps))).kept == []


@pytest.mark.parametrize("mood", MOODS)
def test_any_play_is_clean(mood):
    """Nor do hundreds of steps of random people, in any mood and around any holiday, break a promise."""
    start = sorted(STARTS)[len(mood) % len(STARTS)]
    found = audited(play_log(start, 7, 250, mood))
    assert found.kept == []
    assert found.numbers["entries"] > 250


SPOILING = st.sampled_from(["drop", "double", "swap", "cut", "other value", "other key", "no headers"])


def spoil(log: MemoryLog, topic: str, place: int, how: str) -> bool:
    """Do something to one record; whether there was one."""
    there = log.topics[topic]
    if len(there) < 2:
        return False
    n = place % (len(there) - 1)
    one, two = there[n], there[n + 1]
    match how:
        case "drop":
            del there[n]
        case "double":
            there.append(one._replace(offset=there[-1].offset + 1))
        case "swap":
            there[n], there[n + 1] = two._replace(offset=one.offset), one._replace(offset=two.offset)
        case "cut":
            there[n] = one._replace(value=(one.value or b"")[: place % 60])
        case "other value":
            there[n] = one._replace(value=two.value)
        case "other key":
            there[n] = one._replace(key=two.key)
        case "no headers":
            there[n] = one._replace(headers=())
    return True


@LIVELY
@given(st.sampled_from(ALL), st.integers(0, 10_000), SPOILING, st.sampled_from(ALL), st.integers(0, 10_000))
def test_no_log_is_too_broken_to_be_audited(topic, place, how, other, elsewhere):
    """Whatever was done to it, the auditor comes to its end; and nothing is done to the journal that it does not find."""
    log = small_log()
    spoil(log, other, elsewhere, "drop" if how == "cut" else "cut")
    spoil(log, topic, place, how)
    found = audited(log)
    if log.topics[topics.JOURNAL] != small_log().topics[topics.JOURNAL] and how != "no headers":
        assert found.kept


def test_what_may_not_be_read_is_left_out_and_said():
    """Personal data may be kept from the auditor: then it does not look for the bytes of dead letters, and says so."""
    log = good_log()
    log.closed = frozenset({topics.CALLERS})
    found = audited(log)
    assert found.kept == []
    assert found.reasons(Invariant.I17) == ["callers.v1 may not be read"]


def test_whoever_was_forgotten_is_no_loss_and_waits_for_compaction_only():
    """Caller and dead letter erased as the command does it: nothing is found; what compaction still has is said, and then nothing."""
    log = good_log()
    tokens = {(record.key or b"").decode() for record in log.topics[topics.CALLERS]}
    for token in tokens:
        forget(log, token)
    found = audited(log)
    assert found.kept == []
    assert found.reasons(Invariant.I18) == [
        "an older value under the token of somebody forgotten waits for compaction"
    ]
    marks = [
        record
        for record in log.topics[topics.CALLERS]
        if (record.key or b"").startswith(topics.FORGOTTEN_KEY)
    ]
    log.topics[topics.CALLERS] = marks
    compacted = audited(log)
    assert (compacted.kept, compacted.reasons(Invariant.I18)) == ([], [])
    assert {token[0] for token in tokens} == {"c", "d"}


def test_records_that_retention_took_are_not_missed():
    """Reports, receipts and assignments of the first days are gone; what is left is checked, the rest is left out and said."""
    log = good_log()
    for topic in (topics.REPORTS, topics.RECEIPTS, topics.ASSIGNMENTS, topics.NOTICES, topics.ACTIONS):
        there = log.topics[topic]
        log.begins[topic] = there[len(there) // 2].offset
    found = audited(log)
    assert found.kept == []
    assert found.reasons(Invariant.T1) == ["its input record is gone by retention, or was not asked for"]
    assert "the assignments are gone by retention, or were not asked for" in found.reasons(Invariant.I7)
    assert found.checked[Invariant.I17] > 0


def test_open_tasks_whose_assignments_have_all_expired_are_found_in_the_state():
    """Retention took every assignment: the last snapshots still show each open task, and the auditor has looked."""
    log = good_log()
    log.begins[topics.ASSIGNMENTS] = log.topics[topics.ASSIGNMENTS][-1].offset + 1
    found = audited(log)
    assert found.kept == []
    assert found.checked[Invariant.I7] > 0


def test_a_compacted_topic_is_enough():
    """Of the snapshots only the last of each case is left, as compaction does: nothing is missed."""
    log = good_log()
    last = {record.key: record.offset for record in log.topics[topics.CASES]}
    log.topics[topics.CASES] = [
        record
        for record in log.topics[topics.CASES]
        if last[record.key] == record.offset and record.value is not None
    ]
    found = audited(log)
    assert found.kept == []
    assert found.reasons(Invariant.I15) == ["compaction has left a later snapshot only"]


def test_a_log_may_be_read_from_the_middle():
    """With --since: what is known of older cases comes from their snapshots; nothing is invented, and no replay is made."""
    log = good_log()
    for topic, part in ((topics.JOURNAL, 3), (topics.CASES, 4), (topics.RECEIPTS, 5), (topics.NOTICES, 5)):
        there = log.topics[topic]
        log.begins[topic] = there[len(there) // part].offset
    found = audited(log)
    assert found.kept == []
    assert found.checked[Invariant.I8] > 100
    assert found.reasons(Invariant.I14) == ["the journal is not read from its beginning"]


def test_another_key_leaves_out_what_rests_on_it():
    """A wrong key does not make every entry look forged."""
    told = audited(good_log()).checked[Invariant.I14]
    for key in (None, b"x" * 32):
        found = audited(good_log(), caller_key=key)
        assert found.kept == []
        assert found.checked[Invariant.I14] < told / 4  # those before the first caller's token
        assert len(found.reasons(Invariant.I14)) == 1


@pytest.mark.parametrize(
    ("start", "script"),
    [
        ("tuesday", "burst 1 120 orderly; set_back 24; burst 2 120 asking; wait 30; burst 3 60 together"),
        ("golden week", "burst 4 120 punishing; set_back 216; burst 5 120 punishing; wait 90"),
        ("year end", "burst 6 90 together; set_back 24; burst 7 90 tidying; set_back 2; burst 8 90 orderly"),
    ],
)
def test_a_log_whose_time_was_set_back_is_clean(start, script):
    """Random people before and after: deadlines, ladders, snapshots and the replay hold, and the time may run back there only."""
    log = played_log(start, *script.split("; "))
    backs = [
        offset
        for offset, (one, two) in enumerate(pairwise(map(entry_of, log.topics[topics.JOURNAL])))
        if two.at < one.at
    ]
    assert len(backs) == script.count("set_back")
    assert audited(log).kept == []


def entry_of(record: AuditRecord) -> JournalEntry:
    """An entry of the journal."""
    return codecs.JOURNAL_ENTRY.decode(record.value or b"")
