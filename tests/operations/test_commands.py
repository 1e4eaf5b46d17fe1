"""What an operator in trouble is answered, on a real broker: what waits and whose it is, what stands where, what is open."""

import json
import socket
import time

import pytest
from click.testing import CliRunner
from confluent_kafka import Producer

from pipeline.cli import commands
from pipeline.kafka_log.broker_admin import Disk
from pipeline.operations.topics_command import disk_line
from pipeline.words.language import Lang
from schemas import topics
from tests.stream.fleet.deployment import until

STREET = "140109004"
NAME, PHONE = "欧阳清河", "13812345678"
REPORT = {
    "source": "12345",
    "source_no": "1-1",
    "street": STREET,
    "matter": "SR-001",
    "reported_at": "2026-11-24T09:00:00+08:00",
    "place": {"address": f"兴华街18号{NAME}家"},
    "text": f"我是{NAME},电话{PHONE},门口有流动摊贩",
    "caller": {"name": NAME, "phone": PHONE},
}


def asked(deployment, *words):
    """What a command says of this deployment."""
    settings = deployment.settings
    environment = {
        "ENFORCEMENT_BROKERS": settings.brokers,
        "ENFORCEMENT_TOPIC_PREFIX": settings.topic_prefix,
        "LC_ALL": "C.UTF-8",
    }
    return CliRunner().invoke(commands, list(words), env=environment)


def rows(result):
    """Its lines of JSON."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def push(deployment, value, topic=topics.REPORTS):
    """As a source would, into the only partition."""
    raw = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    deployment.write(topic, [(STREET.encode(), raw)])


def test_lag_says_what_waits_since_when_and_that_nobody_has_it(deploy):
    """Without a worker each record waits, and the exit code says so."""
    deployment = deploy()
    push(deployment, REPORT)
    push(deployment, REPORT)
    result = asked(deployment, "lag", "--json")
    reports, actions = rows(result)
    assert result.exit_code == 1
    assert (reports["topic"], reports["decided"], reports["end"], reports["lag"]) == ("reports.v1", 0, 2, 2)
    assert reports["owner"] is None
    assert isinstance(reports["oldest_waits_s"], int)
    assert (actions["lag"], actions["oldest_waits_s"]) == (0, None)


def test_lag_and_group_name_the_worker_and_what_it_has_decided(deploy):
    """The position of the last transaction, not the group's offset; the owner is the instance's name."""
    deployment = deploy(instance_id="left-desk")
    deployment.worker(real=True).wait_ready(60)
    push(deployment, REPORT)
    until(60, "decided", lambda: asked(deployment, "receipts", "1-1").exit_code == 0)
    reports, actions = rows(asked(deployment, "lag", "--json"))
    assert (reports["decided"], reports["end"], reports["lag"], reports["owner"]) == (1, 1, 0, "left-desk")
    assert actions["owner"] == "left-desk"
    [member] = rows(asked(deployment, "group", "--json"))
    topic = deployment.settings.topic(topics.REPORTS)
    assert (member["instance"], member["state"]) == ("left-desk", "Stable")
    assert f"{topic}/0" in member["partitions"]
    assert str(member["process"]).startswith(f"{socket.gethostname()}-")


def test_a_group_without_a_member_is_an_answer_with_a_code(deploy):
    """Nobody works: 1, and what to do."""
    result = asked(deploy(), "group")
    assert result.exit_code == 1
    assert result.stderr.startswith("error[no_member]: the group ")


def test_a_record_shows_no_name_and_no_number_of_a_caller(deploy):
    """Neither in its field, nor in the text or the address; not as JSON either."""
    deployment = deploy()
    push(deployment, REPORT)
    for words in ((), ("--json",), ("--partition", "0", "--offset", "0")):
        result = asked(deployment, "records", "reports.v1", *words)
        assert result.exit_code == 0
        assert "流动摊贩" in result.stdout
        assert NAME not in result.stdout
        assert PHONE not in result.stdout


@pytest.mark.parametrize(
    "value",
    [
        {"callerName": NAME, "tel": PHONE, PHONE: 1},
        {**REPORT, "severity_wanted": NAME},
        f"{NAME} {PHONE}".encode(),
        b"",
    ],
    ids=["a format of its own", "a field too many", "no JSON", "nothing"],
)
def test_of_what_is_not_of_the_contract_only_the_fields_are_shown(deploy, value):
    """It may hold anything under any name; the code says what is wrong with it."""
    deployment = deploy()
    push(deployment, value)
    whole = asked(deployment, "records", "reports.v1", "--partition", "0", "--offset", "0")
    [record] = rows(asked(deployment, "records", "reports.v1", "--json"))
    assert record["fault"]
    for text in (whole.stdout, json.dumps(record, ensure_ascii=False)):
        assert NAME not in text
        assert PHONE not in text


def test_a_caller_and_a_dead_letters_bytes_stay_masked(deploy):
    """`callers.v1` holds both; their tokens are shown, since other topics name them."""
    deployment = deploy()
    token = f"c-{'0' * 32}"
    push(
        deployment,
        {
            "kind": "caller",
            "token": token,
            "at": "2026-11-24T09:00:00Z",
            "person": {"name": NAME, "phone": PHONE},
        },
        topics.CALLERS,
    )
    push(
        deployment,
        {
            "kind": "original",
            "token": token,
            "at": "2026-11-24T09:00:00Z",
            "value_base64": "MTM4MTIzNDU2Nzg=",
        },
        topics.CALLERS,
    )
    result = asked(deployment, "records", "callers.v1", "--json")
    caller, original = rows(result)
    assert caller["content"]["person"] == {"name": "[来电人]", "phone": "[电话]", "secret": False}
    assert original["content"]["base64_characters"] == 16
    assert NAME not in result.stdout
    assert "MTM4" not in result.stdout


def test_where_no_record_stands_the_answer_says_what_does(deploy):
    """A stable code, and the offsets that there are."""
    deployment = deploy()
    push(deployment, REPORT)
    result = asked(deployment, "records", "reports.v1", "--partition", "0", "--offset", "7")
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "error[no_record]: no record can be read at reports.v1/0@7; the partition holds 0 to 0"
    )
    result = asked(deployment, "records", "reports.v1", "--partition", "3")
    assert result.exit_code == 1
    assert result.stderr.startswith("error[no_partition]:")


def test_the_last_records_are_found_behind_many_others(deploy):
    """By key, read backwards in growing steps."""
    deployment = deploy()
    other = b'{"other": 1}'
    deployment.write(topics.JOURNAL, [(b"mine", b'{"seq": 1}'), *[(b"other", other)] * 300])
    [record] = rows(asked(deployment, "records", "journal.v1", "--key", "mine", "--json"))
    assert record["content"] == {"seq": 1}
    assert len(rows(asked(deployment, "records", "journal.v1", "--last", "200", "--json"))) == 200


def test_an_open_transaction_is_shown_with_its_owner_and_what_it_holds_up(deploy):
    """And gone once it is over."""
    deployment = deploy()
    topic = deployment.settings.topic(topics.CASES)
    name = f"{deployment.settings.topic_prefix}stranger"
    producer = Producer({"bootstrap.servers": deployment.settings.brokers, "transactional.id": name})
    producer.init_transactions(20)
    producer.begin_transaction()
    producer.produce(topic, b"x", b"a case", partition=0)
    assert producer.flush(60) == 0
    found = [
        row
        for row in rows(asked(deployment, "topics", "transactions", "--json"))
        if row["transactional_id"] == name
    ]
    assert [row["partitions"] for row in found] == [[f"{topic}/0"]]
    [partition, _] = rows(asked(deployment, "topics", "show", "cases.v1", "--json"))
    assert partition["open"] == 1
    producer.abort_transaction(20)
    assert name not in asked(deployment, "topics", "transactions").stdout


def test_topics_show_sizes_and_the_disk_that_they_are_on(deploy):
    """A missing topic is a row too, and exit code 1."""
    deployment = deploy()
    push(deployment, REPORT)
    *found, disk = rows(asked(deployment, "topics", "show", "--json"))
    reports = found[0]
    assert (reports["topic"], reports["offsets"], reports["behind"]) == ("reports.v1", 1, 0)
    assert int(str(reports["bytes"])) > 100
    assert 0 < int(str(disk["usable_bytes"])) < int(str(disk["total_bytes"]))
    result = asked(deploy(apply=False), "topics", "show")
    assert result.exit_code == 1
    assert result.stdout.count("missing") == len(topics.TOPICS)


def test_a_disk_that_failed_is_told_from_one_that_is_full():
    """The broker says so by an error of the folder; nothing else is known of it."""
    failed = Disk(1, "/data", offline=True, total_bytes=-1, usable_bytes=-1)
    full = Disk(1, "/data", offline=False, total_bytes=2_000_000, usable_bytes=0)
    assert disk_line(failed, Lang.EN) == "broker 1 /data: OFFLINE, cannot be written"
    assert disk_line(full, Lang.EN) == "broker 1 /data: 0 B free of 2.0 MB"


def test_a_dead_broker_is_one_line_within_seconds():
    """A code, the address, what to do; 69."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    started = time.monotonic()
    result = CliRunner().invoke(commands, ["lag", "--brokers", address], env={"LC_ALL": "C.UTF-8"})
    assert time.monotonic() - started < 12
    assert result.exit_code == 69
    [line] = result.stderr.splitlines()
    assert line.startswith(f"error[broker_unavailable]: no answer from {address}")
    assert result.stdout == ""
