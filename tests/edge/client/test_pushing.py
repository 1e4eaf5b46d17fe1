"""Pushing and acting: each gets its own receipt, or is told why not."""

import socket
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from confluent_kafka.admin import NewPartitions

from pipeline.core.case.turn import InputRecord
from pipeline.core.outputs.dead_letters import subject_of
from pipeline.edge.client import BadMessage, Client, NoReceipt, PipelineError, Unavailable
from pipeline.edge.client.action_builder import ActionBuilder
from pipeline.stream.brokers import Brokers
from schemas import topics
from schemas.inputs.action import Claim, Merge, Sign
from schemas.inputs.action_base import Actor
from schemas.inputs.report import Report
from schemas.outputs import ActionSubject, RecordSubject, ReportSubject
from schemas.partitioning import partition_of
from schemas.values.place import Place
from schemas.values.terms import ReportOutcome, Role, Source
from tests.edge.played import (
    CASE,
    NOON,
    OTHER_STREET,
    PARTITIONS,
    STREET,
    Log,
    Written,
    accepting,
    receipt,
    receipt_record,
    report,
)

TYPED = Report(
    source=Source.PATROL,
    source_no="G1",
    street=STREET,
    matter="SR-001",
    reported_at=NOON,
    place=Place(address="兴华街18号"),
)


def test_a_push_gets_its_own_receipt_and_not_its_neighbours(log: Log):
    """Receipts of other records come first, of its own number and of others, and are passed by."""

    def judge(record: InputRecord) -> Iterable[Written]:
        for number, source_no in enumerate(("R1", "another")):
            of = ReportSubject(source=Source.HOTLINE_12345, source_no=source_no)
            refused = receipt(of, number, ReportOutcome.REFUSED)
            yield receipt_record(refused, record._replace(offset=record.offset + 1000 + number))
        yield from accepting(record)

    with log.answering(judge):
        answer = log.client().push(report("R1"))
    assert answer.of == ReportSubject(source=Source.HOTLINE_12345, source_no="R1")
    assert answer.outcome is ReportOutcome.ACCEPTED


def test_a_report_stands_under_its_street_where_every_client_would_put_it(log: Log):
    """Key and partition follow from the street code alone."""
    client = log.client()
    with log.answering(accepting):
        for number, street in enumerate((STREET, OTHER_STREET, "140109002")):
            client.push(report(f"R{number}", street=street))
    found = {(record.key, record.partition) for record in log.read(topics.REPORTS)}
    streets = (STREET, OTHER_STREET, "140109002")
    assert found == {(street.encode(), partition_of(street, PARTITIONS)) for street in streets}


def test_a_typed_report_is_pushed_as_the_contract_says(log: Log):
    """A Report goes in and is answered."""
    with log.answering(accepting):
        assert log.client().push(TYPED).outcome is ReportOutcome.ACCEPTED


def test_a_typed_report_that_breaks_the_contract_is_not_pushed(log: Log):
    """The caller's mistake is named at once and nothing is in the log."""
    wrong = Report(
        source=Source.PATROL,
        source_no="<G1>",
        street=STREET,
        matter="SR-001",
        reported_at=NOON,
        place=Place(),
    )
    with pytest.raises(BadMessage) as caught:
        log.client().push(wrong)
    assert (caught.value.code, caught.value.field) == ("wrong_format", "source_no")
    assert log.read(topics.REPORTS) == []


@pytest.mark.parametrize("value", [b"{nonsense", b"\xff\xfe", b"[]", b"{}", b'{"source":"12345"}'])
def test_bytes_that_nobody_can_read_are_answered_by_their_place_in_the_log(log: Log, value: bytes):
    """Without a number to answer to, the receipt names topic, partition and offset."""
    client = log.client()
    with log.answering(accepting):
        pending = client.submit(value, street=STREET)
        answer = pending.receipt()
    assert answer.outcome is ReportOutcome.DEAD_LETTER
    assert isinstance(answer.of, RecordSubject)
    assert (answer.of.topic, answer.of.partition, answer.of.offset) == pending.place


def test_many_unreadable_records_each_get_the_receipt_of_their_own_place(log: Log):
    """However early a receipt comes, before or after the broker's word on the place, it finds its record."""
    client = log.client()
    with log.answering(accepting):
        under_way = [client.submit(b"{%d" % number, street=STREET) for number in range(100)]
        answers = [one.receipt() for one in under_way]
    places = [(a.of.topic, a.of.partition, a.of.offset) for a in answers if isinstance(a.of, RecordSubject)]
    assert places == [one.place for one in under_way]


def test_no_receipt_says_that_pushing_again_is_safe(log: Log):
    """Nobody answers: the error has its code, and says what may be done."""
    with pytest.raises(NoReceipt) as caught:
        log.client().push(report("R1"), timeout_s=1)
    assert caught.value.code == "no_receipt"
    assert "pushing again is safe" in caught.value.message


def judging_by_text(record: InputRecord) -> Iterable[Written]:
    """What was mended is accepted, everything else refused."""
    is_mended = b"mended" in (record.value or b"")
    outcome = ReportOutcome.ACCEPTED if is_mended else ReportOutcome.REFUSED
    yield receipt_record(receipt(subject_of(record), record.offset, outcome), record)


@pytest.mark.parametrize("same_client", [True, False])
def test_the_answer_to_an_earlier_push_is_not_taken_for_the_answer_to_a_later_one(
    log: Log, same_client: bool
):
    """The worker was away: a report was given up, mended, pushed again; both are decided later, each has its answer."""
    client = log.client()
    with pytest.raises(NoReceipt):
        client.push(report("R1"), timeout_s=1)
    mended = (client if same_client else log.client()).submit(report("R1", text="mended"))
    with log.answering(judging_by_text):
        assert mended.receipt().outcome is ReportOutcome.ACCEPTED


def test_who_gave_up_may_ask_again(log: Log):
    """A late receipt is kept for whoever waited for it."""
    pending = log.client().submit(report("R1"))
    with pytest.raises(NoReceipt):
        pending.receipt(timeout_s=1)
    with log.answering(accepting):
        assert pending.receipt().code == "accepted"


def test_a_receipt_of_an_aborted_transaction_is_no_receipt(log: Log):
    """What the pipeline took back is never told."""
    pending = log.client().submit(report("R1"))
    with pytest.raises(NoReceipt):
        pending.receipt(timeout_s=1)
    subject = ReportSubject(source=Source.HOTLINE_12345, source_no="R1")
    aborted = receipt(subject, 1, ReportOutcome.REFUSED)
    log.write([receipt_record(aborted, pending.place)], commit=False)
    log.write([receipt_record(receipt(subject, 2), pending.place)])
    assert pending.receipt().receipt_id == "0:1:2:receipt:0"
    assert len(log.read(topics.RECEIPTS, committed=False)) == 2


def test_many_are_answered_in_their_order_with_the_errors_among_them(log: Log):
    """A row that cannot be pushed has its error in its place; the others are not held up."""
    items: list[Report | dict[str, object]] = [
        report("R0"),
        report("R1", text=float("nan")),
        TYPED,
        report("R3"),
    ]
    with log.answering(accepting):
        answers = list(log.client().push_many(items))
    assert [number for number, _ in answers] == [0, 1, 2, 3]
    codes = [one.code for _, one in answers]
    assert codes == ["accepted", "broken_json", "accepted", "accepted"]


def test_threads_share_a_client_and_each_gets_its_own(log: Log):
    """Eight threads, forty pushes each, two streets."""
    client = log.client()

    def push(number: int) -> bool:
        street = (STREET, OTHER_STREET)[number % 2]
        answer = client.push(report(f"R{number}", street=street), timeout_s=60)
        return answer.of == ReportSubject(source=Source.HOTLINE_12345, source_no=f"R{number}")

    with log.answering(accepting), ThreadPoolExecutor(8) as pool:
        assert all(pool.map(push, range(320)))
    assert len(log.read(topics.REPORTS)) == 320


def test_an_action_is_answered_to_whoever_acted(log: Log):
    """An action stands under its case's street, and its receipt names action and actor."""
    builder = ActionBuilder(
        Actor(id="W0931", role=Role.OFFICER, team="city-appearance"), lambda: NOON, iter(["A1"]).__next__
    )
    with log.answering(accepting):
        answer = log.client().act(builder.build(Sign, CASE))
    assert answer.of == ActionSubject(action_id="A1", actor="W0931")
    [record] = log.read(topics.ACTIONS)
    assert record.key == STREET.encode()
    assert b'"acted_at":"2026-11-24T04:00:00Z"' in (record.value or b"")


def test_a_closed_client_tells_whoever_still_waits(log: Log):
    """Nobody waits for an answer that cannot come."""
    client = log.client()
    pending = client.submit(report("R1"))
    client.close()
    with pytest.raises(PipelineError) as caught:
        pending.receipt(timeout_s=5)
    assert caught.value.code == "client_closed"
    with pytest.raises(PipelineError) as later:
        client.push(report("R2"))
    assert later.value.code == "client_closed"


def test_no_broker_is_said_in_one_line_within_the_limit():
    """Nothing listens there: `Unavailable`, after the time for a first connection and not much more."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        began = time.monotonic()
        with Client(address) as client, pytest.raises(Unavailable) as caught:
            client.push(report("R1"))
    assert time.monotonic() - began < 9
    assert caught.value.code == "broker_unavailable"
    assert address in caught.value.message
    assert "\n" not in caught.value.message


def test_missing_topics_are_not_taken_for_a_missing_broker(kafka: str):
    """The brokers answer but were never prepared: the error says so, and no topic is made by asking."""
    with Client(kafka, topic_prefix="never.") as client:
        with pytest.raises(Unavailable) as pushing:
            client.push(report("R1"))
        with pytest.raises(Unavailable) as hearing:
            next(client.assignments("city-appearance"))
    assert (pushing.value.code, hearing.value.code) == ("topic_missing", "topic_missing")


def test_partitions_added_to_an_input_are_said_to_be_that(log: Log):
    """The brokers answer, and it is not said that they do not: a record there would be of nobody, so none is sent."""
    settings = log.settings
    added = NewPartitions(settings.topic(topics.REPORTS), PARTITIONS + 2)
    admin = Brokers(settings).admin
    for made in admin.create_partitions([added]).values():
        made.result(60)
    with pytest.raises(Unavailable) as caught:
        log.client().push(report("R1"))
    assert caught.value.code == "partitions_differ"
    assert f"{PARTITIONS + 2} partitions" in caught.value.message


def test_deeds_have_fresh_ids_and_this_machines_time():
    """Two actions never share an id, and say when they were done."""
    builder = ActionBuilder.of("W0931", Role.TEAM, "city-appearance")
    one, other = builder.build(Claim, CASE), builder.build(Claim, CASE)
    assert one.action_id != other.action_id
    assert abs((datetime.now(UTC) - one.acted_at).total_seconds()) < 5


def test_a_deed_that_says_what_it_may_not_is_told_before_it_is_pushed():
    """The field and what is allowed, as the pipeline itself would say it."""
    builder = ActionBuilder.of("D001", Role.DISPATCHER)
    assert builder.build(Merge, CASE, into=CASE, note="同一摊位").into == CASE
    with pytest.raises(BadMessage, match="into"):
        builder.build(Merge, CASE, into="that one")
    with pytest.raises(TypeError, match="to_case"):
        builder.build(Merge, CASE, to_case=CASE)
