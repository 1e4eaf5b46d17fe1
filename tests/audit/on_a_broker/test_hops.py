"""Senders with another partitioner, on a real Kafka: what they send astray is decided once, and the audit proves it."""

import json
import signal
from collections import Counter
from datetime import UTC, datetime

import pytest

from schemas import topics
from schemas.journal.entry import RecordCause
from schemas.journal.events import RecordForwarded
from schemas.values.terms import ReportOutcome
from schemas.wire import codecs
from tests.audit.on_a_broker.test_day import audit, raw_producer
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, until, value_of

PARTITIONS = 3
STREETS = ("140109001", "140109004", "140109005", "140109007")
REPORTS = 60


def push_astray(deployment: Deployment, first: int) -> None:
    """As librdkafka does by default, with a partitioner of its own (CRC32), and every seventh without a key."""
    name = deployment.settings.topic(topics.REPORTS)
    with raw_producer(deployment) as producer:
        for number in range(first, first + REPORTS):
            street = STREETS[number % len(STREETS)]
            content = {
                "source": "patrol", "source_no": f"N{number}", "street": street, "matter": "SR-001",
                "reported_at": datetime.now(UTC).isoformat(), "place": {"address": f"兴华街{number}号"}, "text": "占道",
            }  # fmt: skip
            key = None if number % 7 == 0 else street.encode()
            producer.produce(name, json.dumps(content).encode(), key)


def answered(deployment: Deployment) -> Counter[tuple[str, ReportOutcome]]:
    """How often each report was answered so."""
    return Counter(
        (getattr(receipt.of, "source_no", ""), receipt.outcome)
        for partition in range(PARTITIONS)
        for message in deployment.messages(topics.RECEIPTS, partition)
        for receipt in [codecs.RECEIPT.decode(value_of(message))]
    )


@pytest.mark.slow
def test_reports_sent_with_the_partitioner_of_librdkafka_become_one_case_each(deploy: Deploy) -> None:
    """Some stand wrong, and are told so; each is a case in the end, a killed worker or not; the audit finds nothing."""
    deployment = deploy(partitions=PARTITIONS, batch_records_max=10, transaction_timeout_ms=3_000)
    push_astray(deployment, 0)
    worker = deployment.worker(real=True)
    until(60, "some decided", lambda: len(answered(deployment)) > REPORTS // 4)
    worker.send(signal.SIGKILL)
    worker.wait(60)
    push_astray(deployment, REPORTS)
    deployment.worker(real=True)

    def good() -> list[str]:
        yes = (ReportOutcome.ACCEPTED, ReportOutcome.MERGED)
        return [number for number, outcome in answered(deployment).elements() if outcome in yes]

    until(60, "all decided", lambda: len(good()) >= 2 * REPORTS)
    assert sorted(good()) == sorted(f"N{number}" for number in range(2 * REPORTS))
    entries = [entry for partition in range(PARTITIONS) for entry in deployment.entries(partition)]
    left = [entry for entry in entries if isinstance(entry.events[0], RecordForwarded)]
    came = [one for one in entries if isinstance(one.cause, RecordCause) and one.cause.origin is not None]
    assert len(left) == len(came) > REPORTS // 4
    code, violations, _ = audit(deployment)
    assert (code, violations) == (0, [])
