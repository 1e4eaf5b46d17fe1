"""How what stands is added up over all partitions, whoever owns them: names and queries of Prometheus' recorded series.

A worker exports its open partitions only, so a plain sum over workers is too great while a partition is told of by its old and its
new owner, and too small while nobody tells of it. Recorded are therefore, of each series of `pipeline.metrics.STOCK`:

    enforcement:open_cases:now    one value of each partition, its newest owner's; nothing at all unless every partition is counted
    enforcement:open_cases:last   the same, or what it was when all were last counted: for alerts, which then neither end nor begin anew

`enforcement:stock:incomplete` is there while some are not counted: its value is how many, its label `notice` says
so in words.
"""

from collections.abc import Mapping
from typing import Final

from pipeline import metrics
from pipeline.metrics import PARTITION, DescribedMetric

INCOMPLETE: Final = "enforcement:stock:incomplete"
NOTICE: Final = "notice"
"""The label with the words, such as "数据不完整 incomplete, 2 of 4 partitions"."""
COUNTED: Final = "counted"
"""The label with the numbers alone, such as "2 of 4"."""
KEPT: Final = (
    metrics.AT_RISK,
    metrics.OVERDUE,
    metrics.LATE_CLOCKS,
    metrics.PROVISIONAL,
    metrics.ENDING_CERTIFICATES,
)
"""Those with a `:last`: each has series that are foreseen at 0, so that no answer means that not all is counted."""
_LISTED: Final = {
    metrics.CASE_DUE.name: metrics.OVERDUE.name,
    metrics.STEP_DUE.name: metrics.LATE_CLOCKS.name,
}
"""These have a `:last` too, for the texts of alerts; where no case is late they have no series, also when all is counted: then what
they stand by says so."""
VIOLATIONS: Final = "enforcement:audit_violations:last"
"""What the last audit found, by invariant: while no audit runs, nothing is solved by that."""
_VIOLATIONS: Final = "max by (invariant) (enforcement_audit_violations)"
_KEPT_FOR: Final = "1h"
"""So long Prometheus itself may be away; while it runs, the last value is written anew at each evaluation."""
_NOW: Final = ":now"
_LAST: Final = ":last"
_TOTAL: Final = "max(enforcement_topic_partitions)"
_TOTAL_BEFORE: Final = f"max(last_over_time(enforcement_topic_partitions[{_KEPT_FOR}]))"
_GENERATION: Final = metrics.GENERATION.name
_NEWEST: Final = f"max by ({PARTITION}) ({_GENERATION})"
_OWNERS: Final = f"({_GENERATION} == on ({PARTITION}) group_left () {_NEWEST})"
_COUNTED: Final = f"count({_NEWEST})"
_COMPLETE: Final = f"({_COUNTED} >= {_TOTAL})"


def _series(metric: DescribedMetric) -> tuple[str, tuple[str, ...]]:
    """The series of a metric that is recorded, and the labels that stay: of a histogram its buckets."""
    own = tuple(label for label in metric.labels if label != PARTITION)
    return (f"{metric.name}_bucket", ("le", *own)) if metric.kind == "gaugehistogram" else (metric.name, own)


SERIES: Final[Mapping[str, tuple[str, ...]]] = dict(
    _series(metric) for metric in metrics.STOCK if metric is not metrics.GENERATION
)
"""Every series that is recorded, with the labels that it keeps."""


def now(series: str) -> str:
    """The recorded name of a stock's series; any other series is its own name."""
    return f"enforcement:{series.removeprefix('enforcement_')}{_NOW}" if series in SERIES else series


def asks_for_stock(query: str) -> bool:
    """Whether a query has no answer while not all partitions are counted."""
    return _NOW in query


def last(query: str) -> str:
    """The query on what stood when all partitions were last counted."""
    return query.replace(_NOW, _LAST)


def records() -> Mapping[str, str]:
    """The expression of each recorded series, by its name, in the order in which they are evaluated.

    Each `:now` is one expression: its parts are then read at one instant, and a scrape comes in whole.
    """
    found = {
        now(
            series
        ): f"{_summed(labels)} ({series} and on (instance, {PARTITION}) {_OWNERS}) and on () {_COMPLETE}"
        for series, labels in SERIES.items()
    }
    for metric in KEPT:
        own = now(metric.name)
        found[last(own)] = _kept(last(own), own)
    for listed, counted in _LISTED.items():
        found[last(now(listed))] = _kept(last(now(listed)), now(listed), now(counted))
    return found | {VIOLATIONS: _kept(VIOLATIONS, _VIOLATIONS), INCOMPLETE: _incomplete()}


def _kept(record: str, query: str, counted: str = "") -> str:
    """The query's answer, or while `counted` has none what it was; each evaluation writes it anew, so it is kept for as long as it takes.

    What was over before is not brought back: of an hour only what the last evaluation wrote, unless Prometheus itself was away then.
    """
    before = f"{record} or (last_over_time({record}[{_KEPT_FOR}]) unless on () {record})"
    return f"{query} or (({before}) unless on () {counted or query})"


def _summed(labels: tuple[str, ...]) -> str:
    return f"sum by ({', '.join(labels)})" if labels else "sum"


def _incomplete() -> str:
    """How many partitions are not counted, with both numbers in the notice; without any worker nobody knows how many there are."""
    total = f"({_TOTAL} or {_TOTAL_BEFORE})"
    numbers = (
        f'count_values("open", {_COUNTED} or vector(0)) * on () group_left (total) count_values("total", {total})'
        f" unless on () {_COMPLETE}"
    )
    short = f'label_join({numbers}, "{COUNTED}", " of ", "open", "total")'
    words = f'label_replace({short}, "{NOTICE}", "数据不完整 incomplete, $1 partitions", "{COUNTED}", "(.+)")'
    unknown = f'label_replace(vector(1) unless on () {total}, "{COUNTED}", "0", "", "")'
    nobody = f'label_replace({unknown}, "{NOTICE}", "数据不完整 incomplete, no worker 无工作进程", "", "")'
    missing = f"({total} - ({_COUNTED} or vector(0)))"
    return f"max by ({NOTICE}, {COUNTED}) ({words}) * on () group_left () {missing} or {nobody}"
