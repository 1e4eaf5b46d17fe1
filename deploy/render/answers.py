"""The answers to a panel's queries, as named series or as the rows of a table."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from deploy.render.dashboard import Dashboard, Panel, Span
from deploy.render.prometheus_api import Prometheus, Series

_BRACES: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
Cell = float | str | None


class Answered(NamedTuple):
    """One series: its query, its name by the query's legend, its points."""

    ref: str
    name: str
    labels: Mapping[str, str]
    points: Sequence[tuple[float, float]]

    @property
    def last(self) -> float | None:
        """The last value that is not NaN; None without one."""
        return next((value for _, value in reversed(self.points) if value == value), None)


def series_of(panel: Panel, board: Dashboard, span: Span, prometheus: Prometheus) -> list[Answered]:
    """All series of a panel; a query without an answer gives a series without points, so that it is drawn as missing."""
    answers = []
    for target in panel.targets:
        series = _ask(target, board, span, prometheus)
        answers += [
            Answered(target["refId"], _name(target, answer), answer.labels, answer.points)
            for answer in series
        ]
        if not series and "{{" not in target["legendFormat"]:
            answers.append(Answered(target["refId"], target["legendFormat"], {}, ()))
    return answers


def table_of(
    panel: Panel, board: Dashboard, span: Span, prometheus: Prometheus
) -> tuple[list[str], list[dict[str, Cell]]]:
    """Columns in their order, and rows: the queries' answers merged by their labels and renamed by the panel's settings."""
    organise = next(
        transformation["options"]
        for transformation in panel.settings["transformations"]
        if transformation["id"] == "organize"
    )
    names: dict[str, str] = organise["renameByName"]
    merged: dict[frozenset[tuple[str, str]], dict[str, Cell]] = {}
    for target in panel.targets:
        for series in _ask(target, board, span, prometheus):
            labels = {key: value for key, value in series.labels.items() if key != "__name__"}
            row = merged.setdefault(
                frozenset(labels.items()), {names[key]: value for key, value in labels.items()}
            )
            row[names[f"Value #{target['refId']}"]] = series.last
    order: dict[str, int] = organise["indexByName"]
    columns = list(dict.fromkeys(names[key] for key in sorted(order, key=lambda key: order[key])))
    rows = list(merged.values())
    for order_by in panel.options.get("sortBy") or []:
        rows.sort(key=lambda row: _weight(row.get(order_by["displayName"])), reverse=bool(order_by["desc"]))
    return columns, rows


def _ask(target: Mapping[str, Any], board: Dashboard, span: Span, prometheus: Prometheus) -> list[Series]:
    query = board.fill(target["expr"], span)
    if target.get("instant"):
        return prometheus.at(query, span.end)
    return prometheus.between(query, span.start, span.end, span.step)


def _name(target: Mapping[str, Any], series: Series) -> str:
    legend: str = target["legendFormat"]
    if legend == "__auto":
        return ", ".join(f'{key}="{value}"' for key, value in sorted(series.labels.items())) or "Value"
    return _BRACES.sub(lambda match: series.labels.get(match.group(1), ""), legend)


def _weight(value: Cell) -> float:
    return value if isinstance(value, float) and value == value else float("-inf")
