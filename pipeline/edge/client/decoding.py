"""Decodes records of the pipeline's own topics. One that this client cannot read is an error, never skipped."""

from typing import TypeVar

from pipeline.kafka_log.log_record import LogRecord
from schemas.errors import BadMessage, PipelineError
from schemas.wire.codec import Codec

T = TypeVar("T")


class Unreadable(PipelineError):
    """A record that the pipeline wrote is not of the contract that this client knows."""

    def __init__(self, record: LogRecord, why: BadMessage) -> None:
        place = f"{record.topic} {record.partition}@{record.offset}"
        super().__init__("unreadable_record", f"{place}: {why.code} {why.field}".rstrip())


def decoded(codec: Codec[T], record: LogRecord) -> T:
    """The record's content.

    Raises:
        Unreadable: most likely this client is of another version than the pipeline. Skipping the record would hide work
            from a team, so a person must decide.
    """
    try:
        return codec.decode(record.value or b"")
    except BadMessage as why:
        raise Unreadable(record, why) from None
