"""What it costs never to forget a report: bytes in memory and in the log per report, seconds to restore, µs to look one up.

    python -m benchmarks.report_memory [--reports N] [--json]

N reports of one street, each with a case that was closed and retired, are added one by one as a worker does; then the records that
stand in the log are read back as a worker that opens the partition reads them, its digest of the state included. Memory is measured by
tracemalloc, time is the processor's, so that a busy machine does not count. A look-up is what every new report pays: the first time it comes it is not there.
"""

import argparse
import json
import math
import random
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from pipeline.core.case.turn import InputRecord, Turn
from pipeline.core.partition import Partition
from pipeline.core.retired_index import RetiredIndex, chunk_of
from pipeline.core.rules.identity import case_id, report_key
from pipeline.rulebook import load_rules
from pipeline.stream.partition.digest import StateDigest
from pipeline.stream.partition.outgoing_records import retired_record
from schemas import topics
from schemas.published.examples import EXAMPLES
from schemas.state.case import Case
from schemas.values.terms import CaseOutcome
from schemas.wire import codecs

START = datetime(2026, 11, 24, 1, 10, tzinfo=UTC)
LOOK_UPS = 200_000


def a_case() -> Case:
    """One that the shipped rules open, closed by hand."""
    core = Partition(load_rules(Path(__file__).parents[1] / "rules"), b"k" * 32, "benchmark")
    report = dict(EXAMPLES["Report"][0])
    value = json.dumps(report | {"reported_at": START.isoformat()}, ensure_ascii=False, default=str)
    record = InputRecord(topics.REPORTS, 0, 0, str(report["street"]).encode(), value.encode(), ())
    (case,) = core.step(record, Turn(0, 1, 1, START)).cases
    return replace(case, closed_at=START, outcome=CaseOutcome.RESOLVED)


def restored(log: dict[bytes, bytes], street: str) -> tuple[StateDigest, RetiredIndex]:
    """As a worker that opens the partition has it."""
    digest, index = StateDigest(), RetiredIndex(street)
    for key, value in log.items():
        digest.put(key, value)
    index.restore(chunk_of(codecs.RETIRED.decode(value)) for value in log.values())
    return digest, index


def measure(reports: int) -> dict[str, float]:
    """The figures for so many reports."""
    case, log = a_case(), dict[bytes, bytes]()
    index, written, adding = RetiredIndex(case.street), 0, 0.0
    first, draw = case.reports[0], random.Random(5)
    for number in range(reports):
        seen = replace(first, source_no=f"140100-{number}", content=f"{draw.getrandbits(64):016x}")
        own = case_id(case.street, report_key(seen.source, seen.source_no))
        gone = replace(case, case_id=own, reports=(seen,), closed_at=START + timedelta(minutes=number))
        began = time.process_time()
        index.add(gone)
        for changed in index.changed("0:1:1"):
            record = retired_record(changed, "2026-11-24T01:10:00Z")
            log[record.key or b""] = record.value or b""
            written += len(record.value or b"")
        adding += time.process_time() - began
    del index
    began = time.process_time()
    _, index = restored(log, case.street)
    seconds = time.process_time() - began
    assert len(index) == reports
    tracemalloc.start()
    kept = restored(log, case.street)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept

    def looked_up(name: Callable[[int], str]) -> float:
        began = time.process_time()
        for number in range(LOOK_UPS):
            index.report(name(number))
        return (time.process_time() - began) / LOOK_UPS * 1e6

    rest = looked_up(lambda number: f"12345/new-{number}")
    return {
        "reports": reports,
        "memory_bytes_each": grown / reports,
        "log_bytes_each": sum(map(len, log.values())) / reports,
        "records": len(log),
        "restore_s": seconds,
        "add_us": adding / reports * 1e6,
        "written_bytes_each": written / reports,
        "new_us": rest,
        "known_us": looked_up(lambda number: f"{first.source.value}/140100-{number % reports}"),
        "false_hits_of_as_many_new": reports * reports / 2.0**96,
    }


def main() -> None:
    """Print a table, or with --json one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.reports)
    if asked.json:
        print(json.dumps(found))
        return
    print(f"{found['reports']:,.0f} reports of cases that are kept no longer, one street\n")
    print(f"  memory, digest of the state included  {found['memory_bytes_each']:8.1f} bytes each")
    print(
        f"  in the log, before packing            {found['log_bytes_each']:8.1f} bytes each, {found['records']:,.0f} records"
    )
    print(
        f"  restored                              {found['restore_s']:8.2f} s, after the records are fetched"
    )
    print(
        f"  one more                              {found['add_us']:8.1f} µs, {found['written_bytes_each']:,.0f} bytes written"
    )
    print(f"  looked up: a new one                  {found['new_us']:8.2f} µs")
    print(f"             a known one                {found['known_us']:8.2f} µs")
    print(
        f"  as many new ones: taken for a known one  10^{math.log10(found['false_hits_of_as_many_new']):.0f} of them"
    )


if __name__ == "__main__":
    main()
