"""The client on an event loop: nothing it waits for holds the loop up."""

import asyncio

import pytest

from pipeline.edge.client import NoReceipt, Unavailable
from pipeline.edge.client.async_client import AsyncClient
from schemas.outputs import Receipt, ReportSubject
from schemas.values.terms import ReportOutcome, Source
from tests.edge.played import CASE, Log, accepting, assignment, assignment_record, report


def of(log: Log) -> AsyncClient:
    return AsyncClient(log.settings.brokers, topic_prefix=log.settings.topic_prefix)


def test_pushes_of_several_tasks_each_get_their_own_receipt(log: Log):
    """A door that takes orders in awaits a hundred answers at once."""

    async def play() -> list[Receipt]:
        async with of(log) as client:
            return await asyncio.gather(
                *(client.push(report(f"A{number}"), timeout_s=60) for number in range(100))
            )

    with log.answering(accepting):
        answers = asyncio.run(play())
    expected = [ReportSubject(source=Source.HOTLINE_12345, source_no=f"A{number}") for number in range(100)]
    assert [answer.of for answer in answers] == expected
    assert {answer.outcome for answer in answers} == {ReportOutcome.ACCEPTED}


def test_many_are_told_in_their_order(log: Log):
    """As `push_many` of the client: number and answer of each."""

    async def play() -> list[int]:
        async with of(log) as client:
            pushed = client.push_many((report(f"M{number}") for number in range(20)), timeout_s=60)
            return [number async for number, answer in pushed if isinstance(answer, Receipt)]

    with log.answering(accepting):
        assert asyncio.run(play()) == list(range(20))


def test_the_loop_goes_round_while_a_receipt_is_waited_for(log: Log):
    """No worker answers: other tasks go on meanwhile, and the push ends as not answered."""

    async def play() -> int:
        rounds = 0
        async with of(log) as client:
            push = asyncio.create_task(client.push(report("L1"), timeout_s=2))
            while not push.done():
                await asyncio.wait([push], timeout=0.05)
                rounds += 1
            with pytest.raises(NoReceipt):
                await push
        return rounds

    assert asyncio.run(play()) > 10


def test_no_broker_is_said_as_by_the_client():
    """The same errors with the same codes."""

    async def play() -> None:
        async with AsyncClient("127.0.0.1:1") as client:
            await client.push(report("N1"), timeout_s=1)

    with pytest.raises(Unavailable):
        asyncio.run(play())


def test_assignments_are_followed_in_a_task(log: Log):
    """First what is open, then what comes; closing the client ends it."""
    log.write([assignment_record(assignment())])

    async def play() -> list[str]:
        async with of(log) as client:
            found = []
            async for task in client.assignments("city-appearance", follow=True):
                found.append(task.case_id)
                break
            assert await client.case(CASE) is None
            return found

    assert asyncio.run(play()) == [CASE]
