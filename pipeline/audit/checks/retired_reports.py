"""I15: of every case that is kept no longer, its reports are kept: no more, no fewer, and with the right end.

journal ──► case_retired ──► the auditor's own rows ──► sum of their hashes, by street ─┐ equal
cases.v1 ──► the last record under each __retired key ──► its rows ──► the same ────────┘
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.log.partition_log import LogPlace
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.past_cases import rows_of
from schemas import topics
from schemas.state.retired import RetiredReports

_PARTLY: Final = "the journal is not read from its beginning"
_MOVED_ON: Final = "the log moved on behind the cut"
_WORD: Final = 8
_ROW: Final = 24
_SUM: Final = 1 << 128


class RetiredRows:
    """Sums over rows do not depend on their order, and take no memory."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._right: Counter[str] = Counter()
        self._right_sum: Counter[str] = Counter()
        self._last: dict[bytes, RetiredReports] = {}

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        for output in joined.others:
            if isinstance(output.content, RetiredReports):
                self._last[output.record.key or b""] = output.content
        for touched in touched_cases:
            if touched.has("case_retired"):
                rows, street = rows_of(touched.after), touched.after.street
                self._right[street] += len(rows)
                self._right_sum[street] = (self._right_sum[street] + _sum_of(rows)) % _SUM

    def end(self, join: Join) -> None:
        """All that was ever written is there, as it was last."""
        if not self._context.is_whole or join.moved_on:
            self._context.findings.skip((Invariant.I15,), _MOVED_ON if join.moved_on else _PARTLY)
            return
        for output in join.cases.written_back:
            if isinstance(output.content, RetiredReports):
                self._last.setdefault(output.record.key or b"", output.content)
        kept: Counter[str] = Counter()
        kept_sum: Counter[str] = Counter()
        for record in self._last.values():
            rows = _rows(record)
            kept[record.street] += len(rows)
            kept_sum[record.street] = (kept_sum[record.street] + _sum_of(rows)) % _SUM
        place = LogPlace(topics.CASES, self._context.partition)
        for street in sorted({*self._right, *kept}):
            same = (self._right[street], self._right_sum[street]) == (kept[street], kept_sum[street])
            words: dict[str, object] = {"street": street, "right": self._right[street], "kept": kept[street]}
            self._context.findings.holds("retired_lost", same, place, None, **words)


def _sum_of(rows: Sequence[bytes]) -> int:
    return sum(int.from_bytes(hashlib.blake2b(row, digest_size=16).digest()) for row in rows)


def _rows(record: RetiredReports) -> list[bytes]:
    """The rows of a record, none of a broken one: it holds three columns of 64 bits, each number little-endian."""
    try:
        content = base64.b64decode(record.rows, validate=True)
    except ValueError:
        return []
    count = len(content) // _ROW
    words = [content[at : at + _WORD][::-1] for at in range(0, len(content), _WORD)]
    return [words[row] + words[count + row] + words[2 * count + row] for row in range(count)]
