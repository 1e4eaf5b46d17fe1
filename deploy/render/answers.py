"""What a panel's queries answer, as series with names, or as the rows of a table."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from deploy.render.dashboard import Dashboard, Panel, Span
from deploy.render.prometheus_api import Prometheus, Series

_BRACES: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
Cell = float | str | None


class Answered(NamedTuple):
    """One series: which query it is of, its name by the query's legend, its points."""

    ref: str
    name: str
    labels: Mapping[str, str]
    points: Sequence[tuple[float, float]]

    @property
    def last(self) -> float | None:
        """The last value that is one."""
        return next((value for _, value in reversed(self.points) if value == value), None)


def series_of(panel: Panel, board: Dashboard, span: Span, prometheus: Prometheus) -> list[Answered]:
    """All series of a panel; a query that answers nothing gives one without points, so that this is seen."""
    found = []
    for target in panel.targets:
        asked = _ask(target, board, span, prometheus)
        found += [Answered(target["refId"], _name(target, one), one.labels, one.points) for one in asked]
        if not asked and "{{" not in target["legendFormat"]:
            found.append(Answered(target["refId"], target["legendFormat"], {}, ()))
    return found


def table_of(
    panel: Panel, board: Dashboard, span: Span, prometheus: Prometheus
) -> tuple[list[str], list[dict[str, Cell]]]:
    """Columns in their order, and rows: the queries' answers merged by their labels, renamed as the panel says."""
    organise = next(one["options"] for one in panel.said["transformations"] if one["id"] == "organize")
    names: dict[str, str] = organise["renameByName"]
    merged: dict[frozenset[tuple[str, str]], dict[str, Cell]] = {}
    for target in panel.targets:
        for one in _ask(target, board, span, prometheus):
            labels = {key: value for key, value in one.labels.items() if key != "__name__"}
            row = merged.setdefault(
                frozenset(labels.items()), {names[key]: value for key, value in labels.items()}
            )
            row[names[f"Value #{target['refId']}"]] = one.last
    order: dict[str, int] = organise["indexByName"]
    columns = list(dict.fromkeys(names[key] for key in sorted(order, key=lambda key: order[key])))
    rows = list(merged.values())
    for one in panel.options.get("sortBy") or []:
        rows.sort(key=lambda row: _weight(row.get(one["displayName"])), reverse=bool(one["desc"]))
    return columns, rows


def _ask(target: Mapping[str, Any], board: Dashboard, span: Span, prometheus: Prometheus) -> list[Series]:
    query = board.fill(target["expr"], span)
    if target.get("instant"):
        return prometheus.at(query, span.end)
    return prometheus.between(query, span.start, span.end, span.step)


def _name(target: Mapping[str, Any], one: Series) -> str:
    legend: str = target["legendFormat"]
    if legend == "__auto":
        return ", ".join(f'{key}="{value}"' for key, value in sorted(one.labels.items())) or "Value"
    return _BRACES.sub(lambda found: one.labels.get(found.group(1), ""), legend)


def _weight(value: Cell) -> float:
    return value if isinstance(value, float) and value == value else float("-inf")
