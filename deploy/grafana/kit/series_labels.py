"""Which labels each series has, so that a query asks for no metric and no label that nobody exports."""

from collections.abc import Iterator, Mapping
from typing import Final

import pipeline.audit.gauges  # noqa: F401  it declares its metrics when it is imported
from pipeline import metrics

SCRAPED: Final = frozenset({"job", "instance"})
"""Labels that Prometheus adds to every series."""
_SUFFIXES: Final = {
    "counter": ("_total",),
    "gauge": ("",),
    "summary": ("_sum", "_count"),
    "histogram": ("_bucket", "_sum", "_count"),
    "gaugehistogram": ("_bucket", "_gsum", "_gcount"),
}


def _series() -> Iterator[tuple[str, frozenset[str]]]:
    for one in metrics.CATALOGUE:
        for suffix in _SUFFIXES[one.kind]:
            more = {"le"} if suffix == "_bucket" else set()
            yield f"{one.name}{suffix}", frozenset({*one.labels, *more})


LABELS: Final[Mapping[str, frozenset[str]]] = dict(_series())
"""Every series as it is called in a query."""
