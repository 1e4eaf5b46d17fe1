"""Which ports the nodes of a cluster get: those they had last, the usual ones, or any that are free.

A free one is taken below those that the system gives to clients: who knocks on a dead port of that range, as nodes do
while one is away, may be connected with itself, and hold the port when the node comes back.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.broker.profile import HOST

PORT_DEFAULT: Final = 9092
_ATTEMPTS_MAX: Final = 3
_LOW: Final = 21_000
_MANY: Final = 4_000
_GIVEN: Final[set[int]] = set()


class NodePorts(NamedTuple):
    """Of one node: where clients connect, and where controllers do."""

    clients: int
    controllers: int


def port_plans(last: Sequence[NodePorts | None], port: int | None) -> Iterator[list[NodePorts]]:
    """What to try, one after the other, for as many nodes as `last` names.

    Args:
        last: the ports that each node had; None for a node that never ran.
        port: of the first node's clients, the others' follow; None takes the last ones, else 9092 and on, else any free ones;
            0 takes any free ones.
    """
    any_free = [[0] * len(last)] * _ATTEMPTS_MAX
    if port is None:
        remembered = [[node.clients if node else 0 for node in last]] if any(last) else []
        tried = [*remembered, _from(PORT_DEFAULT, len(last)), *any_free]
    else:
        tried = [_from(port, len(last))] if port else any_free
    for wanted in tried:
        if all(is_free(each) for each in wanted if each):
            yield [
                NodePorts(
                    each or low_port(),
                    node.controllers if node and is_free(node.controllers) else low_port(),
                )
                for each, node in zip(wanted, last, strict=True)
            ]


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        # as Java does: connections of the last broker in TIME_WAIT do not hold the port
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def low_port() -> int:
    """A free one, each only once. Two processes that look at once begin at different places."""
    begin = os.getpid() * 97 % _MANY
    ports = (_LOW + (begin + number) % _MANY for number in range(_MANY))
    port = next(port for port in ports if port not in _GIVEN and is_free(port))
    _GIVEN.add(port)
    return port


def _from(first: int, many: int) -> list[int]:
    return list(range(first, first + many))
