"""Several brokers are named, and not all of them answer."""

import socket
from collections.abc import Sequence

import pytest
from kafka.errors import KafkaTimeoutError

from pipeline.kafka_log.broker_admin import BrokerAdmin
from pipeline.kafka_log.connection import Connection
from pipeline.kafka_log.independent_client import connected
from schemas.errors import Unavailable

ADDRESSES = ["silent:1", "silent:2", "answers:3"]


def met_by(*, bootstrap_servers: Sequence[str], **_: object) -> str:
    """As kafka-python does it: one of the addresses, here the first, and no other."""
    if bootstrap_servers[0].startswith("silent"):
        raise KafkaTimeoutError(bootstrap_servers[0])
    return bootstrap_servers[0]


def test_silent_addresses_are_passed_over() -> None:
    """Two of three brokers answer nothing: whoever asks is answered by the third."""
    assert connected(Connection(",".join(ADDRESSES)), met_by) == "answers:3"


def test_all_addresses_are_silent() -> None:
    """Nobody answers: one error that names every address."""
    with silent_listener() as one, silent_listener() as other:
        addresses = f"{address_of(one)},{address_of(other)}"
        with pytest.raises(Unavailable, match=f"no answer from {addresses}"):
            BrokerAdmin(Connection(addresses, connect_s=0.2))


def silent_listener() -> socket.socket:
    """Connections are accepted by the machine, and nobody reads them."""
    return socket.create_server(("127.0.0.1", 0))


def address_of(listener: socket.socket) -> str:
    return "{}:{}".format(*listener.getsockname())
