"""What Alertmanager posts to a webhook (version 4 of its format), as far as it is read."""

from datetime import datetime
from typing import Final, Literal

import msgspec

from schemas.errors import BadMessage

News = tuple[str, frozenset[tuple[str, str]]]
"""What Alertmanager itself takes for the same notification: the group, and which of its alerts fire or are over."""


class NotAnAlertGroup(BadMessage):
    """Not what Alertmanager posts. A code of its own, not one of the contracts' (`schemas.codes`)."""

    def __init__(self, field: str, allowed: str) -> None:
        super().__init__("not_an_alert_group", field, allowed)


class GroupedAlert(msgspec.Struct, frozen=True, rename="camel"):
    """One alert of a group."""

    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    fingerprint: str

    @property
    def is_firing(self) -> bool:
        """It is not over."""
        return self.status == "firing"


class AlertGroup(msgspec.Struct, frozen=True, rename="camel"):
    """One notification; `truncated_alerts` are those that Alertmanager left out."""

    receiver: str
    group_key: str
    alerts: tuple[GroupedAlert, ...]
    truncated_alerts: int = 0

    def news(self) -> News:
        """What it tells."""
        return self.group_key, frozenset((alert.fingerprint, alert.status) for alert in self.alerts)

    def ordered(self) -> list[GroupedAlert]:
        """What fires first, then what is over; within that as Alertmanager has them."""
        return sorted(self.alerts, key=lambda alert: not alert.is_firing)


_DECODER: Final = msgspec.json.Decoder(AlertGroup)


def read_group(body: bytes) -> AlertGroup:
    """The notification.

    Raises:
        NotAnAlertGroup: it is none of Alertmanager's.
    """
    try:
        group = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise NotAnAlertGroup("", "what Alertmanager posts to a webhook") from None
    if not group.alerts:
        raise NotAnAlertGroup("alerts", "at least one alert")
    return group
