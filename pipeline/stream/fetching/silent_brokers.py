"""Brokers that fall silent with their connections open: a host without power, a cut cable, a frozen process.

No end of a connection tells of it, only an answer that does not come. aiokafka knows one limit for all requests, and that of a JoinGroup
must be as long as a rebalance, whose members it waits for: with it a silent broker would hold up all partitions for so long. So here

- each request has `Settings.answer_s`; a JoinGroup or SyncGroup has its rebalance, while the broker is asked beside it whether it lives;
- a broker that is silent once is asked for nothing more, on no connection, until it answers a question of ours: records and the group are
  sought with the others, which have taken over what it led.

It overrides internals of aiokafka 0.14.0, as `fetching.fetch` does.
"""

import asyncio
import logging
import struct
import time
from typing import Any, Final, TypeAlias

from aiokafka.client import ConnectionGroup
from aiokafka.conn import CloseReason
from aiokafka.errors import NodeNotReadyError, RequestTimedOutError
from aiokafka.protocol.group import JoinGroupRequest, SyncGroupRequest

from pipeline import metrics

log: Final = logging.getLogger("enforcement.brokers")
Foreign: TypeAlias = Any
"""An object of aiokafka, whose internals are untyped. It goes no further than this module."""
_WAITS_FOR_MEMBERS: Final = (JoinGroupRequest, SyncGroupRequest)
_ASK_AGAIN_S: Final = 1.0
_API_VERSIONS: Final = struct.pack(">ihhih", 10, 18, 0, 1, -1)
"""Which requests it knows: the one that every broker answers before anybody has proved who they are."""


class SilentBrokers:
    """Those of one client of aiokafka, whose requests it takes over. Lives in that client's event loop."""

    def __init__(self, client: Foreign, answer_s: float, rebalance_s: float) -> None:
        """`answer_s`: how long any answer may take; `rebalance_s`: one that waits for the members of the group."""
        self._client = client
        self._answer_s = answer_s
        self._rebalance_s = rebalance_s
        self._silent_since: dict[int, float] = {}
        self._waiting: set[asyncio.Task[None]] = set()
        self._send_plainly, self._connect_plainly = client.send, client._get_conn
        client._request_timeout_ms = int(answer_s * 1_000)
        client.send, client._get_conn, client.get_random_node = self._send, self._connect, self._any_node
        metrics.BROKER_SILENT.set_function(self.longest_s)

    def longest_s(self) -> float:
        """For how long the one that is silent longest has been asked in vain, seconds; 0 where all answer."""
        return max((time.monotonic() - since for since in list(self._silent_since.values())), default=0.0)

    def close(self) -> None:
        """Ask no more."""
        for task in self._waiting:
            task.cancel()

    async def _send(
        self, node: int, request: Foreign, *, group: ConnectionGroup = ConnectionGroup.DEFAULT
    ) -> Foreign:
        asked = time.monotonic()
        send = self._send_patiently if isinstance(request, _WAITS_FOR_MEMBERS) else self._send_plainly
        try:
            return await send(node, request, group=group)
        except RequestTimedOutError:
            self._fell_silent(node, asked)
            raise

    async def _send_patiently(self, node: int, request: Foreign, *, group: ConnectionGroup) -> Foreign:
        connection = await self._client._get_conn(node, group=group)
        if connection is None:
            raise NodeNotReadyError(f"broker {node} is not connected")
        connection._request_timeout = self._rebalance_s  # read once, as the request is sent
        try:
            answer = asyncio.ensure_future(connection.send(request))
        finally:
            connection._request_timeout = self._answer_s
        try:
            while not (await asyncio.wait([answer], timeout=self._answer_s))[0]:
                asked = time.monotonic()
                if not await self._lives(connection.host, connection.port) and not answer.done():
                    self._fell_silent(node, asked)  # closes the connection, which ends the request
            return await answer
        except TimeoutError as error:
            connection.close(reason=CloseReason.CONNECTION_TIMEOUT)
            raise RequestTimedOutError from error
        finally:
            answer.cancel()

    async def _connect(
        self, node: int, *, group: ConnectionGroup = ConnectionGroup.DEFAULT, **options: bool
    ) -> Foreign:
        if node in self._silent_since:
            self._client.force_metadata_update()  # as after a connection that failed: who leads now?
            return None
        asked = time.monotonic()
        connection = await self._connect_plainly(node, group=group, **options)
        if connection is None and time.monotonic() - asked >= self._answer_s:
            self._fell_silent(node, asked)
        return connection

    def _any_node(self) -> int | None:
        """One that may be asked; a silent one only where there is no other."""
        known = [broker.nodeId for broker in self._client.cluster.brokers()]
        answering = [node for node in known if node not in self._silent_since]
        return min(answering or known, default=None)

    def _fell_silent(self, node: int, asked: float) -> None:
        address = self._address(node)
        if node in self._silent_since or address is None:
            return
        self._silent_since[node] = asked
        metrics.BROKER_SILENCES.inc()
        log.warning(
            "broker %s at %s:%s has answered nothing for %.1f s, and its connections stand: a host without power, a cut cable or a frozen "
            "process; what it led is sought at the others",
            node, *address, time.monotonic() - asked,
        )  # fmt: skip
        for (known, _), connection in list(self._client._conns.items()):
            if known == node:
                connection.close(reason=CloseReason.CONNECTION_TIMEOUT)
        task = asyncio.ensure_future(self._until_it_answers(node, *address))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    def _address(self, node: int) -> tuple[str, int] | None:
        """Host and port; of one that the others list no longer, where it was connected."""
        connected = (connection for (known, _), connection in self._client._conns.items() if known == node)
        place = next(connected, None) or self._client.cluster.broker_metadata(node)
        return (place.host, place.port) if place else None

    async def _until_it_answers(self, node: int, host: str, port: int) -> None:
        while True:
            if await self._lives(host, port):
                break
            await asyncio.sleep(_ASK_AGAIN_S)
        silent_s = time.monotonic() - self._silent_since.pop(node)
        log.warning("broker %s at %s:%s is silent no longer, after %.1f s", node, host, port, silent_s)

    async def _lives(self, host: str, port: int) -> bool:
        """Whether something there answers, be it by refusing the connection: that is no silence, the client sees it by itself."""
        writer = None
        try:
            async with asyncio.timeout(self._answer_s):
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(_API_VERSIONS)
                await reader.read(1)
        except TimeoutError:
            return False
        except OSError:
            return True
        finally:
            if writer is not None:
                writer.close()
        return True
