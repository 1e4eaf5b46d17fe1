"""A broker that takes connections and answers nothing, as a frozen one does; aiokafka's own client asks it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError, RequestTimedOutError
from aiokafka.protocol.group import HeartbeatRequest, JoinGroupRequest

from pipeline.stream.fetching.silent_brokers import SilentBrokers

ANSWER_S = 3.0
"""Long enough for a busy machine."""
FOR_EVER_S = 3_600.0
PATIENCE_S = 120
NOBODY = 10**9
BEAT = HeartbeatRequest("group", 1, "member")
JOIN = JoinGroupRequest("group", 6_000, 30_000, "", None, "consumer", [("one", b"")])


class Relay:
    """Stands before a broker, and holds back what comes on its first `held` connections."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.connections = self.held = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number, self.connections = self.connections, self.connections + 1
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(
            self._pass(number, reader, back), self._pass(number, there, writer), return_exceptions=True
        )

    async def _pass(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65_536):
            await until(lambda: number >= self.held)
            writer.write(piece)
        writer.close()


class Asked(NamedTuple):
    """A client, whose requests to its one broker go through a relay."""

    relay: Relay
    client: Any
    node: int
    silent: SilentBrokers


@asynccontextmanager
async def asked_through_a_relay(address: str) -> AsyncIterator[Asked]:
    relay = Relay(int(address.rpartition(":")[2]))
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    client = AIOKafkaClient(bootstrap_servers=address)
    await client.bootstrap()
    (broker,) = client.cluster.brokers()
    client.cluster._brokers[broker.nodeId] = broker._replace(port=server.sockets[0].getsockname()[1])
    client.cluster.update_metadata = lambda _: None  # else it would learn the broker's own port
    silent = SilentBrokers(client, ANSWER_S, FOR_EVER_S)
    try:
        yield Asked(relay, client, broker.nodeId, silent)
    finally:
        relay.held = 0
        silent.close()
        await client.close()
        server.close()


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if look():
                return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("is_listed", [True, False])
def test_a_join_that_waits_for_members_is_given_up_when_its_broker_falls_silent(
    kafka: str, is_listed: bool
) -> None:
    """It has the time of a rebalance, here an hour, but not from a broker that answers nothing else either; the others may list
    it no longer by then."""

    async def join() -> None:
        async with asked_through_a_relay(kafka) as (relay, client, node, _):
            assert await client.ready(node, group=ConnectionGroup.COORDINATION)
            relay.held = NOBODY
            if not is_listed:
                client.cluster._brokers.clear()
            async with asyncio.timeout(PATIENCE_S):
                with pytest.raises(KafkaConnectionError):
                    await client.send(node, JOIN, group=ConnectionGroup.COORDINATION)

    asyncio.run(join())


def test_a_join_is_waited_for_while_its_broker_lives(kafka: str) -> None:
    """Members may take their time: whoever answers other questions meanwhile is not silent."""

    async def join() -> None:
        async with asked_through_a_relay(kafka) as (relay, client, node, silent):
            assert await client.ready(node, group=ConnectionGroup.COORDINATION)
            relay.held = before = relay.connections
            joining = asyncio.ensure_future(client.send(node, JOIN, group=ConnectionGroup.COORDINATION))
            await until(lambda: relay.connections >= before + 2 or joining.done())
            assert not joining.done(), "a question was answered beside it"
            assert silent.longest_s() == 0
            relay.held = 0
            async with asyncio.timeout(PATIENCE_S):
                assert hasattr(await joining, "member_id")

    asyncio.run(join())


def test_a_silent_broker_is_asked_nothing_more_until_it_answers(
    kafka: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One request finds out; from then on others are turned away at once; a line tells of either end."""

    async def beat() -> None:
        async with asked_through_a_relay(kafka) as (relay, client, node, silent):
            await client.send(node, BEAT)
            relay.held = NOBODY
            with pytest.raises(RequestTimedOutError):
                await client.send(node, BEAT)
            assert silent.longest_s() >= ANSWER_S
            connections = relay.connections
            with pytest.raises(NodeNotReadyError):
                await client.send(node, BEAT, group=ConnectionGroup.COORDINATION)
            assert client.get_random_node() == node, "there is no other"
            await until(lambda: relay.connections > connections)
            relay.held = 0
            await until(lambda: silent.longest_s() == 0)
            await client.send(node, BEAT)

    with caplog.at_level(logging.WARNING, "enforcement.brokers"):
        asyncio.run(beat())
    fell, back = (line for name, _, line in caplog.record_tuples if name == "enforcement.brokers")
    assert "has answered nothing for" in fell
    assert "is silent no longer" in back
