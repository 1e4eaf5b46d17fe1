"""One alert: what it watches and its text. Only what holds for every alert may live here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from deploy.alerts.alert_names import with_names
from pipeline.indicators.alert_tables import AlertEntry, alert_name

NO_LABELS: Final[Mapping[str, str]] = MappingProxyType({})
_MINUTES_A_DAY: Final = 1440
_UNITS_ZH: Final = {"m": "分钟", "h": "小时", "d": "天"}
_MINUTES_AN_HOUR: Final = 60


class AlertText(NamedTuple):
    """An alert's summary and description, each in Chinese and English; Prometheus fills in labels and the value."""

    summary_zh: str
    summary_en: str
    description_zh: str
    description_en: str


class Alert(NamedTuple):
    """An alert rule. It fires when `expr` has had an answer for `for_minutes`, and ends when it has had none for `keep_minutes`.

    `labels` tell variants of one alert apart; `command` lists what it is about.
    """

    field: str
    expr: str
    for_minutes: int
    severity: str
    tell: str
    text: AlertText
    labels: Mapping[str, str] = NO_LABELS
    keep_minutes: int = 0
    command: str = ""

    @property
    def name(self) -> str:
        """Its name in Prometheus and of its runbook."""
        return alert_name(self.field)

    def rule(self, runbooks: str) -> dict[str, object]:
        """The rule as Prometheus reads it."""
        text = self.text
        content: dict[str, object] = {"alert": self.name, "expr": self.expr}
        if self.for_minutes:
            content["for"] = duration(self.for_minutes)
        if self.keep_minutes:
            content["keep_firing_for"] = duration(self.keep_minutes)
        content["labels"] = {"severity": self.severity, "receiver": self.tell, **self.labels}
        content["annotations"] = {
            "summary": _in_two_lines(text.summary_zh, text.summary_en),
            "description": _in_two_lines(text.description_zh, text.description_en),
            "runbook_url": f"{runbooks}/{self.name}.md",
        } | ({"command": self.command} if self.command else {})
        return content


def alert_of(field: str, entry: AlertEntry, expr: str, text: AlertText) -> Alert:
    """The alert for one entry of objectives.yaml."""
    return Alert(
        field, expr, entry.for_minutes, entry.severity, entry.tell, text, keep_minutes=entry.keep_minutes
    )


def _in_two_lines(chinese: str, english: str) -> str:
    """The Chinese on the first: `enforcement notify` tells people one of them."""
    return f"{with_names(chinese, 'zh')}\n{with_names(english, 'en')}"


def duration(minutes: int) -> str:
    """Prometheus' notation, in the largest unit that divides it: 90m, 6h, 3d."""
    if minutes and minutes % _MINUTES_A_DAY == 0:
        return f"{minutes // _MINUTES_A_DAY}d"
    if minutes and minutes % _MINUTES_AN_HOUR == 0:
        return f"{minutes // _MINUTES_AN_HOUR}h"
    return f"{minutes}m"


def duration_zh(notation: str) -> str:
    """Prometheus' notation for Chinese readers: 90 分钟, 6 小时, 3 天."""
    return f"{notation[:-1]} {_UNITS_ZH[notation[-1]]}"
