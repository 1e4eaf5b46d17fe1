"""The settings of one Kafka node that is broker and controller: for one machine, for tests, never for a city."""

from __future__ import annotations

import base64
import uuid
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
NODE_ID: Final = 1

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


def new_cluster_id() -> str:
    """A cluster's id as Kafka writes one: 22 characters of URL-safe base 64, chosen by chance.

    Never with a dash in front, which Kafka's tools take for an option.
    """
    raw = bytearray(uuid.uuid4().bytes)
    raw[0] &= 0x7F
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def properties(data: Path, port: int, controller_port: int) -> str:
    """The text of Kafka's server.properties for one node that keeps its records in `data`."""
    listeners = f"BROKER://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}"
    settings = {
        "process.roles": "broker,controller",
        "node.id": str(NODE_ID),
        "controller.quorum.bootstrap.servers": f"{HOST}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "BROKER",
        "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "listeners": listeners,
        "advertised.listeners": listeners,
        "log.dir": str(data),
        **ONE_NODE,
    }
    return "".join(f"{name}={_escaped(value)}\n" for name, value in settings.items())


def _escaped(value: str) -> str:
    """A value as Java's properties format wants it: Latin-1 with \\uXXXX, since a folder may be named in Chinese."""
    units = value.encode("utf-16-be")
    codes = [int.from_bytes(units[i : i + 2]) for i in range(0, len(units), 2)]
    return "".join(f"\\u{code:04x}" if code > 0x7E or code == ord("\\") else chr(code) for code in codes)
