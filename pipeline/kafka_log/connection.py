"""One deployment as seen from outside: its brokers, its topics' names, how long is waited. Which client talks to it is not said here.

Two do. Whoever acts, asks or follows uses librdkafka (`record_writer`, `assigned_reader`): it is there at once. Whoever proves or
counts uses kafka-python (`independent_client`), so that the worker's own client library is not its own witness.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.broker.running_address import default_folder, running_address
from schemas.errors import Unavailable
from schemas.topics import prefixed

CONNECT_S: Final = 5.0
"""How long a first connection is tried, with growing pauses, before it is `Unavailable`."""

ANSWER_S: Final = 5.0
"""How long a broker may take for one answer."""

RECORDS_PER_POLL: Final = 2_000

BROKERS: Final = "127.0.0.1:9092"
PREFIX: Final = r"[A-Za-z0-9._\-]{0,64}"
"""As `pipeline.settings` has them. Its other settings are not a client's, and reading all takes longer than sending an action."""


@dataclass(frozen=True)
class Connection:
    """A deployment as seen from outside. `options` are further settings of librdkafka, for TLS and SASL."""

    brokers: str
    topic_prefix: str = ""
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    connect_s: float = CONNECT_S
    answer_s: float = ANSWER_S

    def topic(self, name: str) -> str:
        """The name on the brokers of the contract's topic `name`."""
        return prefixed(name, self.topic_prefix)


def connection_of(
    brokers: str | None,
    topic_prefix: str | None,
    options: Mapping[str, str | int | float | bool] | None = None,
) -> Connection:
    """The deployment of `brokers`, else of ENFORCEMENT_BROKERS, else of this machine's own broker.

    Raises:
        ValidationError: the environment's topic prefix is none.
    """
    environment = os.environ
    prefix = environment.get("ENFORCEMENT_TOPIC_PREFIX", "") if topic_prefix is None else topic_prefix
    if topic_prefix is None and not re.fullmatch(PREFIX, prefix):
        from pipeline.settings import Settings  # says what is wrong with it

        Settings()
    address = brokers or environment.get("ENFORCEMENT_BROKERS") or running_address(default_folder())
    return Connection(address or BROKERS, prefix, dict(options or {}))


def topic_missing(topic: str) -> Unavailable:
    """The brokers answer but do not have `topic`."""
    return Unavailable(
        "topic_missing", f"the brokers have no topic {topic}; make it: enforcement topics apply"
    )
