"""A worker that is told to stop leaves its group, whatever its consumer was at."""

import asyncio

from pipeline.stream.fetching.fetch import leave_group


class Client:
    """Its connections."""

    is_closed = False

    async def close(self) -> None:
        self.is_closed = True


class Consumer:
    """Stops as aiokafka's does: it cancels what is under way, awaits it, and closes its client last."""

    def __init__(self, under_way: "asyncio.Task[None]") -> None:
        self._client = Client()
        self._under_way = under_way

    async def stop(self) -> None:
        self._under_way.cancel()
        await self._under_way
        await self._client.close()


async def request(begun: asyncio.Event, *, swallows: bool) -> None:
    """A request that is under way; one that waits to be repeated does not swallow its cancellation."""
    begun.set()
    try:
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        if not swallows:
            raise


async def left(*, swallows: bool) -> bool:
    """Whether the connections of a consumer that was told to stop amid such a request are closed."""
    begun = asyncio.Event()
    under_way = asyncio.ensure_future(request(begun, swallows=swallows))
    await begun.wait()
    consumer = Consumer(under_way)
    await leave_group(consumer, 60)
    return consumer._client.is_closed


def test_a_fetch_that_waits_for_a_broker_not_ready_does_not_hold_the_stop_up() -> None:
    """Its cancellation comes out of aiokafka's stop; the worker ended with 70 after ten seconds. The connections are closed."""

    async def play() -> None:
        assert await left(swallows=True)
        assert await left(swallows=False)

    asyncio.run(play())


def test_a_consumer_that_does_not_stop_in_time_is_left_behind() -> None:
    """A frozen member holds a rebalance up for its whole session: nobody waits for that."""

    async def play() -> None:
        rebalance = asyncio.get_running_loop().create_future()

        class Stuck(Consumer):
            async def stop(self) -> None:
                await rebalance

        stuck = Stuck(asyncio.ensure_future(rebalance))
        await leave_group(stuck, 0.05)
        assert stuck._client.is_closed

    asyncio.run(play())
