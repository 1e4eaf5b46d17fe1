"""What is kept for ever of a case whose snapshot is gone: the names of its reports and how it ended, 24 bytes a report.

    cases.v1   __retired/140109004/0000000000000000 ─► reports whose name is from 0… on
               __retired/140109004/7f3c51aa09d2be40 ─► … from 7f3c… on; a record that grows full is halved

A row is three numbers of 64 bits; the columns of a record stand one after the other, each little-endian:

    name   64   the bits of the id that a case opened by the report has, and nearly always had
    rest   32   of a second hash: with the name 96 bits, by which two reports are told apart
           30   of the digest of what the report said, 0 where none was kept
            1   whether the name is a case's; else it is that of a report which joined another's case
            1   whether the last number is a name, too
    end    64   of the case that it joined or was merged into the name; else when it ended (seconds since 1970, 56 bits) and how (8)

Of ten million reports of a street none in 10^15 is taken for another; by the name alone it were five in a million.
"""

import sys
from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Final, NamedTuple

from schemas.values.bounds import at_most, matching
from schemas.values.terms import CaseOutcome
from schemas.values.text import CaseId, EntryId, Instant, StreetCode
from schemas.wire.contract import Contract

ROWS_MAX: Final = 128
"""In one record. Each retirement writes one anew: 2 KB on average."""
COLUMNS: Final = 3
_WORD: Final = 8
_BASE64_MAX: Final = ROWS_MAX * COLUMNS * _WORD * 4 // 3

CHECK_BITS: Final = 32
CONTENT_BITS: Final = 30
_IS_CASE: Final = 2
_HAS_HOST: Final = 1
_OUTCOMES: Final[tuple[CaseOutcome | None, ...]] = (
    None,
    CaseOutcome.RESOLVED,
    CaseOutcome.SELF_DISPOSED,
    CaseOutcome.UNREACHED,
    CaseOutcome.UNSATISFIED,
    CaseOutcome.REJECTED,
    CaseOutcome.VOIDED,
    CaseOutcome.TRANSFERRED,
    CaseOutcome.MERGED,
    CaseOutcome.TERMINATED,
    CaseOutcome.ANSWERED,
    CaseOutcome.DECLINED,
    CaseOutcome.SENT_BACK,
    CaseOutcome.UNREASONABLE,
    CaseOutcome.MOVED,
)
"""Their places are in the log: one may be added behind, none moved."""


class Ended(Contract, frozen=True, kw_only=True):
    """What became of a case: when and how it ended, and into which it was merged; then `at` and `outcome` are that one's.

    `at` and `outcome` are null while the case into which it was merged is open. `moved_to`: the case of another street that it is now, as
    long as that is remembered.
    """

    at: Instant | None = None
    outcome: CaseOutcome | None = None
    merged_into: CaseId | None = None
    moved_to: CaseId | None = None


class RetiredReports(Contract, frozen=True, kw_only=True):
    """Reports of a street whose cases ended long ago, under the key `__retired/STREET/LOW` of `cases.v1`: those whose name is
    from `low` (hexadecimal) on, up to that of the next record. `entry_id` is the last entry that changed it.

    `rows`, in base64: see `schemas/state/retired.py`. Whoever reads cases passes it over.
    """

    street: StreetCode
    low: Annotated[str, *matching(r"^[0-9a-f]{16}$")]
    entry_id: EntryId
    rows: Annotated[str, *at_most(_BASE64_MAX)]


class RetiredReport(NamedTuple):
    """One row. `content` is 0 where nobody knows what the report said; with a `host` the end is that case's."""

    name: int
    check: int
    content: int
    is_case: bool
    host: int | None = None
    ended_s: int = 0
    outcome: CaseOutcome | None = None

    @property
    def ended_at(self) -> datetime:
        """When the case ended, to the second."""
        return datetime.fromtimestamp(self.ended_s, UTC)

    @property
    def joined(self) -> bool:
        """Whether it joined another report's case; else it opened one, that of its own name."""
        return not self.is_case and self.host is not None

    @property
    def case_name(self) -> int:
        """The name of the case that held it."""
        return self.host if self.joined and self.host is not None else self.name

    def words(self) -> tuple[int, int, int]:
        """As it is kept."""
        flags = self.is_case * _IS_CASE + (self.host is not None) * _HAS_HOST
        rest = self.check << CHECK_BITS | self.content << 2 | flags
        end = self.ended_s << 8 | _OUTCOMES.index(self.outcome) if self.host is None else self.host
        return self.name, rest, end

    @classmethod
    def of_words(cls, name: int, rest: int, end: int) -> "RetiredReport":
        """The row that was kept like this."""
        content = rest >> 2 & (1 << CONTENT_BITS) - 1
        known = (name, rest >> CHECK_BITS, content, bool(rest & _IS_CASE))
        if rest & _HAS_HOST:
            return cls(*known, host=end)
        return cls(*known, ended_s=end >> 8, outcome=_OUTCOMES[end & 255])


def row_in(columns: "array[int]", name: int) -> RetiredReport | None:
    """The row of this name in the columns of a record, whose names are in order."""
    count = len(columns) // COLUMNS
    at = bisect_left(columns, name, 0, count)
    if at == count or columns[at] != name:
        return None
    return RetiredReport.of_words(name, columns[count + at], columns[2 * count + at])


def content_bits(digest: str | None) -> int:
    """What is kept of the digest of a report's content (16 hexadecimal digits): never 0, but for None."""
    return 0 if digest is None else int(digest, 16) >> 64 - CONTENT_BITS or 1


def packed(columns: "array[int]") -> str:
    """Columns of 64 bits, one after the other, as a record holds them."""
    return b64encode(_little_endian(columns).tobytes()).decode()


def unpacked(rows: str) -> "array[int]":
    """The columns of a record.

    Raises:
        ValueError: it is not base64, or not of whole rows.
    """
    columns = array("Q")
    columns.frombytes(b64decode(rows, validate=True))
    if len(columns) % COLUMNS:
        raise ValueError("the columns are not equally long")
    return _little_endian(columns)


def rows_of(columns: "array[int]") -> Iterable[RetiredReport]:
    """The rows, in the order of their names."""
    count = len(columns) // COLUMNS
    names, rests, ends = columns[:count], columns[count : 2 * count], columns[2 * count :]
    return map(RetiredReport.of_words, names, rests, ends)


def _little_endian(columns: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        columns = columns[:]
        columns.byteswap()
    return columns
