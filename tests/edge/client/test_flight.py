"""A file under way: told as it comes, waited for once, bounded in memory, and never told twice."""

import time
from collections.abc import Callable

import pytest

from pipeline.edge.client.flight import Flight, Outcome
from pipeline.edge.client.pushing import pipelined
from pipeline.edge.client.receipt_waiting import NoReceipt, PendingReceipt, RecordPlace
from schemas.errors import BadMessage, PipelineError, Unavailable
from schemas.outputs import Receipt, ReportSubject
from schemas.values.terms import Source
from tests.edge.played import receipt

PLACE = RecordPlace("reports.v1", 0, 7)


def sent() -> PendingReceipt:
    """Acknowledged by the brokers, not answered yet."""
    pending = PendingReceipt()
    pending.place = PLACE
    return pending


def answer(number: int) -> Receipt:
    """A receipt for the report of that number."""
    return receipt(ReportSubject(source=Source.PATROL, source_no=f"N{number}"), number)


class Told:
    """What was told, in its order."""

    def __init__(self, then: Callable[[int], None] = lambda number: None) -> None:
        self.outcomes: list[tuple[int, Outcome]] = []
        self._then = then

    def __call__(self, number: int, outcome: Outcome) -> None:
        self.outcomes.append((number, outcome))
        self._then(number)

    @property
    def numbers(self) -> list[int]:
        return [number for number, _ in self.outcomes]


def test_each_answer_is_told_as_it_comes_not_in_the_order_of_the_rows():
    """A row that waits holds up none behind it."""
    told, rows = Told(), [sent() for _ in range(3)]
    flight = Flight(told, 20)
    for number, row in enumerate(rows):
        flight.add(number, row)
    for number in (2, 0, 1):
        rows[number].settle(answer(number))
    flight.land()
    assert told.numbers == [2, 0, 1]
    assert all(isinstance(outcome, Receipt) for _, outcome in told.outcomes)


def test_three_hundred_rows_that_nobody_answers_take_the_timeout_once():
    """All are told together as sent, not answered yet."""
    told, began_s = Told(), time.monotonic()
    flight = Flight(told, 0.3)
    for number in range(300):
        flight.add(number, sent())
    flight.land()
    assert told.numbers == list(range(300))
    assert {type(outcome) for _, outcome in told.outcomes} == {NoReceipt}
    assert time.monotonic() - began_s < 20  # 300 times the timeout would be 90 s


def test_no_more_rows_are_in_memory_than_may_be_under_way():
    """Sending waits for answers; without any it goes on after the timeout, and no row is told twice."""
    told, most = Told(), 0
    flight = Flight(told, 0.05, most=10)
    rows = [sent() for _ in range(35)]
    for number, row in enumerate(rows):
        flight.add(number, row)
        most = max(most, len(flight._waiting))
    for number, row in enumerate(rows):
        row.settle(answer(number))  # too late for those that were given up
    flight.land()
    assert most <= 10
    assert sorted(told.numbers) == list(range(35))


def test_what_was_never_sent_and_what_the_brokers_did_not_take_is_told_as_that():
    """Each with its own error."""
    told = Told()
    flight = Flight(told, 0.05)
    flight.add(0, BadMessage("broken_json"))
    flight.add(1, PendingReceipt())
    flight.land()
    assert [type(outcome) for _, outcome in told.outcomes] == [BadMessage, Unavailable]


def test_interrupted_it_tells_at_once_what_is_not_answered():
    """Nobody waits for the timeout after Ctrl-C."""
    told, rows = Told(), [sent(), sent()]
    flight = Flight(told, 3600)
    for number, row in enumerate(rows):
        flight.add(number, row)
    rows[0].settle(answer(0))
    flight.stop()
    assert sorted(told.numbers) == [0, 1]
    assert isinstance(dict(told.outcomes)[1], NoReceipt)


@pytest.mark.parametrize("error", [BrokenPipeError(), Unavailable("broker_unavailable", "gone")])
def test_what_telling_raises_ends_the_sending(error: Exception):
    """The reader of our output is gone, or no broker answers: whoever adds hears of it."""

    def fails(number: int) -> None:
        raise error

    row = sent()
    flight = Flight(Told(fails), 3600)
    flight.add(0, row)
    row.settle(answer(0))
    with pytest.raises(type(error)):
        flight.land()
    with pytest.raises(type(error)):
        flight.add(1, sent())


def test_many_reports_of_a_program_wait_for_the_timeout_once_too():
    """`push_many`, in order: the answered ones are there, the rest is given up together."""
    rows = [sent() for _ in range(50)]
    for number in (0, 30):
        rows[number].settle(answer(number))
    began_s = time.monotonic()
    yielded: list[tuple[int, Receipt | PipelineError]] = list(pipelined(range(50), rows.__getitem__, 0.3))
    assert time.monotonic() - began_s < 10
    assert [number for number, _ in yielded] == list(range(50))
    assert [number for number, outcome in yielded if isinstance(outcome, Receipt)] == [0, 30]
