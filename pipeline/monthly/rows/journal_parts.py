"""A whole journal, partition by partition: the tables of a window and of the window before, and which entries were read."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import pyarrow as pa

from pipeline.core.rules.rules import Rules
from pipeline.monthly.rows.collect import Gathering, WindowRows, end_of
from pipeline.monthly.rows.row_types import CaseRow, DayEnd, Ending, EventRow, schema_of
from pipeline.monthly.window import Window
from schemas import topics
from schemas.errors import BadMessage, CorruptLog
from schemas.journal.entry import JournalEntry
from schemas.wire import codecs


class JournalPart(NamedTuple):
    """A partition of the journal: offset and value of each record from the first that is there, in log order."""

    partition: int
    records: Iterable[tuple[int, bytes]]


class Range(NamedTuple):
    """Which entries of a partition were read: all from its beginning to the end of the window.

    Offsets from `begin` up to, but without, `end`. `sha256` is of their values, each with a line feed behind it.
    """

    partition: int
    begin: int
    end: int
    entries: int
    began_at: datetime | None
    last_at: datetime | None
    sha256: str


class Tables(NamedTuple):
    """What is counted, as Arrow tables: the rows of `pipeline.monthly.rows.row_types`, by partition and in log order."""

    events: pa.Table
    clocks: pa.Table
    cases: pa.Table
    days: pa.Table


class Journal(NamedTuple):
    """What was read. `before` is the window before, None where the journal holds nothing of it.

    `end` is where the window ends: earlier than it should where the journal does not reach that far (`is_short`).
    `last_at` is that of the last entry up to the window's end, `goes_on` whether there are entries after it.
    `rules_versions` and `code_versions` are those that decided in the window, with the number of entries of each.
    """

    window: Window
    end: datetime
    tables: Tables
    before: Tables | None
    ranges: tuple[Range, ...]
    rules_versions: Mapping[str, int]
    code_versions: Mapping[str, int]
    strangers: int
    last_at: datetime | None
    goes_on: bool

    @property
    def began_at(self) -> datetime | None:
        """When its first entry was written."""
        return min((part.began_at for part in self.ranges if part.began_at is not None), default=None)

    @property
    def is_short(self) -> bool:
        """Whether the journal ends within the window, or before."""
        return self.end < self.window.until


def read_journal(parts: Iterable[JournalPart], window: Window, rules: Rules) -> Journal:
    """All partitions of a journal, in any order.

    Raises:
        CorruptLog: a record that is no entry.
    """
    windows = (window.before(), window)
    gatherings: dict[int, Gathering] = {}
    seals: dict[int, _Seal] = {}
    for part in parts:
        seal = seals[part.partition] = _Seal(part, window)
        gathering = gatherings[part.partition] = Gathering(part.partition, rules, windows)
        gathering.read(seal.entries())
    ordered = [gatherings[partition] for partition in sorted(gatherings)]
    end = _finished(ordered, window)
    began = [gathering.began_at for gathering in ordered if gathering.began_at is not None]
    read = [seals[partition] for partition in sorted(seals)]
    return Journal(
        window=window,
        end=end,
        tables=tables_of([gathering.sheets[1] for gathering in ordered]),
        before=tables_of([gathering.sheets[0] for gathering in ordered])
        if began and min(began) < window.since
        else None,
        ranges=tuple(seal.range() for seal in read),
        rules_versions=_added(seal.rules_versions for seal in read),
        code_versions=_added(seal.code_versions for seal in read),
        strangers=sum(len(gathering.strangers) for gathering in ordered),
        last_at=max(
            (gathering.last_at for gathering in ordered if gathering.last_at is not None), default=None
        ),
        goes_on=any(gathering.goes_on for gathering in ordered),
    )


def gathered(
    entries_by_partition: Mapping[int, Iterable[JournalEntry]], window: Window, rules: Rules
) -> Tables:
    """The tables of one window, from decoded entries."""
    gatherings = []
    for partition in sorted(entries_by_partition):
        gatherings.append(Gathering(partition, rules, (window,)))
        gatherings[-1].read(entries_by_partition[partition])
    _finished(gatherings, window)
    return tables_of([gathering.sheets[0] for gathering in gatherings])


def tables_of(sheets: Sequence[WindowRows]) -> Tables:
    """The rows of all partitions, in the order of the sheets."""
    return Tables(
        events=pa.Table.from_batches(
            [batch for sheet in sheets for batch in sheet.events.batches()], schema_of(EventRow)
        ),
        clocks=pa.Table.from_batches(
            [batch for sheet in sheets for batch in sheet.endings.batches()], schema_of(Ending)
        ),
        cases=pa.Table.from_batches(
            [batch for sheet in sheets for batch in sheet.cases.batches()], schema_of(CaseRow)
        ),
        days=pa.Table.from_batches(
            [batch for sheet in sheets for batch in sheet.days.batches()], schema_of(DayEnd)
        ),
    )


class _Seal:
    """Reads the records of a partition up to the end of the window, and remembers which they were."""

    def __init__(self, part: JournalPart, window: Window) -> None:
        self._part: Final = part
        self._window: Final = window
        self._sum = hashlib.sha256()
        self._entries = 0
        self._first: tuple[int, datetime] | None = None
        self._last: tuple[int, datetime] | None = None
        self.rules_versions: Counter[str] = Counter()
        self.code_versions: Counter[str] = Counter()

    def entries(self) -> Iterator[JournalEntry]:
        """All of them; those behind the last one before the end are not remembered."""
        later: list[tuple[int, bytes, JournalEntry]] = []
        for offset, value in self._part.records:
            entry = self._decoded(offset, value)
            later.append((offset, value, entry))
            if entry.at < self._window.until:
                for read in later:
                    self._add(*read)
                later.clear()
            yield entry

    def range(self) -> Range:
        """Of what was read."""
        begin, began_at = self._first or (0, None)
        last, last_at = self._last or (-1, None)
        digest = self._sum.hexdigest()
        return Range(self._part.partition, begin, last + 1, self._entries, began_at, last_at, digest)

    def _add(self, offset: int, value: bytes, entry: JournalEntry) -> None:
        self._sum.update(value + b"\n")
        self._entries += 1
        self._last = (offset, entry.at)
        self._first = self._first or self._last
        if self._window.holds(entry.at):
            self.rules_versions[entry.rules_version] += 1
            self.code_versions[entry.code_version] += 1

    def _decoded(self, offset: int, value: bytes) -> JournalEntry:
        try:
            return codecs.JOURNAL_ENTRY.decode(value)
        except BadMessage as why:
            place = f"{topics.JOURNAL}/{self._part.partition} at {offset}"
            raise CorruptLog("entry_unreadable", f"{place}: {why.code} {why.field}") from why


def _finished(gatherings: Sequence[Gathering], window: Window) -> datetime:
    end = end_of(gatherings) if gatherings else window.until
    for gathering in gatherings:
        gathering.finish(end)
    return end


def _added(counts: Iterable[Counter[str]]) -> Mapping[str, int]:
    return dict(sorted(sum(counts, Counter[str]()).items()))
