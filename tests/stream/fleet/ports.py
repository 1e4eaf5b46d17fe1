"""Ports for brokers that are killed and come back: below those that the system gives to clients, since a client that knocks
on a dead port of that range may be connected with itself, and hold the port when the broker comes back."""

import os
import socket
from typing import Final

LOW: Final = 21_000
MANY: Final = 4_000


def low_port() -> int:
    """A free one. Two processes that look at once begin at different places."""
    begin = os.getpid() * 97 % MANY
    return next(filter(_is_free, (LOW + (begin + number) % MANY for number in range(MANY))))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
