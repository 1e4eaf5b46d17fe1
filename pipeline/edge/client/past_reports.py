"""Cases that are kept no longer: which they are is known from what is kept of their reports, what became of them from the journal."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from pipeline.core.rules.identity import case_id_of, name_of, report_check, report_key, report_name
from pipeline.edge.client.decoding import decoded
from pipeline.kafka_log.log_record import LogRecord
from schemas.state.retired import RetiredReport, row_in, unpacked
from schemas.topics import RETIRED_KEY
from schemas.values.terms import Source
from schemas.wire import codecs


class PastReports:
    """The reports of such cases in some partitions of `cases.v1`, by street."""

    def __init__(self, records: Iterable[LogRecord]) -> None:
        """All records of the partitions, the latest of a key last. Raises as `decoded` does."""
        latest = {record.key: record for record in records if (record.key or b"").startswith(RETIRED_KEY)}
        self._chunks: dict[str, list[tuple[int, array[int]]]] = {}
        for record in latest.values():
            kept = decoded(codecs.RETIRED, record)
            self._chunks.setdefault(kept.street, []).append((int(kept.low, 16), unpacked(kept.rows)))
        for chunks in self._chunks.values():
            chunks.sort(key=lambda chunk: chunk[0])

    def has_case(self, case_id: str) -> bool:
        """Whether there was a case of this id."""
        street, _, _ = case_id.partition("-")
        row = self._row(street, name_of(case_id))
        return row is not None and row.is_case

    def cases_of(self, number: str) -> list[str]:
        """The ids of the cases that held a report of this number; several where sources or streets share it."""
        return list(dict.fromkeys(self._cases_of(number)))

    def _cases_of(self, number: str) -> Iterator[str]:
        for street in sorted(self._chunks):
            for source in Source:
                for key in dict.fromkeys((report_key(source, number), report_key(source, number.upper()))):
                    row = self._row(street, report_name(street, key))
                    if row is not None and row.check == report_check(street, key):
                        yield case_id_of(street, row.case_name)

    def _row(self, street: str, name: int) -> RetiredReport | None:
        chunks = self._chunks.get(street, [])
        number = bisect_right(chunks, name, key=lambda chunk: chunk[0]) - 1
        return row_in(chunks[number][1], name) if number >= 0 else None
