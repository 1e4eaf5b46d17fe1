"""What a Prometheus answers to all queries of a board, as the page that draws it reads it."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, Final, TypedDict

from deploy.render.dashboard import Dashboard, Panel, Span
from deploy.render.prometheus_api import NotAnswered, Prometheus, Series

_WORDS: Final = {inf: "+Inf", -inf: "-Inf"}


class JsonAnswer(TypedDict):
    """One series: its labels, and (seconds since 1970, the number as Prometheus writes it)."""

    labels: Mapping[str, str]
    points: Sequence[tuple[float, str]]


def answers_to(
    board: Dashboard, span: Span, prometheus: Prometheus
) -> dict[int, dict[str, list[JsonAnswer]]]:
    """By the panel's id and the query's letter. Raises NotAnswered, which names the panel."""
    return {
        panel.number: answers_of(panel, board, span, prometheus) for panel in board.panels if panel.targets
    }


def answers_of(
    panel: Panel, board: Dashboard, span: Span, prometheus: Prometheus
) -> dict[str, list[JsonAnswer]]:
    """One panel's, by the query's letter. Raises NotAnswered, which names the panel."""
    try:
        return {
            target["refId"]: [_json(series) for series in _ask(target, board, span, prometheus)]
            for target in panel.targets
        }
    except NotAnswered as error:
        raise NotAnswered(f"{panel.title}: {error}") from error


def _ask(target: Mapping[str, Any], board: Dashboard, span: Span, prometheus: Prometheus) -> list[Series]:
    query = board.fill(target["expr"], span)
    if target.get("instant"):
        return prometheus.at(query, span.end)
    return prometheus.between(query, span.start, span.end, span.step)


def _json(series: Series) -> JsonAnswer:
    labels = {key: value for key, value in series.labels.items() if key != "__name__"}
    return {"labels": labels, "points": [(at, _text(value)) for at, value in series.points]}


def _text(value: float) -> str:
    return "NaN" if value != value else _WORDS.get(value, repr(value))
