"""A dashboard read back from its JSON: panels, and variables with Grafana's defaults."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

MAX_POINTS: Final = 240
"""Points of a line: a step is the time shown divided by this."""
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)")


class Panel(NamedTuple):
    """One panel: its number on the board, its kind, and its whole JSON."""

    number: int
    kind: str
    title: str
    settings: Mapping[str, Any]

    @property
    def targets(self) -> list[dict[str, Any]]:
        """Its queries."""
        targets: list[dict[str, Any]] = self.settings.get("targets", [])
        return targets


class Span(NamedTuple):
    """The time shown, and the seconds between two samples in Prometheus."""

    start: datetime
    end: datetime
    sample_seconds: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return (self.end - self.start).total_seconds()

    @property
    def step(self) -> float:
        """Seconds between two points of a line."""
        return max(self.seconds / MAX_POINTS, self.sample_seconds)


class Dashboard(NamedTuple):
    """A dashboard: its JSON, its panels, and the value of each of its variables."""

    model: Mapping[str, Any]
    panels: tuple[Panel, ...]
    variables: Mapping[str, str]

    @classmethod
    def read(cls, path: Path, chosen: Mapping[str, str]) -> "Dashboard":
        """Read a board's file; `chosen` replaces the defaults of variables."""
        model = json.loads(path.read_text("utf-8"))
        return cls(model, tuple(_panels(model["panels"])), dict(_variables(model)) | dict(chosen))

    def fill(self, text: str, span: Span) -> str:
        """A query or a text with the variables' values filled in."""
        values = {
            **self.variables,
            "__range": _duration(span.seconds),
            "__interval": _duration(span.step),
            "__rate_interval": _duration(max(span.step + span.sample_seconds, 4 * span.sample_seconds)),
        }
        return _VARIABLE.sub(lambda match: values.get(match.group(1) or match.group(2), match.group(0)), text)


def _panels(panels: list[dict[str, Any]]) -> Iterator[Panel]:
    for panel in panels:
        yield Panel(panel["id"], panel["type"], panel.get("title", ""), panel)


def _variables(model: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for variable in model["templating"]["list"]:
        value = variable["current"]["value"]
        yield variable["name"], variable["allValue"] if value == "$__all" else value


def _duration(seconds: float) -> str:
    return f"{max(round(seconds), 1)}s"
