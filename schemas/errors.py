"""What can go wrong, and whose fault it is. Business refusals are records, never exceptions (see `pipeline.core`)."""

from collections.abc import Sequence
from typing import Final

PARTITIONS_DIFFER: Final = "partitions_differ"
"""Somebody added partitions to a topic: a street would go where nobody works."""


class PipelineError(Exception):
    """The root of everything this project raises on purpose; `code` is stable and never translated."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class BadMessage(PipelineError):
    """The sender's fault: the bytes are not what the contract says.

    `field` is a dotted path ("place.point.lon", empty for the whole message); `allowed` says what would have
    been accepted. Neither ever carries the value that was sent. `also` are the other faults of the same message.
    """

    def __init__(
        self, code: str, field: str = "", allowed: str = "", also: Sequence["BadMessage"] = ()
    ) -> None:
        others = "".join(f"; also {fault.code}: {fault.message}" for fault in also)
        super().__init__(code, f"{field or 'message'}; allowed: {allowed or 'see the contract'}{others}")
        self.field = field
        self.allowed = allowed
        self.also = tuple(also)


class CorruptLog(PipelineError):
    """Our fault or the broker's: the log contradicts itself. The worker stops; it never repairs."""


class Unavailable(PipelineError):
    """The broker's fault, for now: try again with back-off."""
