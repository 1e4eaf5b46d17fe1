"""What the packing of outputs costs: bytes in the log and reports a second, for each way the setting allows.

    python -m benchmarks.compression [--reports N] [--rounds N] [--json]

Each round runs one worker after the other on one broker, over the same reports, in turn: `none`, `gzip` and `lz4`. The bytes are
those of all output topics' segments, by what the broker says of its log; a rate of one run is only comparable with those beside it.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from kafka.admin import KafkaAdminClient

from benchmarks.throughput import (
    enforcement,
    fill,
    process,
    run_latency,
    some_broker,
    watch,
    worker_environment,
)
from schemas import topics

WAYS = ("none", "gzip", "lz4")
OUTPUTS = tuple(topic.name for topic in topics.TOPICS if topic.name not in topics.INPUTS)


class Packed(NamedTuple):
    """Of one run: reports a second, CPU µs of the worker and bytes of all outputs for a report."""

    per_s: float
    cpu_us: float
    bytes_each: float


def bytes_of(brokers: str, prefix: str) -> int:
    """The size of all output topics under the prefix, as the broker keeps them."""
    admin = KafkaAdminClient(bootstrap_servers=brokers)
    try:
        wanted = [f"{prefix}{name}" for name in OUTPUTS]
        return sum(
            partition["partition_size"]
            for broker in admin.describe_log_dirs(wanted)
            for folder in (broker["results"] if "results" in broker else broker["log_dirs"])
            for topic in folder["topics"]
            for partition in topic["partitions"]
        )
    finally:
        admin.close()


def packed(brokers: str, way: str, many: int, folder: Path) -> Packed:
    """One worker over `many` reports."""
    prefix = f"z{uuid4().hex[:8]}."
    environment = worker_environment(brokers, prefix, folder) | {"ENFORCEMENT_COMPRESSION": way}
    subprocess.run(
        enforcement("topics", "apply"), env=os.environ | environment, check=True, stdout=subprocess.DEVNULL
    )
    fill(brokers, f"{prefix}reports.v1", many)
    with process(enforcement("worker"), environment, folder / f"{way}.log") as worker:
        watched = watch(brokers, f"{prefix}journal.v1", many, worker)
    return Packed(watched.per_s(many), watched.cpu_s * 1e6 / many, bytes_of(brokers, prefix) / many)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--latency", action="store_true", help="also: ms to the assignment, 100 reports a second"
    )
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    runs: dict[str, list[Packed]] = {way: [] for way in WAYS}
    waits: dict[str, dict[str, float]] = {}
    with some_broker() as brokers, tempfile.TemporaryDirectory() as name:
        for number in range(asked.rounds):
            for way in WAYS if number % 2 == 0 else reversed(WAYS):
                runs[way].append(packed(brokers, way, asked.reports, Path(name)))
        for way in WAYS if asked.latency else ():
            os.environ["ENFORCEMENT_COMPRESSION"] = way
            waits[way] = run_latency(brokers, 100, 10, Path(name))
    result = {
        way: {
            "reports_per_s": round(statistics.median(run.per_s for run in made)),
            "cpu_us_per_report": round(statistics.median(run.cpu_us for run in made)),
            "output_bytes_per_report": round(statistics.median(run.bytes_each for run in made)),
            **waits.get(way, {}),
        }
        for way, made in runs.items()
    }
    if asked.json:
        print(json.dumps(result))
    else:
        for way, figures in result.items():
            print(way.ljust(5), "  ".join(f"{name} {value:,}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
