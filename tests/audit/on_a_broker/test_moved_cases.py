"""跨街道移交 on a real Kafka: cases go to the neighbours of one partition and of another, once each, whatever is killed meanwhile."""

import json
import signal
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from schemas import topics
from schemas.journal.entry import RecordCause
from schemas.journal.events import CaseOpened
from schemas.journal.joint_events import CaseMoved
from schemas.outputs import ActionSubject
from schemas.partitioning import partition_of
from schemas.values.terms import NoticeKind, ReportOutcome, Stage
from schemas.wire import codecs
from tests.audit.on_a_broker.test_day import audit, raw_producer
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, until, value_of

PARTITIONS = 2
HOME = "140109004"
NEIGHBOURS = ("140109001", "140109005")
"""One whose records share the partition, one of another."""
CASES = 24


def push(deployment: Deployment) -> None:
    """Orders of the first street, far apart from one another."""
    name = deployment.settings.topic(topics.REPORTS)
    with raw_producer(deployment) as producer:
        for number in range(CASES):
            content = {
                "source": "12345", "source_no": f"N{number}", "street": HOME, "matter": "SR-001",
                "reported_at": datetime.now(UTC).isoformat(), "text": "占道",
                "place": {"address": f"兴华街{2 * number + 1}号", "grid": f"{HOME}00100{number % 9 + 1}"},
                "caller": {"name": "王测试", "phone": f"1380000{number:04}"},
            }  # fmt: skip
            producer.produce(
                name, json.dumps(content).encode(), HOME.encode(), partition_of(HOME, PARTITIONS)
            )


def move(deployment: Deployment, cases: Iterable[str]) -> None:
    """Each to one of the neighbours in turn, by an action whose id is the case's."""
    name = deployment.settings.topic(topics.ACTIONS)
    with raw_producer(deployment) as producer:
        for number, case_id in enumerate(cases):
            to = NEIGHBOURS[number % len(NEIGHBOURS)]
            action = {
                "action": "move", "action_id": f"M-{case_id}", "case_id": case_id, "to": to,
                "acted_at": datetime.now(UTC).isoformat(), "note": "在邻街辖区", "grid": f"{to}001001",
                "actor": {"id": "D001", "role": "dispatcher", "team": "duty"},
            }  # fmt: skip
            producer.produce(name, json.dumps(action).encode(), HOME.encode(), partition_of(HOME, PARTITIONS))


def opened(deployment: Deployment) -> list[CaseOpened]:
    """All cases that were opened so far."""
    entries = (entry for partition in range(PARTITIONS) for entry in deployment.entries(partition))
    return [event for entry in entries for event in entry.events if isinstance(event, CaseOpened)]


def in_streets(deployment: Deployment, *streets: str) -> list[CaseOpened]:
    """Those of these streets."""
    return [event for event in opened(deployment) if event.case_id.startswith(streets)]


@pytest.mark.slow
def test_cases_of_the_neighbours_are_theirs_once_each_whatever_is_killed(deploy: Deploy) -> None:
    """Both or neither of the two ends; the sources are told, the same action again has the same answer, and the audit finds nothing."""
    deployment = deploy(partitions=PARTITIONS, batch_records_max=4, transaction_timeout_ms=3_000)
    push(deployment)
    worker = deployment.worker(real=True)
    until(60, "all opened", lambda: len(in_streets(deployment, HOME)) == CASES)
    here = {event.case_id: event for event in in_streets(deployment, HOME)}
    move(deployment, sorted(here))
    until(60, "some moved", lambda: in_streets(deployment, *NEIGHBOURS))
    worker.send(signal.SIGKILL)
    worker.wait(60)
    move(deployment, sorted(here))  # nobody knows what was done: all of it once more
    deployment.worker(real=True)
    until(60, "all moved", lambda: len(in_streets(deployment, *NEIGHBOURS)) >= CASES)
    until(60, "all answered", lambda: sum(moves_answered(deployment).values()) >= 2 * CASES)

    assert set(moves_answered(deployment).items()) == {
        ((f"M-{case_id}", ReportOutcome.ACCEPTED), 2) for case_id in here
    }
    entries = [entry for partition in range(PARTITIONS) for entry in deployment.entries(partition)]
    gone = {
        event.case_id: event for entry in entries for event in entry.events if isinstance(event, CaseMoved)
    }
    came = [
        entry.cause.moved_from
        for entry in entries
        if isinstance(entry.cause, RecordCause) and entry.cause.moved_from
    ]
    assert sorted(came) == sorted(here) == sorted(gone)
    for event in in_streets(deployment, *NEIGHBOURS):
        assert event.came_from is not None
        before = here[event.came_from.cases[-1]]
        assert gone[before.case_id].to_case == event.case_id
        assert (event.report.source_no, event.report.caller) == (
            before.report.source_no,
            before.report.caller,
        )
        assert (event.facts.opened_at, event.report.due_at) == (before.facts.opened_at, before.report.due_at)
    assert told(deployment) == Counter({event.report.source_no: 1 for event in here.values()})
    code, violations, _ = audit(deployment)
    assert (code, violations) == (0, [])
    for partition in range(
        PARTITIONS
    ):  # of one alone nothing wrong is found, whichever end of a move it holds
        code, violations, _ = audit(deployment, "--partition", str(partition))
        assert (code, violations) == (0, [])


def moves_answered(deployment: Deployment) -> Counter[tuple[str, ReportOutcome]]:
    """How often each move was answered so."""
    partition = partition_of(HOME, PARTITIONS)
    receipts = (
        codecs.RECEIPT.decode(value_of(one)) for one in deployment.messages(topics.RECEIPTS, partition)
    )
    return Counter(
        (receipt.of.action_id, receipt.outcome)
        for receipt in receipts
        if isinstance(receipt.of, ActionSubject) and receipt.stage is Stage.MOVED
    )


def told(deployment: Deployment) -> Counter[str]:
    """How often the hotline was told of each order where it is now."""
    partition = partition_of(HOME, PARTITIONS)
    notices = (codecs.NOTICE.decode(value_of(one)) for one in deployment.messages(topics.NOTICES, partition))
    return Counter(
        str(notice.source_no) for notice in notices if notice.kind is NoticeKind.MOVED and notice.into
    )
