"""A TCP proxy between a client and the brokers that loses the answer to one EndTxn: committed, and nobody was told. Or it
passes every answer on a little later, as a slow network would."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

END_TXN = 26


class Relay:
    """Listens on `port`; each connection that comes is handed to `linked` beside one to `target`, in a thread of its own."""

    def __init__(
        self, target: tuple[str, int], linked: Callable[[socket.socket, socket.socket], None]
    ) -> None:
        self._target = target
        self._linked = linked
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            try:
                broker = socket.create_connection(self._target)
            except OSError:  # the broker is away: so is its relay
                client.close()
                continue
            threading.Thread(target=self._linked, args=(client, broker), daemon=True).start()


class Proxy:
    """Listens at `address`, once for each broker. Answers that name a broker's port name the proxy's instead, so that clients stay."""

    def __init__(self, brokers: str) -> None:
        """`brokers` are their addresses, with commas."""
        targets = [
            (host, int(port)) for host, _, port in (each.partition(":") for each in brokers.split(","))
        ]
        self._relays = [Relay(target, self._link) for target in targets]
        self.address = ",".join(f"127.0.0.1:{relay.port}" for relay in self._relays)
        self._named = [
            (host.encode() + struct.pack(">i", port), host.encode() + struct.pack(">i", relay.port))
            for (host, port), relay in zip(targets, self._relays, strict=True)
        ]
        self._armed = threading.Event()
        self.lost = threading.Event()
        self.late_s = 0.0
        """How much later an answer is passed on, one after the other on each connection."""
        self.delayed = 0
        self._closed = threading.Event()

    def lose_next_end_of_transaction(self) -> None:
        self._armed.set()

    def close(self) -> None:
        self._closed.set()
        for relay in self._relays:
            relay.close()

    def _link(self, client: socket.socket, broker: socket.socket) -> None:
        unanswered: set[int] = set()
        threading.Thread(target=self._ask, args=(client, broker, unanswered), daemon=True).start()
        self._answer(client, broker, unanswered)

    def _ask(self, client: socket.socket, broker: socket.socket, unanswered: set[int]) -> None:
        for frame in frames(client):
            kind, _, correlation = struct.unpack(">hhi", frame[4:12])
            if kind == END_TXN and self._armed.is_set():
                self._armed.clear()
                unanswered.add(correlation)
            if not sent(broker, frame):
                break
        hang_up(broker)

    def _answer(self, client: socket.socket, broker: socket.socket, unanswered: set[int]) -> None:
        for frame in frames(broker):
            if struct.unpack(">i", frame[4:8])[0] in unanswered:
                self.lost.set()
                break
            if self.late_s:
                self.delayed += 1
                self._closed.wait(self.late_s)
            if not sent(client, self._renamed(frame)):
                break
        hang_up(client)
        hang_up(broker)

    def _renamed(self, frame: bytes) -> bytes:
        for own, shown in self._named:
            frame = frame.replace(own, shown)
        return frame


def sent(connection: socket.socket, frame: bytes) -> bool:
    """Whether the other side was there to take it."""
    try:
        connection.sendall(frame)
    except OSError:
        return False
    return True


def hang_up(connection: socket.socket) -> None:
    """At once: `close` alone would wait for the other thread that reads from it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def frames(connection: socket.socket) -> Iterator[bytes]:
    """Requests or answers, each with its four bytes of length."""
    held = b""
    while True:
        while len(held) >= 4 and len(held) >= (size := 4 + struct.unpack(">i", held[:4])[0]):
            yield held[:size]
            held = held[size:]
        try:
            more = connection.recv(65_536)
        except OSError:
            return
        if not more:
            return
        held += more
