"""Which ports the nodes of a cluster get: those they had last, the usual ones, or any that are free."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.broker.profile import HOST

PORT_DEFAULT: Final = 9092
_ATTEMPTS_MAX: Final = 3


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
                    each or _any_free(),
                    node.controllers if node and is_free(node.controllers) else _any_free(),
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


def _from(first: int, many: int) -> list[int]:
    return list(range(first, first + many))


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
