"""The counts of a transaction, held back until it is committed: an aborted transaction is never counted."""

from collections import Counter as Counts
from typing import Final

from prometheus_client import Counter, Histogram, Summary


class PendingCounts:
    """The counts and observations of one transaction."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._counts: Final[Counts[tuple[Counter, tuple[str, ...]]]] = Counts()
        self._seen: Final[list[tuple[Histogram | Summary, tuple[str, ...], float]]] = []
        self._examples: Final[list[tuple[Histogram, tuple[str, ...], float, str]]] = []

    def count(self, metric: Counter, *labels: str) -> None:
        """One more."""
        self._counts[metric, labels] += 1

    def observe(self, metric: Histogram | Summary, value: float, *labels: str) -> None:
        """One measured value."""
        self._seen.append((metric, labels, value))

    def observe_case(self, metric: Histogram, value: float, case_id: str, *labels: str) -> None:
        """One measured value, with the case that it was measured of as its bucket's exemplar."""
        self._examples.append((metric, labels, value, case_id))

    def publish(self) -> None:
        """The transaction is committed."""
        for (metric, labels), many in self._counts.items():
            (metric.labels(*labels) if labels else metric).inc(many)
        for seen, labels, value in self._seen:
            (seen.labels(*labels) if labels else seen).observe(value)
        for histogram, labels, value, case_id in self._examples:
            (histogram.labels(*labels) if labels else histogram).observe(value, {"case": case_id})
