"""What a number is called, in which unit and colour it is written: a panel's defaults, then the overrides that match."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from deploy.render.theme import COLOURS, SERIES, TEXT
from deploy.render.units import written

NOTHING: Final = "No data"


class Field(NamedTuple):
    """The settings of one series or column."""

    name: str
    unit: str
    decimals: int | None
    mappings: Sequence[Mapping[str, Any]]
    steps: Sequence[Mapping[str, Any]]
    fixed: str | None
    nothing: str
    low: float | None
    high: float | None
    has_links: bool

    def text(self, value: float | None) -> str:
        """A value as it is written: a word where one is given for it."""
        if value is None or value != value:
            return self.nothing
        word = self._word(f"{value:g}")
        return str(word["text"]) if word else written(value, self.unit, self.decimals)

    def word(self, value: str) -> str:
        """A label's value in words."""
        found = self._word(value)
        return str(found["text"]) if found else value

    def colour(self, value: float | None) -> str:
        """Of a number: its word's, else that of the last threshold it has reached."""
        if value is None or value != value:
            return TEXT
        word = self._word(f"{value:g}")
        if word and "color" in word:
            return named(word["color"])
        if self.fixed:
            return named(self.fixed)
        reached = [one for one in self.steps if one["value"] is None or value >= one["value"]]
        return named(reached[-1]["color"]) if reached else TEXT

    def _word(self, value: str) -> Mapping[str, Any] | None:
        for one in self.mappings:
            if one["type"] == "value" and value in one["options"]:
                found: Mapping[str, Any] = one["options"][value]
                return found
        return None


def field_of(panel: Mapping[str, Any], name: str, ref: str = "") -> Field:
    """The settings of the series or column that is called `name` and that query `ref` answered."""
    config = panel.get("fieldConfig", {})
    found: dict[str, Any] = {}
    for key, value in config.get("defaults", {}).items():
        found[{"displayName": "name"}.get(key, key)] = value
    for override in config.get("overrides", []):
        matcher = override["matcher"]
        if matcher["options"] == {"byName": name, "byFrameRefID": ref}.get(matcher["id"]):
            found |= {one["id"]: one["value"] for one in override["properties"]}
    colour = found.get("color", {})
    decimals = found.get("decimals")
    return Field(
        name=found.get("displayName", name),
        unit=found.get("unit", ""),
        decimals=None if decimals is None else int(decimals),
        mappings=found.get("mappings", []),
        steps=found.get("thresholds", {}).get("steps", []),
        fixed=colour.get("fixedColor") if colour.get("mode") == "fixed" else None,
        nothing=found.get("noValue", NOTHING),
        low=found.get("min"),
        high=found.get("max"),
        has_links=bool(found.get("links")),
    )


def named(colour: str) -> str:
    """A colour as the drawing knows it."""
    return COLOURS.get(colour, colour)


def nth(number: int) -> str:
    """The colour of a series that has none of its own."""
    return SERIES[number % len(SERIES)]
