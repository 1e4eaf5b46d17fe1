"""One alert: what it watches, and what it says to people. What may live here is true of any alert."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from pipeline.indicators.alert_tables import AlertEntry, alert_name

NO_LABELS: Final[Mapping[str, str]] = MappingProxyType({})
_MINUTES_A_DAY: Final = 1440
_MINUTES_AN_HOUR: Final = 60


class AlertText(NamedTuple):
    """What an alert tells, twice; Prometheus fills in labels and the value."""

    summary_zh: str
    summary_en: str
    description_zh: str
    description_en: str


class Alert(NamedTuple):
    """An alert rule. It is told when `expr` has had an answer for `for_minutes`; further `labels` tell its variants apart."""

    field: str
    expr: str
    for_minutes: int
    severity: str
    tell: str
    said: AlertText
    labels: Mapping[str, str] = NO_LABELS

    @property
    def name(self) -> str:
        """As Prometheus and the runbook call it."""
        return alert_name(self.field)

    def rule(self, runbooks: str) -> dict[str, object]:
        """The rule as Prometheus reads it."""
        said = self.said
        content: dict[str, object] = {"alert": self.name, "expr": self.expr}
        if self.for_minutes:
            content["for"] = duration(self.for_minutes)
        content["labels"] = {"severity": self.severity, "receiver": self.tell, **self.labels}
        content["annotations"] = {
            "summary": f"{said.summary_zh} {said.summary_en}",
            "description": f"{said.description_zh} {said.description_en}",
            "runbook_url": f"{runbooks}/{self.name}.md",
        }
        return content


def of(field: str, entry: AlertEntry, expr: str, said: AlertText) -> Alert:
    """The alert of an entry of objectives.yaml."""
    return Alert(field, expr, entry.for_minutes, entry.severity, entry.tell, said)


def duration(minutes: int) -> str:
    """As Prometheus writes it, in the largest unit that fits: 90m, 6h, 3d."""
    if minutes and minutes % _MINUTES_A_DAY == 0:
        return f"{minutes // _MINUTES_A_DAY}d"
    if minutes and minutes % _MINUTES_AN_HOUR == 0:
        return f"{minutes // _MINUTES_AN_HOUR}h"
    return f"{minutes}m"
