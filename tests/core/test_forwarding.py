"""A record in the wrong partition: the sender is warned, and the citizen's report is decided where it belongs, once."""

from dataclasses import replace

import pytest

from pipeline.core.partition import Partition
from schemas import topics
from schemas.journal.entry import Origin
from schemas.partitioning import partition_of
from schemas.wire.hop import FORWARDED, read_hop
from tests.core.story import KEY, STREET, Story, encode

PARTITIONS = 4
RIGHT = partition_of(STREET, PARTITIONS)
WRONG = (RIGHT + 1) % PARTITIONS


def astray() -> Story:
    """Somebody whose client has another partitioner pushes, into a deployment of four partitions."""
    story = Story(partition=WRONG)
    story.core = Partition(story.rules, KEY, "test", partitions=PARTITIONS)
    return story


def test_a_report_in_the_wrong_partition_warns_its_sender_and_becomes_a_case_in_the_right_one():
    """The first answer names the setting; the second is the case, and its entry says where the record stood first."""
    story = astray().report(source_no="N-1")
    warning = story.last.receipts[0]
    assert story.events == ["record_forwarded"]
    assert (warning.outcome.value, warning.code, warning.field) == (
        "forwarded",
        "wrong_partition",
        "partition",
    )
    assert warning.allowed.startswith(str(RIGHT))
    assert "partitioner=murmur2_random" in warning.message_zh
    assert "partitioner=murmur2_random" in warning.message_en
    assert warning.of.source_no == "N-1"
    assert story.state() == []
    first = story.last.entry
    story.wait(minutes=1).hop()
    assert (story.answer, story.last.receipts[0].of.source_no) == ("accepted", "N-1")
    cause = story.last.entry.cause
    assert (cause.partition, cause.origin) == (RIGHT, Origin(partition=WRONG, offset=0, at=first.at))
    assert cause.sha256 == first.cause.sha256


def test_an_action_in_the_wrong_partition_is_done_in_the_right_one():
    """It answers the actor under the action's own id, twice: forwarded, then accepted."""
    story = astray().report().hop()
    story.partition = WRONG
    story.act("sign", action_id="S-1")
    assert (story.events, story.last.receipts[0].of.action_id) == (["record_forwarded"], "S-1")
    story.hop()
    assert (story.events, story.last.receipts[0].of.action_id) == (["case_signed"], "S-1")


def test_a_report_without_a_key_is_decided_as_if_it_had_one():
    """The street stands in the message; the warning says what the key should have been."""
    story = Story().report()
    value = story.pushed[0][0].value.replace(b'"R1"', b'"R2"')
    story.push_bytes(topics.REPORTS, None, value)
    warning = story.last.receipts[0]
    assert (warning.outcome.value, warning.code, warning.allowed) == ("forwarded", "wrong_key", STREET)
    story.hop()
    assert story.answer == "merged"
    assert story.pushed[-1][0].key == STREET.encode()


def test_a_key_of_another_street_is_still_refused():
    """Nobody knows which of the two is meant."""
    story = astray().report()
    story.push_bytes(topics.REPORTS, b"140109001", story.pushed[0][0].value)
    assert (story.last.receipts[0].outcome.value, story.answer) == ("dead_letter", "wrong_key")


def test_a_street_that_nobody_knows_is_forwarded_and_refused_where_it_would_be():
    """Which partition is a street's follows from its code alone."""
    story = astray()
    story.partition = (partition_of("999999999", PARTITIONS) + 1) % PARTITIONS
    story.report(street="999999999").hop()
    assert (story.last.receipts[0].outcome.value, story.answer) == ("refused", "unknown_street")


def test_pushed_again_into_the_wrong_partition_it_is_no_second_case():
    """Each copy is forwarded, and the second gets the first one's receipt."""
    story = astray().report(source_no="N-1").hop()
    first = story.last.receipts[0]
    story.partition = WRONG
    story.push_bytes(topics.REPORTS, STREET.encode(), story.pushed[0][0].value).hop()
    assert story.events == ["report_repeated"]
    assert story.last.receipts[0] == first
    assert len(story.core) == 1


def test_a_forwarded_record_is_never_forwarded_again():
    """A worker that counts more partitions refuses what another one sent to it: no record goes round in circles."""
    story = astray().report()
    sent = story.last.forwarded
    other = next(count for count in range(5, 50) if partition_of(STREET, count) != RIGHT)
    story.core = Partition(story.rules, KEY, "test", partitions=other)
    story.partition = RIGHT
    story.push_bytes(sent.topic, sent.key, sent.value, sent.headers)
    assert (story.last.receipts[0].outcome.value, story.answer) == ("dead_letter", "wrong_partition")
    assert story.last.forwarded is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        None,
        b"reports.v1|1|0",
        b"reports.v1|1|0|2026-11-24T01:00:00+00:00|" + b"0" * 32,
        b"reports.v1|one|0|yesterday|x",
        b"\xff" * 9,
    ],
    ids=["empty", "null", "cut off", "forged", "no numbers", "no text"],
)
def test_a_sender_cannot_pretend_a_hop(content):
    """The header is passed over: where it belongs the report is decided as any other, elsewhere it is forwarded."""
    story = astray().report()
    value = story.pushed[0][0].value
    story.push_bytes(topics.REPORTS, STREET.encode(), value, ((FORWARDED, content),))
    assert story.events == ["record_forwarded"]
    assert [name for name, _ in story.last.forwarded.headers] == [FORWARDED]
    story.partition = RIGHT
    story.push_bytes(topics.REPORTS, STREET.encode(), value, ((FORWARDED, content),))
    assert (story.answer, story.last.entry.cause.origin) == ("accepted", None)


def test_the_header_of_one_record_is_worth_nothing_on_another():
    """It is a hash over the record too, and over the partition that it was sent to."""
    story = astray().report()
    sent = story.last.forwarded
    hop = read_hop(sent.headers)
    assert (hop.topic, hop.partition, hop.offset) == (topics.REPORTS, WRONG, 0)
    story.report(source_no="OTHER", place={"address": "别处1号"})
    story.partition = RIGHT
    story.push_bytes(topics.REPORTS, STREET.encode(), story.pushed[-1][0].value, sent.headers)
    assert story.last.entry.cause.origin is None


def test_what_a_sender_wrote_beside_the_message_goes_with_it():
    """Headers of CloudEvents are read where it is decided."""
    story = astray().report()
    value = story.pushed[0][0].value
    event = (
        ("ce_specversion", b"1.0"),
        ("ce_type", b"urban.enforcement.report.v1"),
        ("traceparent", b"00-1"),
    )
    story.push_bytes(topics.REPORTS, STREET.encode(), value, event)
    assert story.last.forwarded.headers[1:] == event


def test_what_cannot_be_read_is_a_dead_letter_where_it_stands():
    """There is no street to send it to."""
    story = astray().push(topics.REPORTS, STREET, {"source": "12345"})
    assert (story.events, story.last.forwarded) == (["message_dead"], None)
    story.push_bytes(topics.REPORTS, None, encode({"street": STREET}))
    assert (story.events, story.last.forwarded) == (["message_dead"], None)


def test_deciding_it_again_gives_the_same_bytes():
    """The hop is made of the log alone: replay and audit find it as it was."""
    story = astray().report()
    again = Partition(story.rules, KEY, "test", partitions=PARTITIONS)
    record, _ = story.pushed[0]
    story.outcomes.clear()
    turn = story._turn()
    assert replace(again.step(record, turn), receipts=[]) == replace(
        Partition(story.rules, KEY, "test", partitions=PARTITIONS).step(record, turn), receipts=[]
    )
