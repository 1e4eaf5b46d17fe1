"""`docs/metrics.md`: every metric and every indicator, from the code that exports and computes them."""

from collections.abc import Iterator
from typing import Final

import pipeline.audit.gauges  # noqa: F401  it declares its metrics when it is imported
from pipeline.audit.findings import Invariant
from pipeline.indicators.indicator_table import FLOWS, STOCKS, Indicator
from pipeline.metrics import CATALOGUE, DescribedMetric

PAGE: Final = "docs/metrics.md"
_SUFFIX: Final = {"counter": "_total"}
_HEAD: Final = """# Metrics and indicators

Made by `python -m deploy.generate` from `pipeline/metrics.py` and `pipeline/indicators/indicator_table.py`: do not edit.

A worker serves `/metrics` for the partitions that are its own; sum over workers for the whole. What stands is read from the state
when somebody looks and is right to the minute; what happened counts from the worker's start, once it is committed. A worker that is
killed takes with it what it counted since it was last scraped: boards and alerts live with that, `enforcement report` counts from the
journal and does not. No label names a street, a case, a person or a device; two gauges name grids (网格).

Values of labels: `team` an id of `rules/roster.yaml`, or `none` while nobody holds the case; `category` the first two letters of a
matter; `severity` P1 to P4; `source` 12345, 12319, patrol, monitor; `kept` whether before the deadline; `clock` a kind of clock, `hours`
whether its limit counts day and night or office hours. Of `overdue_cases`, `clock="dispose"` is handling, joint enforcement included,
`clock="whole"` everything up to the closing.
"""


def metrics_page() -> Iterator[tuple[str, str]]:
    """The page."""
    ours = [one for one in CATALOGUE if not one.name.startswith("enforcement_audit_")]
    audit = [one for one in CATALOGUE if one.name.startswith("enforcement_audit_")]
    parts = [
        _HEAD,
        "## Indicators (指标)\n\nOver a window, with the query for 30 days:\n",
        _indicators(FLOWS),
        "\nAt an instant:\n",
        _indicators(STOCKS),
        "\n## Metrics of a worker\n",
        _metrics(ours),
        f"\n## Metrics of the auditor\n\n`enforcement audit --watch` serves them; invariants are those of `docs/audit.md` ({len(Invariant)}).\n",
        _metrics(audit),
    ]
    yield PAGE, "\n".join(parts) + "\n"


def _indicators(there: tuple[Indicator, ...]) -> str:
    rows = [
        f"| {one.zh} | {one.en} | {one.formula_zh}<br>{one.formula_en} | `{_cell(one.query('30d'))}` |"
        for one in there
    ]
    return "\n".join(("| 指标 | indicator | 公式 formula | query |", "|---|---|---|---|", *rows))


def _metrics(there: list[DescribedMetric]) -> str:
    rows = [
        f"| `{one.name}{_SUFFIX.get(one.kind, '')}` | {one.kind} | {', '.join(one.labels)} | {one.zh} | {one.en} |"
        for one in there
    ]
    return "\n".join(("| metric | kind | labels | 含义 | what it is |", "|---|---|---|---|---|", *rows))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
