"""Ports for brokers that are killed and come back: below those that the system gives to clients, since a client that knocks
on a dead port of that range may be connected with itself, and hold the port when the broker comes back."""

import os
import socket
from typing import Final

LOW: Final = 21_000
MANY: Final = 4_000
_GIVEN: Final[set[int]] = set()


def low_port() -> int:
    """A free one, each only once. Two processes that look at once begin at different places."""
    begin = os.getpid() * 97 % MANY
    ports = (LOW + (begin + number) % MANY for number in range(MANY))
    port = next(port for port in ports if port not in _GIVEN and _is_free(port))
    _GIVEN.add(port)
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
