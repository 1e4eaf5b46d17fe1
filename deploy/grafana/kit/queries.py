"""What a board asks: an indicator under the board's variables, the count behind a share, quantiles. No formula is written here twice:
each indicator's is `pipeline.indicators`'.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from deploy.grafana.kit.series_labels import LABELS, SCRAPED
from pipeline.indicators.indicator_table import INDICATORS, WINDOW, Indicator

ROLLING: Final = "$window"
"""The window of a trend: a variable of every board."""


class UnknownLabel(ValueError):
    """A query would ask a metric for a label that it does not have."""


def filters(metrics: Iterable[str], variables: Sequence[str]) -> str:
    """Matchers of those variables that every one of the metrics knows as a label."""
    known = frozenset.intersection(*(LABELS[metric] for metric in metrics))
    return ", ".join(f'{name}=~"${name}"' for name in variables if name in known)


def heeded(key: str, variables: Sequence[str]) -> tuple[str, ...]:
    """The variables that an indicator heeds."""
    known = frozenset.intersection(*(LABELS[metric] for metric in _metrics(INDICATORS[key])))
    return tuple(name for name in variables if name in known)


def value(
    key: str, variables: Sequence[str] = (), *, window: str = WINDOW, by: str = "", more: str = ""
) -> str:
    """An indicator. Raises UnknownLabel where one of its metrics has no label `by`."""
    return _asked(INDICATORS[key], variables, window, by, more)


def parts(key: str, variables: Sequence[str] = (), *, window: str = WINDOW, by: str = "") -> str:
    """What stands above a share's line."""
    one = INDICATORS[key]._replace(whole=(), less=False, divisor=1)
    return _asked(one, heeded(key, variables), window, by)


def whole(key: str, variables: Sequence[str] = (), *, window: str = WINDOW, by: str = "") -> str:
    """What stands below a share's line: how many it was taken of."""
    one = INDICATORS[key]._replace(parts=INDICATORS[key].whole, whole=(), less=False, divisor=1)
    return _asked(one, heeded(key, variables), window, by)


def grown(
    metric: str, variables: Sequence[str] = (), *, window: str = WINDOW, by: str = "", more: str = ""
) -> str:
    """The growth of a counter, summed over all workers."""
    return _summed(f"increase({selected(metric, variables, more)}[{window}])", metric, by)


def stands(
    metric: str, variables: Sequence[str] = (), *, by: str = "", more: str = "", how: str = "sum"
) -> str:
    """A gauge as it stands, summed over all workers (or `how` else)."""
    return _summed(selected(metric, variables, more), metric, by, how)


def quantile(share: float, metric: str, *, window: str = WINDOW, by: str = "", more: str = "") -> str:
    """A quantile of a histogram over all workers."""
    kept = f"le, {by}" if by else "le"
    return f"histogram_quantile({share:g}, {grown(f'{metric}_bucket', window=window, by=kept, more=more)})"


def selected(metric: str, variables: Sequence[str] = (), more: str = "") -> str:
    """A metric with its matchers."""
    inside = ", ".join(part for part in (more, filters([metric], variables)) if part)
    return f"{metric}{{{inside}}}" if inside else metric


def named(query: str, label: str, name: str) -> str:
    """A query without labels, which is given one: so that several make the rows of one table."""
    return f'label_replace({query}, "{label}", "{name}", "", "")'


def _summed(what: str, metric: str, by: str, how: str = "sum") -> str:
    _check(metric, by)
    return f"{how} by ({by}) ({what})" if by else f"{how}({what})"


def _asked(one: Indicator, variables: Sequence[str], window: str, by: str, more: str = "") -> str:
    metrics = _metrics(one)
    for metric in metrics:
        _check(metric, by)
    inside = ", ".join(part for part in (more, filters(metrics, variables)) if part)
    return one.query(window, inside, by)


def _metrics(one: Indicator) -> list[str]:
    return [term.metric for term in (*one.parts, *one.whole)]


def _check(metric: str, by: str) -> None:
    if by and not {part.strip() for part in by.split(",")} <= LABELS[metric] | SCRAPED:
        raise UnknownLabel(f"{metric} has no {by}")
