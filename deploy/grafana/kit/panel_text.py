"""A panel's text: the Chinese title, and under the mouse its English, the formulas, the filters it heeds and its legend.

The description's first line is the English title; the line `Legend:` pairs each Chinese name in the panel with an English one.
"""

from collections.abc import Sequence
from typing import NamedTuple

from deploy.grafana.kit.queries import heeded
from deploy.value_words import Words
from pipeline.indicators.indicator_table import INDICATORS, Indicator

_FILTERS = {
    "street": "街道 street",
    "team": "队伍 team",
    "category": "类别 category",
    "severity": "等级 severity",
    "source": "来源 source",
}


class PanelText(NamedTuple):
    """A title and a note in both languages, the indicators whose formulas are shown, and the variables that the panel heeds."""

    zh: str
    en: str
    note: Words | None = None
    formulas: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()

    def description(self, legend: Sequence[Words] = ()) -> str:
        """Markdown, as Grafana shows it under the mouse."""
        lines = [f"**{self.en}**"]
        if self.note:
            lines += [self.note.zh, self.note.en]
        lines += [_formula(INDICATORS[key], alone=len(self.formulas) == 1) for key in self.formulas]
        if self.variables:
            lines.append(f"筛选 Filters: {', '.join(_FILTERS[name] for name in self.variables)}")
        if legend:
            lines.append(
                "Legend: " + "; ".join(f"{words.zh} = {words.en}" for words in dict.fromkeys(legend))
            )
        return "\n\n".join(lines)


def of(key: str, variables: Sequence[str] = (), note: Words | None = None) -> PanelText:
    """The text of a panel that shows one indicator."""
    indicator = INDICATORS[key]
    return PanelText(indicator.zh, indicator.en, note, (key,), heeded(key, variables))


def _formula(indicator: Indicator, *, alone: bool) -> str:
    if alone:
        return f"公式：{indicator.formula_zh}\n\nFormula: {indicator.formula_en}"
    return f"- {indicator.zh} {indicator.en}: {indicator.formula_zh} = {indicator.formula_en}"
