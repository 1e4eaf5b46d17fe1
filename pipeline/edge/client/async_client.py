"""The public client for programs on an event loop: the same calls, awaited. Nothing blocks the loop.

from pipeline.edge.client.async_client import AsyncClient

async with AsyncClient() as client:
    receipt = await client.push(report)
    async for task in client.assignments("city-appearance", follow=True): ...
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Final, Self, TypeVar

from pipeline.edge.client.client import TIMEOUT_S, Client
from pipeline.edge.client.pushing import Content
from pipeline.edge.client.receipt_waiting import PendingReceipt
from schemas.errors import PipelineError
from schemas.inputs.action import Action
from schemas.inputs.report import Report
from schemas.outputs import Assignment, Notice, Receipt
from schemas.state.case import Case

T = TypeVar("T")
IN_FLIGHT_MAX: Final = 1_000
"""Of one `push_many`, at a time."""


class AsyncClient:
    """A `Client` whose waiting is awaited. Of one event loop; any task may use it."""

    def __init__(
        self,
        brokers: str | None = None,
        *,
        topic_prefix: str | None = None,
        kafka_options: Mapping[str, str | int | float | bool] | None = None,
    ) -> None:
        """As `Client`; does not connect before it is used."""
        self._client = Client(brokers, topic_prefix=topic_prefix, kafka_options=kafka_options)

    async def __aenter__(self) -> Self:
        """The client itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closed, whatever happened."""
        await self.close()

    async def close(self) -> None:
        """Closes all connections and ends all iterators."""
        await asyncio.to_thread(self._client.close)

    async def push(
        self, report: Report | Content | bytes, *, timeout_s: float = TIMEOUT_S, street: str | None = None
    ) -> Receipt:
        """Push a report and await its receipt. Raises as `Client.push` does; a cancelled task gives the waiting up, not the report."""
        return await self._answered(lambda: self._client.submit(report, street=street), timeout_s)

    async def act(self, action: Action | Content | bytes, *, timeout_s: float = TIMEOUT_S) -> Receipt:
        """Push an action and await its receipt. Raises as `push` does."""
        return await self._answered(lambda: self._client.submit_action(action), timeout_s)

    async def push_many(
        self, reports: Iterable[Report | Content | bytes], *, timeout_s: float = TIMEOUT_S
    ) -> AsyncIterator[tuple[int, Receipt | PipelineError]]:
        """Push all, up to `IN_FLIGHT_MAX` under way at a time; yields the number, from 0, and the answer of each, in order."""
        under_way: dict[int, asyncio.Task[Receipt]] = {}
        try:
            for number, report in enumerate(reports):
                under_way[number] = asyncio.create_task(self.push(report, timeout_s=timeout_s))
                while under_way and (len(under_way) >= IN_FLIGHT_MAX or _first(under_way).done()):
                    yield await _told(under_way)
            while under_way:
                yield await _told(under_way)
        finally:
            for task in under_way.values():
                task.cancel()

    def assignments(
        self,
        team: str | Collection[str] | None,
        *,
        follow: bool = False,
        since: datetime | None = None,
        street: str | None = None,
    ) -> AsyncIterator[Assignment]:
        """The open assignments of `team`; with `follow`, then every later one as it comes. As `Client.assignments`."""
        return _awaited(lambda: self._client.assignments(team, follow=follow, since=since, street=street))

    def receipts(
        self, sender: str | None = None, *, follow: bool = True, since: datetime | None = None
    ) -> AsyncIterator[Receipt]:
        """As `Client.receipts`."""
        return _awaited(lambda: self._client.receipts(sender, follow=follow, since=since))

    def notices(
        self, role: str | None = None, *, follow: bool = True, since: datetime | None = None
    ) -> AsyncIterator[Notice]:
        """As `Client.notices`."""
        return _awaited(lambda: self._client.notices(role, follow=follow, since=since))

    async def case(self, case_id: str) -> Case | None:
        """As `Client.case`."""
        return await asyncio.to_thread(self._client.case, case_id)

    async def _answered(self, submit: Callable[[], PendingReceipt], timeout_s: float) -> Receipt:
        """The receipt of what `submit` sends: sending may wait for a broker, so it is done in a thread."""
        pending = await asyncio.to_thread(submit)
        loop = asyncio.get_running_loop()
        there = asyncio.Event()

        def told(_: PendingReceipt) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any longer
                loop.call_soon_threadsafe(there.set)

        pending.on_answer(told)
        try:
            await asyncio.wait_for(there.wait(), timeout_s)
        except TimeoutError:
            raise pending.give_up(timeout_s) from None
        return pending.receipt(0)


def _first(under_way: Mapping[int, T]) -> T:
    return next(iter(under_way.values()))


async def _told(under_way: dict[int, asyncio.Task[Receipt]]) -> tuple[int, Receipt | PipelineError]:
    """The answer of the first, which is under way no longer."""
    number = next(iter(under_way))
    try:
        return number, await under_way[number]
    except PipelineError as error:
        return number, error
    finally:
        del under_way[number]


async def _awaited(iterate: Callable[[], Iterator[T]]) -> AsyncIterator[T]:
    """What an iterator that waits yields, each step in a thread."""
    iterator = iterate()
    while step := await asyncio.to_thread(lambda: [*islice(iterator, 1)]):
        yield step[0]
