"""A task that is open for longer than its assignment is kept: it stays on the list, since the state has it."""

from datetime import UTC, datetime, timedelta

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient
from msgspec.structs import replace

from schemas import topics
from schemas.partitioning import partition_of
from schemas.state.case import Case, Clock
from schemas.state.task import Task
from schemas.values.terms import AssignmentStatus, ClockKind, Stage
from tests.edge.client.test_decoding import heard, next_text
from tests.edge.played import (
    CASE,
    NOON,
    OTHER_STREET,
    PARTITIONS,
    STREET,
    Log,
    assignment,
    assignment_record,
    case_record,
    case_snapshot,
)

TEAM = "city-appearance"
DUE = NOON + timedelta(days=35)
LATER_CASE = f"{STREET}-0000000000002"


def held(case_id: str = CASE, team: str = TEAM) -> Case:
    """A case that a team has signed for and has 35 days for."""
    clock = Clock(kind=ClockKind.DISPOSE, leg=1, started_at=NOON, limit="25 workdays", due_at=DUE)
    return replace(
        case_snapshot(3, Stage.SIGNED, case_id), task=Task(leg=1, team=team, since=NOON), clocks=(clock,)
    )


def forget(log: Log) -> None:
    """Retention has taken all assignments that were given so far."""
    place = TopicPartition(log.settings.topic(topics.ASSIGNMENTS), partition_of(STREET, PARTITIONS), -1)
    admin = AdminClient({"bootstrap.servers": log.settings.brokers, "log_level": 0})
    [taken] = admin.delete_records([place]).values()
    assert taken.result(60).low_watermark > 0


def test_a_task_older_than_its_assignment_is_still_on_the_list(log: Log):
    """Due after 35 days, kept for 30: the team sees what, where and until when, as the case has it."""
    log.write([assignment_record(assignment()), case_record(held())])
    forget(log)
    [task] = log.client().assignments(TEAM)
    assert (task.case_id, task.team, task.kind.value, task.status.value) == (CASE, TEAM, "handle", "open")
    assert (task.due_at, task.at, task.matter, task.place.address) == (DUE, NOON, "SR-001", "兴华街18号")
    assert "占道" in task.matter_zh
    assert task.evidence_required


def test_what_the_log_still_has_is_told_as_it_was_given(log: Log):
    """Its own id and its reason; and what it says has ended is not listed, whatever an older snapshot shows."""
    log.write([assignment_record(assignment()), case_record(held()), case_record(held(LATER_CASE))])
    forget(log)
    ended = assignment(status=AssignmentStatus.DONE)
    log.write([assignment_record(ended), assignment_record(assignment(LATER_CASE, text="given"))])
    assert [(task.case_id, task.text) for task in log.client().assignments(TEAM)] == [(LATER_CASE, "given")]


def test_only_the_teams_own_old_tasks_in_the_street_since_then_are_listed(log: Log):
    """As for the tasks in the log."""
    log.write(
        [assignment_record(assignment()), case_record(held()), case_record(held(LATER_CASE, "planning"))]
    )
    forget(log)
    client = log.client()
    assert {task.case_id for task in client.assignments(None)} == {CASE, LATER_CASE}
    assert [task.case_id for task in client.assignments("planning")] == [LATER_CASE]
    assert list(client.assignments(TEAM, street=OTHER_STREET)) == []
    assert list(client.assignments(TEAM, since=NOON + timedelta(days=1))) == []
    assert list(client.assignments(TEAM, since=datetime.now(UTC) + timedelta(days=1))) == []


def test_following_begins_with_the_old_tasks_and_goes_on_from_the_log(log: Log):
    """Nothing that changes while the list is made is lost: the log is followed from before it."""
    log.write([assignment_record(assignment()), case_record(held())])
    forget(log)
    client = log.client()
    queue = heard(client.assignments(TEAM, follow=True))
    assert next_text(queue) == held().facts.text
    log.write([assignment_record(assignment(text="ends", status=AssignmentStatus.DONE))])
    assert next_text(queue) == "ends"
