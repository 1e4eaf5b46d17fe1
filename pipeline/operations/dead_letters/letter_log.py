"""Reads dead letters, what became of them, and their originals out of the topics: committed records only."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from typing import Final, NamedTuple

from pipeline.kafka_log.connection import Connection
from pipeline.kafka_log.following_reader import FollowingReader
from pipeline.operations.dead_letters.letter_book import LetterItem, items_of
from schemas import topics
from schemas.journal.entry import JournalEntry
from schemas.outputs import DeadLetter, SealedOriginal
from schemas.wire import codecs
from schemas.wire.retried_letter import RETRY_OF

_MARKS: Final = (f'"{RETRY_OF}":'.encode(), b'"letter_discarded.')
_BEFORE_MS: Final = 3_600_000
"""So much before the first letter the journal is read: the clocks of a worker and of the brokers may differ."""


class Original(NamedTuple):
    """The bytes of a dead letter; the first part of them where they are `truncated`."""

    value: bytes
    truncated: bool


def read_items(connection: Connection) -> list[LetterItem]:
    """All dead letters that the log still has, by content, and what became of them.

    Raises:
        Unavailable: no broker answers.
    """
    letters: list[DeadLetter] = []
    since_ms: int | None = None
    with closing(FollowingReader(connection, topics.DEAD_LETTERS, follows=False)) as reader:
        ends = reader.ends(reader.partitions())
        reader.add(reader.starts(ends))
        for record in reader.read_to(ends):
            if record.value is not None:
                letters.append(codecs.DEAD_LETTER.decode(record.value))
                since_ms = min(since_ms or record.timestamp, record.timestamp)
    if since_ms is None:
        return []
    return items_of(letters, _entries(connection, since_ms - _BEFORE_MS))


def _entries(connection: Connection, since_ms: int) -> Iterator[JournalEntry]:
    """Those that may retry or discard a letter: the others are not even decoded."""
    with closing(FollowingReader(connection, topics.JOURNAL, follows=False)) as reader:
        ends = reader.ends(reader.partitions())
        reader.add(reader.starts(ends, since_ms))
        for record in reader.read_to(ends):
            value = record.value
            if value is not None and any(mark in value for mark in _MARKS):
                yield codecs.JOURNAL_ENTRY.decode(value)


def read_originals(connection: Connection, letters: list[DeadLetter]) -> dict[str, Original]:
    """The sealed bytes by their tokens; of one that was erased nothing. A letter's stand in its own partition.

    Raises:
        Unavailable: no broker answers.
    """
    tokens = {letter.original.encode() for letter in letters}
    found: dict[str, Original] = {}
    with closing(FollowingReader(connection, topics.CALLERS, follows=False)) as reader:
        ends = reader.ends({letter.partition for letter in letters})
        reader.add(reader.starts(ends))
        for record in reader.read_to(ends):
            if record.key not in tokens:
                continue
            token = (record.key or b"").decode()
            found.pop(token, None)
            if record.value is not None:
                held = codecs.CALLER.decode(record.value)
                if isinstance(held, SealedOriginal):
                    found[token] = Original(b64decode(held.value_base64), held.truncated)
    return found
