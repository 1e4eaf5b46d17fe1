"""What can go wrong with the broker of one machine. Every message says what to do next."""

from __future__ import annotations

from typing import Final

from schemas.errors import PipelineError


class BrokerError(PipelineError):
    """The broker cannot do what was asked. `code` is one of `CODES`; the message is one line."""


CODES: Final = {
    "no_java": "no Java runtime runs here",
    "no_disk": "too little room on the disk",
    "port_taken": "the port that was asked for is in use",
    "download_failed": "the jars could not be fetched",
    "jar_mismatch": "what was fetched is not what was pinned",
    "broker_died": "Kafka ended while it started",
    "start_timeout": "Kafka did not serve in time",
    "other_size": "the folder holds the records of another number of brokers",
    "still_running": "the broker must be stopped first",
    "not_writable": "the folder cannot be written",
}
