"""How a number is shown: unit, decimals, thresholds and words, as Grafana's field settings."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from grafana_foundation_sdk.models import dashboard

from deploy.grafana.kit.table_sizes import is_long
from deploy.grafana.kit.thresholds import ACT, BAR, PLAIN, WATCH, WELL, ThresholdStep
from deploy.value_words import Words

NO_VALUE = "无数据 none"
"""Shown where a query answers nothing."""


class Look(NamedTuple):
    """A unit of Grafana (none, percentunit, s, d ...), and how its values are shown. `short` is none of ours: it makes 1 K of 1011 cases.

    `steps` colour values from a bound on; `value_words` replace single values by a word and colour; `links` open from the number;
    `nothing` is shown where there is no value.
    """

    unit: str
    decimals: int | None = None
    steps: tuple[ThresholdStep, ...] = ()
    value_words: tuple[tuple[str, Words, str], ...] = ()
    links: tuple[dashboard.DashboardLink, ...] = ()
    nothing: str = NO_VALUE
    top: float | None = None
    floor: float | None = None


COUNT = Look("none", 0)
"""A number of cases, in full."""
WORD = Look("none")
"""A number that stands for a word."""
TIME = Look("time:MM-DD HH:mm")
"""A moment in thousandths of a second, as it is in China."""
SHARE = Look("percentunit", 1, top=1, floor=0)
SECONDS = Look("s", floor=0)
NUMBER = COUNT._replace(floor=0)
BARS = COUNT._replace(steps=(ThresholdStep(None, BAR),), floor=0)
GOAL_WORDS = (
    ("0", Words("● 达标", "met"), WELL),
    ("1", Words("▲ 未达标", "missed"), ACT),
    ("2", Words("… 件数太少", "too few"), PLAIN),
)
"""Whether a goal is met, as `thresholds.missed` answers: a word beside the colour."""
TOO_FEW = "… 件数太少 too few"
"""The same where there is no case at all, and so no answer."""
LEVEL_WORDS = (
    ("0", Words("● 正常", "well"), WELL),
    ("1", Words("▲ 注意", "watch"), WATCH),
    ("2", Words("■ 处理", "act"), ACT),
)
"""A level: a word beside the colour."""


def defaults(look: Look, custom: object = None) -> dashboard.FieldConfig:
    """The settings of a whole panel."""
    return dashboard.FieldConfig(
        unit=look.unit,
        decimals=look.decimals,
        min_val=look.floor,
        max_val=look.top,
        mappings=_mappings(look),
        thresholds=dashboard.ThresholdsConfig(
            mode=dashboard.ThresholdsMode.ABSOLUTE,
            steps=[
                dashboard.Threshold(step.value, step.colour)
                for step in look.steps or (ThresholdStep(None, PLAIN),)
            ],
        ),
        color=dashboard.FieldColor(
            mode=dashboard.FieldColorModeId.PALETTE_CLASSIC
            if custom
            else dashboard.FieldColorModeId.THRESHOLDS
        ),
        links=list(look.links) or None,
        no_value=look.nothing,
        custom=custom,
    )


def by_name(name: str, look: Look, width: int) -> dashboard.DashboardFieldConfigSourceOverrides:
    """The settings of one column, and its least width in pixels."""
    cell = (
        [property_of("custom.cellOptions", {"type": "color-text"})] if look.steps or look.value_words else []
    )
    return dashboard.DashboardFieldConfigSourceOverrides(
        matcher=dashboard.MatcherConfig(id_val="byName", options=name),
        properties=[*_properties(look), property_of("custom.minWidth", width), *cell],
    )


def by_query(letter: str, look: Look) -> dashboard.DashboardFieldConfigSourceOverrides:
    """The settings of one query's series."""
    return dashboard.DashboardFieldConfigSourceOverrides(
        matcher=dashboard.MatcherConfig(id_val="byFrameRefID", options=letter), properties=_properties(look)
    )


def renamed(
    column: str,
    names: Mapping[str, Words],
    width: int,
    links: Sequence[dashboard.DashboardLink] = (),
    patterns: Mapping[str, Words] = MappingProxyType({}),
) -> dashboard.DashboardFieldConfigSourceOverrides:
    """Words instead of codes in one column, each with the same links; a code without a word as it is, also where it looks like a number.

    `patterns` give the words for all codes of a form, with parts of the code in them.
    """
    mappings = [_map({key: {"text": words.zh} for key, words in names.items()})] if names else []
    mappings += [_pattern(form, words.zh) for form, words in patterns.items()]
    properties = [
        property_of("unit", "string"),
        property_of("mappings", mappings),
        property_of("custom.minWidth", width),
    ]
    if any(is_long(words.zh) for words in names.values()):
        properties.append(property_of("custom.cellOptions", {"type": "auto", "wrapText": True}))
    if links:
        properties.append(property_of("links", list(links)))
    return dashboard.DashboardFieldConfigSourceOverrides(
        matcher=dashboard.MatcherConfig(id_val="byName", options=column), properties=properties
    )


def property_of(key: str, value: object) -> dashboard.DynamicConfigValue:
    """One setting of an override."""
    return dashboard.DynamicConfigValue(id_val=key, value=value)


def _properties(look: Look) -> list[dashboard.DynamicConfigValue]:
    properties = [property_of("unit", look.unit), property_of("noValue", look.nothing)]
    if look.decimals is not None:
        properties.append(property_of("decimals", look.decimals))
    properties.append(property_of("mappings", _mappings(look)))
    steps = [
        dashboard.Threshold(step.value, step.colour) for step in look.steps or (ThresholdStep(None, PLAIN),)
    ]
    properties.append(property_of("thresholds", {"mode": "absolute", "steps": steps}))
    if look.links:
        properties.append(property_of("links", list(look.links)))
    return properties


def _mappings(look: Look) -> list[dashboard.ValueMapping]:
    results = {
        value: dashboard.ValueMappingResult(text=f"{words.zh} {words.en}", color=colour, index=n)
        for n, (value, words, colour) in enumerate(look.value_words)
    }
    missing = dashboard.SpecialValueMap(
        dashboard.DashboardSpecialValueMapOptions(
            match=dashboard.SpecialValueMatch.NULL_AND_NAN,
            result=dashboard.ValueMappingResult(text=look.nothing, color=PLAIN, index=len(results)),
        )
    )
    return [*([dashboard.ValueMap(results)] if results else []), missing]


def _pattern(form: str, text: str) -> dict[str, object]:
    return {"type": "regex", "options": {"pattern": form, "result": {"text": text}}}


def _map(options: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    return {"type": "value", "options": options}
