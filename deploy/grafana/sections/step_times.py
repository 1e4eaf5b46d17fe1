"""How long the pipeline's own steps take, as lines."""

from collections.abc import Sequence
from typing import Final

from deploy.grafana.kit import queries
from deploy.grafana.kit.panels import PanelQuery
from deploy.value_words import Words

RATE: Final = "$__rate_interval"
"""Grafana's own variable: the shortest window with enough samples."""


def quantiles(metric: str, shares: Sequence[float] = (0.5, 0.99), window: str = RATE) -> list[PanelQuery]:
    """Quantiles of a histogram, each named p50, p99 and so on."""
    names = [f"p{share * 100:.0f}" for share in shares]
    return [
        PanelQuery(queries.quantile(share, metric, window=window), Words(name, name))
        for share, name in zip(shares, names, strict=True)
    ]
