"""The settings of Kafka nodes that are broker and controller, one alone or three: for one machine, for tests, never for a city."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

HOST: Final = "127.0.0.1"


class PeerPorts(NamedTuple):
    """Where a node listens to the other nodes alone, and where they are told that it does."""

    listens: int
    is_reached: int


class Seat(NamedTuple):
    """Which node of its cluster a node is, counted from 1, and the ports at which all nodes' controllers are reached; none are named
    of a node alone. Without `peers` the other nodes come where clients do."""

    node_id: int
    controllers: tuple[int, ...]
    peers: PeerPorts | None = None

    @classmethod
    def of(cls, node_id: int, controllers: Iterable[int], peers: Iterable[int] | None = None) -> Seat:
        """From what was read of a file."""
        return cls(int(node_id), tuple(map(int, controllers)), PeerPorts(*map(int, peers)) if peers else None)


ALONE: Final = Seat(1, ())

ONE_NODE: Final = {
    # one node: nothing can be replicated
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # fewer files to open: starts faster, and one machine needs no more
    "offsets.topic.num.partitions": "8",
    "transaction.state.log.num.partitions": "8",
    "share.coordinator.state.topic.num.partitions": "4",
    # a group's first member works at once
    "group.initial.rebalance.delay.ms": "0",
    # after kill -9 the old registration must expire first: 3.8 s instead of 11.7 s
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
    # a silent owner's open transaction blocks readers until the sweep: 2.5 s instead of 11 s
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    # a mistyped topic is an error, not a new topic
    "auto.create.topics.enable": "false",
    # metadata is small here; its log need not preallocate for a city
    "metadata.log.segment.bytes": "16777216",
}

THREE_NODES: Final[Mapping[str, str]] = ONE_NODE | {
    # what is acknowledged stands on two nodes, and any one may be away
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
    # a node that is cut off from the other two, and not from its controller, holds writers up for so long, not for 30 s
    "replica.lag.time.max.ms": "5000",
    # so long, not 30 s, the end of a transaction waits for a node that falls silent amid it
    "request.timeout.ms": "5000",
}
"""Which of them a deployment of three needs, and why: docs/reliability.md."""


def new_cluster_id() -> str:
    """A cluster's id as Kafka writes one: 22 characters of URL-safe base 64, chosen by chance.

    Never with a dash in front, which Kafka's tools take for an option.
    """
    raw = bytearray(uuid.uuid4().bytes)
    raw[0] &= 0x7F
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def properties(data: Path, port: int, controller_port: int, seat: Seat = ALONE) -> str:
    """The text of Kafka's server.properties for a node that keeps its records in `data`."""
    listeners = {"BROKER": port, "CONTROLLER": controller_port}
    reached = dict(listeners)
    if seat.controllers:
        reached["CONTROLLER"] = seat.controllers[seat.node_id - 1]
    if seat.peers:
        listeners["PEER"], reached["PEER"] = seat.peers
    voters = ",".join(f"{number}@{HOST}:{each}" for number, each in enumerate(seat.controllers, 1))
    settings = {
        "process.roles": "broker,controller",
        "node.id": str(seat.node_id),
        **(
            {"controller.quorum.voters": voters}
            if voters
            else {"controller.quorum.bootstrap.servers": f"{HOST}:{controller_port}"}
        ),
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PEER" if seat.peers else "BROKER",
        "listener.security.protocol.map": ",".join(f"{name}:PLAINTEXT" for name in listeners),
        "listeners": _addresses(listeners),
        "advertised.listeners": _addresses(reached),
        "log.dir": str(data),
        **(THREE_NODES if voters else ONE_NODE),
    }
    return "".join(f"{name}={_escaped(value)}\n" for name, value in settings.items())


def _addresses(ports: Mapping[str, int]) -> str:
    return ",".join(f"{name}://{HOST}:{port}" for name, port in ports.items())


def _escaped(value: str) -> str:
    """A value as Java's properties format wants it: Latin-1 with \\uXXXX, since a folder may be named in Chinese."""
    units = value.encode("utf-16-be")
    codes = [int.from_bytes(units[i : i + 2]) for i in range(0, len(units), 2)]
    return "".join(f"\\u{code:04x}" if code > 0x7E or code == ord("\\") else chr(code) for code in codes)
