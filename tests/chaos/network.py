"""The network between brokers that replicate: relays in front of each one's listener for the others and of its controller's.

Clients reach every broker directly, so one that is cut off from the others still answers them.
"""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psutil

from pipeline.broker import Cluster
from pipeline.broker.ports import NodePorts, low_port
from pipeline.broker.profile import HOST, PeerPorts, Seat
from tests.stream.fleet.proxy import Relay, frames, hang_up, sent


class Network:
    """Between the brokers of a folder. What is sent over a line that is cut waits, and arrives when the line is whole again."""

    def __init__(self, folder: Path) -> None:
        """Nothing runs yet: `seats_of` is for `Cluster.start`."""
        self._folder = folder
        self._relays: list[Relay] = []
        self._is_whole = threading.Event()
        self._is_whole.set()
        self._away = 0
        self.held = 0
        """How many requests and answers have had to wait."""

    def seats_of(self, plan: Sequence[NodePorts]) -> list[Seat]:
        """The nodes reach one another over relays."""
        controllers = tuple(self._relay(number, ports.controllers) for number, ports in enumerate(plan, 1))
        listening = [low_port() for _ in plan]
        return [
            Seat(number, controllers, PeerPorts(port, self._relay(number, port)))
            for number, port in enumerate(listening, 1)
        ]

    @contextmanager
    def cut(self, node_id: int) -> Iterator[None]:
        """No line between that broker and the others, either way."""
        self._away = node_id
        self._is_whole.clear()
        try:
            yield
        finally:
            self._is_whole.set()

    def close(self) -> None:
        """No relay listens any more."""
        for relay in self._relays:
            relay.close()

    def _relay(self, number: int, port: int) -> int:
        self._relays.append(Relay((HOST, port), partial(self._link, number)))
        return self._relays[-1].port

    def _link(self, number: int, asking: socket.socket, asked: socket.socket) -> None:
        ends = {self._whose(asking.getpeername()[1]), number}
        threading.Thread(target=self._pass_on, args=(ends, asking, asked), daemon=True).start()
        self._pass_on(ends, asked, asking)

    def _pass_on(self, ends: set[int | None], source: socket.socket, target: socket.socket) -> None:
        for frame in frames(source):
            if len(ends) > 1 and self._away in ends and not self._is_whole.is_set():
                self.held += 1
                self._is_whole.wait()
            if not sent(target, frame):
                break
        hang_up(source)
        hang_up(target)

    def _whose(self, port: int) -> int | None:
        """The number of the broker whose connection has that port at its end."""
        cluster = Cluster.find(self._folder)
        for broker in cluster.brokers if cluster else ():
            with suppress(psutil.Error):
                connections = psutil.Process(broker.pid).net_connections("tcp")
                if any(each.laddr.port == port and each.raddr for each in connections):
                    return broker.seat.node_id
        return None
