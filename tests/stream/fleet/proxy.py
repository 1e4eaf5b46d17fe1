"""A TCP proxy between a client and the broker that loses the answer to one EndTxn: committed, and nobody was told. Or it
passes every answer on a little later, as a slow network would."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

END_TXN = 26


class Proxy:
    """Listens on `address`. Answers that name the broker's port name the proxy's instead, so that clients stay."""

    def __init__(self, broker: str) -> None:
        host, port = broker.split(":")
        self._broker = (host, int(port))
        self._server = socket.create_server(("127.0.0.1", 0))
        own_port: int = self._server.getsockname()[1]
        self.address = f"127.0.0.1:{own_port}"
        self._named = (
            host.encode() + struct.pack(">i", int(port)),
            host.encode() + struct.pack(">i", own_port),
        )
        self._armed = threading.Event()
        self.lost = threading.Event()
        self.late_s = 0.0
        """How much later an answer is passed on, one after the other on each connection."""
        self.delayed = 0
        self._closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_next_end_of_transaction(self) -> None:
        self._armed.set()

    def close(self) -> None:
        self._closed.set()
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            try:
                broker = socket.create_connection(self._broker)
            except OSError:  # the broker is away: so is its proxy
                client.close()
                continue
            unanswered: set[int] = set()
            threading.Thread(target=self._ask, args=(client, broker, unanswered), daemon=True).start()
            threading.Thread(target=self._answer, args=(client, broker, unanswered), daemon=True).start()

    def _ask(self, client: socket.socket, broker: socket.socket, unanswered: set[int]) -> None:
        for frame in _frames(client):
            kind, _, correlation = struct.unpack(">hhi", frame[4:12])
            if kind == END_TXN and self._armed.is_set():
                self._armed.clear()
                unanswered.add(correlation)
            if not _sent(broker, frame):
                break
        _hang_up(broker)

    def _answer(self, client: socket.socket, broker: socket.socket, unanswered: set[int]) -> None:
        for frame in _frames(broker):
            if struct.unpack(">i", frame[4:8])[0] in unanswered:
                self.lost.set()
                break
            if self.late_s:
                self.delayed += 1
                self._closed.wait(self.late_s)
            if not _sent(client, frame.replace(*self._named)):
                break
        _hang_up(client)
        _hang_up(broker)


def _sent(connection: socket.socket, frame: bytes) -> bool:
    """Whether the other side was there to take it."""
    try:
        connection.sendall(frame)
    except OSError:
        return False
    return True


def _hang_up(connection: socket.socket) -> None:
    """At once: `close` alone would wait for the other thread that reads from it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _frames(connection: socket.socket) -> Iterator[bytes]:
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
