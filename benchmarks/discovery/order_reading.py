"""Microseconds an order, from the rows of a file in its sender's own format to a report that could be pushed, on the shipped samples.

A figure is the least of the rounds' means, in processor time, so that a busy machine does not count.
"""

import time

from pipeline.edge.sources.files import open_source
from pipeline.edge.sources.mapping import SourceMapping, load_mappings
from pipeline.edge.sources.streets import Streets, streets_of
from pipeline.rulebook import RULES_DIR

ROOT = RULES_DIR.parent


def measure(rounds: int) -> dict[str, float]:
    """Microseconds an order by format, and over all formats that have a sample."""
    mappings, streets = load_mappings(), streets_of()
    by_format = {
        mapping.name: min(_mean_us(mapping, mappings, streets) for _ in range(rounds))
        for mapping in mappings
        if mapping.table.sample
    }
    return {
        "read_us": round(sum(by_format.values()) / len(by_format)),
        "read_slowest_us": round(max(by_format.values())),
    }


def _mean_us(mapping: SourceMapping, mappings: tuple[SourceMapping, ...], streets: Streets) -> float:
    """Of the sample's rows, each read so often that there are some hundred."""
    with (ROOT / str(mapping.table.sample)).open("rb") as sample:
        file = open_source(sample, mappings, name=mapping.name)
        rows = [*file.rows]
        again = 100 // len(rows) + 1
        started = time.process_time()
        for _ in range(again):
            for row in rows:
                file.read(row, streets)
        return (time.process_time() - started) * 1e6 / (again * len(rows))
