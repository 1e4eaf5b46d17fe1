"""The reports of one street whose cases are kept no longer: never forgotten, so that none of them opens a second case.

    _lows    0 ····· 7f3c… ····· c012…        a report's name ─► bisect ─► its chunk ─► bisect ─► its row
    _chunks  [≤ 128] [≤ 128]     [≤ 128]      three columns in one array; what is in memory is what is in the log

About 28 bytes a report in memory, the worker's digest of the state included (`python -m benchmarks.report_memory`).
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from pipeline.core.rules.identity import name_of, report_check, report_key, report_name
from schemas.errors import CorruptLog
from schemas.state.case import Case
from schemas.state.retired import (
    COLUMNS,
    ROWS_MAX,
    RetiredReport,
    RetiredReports,
    content_bits,
    packed,
    row_in,
    unpacked,
)

_NEVER_WRITTEN: Final = ""

Chunk = tuple[int, "array[int]", str]
"""The lowest name of a record, its rows as they are kept in memory, and the last entry that changed it."""


class RetiredIndex:
    """Rows by name, in chunks. Deciding reads only; what `add` changed is handed over by `changed`, once."""

    def __init__(self, street: str) -> None:
        """None yet."""
        self._street: Final = street
        self._lows = array("Q", [0])
        self._chunks = [array("Q")]
        self._entry_ids = [_NEVER_WRITTEN]
        self._changed: set[int] = set()

    def __len__(self) -> int:
        """How many rows there are."""
        return sum(len(chunk) for chunk in self._chunks) // COLUMNS

    def report(self, key: str) -> RetiredReport | None:
        """The row of the report `key`; None where it never was, or its case is still kept."""
        if not self._chunks[0] and len(self._chunks) == 1:
            return None
        row = self._row(report_name(self._street, key))
        return row if row is not None and row.check == report_check(self._street, key) else None

    def case(self, case_id: str) -> RetiredReport | None:
        """The row of the report that opened the case."""
        row = self._row(name_of(case_id))
        return row if row is not None and row.is_case else None

    def add(self, case: Case) -> None:
        """All reports of a case that is kept no longer."""
        for row in _rows(self._street, case):
            self._add(row)

    def changed(self, entry_id: str) -> Iterator[RetiredReports]:
        """The records that are to be written, in the order of their names, as of the entry that changed them."""
        for low in sorted(self._changed):
            number = bisect_left(self._lows, low)
            self._entry_ids[number] = entry_id
            yield self._record(number)
        self._changed.clear()

    def records(self) -> Iterator[RetiredReports]:
        """All records, each as it was written last."""
        for number, entry_id in enumerate(self._entry_ids):
            if entry_id != _NEVER_WRITTEN:
                yield self._record(number)

    def _record(self, number: int) -> RetiredReports:
        return RetiredReports(
            street=self._street,
            low=f"{self._lows[number]:016x}",
            entry_id=self._entry_ids[number],
            rows=packed(self._chunks[number]),
        )

    def restore(self, chunks: Iterable[Chunk]) -> None:
        """Take over all chunks of the street with their lowest names, in any order."""
        in_order = sorted(chunks, key=lambda chunk: chunk[0])
        if in_order and in_order[0][0] != 0:
            raise CorruptLog(
                "retired_missing", f"street {self._street}: the first reports of past cases are gone"
            )
        self._lows = array("Q", [low for low, _, _ in in_order] or [0])
        self._chunks = [rows for _, rows, _ in in_order] or [array("Q")]
        self._entry_ids = [entry_id for _, _, entry_id in in_order] or [_NEVER_WRITTEN]

    def _row(self, name: int) -> RetiredReport | None:
        return row_in(self._chunks[bisect_right(self._lows, name) - 1], name)

    def _add(self, row: RetiredReport) -> None:
        """Put it in its place. A name that is there is written over: by the same report, or in 10^19 years by another."""
        number = bisect_right(self._lows, row.name) - 1
        chunk = self._chunks[number]
        count = len(chunk) // COLUMNS
        at = bisect_left(chunk, row.name, 0, count)
        self._changed.add(self._lows[number])
        if at < count and chunk[at] == row.name:
            for column, word in enumerate(row.words()):
                chunk[column * count + at] = word
            return
        for column, word in reversed([*enumerate(row.words())]):
            chunk.insert(column * count + at, word)
        if count + 1 > ROWS_MAX:
            self._halve(number)

    def _halve(self, number: int) -> None:
        chunk = self._chunks[number]
        count = len(chunk) // COLUMNS
        middle, columns = count // 2, range(0, COLUMNS * count, count)
        lower, upper = array("Q"), array("Q")
        for begin in columns:
            lower += chunk[begin : begin + middle]
            upper += chunk[begin + middle : begin + count]
        self._chunks[number] = lower
        self._chunks.insert(number + 1, upper)
        self._entry_ids.insert(number + 1, _NEVER_WRITTEN)
        self._lows.insert(number + 1, upper[0])
        self._changed.add(upper[0])


def chunk_of(record: RetiredReports) -> Chunk:
    """A record as it is kept.

    Raises:
        CorruptLog: its rows cannot be read.
    """
    try:
        return int(record.low, 16), unpacked(record.rows), record.entry_id
    except ValueError as why:
        raise CorruptLog("retired_unreadable", f"{record.street}/{record.low}: {why}") from None


def _rows(street: str, case: Case) -> Iterator[RetiredReport]:
    """A row for each report of the case, and one under its own name, mostly that of the report which opened it."""
    own = name_of(case.case_id)
    host = name_of(case.merged.into) if case.merged else None
    ended_s = int(case.closed_at.timestamp()) if case.closed_at else 0
    is_named = False
    for report in case.reports:
        key = report_key(report.source, report.source_no)
        row = RetiredReport(
            report_name(street, key), report_check(street, key), content_bits(report.content), True
        )
        if row.name == own:
            is_named = True
            yield row._replace(host=host, ended_s=ended_s, outcome=case.outcome)
        else:
            yield row._replace(is_case=False, host=own)
    if not is_named:  # its number was once compared otherwise
        yield RetiredReport(own, 0, 0, True, host, ended_s, case.outcome)
