"""The outbox: reports of a sender whose broker is away."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.edge.client import BadMessage, Client, NoReceipt, PipelineError, Unavailable
from pipeline.edge.client.outbox import Outbox
from pipeline.kafka_log.librdkafka import PUSHED_BYTES_MAX
from schemas import topics
from schemas.outputs import Receipt
from tests.edge.played import Log, accepting, report


def test_a_report_waits_through_an_outage_and_the_end_of_its_process(log: Log, tmp_path: Path):
    """No broker: it stays. Another process, later, delivers it in its order, and it leaves with its answer."""
    path = tmp_path / "reports.outbox"
    with Outbox(path) as outbox, Client("127.0.0.1:1") as nobody:
        numbers = [outbox.put(report(f"O{number}")) for number in range(3)]
        with pytest.raises(Unavailable):
            list(outbox.deliver(nobody))
        assert [one.number for one in outbox.waiting()] == numbers
    with Outbox(path) as outbox, log.answering(accepting):
        answers = list(outbox.deliver(log.client()))
        assert [number for number, _ in answers] == numbers
        assert [answer.of.source_no for _, answer in answers if isinstance(answer, Receipt)] == [
            "O0",
            "O1",
            "O2",
        ]
        assert outbox.waiting() == []


def test_what_is_not_answered_stays_and_is_delivered_again(log: Log, tmp_path: Path):
    """No worker: the report is in the log and in the outbox; pushing it again is safe, so it goes again."""
    with Outbox(tmp_path / "reports.outbox") as outbox:
        number = outbox.put(report("O1"))
        [(told, answer)] = outbox.deliver(log.client(), timeout_s=1)
        assert (told, type(answer)) == (number, NoReceipt)
        assert [one.number for one in outbox.waiting()] == [number]
        with log.answering(accepting):
            [(_, answer)] = outbox.deliver(log.client(), timeout_s=60)
        assert isinstance(answer, Receipt)
    assert len(log.read(topics.REPORTS)) == 2


def test_an_answer_that_nobody_took_is_asked_for_again(log: Log, tmp_path: Path):
    """Whoever stops between two answers has lost none: the one that was not taken is not crossed out."""
    with Outbox(tmp_path / "reports.outbox") as outbox, log.answering(accepting):
        first, second = outbox.put(report("O1")), outbox.put(report("O2"))
        answers = outbox.deliver(log.client(), timeout_s=60)
        next(answers)
        del answers
        assert [one.number for one in outbox.waiting()] == [first, second]


def test_threads_put_into_one_outbox(tmp_path: Path):
    """A door that takes orders in has many."""
    with Outbox(tmp_path / "reports.outbox") as outbox, ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(lambda number: outbox.put(report(f"O{number}")), range(200)))
        assert sorted(numbers) == [one.number for one in outbox.waiting()]


def test_what_cannot_be_kept_is_said_at_once(tmp_path: Path):
    """Too large for any broker, no outbox, a folder without leave: an error with a stable code, never a report that is gone."""
    with Outbox(tmp_path / "reports.outbox") as outbox:
        with pytest.raises(BadMessage, match="too_large"):
            outbox.put(b"x" * (PUSHED_BYTES_MAX + 1))
        with pytest.raises(BadMessage, match="broken_json"):
            outbox.put({"source": object()})
        assert outbox.waiting() == []
    (tmp_path / "letter.txt").write_text("no database" * 100, encoding="utf-8")
    for path in (tmp_path / "letter.txt", tmp_path / "nowhere" / "reports.outbox"):
        with pytest.raises(PipelineError, match="outbox_broken"):
            Outbox(path)


def test_a_full_disk_keeps_nothing_half(tmp_path: Path):
    """The file may not grow: the report is refused, and those before it stand."""
    with Outbox(tmp_path / "reports.outbox") as outbox:
        outbox.put(report("O1"))
        outbox._base.execute(f"pragma max_page_count = {_pages(outbox._base)}")
        with pytest.raises(PipelineError, match="outbox_broken"):
            outbox.put(b"x" * 100_000)
        assert len(outbox.waiting()) == 1


def _pages(base: sqlite3.Connection) -> int:
    [pages] = base.execute("pragma page_count").fetchone()
    return int(pages)
