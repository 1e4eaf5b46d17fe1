"""The queries of boards: an indicator under the board's variables, the counts behind a share, quantiles.

No indicator's formula is written here: it comes from `pipeline.indicators`.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from deploy.grafana.kit.series_labels import LABELS, SCRAPED
from pipeline.indicators.indicator_table import INDICATORS, WINDOW, Indicator, grown, or_nothing
from pipeline.indicators.stock_records import COUNTED, INCOMPLETE, NOTICE, asks_for_stock, now

NOT_COUNTED: Final = "未计全"
"""Shown in place of a number of what stands, while not all partitions are counted; beside it stands how many are."""
ROLLING: Final = "$window"
"""The window of a trend: a variable of every board."""


class UnknownLabel(ValueError):
    """A query groups by a label that its metric does not have."""


def filters(metrics: Iterable[str], variables: Sequence[str]) -> str:
    """Matchers of those variables that all of the metrics have as a label."""
    shared = frozenset.intersection(*(LABELS[metric] for metric in metrics))
    return ", ".join(f'{name}=~"${name}"' for name in variables if name in shared)


def heeded(key: str, variables: Sequence[str]) -> tuple[str, ...]:
    """The variables that all metrics of an indicator have as a label."""
    shared = frozenset.intersection(*(LABELS[metric] for metric in _metrics(INDICATORS[key])))
    return tuple(name for name in variables if name in shared)


def value(
    key: str, variables: Sequence[str] = (), *, window: str = WINDOW, by: str = "", more: str = ""
) -> str:
    """An indicator's query. Raises UnknownLabel where one of its metrics has no label `by`."""
    return _query(INDICATORS[key], variables, window, by, more)


def parts(key: str, variables: Sequence[str] = (), *, window: str = WINDOW, by: str = "") -> str:
    """A share's numerator."""
    counted = INDICATORS[key]._replace(whole=(), less=False, divisor=1)
    return _query(counted, heeded(key, variables), window, by)


def whole(key: str, variables: Sequence[str] = (), *, window: str = WINDOW, by: str = "") -> str:
    """A share's denominator: the number of cases it is taken of."""
    counted = INDICATORS[key]._replace(parts=INDICATORS[key].whole, whole=(), less=False, divisor=1)
    return _query(counted, heeded(key, variables), window, by)


def increase(
    metric: str, variables: Sequence[str] = (), *, window: str = WINDOW, by: str = "", more: str = ""
) -> str:
    """The increase of a counter, summed over all workers."""
    return _summed(grown(selected(metric, variables, more), window), metric, by)


def gauge(
    metric: str, variables: Sequence[str] = (), *, by: str = "", more: str = "", how: str = "sum"
) -> str:
    """A gauge, summed over all workers or combined by `how`; what stands is summed over all partitions."""
    return or_nothing(_summed(selected(metric, variables, more), now(metric), by, how), metric, by)


def quantile(share: float, metric: str, *, window: str = WINDOW, by: str = "", more: str = "") -> str:
    """A quantile of a histogram over all workers; of what is counted in whole numbers, such a number."""
    kept = f"le, {by}" if by else "le"
    bucket = increase(f"{metric}_bucket", window=window, by=kept, more=more)
    found = f"histogram_quantile({share:g}, {bucket})"
    return found if metric.endswith("_seconds") else f"ceil({found})"


def selected(metric: str, variables: Sequence[str] = (), more: str = "") -> str:
    """A metric with its matchers; of what stands, as it is recorded."""
    metric = now(metric)
    inside = ", ".join(part for part in (more, filters([metric], variables)) if part)
    return f"{metric}{{{inside}}}" if inside else metric


def lag(by: str = "") -> str:
    """Input records that are not decided. Each partition once: while it moves, both owners may tell of it."""
    each = "max by (topic, partition) (enforcement_lag_records)"
    return f"sum by ({by}) ({each})" if by else f"sum({each})"


def notice() -> str:
    """One series without a number while not all partitions are counted; its labels say how many are."""
    return f"NaN * max by ({NOTICE}, {COUNTED}) ({INCOMPLETE})"


def or_notice(query: str, key: str) -> str:
    """A column of a table: where it asks for what stands and not all is counted, the notice is its only row."""
    if not asks_for_stock(query):
        return query
    row = f'label_replace({INCOMPLETE}, "{key}", "{NOT_COUNTED} $1", "{COUNTED}", "(.+)")'
    return f"{query} or NaN * max by ({key}) ({row})"


def named(query: str, label: str, name: str) -> str:
    """A query that is given a label, so that several make the rows of one table."""
    return f'label_replace({query}, "{label}", "{name}", "", "")'


def _summed(what: str, metric: str, by: str, how: str = "sum") -> str:
    _check(metric, by)
    return f"{how} by ({by}) ({what})" if by else f"{how}({what})"


def _query(indicator: Indicator, variables: Sequence[str], window: str, by: str, more: str = "") -> str:
    metrics = _metrics(indicator)
    for metric in metrics:
        _check(metric, by)
    inside = ", ".join(part for part in (more, filters(metrics, variables)) if part)
    return indicator.query(window, inside, by)


def _metrics(indicator: Indicator) -> list[str]:
    return [now(quantity.term.metric) for quantity in indicator.quantities]


def _check(metric: str, by: str) -> None:
    if by and not {part.strip() for part in by.split(",")} <= LABELS[metric] | SCRAPED:
        raise UnknownLabel(f"{metric} has no {by}")
