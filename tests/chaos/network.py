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
        self._away_ports: frozenset[int] = frozenset()
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
        self._away_ports = self._ports_of(node_id)
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
        port = asking.getpeername()[1]
        if not self._is_whole.is_set():
            self._away_ports |= self._ports_of(self._away)
        threading.Thread(target=self._pass_on, args=(number, port, asking, asked), daemon=True).start()
        self._pass_on(number, port, asked, asking)

    def _pass_on(self, number: int, port: int, source: socket.socket, target: socket.socket) -> None:
        for frame in frames(source):
            if not self._is_whole.is_set() and self._is_cut(number, port):
                self.held += 1
                self._is_whole.wait()
            if not sent(target, frame):
                break
        hang_up(source)
        hang_up(target)

    def _is_cut(self, number: int, port: int) -> bool:
        """Whether one end, and not the other, is the broker that is away: a connection to itself is whole."""
        return (number == self._away) != (port in self._away_ports)

    def _ports_of(self, number: int) -> frozenset[int]:
        """Of the connections that this broker has opened, and of what it listens to."""
        cluster = Cluster.find(self._folder)
        found: set[int] = set()
        for broker in cluster.brokers if cluster else ():
            if broker.seat.node_id == number:
                with suppress(psutil.Error):
                    found |= {each.laddr.port for each in psutil.Process(broker.pid).net_connections("tcp")}
        return frozenset(found)
