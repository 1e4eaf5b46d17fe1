"""I18 beyond the topics: what people say stands in no log line and on no metrics page, whatever they push and whatever breaks."""

import json

import pytest

from schemas import topics
from schemas.wire import codecs
from tests.core.story import HERE, STREET
from tests.corpus.poison import POISON
from tests.corpus.poison import report as bad_report
from tests.simulate.personal_data import found_in, said_by
from tests.simulate.test_privacy import secret_orders, talkative_day, written
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, Worker, until, value_of

NAME, PHONE, CITIZEN, WORD = "金丝雀甲", "13912345678", "11010519491231002X", "MALICE"
CANARIES = (NAME, PHONE, "139 1234 5678", "139-1234-5678", CITIZEN, WORD)
TEXT = f"我是{NAME},身份证{CITIZEN},请打{PHONE}或 139 1234 5678,{WORD}"
KEY = STREET.encode()


def good_report(number: int) -> bytes:
    """A report by somebody who says all about herself."""
    content = {
        "source": "12345",
        "source_no": f"R{number}",
        "street": STREET,
        "matter": "SR-001",
        "reported_at": "2026-11-24T09:00:00+08:00",
        "place": {**HERE, "address": f"{NAME}家楼下{number}"},
        "text": TEXT,
        "caller": {"name": NAME, "phone": PHONE},
    }
    return json.dumps(content, ensure_ascii=False).encode()


def spoilt_reports() -> list[bytes]:
    """The same data in every kind of place where it makes a record bad."""
    whole = good_report(0)
    return [
        whole[:-2],
        whole.decode().encode("gbk"),
        TEXT.encode(),
        bad_report(text=TEXT + "\x00"),
        bad_report(source=PHONE, caller={"name": NAME}),
        bad_report(reported_at=TEXT),
        bad_report(caller={"name": NAME, "phone": f"{PHONE}{NAME}"}),
        bad_report(**{NAME: PHONE, PHONE: NAME}),
        bad_report(street=PHONE),
    ]


def test_what_people_say_stands_in_no_log_line_and_on_no_metrics_page(deploy: Deploy) -> None:
    """Good reports and every poison, on the real worker at its most talkative."""
    deployment = deploy()
    worker = deployment.worker(real=True, log_level="DEBUG").wait_ready()
    deployment.write(topics.REPORTS, [(KEY, good_report(number)) for number in range(20)])
    deployment.write(topics.REPORTS, [(KEY, value) for value in spoilt_reports()])
    deployment.write(topics.REPORTS, [(PHONE.encode(), good_report(99)), (NAME.encode(), good_report(98))])
    for poison in POISON:
        if poison.value is None or len(poison.value) < 1_000_000:
            deployment.write(poison.topic, [(poison.key or b"", poison.value)])
    ends = deployment.brokers.ends(topics.INPUTS, 0)
    pushed = sum(end.high for end in ends.values())
    until(60, "all decided", lambda: decided(worker) == pushed)
    callers = b"".join(value_of(message) for message in deployment.messages(topics.CALLERS))
    assert NAME.encode() in callers
    assert PHONE.encode() in callers
    assert worker.metric("enforcement_dead_letters_total") > 50
    assert " open: epoch 1" in worker.log()
    assert canaries_in(worker) == []


def test_nothing_that_a_whole_days_callers_say_of_themselves_stands_in_the_log_or_on_the_metrics_page(
    deploy: Deploy,
) -> None:
    """The day of the demo, four times as busy, every caller saying all about themselves, and all that people did about it, through a real worker."""
    deployment = deploy()
    worker = deployment.worker(real=True, log_level="DEBUG").wait_ready()
    inputs = [*written().topics[topics.REPORTS], *written().topics[topics.ACTIONS]]
    for record in inputs:
        deployment.write(record.topic, [(record.key or b"", record.value)])
    until(120, "all decided", lambda: decided(worker) == len(inputs))
    said = said_by(push.value for push in talkative_day().pushes)
    assert len(inputs) > 1_000
    assert " open: epoch 1" in worker.log()
    for page in (worker.log(), worker.page("/metrics")[1]):
        assert found_in(page.encode(), said) == []
        assert [door for door, _ in secret_orders() if door in page] == []


def decided(worker: Worker) -> float:
    """Input records, those that could not be read among them."""
    return worker.metric("enforcement_records_total")


def canaries_in(worker: Worker) -> list[str]:
    """What stands where it must not; the names of the places, too, are without it."""
    said = worker.log() + worker.page("/metrics")[1]
    return [canary for canary in CANARIES if canary in said]


@pytest.mark.parametrize("log_format", ["plain", "json"])
def test_a_bug_that_quotes_what_it_was_given_does_not_tell_it_to_the_log(
    deploy: Deploy, log_format: str
) -> None:
    """Exceptions say what they stumbled over: the log has their kind and where they were raised."""
    deployment = deploy(log_format=log_format)
    deployment.put(["good", f"quote {TEXT}", "good"])
    worker = deployment.worker()
    until(60, "all decided", lambda: len(deployment.entries()) == 3)
    assert buried(deployment) == ["internal_error"]
    assert "ValueError" in worker.log()
    assert "counting.py" in worker.log()
    assert canaries_in(worker) == []


def buried(deployment: Deployment) -> list[str]:
    """The codes of the dead letters."""
    letters = deployment.messages(topics.DEAD_LETTERS)
    return [codecs.DEAD_LETTER.decode(value_of(letter)).code for letter in letters]
