"""The indicators of a window, counted by SQL over its tables, as `pipeline.indicators.indicator_table` defines them.

The metrics count the same events as they happen (`pipeline.indicators.flow`, `stock`). Only the definitions are shared: where both
counts agree, both are right.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Final, NamedTuple

import duckdb

from pipeline.core.rules.rules import Rules
from pipeline.indicators.indicator_table import INDICATORS, Indicator, JournalRows, Quantity
from pipeline.monthly.rows.journal_parts import Tables, gathered
from pipeline.monthly.window import window_of
from pipeline.rulebook import load_rules
from schemas.journal.entry import JournalEntry

Part = str | date | None
"""A value of the column that is counted by; None of what has no value there."""

_WHOLE: Final = "''"
"""Grouped by a constant: one part, named with the empty text, that is all of it."""


class CountedIndicator(NamedTuple):
    """`numerator` over `denominator`, in the indicator's unit; without one the numerator alone.

    `value` is None where there is nothing to divide by.
    """

    numerator: float
    denominator: int | None
    value: float | None


def indicators_between(
    entries_by_partition: Mapping[int, Iterable[JournalEntry]],
    since: datetime,
    until: datetime,
    rules: Rules | None = None,
) -> Mapping[str, CountedIndicator]:
    """Every indicator of `INDICATORS` by its key, over what happened from `since` up to, but without, `until`.

    The entries of each partition are in log order and begin with its first one. What stands, stands at `until`, or just
    after the last entry where the journal does not reach that far. `rules` are those of the project unless given.

    Raises:
        WrongWindow: `until` is not after `since`.
    """
    tables = gathered(entries_by_partition, window_of(since, until), rules or load_rules())
    with connected(tables) as database:
        return counted(database)


def connected(tables: Tables) -> duckdb.DuckDBPyConnection:
    """A database in memory that knows the tables by their names. One thread: sums are always made in the same order."""
    database = duckdb.connect(config={"threads": 1})
    for name, table in tables._asdict().items():
        database.register(name, table)
    return database


def counted(
    database: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator] = INDICATORS.values()
) -> Mapping[str, CountedIndicator]:
    """The indicators by their keys, over all rows."""
    wanted = tuple(indicators)
    sums = _sums(database, wanted, _WHOLE).get("", {})
    return {indicator.key: _value(indicator, sums) for indicator in wanted}


def counted_by(
    database: duckdb.DuckDBPyConnection, column: str, indicators: Iterable[Indicator] = INDICATORS.values()
) -> Mapping[Part, Mapping[str, CountedIndicator]]:
    """The indicators by their keys, for each value of a column that all tables of theirs have."""
    wanted = tuple(indicators)
    return {
        part: {indicator.key: _value(indicator, sums) for indicator in wanted}
        for part, sums in _sums(database, wanted, column).items()
    }


def _sums(
    database: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator], column: str
) -> Mapping[Part, Mapping[JournalRows, float]]:
    """Every quantity of the indicators, for each value of `column`; one that is missing is 0."""
    rows = {
        counts
        for indicator in indicators
        for quantity in indicator.quantities
        for counts in (quantity.rows, quantity.undone)
        if counts is not None
    }
    parts: dict[Part, dict[JournalRows, float]] = {}
    for table, group in groupby(sorted(rows), lambda count: count.table):
        counts = tuple(group)
        aggregates = ", ".join([column, *(count.sql for count in counts)])
        for part, *numbers in database.table(table).aggregate(aggregates, column).fetchall():
            parts.setdefault(part, {}).update(zip(counts, numbers, strict=True))
    return parts


def _value(indicator: Indicator, sums: Mapping[JournalRows, float]) -> CountedIndicator:
    parts = sum(_number(quantity, sums) for quantity in indicator.parts)
    whole = sum(_number(quantity, sums) for quantity in indicator.whole)
    numerator = whole - parts if indicator.less else parts
    if indicator.divisor != 1:
        numerator /= indicator.divisor
    if not indicator.whole:
        return CountedIndicator(numerator, None, numerator)
    denominator = int(whole)
    return CountedIndicator(numerator, denominator, numerator / denominator if denominator else None)


def _number(quantity: Quantity, sums: Mapping[JournalRows, float]) -> float:
    """What is undone is taken away."""
    return sums.get(quantity.rows, 0) - (sums.get(quantity.undone, 0) if quantity.undone else 0)
