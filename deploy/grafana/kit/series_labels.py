"""The labels of each series, so that no query names a metric or a label that nobody exports."""

from collections.abc import Iterator, Mapping
from typing import Final

import pipeline.audit.gauges  # noqa: F401  its import declares its metrics
from pipeline import metrics
from pipeline.indicators.stock_records import COUNTED, INCOMPLETE, NOTICE, SERIES, now

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
    for metric in metrics.CATALOGUE:
        for suffix in _SUFFIXES[metric.kind]:
            more = {"le"} if suffix == "_bucket" else set()
            yield f"{metric.name}{suffix}", frozenset({*metric.labels, *more})


def _recorded() -> Iterator[tuple[str, frozenset[str]]]:
    for series, labels in SERIES.items():
        yield now(series), frozenset(labels)
    yield INCOMPLETE, frozenset({NOTICE, COUNTED})


LABELS: Final[Mapping[str, frozenset[str]]] = dict(_series()) | dict(_recorded())
"""By the series' name in a query."""
