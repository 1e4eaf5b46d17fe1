"""`docs/metrics.md`: every metric and every indicator, from the code that exports and computes them."""

from collections.abc import Iterator
from typing import Final

import pipeline.audit.broker_watch
import pipeline.notify.notify_metrics  # noqa: F401  and this the notifier's
from pipeline.audit.findings import Invariant
from pipeline.indicators.ending_table import ENDINGS
from pipeline.indicators.indicator_table import BESIDE, FLOWS, STOCKS, Indicator
from pipeline.metrics import CATALOGUE, DescribedMetric

PAGE: Final = "docs/metrics.md"
_AUDIT: Final = "enforcement_audit_"
_NOTIFY: Final = "enforcement_notify_"
_SUFFIX: Final = {"counter": "_total"}
_HEAD: Final = """# Metrics and indicators

Made by `python -m deploy.generate` from `pipeline/metrics.py` and `pipeline/indicators/indicator_table.py`: do not edit.

A worker serves `/metrics` for its own partitions. Counters start with the worker and count what is committed: the whole is the sum
over workers. A worker that is killed loses what it counted since the last scrape: boards and alerts lack it, `enforcement report`
does not, since it counts from the journal. No label names a street, a case, a person or a device; two gauges name grids (网格).

Asked for OpenMetrics, as Prometheus asks, the buckets of `enforcement_clock_seconds` and `enforcement_timer_late_seconds` name the last
case that fell into them (exemplar 样例 `case`): `GET /api/v1/query_exemplars` of Prometheus gives them. The page is packed with gzip for
whoever accepts it.

What stands (在办、超期 and the like: gauges with the label `partition`) is read from the state at each scrape and right to the minute.
Only an open partition is told of: one that is given up, or being opened, has no series, since unknown is not 0. While a partition
moves, its old and its new owner may both tell of it, or neither. So do not add these gauges up: ask for what the rules in
`deploy/prometheus/recording.yaml` record of each.

| recorded | what it is |
|---|---|
| `enforcement:open_cases:now` | one value of each partition, that of the greatest `enforcement_partition_generation`, summed; **no series at all** unless every partition is counted |
| `enforcement:overdue_cases:last` | the same, or what it was when all were last counted: for alerts and goals, which so neither end nor begin anew while nobody counts |
| `enforcement:stock:incomplete` | there while some are not counted: how many, and `notice="数据不完整 incomplete, 2 of 4 partitions"`, which boards show in place of the numbers |

Values of labels: `team` an id of `rules/roster.yaml`, or `none` while nobody holds the case; `category` the first two letters of a
matter; `severity` P1 to P4; `source` 12345, 12319, patrol, monitor; `kept` whether the clock stopped before its deadline; `clock` a
kind of clock, `hours` whether its limit counts day and night or office hours. Of `overdue_cases`, `clock="dispose"` is handling,
joint enforcement included, `clock="whole"` everything up to the closing.
"""


_KAFKA: Final = """
## Kafka's own metrics

An agent in the broker's Java shows them, at port 9404: `enforcement broker up --metrics-port 9404` has the embedded broker start with it;
`enforcement broker exporter FOLDER` puts it into a folder for any other Kafka and prints the option, as `deploy/compose.yaml` uses it.
Which there are, and by which names: `pipeline/broker/exporter.yaml`. Room on the disks and replicas that are behind are known
without it: the auditor asks the brokers."""
_ENDINGS: Final = """
## What each ending counts as (各种结束如何计)

By step and the way it ended: 1 is done, in time or late by its own clock; 0 is neither done nor done in time, in counters, boards and
report alike. Of a partner that refused and comes all the same the arrival is not measured, its end is. A limit of the law is kept by any
step that the law lets end it.
"""


def metrics_page() -> Iterator[tuple[str, str]]:
    """The page."""
    ours = [metric for metric in CATALOGUE if not metric.name.startswith((_AUDIT, _NOTIFY))]
    audit = [metric for metric in CATALOGUE if metric.name.startswith(_AUDIT)]
    notify = [metric for metric in CATALOGUE if metric.name.startswith(_NOTIFY)]
    parts = [
        _HEAD,
        "## Indicators (指标)\n\nOver a window, with the query for 30 days:\n",
        _indicators(FLOWS),
        "\nAt an instant:\n",
        _indicators(STOCKS),
        "\nBeside them `enforcement replay` shows, over the window from the journal's beginning:\n",
        _indicators(BESIDE),
        _ENDINGS,
        _endings(),
        "\n## Metrics of a worker\n",
        _metrics(ours),
        f"\n## Metrics of the auditor\n\n`enforcement audit --watch` serves them; invariants are those of `docs/audit.md` ({len(Invariant)}).\n",
        _metrics(audit),
        "\n## Metrics of the notifier\n\n`enforcement notify` serves them.\n",
        _metrics(notify),
        _KAFKA,
    ]
    yield PAGE, "\n".join(parts) + "\n"


def _indicators(indicators: tuple[Indicator, ...]) -> str:
    rows = [
        f"| {indicator.zh} | {indicator.en} | {indicator.formula_zh}<br>{indicator.formula_en} | `{_cell(indicator.query('30d'))}` |"
        for indicator in indicators
    ]
    return "\n".join(("| 指标 | indicator | 公式 formula | query |", "|---|---|---|---|", *rows))


def _endings() -> str:
    rows = [f"| `{row.clock}` | {row.ending} | {row.counts_as} | {row.zh}<br>{row.en} |" for row in ENDINGS]
    return "\n".join(("| clock | ending | counts as | 说明 what it is |", "|---|---|---|---|", *rows))


def _metrics(metrics: list[DescribedMetric]) -> str:
    rows = [
        f"| `{metric.name}{_SUFFIX.get(metric.kind, '')}` | {metric.kind} | {', '.join(metric.labels)} | {metric.zh} | {metric.en} |"
        for metric in metrics
    ]
    return "\n".join(("| metric | kind | labels | 含义 | what it is |", "|---|---|---|---|---|", *rows))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
