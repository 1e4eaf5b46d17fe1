"""The name, unit and colour of a number: a panel's defaults, then the overrides that match."""

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
        """The text of a value: the word given for it, else the number in its unit."""
        if value is None or value != value:
            return self.nothing
        word = self._word(f"{value:g}")
        return str(word["text"]) if word else written(value, self.unit, self.decimals)

    def word(self, value: str) -> str:
        """The word for a label's value, else the value itself."""
        word = self._word(value)
        return str(word["text"]) if word else value

    def colour(self, value: float | None) -> str:
        """The colour of a number's word, else of the last threshold it has reached."""
        if value is None or value != value:
            return TEXT
        word = self._word(f"{value:g}")
        if word and "color" in word:
            return named(word["color"])
        if self.fixed:
            return named(self.fixed)
        reached = [step for step in self.steps if step["value"] is None or value >= step["value"]]
        return named(reached[-1]["color"]) if reached else TEXT

    def _word(self, value: str) -> Mapping[str, Any] | None:
        for mapping in self.mappings:
            if mapping["type"] == "value" and value in mapping["options"]:
                result: Mapping[str, Any] = mapping["options"][value]
                return result
        return None


def field_of(panel: Mapping[str, Any], name: str, ref: str = "") -> Field:
    """The settings of the series or column `name` that query `ref` answers."""
    config = panel.get("fieldConfig", {})
    settings: dict[str, Any] = {}
    for key, value in config.get("defaults", {}).items():
        settings[{"displayName": "name"}.get(key, key)] = value
    for override in config.get("overrides", []):
        matcher = override["matcher"]
        if matcher["options"] == {"byName": name, "byFrameRefID": ref}.get(matcher["id"]):
            settings |= {setting["id"]: setting["value"] for setting in override["properties"]}
    colour = settings.get("color", {})
    decimals = settings.get("decimals")
    return Field(
        name=settings.get("displayName", name),
        unit=settings.get("unit", ""),
        decimals=None if decimals is None else int(decimals),
        mappings=settings.get("mappings", []),
        steps=settings.get("thresholds", {}).get("steps", []),
        fixed=colour.get("fixedColor") if colour.get("mode") == "fixed" else None,
        nothing=settings.get("noValue", NOTHING),
        low=settings.get("min"),
        high=settings.get("max"),
        has_links=bool(settings.get("links")),
    )


def named(colour: str) -> str:
    """A colour of the board as a colour of the drawing."""
    return COLOURS.get(colour, colour)


def nth(number: int) -> str:
    """The colour of a series without a fixed one."""
    return SERIES[number % len(SERIES)]
