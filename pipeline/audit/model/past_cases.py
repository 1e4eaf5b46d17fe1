"""The cases that are kept no longer, and their reports, as the journal told of them: the auditor forgets none either.

They lie in a database of this process, which SQLite moves to a file of its own when it grows: ten million reports cost the
auditor time, not memory. It is read from what the contracts say, not from the pipeline's index.
"""

import hashlib
import sqlite3
from datetime import UTC, datetime
from typing import Final, NamedTuple

from pipeline.audit.model.case_memory import CaseMemory, RememberedReport, ReportNo
from pipeline.audit.model.number_form import number_form
from schemas.state.retired import Ended
from schemas.values.terms import CaseOutcome

_TABLES: Final = """
PRAGMA journal_mode = OFF;
PRAGMA cache_size = -8000;
CREATE TABLE report (name BLOB PRIMARY KEY, case_id TEXT, content BLOB) WITHOUT ROWID;
CREATE TABLE past (case_id TEXT PRIMARY KEY, ended_s INTEGER, outcome TEXT, merged_into TEXT) WITHOUT ROWID;
"""
_NAME_BYTES: Final = 16
_OUTCOMES: Final = [
    "resolved",
    "self_disposed",
    "unreached",
    "unsatisfied",
    "rejected",
    "voided",
    "transferred",
    "merged",
    "terminated",
    "answered",
    "declined",
    "sent_back",
    "unreasonable",
    "moved",
]
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LAST: Final = 4
"""The last letter of a case id stands for four bits; each other one for five."""


class PastReport(NamedTuple):
    """Which case held it, and the hash of what it said; None where that was not read."""

    case_id: str
    content: bytes | None


class PastCase(NamedTuple):
    """How it ended, when (seconds since 1970), and into which it was merged."""

    ended_s: int
    outcome: str
    merged_into: str | None


class PastCases:
    """Of one partition."""

    def __init__(self) -> None:
        """None yet."""
        self._database: sqlite3.Connection | None = None

    def add(self, case: CaseMemory) -> None:
        """A case that is kept no longer, without its reports."""
        ended_s = int(case.ended_at.timestamp()) if case.ended_at else 0
        outcome = case.outcome.value if case.outcome else ""
        row = (case.case_id, ended_s, outcome, case.merged_into)
        self._opened().execute("INSERT OR REPLACE INTO past VALUES (?, ?, ?, ?)", row)

    def add_report(self, street: str, number: ReportNo, report: PastReport) -> None:
        """A report of such a case."""
        row = (_name(street, number), *report)
        self._opened().execute("INSERT OR REPLACE INTO report VALUES (?, ?, ?)", row)

    def report(self, street: str, number: ReportNo) -> PastReport | None:
        """The report of this number, if its case is kept no longer."""
        if self._database is None:
            return None
        query = "SELECT case_id, content FROM report WHERE name = ?"
        row = self._database.execute(query, (_name(street, number),)).fetchone()
        return PastReport(*row) if row else None

    def case(self, case_id: str) -> PastCase | None:
        """The case of this id, if it is kept no longer."""
        if self._database is None:
            return None
        query = "SELECT ended_s, outcome, merged_into FROM past WHERE case_id = ?"
        row = self._database.execute(query, (case_id,)).fetchone()
        return PastCase(*row) if row else None

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = sqlite3.connect("", isolation_level=None)
            self._database.executescript(_TABLES)
            self._database.execute("BEGIN")
        return self._database


def ended(cases: dict[str, CaseMemory], past: PastCases, case_id: str) -> Ended | None:
    """What is to be told of a case that came to an end or was merged; None while it is open, or where it is not known."""
    merged_into: str | None = None
    for _ in range(len(_CROCKFORD)):
        case, gone = cases.get(merged_into or case_id), past.case(merged_into or case_id)
        if case is not None:
            at, outcome, host = case.ended_at, case.outcome, case.merged_into
        elif gone is not None:
            at = datetime.fromtimestamp(gone.ended_s, UTC)
            outcome = CaseOutcome(gone.outcome) if gone.outcome else None
            host = gone.merged_into
        else:
            return Ended(merged_into=merged_into) if merged_into else None
        if host is None:
            told = at is not None or merged_into is not None
            to = case.moved_to if case is not None else None
            return Ended(at=at, outcome=outcome, merged_into=merged_into, moved_to=to) if told else None
        merged_into = host
    return None


def rows_of(case: CaseMemory) -> list[bytes]:
    """What the pipeline is to keep of a case for ever: 24 bytes for each of its reports, most significant first."""
    own = _bits_of(case.case_id)
    end = (int(case.ended_at.timestamp()) if case.ended_at else 0) << 8
    end |= _OUTCOMES.index(case.outcome.value) + 1 if case.outcome else 0
    flags = 2
    if case.merged_into is not None:
        end, flags = _bits_of(case.merged_into), 3
    rows = {_hash(case.street, report.number, 8): _rest(case.street, report) for report in case.reports}
    words = [
        (name, rest | flags, end) if name == own else (name, rest | 1, own) for name, rest in rows.items()
    ]
    if own not in rows:
        words.append((own, flags, end))
    return [b"".join(word.to_bytes(8) for word in row) for row in words]


def _rest(street: str, report: RememberedReport) -> int:
    said = 0 if report.content is None else max(1, int(report.content, 16) >> 34)
    return _hash(street, report.number, 4, b"check") << 32 | said << 2


def _hash(street: str, number: ReportNo, size: int, person: bytes = b"") -> int:
    source, source_no = number
    text = f"{source}/{number_form(source_no)}"
    return int.from_bytes(
        hashlib.blake2b(text.encode(), digest_size=size, salt=street.encode(), person=person).digest()
    )


def _bits_of(case_id: str) -> int:
    letters = case_id.split("-")[1]
    bits = 0
    for letter in letters[:-1]:
        bits = bits * 32 + _CROCKFORD.index(letter)
    return (bits << _LAST) + _CROCKFORD.index(letters[-1])


def _name(street: str, number: ReportNo) -> bytes:
    source, source_no = number
    return hashlib.blake2b(
        f"{street}/{source}/{number_form(source_no)}".encode(), digest_size=_NAME_BYTES
    ).digest()
