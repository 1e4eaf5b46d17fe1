"""Finding a case by the sender's own number: the hotline knows no other."""

from collections.abc import Iterable, Iterator

from pipeline.edge.client.decoding import decoded
from pipeline.kafka_log.log_record import LogRecord
from schemas.state.case import Case, ReportRef
from schemas.topics import is_case_key
from schemas.values.order_number import comparable
from schemas.values.terms import Stage
from schemas.wire import codecs


def latest_cases(records: Iterable[LogRecord]) -> Iterator[Case]:
    """The latest snapshot of each case that is not retired. Raises as `decoded` does."""
    latest = dict[bytes | None, LogRecord]()
    for record in records:
        if is_case_key(record.key):
            latest[record.key] = record
    yield from (decoded(codecs.CASE, record) for record in latest.values() if record.value)


def cases_with(records: Iterable[LogRecord], number: str) -> list[Case]:
    """The latest snapshots of the cases that answer for a report of this number in any of its writings, in the order of opening.

    A case that was merged into another is left out where that one answers for the report. Raises as `decoded` does.
    """
    wanted = comparable(number)
    found = [
        case
        for case in latest_cases(records)
        if any(comparable(report.source_no) == wanted for report in _reports(case))
    ]
    standing = [case for case in found if case.stage is not Stage.MERGED] or found
    return sorted(standing, key=lambda case: (case.facts.opened_at, case.case_id))


def _reports(case: Case) -> Iterator[ReportRef]:
    """Those that it was opened with or that joined it, and those of the cases that were merged into it."""
    yield from case.reports
    for joined in case.joined:
        yield from joined.reports
