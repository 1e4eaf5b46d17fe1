"""Hearing assignments, notices and receipts, and looking at a case: only what is committed, and all of it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from queue import Queue

import pytest

from pipeline.edge.client import Unreadable
from schemas import topics
from schemas.outputs import Assignment, ReportSubject
from schemas.values.terms import AssignmentKind, AssignmentStatus, Source, Stage
from schemas.wire import codecs
from tests.core.story import Story
from tests.edge.played import (
    CASE,
    OTHER_STREET,
    STREET,
    Log,
    Written,
    assignment,
    assignment_record,
    case_record,
    case_snapshot,
    journal_record,
    receipt,
    receipt_record,
)

TEAM = "city-appearance"
OTHER_CASE = f"{STREET}-0000000000002"
LIMIT_S = 20


def heard(tasks: Iterator[Assignment]) -> "Queue[Assignment | None]":
    """What comes out of an endless iterator, in a queue; None when it ends after all."""
    queue: Queue[Assignment | None] = Queue()

    def hear() -> None:
        for task in tasks:
            queue.put(task)
        queue.put(None)

    threading.Thread(target=hear, daemon=True).start()
    return queue


def next_text(queue: "Queue[Assignment | None]") -> str | None:
    """The text of what comes next; None at the end."""
    task = queue.get(timeout=LIMIT_S)
    return task.text if task else None


def test_an_aborted_assignment_is_never_heard_though_it_stands_in_the_log(log: Log):
    """A reader of uncommitted records sees the ghost; the client sees only what was given."""
    log.write([assignment_record(assignment(text="ghost"))], commit=False)
    log.write([assignment_record(assignment(OTHER_CASE, text="given"))])
    bare = [record.value or b"" for record in log.read(topics.ASSIGNMENTS, committed=False)]
    assert [b"ghost" in value for value in bare] == [True, False]
    assert [task.text for task in log.client().assignments(TEAM)] == ["given"]


def test_following_never_hears_an_aborted_assignment(log: Log):
    """The same while following: the ghost that comes between two real ones is passed by."""
    log.write([assignment_record(assignment(text="first"))])
    client = log.client()
    queue = heard(client.assignments(TEAM, follow=True))
    assert next_text(queue) == "first"
    log.write([assignment_record(assignment(text="ghost"))], commit=False)
    log.write([assignment_record(assignment(text="second"))])
    assert next_text(queue) == "second"
    client.close()
    assert queue.get(timeout=LIMIT_S) is None


def test_what_stands_is_the_latest_word_on_each_case_team_and_kind(log: Log):
    """Done and withdrawn ones are gone, replaced ones appear once, other teams' not at all."""
    ended = f"{STREET}-0000000000003"
    for status in (AssignmentStatus.DONE, AssignmentStatus.WITHDRAWN):
        one = f"{ended[:-1]}{status.value[0].upper()}"
        log.write([assignment_record(assignment(one)), assignment_record(assignment(one, status=status))])
    log.write(
        [
            assignment_record(assignment(CASE, text="first word")),
            assignment_record(assignment(CASE, text="last word")),
            assignment_record(assignment(CASE, kind=AssignmentKind.OFFER, text="another kind")),
            assignment_record(assignment(OTHER_CASE, team="planning")),
        ]
    )
    tasks = {(task.case_id, task.kind.value, task.text) for task in log.client().assignments(TEAM)}
    assert tasks == {(CASE, "handle", "last word"), (CASE, "offer", "another kind")}


def test_what_is_due_first_comes_first_and_without_deadline_last(log: Log):
    """The order a team works in."""
    due = (timedelta(hours=3), None, timedelta(hours=-1), timedelta(hours=1))
    numbered = [
        assignment(f"{STREET}-000000000000{number}", due_in=one, text=str(number))
        for number, one in enumerate(due)
    ]
    log.write(map(assignment_record, numbered))
    assert [task.text for task in log.client().assignments(TEAM)] == ["2", "3", "0", "1"]


def test_several_teams_or_all_are_heard_by_one_reader(log: Log):
    """For those who look after more than one."""
    teams = (TEAM, "planning", "ecology")
    log.write(
        assignment_record(assignment(f"{STREET}-000000000000{n}", team)) for n, team in enumerate(teams)
    )
    client = log.client()
    assert {task.team for task in client.assignments({TEAM, "ecology"})} == {TEAM, "ecology"}
    assert {task.team for task in client.assignments(None)} == set(teams)


def test_other_teams_records_are_not_even_decoded(log: Log):
    """What a newer worker writes for others cannot hurt: only the header is looked at."""
    strange = Written(topics.ASSIGNMENTS, b"x", b"{not json", [("team", b"planning")])
    log.write([strange, assignment_record(assignment())])
    assert [task.case_id for task in log.client().assignments(TEAM)] == [CASE]


def test_an_assignment_of_a_newer_contract_is_said_and_not_passed_over(log: Log):
    """Passing it over would hide work from the team: the error names the record."""
    newer = codecs.ASSIGNMENT.encode(assignment()).replace(b'"kind":"handle"', b'"kind":"of_tomorrow"')
    log.write([Written(topics.ASSIGNMENTS, b"x", newer, [("team", TEAM.encode())])])
    with pytest.raises(Unreadable) as caught:
        list(log.client().assignments(TEAM))
    assert caught.value.code == "unreadable_record"
    assert caught.value.message.endswith("assignments.v1 3@0: not_allowed kind")


def test_one_street_is_read_alone(log: Log):
    """With a street, only its assignments come."""
    log.write(
        [assignment_record(assignment()), assignment_record(assignment(f"{OTHER_STREET}-0000000000001"))]
    )
    tasks = list(log.client().assignments(TEAM, street=OTHER_STREET))
    assert [task.street for task in tasks] == [OTHER_STREET]


def test_since_looks_at_later_words_only(log: Log):
    """From the future nothing stands; from an hour ago everything."""
    log.write([assignment_record(assignment())])
    now, client = datetime.now(UTC), log.client()
    assert list(client.assignments(TEAM, since=now + timedelta(hours=1))) == []
    assert len(list(client.assignments(TEAM, since=now - timedelta(hours=1)))) == 1


def test_an_empty_log_has_nothing_to_do(log: Log):
    """No assignment ever: the iterator ends."""
    assert list(log.client().assignments(TEAM)) == []


def test_following_tells_what_stands_and_then_every_later_word(log: Log):
    """Later words come as they were written, the ends among them."""
    log.write([assignment_record(assignment(text="stands"))])
    client = log.client()
    queue = heard(client.assignments(TEAM, follow=True))
    assert next_text(queue) == "stands"
    log.write([assignment_record(assignment(text="ends", status=AssignmentStatus.DONE))])
    log.write([assignment_record(assignment(f"{OTHER_STREET}-0000000000001", text="elsewhere"))])
    later = [queue.get(timeout=LIMIT_S) for _ in range(2)]
    assert {(one.text, one.status.value) for one in later if one} == {("ends", "done"), ("elsewhere", "open")}
    client.close()
    assert queue.get(timeout=LIMIT_S) is None


def test_an_open_transaction_holds_nobody_up_for_ever(log: Log):
    """What stands is told up to the first record that is not yet decided upon; the end is the last stable offset."""
    log.write([assignment_record(assignment(text="given"))])
    log.open([assignment_record(assignment(OTHER_CASE, text="undecided"))])
    assert [task.text for task in log.client().assignments(TEAM)] == ["given"]


def test_a_case_is_its_latest_committed_snapshot(log: Log):
    """Later versions replace earlier ones; an aborted one does not count."""
    log.write([case_record(case_snapshot(1)), case_record(case_snapshot(2, Stage.SIGNED))])
    log.write([case_record(case_snapshot(3, Stage.CLOSED))], commit=False)
    log.write([case_record(case_snapshot(1, case_id=OTHER_CASE))])
    case = log.client().case(CASE)
    assert case == case_snapshot(2, Stage.SIGNED)


def test_an_old_case_is_found_behind_many_others(log: Log):
    """However far back its last snapshot stands."""
    others = [case_snapshot(case_id=f"{STREET}-{number:013d}") for number in range(100, 5100)]
    log.write(
        [
            case_record(case_snapshot(1)),
            *map(case_record, others),
            case_record(case_snapshot(1, case_id=OTHER_CASE)),
        ]
    )
    client = log.client()
    assert client.case(CASE) == case_snapshot(1)
    assert client.case(OTHER_CASE) == case_snapshot(1, case_id=OTHER_CASE)


def test_there_is_no_case_of_an_unknown_id_nor_of_one_retired(log: Log):
    """None in both, whatever the id looks like."""
    log.write([case_record(case_snapshot()), Written(topics.CASES, CASE.encode(), None)])
    client = log.client()
    assert [client.case(one) for one in (CASE, OTHER_CASE, "", "nonsense", "号" * 13)] == [None] * 5


def test_the_journal_of_a_case_is_read_whole_and_in_order(log: Log):
    """However far apart its entries stand, from its opening on, without others' and without what was aborted."""
    story = Story(partition=3).path("report", "sign", "arrive")
    first, *later = [journal_record(outcome.entry) for outcome in story.outcomes]
    others = [first._replace(key=f"{STREET}-{number:013d}".encode()) for number in range(100, 5100)]
    log.write([first, *others[:3000]])
    log.write([later[0]], commit=False)
    log.write([later[0], *others[3000:], *later[1:]])
    client = log.client()
    assert client.journal(story.case_id) == [outcome.entry for outcome in story.outcomes]
    assert client.journal(f"{STREET}-0000000000009") == []


def test_receipts_are_read_by_sender(log: Log):
    """A source sees its own, those since a time or all later ones."""
    for number, source in enumerate((Source.PATROL, Source.MONITOR)):
        log.write([receipt_record(receipt(ReportSubject(source=source, source_no="R1"), number))])
    since = datetime.now(UTC) - timedelta(hours=1)
    found = list(log.client().receipts("patrol", follow=False, since=since))
    assert [one.receipt_id for one in found] == ["0:1:0:receipt:0"]
    assert list(log.client().receipts("patrol", follow=False)) == []
