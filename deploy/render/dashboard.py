"""A dashboard read back from its JSON: panels with their places, and variables filled in as Grafana does when nobody has chosen."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

MAX_POINTS: Final = 240
"""So many points of a line: steps are the time shown by this."""
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)")
_ENGLISH: Final = re.compile(r"\*\*(.+?)\*\*")
_LEGEND: Final = re.compile(r"^Legend: (.+)$", re.MULTILINE)


class Panel(NamedTuple):
    """One panel: kind, place in the grid of 24 columns, and the rest as it stands in the JSON."""

    kind: str
    title: str
    x: int
    y: int
    width: int
    height: int
    said: Mapping[str, Any]

    @property
    def targets(self) -> list[dict[str, Any]]:
        """Its queries."""
        found: list[dict[str, Any]] = self.said.get("targets", [])
        return found

    @property
    def options(self) -> dict[str, Any]:
        """How it is drawn."""
        found: dict[str, Any] = self.said.get("options", {})
        return found

    @property
    def english(self) -> str:
        """Its title in English: what is bold in the description."""
        found = _ENGLISH.search(self.said.get("description", ""))
        return found.group(1) if found else self.title

    @property
    def glossary(self) -> dict[str, str]:
        """English by the Chinese names in it."""
        found = _LEGEND.search(self.said.get("description", ""))
        pairs = [part.partition(" = ") for part in found.group(1).split("; ")] if found else []
        return {zh: en for zh, _, en in pairs}


class Span(NamedTuple):
    """The time shown, and how often Prometheus has a sample."""

    start: datetime
    end: datetime
    sample_seconds: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds()

    @property
    def step(self) -> float:
        """Between two points of a line."""
        return max(self.seconds / MAX_POINTS, self.sample_seconds)


class Dashboard(NamedTuple):
    """A dashboard."""

    title: str
    english: str
    panels: tuple[Panel, ...]
    variables: Mapping[str, str]

    @classmethod
    def read(cls, path: Path, chosen: Mapping[str, str]) -> "Dashboard":
        """From its file. `chosen` are values of variables, instead of the board's own."""
        found = json.loads(path.read_text("utf-8"))
        english = _ENGLISH.search(found.get("description", ""))
        return cls(
            found["title"],
            english.group(1) if english else found["title"],
            tuple(_panels(found["panels"])),
            dict(_variables(found)) | dict(chosen),
        )

    def fill(self, text: str, span: Span) -> str:
        """A query or a text with every variable's value."""
        known = {
            **self.variables,
            "__range": _duration(span.seconds),
            "__interval": _duration(span.step),
            "__rate_interval": _duration(max(span.step + span.sample_seconds, 4 * span.sample_seconds)),
        }
        return _VARIABLE.sub(lambda found: known.get(found.group(1) or found.group(2), found.group(0)), text)


def _panels(found: list[dict[str, Any]]) -> Iterator[Panel]:
    for one in found:
        place = one["gridPos"]
        yield Panel(one["type"], one.get("title", ""), place["x"], place["y"], place["w"], place["h"], one)


def _variables(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in found["templating"]["list"]:
        value = one["current"]["value"]
        yield one["name"], one["allValue"] if value == "$__all" else value


def _duration(seconds: float) -> str:
    return f"{max(round(seconds), 1)}s"
