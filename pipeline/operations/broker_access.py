"""How the commands of this folder reach a deployment, and show rows of what they were answered."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from pipeline.edge.commands import terminal
from pipeline.kafka_log.bounded_reader import BoundedReader
from pipeline.kafka_log.broker_admin import BrokerAdmin, OffsetSpan
from pipeline.kafka_log.connection import Connection, connection_of
from pipeline.kafka_log.log_record import LogRecord
from pipeline.settings import Settings
from pipeline.words.command_line import width_of
from pipeline.words.field_words import Lang

_WINDOW: int = 64


class BrokerAccess(NamedTuple):
    """A deployment, its brokers' own knowledge, and its log."""

    connection: Connection
    admin: BrokerAdmin
    reader: BoundedReader


@contextmanager
def broker_access(brokers: str | None, topic_prefix: str | None, lang: Lang) -> Iterator[BrokerAccess]:
    """The deployment; whatever goes wrong ends the command with one line and an exit code."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)  # it logs each attempt; we print the result
    with terminal.one_line_errors(lang), ExitStack() as stack:
        connection = connection_of(brokers, topic_prefix)
        admin = stack.enter_context(closing(BrokerAdmin(connection)))
        reader = stack.enter_context(closing(BoundedReader(connection)))
        yield BrokerAccess(connection, admin, reader)


def worker_group(connection: Connection) -> str:
    """The consumer group of this deployment's workers."""
    return f"{connection.topic_prefix}{Settings().app_id}"


def last_records(
    reader: BoundedReader, name: str, partition: int, span: OffsetSpan, count: int, key: bytes | None = None
) -> list[LogRecord]:
    """The last `count` committed records of a partition, in order; with `key`, of those under it."""
    records: list[LogRecord] = []
    end, window = span.stable, max(count, _WINDOW)
    while end > span.begin and len(records) < count:
        begin = max(span.begin, end - window)
        read = [
            record for record in reader.read(name, partition, begin, end) if key is None or record.key == key
        ]
        records = [*read[-(count - len(records)) :], *records]
        end, window = begin, window * 4
    return records


def stamped(milliseconds: int) -> datetime:
    """The instant of a time as Kafka writes it."""
    return datetime.fromtimestamp(milliseconds / 1_000, UTC)


def seconds_since(moment: datetime, now: datetime) -> int:
    """Whole seconds, none where the clocks disagree."""
    return max(0, int((now - moment).total_seconds()))


def show_rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under their heads, in columns as wide as they need."""
    widths = [max(map(width_of, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = (cell + " " * (width - width_of(cell)) for cell, width in zip(row, widths, strict=True))
        terminal.say("  ".join(cells).rstrip())


def size(count: int) -> str:
    """Bytes as people read them; `-` where they are not known."""
    if count < 0:
        return "-"
    number, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while number >= 1000 and len(units) > 1:
        number, units = number / 1000, units[1:]
    return f"{number:.0f} {units[0]}" if units[0] == "B" else f"{number:.1f} {units[0]}"
