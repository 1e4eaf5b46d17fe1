"""The indicators as they stood at an instant: the report's counting, over a window from the journal's first entry up to then."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Final, NamedTuple

import duckdb

from pipeline.core.rules.rules import Rules
from pipeline.indicators.indicator_table import BESIDE, INDICATORS, Indicator
from pipeline.monthly.counting import CountedIndicator, connected, counted
from pipeline.monthly.rows.journal_parts import gathered
from pipeline.monthly.window import window_of
from schemas.journal.entry import JournalEntry

SHOWN: Final[Mapping[str, Indicator]] = {**INDICATORS, **{row.key: row for row in BESIDE}}
_INSTANT: Final = timedelta(microseconds=1)


class FiguresAsOf(NamedTuple):
    """What `enforcement replay` shows. `indicators` by the keys of `SHOWN`; `open_by_stage` in the order of the stages' names."""

    at: datetime
    entries: int
    open_by_stage: Mapping[str, int]
    indicators: Mapping[str, CountedIndicator]


def figures_as_of(
    entries_by_partition: Mapping[int, Iterable[JournalEntry]], at: datetime, rules: Rules
) -> FiguresAsOf:
    """All entries at or before `at`, counted. Those of each partition are in log order and begin with its first one.

    A journal that does not reach as far as `at` is counted up to its last entry: what was due later has not fired.
    """
    parts = {partition: _EntriesUpTo(at, entries) for partition, entries in entries_by_partition.items()}
    since = min((part.began_at for part in parts.values() if part.began_at is not None), default=at)
    tables = gathered(parts, window_of(min(since, at), at + _INSTANT), rules)
    with connected(tables) as database:
        indicators = counted(database, SHOWN.values())
        return FiguresAsOf(at, sum(part.counted for part in parts.values()), _stages(database), indicators)


class _EntriesUpTo:
    """The entries of a partition, once; how many of them are not later than an instant."""

    def __init__(self, at: datetime, entries: Iterable[JournalEntry]) -> None:
        """Reads the first entry, to know when the partition began."""
        rest = iter(entries)
        first = next(rest, None)
        self.began_at: Final = first.at if first is not None else None
        self.counted = 0
        self._at: Final = at
        self._entries: Final = chain([first], rest) if first is not None else rest

    def __iter__(self) -> Iterator[JournalEntry]:
        for entry in self._entries:
            self.counted += entry.at <= self._at
            yield entry


def _stages(database: duckdb.DuckDBPyConnection) -> Mapping[str, int]:
    stages = "SELECT stage, count(*) FROM cases WHERE open GROUP BY stage ORDER BY stage"
    return dict(database.execute(stages).fetchall())
