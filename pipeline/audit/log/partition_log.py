"""One partition of all topics as the auditor sees it: records in the order of the log, up to a cut. No Kafka here."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from schemas.journal.entry import JournalEntry


class LogPlace(NamedTuple):
    """Where a record stands; the topic has the contract's name. Without an offset, all of the partition is meant."""

    topic: str
    partition: int
    offset: int | None = None


class AuditRecord(NamedTuple):
    """A committed record; `timestamp_ms` since 1970. A `value` of None deletes the key of a compacted topic.

    `by_broker`: the timestamp is when the broker took it, and not what its writer says.
    """

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]] = ()
    by_broker: bool = True

    @property
    def place(self) -> LogPlace:
        """Where it stands."""
        return LogPlace(self.topic, self.partition, self.offset)

    def header(self, name: str) -> bytes | None:
        """The content of the first header of this name."""
        return next((content for header, content in self.headers if header == name), None)


class Held(NamedTuple):
    """How far the committed part of a topic reaches (`stable`) and how far the log (`high`), and for how long it stood so."""

    topic: str
    stable: int
    high: int
    seconds: float


class LogSource(Protocol):
    """All topics of one partition, each up to an end that was fixed before reading began: what the checks need."""

    @property
    def partition(self) -> int: ...

    def may_read(self, topic: str) -> bool:
        """Whether the brokers let the auditor read `topic`; personal data may be kept from it."""

    def begin(self, topic: str) -> int:
        """The first offset of `topic` that is read: 0, or where retention or `--since` has it begin."""

    def oldest(self, topic: str) -> int:
        """The first offset that the brokers still hold of `topic`: retention took what stood before."""

    def end(self, topic: str) -> int:
        """How far `topic` reached when the ends were fixed; 0 where it may not be read."""

    def records(self, topic: str) -> Iterator[AuditRecord]:
        """All committed records up to the end; none of a topic that may not be read. Called once for each topic."""

    def later(self) -> Iterator[JournalEntry]:
        """Entries that were committed behind the journal's end since, in order; asked for when all else is read."""


class Log(LogSource, Protocol):
    """A source that can say more about itself."""

    def again(self, topic: str) -> Iterator[AuditRecord] | None:
        """All of `topic` from its beginning once more, by a reader of its own; None where that was not asked for."""

    def held(self) -> Sequence[Held]:
        """Of each topic, whether readers were held up when the ends were fixed."""
